"""Sending from the campaigns screen through a real mail server, and watching what another process sends."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from crmcli.services.sending import Wish
from crmcli.store.queries.campaign_board import Sending
from crmcli.tui import campaign_pace
from crmcli.tui.campaign_pace import Paces
from crmcli.tui.modals.confirm import Confirm
from crmcli.tui.modals.failure import Failure
from crmcli.tui.screens.campaign_sending import told_of
from tests.mail_server import MailServer, port_of_nobody
from tests.tui.boards import context_of, crm_app, press, settle
from tests.tui.campaigns import chosen, drawn, pane, plan, screen
from tests.tui.pages import told

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from textual.pilot import Pilot

    from crmcli.services.mailing import Mailing
    from crmcli.tui.app import CrmApp

SIZE = (130, 36)
LETTER = "Spring 🌷 letter"


def configure(folder: Path, patch: pytest.MonkeyPatch, port: int) -> None:
    """Mail goes to a server on that port of this machine."""
    path = folder / "crm.toml"
    path.write_text(
        f'[smtp]\nfrom = "Acme <news@acme.example>"\nhost = "localhost"\nport = {port}\nsecurity = "none"\n', "utf-8"
    )
    patch.setenv("CRM_CONFIG", str(path))
    patch.setattr("crmcli.io.mail.smtp._PAUSES", (0.0, 0.0))


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """A mail server, and settings that name it."""
    with MailServer() as running:
        configure(tmp_path, monkeypatch, running.port)
        yield running


@pytest.fixture
def program(store: str) -> CrmApp:
    """The program on campaigns, the letter at the cursor."""
    plan(store)
    return crm_app(store, start="campaigns")


async def to_the_letter(pilot: Pilot[None]) -> None:
    """Put the cursor on it."""
    await settle(pilot)
    screen(pilot).open_ref(LETTER)
    await settle(pilot)
    assert LETTER == chosen(pilot).view.name


async def test_sent_after_a_question(server: MailServer, program: CrmApp) -> None:
    """A draft is started by it; each gets it once, and what came of it is said and shown."""
    async with program.run_test(size=SIZE) as pilot:
        await to_the_letter(pilot)
        await press(pilot, "M")
        assert isinstance(pilot.app.screen, Confirm)
        assert f"send {LETTER} to 5 people?" in drawn(pilot)
        await press(pilot, "n")
        assert [] == server.desk.taken
        await press(pilot, "M", "y")
        assert 5 == len({to for _, to, _ in server.desk.taken})
        assert any("5 sent" in each for each in told(pilot)), (told(pilot), drawn(pilot))
        assert ("active", 5, 5) == (chosen(pilot).view.status, chosen(pilot).view.members, chosen(pilot).reach.sent)
        await press(pilot, "m")
        assert "» sent" in pane(pilot)
        await press(pilot, "M", "y")
        assert 5 == len(server.desk.taken)


async def test_stopped_while_it_runs(
    server: MailServer, program: CrmApp, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the same key; what is left can be sent by another run, and the cursor moves meanwhile, as does the count."""
    context_of(store).members.start(LETTER)
    on_the_way, go_on = threading.Event(), threading.Event()
    mailing = program.session.mailing
    send = type(mailing).send

    def slow(self: Mailing, *given: object, **more: object) -> object:
        on_the_way.set()
        assert go_on.wait(30)
        return send(self, *given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(type(mailing), "send", slow)
    async with program.run_test(size=SIZE) as pilot:
        await to_the_letter(pilot)
        await press(pilot, "M")
        await pilot.press("y")
        while not on_the_way.is_set():
            await pilot.pause()
        screen(pilot)._look()
        await pilot.press("j", "k", "M")
        await pilot.pause()
        assert any("stops after the message at hand" in each for each in told(pilot))
        go_on.set()
        await settle(pilot)
        assert [] == server.desk.taken
        assert any("0 sent, 5 left" in each for each in told(pilot))


async def test_a_server_that_is_not_there(program: CrmApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says so, how much is left, and how to go on."""
    configure(tmp_path, monkeypatch, port_of_nobody())
    async with crm_app(program.session.desk.store.location.label, start="campaigns").run_test(size=SIZE) as pilot:
        await to_the_letter(pilot)
        await press(pilot, "M", "y")
        assert isinstance(pilot.app.screen, Failure)
        assert "0 sent, 5 left" in drawn(pilot)
        await press(pilot, "escape")
        assert ("active", 5) == (chosen(pilot).view.status, chosen(pilot).sending.left)  # type: ignore[union-attr]


async def test_what_can_not_be_mailed_is_said(program: CrmApp) -> None:
    """Another kind, and no server."""
    async with program.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "M")
        assert isinstance(pilot.app.screen, Failure)
        await press(pilot, "escape")
        await to_the_letter(pilot)
        await press(pilot, "M", "y")
        assert isinstance(pilot.app.screen, Failure)
        assert "no" in drawn(pilot)


async def test_another_process_is_watched(
    server: MailServer, program: CrmApp, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How far it is and how fast; no key is lost, cursor and filter stay."""
    seconds = iter(range(1000))
    monkeypatch.setattr(campaign_pace, "monotonic", lambda: next(seconds))
    context = context_of(store)
    context.members.start(LETTER)
    async with program.run_test(size=SIZE) as pilot:
        await to_the_letter(pilot)
        assert "0 of 5 sent · 5 left to send" in drawn(pilot)
        await press(pilot, "m", "right")
        context.mailing.send(context.mailing.plan(LETTER), Wish(limit=2))
        screen(pilot)._look()
        await settle(pilot)
        assert "2 of 5 sent" in drawn(pilot)
        assert "/s" in drawn(pilot)
        assert (LETTER, "members", True) == (chosen(pilot).view.name, screen(pilot).pane, screen(pilot).is_inside)
        assert "» sent" in pane(pilot)
        context.mailing.send(context.mailing.plan(LETTER), Wish())
        screen(pilot)._look()
        await settle(pilot)
        assert "of 5 sent" not in drawn(pilot)


async def test_a_screen_that_nobody_has_seen_looks_at_nothing(store: str) -> None:
    """It is made while the hands rest, and has no list yet."""
    app = crm_app(store, start="contacts")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        app.made("campaigns")._look()  # type: ignore[attr-defined]
        assert app.bug is None


def test_pace_and_trouble_in_words(program: CrmApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rate once there are two looks; nothing where all is well and done."""
    locale, seconds = program.session.locale, iter((0.0, 10.0))
    monkeypatch.setattr(campaign_pace, "monotonic", lambda: next(seconds))
    paces = Paces()
    paces.take({1: Sending(100, left=900)})
    assert "100 of 1,000 sent · 900 left to send" in paces.told(1, Sending(100, left=900), locale)
    paces.take({1: Sending(300, left=700)})
    assert frozenset({1}) == paces.moving()
    assert "300 of 1,000 sent · 20.0/s, 35 s left" in paces.told(1, Sending(300, left=700), locale)
    assert "2 failed · 1 in doubt" == paces.told(1, Sending(7, failed=2, in_doubt=1), locale)
    assert "" == paces.told(1, Sending(7), locale)


def test_a_tally_in_words() -> None:
    """What was sent is always told."""
    from crmcli.services.sending import Tally

    tally = Tally()
    assert "0 sent" == told_of(tally)
    tally.sent, tally.failed, tally.left = 1200, 1, 3
    assert "1,200 sent, 1 failed, 3 left" == told_of(tally)
