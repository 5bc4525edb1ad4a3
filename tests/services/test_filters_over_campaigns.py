"""Filters over campaigns, sums of deals, activities, consents and segments, asked of both engines."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from crmcli.context import AppContext, Flags
from crmcli.errors import FilterError
from crmcli.services.records import Query
from crmcli.services.segments import Definition, People

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crmcli.store.session import UnitOfWork

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def full(lasting_store: Callable[[], str]) -> Iterator[AppContext]:
    """Four people with deals, calls, consents, two campaigns and three segments."""
    app = AppContext(Flags(store=lasting_store(), user="maria", quiet=True), origin="test")
    for name in ("Ana", "Bo", "Cy", "Łukasz"):
        app.contacts.add(app.contacts.draft({"name": name, "emails": [f"{name[0].lower()}@x.com".replace("ł", "l")]}))
    for title, value, who, company in (
        ("a1", "6000 EUR", "Ana", "Acme"), ("a2", "5000 EUR", "Ana", "Acme"), ("a3", "20000 USD", "Ana", None),
        ("b1", "9000 EUR", "Bo", "Acme"), ("b2", "2000 EUR", "Bo", None), ("c1", "50000 EUR", "Cy", None),
    ):  # fmt: skip
        app.deals.add(app.deals.draft({"title": title, "value": value, "contacts": who, "company": company}))
    for title in ("a1", "a2", "b1"):
        app.deals.win(title)
    app.deals.lose("c1", "price")
    for kind, who, at in (
        ("call", "Ana", "2026-05-01"),
        ("meeting", "Ana", "2026-11-20"),
        ("call", "Bo", "2026-11-01"),
    ):
        app.activities.log({"type": kind, "subject": kind, "contacts": [who], "at": at})
    with app.desk.writing("test") as uow:
        _campaigns(uow)
    for name, filter_ in (("early", "name < c"), ("won", "deal.won_count > 0")):
        app.segments.add(name, Definition(filter=filter_.replace("name < c", "name in (Ana, Bo)")))
    app.segments.add("Cyrus only", Definition(people=People(("Cy",))))
    app.segments.add("both", Definition(formula='won + "Cyrus only" - early'))
    return app


def _campaigns(uow: UnitOfWork) -> None:
    from crmcli.store.members import happened, member_of
    from crmcli.store.models.campaigns import Campaign, CampaignVariant
    from crmcli.store.models.consents import Consent

    spring = uow.add(
        Campaign(uid="cp_SPRING", name="Spring", name_key="spring", kind="email", status="active", code="SP", code_key="sp",
                 starts_on=date(2026, 3, 1), currency="EUR", budget=100000, created_at=NOW, updated_at=NOW)
    )  # fmt: skip
    fair = uow.add(
        Campaign(uid="cp_FAIR", name="Fair 2026", name_key="fair 2026", kind="exhibition", status="planned",
                 parent_id=spring.id, created_at=NOW, updated_at=NOW)
    )  # fmt: skip
    b = uow.add(CampaignVariant(campaign_id=spring.id, name="B", name_key="b"))
    ana, bo, cy = (member_of(uow, spring.id or 0, number, f"{number}@x.com") for number in (1, 2, 3))
    ana.variant_id = b.id
    happened(uow, ana, "sent", source="smtp", at=NOW - timedelta(days=40))
    happened(uow, ana, "clicked", source="tracking", at=NOW - timedelta(days=39))
    happened(uow, ana, "replied", source="collect", at=NOW - timedelta(days=3))
    happened(uow, bo, "sent", source="smtp", at=NOW - timedelta(days=2), detail="250 OK")
    happened(uow, cy, "skipped", source="smtp", reason="opted out")
    happened(uow, member_of(uow, fair.id or 0, 2), "clicked", source="hand")
    for contact, status, days in ((1, "granted", 9), (2, "granted", 9), (2, "withdrawn", 1), (3, "pending", 1)):
        uow.add(Consent(contact_id=contact, channel="email", status=status, at=NOW - timedelta(days=days)))


def names(app: AppContext, filter_: str) -> str:
    """The first letters of the people whom the filter selects."""
    return "".join(view.name[0] for view in app.contacts.list(Query(filter_, sort="number")))


@pytest.mark.parametrize(
    ("filter_", "who"),
    [
        ('campaign("Spring").status = clicked', "A"),
        ("campaign.status = clicked", "AB"),
        ('campaign("Spring").status = sent', "AB"),
        ('campaign("Spring").status = delivered', "A"),
        ('campaign("Spring").status = targeted', "ABC"),
        ('campaign("Spring").status_now = sent', "B"),
        ('campaign("Spring").status_now = replied', "A"),
        ('campaign("sp").status in (skipped, clicked)', "AC"),
        ('campaign("Spring").status != clicked', "BCŁ"),
        ('NOT campaign("Spring").status != clicked', "A"),
        ('campaign("Spring").reason ~= opted', "C"),
        ('campaign("Spring").reason is empty', "ABŁ"),
        ('campaign("Spring").variant = b', "A"),
        ('campaign("Spring").sent_at < -30d', "A"),
        ('campaign("Spring").sent_at > -30d', "B"),
        ('campaign("Spring").opened_at is not empty', "A"),
        ('campaign("Spring").detail ~= 250', "B"),
        ('campaign("Spring").detail = "250 ok"', "B"),
        ("campaign = Spring", "ABC"),
        ('campaign = "fair 2026"', "B"),
        ("campaign = sp AND campaign = cp_FAIR", "B"),
        ("campaign in (Spring, Fair 2026)", "ABC"),
        ("campaign != Spring", "Ł"),
        ("campaign is empty", "Ł"),
        ("campaign ~= fair", "B"),
        ("campaign.campaign.kind = exhibition", "B"),
        ("campaign.campaign.parent = Spring", "B"),
        ('company.contact.campaign("Spring").status = clicked', ""),
        ("deal.won_value > 10k", "A"),
        ("deal.won_value > 10k EUR", "A"),
        ("deal.won_value > 5k USD", ""),
        ("deal.won_value = 9000 EUR", "B"),
        ("deal.won_value in (9000, 11000)", "AB"),
        ("deal.won_value between 10k and 12k", "A"),
        ("deal.won_value is empty", "CŁ"),
        ("NOT deal.won_value > 10k", "BCŁ"),
        ("deal.open_value >= 20000", "A"),
        ("deal.open_value >= 2000 EUR", "B"),
        ("deal.won_count = 0", "CŁ"),
        ("deal.won_count >= 2", "A"),
        ("activity.type = meeting", "A"),
        ("activity.type = call AND activity.at > -30d", "AB"),
        ("activity = meeting", "A"),
        ("activity is empty", "CŁ"),
        ("last_activity < -10d", "B"),
        ("last_activity between -30d and today", "AB"),
        ("last_activity is empty", "CŁ"),
        ("next_task is empty", "ABCŁ"),
        ("NOT last_activity < -10d", "ACŁ"),
        ("consent.email = granted", "A"),
        ("consent.email = withdrawn", "B"),
        ("consent.email != granted", "BCŁ"),
        ("consent.email is empty", "Ł"),
        ("consent.sms is empty", "ABCŁ"),
        ("consent is empty", "Ł"),
        ("consent.email in (pending, granted)", "AC"),
        ("segment = early", "AB"),
        ("segment = WON", "AB"),
        ("segment != early", "CŁ"),
        ("segment in (early, Cyrus only)", "ABC"),
        ("segment not in (early, both)", "Ł"),
        ("segment = both", "C"),
        ("NOT segment = both AND NOT (segment = early AND deal.won_count > 1)", "BŁ"),
        ("deal.contact.segment = early", "AB"),
    ],
)
def test_people_are_found_over_what_they_did(full: AppContext, filter_: str, who: str) -> None:
    """The same on both engines."""
    assert who == names(full, filter_)
    # In a segment everyone is judged at once, by another plan of the same question.
    with full.desk.reading() as reader:
        where = full.desk.condition(reader, "contact", filter_, ("sg_asking",))
        rows = reader.rows(
            f"SELECT r.name FROM contact r WHERE r.deleted_at IS NULL AND {where.sql} ORDER BY r.id", where.params
        )
    assert who == "".join(name[0] for (name,) in rows)


@pytest.mark.parametrize(
    ("noun", "filter_", "found"),
    [
        ("company", "deal.won_value > 15k", "Acme"),
        ("company", "deal.won_count = 3", "Acme"),
        ("deal", 'contact.campaign("Spring").status = clicked', "a1 a2 a3"),
        ("deal", "contact.deal.won_value > 10k AND stage_kind = open", "a3"),
        ("deal", "contact.segment = both", "c1"),
    ],
)
def test_other_records_reach_the_same_paths(full: AppContext, noun: str, filter_: str, found: str) -> None:
    """Over their people, and by their own deals."""
    views = full.records(noun).list(Query(filter_, sort="number"))
    assert found.split() == [getattr(view, "name", None) or view.title for view in views]


MEMBERS = "SELECT r.id FROM campaign_member r WHERE {} ORDER BY r.id"
CAMPAIGNS = "SELECT r.id FROM campaign r WHERE {} ORDER BY r.id"


@pytest.mark.parametrize(
    ("noun", "filter_", "numbers"),
    [
        ("member", "status = skipped", [3]),
        ("member", "status != skipped", [1, 2, 4]),
        ("member", "reached = clicked", [1, 4]),
        ("member", "reason = opted out", [3]),
        ("member", "email ^= 2@", [2]),
        ("member", "contact.name = Bo", [2, 4]),
        ("member", "contact = Bo AND campaign = Spring", [2]),
        ("member", "contact.segment = early", [1, 2, 4]),
        ("member", "at > -5d", [1, 2, 3, 4]),
        ("member", "sent_at < -30d", [1]),
        ("member", "variant is not empty", [1]),
        ("member", '"ana"', [1]),
        ("campaign", "kind = exhibition", [2]),
        ("campaign", "budget > 500", [1]),
        ("campaign", "budget > 500 USD", []),
        ("campaign", "starts_on < 2026-06-01", [1]),
        ("campaign", "starts_on is empty", [2]),
        ("campaign", "parent = Spring", [2]),
        ("campaign", "code = sp OR name ~= fair", [1, 2]),
        ("campaign", "member.status = skipped", [1]),
        ("campaign", "member.contact = Bo", [1, 2]),
        ("campaign", "created_at > 2026-11-01", [1, 2]),
        ("campaign", "owner is empty", [1, 2]),
        ("campaign", '"fair"', [2]),
        ("campaign", "NOT (NOT (status = active AND (kind = email OR (code = sp AND NOT name = x))))", [1]),
    ],
)
def test_campaigns_and_members_are_filtered(full: AppContext, noun: str, filter_: str, numbers: list[int]) -> None:
    """By their own fields and over their links."""
    with full.desk.reading() as reader:
        where = full.desk.condition(reader, noun, filter_)
        sql = (MEMBERS if noun == "member" else CAMPAIGNS).format(where.sql)
        assert numbers == [number for (number,) in reader.rows(sql, where.params)]


def test_a_segment_that_is_not_there_is_pointed_at(full: AppContext) -> None:
    """With the nearest name."""
    with pytest.raises(FilterError) as refused:
        names(full, "name = x OR segment = erly")
    assert (23, "did you mean early?") == (refused.value.column, refused.value.hint)
