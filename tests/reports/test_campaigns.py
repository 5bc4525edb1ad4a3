"""What came of campaigns, held against figures worked out anew from the rows as they lie in the store."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from crmcli.context import AppContext, Flags
from crmcli.domain.marketing import IMPLIED
from crmcli.domain.money import Money
from crmcli.errors import UsageError
from crmcli.reports.campaigns import Asked, campaign_page
from crmcli.reports.period import window
from crmcli.services.campaigns import Told
from crmcli.services.records import Query
from tests.reports.asking import counted, report_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmcli.reports.campaigns import CampaignPage
    from crmcli.reports.report import Report
    from crmcli.store.session import UnitOfWork

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
NAMES = ("Spring", "Summer", "Autumn")
PEOPLE = 60
TOUCHES = ("sent", "delivered", "opened", "clicked", "replied", "responded")
WAYS = (
    ("targeted",), ("targeted", "skipped"), ("targeted", "failed"), ("targeted", "sent"), ("targeted", "sent", "bounced"),
    ("targeted", "sent", "opened"), ("targeted", "sent", "clicked"), ("targeted", "sent", "replied"),
    ("targeted", "sent", "responded", "converted"), ("targeted", "sent", "unsubscribed"), ("responded",),
    ("targeted", "sent", "complained"), ("targeted", "skipped", "sent"),
)  # fmt: skip


@pytest.fixture(scope="module")
def store(lasting_store: Callable[[], str]) -> AppContext:
    """Three campaigns, sixty people who came into random states of them, and eighty deals, on each engine."""
    app = AppContext(Flags(store=lasting_store(), quiet=True), origin="test")
    for name in NAMES:
        app.campaigns.add(name, Told({"kind": "email", "status": "planned"}))
    with app.desk.writing("test") as uow:
        _fill(uow, random.Random(7))
    return app


def _fill(uow: UnitOfWork, chance: random.Random) -> None:
    from crmcli.domain.ids import new_uid
    from crmcli.store.models.activities import Activity, ActivityContact
    from crmcli.store.models.campaigns import Campaign, CampaignCost, CampaignMember
    from crmcli.store.models.people import Contact

    for number in range(1, 4):
        uow.get(Campaign, number).status = "active"
        uow.get(Campaign, number).started_at = START
        uow.add(_cost(CampaignCost, number, "spent", 10_000 * number))
        uow.add(_cost(CampaignCost, number, "committed", 777))
    for number in range(1, PEOPLE + 1):
        made = START + timedelta(days=chance.randrange(-50, 100))
        source = chance.choice((None, "web", "Spring", "SUMMER"))
        status, cycle = chance.choice((None, "new", "junk")), chance.choice((None, "lead", "customer"))
        uow.add(
            Contact(
                uid=new_uid("ct"), name=f"P{number}", name_key=f"p{number}", source=source, lead_status=status,
                lifecycle=cycle, created_at=made, updated_at=made,
            )
        )  # fmt: skip
        for campaign in chance.sample((1, 2, 3), chance.randrange(4)):
            member = uow.add(CampaignMember(campaign_id=campaign, contact_id=number, at=START))
            _live(uow, member, chance)
    for number in range(30):
        at = START + timedelta(hours=chance.randrange(3000))
        row = uow.add(
            Activity(
                uid=new_uid("ac"), kind="call", at=at, status=chance.choice(("done", "planned")), created_at=at,
                updated_at=at, campaign_id=chance.choice((None, 1, 2, 3)),
            )
        )  # fmt: skip
        uow.add(ActivityContact(activity_id=row.id or 0, contact_id=number + 1))
    for number in range(80):
        _deal(uow, number, chance)


def _cost(model: Any, campaign: int, state: str, amount: int) -> Any:
    return model(campaign_id=campaign, state=state, amount=amount, currency="EUR", on=START.date(), at=START)


def _live(uow: UnitOfWork, member: Any, chance: random.Random) -> None:
    """Some way through the states, each somewhat later than the one before."""
    from crmcli.store.models.campaigns import CampaignEvent

    at, known = START + timedelta(hours=chance.randrange(1500)), set[str]()
    for status in chance.choice(WAYS):
        at += timedelta(hours=chance.randrange(1, 60))
        for each in (*IMPLIED.get(status, ()), status):
            if each not in known:
                known.add(each)
                row = CampaignEvent(
                    campaign_id=member.campaign_id, member_id=member.id, status=each, at=at, source="test"
                )
                uow.session.add(row)
        member.status = status
    uow.flush()


def _deal(uow: UnitOfWork, number: int, chance: random.Random) -> None:
    from crmcli.domain.ids import new_uid
    from crmcli.store.models.deals import Deal, DealContact, Stage

    made = START + timedelta(hours=chance.randrange(3000))
    stage = uow.find(Stage, kind=chance.choice(("open", "won", "lost")))[0]
    closed = None if stage.kind == "open" else made + timedelta(days=chance.randrange(60))
    row = uow.add(
        Deal(
            uid=new_uid("dl"), title=f"D{number}", title_key=f"d{number}", value=chance.randrange(1, 10**6), currency="EUR",
            pipeline_id=stage.pipeline_id, stage_id=stage.id or 0, stage_since=made, closed_at=closed, created_at=made,
            updated_at=made, campaign_id=chance.choice((None, None, 1, 2, 3)),
        )
    )  # fmt: skip
    for place, contact in enumerate(chance.sample(range(1, PEOPLE + 1), chance.randrange(4))):
        uow.add(DealContact(deal_id=row.id or 0, contact_id=contact, position=place))


# -- worked out anew, by hand as it were: lists of rows, loops, and the definitions


class Anew:
    """The figures of a campaign from all rows of the store, one thing after the other."""

    def __init__(self, app: AppContext, campaign: int, model: str, span: tuple[str, str] | None = None) -> None:
        self.campaign, self.model, self.span = campaign, model, span
        with app.desk.reading() as reader:
            self.members = {
                row[0]: row[1:]
                for row in reader.rows("SELECT id, campaign_id, contact_id, status FROM campaign_member")
            }
            self.events = reader.rows("SELECT member_id, campaign_id, status, at FROM campaign_event")
            self.deals = reader.rows(
                "SELECT d.id, d.campaign_id, d.created_at, d.value, s.kind, d.closed_at FROM deal d JOIN stage s ON s.id = d.stage_id"
            )
            self.of_deal = reader.rows("SELECT deal_id, contact_id FROM deal_contact")
            self.calls = reader.rows(
                "SELECT a.campaign_id, a.at, k.contact_id FROM activity a JOIN activity_contact k ON k.activity_id = a.id"
                " WHERE a.status = 'done' AND a.campaign_id IS NOT NULL"
            )
            self.people = reader.rows("SELECT id, source, lead_status, lifecycle, created_at FROM contact")

    def inside(self, at: str | None) -> bool:
        return self.span is None or (at is not None and self.span[0] <= at < self.span[1])

    def who(self, *states: str) -> set[int]:
        return {m for m, c, status, at in self.events if c == self.campaign and status in states and self.inside(at)}

    def ever(self, state: str) -> set[int]:
        return {member for member, campaign, status, _ in self.events if campaign == self.campaign and status == state}

    def touches(self, deal: int, made: str) -> set[tuple[str, int, int]]:
        """Moment, campaign and contact of what reached the people of a deal before it was made."""
        people = {contact for of, contact in self.of_deal if of == deal}
        bounced = {member for member, _, status, _ in self.events if status == "bounced"}
        found = {
            (at, campaign, self.members[member][1])
            for member, campaign, status, at in self.events
            if status in TOUCHES and at <= made and self.members[member][1] in people
            and not (status == "sent" and member in bounced)
        }  # fmt: skip
        return found | {(at, campaign, who) for campaign, at, who in self.calls if at <= made and who in people}

    def share(self, own: int | None, touches: set[tuple[str, int, int]]) -> Fraction:
        moments = sorted({(at, campaign) for at, campaign, _ in touches})
        if own is not None and (self.model == "own" or not moments):
            return Fraction(own == self.campaign)
        if not moments:
            return Fraction(0)
        if self.model == "linear":
            return Fraction(sum(campaign == self.campaign for _, campaign in moments), len(moments))
        return Fraction((moments[0] if self.model == "first" else moments[-1])[1] == self.campaign)

    def figures(self) -> dict[str, object]:
        sent, bounced = self.who("sent"), self.ever("bounced")
        deals, won, revenue, buyers = 0, 0, Fraction(0), {self.members[m][1] for m in self.who("converted")}
        for number, own, made, value, kind, closed in self.deals:
            touches = self.touches(number, made)
            share = self.share(own, touches)
            if share and self.inside(made):
                deals += 1
                buyers |= {who for _, campaign, who in touches if campaign == self.campaign}
            if share and kind == "won" and self.inside(closed):
                won += 1
                revenue += share * value
        return {
            "targeted": len(self.who("targeted", "sent", "failed", "skipped")), "sent": len(sent),
            "delivered": len(sent - bounced), "opened": len(self.who("opened")), "clicked": len(self.who("clicked")),
            "replied": len(self.who("replied")), "responded": len(self.who("replied", "responded", "converted")),
            "bounced": len(self.who("bounced")), "complained": len(self.who("complained")),
            "unsubscribed": len(self.who("unsubscribed")),
            "failed": sum(self.members[m][2] == "failed" for m in self.who("failed")),
            "skipped": sum(self.members[m][2] == "skipped" for m in self.who("skipped")), "converted": len(buyers),
            "leads": len(self.leads()), "deals": deals, "won": won, "won_revenue": Money(round(revenue), "EUR"),
        }  # fmt: skip

    def leads(self) -> set[int]:
        name = NAMES[self.campaign - 1].casefold()
        responded = {self.members[member][1] for member in self.who("replied", "responded", "converted")}
        start = START.isoformat().replace("+00:00", "Z")
        named = {
            who for who, source, *_, made in self.people if (source or "").casefold() == name and self.inside(made)
        }
        return named | {
            who for who, _, status, cycle, made in self.people
            if who in responded and (cycle == "lead" or status == "new" or made >= start)
        }  # fmt: skip


def page(app: AppContext, campaign: int, model: str, period: str | None = None, by: str | None = None) -> CampaignPage:
    """The report of a campaign."""
    span = window(app.clock.local(), period)
    return campaign_page(app.desk, str(campaign), Asked(model, by, span), is_tracked=True)


@pytest.mark.parametrize("period", [None, "2026-04"])
@pytest.mark.parametrize("model", ["own", "first", "last", "linear"])
@pytest.mark.parametrize("campaign", [1, 2, 3])
def test_every_figure_is_what_the_rows_say(store: AppContext, campaign: int, model: str, period: str | None) -> None:
    span = ("2026-04-01T00:00:00Z", "2026-05-01T00:00:00Z") if period else None
    told = page(store, campaign, model, period).figures._asdict()
    expected = Anew(store, campaign, model, span).figures()
    assert expected == {name: told[name] for name in expected}
    assert any(bool(value) for value in expected.values())


def test_a_return_is_what_was_won_over_what_was_spent(store: AppContext) -> None:
    told = page(store, 2, "linear").figures
    assert Money(20_000, "EUR") == told.cost
    assert (told.won_revenue.minor - 20_000) / 20_000 == told.roi


def test_a_period_has_the_costs_of_its_days(store: AppContext) -> None:
    assert (Money(0, "EUR"), Money(20_000, "EUR")) == tuple(
        page(store, 2, "own", month).figures.cost for month in ("2026-04", "2026-03")
    )


@pytest.mark.parametrize("model", ["own", "first", "last", "linear"])
def test_the_campaigns_together_are_owed_each_deal_once_at_most(store: AppContext, model: str) -> None:
    with store.desk.reading() as reader:
        won = int(
            reader.value("SELECT SUM(d.value) FROM deal d JOIN stage s ON s.id = d.stage_id WHERE s.kind = 'won'")
        )
    told = column(report_of(store, "campaigns", attribution=model), "won_revenue")
    assert 0 < sum(money.minor for money in told) <= won + len(told)


def column(report: Report, name: str) -> list[Any]:
    """The values of a column."""
    place = [each.name for each in report.columns].index(name)
    return [row[place] for row in report.rows]


@pytest.mark.parametrize("model", ["own", "linear"])
def test_the_list_says_of_each_what_its_own_report_says(store: AppContext, model: str) -> None:
    listed = report_of(store, "campaigns", attribution=model, is_tracked=True)
    for campaign, name in enumerate(NAMES, 1):
        row = listed.rows[column(listed, "campaign").index(name)]
        assert tuple(page(store, campaign, model).figures) == row[3:-1]


@pytest.mark.parametrize("by", ["segment", "source", "variant"])
def test_the_groups_are_the_whole_together(store: AppContext, by: str) -> None:
    whole, groups = page(store, 1, "linear").figures, page(store, 1, "linear", by=by)
    assert groups.groups is not None
    for name in ("targeted", "sent", "delivered", "responded", "converted", "leads", "deals", "won"):
        assert getattr(whole, name) == sum(column(groups.groups, name)), name
    assert whole == groups.figures


@pytest.mark.parametrize("model", ["own", "linear"])
def test_campaigns_taken_together(store: AppContext, model: str) -> None:
    """By their kind: people and money added up, a deal once however many of them share it, all of it drilled."""
    each, one = (report_of(store, "campaigns", by, attribution=model, is_tracked=True) for by in (None, "kind"))
    for name in ("targeted", "sent", "delivered", "responded", "leads", "cost"):
        values = [value.minor if isinstance(value, Money) else value for value in column(each, name)]
        (whole,) = column(one, name)
        assert sum(values) == (whole.minor if isinstance(whole, Money) else whole), name
    (revenue,), (cost,), (roi,) = (column(one, name) for name in ("won_revenue", "cost", "roi"))
    assert (revenue.minor - cost.minor) / cost.minor == pytest.approx(roi)
    assert abs(sum(value.minor for value in column(each, "won_revenue")) - revenue.minor) <= 2
    (deals,), (won,) = column(one, "deals"), column(one, "won")
    assert (deals, won) == tuple(counted(store, drill) for drill in (one.drill[0], one.cells[0]["won"]))
    assert (deals < sum(column(each, "deals"))) == (model == "linear")
    assert [("email", 3)] == [row[:2] for row in one.rows]


def test_the_people_behind_each_figure_of_a_campaign(store: AppContext) -> None:
    for period in ("", "2026-04"):
        report = report_of(store, "campaigns", period=period, is_tracked=True)
        for name in (
            "targeted",
            "sent",
            "delivered",
            "opened",
            "responded",
            "converted",
            "bounced",
            "skipped",
            "leads",
        ):
            assert column(report, name) == [counted(store, cells[name]) for cells in report.cells], (period, name)


def test_only_some_campaigns(store: AppContext) -> None:
    """By a filter on campaigns; told apart by when they began; what there is not is refused with the nearest."""
    assert ["Spring"] == column(report_of(store, "campaigns", filter="name = Spring"), "campaign")
    assert ["2026-Q1"] == column(report_of(store, "campaigns", "quarter"), "quarter")
    with pytest.raises(UsageError, match="campaigns have no 'knd'") as refused:
        report_of(store, "campaigns", "knd")
    assert "did you mean kind?" == refused.value.hint


def test_the_deals_behind_a_row_are_those_that_are_counted(store: AppContext) -> None:
    report = report_of(store, "campaigns", attribution="first")
    for drill, deals in zip(report.drill, column(report, "deals"), strict=True):
        assert drill is not None
        assert deals == sum(1 for _ in store.deals.list(Query(filter=drill.filter)))
