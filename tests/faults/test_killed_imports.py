"""An import of a large file that is killed in the middle: resumed, or as if it had never been."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from crmcli.context import AppContext, Flags
from crmcli.store.queries.import_runs import half_imports

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.faults.conftest import Program

ROWS = 12_000
# The program itself, its parts so small that there are many in which to be killed.
SLICED = """
import crmcli.services.importing.run as run
run.ROWS = 1000
from crmcli.__main__ import main
main()
"""


def people(tmp_path: Path, rows: int = ROWS) -> Path:
    """A file that takes a while."""
    path = tmp_path / "leads.csv"
    lines = [f"Person {n},p{n}@x.com,Firm {n % 50}" for n in range(rows)]
    path.write_text("\n".join(["Name,Email,Company", *lines, ""]))
    return path


def sliced(crm: Program, *words: object) -> subprocess.Popen[str]:
    """Begin an import in small parts."""
    environment = {**os.environ, "CRM_DB": crm.store}
    command = [sys.executable, "-c", SLICED, *map(str, words)]
    return subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_a_killed_import_is_resumed(crm_on: Program, tmp_path: Path) -> None:
    """Every row exactly once, in one change that one undo takes back."""
    path = people(tmp_path)
    victim = sliced(crm_on, "import", "contacts", path, "--resume")
    done = _wait_for_rows(crm_on)
    victim.send_signal(signal.SIGKILL)
    victim.communicate()
    assert crm_on("store", "check").code == 0
    half = _rows_done(crm_on)
    assert 0 < done <= half < ROWS
    assert half == len(crm_on("contact", "list", "--format", "ids").stdout.splitlines())
    with sliced(crm_on, "import", "contacts", path, "--resume", "--report", "json") as again:
        stdout, _ = again.communicate(timeout=120)
    report: Any = json.loads(stdout)
    assert (again.returncode, report["resumed_after"], report["created"]) == (0, half, ROWS - half)
    contacts = crm_on("contact", "list", "--format", "json", "--fields", "emails").stdout
    emails = [row["emails"][0] for row in json.loads(contacts)]
    assert (len(emails), len(set(emails))) == (ROWS, ROWS)
    history: Any = json.loads(crm_on("history", "--format", "json").stdout)
    assert [(each["summary"], each["records"]) for each in history] == [(f"leads: {ROWS:,} new", ROWS + 50)]
    assert crm_on("undo").code == 0
    counts = [crm_on(noun, "list", "--format", "ids").stdout for noun in ("contact", "company")]
    assert counts == ["", ""]
    assert crm_on("store", "check").code == 0


class Unending:
    """A file of the same name that gives its rows and then no end, so that nobody gets done with it."""

    def __init__(self, path: Path, rows: int) -> None:
        self.path = path
        os.mkfifo(path)
        self._mouth = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        fcntl.fcntl(self._mouth, fcntl.F_SETPIPE_SZ, 1 << 20)
        lines = [f"Person {n},p{n}@x.com,Firm {n % 50}" for n in range(rows)]
        self._text = "\n".join(["Name,Email,Company", *lines, ""]).encode()

    def fill(self) -> None:
        """Give all rows, whatever was taken of them before."""
        with suppress(BlockingIOError):
            while os.read(self._mouth, 1 << 16):
                pass
        assert len(self._text) == os.write(self._mouth, self._text)

    def close(self) -> None:
        """Let it end."""
        os.close(self._mouth)


@contextmanager
def unending(tmp_path: Path, rows: int) -> Iterator[Unending]:
    """Such a file until it is not needed any more."""
    folder = tmp_path / "unending"
    folder.mkdir()
    file = Unending(folder / "leads.csv", rows)
    try:
        yield file
    finally:
        file.close()


def test_a_killed_import_leaves_nothing(crm_on: Program, tmp_path: Path) -> None:
    """Unless it was told to go on; the next one finds no lock in its way."""
    with unending(tmp_path, ROWS) as fifo:
        victim = begun(crm_on, fifo)
        time.sleep(0.7)  # some rows are stored by now, or none: either way nothing may be left
        victim.send_signal(signal.SIGKILL)
    victim.communicate(timeout=90)
    path = people(tmp_path)
    assert victim.returncode == -signal.SIGKILL
    assert crm_on("contact", "list", "--format", "ids").stdout == ""
    assert json.loads(crm_on("history", "--format", "json").stdout) == []
    assert crm_on("store", "check").code == 0
    done = crm_on("import", "contacts", path, "--report", "json")
    assert (done.code, json.loads(done.stdout)["created"]) == (0, ROWS)


def test_two_imports_of_one_source_never_overlap(crm_on: Program, tmp_path: Path) -> None:
    """The second is told at once who is at it, exit 6; one of another source is not held up by that."""
    small = tmp_path / "small" / "leads.csv"
    small.parent.mkdir()
    small.write_text("Name,Email\nEwa,ewa@x.com\n")
    with unending(tmp_path, ROWS) as fifo:
        first = begun(crm_on, fifo)
        second = crm_on("import", "contacts", small)
    first.communicate(timeout=120)
    assert (first.returncode, second.code) == (0, 6)
    assert "another import of contacts from leads is running (started 12:00 by maria, pid " in second.stderr
    with AppContext(Flags(store=crm_on.store)).store.hold("import contact:leads", "the test"):
        other = crm_on("import", "contacts", small, "--source", "fair")
    assert other.code == 0, other.stderr


def _wait_for_rows(crm: Program) -> int:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if rows := _rows_done(crm):
            return rows
        time.sleep(0.02)
    raise AssertionError("no part was stored")


def _rows_done(crm: Program) -> int:
    with AppContext(Flags(store=crm.store)).desk.reading() as reader:
        return sum(half.rows for half in half_imports(reader))


def begun(crm: Program, file: Unending) -> subprocess.Popen[str]:
    """An import that holds its lock. A look at the lock may get in its way at the very start; then it begins again."""
    from crmcli.store.dialects import Held

    store = AppContext(Flags(store=crm.store)).store
    end = time.monotonic() + 90
    while time.monotonic() < end:
        file.fill()
        victim = crm.start("import", "contacts", file.path)
        while victim.poll() is None and time.monotonic() < end:
            try:
                with store.hold("import contact:leads", "the test"):
                    pass
            except Held:
                return victim
            time.sleep(0.05)
        victim.kill()
        victim.communicate()
    raise AssertionError("nobody imports")
