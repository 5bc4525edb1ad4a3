"""Lead conversion, speed to lead and response times, by hand, on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmcli.context import AppContext, Flags
from crmcli.errors import UsageError
from tests.reports.asking import counted, report_of, rows_of, totals_of
from tests.reports.selling import activity, deal, person

if TYPE_CHECKING:
    from collections.abc import Callable


def shown(rows: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in rows]


@pytest.fixture(scope="module")
def filled(lasting_store: Callable[[], str]) -> str:
    """People added in October, and what was said between them and us."""
    from crmcli.store.models.deals import DealContact

    store = lasting_store()
    app = AppContext(Flags(store=store, quiet=True), origin="test")
    with app.desk.writing("test") as uow:
        quick = person(uow, "2026-10-01T08:00:00", source="web", owner="ana", lifecycle="qualified")
        hour = person(uow, "2026-10-01T08:00:00", source="web", owner="ana", lead_status="converted")
        late = person(uow, "2026-10-01T08:00:00", source="web", owner="boris", lifecycle="lead")
        buyer = person(uow, "2026-10-31T23:59:59", source="fair", owner="boris")
        person(uow, "2026-11-01T00:00:00", source="fair", owner="boris", lifecycle="former")
        uow.add(DealContact(deal_id=deal(uow, "lead"), contact_id=buyer))
        activity(uow, "note", "2026-10-01T08:00:30", quick)  # no word to anybody
        activity(uow, "email", "2026-10-01T08:01:00", quick, direction="in", owner="ana")
        activity(uow, "call", "2026-10-01T08:05:00", quick)  # five minutes; nobody said that it came in
        activity(uow, "email", "2026-10-01T09:00:01", hour, direction="out")  # a second more than an hour
        activity(uow, "email", "2026-10-01T09:30:00", hour, late, direction="in", owner="ana")
        activity(uow, "meeting", "2026-10-03T08:00:00", late)
        activity(uow, "call", "2026-10-04T08:00:00", late, direction="in", owner="boris")
        activity(uow, "call", "2026-10-05T08:00:00", late, direction="out", status="planned")
        activity(uow, "call", "2026-10-05T08:00:00", buyer, direction="out")  # before they were added
    return store


@pytest.fixture
def full(filled: str) -> AppContext:
    return AppContext(Flags(store=filled))


def test_leads_by_source(full: AppContext) -> None:
    """Conversion by the day they were added; waits of 5, 61 and 2,880 minutes, a minute that was begun counted whole."""
    report = report_of(full, "leads")
    names = ("source", "leads", "converted", "conversion", "untouched", "within_5min", "within_1h", "within_1d")
    assert shown(rows_of(report), *names) == [
        ("web", 3, 2, 2 / 3, 0, 1 / 3, 1 / 3, 2 / 3),
        ("fair", 2, 1, 0.5, 1, 0.0, 0.0, 0.0),
    ]
    web = rows_of(report)[0]
    assert (web["speed_median"], web["speed_p90"]) == (61 / 60, pytest.approx((61 + (2880 - 61) * 0.8) / 60))
    assert rows_of(report)[1]["speed_median"] is None
    assert shown([totals_of(report)], "leads", "converted", "untouched") == [(5, 3, 1)]
    assert [counted(full, drill) for drill in report.drill] == [3, 2]
    assert [counted(full, cells["converted"]) for cells in report.cells] == [2, 1]
    assert [counted(full, cells["untouched"]) for cells in report.cells] == [0, 1]


def test_leads_by_month_and_owner(full: AppContext) -> None:
    by_month = report_of(full, "leads", "month")
    assert shown(rows_of(by_month), "month", "leads", "converted") == [("2026-10", 4, 3), ("2026-11", 1, 0)]
    assert [counted(full, drill) for drill in by_month.drill] == [4, 1]
    october = report_of(full, "leads", "owner", "2026-10")
    assert shown(rows_of(october), "owner", "leads") == [("ana", 2), ("boris", 2)]
    assert [counted(full, drill) for drill in october.drill] == [2, 2]


def test_unknown_groups_are_refused(full: AppContext) -> None:
    with pytest.raises(UsageError, match="contacts have no 'sorce'") as refused:
        report_of(full, "leads", "sorce")
    assert refused.value.hint == "did you mean source?"


def test_response_times(full: AppContext) -> None:
    """To one person after 4 minutes; to one of two after 2,790 (the meeting); to the last call nobody answered."""
    report = report_of(full, "response-times")
    names = ("owner", "received", "answered", "unanswered", "median", "within_1h", "within_1d")
    assert shown(rows_of(report), *names) == [
        ("ana", 2, 2, 0, pytest.approx((4 + 2790) / 2 / 60), 0.5, 0.5),
        ("boris", 1, 0, 1, None, 0.0, 0.0),
    ]
    assert shown([totals_of(report)], "received", "answered", "unanswered") == [(3, 2, 1)]
    assert [counted(full, drill) for drill in report.drill] == [2, 1]
    assert [counted(full, cells["unanswered"]) for cells in report.cells] == [0, 1]


@pytest.mark.parametrize("by", ["channel", "type"])
def test_response_times_by_channel(full: AppContext, by: str) -> None:
    report = report_of(full, "response-times", by)
    assert shown(rows_of(report), "type", "received", "unanswered") == [("email", 2, 0), ("call", 1, 1)]


@pytest.mark.parametrize("name", ["leads", "response-times"])
def test_empty_stores(app: AppContext, name: str) -> None:
    """Without people and messages there are no rows; with one there is one, and no totals."""
    assert (report_of(app, name).rows, report_of(app, name).n) == ((), 0)
    with app.desk.writing("test") as uow:
        activity(uow, "email", "2026-11-01", person(uow, "2026-11-01"), direction="in")
    report = report_of(app, name)
    assert (len(report.rows), report.totals, report.n) == (1, None, 1)
