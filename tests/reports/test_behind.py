"""From figures to records: which rows and columns are meant, and each record once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmcli.errors import NotFound, UsageError
from crmcli.reports.behind import behind, namesakes, uids
from crmcli.reports.report import Drill, Report, ReportColumn

if TYPE_CHECKING:
    from crmcli.context import AppContext

ANA, BORIS, OPEN = Drill("deal", "owner = ana"), Drill("deal", "owner = boris"), Drill("deal", "stage_kind = open")
REPORT = Report(
    "won",
    "won",
    (ReportColumn("owner", "owner"), ReportColumn("won", "won", "integer"), ReportColumn("open", "open", "integer")),
    (("Ána", 2, 1), ("boris", 1, 0), (None, 1, 1), ("2", 1, 1)),
    drill=(ANA, BORIS, None, Drill("deal", "owner = 2")),
    cells=({"open": OPEN}, {"open": None}, {}, {}),
)


@pytest.mark.parametrize(
    ("row", "column", "expected"),
    [
        ("", "", [ANA, BORIS, Drill("deal", "owner = 2")]),
        ("Ána", "", [ANA]), ("ana", "", [ANA]), ("1", "", [ANA]), ("3", "", []), ("—", "", []),
        ("2", "", [Drill("deal", "owner = 2")]),  # a label before a place
        ("", "open", [OPEN, Drill("deal", "owner = 2")]),
        ("ana", "open", [OPEN]), ("boris", "open", []), ("boris", "won", [BORIS]),
    ],
)  # fmt: skip
def test_rows_and_columns(row: str, column: str, expected: list[Drill]) -> None:
    """By label, by label but for case and accents, by place; a column with no records of its own has those of its row."""
    assert expected == behind(REPORT, row, column)


@pytest.mark.parametrize(
    ("row", "column", "hint"),
    [("bors", "", "boris"), ("9", "", "1 to 4"), ("0", "", "1 to 4"), ("", "opn", "open"), ("", "zzzz", "owner, won")],
)
def test_what_there_is_not(row: str, column: str, hint: str) -> None:
    with pytest.raises(NotFound) as refused:
        behind(REPORT, row, column)
    assert hint in str(refused.value.hint)


def test_a_report_that_can_not_be_followed() -> None:
    """An error, but for one without rows, behind which there is nothing."""
    with pytest.raises(UsageError, match="report won does not say"):
        behind(REPORT._replace(drill=(), cells=()))
    for column in ("", "won"):
        assert [] == behind(REPORT._replace(drill=(), cells=(), rows=()), column=column)


def test_the_records_of_the_period_before() -> None:
    """They are those of another report."""
    columns = (*REPORT.columns, ReportColumn("won_before", "before", "integer"))
    rows = tuple((*row, 1) for row in REPORT.rows)
    with pytest.raises(UsageError, match="won_before is about 2025"):
        behind(REPORT._replace(columns=columns, rows=rows, compared="2025"), column="won_before")


def test_parts_are_followed_together() -> None:
    """Their rows one after the other, those that can't be followed left out; equal ones once."""
    silent = REPORT._replace(name="silent", drill=(), cells=())
    whole = Report("dashboard", "dashboard", (), (), parts=(silent, REPORT, REPORT))
    assert behind(REPORT) == behind(whole)
    assert [ANA] == behind(whole, "ána")
    assert [BORIS] == behind(whole, "6")


FIGURES = Report(
    "figures", "key figures",
    (ReportColumn("kpi", "figure"), ReportColumn("value", "value", "figure"), ReportColumn("before", "before", "figure")),
    (("won_value", 9, 8), ("won", 2, 1)), drill=(ANA, BORIS), compared="2025",
)  # fmt: skip
STAGES = Report(
    "funnel", "funnel", (ReportColumn("stage", "stage"), ReportColumn("now", "now")), (("won", 3), ("won value", 1)),
    drill=(OPEN, None),
)  # fmt: skip
PAGE = Report("dashboard", "dashboard", (), (), parts=(FIGURES, STAGES))


@pytest.mark.parametrize(
    ("row", "column", "expected", "others"),
    [
        ("won_value", "", ANA, []), ("won value", "", ANA, [("funnel", 4)]), ("Won Value", "value", ANA, []),
        ("won", "", BORIS, [("funnel", 3)]), ("won", "now", OPEN, []), ("3", "", OPEN, []), ("2", "", BORIS, []),
    ],
)  # fmt: skip
def test_a_key_figure_comes_first(row: str, column: str, expected: Drill, others: list[tuple[str, int]]) -> None:
    """By its name or as that is printed; the rows of other parts that are called so too are told, by their places."""
    assert ([expected], others) == (behind(PAGE, row, column), namesakes(PAGE, row, column))


def test_a_page_s_columns_are_those_of_its_parts() -> None:
    """Rows that have not the column are none of its; and there are no records of the period before."""
    assert [OPEN] == behind(PAGE, column="now")
    with pytest.raises(NotFound, match="no row '1'"):
        behind(PAGE, "1", "now")
    with pytest.raises(UsageError, match="before is about 2025"):
        behind(PAGE, "won", "before")


def test_each_record_comes_once(app: AppContext) -> None:
    """Of overlapping rows, of rows that name records by number, and of several nouns."""
    made = [app.deals.add(app.deals.draft({"title": f"Deal {n}", "owner": "ab"[n % 2]})).id for n in range(9)]
    people = [app.contacts.add(app.contacts.draft({"name": f"P {n}"})).id for n in range(2)]
    app.deals.remove(made[8])
    some = [Drill("deal", "owner = a"), Drill("deal", "number <= 3"), Drill("deal", "number = 2")]
    assert sorted([("deal", made[n]) for n in (0, 1, 2, 4, 6)]) == sorted(uids(app.desk, some))
    further = Drill("deal", "number = 1", (Drill("deal", "number = 2"), Drill("contact", "number = 1")))
    assert [made[0], made[1], people[0]] == [uid for _, uid in uids(app.desk, [further])]
    named = [*(Drill("deal", f"number = {n}") for n in (3, 1, 9)), Drill("deal", "number in (1, 2)")]
    assert [("deal", made[n]) for n in (0, 1, 2)] == list(uids(app.desk, named))
    both = [Drill("contact", "number > 0"), Drill("deal", "owner = b"), Drill("contact", 'name = "P 1"')]
    found = list(uids(app.desk, both))
    assert [("contact", uid) for uid in people] == found[:2]
    assert 6 == len(found) == len(set(found))
    assert [] == list(uids(app.desk, []))
