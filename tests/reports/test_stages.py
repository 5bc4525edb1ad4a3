"""Reports about stages over a history that can be worked out by hand, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from crmcli.context import AppContext, Flags
from crmcli.reports.behind import uids
from crmcli.services.pipelines import StageDraft
from tests.reports.asking import counted, report_of, rows_of, totals_of
from tests.reports.selling import deal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmcli.store.session import UnitOfWork

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
STAGES = ("lead", "qualified", "proposal", "negotiation", "won", "lost")
# Owner, value, reason, and the stages with the days (from the first of January) on which the deal came into them.
HISTORIES: tuple[tuple[str, int | None, str | None, tuple[tuple[str, float], ...]], ...] = (
    ("ana", 1000, None, (("lead", 0), ("qualified", 2), ("proposal", 6), ("negotiation", 7), ("won", 10))),
    ("ana", 3000, None, (("lead", 0), ("proposal", 4), ("won", 30))),  # leaps over a stage
    ("ana", 500, "price", (("lead", 1), ("qualified", 5), ("lead", 6), ("qualified", 8), ("lost", 11))),  # comes back
    ("ben", 700, "Price", (("lead", 0), ("lost", 1))),
    ("ben", None, None, (("lost", 3),)),  # nothing else is known of it
    ("ben", 900, None, (("lead", 0), ("qualified", 10), ("lead", 20))),  # open, went back
    ("ben", 800, None, (("proposal", 0),)),  # began late
    ("ana", 100, None, (("lead", 40), ("won", 45), ("qualified", 50))),  # won, and open again
)
SECONDS = (datetime(2026, 11, 21, 12, tzinfo=UTC) - START).total_seconds()


def make(uow: UnitOfWork, histories: Sequence[tuple[Any, ...]]) -> None:
    """Deals with these moves, the first of which is when they were made."""
    from crmcli.domain.ids import new_uid
    from crmcli.store.models.deals import Deal, Stage, StageChange

    stages = {stage.name: stage for stage in uow.find(Stage)}
    for owner, value, reason, moves in histories:
        times = [(stages[name], START + timedelta(days=days)) for name, days in moves]
        last, since = times[-1]
        title = f"D{len(uow.find(Deal)) + 1}"
        deal = uow.add(
            Deal(
                uid=new_uid("dl"), title=title, title_key=title.lower(), value=value and value * 100, currency=value and "EUR",
                pipeline_id=last.pipeline_id, stage_id=last.id or 0, stage_since=since, owner_id=uow.user(owner),
                closed_at=None if last.kind == "open" else since, lost_reason=reason, created_at=times[0][1],
                updated_at=since,
            )
        )  # fmt: skip
        before = None
        for stage, at in times:
            uow.session.add(StageChange(deal_id=deal.id or 0, from_stage_id=before, to_stage_id=stage.id or 0, at=at))
            before = stage.id
        uow.flush()


@pytest.fixture(scope="module")
def stages_store(lasting_store: Callable[[], str]) -> str:
    """A store with these deals."""
    store = lasting_store()
    app = AppContext(Flags(store=store, quiet=True), origin="test")
    app.contacts.add(app.contacts.draft({"name": "Makes the store"}))
    with app.desk.writing("test") as uow:
        make(uow, HISTORIES)
    return store


@pytest.fixture
def store(stages_store: str) -> AppContext:
    """The application over it; the tests only read."""
    return AppContext(Flags(store=stages_store))


def test_the_funnel_counts_who_ever_came_so_far(store: AppContext) -> None:
    """Lost deals stay in, one that came back counts once, and where deals stand now is told apart."""
    report = report_of(store, "funnel")
    found = {row["stage"]: row for row in rows_of(report)}
    assert list(found) == list(STAGES)
    assert [row["reached"] for row in found.values()] == [8, 6, 4, 3, 3, None]
    assert [row["conversion"] for row in found.values()] == [6 / 8, 4 / 6, 3 / 4, 1.0, None, None]
    assert [row["share"] for row in found.values()] == [1.0, 6 / 8, 4 / 8, 3 / 8, 3 / 8, None]
    # lead: 2, 4, 4, 10 and 5 days; qualified: 4; proposal: 1 and 26; negotiation: 3.
    assert [row["median_days"] for row in found.values()] == [4.0, 4.0, 13.5, 3.0, None, None]
    assert [row["now"] for row in found.values()] == [1, 1, 1, 0, 2, 3]
    assert [row["now_share"] for row in found.values()] == [n / 8 for n in (1, 1, 1, 0, 2, 3)]
    assert (report.n, report.chart and report.chart.kind, report.chart and report.chart.values) == (
        8, "funnel", (8, 6, 4, 3, 3),
    )  # fmt: skip


def test_each_figure_of_the_funnel_leads_to_the_deals_it_counts(store: AppContext) -> None:
    """What has no deals of its own is about those that reached the stage; of lost stages, those that are there."""
    report = report_of(store, "funnel")
    columns = ("conversion", "median_days", "now", "now_share")
    shown = {
        name: [counted(store, cells[name]) if name in cells else None for cells in report.cells] for name in columns
    }
    assert shown["conversion"] == [6, 4, 3, 3, 0, None]
    assert shown["median_days"] == [5, 2, 2, 1, 0, None]  # one was won before it was qualified
    assert shown["now"] == shown["now_share"] == [1, 1, 1, 0, 2, None]
    assert [counted(store, drill) for drill in report.drill] == [8, 6, 4, 3, 3, 3]


def test_a_funnel_for_each_group(store: AppContext) -> None:
    """Rows are group by stage."""
    found = [
        (row["owner"], row["stage"], row["reached"], row["now"]) for row in rows_of(report_of(store, "funnel", "owner"))
    ]
    assert [row for row in found if row[0] == "ana"] == [
        ("ana", "lead", 4, 0), ("ana", "qualified", 4, 1), ("ana", "proposal", 3, 0), ("ana", "negotiation", 3, 0),
        ("ana", "won", 3, 2), ("ana", "lost", None, 1),
    ]  # fmt: skip
    assert [row[2] for row in found if row[0] == "ben"] == [4, 2, 1, 0, 0, None]


def test_the_period_is_that_of_being_made(store: AppContext) -> None:
    """Whenever they were closed."""
    report = report_of(store, "funnel", period="2026-02")
    assert ([row["reached"] for row in rows_of(report)], report.n) == ([1, 1, 1, 1, 1, None], 1)


@pytest.mark.parametrize("by", [None, "owner", "month", "reason"])
@pytest.mark.parametrize("name", ["funnel", "time-in-stage"])
def test_what_is_behind_the_figures(store: AppContext, name: str, by: str | None) -> None:
    """The filter of each row and cell selects as many deals as are counted."""
    report = report_of(store, name, by, filter="owner = ana OR owner = ben")
    first = "reached" if name == "funnel" else "deals"
    for row, drill, cells in zip(rows_of(report), report.drill, report.cells, strict=True):
        assert counted(store, drill) == (row["now"] if row.get(first) is None else row[first]), row
        assert counted(store, cells.get("now")) == (row["now"] if cells else 0), row
    assert report.rows


def test_of_very_many_deals_some_are_looked_at_by_themselves(
    store: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Medians are then of some, scattered over all, and that is said; counts are of all."""
    monkeypatch.setattr("crmcli.reports.sales.ladder._MOST_BY_THEMSELVES", 4)
    funnel, stays = report_of(store, "funnel"), report_of(store, "time-in-stage")
    assert [row["reached"] for row in rows_of(funnel)] == [8, 6, 4, 3, 3, None]
    # The deals 2, 4, 5 and 7 are looked at: of those in the first stage one went on, after four days.
    assert [row["median_days"] for row in rows_of(funnel)][:2] == [4.0, None]
    assert [row["deals"] for row in rows_of(stays)] == [6, 4, 3, 1]
    assert funnel.notes == stays.notes == ("days are those of one deal in 2, scattered over all",)


def test_of_very_many_some_are_the_same_however_they_are_found(
    store: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One by one, or among all."""
    monkeypatch.setattr("crmcli.reports.sales.ladder._MOST_BY_THEMSELVES", 1)
    for name in ("funnel", "time-in-stage"):
        monkeypatch.setattr("crmcli.store.dialects.sqlite._SCATTERED", 2)
        found = report_of(store, name, "owner")
        monkeypatch.setattr("crmcli.store.dialects.sqlite._SCATTERED", 1000)
        assert found == report_of(store, name, "owner")
        assert found.notes == ("days are those of one deal in 8, scattered over all",)


@pytest.fixture
def long_way(app: AppContext) -> AppContext:
    """A pipeline of eleven open stages, in which one deal came far, one went back, six began, and two were deleted."""
    from crmcli.store.models.deals import Deal, Stage

    app.contacts.add(app.contacts.draft({"name": "Makes the store"}))
    with app.desk.writing("test") as uow:
        pipeline = uow.find(Stage)[0].pipeline_id
        for place in range(7):
            named = f"s{place}"
            uow.add(
                Stage(
                    pipeline_id=pipeline, name=named, name_key=named, position=10 + place, kind="open", probability=50
                )
            )
        began = ("ben", 100, None, (("qualified", 0),))
        far = ("ana", 100, None, (("lead", 0), ("s6", 1)))
        back = ("ana", 100, None, (("s4", 0), ("s5", 2), ("s4", 3), ("s2", 4)))
        make(uow, [far, back, *[began] * 6, far, back])
        for deal in uow.find(Deal)[-2:]:
            uow.bury(deal)
    return app


@pytest.mark.parametrize("filter_text", [None, "value > 0"])
@pytest.mark.parametrize("by", [None, "owner", "source"])
def test_a_pipeline_of_many_stages(long_way: AppContext, by: str | None, filter_text: str | None) -> None:
    """However the moves are walked through."""

    def sums(name: str, column: str) -> dict[str, int]:
        rows = rows_of(report_of(long_way, name, by, filter=filter_text))
        stages = dict.fromkeys(row["stage"] for row in rows)
        return {stage: sum(row[column] or 0 for row in rows if row["stage"] == stage) for stage in stages}

    some_way = {"lead": 8, "qualified": 8, "s6": 1, "won": 0, "lost": 0}
    assert sums("funnel", "reached") == {
        **some_way, **dict.fromkeys(("proposal", "negotiation", "s0", "s1", "s2", "s3", "s4", "s5"), 2)
    }  # fmt: skip
    been = {"lead": 1, "qualified": 6, "s2": 1, "s4": 1, "s5": 1, "s6": 1}
    assert {name: count for name, count in sums("time-in-stage", "deals").items() if count} == been
    standing = {"qualified": 6, "s2": 1, "s6": 1}
    for name, column in (("time-in-stage", "now"), ("funnel", "now"), ("pipeline", "count")):
        assert {stage: count for stage, count in sums(name, column).items() if count} == standing, name


def test_the_pipeline_of_each_group(store: AppContext) -> None:
    """Whose open deals are worth most comes first; other deals go on than stand there."""
    report = report_of(store, "pipeline", "owner")
    names = ("owner", "stage", "count", "value", "weighted", "conversion")
    assert [tuple(row[name] for name in names) for row in rows_of(report)] == [
        ("ben", "lead", 1, 900, 90, 2 / 4), ("ben", "qualified", 0, 0, 0, 1 / 2), ("ben", "proposal", 1, 800, 400, 0.0),
        ("ben", "negotiation", 0, 0, 0, None), ("ben", "won", 0, 0, 0, None), ("ben", "lost", 2, 700, 0, None),
        ("ana", "lead", 0, 0, 0, 1.0), ("ana", "qualified", 1, 100, 20, 3 / 4), ("ana", "proposal", 0, 0, 0, 1.0),
        ("ana", "negotiation", 0, 0, 0, 1.0), ("ana", "won", 2, 4000, 4000, None), ("ana", "lost", 1, 500, 0, None),
    ]  # fmt: skip
    totals = totals_of(report)
    assert (totals["owner"], totals["stage"], totals["count"], totals["value"], totals["weighted"], report.n) == (
        None, "open", 3, 1800, 510, 8,
    )  # fmt: skip
    assert [counted(store, drill) for drill in report.drill] == [row["count"] for row in rows_of(report)]
    came = [counted(store, cells["conversion"]) for cells in report.cells if cells]
    assert came == [4, 2, 1, 0, 4, 4, 3, 3]
    assert (report.chart and report.chart.labels, report.chart and report.chart.values) == (("ben", "ana"), (1700, 100))


def test_the_pipeline_of_a_period(store: AppContext) -> None:
    """That of being made, beside another one; where deals stand now, they did not stand then. Without one nothing is said of it."""
    report = report_of(store, "pipeline", period="2026-02", compare="previous")
    assert [(row["count"], row["count_before"], row["conversion_before"]) for row in rows_of(report)] == [
        (0, None, 5 / 7), (1, None, 3 / 5), (0, None, 2 / 3), (0, None, 1.0), (0, None, None), (0, None, None),
    ]  # fmt: skip
    assert (report.n, report.period, report.compared) == (1, "2026-02", "2026-01")
    assert [counted(store, drill) for drill in report.drill] == [0, 1, 0, 0, 0, 0]
    assert report_of(store, "pipeline").period is None


def test_from_stage_to_stage(store: AppContext) -> None:
    """A triangle of rates, and who is lost now."""
    report = report_of(store, "conversion")
    found = [
        (r["stage"], r["deals"], r["to_qualified"], r["to_proposal"], r["to_negotiation"], r["to_won"], r["lost"])
        for r in rows_of(report)
    ]
    assert found == [
        ("lead", 8, 6 / 8, 4 / 8, 3 / 8, 3 / 8, 3 / 8),
        ("qualified", 6, None, 4 / 6, 3 / 6, 3 / 6, 1 / 6),
        ("proposal", 4, None, None, 3 / 4, 3 / 4, 0.0),
        ("negotiation", 3, None, None, None, 1.0, 0.0),
    ]
    cells = report.cells[1]
    assert [counted(store, cells[name]) for name in ("to_proposal", "to_won", "lost")] == [4, 3, 1]
    assert (report.chart and report.chart.grid[0], report.chart and report.chart.columns) == (
        (6 / 8, 4 / 8, 3 / 8, 3 / 8), STAGES[1:5],
    )  # fmt: skip


def test_time_in_the_stages(store: AppContext) -> None:
    """All stays of a deal together; one that lasts runs to now."""
    now = SECONDS / 86_400
    found = {row["stage"]: row for row in rows_of(report_of(store, "time-in-stage"))}
    lead = sorted([2, 4, 4 + 2, 1, 10 + now - 20, 5])
    qualified = sorted([4, 1 + 3, 10, now - 50])
    for name, days in (("lead", lead), ("qualified", qualified)):
        row = found[name]
        assert (row["deals"], row["mean"]) == (len(days), pytest.approx(sum(days) / len(days)))
        middle = len(days) // 2
        assert row["median"] == pytest.approx((days[middle - 1] + days[middle]) / 2)
        place = 0.9 * (len(days) - 1)
        low = int(place)
        assert row["p90"] == pytest.approx(days[low] + (days[low + 1] - days[low]) * (place - low))
    assert (found["negotiation"]["deals"], found["negotiation"]["p90"], found["proposal"]["now"]) == (1, 3.0, 1)


def test_the_cycle_of_won_deals_and_of_all_that_were_closed(store: AppContext) -> None:
    """10 and 30 days to win; 10, 1 and none to lose."""
    report = report_of(store, "cycle")
    (row,) = rows_of(report)
    assert (row["won"], row["mean"], row["median"], row["p90"]) == (2, 20.0, 20.0, pytest.approx(28.0))
    assert (row["closed"], row["closed_mean"], row["closed_median"]) == (5, pytest.approx(51 / 5), 10.0)
    assert (counted(store, report.drill[0]), counted(store, report.cells[0]["closed"])) == (2, 5)
    assert [(r["owner"], r["won"], r["closed"]) for r in rows_of(report_of(store, "cycle", "owner"))] == [
        ("ana", 2, 3), ("ben", 0, 2),
    ]  # fmt: skip


def test_the_win_rate_by_number_and_by_value(store: AppContext) -> None:
    """2 of 5, 4000 of 5200; a lost deal without a value makes the second too high, and that is said."""
    report = report_of(store, "win-rate", "owner")
    assert [(r["owner"], r["won"], r["lost"], r["win_rate"], r["win_rate_by_value"]) for r in rows_of(report)] == [
        ("ana", 2, 1, 2 / 3, 4000 / 4500), ("ben", 0, 2, 0.0, 0.0),
    ]  # fmt: skip
    totals = totals_of(report)
    assert (totals["win_rate"], totals["win_rate_by_value"]) == (2 / 5, 4000 / 5200)
    assert report.notes == ("by value is too high: 1 lost deal has no value",)
    assert [counted(store, report.cells[0][name]) for name in ("won", "lost")] == [2, 1]


@pytest.mark.parametrize(
    ("won", "notes"),
    [(None, ()), (0, ()), (100, ("by value is too high: 2 lost deals have no value",))],
)
def test_a_rate_by_value_that_is_none_or_0_is_not_too_high(
    app: AppContext, won: int | None, notes: tuple[str, ...]
) -> None:
    """Lost deals without a value are told of only beside something that was won."""
    with app.desk.writing("test") as uow:
        for lost in (None, 0):
            deal(uow, "lost", lost, closed="2026-11-03")
        deal(uow, "won", won, closed="2026-11-03")
    assert notes == report_of(app, "win-rate").notes


def test_why_and_where_deals_are_lost(store: AppContext) -> None:
    """Reasons that differ in case alone are told apart, in the drill too."""
    report = report_of(store, "loss-reasons")
    names = ("reason", "lost", "value", "share", "from_lead", "from_qualified", "from_unknown")
    found = [tuple(row[name] for name in names) for row in rows_of(report)]
    assert found == [
        (None, 1, 0, 1 / 3, 0, 0, 1), ("Price", 1, 700, 1 / 3, 1, 0, 0), ("price", 1, 500, 1 / 3, 0, 1, 0),
    ]  # fmt: skip
    assert [counted(store, drill) for drill in report.drill] == [1, 1, 1]
    for row, cells in zip(rows_of(report), report.cells, strict=True):
        assert {name: counted(store, drill) for name, drill in cells.items()} == {name: row[name] for name in cells}
    assert totals_of(report)["lost"] == 3
    by = report_of(store, "loss-reasons", "owner")
    assert [(r["owner"], r["reason"], r["lost"]) for r in rows_of(by)] == [
        ("ben", None, 1), ("ben", "Price", 1), ("ana", "price", 1),
    ]  # fmt: skip
    assert [counted(store, drill) for drill in by.drill] == [1, 1, 1]


@pytest.mark.parametrize("by", [None, "owner", "month", "contact"])
@pytest.mark.parametrize("most", [1, 10_000])
def test_each_stage_leads_to_those_lost_from_it(
    app: AppContext, monkeypatch: pytest.MonkeyPatch, by: str | None, most: int
) -> None:
    """Whatever they are told apart by, and where they are too many for one filter."""
    monkeypatch.setattr("crmcli.reports.drill.MOST_NUMBERS", most)
    app.contacts.add(app.contacts.draft({"name": "Makes the store"}))
    ways = [("lead",), ("lead", "proposal"), ("lead", "negotiation"), ("proposal",), ("proposal",)]
    with app.desk.writing("test") as uow:
        make(
            uow, [("ana", 1, why, tuple((s, 0) for s in (*way, "lost"))) for way in ways for why in ("price", "Price")]
        )
    report = report_of(app, "loss-reasons", by)
    assert 2 == len(report.rows)
    columns = ["from_lead", "from_proposal", "from_negotiation"]
    for row, drill, cells in zip(rows_of(report), report.drill, report.cells, strict=True):
        assert [1, 3, 1] == [row[name] for name in columns]
        assert [1, 3, 1] == [len(list(uids(app.desk, [each]))) for name in columns if (each := cells[name])]
        assert 5 == len(list(uids(app.desk, [drill] if drill else [])))


@pytest.mark.parametrize(("by", "period"), [(None, ""), ("owner", ""), (None, "2026"), ("month", "2026")])
def test_a_cycle_leads_to_the_deals_that_have_one(app: AppContext, by: str | None, period: str) -> None:
    """Those that were closed before they were made have none."""
    app.contacts.add(app.contacts.draft({"name": "Makes the store"}))
    ends = [("won", 10), ("won", -1), ("lost", 5), ("lost", -2), ("won", 0)]
    with app.desk.writing("test") as uow:
        make(uow, [("ana", 1, None, (("lead", 15), (end, 15 + days))) for end, days in ends])
    report = report_of(app, "cycle", by, period)
    (row,), (drill,), (cells,) = rows_of(report), report.drill, report.cells
    assert ((2, 5.0), 2) == ((row["won"], row["mean"]), counted(app, drill))
    assert (3, 3) == (row["closed"], counted(app, cells["closed_mean"]))
    won, paces = (report_of(app, name, by, period) for name in ("won", "velocity"))
    assert (3, 2) == (counted(app, won.drill[0]), counted(app, won.cells[0]["cycle_mean"]))
    assert [3, 2] == [counted(app, paces.cells[0][name]) for name in ("average", "cycle")]


# The first three are open or lost, and none of them came into any later stage that is left.
PASSED = (
    ("ana", 1, "price", (("lead", 0), ("proposal", 4), ("lost", 6))),
    ("ana", 1, None, (("lead", 0), ("proposal", 2), ("lead", 6))),
    ("ana", 1, None, (("lead", 0),)),
    ("ben", 1, None, (("qualified", 0), ("proposal", 1), ("won", 6))),
)


@pytest.fixture
def removing(app: AppContext) -> AppContext:
    """These deals, and a pipeline that has lost a stage in which some of them have been."""
    app.contacts.add(app.contacts.draft({"name": "Makes the store"}))
    with app.desk.writing("test") as uow:
        make(uow, PASSED)
    app.pipelines.remove_stage(None, "proposal")
    return app


def reached(app: AppContext, by: str | None = None) -> dict[str, int]:
    """How many deals the funnel says came to each step, each figure with as many records behind it."""
    report = report_of(app, "funnel", by)
    for row, drill, cells in zip(rows_of(report), report.drill, report.cells, strict=True):
        assert (row["reached"] is None) or row["reached"] == counted(app, drill), row
        if row["conversion"] is not None:
            assert round(row["conversion"] * row["reached"]) == counted(app, cells["conversion"])
    return {row["stage"]: row["reached"] for row in rows_of(report) if row["reached"] is not None}


def test_a_removed_stage_was_reached_by_those_who_were_in_it(removing: AppContext) -> None:
    """They had come as far as the stages before it; when it is back, all is as it was."""
    assert {"lead": 4, "qualified": 3, "negotiation": 1, "won": 1} == reached(removing)
    (first, second, *_) = rows_of(report_of(removing, "funnel"))
    # Into the removed stage after 2 and 4 days; from qualified to won 6.
    assert (0.75, 3.0) == (first["conversion"], first["median_days"])
    assert (1 / 3, 6.0) == (second["conversion"], second["median_days"])
    assert 0.75 == rows_of(report_of(removing, "conversion"))[0]["to_qualified"]
    assert 0.75 == rows_of(report_of(removing, "pipeline"))[0]["conversion"]
    removing.history.undo()
    assert {"lead": 4, "qualified": 3, "proposal": 3, "negotiation": 1, "won": 1} == reached(removing)


def test_a_removed_stage_keeps_its_place(removing: AppContext) -> None:
    """However the others are numbered anew: what comes after it was not reached by who was in it alone."""
    removing.pipelines.add_stage(None, StageDraft("demo", position=0))
    removing.pipelines.add_stage(None, StageDraft("pilot"))
    expected = {"demo": 4, "lead": 4, "qualified": 3, "negotiation": 1, "pilot": 1, "won": 1}
    assert expected == reached(removing)
    removing.pipelines.remove_stage(None, "demo")
    removing.pipelines.add_stage(None, StageDraft("trial"))
    assert {"lead": 4, "qualified": 3, "negotiation": 1, "pilot": 1, "trial": 1, "won": 1} == reached(removing)
    removing.pipelines.edit_stage(None, "negotiation", StageDraft(position=0))
    assert {"negotiation": 4, "lead": 4, "qualified": 3, "pilot": 1, "trial": 1, "won": 1} == reached(removing)


def test_before_all_that_are_left(app: AppContext) -> None:
    """Who was in a stage that came first has entered the pipeline, and no more."""
    app.contacts.add(app.contacts.draft({"name": "Makes the store"}))
    with app.desk.writing("test") as uow:
        make(uow, [("ana", 1, "price", (("lead", 0), ("lost", 1)))])
    app.pipelines.remove_stage(None, "lead")
    app.pipelines.add_stage(None, StageDraft("pilot"))
    assert {"qualified": 1, "proposal": 0, "negotiation": 0, "pilot": 0, "won": 0} == reached(app)


def test_a_stage_that_is_made_anew_is_the_one_of_its_name(removing: AppContext) -> None:
    """Wherever it is put, and whichever of the two a deal has been in."""
    removing.pipelines.add_stage(None, StageDraft("Proposal"))
    assert {"lead": 4, "qualified": 3, "negotiation": 3, "Proposal": 3, "won": 1} == reached(removing)


def test_velocity(store: AppContext) -> None:
    """3 open deals, 2000 on average, 2 of 5 won, 20 days: 120 a day; each of its parts can be looked into."""
    report = report_of(store, "velocity")
    (row,) = rows_of(report)
    assert (row["open"], row["average"], row["win_rate"], row["cycle"], row["velocity"]) == (3, 2000, 0.4, 20.0, 120)
    assert [counted(store, d) for d in (report.drill[0], report.cells[0]["average"], report.cells[0]["win_rate"])] == [
        3,
        2,
        5,
    ]
    by = {r["owner"]: r["velocity"] for r in rows_of(report_of(store, "velocity", "owner"))}
    assert by == {"ana": round(1 * 2000 * (2 / 3) / 20, 2), "ben": None}


def test_the_velocity_that_everyone_works_out() -> None:
    """40 open deals of 25,000 at 25 % and 90 days are 2,777.78 a day; without a cycle or a rate there is none."""
    from crmcli.domain.metrics import velocity

    assert round(velocity(40, 25_000, 0.25, 90) or 0, 2) == 2777.78
    assert [velocity(40, None, 0.25, 90), velocity(40, 1.0, None, 90), velocity(40, 1.0, 0.5, 0)] == [None] * 3


@pytest.mark.parametrize(
    "name",
    [
        "funnel",
        "conversion",
        "velocity",
        "time-in-stage",
        "cycle",
        "win-rate",
        "loss-reasons",
        "lost",
        "won",
        "pipeline",
    ],
)
@pytest.mark.parametrize(
    "histories", [(), HISTORIES[3:4], HISTORIES[3:5], HISTORIES[:1]], ids=["empty", "one", "all_lost", "won"]
)
def test_few_deals(app: AppContext, name: str, histories: Sequence[tuple[Any, ...]]) -> None:
    """No deals, one deal, all lost: an empty denominator is no value, and what is counted can be looked at."""
    app.contacts.add(app.contacts.draft({"name": "Makes the store"}))
    with app.desk.writing("test") as uow:
        make(uow, histories)
    report = report_of(app, name)
    lost = sum(each[3][-1][0] == "lost" for each in histories)
    (first, *_) = rows_of(report) or [{}]
    if "win_rate" in first:
        assert first["win_rate"] == (None if not histories else 0.0 if lost else 1.0)
    if name in ("won", "cycle"):
        assert first["cycle_mean" if name == "won" else "mean"] == (None if lost or not histories else 10.0)
    if name in ("funnel", "conversion"):
        assert report.n == len(histories)
        assert first["conversion" if name == "funnel" else "to_won"] == (
            None if not histories else 0.0 if lost else 1.0
        )
    assert all(counted(app, drill) > 0 for drill in report.drill if drill)


def test_every_figure_says_what_it_is(store: AppContext) -> None:
    """For --explain."""
    words = {"text", "command"}
    for name in ("pipeline", "won", "lost", "funnel", "conversion", "velocity", "time-in-stage", "cycle", "win-rate",
                 "loss-reasons", "activity", "stale"):  # fmt: skip
        report = report_of(store, name)
        assert [c.name for c in report.columns if c.kind not in words and not c.meaning] == []
        assert report.formula


def test_without_a_name_it_is_about_the_first_pipeline_that_has_deals(crm_on: Any) -> None:
    """Who sells by a pipeline of their own needs not name it each time."""
    crm_on("pipeline", "add", "maven", "--stage", "Prospecting", "--won-stage", "Won", "--lost-stage", "Lost")
    assert "lead" == crm_on("report", "pipeline", "--format", "json").json()[0]["stage"]
    crm_on("deal", "add", "One", "--pipeline", "maven")
    assert ["Prospecting", "Won"] == [row["stage"] for row in crm_on("report", "funnel", "--format", "json").json()][:2]
    assert "Prospecting" == crm_on("report", "pipeline", "--format", "json").json()[0]["stage"]
    crm_on("deal", "add", "Two")
    assert "lead" == crm_on("report", "funnel", "--format", "json").json()[0]["stage"]
