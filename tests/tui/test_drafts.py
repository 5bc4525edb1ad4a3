"""What was typed outlives the program; only what was stored or thrown away is gone."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Static

from crmcli.services.records import Changes
from crmcli.tui.drafts import Drafts, Typed
from crmcli.tui.modals.conflict import ConflictDialog
from crmcli.tui.modals.record_form import RecordForm
from tests.tui.dialogs import DialogApp, session_of, settle

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Result

AT = datetime(2026, 11, 21, 14, 2, tzinfo=UTC)


def drafts_of(home: Path) -> list[Path]:
    """The files there are."""
    return sorted((home / ".local/state/crmcli/drafts").glob("*"))


def test_a_draft_is_read_as_it_was_kept(tmp_path: Path) -> None:
    """Private, whole, for this very store, form and record."""
    drafts = Drafts(tmp_path / "drafts")
    typed = Typed(AT, {"name": "Łódź 北京 \ud800", "note": "a\nb"}, {"name": "old"})
    drafts.of("store", "edit contact", "ct_1").keep(typed)
    assert drafts.of("store", "edit contact", "ct_1").read() == typed
    others = [
        ("other", "edit contact", "ct_1"),
        ("store", "new contact", "ct_1"),
        ("store", "edit contact", "ct_2"),
        ("store", "edit contact", ""),
    ]
    assert [drafts.of(*other).read() for other in others] == [None] * 4
    (path,) = drafts.folder.iterdir()
    assert (path.name.startswith("ct_1-"), stat.S_IMODE(path.stat().st_mode)) == (True, 0o600)
    assert stat.S_IMODE(drafts.folder.stat().st_mode) == 0o700


def test_a_thread_that_comes_late_writes_nothing_older(tmp_path: Path) -> None:
    """Two are on their way, and the one that set out first arrives last."""
    draft = Drafts(tmp_path / "drafts").of("store", "form")
    draft.put(Typed(AT, {"name": "Zofia"}))
    draft.put(Typed(AT, {"name": "Zofia", "emails": "z@x.example"}))
    draft.write()
    draft.write()
    assert draft.read() == Typed(AT, {"name": "Zofia", "emails": "z@x.example"})


def test_nothing_typed_and_dropped_leave_no_file(tmp_path: Path) -> None:
    """And what is dropped is never written again, however late a thread comes."""
    draft = Drafts(tmp_path / "drafts").of("store", "form")
    draft.keep(Typed(AT, {"a": "1"}))
    draft.keep(Typed(AT, {}))
    assert not list(draft.path.parent.iterdir())
    draft.keep(Typed(AT, {"a": "1"}))
    draft.drop()
    draft.keep(Typed(AT, {"a": "2"}))
    assert not list(draft.path.parent.iterdir())


OURS = {"format": "crm form 1", "store": "store", "form": "form", "record": "", "at": "2026-11-21T14:02:00+00:00",
        "fields": {"a": "1"}, "before": {}}  # fmt: skip


def ours(**changed: object) -> bytes:
    """A file as the program writes it, but for what is changed."""
    return json.dumps({**OURS, **changed}).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 50_000, ours(format="other"), ours(at="never"), ours(at="2026-11-21T14:02:00"),
        ours(fields=[1]), ours(fields={"a": 1}), ours(fields={}), ours(store="another"), ours(before=None),
    ],
)  # fmt: skip
def test_a_damaged_or_foreign_file_is_no_draft(tmp_path: Path, content: bytes) -> None:
    """And is written over."""
    draft = Drafts(tmp_path).of("store", "form")
    draft.path.write_bytes(content)
    assert draft.read() is None
    draft.keep(Typed(AT, {"a": "1"}))
    assert draft.read() == Typed(AT, {"a": "1"}, {})


def test_a_folder_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    """Typing goes on without a draft."""
    (tmp_path / "file").write_text("")
    draft = Drafts(tmp_path / "file" / "drafts").of("store", "form")
    draft.keep(Typed(AT, {"a": "1"}))
    assert draft.read() is None
    draft.drop()


async def test_what_was_typed_comes_back_and_can_be_thrown_away(store: str, home: Path) -> None:
    """With a line that says from when it is."""
    session = session_of(store)
    app = DialogApp(session, RecordForm(session, "contact"))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press(*"Zofia", "tab", *"z@")
        await settle(pilot)
    assert len(drafts_of(home)) == 1

    session = session_of(store)
    form = RecordForm(session, "contact")
    app = DialogApp(session, form)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert (form.rows["name"].text, form.rows["emails"].text) == ("Zofia", "z@")
        line = str(form.query_one(".dialog-restored", Static).content)
        assert line == "what you typed on 21 Nov 12:00 is back; ctrl+z throws it away"
        assert form.has_class("-restored")
        await pilot.press("ctrl+z")
        await settle(pilot)
        assert (form.rows["name"].text, form.has_class("-restored")) == ("", False)
        assert drafts_of(home) == []


@pytest.mark.parametrize(("key", "kept"), [("ctrl+s", []), ("escape", [{"name": "Zofia Nowak!"}])])
async def test_what_was_stored_is_no_draft_and_what_was_left_is_one(
    store: str, home: Path, key: str, kept: list[dict[str, str]]
) -> None:
    """A stray escape loses nothing: the form says so, and opens with it the next time."""
    session = session_of(store)
    app = DialogApp(session, RecordForm(session, "contact"))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press(*"Zofia Nowak")
        await settle(pilot)
        assert len(drafts_of(home)) == 1
        await pilot.press("!", key)
        await settle(pilot)
        assert len(app.answers) == 1
        assert ["what you typed is kept" in each.message for each in app._notifications] == [True] * len(kept)
    typed = session.drafts.of(session.desk.store.location.label, "new contact").read()
    assert kept == [typed.fields] if typed else kept == []
    assert len(kept) == len(drafts_of(home))


async def test_a_form_left_as_it_was_leaves_nothing(store: str, home: Path) -> None:
    """What was typed and taken away again is no draft."""
    app = DialogApp(session_of(store), RecordForm(session_of(store), "contact"))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("a", "backspace", "escape")
        await settle(pilot)
        assert (app.answers, list(app._notifications)) == ([None], [])
    assert drafts_of(home) == []


async def test_what_others_changed_since_is_asked_about(store: str) -> None:
    """What was typed over something that is another by now is not stored in silence."""
    session = session_of(store)
    deal = session.deals.get("Acme pilot")
    app = DialogApp(session, RecordForm(session, "deal", deal))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("end", *" two")
        await settle(pilot)
    session = session_of(store)
    session.deals.edit(deal.id, session.deals.edit_draft(Changes({"title": "Theirs"})))
    form = RecordForm(session, "deal", session.deals.get(deal.id))
    app = DialogApp(session, form)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert isinstance(app.screen, ConflictDialog)
        assert form.rows["title"].text == "Acme pilot two"
        await pilot.press("t", "enter")
        await settle(pilot)
        assert form.rows["title"].text == "Theirs"


CHILD = """
import asyncio, sys
from tests.tui.dialogs import DialogApp, session_of
from crmcli.tui.modals.record_form import RecordForm

async def main(store):
    session = session_of(store)
    app = DialogApp(session, RecordForm(session, "contact"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause(0.5)
        await pilot.press(*"Zofia", "tab", "tab")
        for key in "+48 12 345":
            await pilot.press(key)
        print("typed", flush=True)
        await pilot.pause(0.3)
        print("rested", flush=True)
        await pilot.pause(60)

asyncio.run(main(sys.argv[1]))
"""


@pytest.mark.parametrize(("moment", "phone"), [("typed", False), ("rested", True)])
def test_a_killed_program_loses_at_most_the_field_being_typed(store: str, home: Path, moment: str, phone: bool) -> None:
    """SIGKILL at once, and a third of a second after the last key."""
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root), os.environ.get("PYTHONPATH", "")])}
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, store],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        assert child.stdout is not None
        while child.stdout.readline().strip() != moment:
            assert child.poll() is None
        os.kill(child.pid, signal.SIGKILL)
    finally:
        child.kill()
        child.wait()
    (path,) = [each for each in drafts_of(home) if not each.name.startswith(".")]
    fields = json.loads(path.read_text("utf-8"))["fields"]
    assert fields["name"] == "Zofia"
    assert not phone or fields["phones"] == "+48 12 345"


def test_who_is_forgotten_is_gone_from_the_drafts(crm: Callable[..., Result], home: Path) -> None:
    """Those about the person, and those that name them; the others stay."""
    uid = crm("contact", "add", "Zofia Żak").uid
    drafts = Drafts(home / ".local/state/crmcli/drafts")
    drafts.of("s", "edit contact", uid).keep(Typed(AT, {"note": "ill"}))
    drafts.of("s", "new activity").keep(Typed(AT, {"body": "Zofia Żak is ill"}))
    drafts.of("s", "new deal").keep(Typed(AT, {"title": "Lamps"}))
    assert crm("contact", "forget", uid, "--confirm", "Zofia Żak").code == 0
    assert [json.loads(path.read_text())["form"] for path in drafts_of(home)] == ["new deal"]


async def test_what_is_typed_before_the_form_is_whole_is_kept_as_well(store: str, home: Path) -> None:
    """The draft is written once the one of an earlier time was read, without another key."""
    session = session_of(store)
    form = RecordForm(session, "contact")
    app = DialogApp(session)
    async with app.run_test() as pilot:
        app.push_screen(form)
        await settle(pilot)
        form._draft, draft = None, form._draft
        await pilot.press(*"Zofia")
        await settle(pilot)
        assert not drafts_of(home)
        assert draft is not None
        form._open_draft()
        await settle(pilot)
        (path,) = drafts_of(home)
        assert json.loads(path.read_text("utf-8"))["fields"] == {"name": "Zofia"}
