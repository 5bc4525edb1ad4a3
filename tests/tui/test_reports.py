"""The reports screen: figures with a chart, asked otherwise by keys and by mouse, and the way to the records behind."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Input, Static

from crmcli.reports import catalogue
from crmcli.reports.catalogue import QUESTIONS
from crmcli.reports.inquiry import Asked
from crmcli.tui.charting import Bar, Drawing
from crmcli.tui.modals.period import PeriodPicker
from crmcli.tui.modals.picker import Picker
from crmcli.tui.screens import reports as module
from crmcli.tui.widgets.figures import FigureRows
from crmcli.tui.widgets.filter_bar import FilterBar
from crmcli.tui.widgets.report_chart import Canvas, Gutter, Lines, ReportChart
from crmcli.tui.widgets.report_list import ReportList
from tests.tui.boards import context_of, crm_app, place, press, settle

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from crmcli.tui.app import CrmApp
    from crmcli.tui.screens.reports import ReportsScreen

NAMES = [question.name for question in QUESTIONS]


@pytest.fixture
def program(store: str) -> CrmApp:
    """The program on its reports, with deals closed in three months and two currencies."""
    context = context_of(store)
    from crmcli.store.models.deals import Deal

    for title, value, owner, month in (("Old one", "900 USD", "ana", 8), ("Older", "4100 EUR", "boris", 9)):
        raw = {"title": title, "value": value, "owner": owner, "source": "Łódź fair"}
        number = context.deals.win(context.deals.add(context.deals.draft(raw)).id).number
        with context.desk.writing("test") as uow:
            row = uow.get(Deal, number)
            row.created_at = row.created_at.replace(month=7)
            row.closed_at = uow.now.replace(month=month)
    return crm_app(store, start="reports")


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


async def test_it_opens_on_the_pipeline_with_its_chart(program: CrmApp) -> None:
    """Stages below each other, their figures at the end of the bar, the open ones only."""
    async with program.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        assert ["lead", "qualified", "proposal", "negotiation", "won", "won", "lost"] == figures(pilot, "stage")
        assert ["lead", "qualified", "proposal", "negotiation"] == [bar.label for bar in screen(pilot).chart.bars]
        text = drawn(pilot)
        assert "[pipeline]" in text
        assert "█ 159,900 EUR" in text or "▌ 159,900 EUR" in text
        assert "weighted = Σ value" in text


@pytest.mark.parametrize("keys", [("right",), ("l",), ("tab",)])
async def test_the_report_after_and_before(program: CrmApp, keys: tuple[str, ...]) -> None:
    """Round and round, also by so many at once."""
    async with program.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        for name in [*NAMES[1:], NAMES[0]]:
            await press(pilot, *keys)
            assert name == screen(pilot).chosen
            assert screen(pilot).report is not None
            assert name == screen(pilot).report.name  # type: ignore[union-attr]
        await pilot.press("3", *keys)
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
        at = (drawn(pilot).splitlines()[listed.region.y].index("lost"), 0) if listed.is_flat else (4, 2)
        await pilot.click(ReportList, offset=at)
        await settle(pilot)
        assert "lost" == screen(pilot).chosen
        assert ["price"] == figures(pilot, "reason")


async def test_the_cursor_picks_out_its_bar(program: CrmApp) -> None:
    """By a sign as well as by colour, and both ways: the bar that is clicked takes the cursor."""
    async with program.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await press(pilot, "j")
        assert "❯ qualified" in drawn(pilot)
        gutter = screen(pilot).query_one(Gutter)
        await pilot.click(Gutter, offset=(4, 2 * screen(pilot).chart.pitch))
        await settle(pilot)
        assert gutter.lines[4] == ("proposal", True)
        assert 2 == screen(pilot).query_one(FigureRows).cursor
        await press(pilot, "G")
        assert "❯ " not in drawn(pilot)  # what was lost has no bar


async def test_months_are_columns_and_can_be_clicked(program: CrmApp) -> None:
    """Those with nothing between them are there too; amounts in another currency are another chart."""
    async with program.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await press(pilot, "l")
        chart = screen(pilot).chart
        assert "value, EUR" in said(pilot, "#report-title")
        assert [("2026-09", 4100.0), ("2026-10", 0.0), ("2026-11", 5400.0)] == [
            (bar.label, bar.value) for bar in chart.bars
        ]
        left = chart.tick_cells + 1
        await pilot.click(Canvas, offset=(left + 2 * chart.columns[1] + 1, 4))
        await settle(pilot)
        assert "2026-11" == figures(pilot, "month")[screen(pilot).query_one(FigureRows).cursor]
        assert "[2026-11]" in drawn(pilot)
        await pilot.click(Canvas, offset=(left + chart.columns[1] + 1, 4))
        assert "2026-11" == figures(pilot, "month")[screen(pilot).query_one(FigureRows).cursor]  # October has no row


async def test_another_figure_is_drawn(program: CrmApp) -> None:
    """One after the other, and round."""
    async with program.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        seen = []
        for _ in range(4):
            seen.append(said(pilot, "#report-title").rpartition("chart: ")[2])
            await press(pilot, "v")
        assert ["value", "weighted", "go on", "deals"] == seen
        await pilot.press("2", "v")
        await settle(pilot)
        assert "weighted" in said(pilot, "#report-title") or "go on" in said(pilot, "#report-title")


async def test_without_the_chart(program: CrmApp) -> None:
    """The figures have the room then; the same key, or another figure, brings it back."""
    async with program.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await press(pilot, "c")
        assert not screen(pilot).chart.display
        await press(pilot, "c")
        assert screen(pilot).chart.display
        await press(pilot, "c", "v")
        assert screen(pilot).chart.display


async def test_grouped_by_something_else(program: CrmApp) -> None:
    """Chosen from a list that typing narrows, and remembered."""
    async with program.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await press(pilot, "l", "b")
        assert isinstance(pilot.app.screen, Picker)
        await press(pilot, *"owner", "enter")
        assert ["ana", "ana", "boris"] == sorted(figures(pilot, "owner"), key=str)[:3]
        assert ["won", "", "owner"][2] == pilot.app.session.memory.get("reports")["won"][0]  # type: ignore[attr-defined]
        await press(pilot, "b", "escape")
        assert "owner" == screen(pilot).wanted_now.by


async def test_all_together(program: CrmApp) -> None:
    """Without groups there is a row for each currency."""
    async with program.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await press(pilot, "l", "b", *"all", "enter")
        assert ["EUR", "USD"] == figures(pilot, "currency")


@pytest.mark.parametrize(
    ("name", "key", "words"),
    [("pipeline", "b", "no groups"), ("stale", "p", "no period"), ("hygiene", "slash", "no filter")],
)
async def test_what_a_report_does_not_take(program: CrmApp, name: str, key: str, words: str) -> None:
    """It says so."""
    async with program.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        screen(pilot).open_ref(name)
        await settle(pilot)
        await press(pilot, key)
        assert any(words in note.message for note in pilot.app._notifications)


@pytest.mark.parametrize(
    ("typed", "months"),
    [("this month", ["2026-11"]), ("2026-09", ["2026-09"]), ("2026-08..2026-09", ["2026-08", "2026-09"])],
)
async def test_a_period(program: CrmApp, typed: str, months: list[str]) -> None:
    """One of the usual ones, or any words; escape asks for all time again."""
    async with program.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await press(pilot, "l", "p")
        assert isinstance(pilot.app.screen, PeriodPicker)
        pilot.app.screen.query_one(Input).value = typed
        await press(pilot, "enter")
        assert months == sorted(figures(pilot, "month"))
        assert typed in said(pilot, "#report-title")
        await press(pilot, "escape")
        assert 3 == len(figures(pilot, "month"))


async def test_words_that_are_no_period(program: CrmApp) -> None:
    """Are told of where they were typed, and can be mended."""
    async with program.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await press(pilot, "l", "p")
        pilot.app.screen.query_one(Input).value = "when it rained"
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, PeriodPicker)
        assert any("when it rained" in note.message for note in pilot.app._notifications)
        await press(pilot, "escape")
        assert "" == screen(pilot).wanted_now.period


async def test_a_filter(program: CrmApp) -> None:
    """On the deals the figures are of; a wrong one is shown where it is wrong, and escape takes it off."""
    async with program.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await press(pilot, "slash")
        screen(pilot).query_one(FilterBar).line.put("owner = boris")
        await press(pilot, "enter")
        assert 2 == sum(figures(pilot, "count")) - 1  # one qualified, one lost, one won in September
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
        await settle(pilot)
        await press(pilot, "slash", "o", "escape", "escape")
        assert "" == screen(pilot).wanted_now.filter
        assert screen(pilot).query_one(FigureRows).has_focus


async def test_a_group_that_there_is_not(program: CrmApp) -> None:
    """What was remembered may be gone: the report says what there is."""
    async with program.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        screen(pilot)._ask_otherwise(Asked("won", "rainfall"))
        screen(pilot)._choose("won")
        await settle(pilot)
        assert "deals have no 'rainfall'" in drawn(pilot)


@pytest.mark.parametrize(
    ("name", "row", "number"),
    [("pipeline", 0, 3), ("won", 1, 1), ("lost", 0, 1), ("activity", 0, None), ("hygiene", 0, None)],
)
async def test_down_to_the_records_and_back(program: CrmApp, name: str, row: int, number: int | None) -> None:
    """Enter, or a double click, opens the table of exactly them; back comes to the report, its cursor kept."""
    async with program.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        screen(pilot).open_ref(name)
        await settle(pilot)
        rows = screen(pilot).query_one(FigureRows)
        rows.go_to(row)
        report = screen(pilot).report
        assert report is not None
        drill = report.drill[row]
        assert drill is not None
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
        assert "reports" != place(pilot).name


async def test_a_bar_is_double_clicked(program: CrmApp) -> None:
    """It opens its records."""
    async with program.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.double_click(Canvas, offset=(3, 0))
        await settle(pilot)
        assert ("deals", 3) == (place(pilot).name, place(pilot).rows.count)  # type: ignore[union-attr]


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
    """Says so, and stays."""
    async with program.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await press(pilot, "l", "b", *"reason", "enter")
        drills = screen(pilot).report.drill  # type: ignore[union-attr]
        screen(pilot).query_one(FigureRows).go_to(drills.index(None))
        await press(pilot, "enter")
        assert "reports" == place(pilot).name
        assert any("no records behind price" in note.message for note in pilot.app._notifications)


async def test_it_follows_the_store(program: CrmApp, store: str) -> None:
    """What someone else does is in the figures, and the cursor stays on its row."""
    async with program.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
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

    def slow(desk: Any, duplicates: Any, asked: Any) -> Any:
        if asked.name == "lost":
            go_on.wait(20)
        return real(desk, duplicates, asked)

    monkeypatch.setattr(module, "answer", slow)
    async with program.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await press(pilot, "l")
        await pilot.press("l")
        screen(pilot)._say_reading()
        await pilot.pause()
        assert "working out lost …" in drawn(pilot)
        await pilot.press("l")
        await pilot.pause()
        go_on.set()
        await settle(pilot)
        assert "activity" == screen(pilot).chosen
        assert "working out" not in drawn(pilot)


async def test_the_row_is_yanked(program: CrmApp) -> None:
    """With the names of the columns, as CSV and as JSON."""
    async with program.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
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
        assert f"$ {commands[0]}" == said(pilot, "#figures-command")
        await press(pilot, "j")
        assert f"$ {commands[1]}" == said(pilot, "#figures-command")


@pytest.mark.parametrize("name", NAMES)
async def test_an_empty_store_says_what_to_do(tmp_path: Path, name: str) -> None:
    """Each report in its own words."""
    async with crm_app(str(tmp_path / "none.db"), start="reports").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        screen(pilot).open_ref(name)
        await settle(pilot)
        assert catalogue.BY_NAME[name].nothing.split(":")[0] in drawn(pilot)
        await press(pilot, "enter", "j", "v", "c", "y")
        assert "reports" == place(pilot).name


async def test_plain(store: str) -> None:
    """For a screen reader the chart is lines of text."""
    async with crm_app(store, start="reports", plain=True, theme=None).run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        chart = screen(pilot).query_one(ReportChart)
        assert chart.query_one(Lines).display
        assert not chart.query_one(Canvas).display
        assert "> lead" in drawn(pilot)


async def test_it_is_asked_as_in_the_last_sitting(program: CrmApp, store: str) -> None:
    """The report, its groups and its period; nonsense in the memory is let be."""
    async with program.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await press(pilot, "l", "b", *"source", "enter")
    again = crm_app(store, start="reports")
    again.session.memory.put("reports", {**again.session.memory.get("reports"), "lost": "nonsense", "stale": [1, 2]})
    async with again.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        assert ("won", "source") == (screen(pilot).chosen, screen(pilot).wanted_now.by)
        assert "Łódź fair" in figures(pilot, "source")


@pytest.mark.parametrize("scene", ["pipeline", "won", "hygiene"])
async def test_pictures(program: CrmApp, differing: Any, scene: str) -> None:
    """Bars, columns along time, and faults."""

    async def act(pilot: Pilot[None]) -> None:
        await settle(pilot)
        screen(pilot).open_ref(scene)
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
        await settle(pilot)
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
