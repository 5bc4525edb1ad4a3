"""A name of a store is held by one process at a time, and let go when that process ends, however it ends."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from crmcli.context import AppContext
from crmcli.errors import StoreLocked
from crmcli.services.alone import alone
from crmcli.store.dialects import Held

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

HOLDING = """
import sys, time
from crmcli.context import AppContext
with AppContext(store=sys.argv[1]).store.hold("import contact:leads", "started 12:03 by ola, pid 1"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_name_is_held_once(app: AppContext, store_url: str) -> None:
    """Who comes second is told who holds it; another name is free, and so is the same one afterwards."""
    other = AppContext(store=store_url).store
    with app.store.hold("import contact:leads", "started 12:03 by maria, pid 7"):
        with pytest.raises(Held) as refused, other.hold("import contact:leads", "me"):
            pass
        assert refused.value.note == "started 12:03 by maria, pid 7"
        with other.hold("import contact:others", "me"):
            pass
    with other.hold("import contact:leads", "me"):
        pass


def test_it_is_let_go_when_the_work_fails(app: AppContext) -> None:
    """An error on the way is no reason to keep it."""
    with pytest.raises(ZeroDivisionError), app.store.hold("x", "me"):
        raise ZeroDivisionError
    with app.store.hold("x", "me"):
        pass


def test_it_is_let_go_when_the_process_is_killed(app: AppContext, store_url: str) -> None:
    """Nothing is left to be cleared away."""
    words = [sys.executable, "-c", HOLDING, store_url]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        with pytest.raises(StoreLocked) as refused, alone(app.desk, "import contact:leads", "import of contacts"):
            pass
        assert refused.value.message == "another import of contacts is running (started 12:03 by ola, pid 1)"
        process.send_signal(signal.SIGKILL)
        process.wait()
    for _ in range(900):  # a server notices a little later
        try:
            with app.store.hold("import contact:leads", "me"):
                return
        except Held:
            time.sleep(0.1)
    pytest.fail("still held")


def test_two_stores_do_not_know_of_each_other(tmp_path: Path) -> None:
    """The same name in another store is another name."""
    one, two = (AppContext(store=str(tmp_path / name)).store for name in ("a.db", "b.db"))
    with one.hold("x", "me"), two.hold("x", "me"):
        assert 2 == len(list(tmp_path.glob(".*.lock")))
    assert [] == list(tmp_path.glob(".*.lock"))


def test_a_store_that_is_not_there_yet_can_be_held(tmp_path: Path) -> None:
    """Its folder is made, private to its owner."""
    store = AppContext(store=str(tmp_path / "new" / "crm.db")).store
    with store.hold("x", "me"):
        assert 0o700 == (tmp_path / "new").stat().st_mode & 0o777


def test_a_link_to_a_store_is_that_store(tmp_path: Path) -> None:
    """Whatever it is called."""
    (tmp_path / "link.db").symlink_to(tmp_path / "crm.db")
    one, two = (AppContext(store=str(tmp_path / name)).store for name in ("crm.db", "link.db"))
    with one.hold("x", "me"), pytest.raises(Held), two.hold("x", "you"):
        pass


MESSAGE = (
    "From eve@x.com Mon Nov  2 10:00:00 2026\nFrom: eve@x.com\nTo: me@acme.com\nSubject: Hello\n"
    "Date: Mon, 2 Nov 2026 10:00:00 +0000\nMessage-ID: <a@x>\n\nHi.\n"
)


def test_a_box_of_mail_is_imported_by_one(crm_on: Callable[..., Result], store_url: str, tmp_path: Path) -> None:
    """Whatever folder it is named from; messages from pipes come as they like, as a mail server hands them over."""
    box = tmp_path / "talk.mbox"
    box.write_text(MESSAGE)
    with AppContext(store=store_url).store.hold(f"import mail:{box}", "started 12:03 by ola, pid 1"):
        refused = crm_on("import", "mail", "./talk.mbox", "--keep-unmatched")
        piped = crm_on("import", "mail", "-", "--keep-unmatched", stdin=MESSAGE)
    assert (refused.code, piped.code) == (6, 0)
    assert "another import of mail from talk.mbox is running (started 12:03 by ola, pid 1)" in refused.stderr
    assert crm_on("import", "mail", box, "--keep-unmatched").code == 0
