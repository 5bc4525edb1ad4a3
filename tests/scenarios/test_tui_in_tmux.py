"""A salesperson's day at the screens, in a real terminal that others can look into: tmux."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.tui.boards import store_with_deals

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PATIENCE = 90.0  # seconds, for a busy machine
pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="no tmux here")


class Desk:
    """A terminal in tmux with the program in it, and a shell beside it."""

    def __init__(self, folder: Path, store: str) -> None:
        self._socket = str(folder / "tmux")
        self._environment = {**os.environ, "CRM_DB": store, "TMUX_TMPDIR": str(folder), "LC_ALL": "C.UTF-8"}
        self._environment.pop("TMUX", None)
        command = shlex.join([sys.executable, "-m", "crmcli", "tui", "today"])
        self.tmux("-f", os.devnull, "new-session", "-d", "-x", "120", "-y", "36", command)

    def tmux(self, *words: str) -> str:
        """A command to the terminal."""
        done = subprocess.run(
            ["tmux", "-S", self._socket, *words], capture_output=True, text=True, encoding="utf-8", check=False,
            env=self._environment,
        )  # fmt: skip
        return done.stdout

    @property
    def seen(self) -> str:
        """What is on the screen."""
        return self.tmux("capture-pane", "-p")

    def press(self, *keys: str) -> None:
        """Press keys, as tmux calls them."""
        self.tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        """Type a text."""
        self.tmux("send-keys", "-l", text)

    def see(self, *texts: str) -> None:
        """Wait until all of this is on the screen."""
        end = time.monotonic() + _PATIENCE
        while not all(text in (seen := self.seen) for text in texts):
            assert time.monotonic() < end, f"{texts} never came:\n{seen}"
            time.sleep(0.05)

    def gone(self) -> None:
        """Wait until the program has ended, and the terminal with it."""
        end = time.monotonic() + _PATIENCE
        while self.tmux("list-sessions"):
            assert time.monotonic() < end, self.seen
            time.sleep(0.05)

    def crm(self, *words: str) -> Any:
        """What the shell says, from JSON."""
        done = subprocess.run(
            [sys.executable, "-m", "crmcli", *words, "--format", "json"], capture_output=True, text=True, encoding="utf-8",
            env=self._environment, check=True,
        )  # fmt: skip
        return json.loads(done.stdout)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A morning with some deals and a task that is late."""
    at_work = Desk(tmp_path, store_with_deals(tmp_path))
    yield at_work
    at_work.tmux("kill-server")


def test_a_day_at_the_screens(desk: Desk) -> None:
    """A task done, a deal moved on, a call logged, a person found, changed and changed back; the shell sees it all."""
    desk.see("[1 Today]", "overdue  1", "call the buyer")
    desk.press("x")
    desk.see("done: #4", "no next step  3")

    desk.press("2")
    desk.see("[2 Board]", "❯  Acme pilot")
    desk.press("L")
    desk.see("Acme pilot → qualified")
    desk.press("l")
    desk.see("log #1 Acme pilot")
    desk.type("called about the price")
    desk.press("Enter")
    desk.see("logged")

    desk.press("C-k")
    desk.see("find contacts")
    desk.type("jane")
    desk.see("jane@acme.example")
    desk.press("Enter")
    desk.see("[fields]", "name          jane")
    desk.press("c")
    desk.see("edit #1 jane")
    desk.press("End")
    desk.type(" Żak")
    desk.see("jane Żak")
    desk.press("C-s")
    desk.see("#1 changed", "name          jane Żak")
    desk.press("u")
    desk.see("undone: contact edit")

    desk.press("9")
    desk.see("[9 History]", "deal move", "contact edit", "undo")
    desk.press("q")
    desk.gone()

    assert ["undo", "contact edit", "log call", "deal move", "task done"] == [
        each["command"] for each in desk.crm("history", "--limit", "5")
    ]
    assert "qualified" == desk.crm("deal", "show", "Acme pilot")["stage"]
    assert "jane" == desk.crm("contact", "show", "jane@acme.example")["name"]
    assert "called about the price" in [each["subject"] or each["body"] for each in desk.crm("activity", "list")]
