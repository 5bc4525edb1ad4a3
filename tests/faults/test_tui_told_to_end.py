"""The screens told to end by a signal: the terminal is as it was before, the store is whole."""

from __future__ import annotations

import os
import pty
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.tui.boards import context_of, fill
from tests.tui.monkey import findings
from tests.tui.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_the_terminal_is_given_back(empty_sqlite: Path, tmp_path: Path, number: signal.Signals) -> None:
    """No other screen, no mouse reports, the cursor shown; the exit code says which signal it was."""
    store = str(shutil.copy(empty_sqlite, tmp_path / "crm.db"))
    fill(context_of(store))
    with Terminal(store, "contacts") as terminal:
        terminal.wait_for("jane")
        terminal.send("n")
        terminal.wait_for("new contact")
        terminal.process.send_signal(number)
        assert 128 + number == terminal.process.wait(90), terminal.text[-3000:]
        terminal.wait_for_bytes(b"\x1b[?1049l", b"\x1b[?1000l", b"\x1b[?25h")
    assert [] == findings(store)


@pytest.mark.parametrize("seen", [b"\x1b[?1049h", b"jane"], ids=["starting", "at rest"])
@pytest.mark.parametrize("told", [True, False], ids=["told", "untold"])
def test_no_program_is_left_behind_by_its_terminal(empty_sqlite: Path, tmp_path: Path, seen: bytes, told: bool) -> None:
    """A window that is closed takes it along, at any moment, also where no signal tells of it."""
    store = str(shutil.copy(empty_sqlite, tmp_path / "crm.db"))
    fill(context_of(store))
    main, side = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "crmcli", "tui", "contacts"], stdin=side, stdout=side, stderr=side,
        env={**os.environ, "CRM_DB": store, "TERM": "xterm-256color"}, start_new_session=True,
    )  # fmt: skip
    try:
        os.close(side)
        written = b""
        while seen not in written:
            written += os.read(main, 65536)
        os.close(main)
        if told:
            process.send_signal(signal.SIGHUP)
        assert process.wait(90) != 0
    finally:
        process.kill()
    assert [] == findings(store)
