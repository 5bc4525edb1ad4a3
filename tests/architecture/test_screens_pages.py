"""The pages of the screens: each tab has one with its picture, and none names a key that is not there."""

from __future__ import annotations

import re

import pytest

from crmcli.tui.keys.key import shown_keys
from crmcli.tui.keys.registry import DIALOGS, PLACES, scopes_of
from crmcli.tui.tabs import BY_NAME, TABS
from tests.architecture.blocks import ROOT, generator

SCREENS = ROOT / "docs" / "screens"
IMAGES = ROOT / "docs" / "images"
TABLES = "tables"  # three screens that are used alike have one page
PAGE_OF = {name: TABLES if name in ("contacts", "companies", "deals") else name for name in PLACES}
PAGES = sorted(set(PAGE_OF.values()))
# What a page tells besides the keys of its screen: those of what opens on it.
OPENED = {TABLES: ("columns", "find"), "record": ("note", "kinds")}
AROUND = ("index", "accessibility")
_LARGEST = 200_000  # bytes of a picture
_NAMED = re.compile(
    r"\d*(?:(?:ctrl|alt|shift)\+(?:page up|page down|\S+)|esc|enter|tab|space|delete|home|end|page up|page down|[!-~←→↑↓])"
)


def keys_on(place: str) -> set[str]:
    """The keys of a screen or of a dialog, by both of their names."""
    named = {name for _, keys in scopes_of(place) for key in keys for name in key.keys.split(",")}
    return named | {shown_keys(name) for name in named}


def keys_for(page: str) -> set[str]:
    """Every key that a page may name."""
    own = [name for name, its in PAGE_OF.items() if its == page]
    places = (*PLACES, *DIALOGS) if page in AROUND else (*own, *OPENED.get(page, ()))
    return set().union(*(keys_on(place) for place in places))


def keys_in(text: str) -> list[str]:
    """The keys that a page names, without the count before them."""
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    spans = [span for span in re.findall(r"`([^`\n]+)`", prose) if _NAMED.fullmatch(span)]
    return [span.lstrip("0123456789") or span for span in spans]


def unknown_keys(page: str, text: str) -> list[str]:
    """The keys that a page names and its screen does not have."""
    known = keys_for(page)
    return sorted({key for key in keys_in(text) if key not in known})


@pytest.mark.parametrize("name", [*BY_NAME, "search"])
def test_every_screen_has_its_page_with_its_picture(name: str) -> None:
    """The picture is shown on the page, and one of those that the program draws of itself."""
    text = (SCREENS / f"{PAGE_OF[name]}.md").read_text("utf-8")
    assert f"](../images/{name}.svg)" in text
    assert name in generator()._PICTURES


@pytest.mark.parametrize("name", [tab.name for tab in TABS])
def test_a_picture_shows_its_screen(name: str) -> None:
    """The tab of that screen is the present one in it, and it is no larger than a page can bear."""
    label = next(f"[{number} {tab.label}]" for number, tab in enumerate(TABS, 1) if tab.name == name)
    picture = (IMAGES / f"{name}.svg").read_text("utf-8")
    assert label in picture.replace("&#160;", " ")
    assert len(picture.encode()) < _LARGEST
    assert "http" not in picture.replace("http://www.w3.org", "").partition("</style>")[2]


def test_no_picture_is_left_over() -> None:
    """Each is drawn by the program."""
    assert {f"{name}.svg" for name in generator()._PICTURES} == {path.name for path in IMAGES.iterdir()}


@pytest.mark.parametrize("page", [*PAGES, *AROUND])
def test_a_page_names_no_key_that_is_not_bound_there(page: str) -> None:
    """Whoever presses what a page says finds what it says."""
    text = (SCREENS / f"{page}.md").read_text("utf-8")
    assert keys_in(text) != []
    assert [] == unknown_keys(page, text)


def test_a_wrong_key_would_be_found() -> None:
    """The check above sees a key of another screen, one that is bound nowhere, and one with a count."""
    assert ["O", "ctrl+ä"] == unknown_keys("board", "`O` and `ctrl+ä`, but `3j`, `enter` and `L` are there")


def test_no_page_is_left_over() -> None:
    """Every page is of a screen or of all."""
    assert {*PAGES, *AROUND} == {path.stem for path in SCREENS.iterdir()}


@pytest.mark.parametrize("page", [*PAGES, *AROUND])
def test_every_page_is_found_from_the_index(page: str) -> None:
    """From the index of the documentation, and from that of the screens."""
    assert f"screens/{page}.md" in (ROOT / "docs" / "index.md").read_text("utf-8")
    assert page == "index" or f"({page}.md" in (SCREENS / "index.md").read_text("utf-8")
