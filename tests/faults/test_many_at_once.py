"""Several processes, one store."""

from __future__ import annotations

import signal
import sqlite3
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.faults.conftest import Program


def test_eight_adds_of_one_email_make_one_contact(crm_on: Program) -> None:
    """One is stored, seven hear whose address it is."""
    running = [crm_on.start("contact", "add", f"Jane {n}", "--email", "jane@acme.com") for n in range(8)]
    ended = [(process.communicate(timeout=90), process.returncode) for process in running]
    assert {0: 1, 4: 7} == Counter(code for _, code in ended)
    for (stdout, stderr), code in ended:
        assert (code == 0) == bool(stdout)
        assert code == 0 or ("jane@acme.com belongs to contact #1" in stderr and 1 == len(stderr.splitlines()))
    assert 2 == len(crm_on("contact", "list", "--format", "tsv").stdout.splitlines())
    assert 0 == crm_on("store", "check").code


def test_eight_first_writes_make_one_store(tmp_path: Path) -> None:
    """None is lost, whoever makes the file."""
    from tests.faults.conftest import Program

    crm = Program(str(tmp_path / "new" / "crm.db"))
    running = [crm.start("contact", "add", f"Jane {n}") for n in range(8)]
    ended = [(process.communicate(timeout=90)[1], process.returncode) for process in running]
    assert [("", 0)] * 8 == ended
    assert 9 == len(crm("contact", "list", "--format", "tsv").stdout.splitlines())
    assert 0 == crm("store", "check").code


def test_a_writer_waits_for_another(crm: Program) -> None:
    """And then goes on, as if nothing had been in the way; a reader waits for nobody."""
    other = sqlite3.connect(crm.store, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = crm.start("contact", "add", "Ewa")
    assert 0 == crm("contact", "list").code
    assert waiting.poll() is None
    other.execute("COMMIT")
    other.close()
    _, stderr = waiting.communicate(timeout=90)
    assert (0, "") == (waiting.returncode, stderr)
    assert 2 == len(crm("contact", "list", "--format", "tsv").stdout.splitlines())


def test_a_locked_store_says_so_in_time(crm: Program) -> None:
    """Exit 6, one line, nothing changed."""
    other = sqlite3.connect(crm.store, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    found = crm("contact", "add", "Ewa", env={"CRM_TIMEOUT": "0.2"})
    other.close()
    line = f"crm: error: {crm.store} is locked by another process (try again when it has finished)\n"
    assert (6, "", line) == found


def test_a_locked_server_says_so_in_time(postgresql: Callable[[], str]) -> None:
    """As a file does."""
    import psycopg

    from crmcli.store.dialects.postgresql import _WRITE_LOCK
    from tests.faults.conftest import Program

    crm = Program(postgresql())
    with psycopg.connect(crm.store) as other:
        other.execute(f"SELECT pg_advisory_xact_lock({_WRITE_LOCK})")
        found = crm("contact", "add", "Ewa", env={"CRM_TIMEOUT": "0.2"})
    assert (6, "", 1) == (found.code, found.stdout, len(found.stderr.splitlines()))
    assert "is locked by another session" in found.stderr


@pytest.mark.parametrize("moment", [0.05, 0.2, 0.35, 0.5])
def test_a_writer_that_is_killed_leaves_a_whole_store(crm: Program, moment: float) -> None:
    """Whatever it had got to: all of a use case is there, or nothing of it."""
    victim = crm.start("contact", "add", "Ewa", "--email", "e@x.com", "--company", "Nowa", "--tag", "vip")
    time.sleep(moment)
    victim.send_signal(signal.SIGKILL)
    victim.communicate()
    assert 0 == crm("store", "check").code
    counts = crm("contact", "list", "--format", "ids").stdout, crm("company", "list", "--format", "ids").stdout
    assert bool(counts[0]) == bool(counts[1])
    assert 0 == crm("contact", "add", "Ola").code


def test_a_writer_killed_in_the_middle_of_its_transaction_leaves_nothing_of_it(
    crm: Program, home: Path, tmp_path: Path, ask: Any
) -> None:
    """Caught where its rows are written and not yet stored: a hook holds it there."""
    _held_by_a_hook(home, tmp_path)
    victim = crm.start("contact", "add", "Ewa", "--company", "Nowa", start_new_session=True)
    _wait_for(tmp_path / "reached")
    victim.kill()
    victim.communicate()
    assert [(0,), (0,)] == ask("SELECT COUNT(*) FROM contact UNION ALL SELECT COUNT(*) FROM company")
    (home / ".config" / "crmcli" / "crm.toml").unlink()
    assert 0 == crm("store", "check").code
    assert 0 == crm("contact", "add", "Ola").code


def test_ctrl_c_leaves_the_store_as_it_was(crm: Program, home: Path, tmp_path: Path, ask: Any) -> None:
    """Exit 130, one line, also in the middle of a transaction; the hook that was running is ended too."""
    _held_by_a_hook(home, tmp_path)
    victim = crm.start("contact", "add", "Ewa", "--company", "Nowa")
    _wait_for(tmp_path / "reached")
    victim.send_signal(signal.SIGINT)
    stdout, stderr = victim.communicate(timeout=90)
    assert (130, "") == (victim.returncode, stdout)
    assert "crm: error: interrupted; nothing was changed" == stderr.splitlines()[-1]
    assert [(0,), (0,)] == ask("SELECT COUNT(*) FROM contact UNION ALL SELECT COUNT(*) FROM company")
    assert not (tmp_path / "late").exists()


def test_ctrl_c_after_the_change_says_that_it_was_made(crm: Program, home: Path, tmp_path: Path, ask: Any) -> None:
    """And how it is taken back."""
    _held_by_a_hook(home, tmp_path, "post-contact-add")
    victim = crm.start("contact", "add", "Ewa")
    _wait_for(tmp_path / "reached")
    victim.send_signal(signal.SIGINT)
    _, stderr = victim.communicate(timeout=90)
    assert (130, "crm: error: interrupted after change #1 was stored (try: crm undo 1)\n") == (
        victim.returncode,
        stderr,
    )
    assert [(1,)] == ask("SELECT COUNT(*) FROM contact")


def _held_by_a_hook(home: Path, tmp_path: Path, name: str = "pre-contact-add") -> None:
    folder = home / ".config" / "crmcli"
    folder.mkdir(parents=True)
    (folder / "crm.toml").write_text(f'[hooks]\n{name} = "touch {tmp_path}/reached; sleep 8; touch {tmp_path}/late"\n')


def _wait_for(file: Path) -> None:
    for _ in range(4500):
        if file.exists():
            return
        time.sleep(0.02)
    pytest.fail(f"{file} never came")
