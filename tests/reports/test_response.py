"""Who is likely to respond: what a person was like when each campaign was sent, and what the model makes of it."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from crmcli.context import AppContext, Flags
from crmcli.errors import NotFound, Refused
from crmcli.services.campaigns import Told
from tests.conftest import run
from tests.reports.asking import counted, report_of, rows_of, totals_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmcli.store.session import UnitOfWork

PEOPLE = 300
MARCH, JUNE = datetime(2026, 3, 1, 9, tzinfo=UTC), datetime(2026, 6, 1, 9, tzinfo=UTC)
NOTED_TODAY = datetime(2026, 11, 21, 9, tzinfo=UTC)
DRAFTS = (
    ("segment", "add", "late", "--filter", "name in (P195, P196, P300)"), ("segment", "add", "twins", "--filter", "name ^= Twin"),
    ("segment", "add", "refusing", "--filter", "name = P196"),
    ("campaign", "add", "Mailing", "--kind", "email", "--segment", "late", "--segment", "twins", "--exclude", "refusing"),
    ("campaign", "add", "Letters", "--kind", "direct_mail", "--segment", "late", "--segment", "twins"),
)  # fmt: skip
KINDS = {"Spring": "email", "Calls": "telesales", "Autumn": "email"}


@pytest.fixture(scope="module")
def store(lasting_store: Callable[[], str]) -> str:
    """Two campaigns that buyers answer more often than others, and a third that waits to be sent to ten."""
    return _filled(lasting_store())


def _filled(place: str) -> str:
    app = AppContext(Flags(store=place, quiet=True), origin="test")
    for name, kind in KINDS.items():
        app.campaigns.add(name, Told({"kind": kind, "status": "planned"}))
    assert [0] * len(DRAFTS) == [run("--db", place, *words).code for words in DRAFTS]
    with app.desk.writing("test") as uow:
        _fill(uow, random.Random(5))
    return place


@pytest.fixture
def app(store: str) -> AppContext:
    return AppContext(Flags(store=store))


def _fill(uow: UnitOfWork, chance: random.Random) -> None:
    """The first bought in January at their company, the next two hundred themselves, on 20 February, the others never."""
    from crmcli.domain.ids import new_uid
    from crmcli.domain.text import fold
    from crmcli.store.models.analysis import Purchase
    from crmcli.store.models.companies import Company
    from crmcli.store.models.people import Contact, ContactCompany, ContactEmail

    firm = uow.add(Company(uid=new_uid("co"), name="Firm", name_key="firm", created_at=MARCH, updated_at=MARCH))
    for number in range(1, PEOPLE + 1):
        person = uow.add(
            Contact(
                uid=new_uid("ct"), name=f"P{number:03}", name_key=f"p{number:03}", created_at=MARCH, updated_at=MARCH
            )
        )
        if number == 1:
            uow.add(ContactCompany(contact_id=person.id or 0, company_id=firm.id or 0))
            bought = Purchase(
                uid=new_uid("pu"), customer="Firm", customer_key=firm.uid, company_id=firm.id, at=MARCH - timedelta(days=40),
                value=70_00, currency="EUR",
            )  # fmt: skip
            uow.add(bought)
        elif number <= 201:
            bought = Purchase(
                uid=new_uid("pu"), customer=person.name, customer_key=person.uid, contact_id=person.id,
                at=MARCH - timedelta(days=9), value=number * 100, currency="EUR",
            )  # fmt: skip
            uow.add(bought)
        for campaign, at in ((1, MARCH), (2, JUNE)) if number % 3 else ((1, MARCH),):
            has_answered = chance.random() < (0.7 if number <= 201 else 0.1)
            if number == 299:  # said today that they answer the last one
                _sent(uow, campaign, person.id or 0, at, has_answered=at == JUNE, answered_at=NOTED_TODAY)
            else:
                _sent(uow, campaign, person.id or 0, at, has_answered=has_answered)
    for number in range(195, 205):
        _sent(uow, 3, number, None)
    _sent(uow, 4, 300, None)  # a member already, though the campaign is a draft
    for name, email in (("Twin A", "twin@gmail.com"), ("Twin B", "t.win@gmail.com")):
        twin = uow.add(Contact(uid=new_uid("ct"), name=name, name_key=fold(name), created_at=MARCH, updated_at=MARCH))
        uow.add(ContactEmail(contact_id=twin.id or 0, value=email, key=email))


def _sent(
    uow: UnitOfWork, campaign: int, contact: int, at: datetime | None, *,
    has_answered: bool = False, answered_at: datetime | None = None,
) -> None:  # fmt: skip
    from crmcli.store.models.campaigns import CampaignEvent, CampaignMember

    status = "targeted" if at is None else "responded" if has_answered else "sent"
    member = uow.add(CampaignMember(campaign_id=campaign, contact_id=contact, status=status, at=MARCH))
    answered = [("responded", answered_at or at + timedelta(days=2))] if at and has_answered else []
    for name, moment in [*([("sent", at)] if at else []), *answered]:
        uow.session.add(CampaignEvent(campaign_id=campaign, member_id=member.id, status=name, at=moment, source="test"))
    uow.flush()


def test_everybody_who_was_ever_written_to_is_rated_the_likeliest_first(app: AppContext) -> None:
    report = report_of(app, "response")
    rows = rows_of(report)
    assert (PEOPLE, PEOPLE) == (report.n, len(rows))
    chances = [row["propensity"] for row in rows]
    assert sorted(chances, reverse=True) == chances
    buyers = {row["contact"] for row in rows[:200]}
    assert len([name for name in buyers if int(name[1:]) <= 201]) > 180
    assert 0.5 < chances[50] < 0.9
    assert 0 < chances[-50] < 0.2
    assert [1, 1] == [counted(app, drill) for drill in report.drill[:2]]


def test_the_model_says_what_it_is_worth(app: AppContext) -> None:
    report = report_of(app, "response")
    assert isinstance(report.model, dict)
    assert (500, 150, 2005) == tuple(report.model[name] for name in ("n", "held_out", "seed"))
    assert 0.7 < report.model["auc"] < 0.95
    assert report.notes[0].startswith(
        f"held-out AUC {report.model['auc']:.3f} (0.5 is chance, 1 is certain) on 150 of 500 sends"
    )
    assert 150 == sum(each["n"] for each in report.model["calibration"])
    assert report.chart is not None


def test_people_are_rated_as_they_stand_today_and_seen_as_they_stood_then(app: AppContext) -> None:
    """The first bought at the company 305 days before 21 November; 2 was sent both campaigns, 3 only the first."""
    rows = {row["contact"]: row for row in rows_of(report_of(app, "response"))}
    names = ("days_since", "purchases", "spent", "channel", "sent_before")
    assert (305, 1, 70, "telesales", 2) == tuple(rows["P001"][name] for name in names)
    assert (274, 1, 3, "email", 1) == tuple(rows["P003"][name] for name in names)
    assert (None, 0, 0, "email", 1) == tuple(rows["P300"][name] for name in names)


def test_a_campaign_rates_those_it_was_not_sent_to_by_its_own_channel(app: AppContext) -> None:
    rows = rows_of(report_of(app, "response", campaign="Autumn"))
    assert {f"P{number:03}" for number in range(195, 205)} == {row["contact"] for row in rows}
    assert {"email"} == {row["channel"] for row in rows}
    assert {f"P{number}" for number in range(195, 202)} == {row["contact"] for row in rows[:7]}
    assert 2 == len(report_of(app, "response", campaign="Autumn", filter="name in (P195, P196)").rows)


def test_sends_and_responses_are_counted_up_to_now(app: AppContext) -> None:
    """One was sent both, and said today that they answer the second; in a group they count alike."""
    (row,) = rows_of(report_of(app, "response", filter="name = P299"))
    assert (2, 1) == (row["sent_before"], row["responded_before"])
    rows = rows_of(report_of(app, "response", filter="name in (P299, P300)", by="owner"))
    answered = rows_of(report_of(app, "response", filter="name = P300"))[0]["responded_before"]
    assert [(3, pytest.approx((1 + answered) / 3))] == [(row["sent_before"], row["responded_before"]) for row in rows]


@pytest.mark.parametrize(
    ("campaign", "channel", "people"),
    [("Mailing", "email", "P195 P300 Twin-A"), ("Letters", "direct_mail", "P195 P196 P300 Twin-A Twin-B")],
)
def test_a_draft_rates_those_whom_its_start_would_bring_in(
    app: AppContext, campaign: str, channel: str, people: str
) -> None:
    """Those of its segments but for whom it leaves out, and of two who share a mailbox the first where it is mailed."""
    report = report_of(app, "response", campaign=campaign)
    names = people.replace("-", " ").replace("Twin ", "Twin-").split()
    assert (sorted(names), {channel}) == (
        sorted(row["contact"].replace(" ", "-") for row in rows_of(report)),
        {row["channel"] for row in rows_of(report)},
    )
    assert len(names) == report.n
    only_b = report_of(app, "response", campaign=campaign, filter='name = "Twin B"')
    assert (len(only_b.rows) == 0) == (campaign == "Mailing") == ("nobody waits to be sent Mailing" in only_b.notes)


def test_starting_it_changes_nothing_of_whom_a_campaign_rates(lasting_store: Callable[[], str]) -> None:
    app = AppContext(Flags(store=_filled(lasting_store()), quiet=True), origin="test")
    for name in ("Mailing", "Letters"):
        draft = report_of(app, "response", campaign=name)
        app.members.start(name)
        assert draft.rows == report_of(app, "response", campaign=name).rows


def test_a_campaign_that_all_were_sent_and_one_that_is_not_there(app: AppContext) -> None:
    report = report_of(app, "response", campaign="Spring")
    assert ((), "nobody waits to be sent Spring") == (report.rows, report.notes[1])
    with pytest.raises(NotFound):
        report_of(app, "response", campaign="Winter")


def test_it_is_learned_from_what_was_sent_in_the_period(app: AppContext) -> None:
    """In March all 300 were sent to, in June 200; what people are like does not hang on it, nor who is rated."""
    whole, march = report_of(app, "response"), report_of(app, "response", period="2026-03")
    assert isinstance(march.model, dict)
    assert (300, "2026-03", 300) == (march.model["n"], march.period, len(march.rows))
    assert march.model["weights"] != (whole.model or {})["weights"]  # type: ignore[index, call-overload]
    known = [{row["contact"]: (row["spent"], row["sent_before"]) for row in rows_of(each)} for each in (whole, march)]
    assert known[0] == known[1]
    nothing = report_of(app, "response", period="2025")
    assert ((), ("nothing was sent in the period",)) == (nothing.rows, nothing.notes)


def test_how_likely_people_are_by_group(app: AppContext) -> None:
    """Only the first has a company; 200 were sent two campaigns, of which they count in each."""
    rows = rows_of(report_of(app, "response"))
    report = report_of(app, "response", by="company")
    found = {row["company"]: row for row in rows_of(report)}
    (first,) = [row for row in rows if row["contact"] == "P001"]
    assert (1, first["propensity"], 2) == tuple(found["Firm"][name] for name in ("people", "propensity", "sent_before"))
    assert sum(row["propensity"] for row in rows) == pytest.approx(sum(row["expected"] for row in found.values()))
    assert found[None]["propensity"] == pytest.approx(found[None]["expected"] / 299)
    assert [row["people"] for row in rows_of(report)] == [counted(app, drill) for drill in report.drill]
    by_campaign = report_of(app, "response", by="campaign")
    # The third is not sent yet: ten are its members all the same.
    assert {"Spring": 300, "Calls": 200, "Autumn": 10, "Mailing": 1} == {
        row["campaign"]: row["people"] for row in rows_of(by_campaign)
    }
    assert (totals_of(by_campaign)["people"], 1) == (
        300,
        len([note for note in by_campaign.notes if "count it once" in note]),
    )


def test_the_chart_shows_how_many_are_how_likely(app: AppContext) -> None:
    report = report_of(app, "response")
    assert report.chart is not None
    chances = [row["propensity"] for row in rows_of(report)]
    assert [sum(k / 10 <= chance < (k + 1) / 10 for chance in chances) for k in range(10)] == list(report.chart.values)
    assert ("0 to 10 %", "90 to 100 %") == (report.chart.labels[0], report.chart.labels[-1])


def test_too_little_to_learn_from_is_refused(lasting_store: Callable[[], str]) -> None:
    app = AppContext(Flags(store=lasting_store(), quiet=True), origin="test")
    app.campaigns.add("Spring", Told({"kind": "email", "status": "planned"}))
    with app.desk.writing("test") as uow:
        _few(uow)
    with pytest.raises(Refused, match="too little to learn from: 1 responded and 2 did not, 50 of each are needed"):
        report_of(app, "response")


def _few(uow: UnitOfWork) -> None:
    from crmcli.domain.ids import new_uid
    from crmcli.store.models.people import Contact

    for number in range(1, 4):
        uow.add(
            Contact(uid=new_uid("ct"), name=f"P{number}", name_key=f"p{number}", created_at=MARCH, updated_at=MARCH)
        )
        _sent(uow, 1, number, MARCH, has_answered=number == 1)
