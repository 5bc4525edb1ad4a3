"""People and activities told apart by what they are linked to: companies, deals, campaigns and segments; on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmcli.context import AppContext, Flags
from crmcli.errors import UsageError
from crmcli.reports.catalogue import group_names
from tests.conftest import run
from tests.reports.asking import counted, report_of, rows_of, totals_of

if TYPE_CHECKING:
    from collections.abc import Callable

SETTING = """
company add Acme --region East --size 11-50
company add Beta --region West
contact add Jane --email jane@x.com --company Acme --company Beta --set tier=1
contact add Joe --email joe@x.com --company Acme --set tier=2
contact add Solo --email solo@x.com
deal add One --value 100 --contact jane@x.com --company Acme --source web --set product=A --set plan=gold
deal add Two --value 100 --contact jane@x.com --contact joe@x.com --source fair --set product=B
deal add Lost --value 100 --contact joe@x.com --source web
campaign add Spring --kind exhibition --status active
campaign respond Spring jane@x.com joe@x.com
segment add vip jane@x.com
log call a --deal One --contact jane@x.com --duration 30m --set plan=own
log email b --deal One --contact jane@x.com --direction in
log meeting c --deal Two --contact jane@x.com --contact joe@x.com
log call d --contact solo@x.com
deal win One
deal lose Lost --reason price
""".strip().splitlines()


@pytest.fixture(scope="module")
def filled(lasting_store: Callable[[], str]) -> str:
    store = lasting_store()
    for line in SETTING:
        result = run("--db", store, *line.split())
        assert 0 == result.code, (line, result.stderr)
    return store


@pytest.fixture
def full(filled: str) -> AppContext:
    return AppContext(Flags(store=filled))


def shown(rows: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return sorted((tuple(row[name] for name in names) for row in rows), key=str)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("region", [("East", 2), ("West", 1), (None, 1)]),
        ("company", [("Acme", 2), ("Beta", 1), (None, 1)]),
        ("size", [("11-50", 2), (None, 1)]),
        ("company.region", [("East", 2), ("West", 1), (None, 1)]),
        ("product", [("A", 1), ("B", 2), (None, 1)]),
        ("pipeline", [("sales", 2), (None, 1)]),
        ("campaign", [("Spring", 2), (None, 1)]),
        ("segment", [("vip", 1), (None, 2)]),
        ("custom.tier", [("1", 1), ("2", 1), (None, 1)]),
        ("deal.plan", [("gold", 1), (None, 2)]),
    ],
)
def test_leads(full: AppContext, by: str, expected: list[tuple[Any, ...]]) -> None:
    """Who has several of them counts for each, once in all; without any is who has none at all."""
    report = report_of(full, "leads", by)
    assert sorted(expected, key=str) == shown(rows_of(report), by, "leads")
    assert 3 == totals_of(report)["leads"] == report.n
    assert [row["leads"] for row in rows_of(report)] == [counted(full, drill) for drill in report.drill]
    assert any("totals count it once" in note for note in report.notes) == (by != "custom.tier")


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("product", [("A", 2, 1, 2.0), ("B", 1, 0, None), (None, 1, 0, None)]),
        ("source", [("fair", 1, 0, None), ("web", 2, 1, 2.0), (None, 1, 0, None)]),
        ("pipeline", [("sales", 3, 1, 3.0), (None, 1, 0, None)]),
        ("segment", [("vip", 3, 1, 3.0), (None, 1, 0, None)]),
        ("size", [("11-50", 3, 1, 3.0), (None, 1, 0, None)]),
        ("company.region", [("East", 3, 1, 3.0), (None, 1, 0, None)]),  # a deal is its first person's company's
        ("plan", [("own", 1, 1, 1.0), (None, 3, 1, 3.0)]),  # its own field: deals have none of it
        ("deal.plan", [("gold", 2, 1, 2.0), (None, 2, 0, None)]),
    ],
)
def test_activities(full: AppContext, by: str, expected: list[tuple[Any, ...]]) -> None:
    """By their deal, their company, their people's segments; effort is by the deals won in the same group."""
    report = report_of(full, "activity", by)
    assert sorted(expected, key=str) == shown(rows_of(report), by, "done", "won", "effort")
    assert (4, 1, 4.0) == tuple(totals_of(report)[name] for name in ("done", "won", "effort"))
    assert [row["done"] for row in rows_of(report)] == [counted(full, cells["done"]) for cells in report.cells]
    assert [row["won"] for row in rows_of(report)] == [counted(full, cells["won"]) for cells in report.cells]


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("product", [("A", 1, 0)]),
        ("segment", [("vip", 1, 0)]),
        ("source", [("web", 1, 0)]),
        ("pipeline", [("sales", 1, 0)]),
    ],
)
def test_response_times(full: AppContext, by: str, expected: list[tuple[Any, ...]]) -> None:
    report = report_of(full, "response-times", by)
    (row,) = shown(rows_of(report), by, "received", "unanswered")
    assert expected == [row]


@pytest.mark.parametrize("name", ["leads", "activity"])
def test_what_there_is_not_is_refused_with_the_nearest(full: AppContext, name: str) -> None:
    with pytest.raises(UsageError, match="have no 'pipelin'") as refused:
        report_of(full, name, "pipelin")
    assert "did you mean pipeline?" == refused.value.hint


def test_all_that_reports_have_in_common_is_offered(full: AppContext) -> None:
    """To every report about deals, activities and people, their custom fields too."""
    common = {"owner", "company", "product", "source", "region", "segment", "campaign", "pipeline", "plan"}
    for noun in ("deal", "forecast", "activity", "contact"):
        assert set() == common - set(group_names(full.desk, noun)), noun
    assert "category" in group_names(full.desk, "forecast")
    assert "category" not in group_names(full.desk, "deal")
