"""What ``y`` puts into the clipboard, and what ``o`` opens."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from crmcli.errors import Refused
from crmcli.tui import outside, yanking
from tests.once import once
from tests.tui.boards import context_of, press
from tests.tui.pages import furnish, jane, lines, page_app, pilot_deal, told

if TYPE_CHECKING:
    from textual.app import App


@pytest.fixture
@once
def furnished(store: str) -> str:
    """A store with Jane in it."""
    furnish(store)
    return store


@pytest.mark.parametrize(
    ("value", "csv", "as_json"),
    [
        ("plain", "plain", '"plain"'),
        ("=1+1", "'=1+1", '"=1+1"'),
        ("@SUM(A1)", "'@SUM(A1)", '"@SUM(A1)"'),
        ('a "quoted", thing', '"a ""quoted"", thing"', '"a \\"quoted\\", thing"'),
        ("two\nlines", '"two\nlines"', '"two\\nlines"'),
        (-5, "-5", "-5"),
        (None, '""', "null"),
        (("a@x.com", "b@x.com"), "a@x.com; b@x.com", '[\n  "a@x.com",\n  "b@x.com"\n]'),
        ("bad \x1b[31m", "bad ␛[31m", '"bad \\u001b[31m"'),
    ],
)
def test_a_field_is_its_bare_value_and_never_a_formula(value: Any, csv: str, as_json: str) -> None:
    """CSV is guarded as the shell's is; JSON is exact."""
    assert yanking.text_of(yanking.a_field("note", value), "csv") == csv
    assert yanking.text_of(yanking.a_field("note", value), "json") == as_json


def test_rows_have_a_header_and_several_are_a_list() -> None:
    """One row is an object in JSON."""
    one, two = yanking.some_rows(["a", "b"], [(1, "x")], "row"), yanking.some_rows(["a"], [(1,), (2,)], "rows")
    assert yanking.text_of(one, "csv") == "a,b\n1,x\n"
    assert json.loads(yanking.text_of(one, "json")) == {"a": 1, "b": "x"}
    assert json.loads(yanking.text_of(two, "json")) == [{"a": 1}, {"a": 2}]


async def test_y_copies_the_field_the_link_the_entry_or_the_change(furnished: str) -> None:
    """Each part of the page has its own."""
    async with page_app(furnished).run_test(size=(120, 36)) as pilot:
        page = await pilot_deal(pilot, furnished)
        page.fields.go_to(page.fields.place_of("value"))
        await press(pilot, "y")
        assert pilot.app.clipboard == "12500"
        assert told(pilot)[-1] == "copied value as CSV"
        await press(pilot, "Y")
        assert json.loads(pilot.app.clipboard) == 12500
        await press(pilot, "tab")
        page.links.go_to(next(place for place, line in enumerate(lines(page.links)) if line.startswith("Jane Doe")))
        await press(pilot, "Y")
        assert json.loads(pilot.app.clipboard)["emails"] == ["jane@acme.example"]
        await press(pilot, "tab", "tab", "y")
        assert pilot.app.clipboard.startswith("id,number,type,subject")
        await press(pilot, "asterisk", "Y")
        assert len(json.loads(pilot.app.clipboard)) == 3
        await press(pilot, "escape", "tab", "Y")
        assert json.loads(pilot.app.clipboard)


@pytest.mark.parametrize(
    ("address", "opened"),
    [
        ("https://x.com/a b", None),
        ("https://x.com/a%20b?q=1#f", "https://x.com/a%20b?q=1#f"),
        ("HTTPS://x.com", "https://x.com"),
        ("mailto:jane@acme.example", "mailto:jane@acme.example"),
        ("tel:+35921234567", "tel:+35921234567"),
        ("https://x.com/$(id)`id`;'", "https://x.com/$(id)%60id%60;%27"),
        ("https://büro.example/ä", "https://b%C3%BCro.example/%C3%A4"),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("ssh://host", None),
        ("--help", None),
        ("https:", None),
        ("https://", None),
        ("https://x\x1b[31m.com", None),
        ("https://[::1", None),
        ("", None),
    ],
)
def test_only_harmless_addresses_are_opened(address: str, opened: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """By one program with one argument, never through a shell."""
    started: list[list[str]] = []
    monkeypatch.setattr("crmcli.tui.outside._opener", lambda: ["xdg-open"])
    monkeypatch.setattr("subprocess.Popen", lambda words, **_: started.append(words))
    if opened is None and address != "https://x.com/a b":
        with pytest.raises(Refused):
            outside.open_outside(_Desktop(), address)  # type: ignore[arg-type]
        assert started == []
    else:
        outside.open_outside(_Desktop(), address)  # type: ignore[arg-type]
        assert started == [["xdg-open", opened or "https://x.com/a%20b"]]


class _Desktop:
    is_web = False


class _Browser:
    is_web = True

    def __init__(self) -> None:
        self.opened: list[str] = []

    def open_url(self, address: str) -> None:
        """Remember it."""
        self.opened.append(address)


def test_in_a_browser_the_browser_opens_it() -> None:
    """Not the machine that serves it."""
    browser: App[None] = _Browser()  # type: ignore[assignment]
    outside.open_outside(browser, "https://x.com")
    assert browser.opened == ["https://x.com"]  # type: ignore[attr-defined]


def test_without_a_desktop_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """And how to get at the address."""
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(Refused, match="nothing here can open"):
        outside.open_outside(_Desktop(), "https://x.com")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see https://a.example/x, and http://b.example.", ("https://a.example/x", "http://b.example")),
        ("[link](https://a.example/y)", ("https://a.example/y",)),
        ("twice https://a.example https://a.example", ("https://a.example",)),
        ("javascript:alert(1) file:///x", ()),
        ("", ()),
    ],
)
def test_addresses_are_found_in_texts(text: str, found: tuple[str, ...]) -> None:
    """Without the punctuation after them."""
    assert outside.addresses_in(text) == found


async def test_o_offers_all_ways_out_of_a_record(furnished: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a person: mail, phone, and what stands in the note; a deal has those of its people."""
    from crmcli.tui.modals.picker import Picker

    opened: list[str] = []
    monkeypatch.setattr("crmcli.tui.outside.open_outside", lambda _app, address: opened.append(address))
    async with page_app(furnished).run_test(size=(120, 36)) as pilot:
        await jane(pilot, furnished)
        await press(pilot, "o")
        assert isinstance(pilot.app.screen, Picker)
        await press(pilot, "down", "enter")
        assert opened == ["tel:+35921234567"]
        page = await pilot_deal(pilot, furnished)
        await press(pilot, "o")
        assert isinstance(pilot.app.screen, Picker)
        await press(pilot, "enter")
        assert opened[1:] == ["mailto:jane@acme.example"]
        context_of(furnished).deals.remove("Acme pilot")
        page.store_changed()


async def test_o_on_an_address_opens_it_at_once(furnished: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Among the attachments, as enter does."""
    opened: list[str] = []
    monkeypatch.setattr("crmcli.tui.outside.open_outside", lambda _app, address: opened.append(address))
    async with page_app(furnished).run_test(size=(120, 36)) as pilot:
        page = await jane(pilot, furnished)
        await press(pilot, "tab", "G", "o", "enter", "y")
        assert opened == ["https://shop.example/jane"] * 2
        assert page.app.clipboard == "https://shop.example/jane"
