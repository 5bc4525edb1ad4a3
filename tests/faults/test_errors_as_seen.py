"""Each class of error as a user and a script see it: exit code, one line on stderr, nothing on stdout."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.faults.conftest import Done, Program

if TYPE_CHECKING:
    from pathlib import Path

ERRORS = {
    "usage": (2, ("contact", "list", "--limit", "abc")),
    "unknown command": (2, ("contcat", "list")),
    "bad_value": (2, ("contact", "add", "Ewa", "--email", "nonsense")),
    "bad_filter": (2, ("contact", "list", "--filter", "nmae = x")),
    "bad_config": (2, ("--config", "bad.toml", "contact", "list")),
    "not_found": (3, ("contact", "show", "nobody@x.com")),
    "conflict": (4, ("store", "init")),
    "duplicate": (4, ("contact", "add", "Ewa", "--email", "j@x.com")),
    "ambiguous": (4, ("contact", "show", "Jane")),
    "stale": (4, ("undo", "1")),
    "refused": (5, ("contact", "merge", "1", "1")),
    "hook_refused": (5, ("--config", "hook.toml", "deal", "add", "Big")),
    "store": (6, ("--db", "text.txt", "contact", "list")),
    "unreachable": (6, ("--db", "postgresql://127.0.0.1:1/crm", "contact", "list")),
    "newer_schema": (6, ("--db", "newer.db", "contact", "list")),
    "partly_done": (7, ("import", "contacts", "people.csv", "--skip-errors")),
}
# Lines after the first are details: the filter with its caret, the candidates.
DETAILED = {"bad_filter", "ambiguous"}
CODES = {"unknown command": "usage"}


@pytest.fixture
def crm(crm: Program, tmp_path: Path) -> Program:
    """Two Janes, one of them changed since, and everything that the errors need beside the store."""
    import shutil
    import sqlite3

    (tmp_path / "bad.toml").write_text("user = 5\n")
    (tmp_path / "hook.toml").write_text('[hooks]\npre-deal-add = "exit 1"\n')
    (tmp_path / "text.txt").write_text("not a store\n")
    (tmp_path / "people.csv").write_text("name,email\nOla,nonsense\nIga,iga@x.com\n")
    newer = tmp_path / "newer.db"
    shutil.copy(crm.store, newer)
    connection = sqlite3.connect(newer)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    from crmcli.context import AppContext, Flags
    from crmcli.services.records import Changes

    contacts = AppContext(Flags(store=crm.store, quiet=True)).contacts
    contacts.add(contacts.draft({"name": "Jane", "emails": "j@x.com"}))
    contacts.add(contacts.draft({"name": "Jane"}))
    contacts.edit("1", contacts.edit_draft(Changes({"title": "CTO"})))
    return crm


@pytest.mark.parametrize("name", list(ERRORS))
def test_in_a_pipe(crm: Program, name: str) -> None:
    """One line, no colour, no traceback."""
    code, words = ERRORS[name]
    found = crm(*words)
    assert code == found.code, found.stderr
    assert "" == found.stdout or name == "partly_done"
    first, *more = found.stderr.splitlines()
    assert bool(more) == (name in DETAILED) or name == "partly_done"
    assert "crm: error: " in found.stderr
    assert first.startswith("crm: error: ") or name == "partly_done"
    assert "\x1b" not in found.stderr
    assert "Traceback" not in found.stderr


@pytest.mark.parametrize("name", list(ERRORS))
def test_as_json(crm: Program, name: str) -> None:
    """One object with code, message and hint, wherever `--format json` stands."""
    code, words = ERRORS[name]
    found = crm("--format", "json", *words)
    assert code == found.code
    error = json.loads(found.stderr.splitlines()[-1])["error"]
    assert CODES.get(name, name) == error["code"]
    assert error["message"]
    assert {"code", "message", "hint"} <= set(error) <= {"code", "message", "hint", "details"}


@pytest.mark.parametrize("name", ["usage", "not_found", "duplicate", "refused", "store"])
def test_on_a_terminal(crm: Program, name: str) -> None:
    """The same line, with the word in colour; nothing is asked, and nothing is drawn on stdout."""
    code, words = ERRORS[name]
    found = _on_terminal(crm, *words)
    assert (code, "") == (found.code, found.stdout)
    (line,) = found.stderr.splitlines()
    assert line.startswith("crm: \x1b[")
    assert "error" in line
    plain = _on_terminal(crm, "--no-color", *words).stderr
    assert crm(*words).stderr.splitlines() == plain.splitlines()


def _on_terminal(crm: Program, *words: str) -> Done:
    """Run with stdout and stderr each a terminal of its own."""
    screens = [pty.openpty() for _ in range(2)]
    process = crm.start(*words, stdout=screens[0][1], stderr=screens[1][1], env={"TERM": "xterm-256color"})
    for _, inner in screens:
        os.close(inner)
    texts = {outer: b"" for outer, _ in screens}
    waiting = set(texts)
    while waiting:
        for outer in select.select(list(waiting), [], [], 30)[0]:
            try:
                piece = os.read(outer, 4096)
            except OSError:  # how Linux says that the other end is closed
                piece = b""
            texts[outer] += piece
            if not piece:
                waiting.discard(outer)
    code = process.wait(timeout=90)
    stdout, stderr = (texts[outer].decode().replace("\r\n", "\n") for outer, _ in screens)
    for outer, _ in screens:
        os.close(outer)
    return Done(code, stdout, stderr)


def test_a_pipe_that_closes_is_no_error(crm: Program) -> None:
    """`| head -1` is served and gone; nobody hears of it."""
    from crmcli.context import AppContext, Flags

    contacts = AppContext(Flags(store=crm.store, quiet=True)).contacts
    contacts.add(contacts.draft({"name": "Ola", "note": "x" * 500_000}))
    for form in ("tsv", "json", "csv", "table"):
        lister = crm.start("contact", "list", "--format", form)
        head = subprocess.run(["head", "-c", "1"], stdin=lister.stdout, capture_output=True, check=True)
        assert lister.stdout is not None
        lister.stdout.close()
        assert lister.stderr is not None
        assert ("", 1) == (lister.stderr.read(), len(head.stdout))
        lister.stderr.close()
        assert 0 == lister.wait(timeout=90)


def test_a_bug_is_one_line_and_a_log(crm: Program, home: Path, tmp_path: Path) -> None:
    """Exit 1; the log has the traceback and not what was typed; `CRM_DEBUG` shows the traceback itself."""
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\n"
        "class Broken:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'crmcli.services.contacts':\n"
        "            raise RuntimeError('the tea is cold')\n"
        "sys.meta_path.insert(0, Broken())\n"
    )
    broken = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
    found = crm("contact", "add", "Secret Name", env=broken)
    assert (1, "") == (found.code, found.stdout)
    (line,) = found.stderr.splitlines()
    log = home / ".local" / "state" / "crmcli"
    (file,) = log.glob("crash-*.log")
    assert f"crm: error: unexpected failure: RuntimeError: the tea is cold; please report it with {file}" == line
    text = file.read_text()
    assert "Traceback" in text
    assert "command: contact add" in text
    assert "Secret Name" not in text
    assert 0o600 == file.stat().st_mode & 0o777
    as_json = json.loads(crm("contact", "list", "-o", "json", env=broken).stderr)["error"]
    assert ("bug", True) == (as_json["code"], "the tea is cold" in as_json["message"])
    assert "Traceback" in crm("contact", "list", env={**broken, "CRM_DEBUG": "1"}).stderr


def test_a_read_on_no_store_creates_nothing(tmp_path: Path, home: Path) -> None:
    """Neither a store nor a folder nor a log, whatever is asked."""
    crm = Program(str(tmp_path / "none" / "crm.db"))
    for words in (("contact", "list"), ("pipeline",), ("today",), ("search", "x"), ("history",), ("store", "info"),
                  ("config", "show"), ("tag", "list"), ("completion", "bash"), ("report", "pipeline")):  # fmt: skip
        found = crm(*words)
        assert (words, 0) == (words, found.code), found.stderr
    assert 3 == crm("contact", "show", "1").code
    assert not (tmp_path / "none").exists()
    assert [] == list(home.iterdir())
