"""The reports screen: figures with a chart, asked otherwise by keys and by mouse, and the way to the records behind."""

from __future__ import annotations

import asyncio
import shlex
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Input, Static

from crmcli.render.locale import Locale
from crmcli.render.table import Screen as Paper
from crmcli.reports import catalogue
from crmcli.reports.catalogue import BY_NAME, QUESTIONS
from crmcli.reports.inquiry import Asked
from crmcli.reports.options import OPTIONS
from crmcli.reports.report import Drill, Report, ReportColumn
from crmcli.tui.charting import Bar, Drawing
from crmcli.tui.modals.form import Form
from crmcli.tui.modals.period import PeriodPicker
from crmcli.tui.modals.picker import Picker
from crmcli.tui.screens import report_reading as module
from crmcli.tui.screens.report_reading import filtered_noun
from crmcli.tui.screens.reports import ReportsScreen, drill_command, ways_down
from crmcli.tui.widgets.figures import FigureRows
from crmcli.tui.widgets.filter_bar import FilterBar
from crmcli.tui.widgets.part_list import PartList
from crmcli.tui.widgets.report_chart import Canvas, Gutter, Lines, ReportChart
from crmcli.tui.widgets.report_list import ReportList
from tests.once import once
from tests.tui import rest
from tests.tui.boards import context_of, crm_app, place, press, settle
from tests.tui.campaigns import plan

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from crmcli.tui.app import CrmApp

NAMES = [question.name for question in QUESTIONS]


@pytest.fixture
@once
def closed(store: str) -> str:
    """A store with deals closed in three months and two currencies."""
    context = context_of(store)
    from crmcli.store.models.deals import Deal

    for title, value, owner, month in (("Old one", "900 USD", "ana", 8), ("Older", "4100 EUR", "boris", 9)):
        raw = {"title": title, "value": value, "owner": owner, "source": "Łódź fair"}
        number = context.deals.win(context.deals.add(context.deals.draft(raw)).id).number
        with context.desk.writing("test") as uow:
            row = uow.get(Deal, number)
            row.created_at = row.created_at.replace(month=7)
            row.closed_at = uow.now.replace(month=month)
    return store


@pytest.fixture
def program(closed: str) -> CrmApp:
    """The program on its reports."""
    return crm_app(closed, start="reports")


def screen(pilot: Pilot[None]) -> ReportsScreen:
    """The screen."""
    return place(pilot)  # type: ignore[return-value]


def said(pilot: Pilot[None], name: str) -> str:
    """What a line of the screen says."""
    return str(screen(pilot).query_one(name, Static).render())


def drawn(pilot: Pilot[None]) -> str:
    """What the screen shows, as text."""
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


def figures(pilot: Pilot[None], column: str) -> list[Any]:
    """A column of the report that is shown."""
    report = screen(pilot).report
    assert report is not None
    at = [each.name for each in report.columns].index(column)
    return [row[at] for row in report.rows]


async def go(pilot: Pilot[None], name: str) -> None:
    """Come to rest on a report."""
    await settle(pilot)
    screen(pilot).open_ref(name)
    await settle(pilot)


async def test_it_opens_on_the_dashboard(program: CrmApp) -> None:
    """Key figures, the parts below each other with their charts; every row of them opens its records."""
    async with program.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        text = drawn(pilot)
        assert "dashboard · 2026-11" in text
        assert "worth of the deals won" in said(pilot, "Dashboard #figures-command")
        assert all(word in text for word in ("key figures", "won value", "▁", "funnel of pipeline sales", "▼"))
        assert not any(word in text for word in ("unit", "definition"))
        rows = screen(pilot).dashboard.rows
        assert not screen(pilot).query_one("#parts-right").display
        parts = [part.name for part in screen(pilot).report.parts]  # type: ignore[union-attr]
        met: list[tuple[str, int]] = []
        for _ in range(rows.count):
            report, row = rows.at_cursor  # type: ignore[misc]
            met.append((report.name, row))
            rows.go_by(1)
        found = screen(pilot).report.parts  # type: ignore[union-attr]
        assert [(part.name, row) for part in found for row in range(len(part.rows))] == list(dict.fromkeys(met))
        assert parts[-1] == met[-1][0] == "advice"
        await press(pilot, "g", "j", "enter")
        assert ("deals", 1) == (place(pilot).name, place(pilot).rows.count)  # type: ignore[union-attr]
        await press(pilot, "left_square_bracket", "enter")
        assert "deals" == place(pilot).name


async def test_the_dashboard_in_two_columns(program: CrmApp) -> None:
    """The keys go from the one to the other; a double click opens a row of either."""
    async with program.run_test(size=(200, 60)) as pilot:
        await settle(pilot)
        left, right = screen(pilot).query(PartList)
        assert right.display
        assert {"figures", "funnel", "forecast", "activity", "top-deals", "advice"} == {
            part.name for part in (*left.parts, *right.parts)
        }
        await press(pilot, "G", "j")
        assert right.has_focus
        assert 0 == right.at_cursor[1]  # type: ignore[index]
        await press(pilot, "k")
        assert left.has_focus
        line = next(n for n in range(right.count) if not right.is_heading(n))
        await pilot.double_click(right, offset=(6, line))
        await press(pilot, "enter")  # all that reached the stage, or those that are there now
        assert "deals" == place(pilot).name
        await press(pilot, "left_square_bracket")
        await pilot.resize_terminal(120, 36)
        await settle(pilot)
        assert not right.display
        assert 6 == len(left.parts)


async def test_the_report_after_and_before(program: CrmApp) -> None:
    """Round and round, also by so many at once; each of them is answered."""
    async with program.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        keys = ("right", "l", "tab")
        for place_, name in enumerate([*NAMES[1:], NAMES[0]]):
            await press(pilot, keys[place_ % 3])
            assert name == screen(pilot).chosen
            assert screen(pilot)._answered == name
        await pilot.press("3", "l")
        await settle(pilot)
        assert NAMES[3] == screen(pilot).chosen
        for back in ("left", "h", "shift+tab"):
            await press(pilot, back)
        assert NAMES[0] == screen(pilot).chosen


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_a_report_is_clicked(program: CrmApp, size: tuple[int, int]) -> None:
    """In the list at the left, and in the line at the top."""
    async with program.run_test(size=size) as pilot:
        await settle(pilot)
        listed = screen(pilot).query_one(ReportList)
        assert listed.is_flat == (size[0] < 110)
        rows = drawn(pilot).splitlines()[listed.region.y :]
        line = 0 if listed.is_flat else next(n for n, row in enumerate(rows) if row.strip().startswith("lost"))
        await pilot.click(ReportList, offset=(rows[line].index("lost"), line))
        await settle(pilot)
        assert "lost" == screen(pilot).chosen
        assert ["price"] == figures(pilot, "reason")


async def test_the_cursor_picks_out_its_bar(program: CrmApp) -> None:
    """By a sign as well as by colour, and both ways: the bar that is clicked takes the cursor, a second click opens it."""
    async with program.run_test(size=(120, 36)) as pilot:
        await go(pilot, "pipeline")
        assert ["lead", "qualified", "proposal", "negotiation"] == [bar.label for bar in screen(pilot).chart.bars]
        assert "chart: value" in said(pilot, "#report-title")
        assert " 159,900 EUR" in drawn(pilot)
        await press(pilot, "j")
        assert "❯ qualified" in drawn(pilot)
        gutter = screen(pilot).query_one(Gutter)
        await pilot.click(Gutter, offset=(4, 2 * screen(pilot).chart.pitch))
        await settle(pilot)
        assert gutter.lines[4] == ("proposal", True)
        assert 2 == screen(pilot).query_one(FigureRows).cursor
        await press(pilot, "G")
        assert "❯ " not in drawn(pilot)  # what was lost has no bar
        await pilot.double_click(Canvas, offset=(3, 0))
        await settle(pilot)
        await press(pilot, "enter")  # the deals in the stage, not those that were ever in it
        assert ("deals", 3) == (place(pilot).name, place(pilot).rows.count)  # type: ignore[union-attr]


@pytest.mark.parametrize(("name", "bar", "signs"), [("funnel", "qualified", "█▼"), ("conversion", "proposal", "░▓")])
async def test_charts_of_their_own(program: CrmApp, name: str, bar: str, signs: str) -> None:
    """A funnel and a heat map are text whose label at the cursor has the sign; a click goes to its row."""
    async with program.run_test(size=(120, 36)) as pilot:
        await go(pilot, name)
        text = drawn(pilot)
        assert all(sign in text for sign in signs)
        assert "❯ lead" in text
        shown = screen(pilot).chart.query_one(Lines)
        lines = [row[shown.region.x :] for row in text.splitlines()[shown.region.y :]]
        line = next(n for n, row in enumerate(lines) if row.startswith(f"  {bar} "))
        await pilot.click(Lines, offset=(4, line))
        await settle(pilot)
        assert bar == figures(pilot, "stage")[screen(pilot).query_one(FigureRows).cursor]
        assert f"❯ {bar}" in drawn(pilot)
        await press(pilot, "v")
        assert not shown.display
        assert any(sign in drawn(pilot) for sign in "▏▎▍▌▋▊▉")


@pytest.mark.parametrize(
    ("by", "labels"),
    [
        ("month", ["2026-08", "2026-09", "2026-10", "2026-11"]), ("quarter", ["2026-Q3", "2026-Q4"]),
        ("year", ["2026"]), ("fiscal-quarter", ["FY2026-Q3", "FY2026-Q4"]),
    ],
)  # fmt: skip
async def test_stretches_of_time_are_columns(program: CrmApp, by: str, labels: list[str]) -> None:
    """Those with nothing in them too, beside each other; a click on one takes its row."""
    async with program.run_test(size=(120, 36)) as pilot:
        await go(pilot, "win-rate")
        screen(pilot).ask_otherwise(Asked("win-rate", by))
        await settle(pilot)
        chart = screen(pilot).chart
        assert "columns" == chart.drawing_kind
        assert labels == [bar.label for bar in chart.bars]
        await pilot.click(Canvas, offset=(chart.tick_cells + 2 + (len(labels) - 1) * chart.columns[1], 4))
        await settle(pilot)
        assert labels[-1] == figures(pilot, by)[screen(pilot).query_one(FigureRows).cursor]
        assert f"[{labels[-1]}]" in drawn(pilot)


async def test_another_figure_is_drawn(program: CrmApp) -> None:
    """One after the other, and round; the same one when it is asked otherwise."""
    async with program.run_test(size=(120, 36)) as pilot:
        await go(pilot, "pipeline")
        seen = []
        for _ in range(4):
            seen.append(said(pilot, "#report-title").rpartition("chart: ")[2])
            await press(pilot, "v")
        assert ["value", "weighted", "go on", "deals"] == seen
        await pilot.press("2", "v")
        await settle(pilot)
        assert "chart: go on" in said(pilot, "#report-title")
        screen(pilot).ask_otherwise(Asked("pipeline", filter="owner = ana"))
        await settle(pilot)
        assert "chart: go on" in said(pilot, "#report-title")


async def test_without_the_chart(program: CrmApp) -> None:
    """The figures have the room then; the same key, or another figure, brings it back."""
    async with program.run_test(size=(120, 36)) as pilot:
        await go(pilot, "pipeline")
        await press(pilot, "c")
        assert not screen(pilot).chart.display
        await press(pilot, "c")
        assert screen(pilot).chart.display
        await press(pilot, "c", "v")
        assert screen(pilot).chart.display


async def test_grouped_by_something_else(program: CrmApp) -> None:
    """Chosen from a list that typing narrows, and remembered; or all together."""
    async with program.run_test(size=(120, 36)) as pilot:
        await go(pilot, "won")
        await press(pilot, "b")
        assert isinstance(pilot.app.screen, Picker)
        await press(pilot, *"owner", "enter")
        assert ["ana", "boris"] == sorted(figures(pilot, "owner"))
        assert "owner" == pilot.app.session.memory.get("reports")["won"]["by"]  # type: ignore[attr-defined]
        await press(pilot, "b", "escape")
        assert "owner" == screen(pilot).wanted_now.by
        await press(pilot, "b", *"all", "enter")
        assert [3] == figures(pilot, "won")


async def test_beside_the_period_before_the_usual_one(program: CrmApp) -> None:
    """A report that is of this quarter where none is named can be set beside the last one, and stays so without a period."""
    async with program.run_test(size=(200, 60)) as pilot:
        await go(pilot, "coverage")
        await press(pilot, "x", *"before", "enter")
        assert "Q4-2026 · beside Q3-2026" in said(pilot, "#report-title")


async def test_beside_another_period(program: CrmApp) -> None:
    """Figures get what they were before and their change; escape takes it off again, then the period."""
    async with program.run_test(size=(200, 60)) as pilot:
        await go(pilot, "won")
        await press(pilot, "x")
        assert any("choose a period first" in note.message for note in pilot.app._notifications)
        screen(pilot).ask_otherwise(Asked("won", period="2026-11"))
        await settle(pilot)
        await press(pilot, "x", *"before", "enter")
        assert "beside 2026-10" in said(pilot, "#report-title")
        assert ([1], [0], [None]) == tuple(figures(pilot, f"won{end}") for end in ("", "_before", "_change"))
        assert "before" in said(pilot, "#figures-heading")
        await press(pilot, "escape")
        assert ("", "2026-11") == (screen(pilot).wanted_now.compare, screen(pilot).wanted_now.period)
        await press(pilot, "escape")
        assert "all time" in said(pilot, "#report-title")


async def test_its_own_options(program: CrmApp) -> None:
    """Asked for in a form that says what is wrong; the title says them, escape takes them off."""
    async with program.run_test(size=(120, 36)) as pilot:
        await go(pilot, "stale")
        await press(pilot, "a")
        form = pilot.app.screen
        assert isinstance(form, Form)
        assert ["days", "most", "currency"] == list(form.rows)
        form.rows["days"].put("many")
        await press(pilot, "ctrl+s")
        assert "whole number" in drawn(pilot)
        form.rows["days"].put("1")
        form.rows["currency"].put("eur")
        await press(pilot, "ctrl+s")
        assert ({"days": 1}, "EUR") == (screen(pilot).wanted_now.options, screen(pilot).wanted_now.currency)
        assert "in EUR · days 1" in said(pilot, "#report-title")
        await press(pilot, "escape")
        assert {} == screen(pilot).wanted_now.options


def test_every_option_can_be_asked() -> None:
    """Each that a report names has a flag and a kind."""
    assert {name for question in QUESTIONS for name in question.options} == set(OPTIONS)


async def comes(pilot: Pilot[None], words: str) -> bool:
    """Whether the screen or a note says so, as soon as the thread that writes has said it."""
    for _ in range(3000):
        if words in drawn(pilot) or any(words in note.message for note in pilot.app._notifications):
            return True
        await asyncio.sleep(0.02)
        await settle(pilot)
    return False


async def test_written_to_a_file(program: CrmApp, tmp_path: Path) -> None:
    """Of the kind that its name ends in; one that is there is replaced when that is asked for twice."""
    async with program.run_test(size=(120, 36)) as pilot:
        await go(pilot, "funnel")
        await press(pilot, "w")
        form = pilot.app.screen
        assert isinstance(form, Form)
        form.rows["file"].put(str(tmp_path / "funnel.doc"))
        await press(pilot, "ctrl+s")
        assert await comes(pilot, "ends in .html")
        file = tmp_path / "funnel.csv"
        file.write_text("mine")
        form.rows["file"].put(str(file))
        await press(pilot, "ctrl+s")
        assert await comes(pilot, "is there already")
        assert "mine" == file.read_text()
        await press(pilot, "ctrl+s")
        assert await comes(pilot, f"written to {file}")
        assert file.read_text().startswith("stage,reached")
        await press(pilot, "w")
        form = pilot.app.screen
        assert isinstance(form, Form)
        form.rows["file"].put(str(tmp_path / "nowhere" / "funnel.html"))
        await press(pilot, "ctrl+s")
        assert await comes(pilot, "can't write")


async def test_saved_under_a_name(program: CrmApp, store: str) -> None:
    """It heads the list as it was asked, of other people too; it can be changed, and taken away and brought back."""
    async with program.run_test(size=(120, 36)) as pilot:
        await go(pilot, "won")
        screen(pilot).ask_otherwise(Asked("won", "owner", period="2026"))
        await settle(pilot)
        await press(pilot, "s", *"boss", "ctrl+s")
        assert "[boss]" in drawn(pilot)
        assert "“boss” · 2026" in said(pilot, "#report-title")
        assert {"by": "owner", "period": "2026"} == pilot.app.session.saved_reports.find("boss").asked  # type: ignore[attr-defined]
        context_of(store).saved_reports.save("[b]another[/b]", "lost", {})
        pilot.app.post_message(pilot.app.StoreChanged())  # type: ignore[attr-defined]
        await settle(pilot)
        assert ["[b]another[/b]", "boss"] == [each.name for each in screen(pilot).query_one(ReportList).saved]
        assert "[b]another[/b]" in drawn(pilot)
        await press(pilot, "delete")
        assert "won" == screen(pilot).chosen
        assert "owner" == screen(pilot).wanted_now.by
        await press(pilot, "delete")
        assert any("only a saved report" in note.message for note in pilot.app._notifications)
        await press(pilot, "u")
        assert 2 == len(screen(pilot).saved)


async def test_from_a_report_just_saved_the_keys_lead_on(program: CrmApp) -> None:
    """It is not in the list before that was read again; until then it stands where the one is that it was saved from."""
    async with program.run_test(size=(120, 36)) as pilot:
        await go(pilot, "won")
        shown = screen(pilot)
        shown.asked["rp_new"] = shown.wanted_now
        shown.chosen = "rp_new"
        await press(pilot, "right")
        keys = shown.query_one(ReportList).keys
        assert keys[keys.index("won") + 1] == shown.chosen


async def test_advice(store: str) -> None:
    """Why and how are told whole; enter opens the record; what is muted is gone until that is taken back."""
    async with crm_app(store, start="reports").run_test(size=(120, 36)) as pilot:
        await go(pilot, "advice")
        first, rule, reason, command = (figures(pilot, name)[0] for name in ("record", "rule", "reason", "command"))
        assert said(pilot, "Figures #figures-command") == f"{reason}\n$ {command}"
        before = len(figures(pilot, "record"))
        await press(pilot, "m", "escape")
        assert before == len(figures(pilot, "record"))
        await press(pilot, "m", "enter")
        assert (first, rule) not in zip(figures(pilot, "record"), figures(pilot, "rule"), strict=True)
        await press(pilot, "u")
        assert first == figures(pilot, "record")[0]
        await press(pilot, "m", "down", "enter")
        assert rule not in figures(pilot, "rule")
        await press(pilot, "enter")
        assert "record" == place(pilot).name


async def test_which_records_are_asked_for(program: CrmApp) -> None:
    """Where the figures of a row count different ones."""
    async with program.run_test(size=(120, 36)) as pilot:
        await go(pilot, "win-rate")
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, Picker)
        assert ["all", "won", "lost"] == [choice.value for choice in pilot.app.screen._options]
        await press(pilot, *"lost", "enter")
        assert ("deals", 1) == (place(pilot).name, place(pilot).rows.count)  # type: ignore[union-attr]
        await press(pilot, "left_square_bracket", "enter", "enter")
        assert ("deals", 4) == (place(pilot).name, place(pilot).rows.count)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("name", "key", "words"),
    [
        ("hygiene", "b", "no groups"), ("hygiene", "p", "no period"), ("hygiene", "slash", "no filter"),
        ("hygiene", "x", "no period"), ("won", "m", "only advice"),
    ],
)  # fmt: skip
async def test_what_a_report_does_not_take(program: CrmApp, name: str, key: str, words: str) -> None:
    """It says so."""
    async with program.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await go(pilot, name)
        await press(pilot, key)
        assert any(words in note.message for note in pilot.app._notifications)


async def test_a_period(program: CrmApp) -> None:
    """One of the usual ones, or any words, told of where they are none; escape asks for all time again."""
    async with program.run_test(size=(120, 36)) as pilot:
        await go(pilot, "won")
        screen(pilot).ask_otherwise(Asked("won", "month"))
        await settle(pilot)
        for typed, label, months in (
            ("this month", "2026-11", ["2026-11"]),
            ("2026-08..2026-09", "2026-08-01..2026-09-30", ["2026-08", "2026-09"]),
        ):
            await press(pilot, "p")
            assert isinstance(pilot.app.screen, PeriodPicker)
            pilot.app.screen.query_one(Input).value = typed
            await press(pilot, "enter")
            assert months == sorted(figures(pilot, "month"))
            assert label in said(pilot, "#report-title")
        await press(pilot, "p")
        pilot.app.screen.query_one(Input).value = "when it rained"
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, PeriodPicker)
        assert any("when it rained" in note.message for note in pilot.app._notifications)
        await press(pilot, "escape")
        assert "2026-08..2026-09" == screen(pilot).wanted_now.period
        await press(pilot, "escape")
        assert 3 == len(figures(pilot, "month"))


async def test_a_filter(program: CrmApp) -> None:
    """On the deals the figures are of; a wrong one is shown where it is wrong, and escape takes it off."""
    async with program.run_test(size=(120, 36)) as pilot:
        await go(pilot, "pipeline")
        await press(pilot, "slash")
        screen(pilot).query_one(FilterBar).line.put("owner = boris")
        await press(pilot, "enter")
        assert 3 == sum(figures(pilot, "count"))  # one qualified, one lost, one won in September
        await press(pilot, "slash")
        screen(pilot).query_one(FilterBar).line.put("ownr = boris")
        await press(pilot, "enter")
        assert "ownr" in drawn(pilot)
        assert "This can't be worked out" in drawn(pilot)
        screen(pilot).query_one(FilterBar).line.put("owner = nobody")
        await press(pilot, "enter")
        assert "Nothing to count here" in drawn(pilot)
        await press(pilot, "escape")
        assert 11 == sum(figures(pilot, "count"))


async def test_a_filter_is_left_as_it_was(program: CrmApp) -> None:
    """Escape in the bar leaves it alone."""
    async with program.run_test(size=(120, 36)) as pilot:
        await go(pilot, "pipeline")
        await press(pilot, "slash", "o", "escape", "escape")
        assert "" == screen(pilot).wanted_now.filter
        assert screen(pilot).query_one(FigureRows).has_focus


async def test_a_group_that_there_is_not(program: CrmApp) -> None:
    """What was remembered may be gone: the report says what there is."""
    async with program.run_test(size=(120, 36)) as pilot:
        await go(pilot, "won")
        screen(pilot).ask_otherwise(Asked("won", "rainfall"))
        await settle(pilot)
        assert "deals have no 'rainfall'" in drawn(pilot)


@pytest.mark.parametrize(
    ("name", "row", "number"),
    [("pipeline", 0, 3), ("lost", 0, 1), ("hygiene", 0, None)],
)
async def test_down_to_the_records_and_back(program: CrmApp, name: str, row: int, number: int | None) -> None:
    """Enter, or a double click, opens the table of exactly them; back comes to the report, its cursor kept."""
    async with program.run_test(size=(120, 36)) as pilot:
        await go(pilot, name)
        rows = screen(pilot).query_one(FigureRows)
        rows.go_to(row)
        report = screen(pilot).report
        assert report is not None
        drill = report.drill[row]
        assert drill is not None
        await press(pilot, "enter")
        if isinstance(pilot.app.screen, Picker):  # other figures of the row count other records
            await press(pilot, "enter")
        assert {"deal": "deals", "activity": "activity", "contact": "contacts", "company": "companies"}[
            drill.noun
        ] == place(pilot).name
        found = len(pilot.app.session.tables.order(drill.noun, drill.filter))  # type: ignore[attr-defined]
        assert found == place(pilot).rows.count or drill.noun == "activity"  # type: ignore[union-attr]
        assert number in (None, found)
        await press(pilot, "left_square_bracket")
        assert ("reports", row) == (place(pilot).name, screen(pilot).query_one(FigureRows).cursor)
        await pilot.double_click(FigureRows, offset=(6, row))
        await settle(pilot)
        if isinstance(pilot.app.screen, Picker):
            await press(pilot, "enter")
        assert "reports" != place(pilot).name


async def test_a_deal_that_lies_is_opened_itself(store: str) -> None:
    """A row of the stale report is one deal."""
    program = crm_app(store, start="reports")
    async with program.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        screen(pilot).open_ref("stale")
        await settle(pilot)
        assert ["Rollout for Łódź"] == figures(pilot, "title")
        await press(pilot, "enter")
        assert "record" == place(pilot).name


async def test_a_row_with_nothing_behind_it(program: CrmApp) -> None:
    """Says so, and stays: beside another period stands a row of that period."""
    async with program.run_test(size=(120, 36)) as pilot:
        await go(pilot, "lost")
        screen(pilot).ask_otherwise(Asked("lost", "owner", period="2026-12", compare="previous"))
        await settle(pilot)
        assert ["boris"] == figures(pilot, "owner")
        await press(pilot, "enter")
        assert "reports" == place(pilot).name
        assert any("no records behind boris" in note.message for note in pilot.app._notifications)


async def test_it_follows_the_store(program: CrmApp, store: str) -> None:
    """What someone else does is in the figures, and the cursor stays on its row."""
    async with program.run_test(size=(120, 36)) as pilot:
        await go(pilot, "pipeline")
        await press(pilot, "j", "j")
        other = context_of(store)
        other.deals.add(other.deals.draft({"title": "New", "value": "1000", "stage": "lead"}))
        pilot.app.post_message(pilot.app.StoreChanged())  # type: ignore[attr-defined]
        await settle(pilot)
        assert [4] == figures(pilot, "count")[:1]
        assert 2 == screen(pilot).query_one(FigureRows).cursor


async def test_a_report_that_takes_long_can_be_left(program: CrmApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says that it is being worked out, and another one can be asked for meanwhile."""
    go_on, real = threading.Event(), catalogue.answer

    def slow(sources: Any, asked: Any) -> Any:
        if asked.name == "lost":
            go_on.wait(20)
        return real(sources, asked)

    monkeypatch.setattr(module, "answer", slow)
    async with program.run_test(size=(120, 36)) as pilot:
        await go(pilot, "won")
        await pilot.press("l")
        screen(pilot)._say_reading()
        await pilot.pause()
        assert "working out lost …" in drawn(pilot)
        await pilot.press("l")
        await pilot.pause()
        go_on.set()
        await settle(pilot)
        assert "funnel" == screen(pilot).chosen
        assert "working out" not in drawn(pilot)


async def test_keys_typed_before_the_figures_are_there(program: CrmApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that lead to other reports go on at once; what is done with figures waits for those of the chosen report."""
    go_on, real = {name: threading.Event() for name in ("dashboard", "pipeline")}, catalogue.answer

    def slow(sources: Any, asked: Any) -> Any:
        if asked.name in go_on:
            go_on[asked.name].wait(20)
        return real(sources, asked)

    monkeypatch.setattr(module, "answer", slow)
    monkeypatch.setattr(rest, "_KEY", 0.05)  # the keys come sooner after one another than they wait for figures
    async with program.run_test(size=(120, 36)) as pilot:
        while not isinstance(pilot.app.screen, ReportsScreen):
            await pilot.pause()
        await pilot.press("l")
        assert "advice" == screen(pilot).chosen
        go_on["dashboard"].set()
        await settle(pilot)
        await pilot.press("l", "y", "k")
        assert "pipeline" == screen(pilot).chosen
        assert screen(pilot).at_cursor() is None
        assert 2 == len(pilot.app._turns._waiting)  # type: ignore[attr-defined]
        go_on["pipeline"].set()
        await settle(pilot)
        assert pilot.app.clipboard.startswith("stage,")


async def test_the_row_is_yanked(program: CrmApp) -> None:
    """With the names of the columns, as CSV and as JSON."""
    async with program.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await press(pilot, "y")
        assert pilot.app.clipboard.startswith("kpi,value")
        await go(pilot, "pipeline")
        await press(pilot, "y")
        assert pilot.app.clipboard.startswith("stage,count,value")
        assert "lead,3," in pilot.app.clipboard
        await press(pilot, "Y")
        assert '"stage": "lead"' in pilot.app.clipboard


async def test_the_command_of_a_fault_is_shown_whole(program: CrmApp) -> None:
    """Below the rows; it follows the cursor."""
    async with program.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        screen(pilot).open_ref("hygiene")
        await settle(pilot)
        commands = figures(pilot, "command")
        assert f"$ {commands[0]}" == said(pilot, "Figures #figures-command")
        await press(pilot, "j")
        assert f"$ {commands[1]}" == said(pilot, "Figures #figures-command")


async def test_an_empty_store_says_what_to_do(tmp_path: Path) -> None:
    """Each report in its own words."""
    async with crm_app(str(tmp_path / "none.db"), start="reports").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for name in NAMES:
            screen(pilot).open_ref(name)
            await settle(pilot)
            words = said(pilot, "#report-said")
            assert catalogue.BY_NAME[name].nothing in words or "can't be worked out" in words, name
        await press(pilot, "enter", "j", "v", "c", "y", "w", "m")
        assert "reports" == place(pilot).name


async def test_plain(store: str) -> None:
    """For a screen reader the chart is lines of text."""
    async with crm_app(store, start="reports", plain=True, theme=None).run_test(size=(100, 30)) as pilot:
        await go(pilot, "pipeline")
        chart = screen(pilot).query_one(ReportChart)
        assert chart.query_one(Lines).display
        assert not chart.query_one(Canvas).display
        assert "> lead" in drawn(pilot)


async def test_it_is_asked_as_in_the_last_sitting(program: CrmApp, store: str) -> None:
    """The report, its groups and its period; nonsense in the memory is let be."""
    async with program.run_test(size=(120, 36)) as pilot:
        await go(pilot, "won")
        await press(pilot, "b", *"source", "enter")
    again = crm_app(store, start="reports")
    again.session.memory.put(
        "reports", {**again.session.memory.get("reports"), "lost": "nonsense", "stale": {"options": 1}}
    )
    async with again.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        assert ("won", "source") == (screen(pilot).chosen, screen(pilot).wanted_now.by)
        assert "Łódź fair" in figures(pilot, "source")


@pytest.mark.parametrize("scene", ["dashboard", "win-rate", "funnel", "conversion", "hygiene", "clv"])
async def test_pictures(program: CrmApp, differing: Any, scene: str) -> None:
    """The dashboard, columns along time, a funnel, a heat map, faults, and what can't be worked out."""

    async def act(pilot: Pilot[None]) -> None:
        await go(pilot, scene)
        if scene == "win-rate":
            screen(pilot).ask_otherwise(Asked(scene, "month"))
            await settle(pilot)
        await press(pilot, "j")

    assert not await differing(program, act)


@pytest.mark.parametrize("theme", ["crm-light", "ansi-dark"])
async def test_pictures_in_other_colours(store: str, differing: Any, theme: str) -> None:
    """Light, and sixteen colours."""

    async def act(pilot: Pilot[None]) -> None:
        await settle(pilot)
        await press(pilot, "j")

    assert not await differing(crm_app(store, start="reports", theme=theme), act, ["120x36"])


async def test_more_months_than_columns_are_a_line(program: CrmApp) -> None:
    """With a point on the month at the cursor; a click takes the month below it."""
    months = [f"{2000 + n // 12}-{n % 12 + 1:02}" for n in range(200)]
    bars = tuple(Bar(month, float(n % 17), str(n % 17), n) for n, month in enumerate(months))
    async with program.run_test(size=(120, 36)) as pilot:
        await go(pilot, "pipeline")
        chart = screen(pilot).chart
        chart.show(Drawing("columns", "won", bars), 100)
        await settle(pilot)
        assert (0, True) == (chart.columns[1], chart.is_drawn)
        text = drawn(pilot)
        assert "●" in text
        assert any("⠀" < sign <= "⣿" for sign in text)
        assert all(label in text for label in (months[0], months[100], months[-1]))
        left = chart.tick_cells + 1
        ends = [chart.bar_at(left, 3), chart.bar_at(left + chart.columns[0] - 1, 3)]
        assert [months[0], months[-1]] == [bar.label for bar in ends if bar is not None]


def test_records_of_several_tables_are_a_way_each() -> None:
    """Customers that are companies, and those that are people; what leads to the same ones is offered once."""
    people = Drill("company", "number = 1", (Drill("contact", "number = 2"), Drill("contact", "number = 3")))
    columns = tuple(ReportColumn(name, name, "integer") for name in ("customers", "loyal", "lost"))
    cells = {"customers": people, "loyal": Drill("company", "number = 1"), "lost": None}
    report = Report("rfm", "rfm", columns, ((3, 1, 0),), drill=(Drill("deal", "number > 0"),), cells=(cells,))
    ways = ways_down(report, 0, Paper(width=80, color=False, locale=Locale(), now=datetime(2026, 11, 21, tzinfo=UTC)))
    assert ["all", "customers: company", "customers: contact", "customers: contact 2"] == [way.name for way in ways]
    assert [Drill("deal", "number > 0"), people._replace(more=()), *people.more] == [way.drill for way in ways]


def test_records_without_a_screen_are_told_as_a_command() -> None:
    """It asks the report as it was asked, for the row and the figure, whatever they are called."""
    asked = Asked("cohorts", by="region", filter="owner = me", options={"source_of": "purchases"})
    drill = Drill("purchase", "number = 1")
    columns = (ReportColumn("region", "region"), ReportColumn("month_3", "+3", "percent"))
    report = Report(
        "cohorts", "", columns, (("It's", 0.2),), drill=(drill,), cells=({"month_3": Drill("purchase", "number = 2")},)
    )
    ways = ways_down(report, 0, Paper(width=80, color=False, locale=Locale(), now=datetime(2026, 11, 21, tzinfo=UTC)))
    assert ["", "month_3"] == [way.column for way in ways]
    told = shlex.split(drill_command(asked, "It's", ways[1].column))
    assert [
        "crm", "report", "cohorts", "--from", "purchases", "--by", "region", "--filter", "owner = me", "--drill", "--row", "It's",
        "--column", "month_3",
    ] == told  # fmt: skip


@pytest.mark.parametrize(
    ("name", "nouns", "filtered"),
    [
        ("churn", ("purchase",), "purchase"), ("churn", ("deal",), "deal"), ("churn", (), "deal"),
        ("response", ("contact",), "contact"), ("won", ("deal",), "deal"),
    ],
)  # fmt: skip
def test_filters_are_on_what_the_figures_are_counted_from(name: str, nouns: tuple[str, ...], filtered: str) -> None:
    report = Report(name, "", (), (), drill=tuple(Drill(noun, "number = 1") for noun in nouns))
    assert filtered == filtered_noun(BY_NAME[name], report)


async def test_campaigns_behind_a_figure(store: str) -> None:
    """They are shown on their own screen, and no others."""
    plan(store)
    async with crm_app(store, start="reports").run_test(size=(120, 36)) as pilot:
        await go(pilot, "campaigns")
        screen(pilot).ask_otherwise(Asked("campaigns", "kind"))
        await settle(pilot)
        kinds, counts = figures(pilot, "kind"), figures(pilot, "campaigns")
        at = counts.index(1)
        await press(pilot, *"j" * at, "enter")
        if isinstance(pilot.app.screen, Picker):
            await press(pilot, *"campaigns", "enter")
        campaigns: Any = place(pilot)
        assert "campaigns" == campaigns.name
        assert [kinds[at]] == [row.view.kind for row in campaigns.campaigns.rows]
