"""How campaigns are told in few cells: bars, days, money, months; and in which order they stand."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.domain.marketing import CAMPAIGN_STATES, MEMBER_STATES
from crmcli.domain.money import Money
from crmcli.domain.views import BudgetLine, CalendarItem, Link
from crmcli.render.cells import width
from crmcli.services.campaign_board import CampaignBoard
from crmcli.services.campaign_calendar import Month
from crmcli.tui.campaign_month import Grid, month_entries, month_grid
from crmcli.tui.campaign_words import MARKS, MEMBER_MARKS, SORTS, Order, bar, day_word, in_order, money_word
from tests.tui.boards import context_of

if TYPE_CHECKING:
    from crmcli.render.locale import Locale

NOVEMBER = Month(date(2026, 11, 1), date(2026, 12, 1))
TODAY = date(2026, 11, 21)


@pytest.fixture
def locale(tmp_path: object) -> Locale:
    """As it is without a setting."""
    return context_of(f"{tmp_path}/none.db").output.locale


def item(kind: str, first: date, last: date, name: str = "Spring") -> CalendarItem:
    """Something of a calendar."""
    return CalendarItem(kind, first, last, None, Link("cp_1", name), name, "active", None, f"cp_{name}")


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 100), st.integers(0, 60))
def test_a_bar_is_as_long_as_it_is_told(full: int, part: int, whole: int, cells: int) -> None:
    """Whatever is past the whole; what is above nothing can be seen where there is room."""
    drawn = bar(full, part, whole, cells)
    assert cells == len(drawn)
    assert ("█" in drawn) == (full > 0 and whole > 0 and cells > 0)


def test_every_state_has_a_mark() -> None:
    """And no two campaigns' states the same."""
    assert set(CAMPAIGN_STATES) == set(MARKS)
    assert len(set(MARKS.values())) == len(MARKS)
    assert set(MEMBER_STATES) == set(MEMBER_MARKS)
    assert {1} == {width(mark) for mark in (*MARKS.values(), *MEMBER_MARKS.values())}


@pytest.mark.parametrize(
    ("budget", "spent", "told"),
    [
        (1000, 250, "25% of 10 EUR"),
        (1000, 1200, "!over by 2 EUR"),
        (None, 250, "2.50 EUR spent"),
        (None, 0, ""),
        (1000, 0, "0% of 10 EUR"),
    ],
)
def test_money_in_words(locale: Locale, budget: int | None, spent: int, told: str) -> None:
    """Past the budget is said, not only coloured."""
    nothing = Money(0, "EUR")
    limit = None if budget is None else Money(budget, "EUR")
    left = None if budget is None else Money(budget - spent, "EUR")
    line = BudgetLine("x", None, "EUR", limit, nothing, nothing, Money(spent, "EUR"), left)
    assert told == money_word(line, locale)


def test_days_in_few_cells(locale: Locale) -> None:
    """The year only where it is another one."""
    assert ("24 Nov", "1 Jan 2027") == (
        day_word(date(2026, 11, 24), TODAY, locale),
        day_word(date(2027, 1, 1), TODAY, locale),
    )


@pytest.mark.parametrize("cells", [20, 40, 70, 133])
def test_a_month_is_aligned_in_any_script(cells: int) -> None:
    """No line is wider than there is room, and days stand below each other."""
    items = [item("campaign", date(2026, 10, 1), date(2026, 12, 31), "👩‍👩‍👧 家族"), item("campaign", date(2026, 11, 5), date(2026, 11, 6)),
             item("send", date(2026, 11, 5), date(2026, 11, 5)), item("task", date(2026, 11, 5), date(2026, 11, 5))]  # fmt: skip
    lines = month_grid(NOVEMBER, items, Grid(cells, 2, TODAY))
    day = max(4, cells // 7)
    assert {day * 7} == {sum(width(text) for text, _ in line) for line in lines}


def test_what_there_is_no_line_for_is_counted() -> None:
    """At the end of its week."""
    items = [item("campaign", date(2026, 11, 2), date(2026, 11, 8), f"C{number}") for number in range(4)]
    text = ["".join(run for run, _ in line) for line in month_grid(NOVEMBER, items, Grid(70, 2, TODAY))]
    assert any(line.rstrip().endswith("8 +2") for line in text)


def test_several_things_of_a_day() -> None:
    """A sign each as far as there is room, then a plus."""
    items = [item("task", TODAY, TODAY, f"T{number}") for number in range(9)]
    text = "\n".join("".join(run for run, _ in line) for line in month_grid(NOVEMBER, items, Grid(70, 2, TODAY)))
    assert "[21] □□□+" in text


def test_a_month_with_nothing(locale: Locale) -> None:
    """Has no lines."""
    assert [] == month_entries(NOVEMBER, [], TODAY, locale)


def test_every_order_keeps_all(campaigns_store: str) -> None:
    """None is lost, and what has no value comes last either way."""
    rows = CampaignBoard(context_of(campaigns_store).desk).rows()
    for order in (Order(by, reverse) for by in SORTS for reverse in (False, True)):
        ordered = in_order(rows, order)
        assert (order, sorted(row.view.name for row in rows)) == (order, sorted(row.view.name for row in ordered))
        if order.by in ("budget", "left"):
            assert {"حملة الخريف", "Old one"} == {row.view.name for row in ordered[2:]}
