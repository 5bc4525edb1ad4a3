"""A record in the user's own editor: what is handed over, what is stored of what comes back."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import pytest

from crmcli.errors import CrmError
from crmcli.tui.editing import texts_in
from tests.once import once
from tests.tui.boards import context_of, press, settle
from tests.tui.pages import furnish, jane, page_app, pilot_deal, told

if TYPE_CHECKING:
    from pathlib import Path

    from crmcli.tui.app import CrmApp


@pytest.fixture
@once
def furnished(store: str) -> str:
    """A store with Jane in it."""
    furnish(store)
    return store


class Editor:
    """Stands for ``$EDITOR``: a script that runs some Python on the text, and keeps what it was given."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.script, self.given = folder / "editor.py", folder / "given.txt"
        monkeypatch.setenv("VISUAL", "")
        monkeypatch.setenv("EDITOR", f"python3 '{self.script}'")

    def does(self, change: str) -> None:
        """What happens to ``text`` next time."""
        self.script.write_text(
            "import pathlib, sys\nfile = pathlib.Path(sys.argv[1])\ntext = file.read_text('utf-8')\n"
            f"pathlib.Path({str(self.given)!r}).write_text(text, 'utf-8')\n{change}\nfile.write_text(text, 'utf-8')\n",
            "utf-8",
        )


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Editor:
    """An editor of our own."""
    return Editor(tmp_path, monkeypatch)


def app_of(store: str, monkeypatch: pytest.MonkeyPatch) -> CrmApp:
    """The program, whose terminal can be handed over though there is none."""
    app = page_app(store)
    monkeypatch.setattr(app, "suspend", nullcontext)
    return app


async def test_fields_and_note_come_and_go(furnished: str, editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what was changed is stored, in one undo step."""
    editor.does("text = text.replace('title: Buyer', 'title: Chief').replace('likes tea', 'likes coffee')")
    async with app_of(furnished, monkeypatch).run_test(size=(120, 36)) as pilot:
        await jane(pilot, furnished)
        await press(pilot, "e")
        given = editor.given.read_text("utf-8")
        assert given.startswith("---\n# fields of contact #1;")
        assert "\nemails: jane@acme.example\n" in given
        assert given.rstrip().endswith("- likes tea")
        view = context_of(furnished).contacts.get("jane@acme.example")
        assert (view.title, view.phones, view.note.splitlines()[-1]) == (
            "Chief",
            ("+359 2 123 4567",),
            "- likes coffee",
        )
        changed = next(context_of(furnished).history.list("contact:1", 1))
        assert [change.field for change in changed.changes] == ["title", "note"]
        await press(pilot, "u")
        assert context_of(furnished).contacts.get("jane@acme.example").title == "Buyer"


async def test_nothing_changed_stores_nothing(furnished: str, editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says so."""
    editor.does("")
    async with app_of(furnished, monkeypatch).run_test(size=(120, 36)) as pilot:
        await pilot_deal(pilot, furnished)
        before = next(context_of(furnished).history.list(None, 1)).number
        await press(pilot, "e")
        assert told(pilot)[-1] == "nothing was changed"
        assert next(context_of(furnished).history.list(None, 1)).number == before


async def test_what_is_wrong_is_said_and_the_text_is_not_lost(
    furnished: str, editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The editor opens again with the text and the reason; left for later, the text is there next time."""
    from crmcli.tui.modals.confirm import Confirm

    editor.does("import re; text = re.sub('expected_close: .*', 'expected_close: someday', text)")
    async with app_of(furnished, monkeypatch).run_test(size=(120, 36)) as pilot:
        await pilot_deal(pilot, furnished)
        await press(pilot, "e")
        assert isinstance(pilot.app.screen, Confirm)
        editor.does("")
        await press(pilot, "y")
        given = editor.given.read_text("utf-8")
        assert given.splitlines()[1].startswith("# ! expected-close: ")
        assert "expected_close: someday" in given
        await press(pilot, "n")
        assert not isinstance(pilot.app.screen, Confirm)
    editor.does("text = text.replace('someday', '2027-01-01')")
    async with app_of(furnished, monkeypatch).run_test(size=(120, 36)) as pilot:
        await pilot_deal(pilot, furnished)
        await press(pilot, "e")
        assert "expected_close: someday" in editor.given.read_text("utf-8")
        assert context_of(furnished).deals.get("Acme pilot").expected_close.isoformat() == "2027-01-01"
        editor.does("")
        await press(pilot, "e")
        assert "# !" not in editor.given.read_text("utf-8")


async def test_a_field_changed_meanwhile_is_asked_about(
    furnished: str, editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the editor was open, or between two sittings of it."""
    from crmcli.services.records import Changes
    from crmcli.tui.modals.conflict import ConflictDialog

    async with app_of(furnished, monkeypatch).run_test(size=(120, 36)) as pilot:
        await pilot_deal(pilot, furnished)
        deals = context_of(furnished).deals

        def edited(_app: Any, text: str) -> str:
            deals.edit("Acme pilot", deals.edit_draft(Changes({"next_step": "theirs"})))
            return text.replace("send the offer", "mine").rstrip("\n")

        monkeypatch.setattr("crmcli.tui.external_editor.edited", edited)
        await press(pilot, "e")
        assert isinstance(pilot.app.screen, ConflictDialog)
        await press(pilot, "m", "enter")
        await settle(pilot)
        assert context_of(furnished).deals.get("Acme pilot").next_step == "mine"


async def test_an_editor_that_fails_changes_nothing(
    furnished: str, editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one that is not there."""
    from crmcli.tui.modals.failure import Failure

    editor.does("sys.exit(3)")
    async with app_of(furnished, monkeypatch).run_test(size=(120, 36)) as pilot:
        await pilot_deal(pilot, furnished)
        await press(pilot, "e")
        assert isinstance(pilot.app.screen, Failure)
        await press(pilot, "escape")
        monkeypatch.setenv("EDITOR", "no-such-editor-here")
        await press(pilot, "e")
        assert isinstance(pilot.app.screen, Failure)
        assert context_of(furnished).deals.get("Acme pilot").next_step == "send the offer"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("---\ntitle: x\n---\n", {"title": "x"}),
        ("\n---\ntitle: 2026-01-01\nvalue: 010\n---\n\n", {"title": "2026-01-01", "value": "010"}),
        ("---\ntags: [a, 'b, c']\n---\n", {"tags": 'a, "b, c"'}),
        ("---\nexpected-close:\n---\n", {"expected_close": ""}),
        ("---\r\ncustom.seats: 5\r\n---\r\n", {"custom.seats": "5"}),
        ("---\n---\n", {}),
    ],
)
def test_a_document_is_read_as_texts(text: str, expected: dict[str, str]) -> None:
    """Dates and numbers stay as they are written: the field's own rules read them."""
    assert texts_in("deal", text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title: x\n", "the text must begin with a line of ---"),
        ("---\ntitle: x\n", "the fields must end with a second line of ---"),
        ("---\ntitle: [x\n---\n", "can't read the fields in line "),
        ("---\n- x\n---\n", "the fields must be lines of NAME: VALUE"),
        ("---\nnope: x\n---\n", "nope: a deal has no such field"),
        ("---\nweighted: 5\n---\n", "weighted: a deal has no such field"),
        ("---\ntitle: x\n---\nnote\n", "a deal has no note"),
        ("---\na: &a [*a]\n---\n", ""),
        ("---\ntitle: !!python/object/apply:os.system [id]\n---\n", ""),
    ],
)
def test_a_document_that_is_none_says_why(text: str, message: str) -> None:
    """And nothing in it is ever run."""
    if "python" in text:
        assert texts_in("deal", text) == {"title": "id"}
        return
    with pytest.raises(CrmError) as caught:
        texts_in("deal", text)
    assert caught.value.message.startswith(message)


def test_the_text_below_the_fields_is_the_note() -> None:
    """Kept as it is, lines of dashes in it included."""
    assert texts_in("contact", "---\nname: x\n---\n\n# a\n\n---\n\nb\n")["note"] == "# a\n\n---\n\nb"
