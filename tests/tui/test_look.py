"""How the screens look: every theme can be read, nothing is lost at eighty columns, and plain mode is words only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES
from textual.widgets import OptionList

from crmcli.errors import StoreUnreachable
from crmcli.tui.keys.footer import ALWAYS, FOOTER, LAST
from crmcli.tui.keys.key import shown_keys
from crmcli.tui.keys.registry import PLACES, by_id, scopes_of
from crmcli.tui.screens.place import Place
from crmcli.tui.tabs import TABS
from crmcli.tui.themes import DARK, LIGHT
from crmcli.tui.widgets.cursor_list import CursorList
from crmcli.tui.widgets.key_line import KeyLine
from tests.tui.boards import crm_app, place, press, settle
from tests.tui.contrast import ratio, texts

if TYPE_CHECKING:
    from pathlib import Path

    from textual.app import App

THEMES = sorted({*BUILTIN_THEMES, DARK.name, LIGHT.name})
SCREENS = ("today", "board", "contacts", "companies", "deals", "activity", "campaigns", "reports", "history")
SIGNS = re.compile(r"[\u2190-\u21ff\u2500-\u25ff\u2713\u2717\u276f\U0001f50e]")
NARROW, WIDE = (80, 24), (130, 40)


def lines(app: App[None]) -> list[str]:
    """The lines on the screen."""
    return ["".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()]


def cursor_colors(app: App[None]) -> set[tuple[str, str]]:
    """The colours of the texts on the line with the cursor, front and behind; by name where they are the terminal's."""
    rows = place_of(app).rows
    assert rows is not None
    line = app.screen._compositor.render_strips()[app.cursor_position.y]
    shown = [segment for segment in line if segment.style is not None and any(map(str.isalnum, segment.text))]
    colors = set()
    for _, style, _ in shown:
        assert style is not None
        names = [each.name if each is not None else "default" for each in (style.color, style.bgcolor)]
        colors.add((names[0], names[1] if names[1] != "default" else "the terminal's own"))
    return colors


def place_of(app: App[None]) -> Place:
    """The screen that is seen."""
    screen = app.screen
    assert isinstance(screen, Place)
    return screen


@pytest.mark.parametrize("screen", ["board", "contacts"])
async def test_every_theme_works(people_store: Path, screen: str) -> None:
    """Each theme that there is draws the screens, and the line with the cursor can be told and read."""
    app = crm_app(str(people_store), start=screen)
    async with app.run_test(size=WIDE) as pilot:
        for theme in THEMES:
            app.theme = theme
            await settle(pilot)
            rows = place(pilot).rows
            assert rows is not None
            assert rows.count
            colors = cursor_colors(app)
            assert colors, theme
            assert (theme, []) == (theme, [front for front, behind in colors if front == behind])
            # Themes that are not ours have their own idea of how strong a colour is; invisible is none of them.
            at_cursor = [seen for seen in texts(app, rows) if seen.line == app.cursor_position.y]
            assert at_cursor, theme
            assert (theme, []) == (theme, [seen for seen in at_cursor if seen.contrast < 1.5])


@pytest.mark.parametrize("screen", SCREENS)
async def test_all_text_can_be_read_in_our_themes(people_store: Path, screen: str) -> None:
    """The contrast of every text is that of WCAG AA, on the line with the cursor and a marked one as well."""
    app = crm_app(str(people_store), start=screen)
    async with app.run_test(size=WIDE) as pilot:
        for theme in (DARK.name, LIGHT.name):
            app.theme = theme
            await settle(pilot)
            assert (theme, []) == (theme, [seen for seen in texts(app) if seen.contrast < 4.5])
            if isinstance(place(pilot).rows, CursorList) and screen not in ("campaigns", "reports", "history"):
                await press(pilot, "space")
                assert (theme, []) == (theme, [seen for seen in texts(app) if seen.contrast < 4.5])


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_the_theme_says_states_in_readable_colours(theme: object) -> None:
    """Each colour that a state is told with can be read on each background."""
    weak = [
        (front, behind)
        for front in ("primary", "secondary", "accent", "warning", "error", "success", "foreground")
        for behind in ("background", "surface")
        if ratio(Color.parse(getattr(theme, front)).rich_color, Color.parse(getattr(theme, behind)).rich_color) < 4.5
    ]
    assert [] == weak


@pytest.mark.parametrize("screen", SCREENS)
async def test_eighty_columns_show_the_keys_that_matter(people_store: Path, screen: str) -> None:
    """The first keys of the screen, search and help stand whole in the last line; no key is cut."""
    app = crm_app(str(people_store), start=screen)
    async with app.run_test(size=NARROW) as pilot:
        await settle(pilot)
        shown = lines(app)[-1]
        first = by_id()[FOOTER[screen][0]]
        assert shown.lstrip().startswith(f"⏎ {first.label}")
        assert shown.rstrip().endswith("^k search  ? help")
        assert "…" not in shown.replace("only …", "")


@pytest.mark.parametrize(
    ("screen", "hidden"),
    [("activity", "H/L"), ("board", "x done"), ("board", "snooze"), ("contacts", "H/L"), ("contacts", "x done")],
)
async def test_keys_that_can_do_nothing_here_are_not_shown(people_store: Path, screen: str, hidden: str) -> None:
    """Neither in the line of keys nor in the palette."""
    app = crm_app(str(people_store), start=screen)
    async with app.run_test(size=(200, 40)) as pilot:
        await settle(pilot)
        assert hidden not in lines(app)[-1]
        titles = {command.title for command in app.get_system_commands(place(pilot))}
        assert not titles & {"Done  x", "Snooze  z"} or screen == "activity"


async def test_today_shows_the_keys_of_what_is_at_the_cursor(people_store: Path) -> None:
    """A task can be done, a deal can be moved."""
    app = crm_app(str(people_store), start="today")
    async with app.run_test(size=(200, 40)) as pilot:
        screen, seen = await settle(pilot), {}
        for _ in range(screen.rows.count):
            seen[screen.nouns()] = lines(app)[-1]
            await press(pilot, "down")
        told = {noun: ("x done" in line, "H/L" in line) for nouns, line in seen.items() for noun in nouns}
        assert {"activity": (True, False), "deal": (False, True)}.items() <= told.items()


async def test_a_click_on_a_key_presses_it(people_store: Path) -> None:
    """Also on those at the right end."""
    app = crm_app(str(people_store), start="contacts")
    async with app.run_test(size=NARROW) as pilot:
        await settle(pilot)
        line = lines(app)[-1]
        await pilot.click(KeyLine, offset=(line.index("? help") + 2, 0))
        await settle(pilot)
        assert "Help" == type(app.screen).__name__
        await press(pilot, "escape")
        await pilot.click(KeyLine, offset=(line.index("/ filter") + 2, 0))
        await settle(pilot)
        assert "FilterBar" == type(app.screen.query_one("FilterBar")).__name__
        assert app.screen.query_one("FilterBar").has_class("-shown")


@pytest.mark.parametrize("screen", SCREENS)
async def test_eighty_columns_name_every_tab(people_store: Path, screen: str) -> None:
    """Each with its number, the present one in full and in brackets."""
    app = crm_app(str(people_store), start=screen)
    async with app.run_test(size=NARROW) as pilot:
        await settle(pilot)
        line = lines(app)[0]
        assert [str(number) for number in range(1, 10)] == re.findall(r"\d(?= [A-Z])", line)
        assert f"[{SCREENS.index(screen) + 1} {screen.capitalize()}]" in line
        assert line.rstrip().endswith("maria")


@pytest.mark.parametrize("keys", [(), ("l",), ("ctrl+p",), ("question_mark",), ("u",)])
@pytest.mark.parametrize("screen", SCREENS)
async def test_plain_mode_is_words(
    people_store: Path, screen: str, keys: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No frame, bar, arrow or shape is left, on the screen or in what it asks; every line is as wide as the screen."""
    monkeypatch.setenv("NO_COLOR", "1")
    app = crm_app(str(people_store), start=screen, theme=None, plain=True)
    async with app.run_test(size=NARROW) as pilot:
        await settle(pilot)
        await press(pilot, *keys)
        assert [] == [line for line in lines(app) if SIGNS.search(line)]


async def test_plain_mode_has_the_cursor_on_the_line(people_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The terminal's own cursor goes with the sign."""
    monkeypatch.setenv("NO_COLOR", "1")
    app = crm_app(str(people_store), start="contacts", theme=None, plain=True)
    async with app.run_test(size=NARROW) as pilot:
        await settle(pilot)
        for _ in range(3):
            assert lines(app)[app.cursor_position.y].startswith(">")
            await press(pilot, "down")


@pytest.mark.parametrize("screen", ["board", "today", "contacts", "history"])
async def test_without_colours_the_cursor_is_told_by_more(
    people_store: Path, screen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reversed among the rows, underlined in a list to choose from, of which Textual can't reverse the lines."""
    monkeypatch.setenv("NO_COLOR", "1")
    app = crm_app(str(people_store), start=screen, theme=None)
    async with app.run_test(size=WIDE) as pilot:
        rows = (await settle(pilot)).rows
        strips = [rows.render_line(y) for y in range(rows.size.height)]
        reversed_ = [any(each.style and each.style.reverse and each.text.strip() for each in strip) for strip in strips]
        assert 1 <= reversed_.count(True) <= rows.pitch
        await press(pilot, "ctrl+p")
        options = app.screen.query_one(OptionList)
        options.highlighted = 0
        assert any(each.style and each.style.underline for each in options.render_line(0))


async def test_sixteen_colours_never_hide_the_cursor(people_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A theme kept from a terminal of more colours becomes that of the terminal; chosen in this one, the cursor is reversed."""
    app = crm_app(str(people_store), theme=None)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "d")
        assert (app.theme, app.has_class("-colourless")) == (LIGHT.name, False)
    monkeypatch.delenv("COLORTERM")
    monkeypatch.setenv("TERM", "xterm")
    app = crm_app(str(people_store), theme=None)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        assert (app.theme, app.has_class("-colourless")) == ("ansi-light", False)
        app.theme = "nord"
        await settle(pilot)
        assert app.has_class("-colourless")


async def test_what_is_said_hides_no_row(people_store: Path) -> None:
    """It stands above the rows."""
    app = crm_app(str(people_store), start="contacts")
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        screen = await settle(pilot)
        await press(pilot, "u")
        said = [number for number, line in enumerate(lines(app)) if "nothing was done here" in line]
        assert said
        assert max(said) < screen.rows.region.y + screen.rows.top


@pytest.mark.parametrize("name", [name for name in PLACES if name not in ("record", "search")])
async def test_the_palette_has_every_action_of_the_screen_with_its_keys(people_store: Path, name: str) -> None:
    """Those that can do something there; a screen's own digit is that of going there."""
    app = crm_app(str(people_store), start=name)
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await settle(pilot)
        titles = {command.title for command in app.get_system_commands(screen)}
        wanted = {
            f"{key.label[:1].upper()}{key.label[1:]}  {shown_keys(key.keys)}"
            for _, keys in scopes_of(name) for key in keys
            if not key.id.startswith("digit_") and screen.fits(key.action)
        }  # fmt: skip
        assert wanted <= titles
        assert {f"Go to {tab.label}  {number}" for number, tab in enumerate(TABS, 1)} <= titles


@pytest.mark.parametrize("words", ["ne", "[", "/", "dark", "win"])
async def test_the_palette_takes_any_words(people_store: Path, words: str) -> None:
    """Keys such as [ and / are shown as they are."""
    app = crm_app(str(people_store), start="board")
    async with app.run_test(size=NARROW) as pilot:
        await settle(pilot)
        await press(pilot, "ctrl+p")
        assert "CommandPalette" == type(app.screen).__name__
        await pilot.press(*({"[": "left_square_bracket", "/": "slash"}.get(each, each) for each in words))
        await settle(pilot)
        assert app.bug is None
        found = {"ne": "New", "dark": "Dark/light", "win": "Won"}.get(words)
        assert found is None or any(line.strip().startswith(found) for line in lines(app))


def test_the_keys_of_the_last_line_are_bound_and_shown() -> None:
    """Each belongs to its screen and is one that is shown; only verbs that the screen has no records for are left out."""
    for screen, names in FOOTER.items():
        here = {f"{scope}.{key.id}" for scope, keys in PLACES[screen] for key in keys if key.shown}
        assert set(names) <= here, screen
        assert all(by_id()[name].action.startswith(("verb(", "move(")) for name in here - set(names)), screen
    assert all(by_id()[name].shown for name in (*LAST, *ALWAYS))


@pytest.mark.parametrize("screen", SCREENS)
async def test_an_unreachable_store_is_said_once(
    people_store: Path, monkeypatch: pytest.MonkeyPatch, screen: str
) -> None:
    """The question closes and stays closed, the screen says what is wrong instead of reading on, and r tries again."""
    app = crm_app(str(people_store), start=screen)
    ask = app.session.asking.ask

    async def gone(_question: object) -> None:
        raise StoreUnreachable("can't reach the store", hint="crm config get store")

    monkeypatch.setattr(app.session.asking, "ask", gone)
    async with app.run_test(size=NARROW) as pilot:
        await settle(pilot)
        await press(pilot, "escape")
        assert isinstance(app.screen, Place)
        assert "reach" in "".join(lines(app)) or "can't be read" in "".join(lines(app))
        monkeypatch.setattr(app.session.asking, "ask", ask)
        await press(pilot, "r")
        assert "can't" not in "".join(lines(app))


async def test_the_palette_opens_once_however_often_it_is_wanted(store: str) -> None:
    """While it is open, below something else, and right after it was closed."""
    app = crm_app(store, start="contacts")
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        for _ in range(3):
            app.action_command_palette()
            app.action_command_palette()
            app.action_search()
            await settle(pilot)
            app.action_command_palette()
            assert 1 == [type(screen).__name__ for screen in app.screen_stack].count("CommandPalette")
            await app.pop_screen()
            app.pop_screen()
        await settle(pilot)
        assert app.bug is None
