"""Tables and pictures on a terminal."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from crmcli.domain.money import Money
from crmcli.domain.views import ChangeSetView, ChangeView, Due, Link, StageTotal, TodayItem
from crmcli.render.cells import width
from crmcli.render.charts import bar, chart_lines
from crmcli.render.locale import Locale
from crmcli.reports.report import Chart, Report, ReportColumn
from tests.render.render_views import (
    NOW,
    Rendered,
    company_picture,
    contact_picture,
    deal_picture,
    make_activity,
    make_contact,
    make_deal,
    world_contacts,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def rendered_list(noun: str, views: list[object], **options: object) -> str:
    output = Rendered("table", **options)
    output.many(noun, views)
    return output.out


@pytest.mark.parametrize("columns", [200, 120, 100, 80, 60, 40, 30])
def test_tables_fit_the_screen(columns: int) -> None:
    """No line is wider than the terminal, and no row takes two."""
    views = [*world_contacts(), make_contact(9, "王" * 5000)]
    lines = rendered_list("contact", views, width=columns).splitlines()
    assert len(views) + 1 == len(lines)
    assert columns >= max(map(width, lines))


def test_names_with_commas_are_names_to_a_person() -> None:
    """Only a file needs the marks of a JSON array to tell them apart again."""
    view = make_contact(companies=(Link("co_1", "Taylor, Gray and Henderson"), Link("co_2", "Acme")))
    assert "  Taylor, Gray and Henderson; Acme\n" in rendered_list("contact", [view], width=200)


def test_least_needed_columns_go_first() -> None:
    wide = rendered_list("contact", world_contacts(), width=120).splitlines()[0]
    narrow = rendered_list("contact", world_contacts(), width=50).splitlines()[0]
    assert "owner" in wide
    assert "owner" not in narrow
    assert narrow.startswith("#  name")


def test_chosen_columns_are_cut_and_never_left_out() -> None:
    output = Rendered("table", width=40)
    output.many("contact", world_contacts()[:1], ["name", "emails", "companies", "tags", "custom_fields"])
    assert output.out.splitlines()[0].split() == ["name", "e-mail", "compa…", "tags", "custom…"]
    assert max(map(width, output.out.splitlines())) <= 40


def test_wide_characters_keep_the_columns_straight() -> None:
    lines = rendered_list(
        "contact", [make_contact(1, "王小明", title="a"), make_contact(2, "Jane", title="b")]
    ).splitlines()
    assert len({width(line[: line.index(letter)]) for line, letter in zip(lines[1:], "ab", strict=True)}) == 1


def test_markup_and_escapes_are_text() -> None:
    text = rendered_list("contact", [make_contact(name="[bold]x[/] \x1b[2J\ny")], color=True)
    assert "[bold]x[/] ␛[2J⏎y" in text


def test_colour_says_how_a_deal_stands() -> None:
    deals = [
        make_deal(1, "Won", stage_kind="won"),
        make_deal(2, "Lost", stage_kind="lost"),
        make_deal(3, "Old", rotting=True),
    ]
    text = rendered_list("deal", deals, color=True)
    assert "\x1b[32mWon" in text
    assert "\x1b[2;31mLost" in text
    assert "\x1b[33mOld" in text


def test_no_colour_means_no_escape() -> None:
    assert "\x1b" not in rendered_list("deal", [make_deal(stage_kind="won")], color=False)


def test_numbers_stand_right() -> None:
    lines = rendered_list("deal", [make_deal(1, value=Money(100, "EUR")), make_deal(22)]).splitlines()
    assert " 1  Website" in lines[1]
    assert len({line.index("EUR") for line in lines[1:]}) == 1


def test_long_lists_stream_with_the_widths_of_their_beginning() -> None:
    views = [make_contact(number) for number in range(1, 1500)]
    lines = rendered_list("contact", [*views, make_contact(1500, "x" * 200)]).splitlines()
    assert len(lines) == 1501
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize(
    ("name", "picture"), [("contact", contact_picture()), ("company", company_picture()), ("deal", deal_picture())]
)
@pytest.mark.parametrize("columns", [80, 40])
def test_pictures_golden(name: str, picture: object, columns: int, golden: Callable[[str, str], None]) -> None:
    output = Rendered("table", width=columns)
    output.one(picture)
    golden(f"picture_{name}_{columns}.txt", output.out)


def test_bare_records_are_pictures_of_themselves() -> None:
    output = Rendered("table")
    output.one(make_activity(duration=90, outcome="send offer", body="line one\nline two"))
    assert output.out.startswith("call: Discussed pricing  #1  ac_")
    assert "duration    1h30m" in output.out
    assert "body        line one\n            line two" in output.out


def test_long_timelines_say_that_there_is_more() -> None:
    picture = deal_picture()._replace(timeline=tuple(make_activity(number) for number in range(1, 26)))
    output = Rendered("table")
    output.one(picture)
    assert "… and 5 more" in output.out


def test_today_is_grouped_by_urgency(golden: Callable[[str, str], None]) -> None:
    due = Due(date(2026, 11, 20))
    items = [
        TodayItem("overdue", "task", "ac_1", 1, "send offer", "Jane Doe", due, "high", "due yesterday"),
        TodayItem("overdue", "task", "ac_2", 12, "обаждане", "Жана", due, "normal", "due yesterday"),
        TodayItem("rotting", "deal", "dl_1", 7, "Website", "Acme", None, None, "untouched for 30 days"),
    ]
    golden("today.txt", rendered_list("today", items))


def test_pipeline_has_bars_and_the_open_sum(golden: Callable[[str, str], None]) -> None:
    totals = [
        StageTotal("lead", "open", 3, Money(10_000_00, "EUR"), Money(1_000_00, "EUR")),
        StageTotal("proposal", "open", 2, Money(25_000_50, "EUR"), Money(12_500_25, "EUR")),
        StageTotal("won", "won", 1, Money(40_000_00, "EUR"), Money(40_000_00, "EUR")),
    ]
    golden("pipeline.txt", rendered_list("pipeline", totals))


def test_history_lists_what_changed(golden: Callable[[str, str], None]) -> None:
    change = ChangeView("contact", "ct_1", "Jane Doe", "edit", "title", None, "CTO\x1b[2J")
    sets = [
        ChangeSetView(3, "cs_3", NOW, "maria", "crm contact edit 1", "edited Jane Doe", 1, False, (change,)),
        ChangeSetView(2, "cs_2", NOW, "maria", "crm contact add", "added Jane Doe", 1, True),
    ]
    golden("history.txt", rendered_list("history", sets))


REPORT = Report(
    "won",
    "Won deals",
    (
        ReportColumn("month", "month"),
        ReportColumn("deals", "deals", "integer"),
        ReportColumn("value", "value", "money"),
        ReportColumn("win_rate", "win rate", "percent"),
        ReportColumn("cycle", "cycle", "days"),
    ),
    (("2026-10", 3, Money(10_000, "EUR"), 0.631501, 51.782), ("2026-11", 0, None, None, None)),
    (None, 3, Money(10_000, "EUR"), 0.631501, None),
    3,
    "2026-10 to 2026-11",
    "EUR",
    "won / (won + lost)",
    None,
    Chart("bar", ("2026-10", "2026-11"), (3.0, None), "deals"),
)


@pytest.mark.parametrize("form", ["table", "tsv", "csv", "json", "jsonl", "yaml", "markdown"])
def test_reports_golden(form: str, golden: Callable[[str, str], None]) -> None:
    """A figure without a value is null or a dash, never 0; a rate is a fraction in data and per cent for people."""
    output = Rendered(form, width=60)
    output.report(REPORT)
    golden(f"report.{form}", output.out)


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_envelopes_golden(form: str, golden: Callable[[str, str], None]) -> None:
    output = Rendered(form)
    output.report(REPORT, envelope=True)
    golden(f"envelope.{form}", output.out)


@pytest.mark.parametrize(
    ("value", "largest", "expected"),
    [(10, 10, "████"), (5, 10, "██"), (0.01, 10, "▏"), (0, 10, ""), (None, 10, ""), (1, 0, "")],
)
def test_bars_show_anything_above_nothing(value: float | None, largest: float, expected: str) -> None:
    assert expected == bar(value, largest, 4)


def test_charts_fit_the_screen() -> None:
    chart = Chart("bar", ("王" * 50, "b\x1b"), (12345.0, 1.0), "EUR")
    lines = list(chart_lines(chart, 60, Locale(), color=False))
    assert max(map(width, lines)) <= 60
    assert "12,345 EUR" in lines[0]
    assert "\x1b" not in lines[1]


def test_what_figures_rest_on_is_broken_between_words() -> None:
    """A formula longer than the screen is not torn within a word."""
    report = Report("r", "r", (ReportColumn("a", "a"),), (("x",),), n=1, formula="one two three four five six seven")
    output = Rendered("table", width=20)
    output.report(report)
    assert ["n = 1 · one two", "three four five six", "seven"] == output.out.splitlines()[-3:]
