"""The program as a process of its own, to be killed, starved and refused."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.forks import Forks

_NEW = [sys.executable, "-m", "crmcli"]


@pytest.fixture(autouse=True)
def sessions() -> None:
    """Here each connection to PostgreSQL is a new session."""


class Done(NamedTuple):
    """How a process ended."""

    code: int
    stdout: str
    stderr: str


class Program:
    """`crm` over one store, each call a process."""

    forks: ClassVar[Forks | None] = None

    def __init__(self, store: str) -> None:
        self.store = store

    def start(self, *words: object, **settings: Any) -> subprocess.Popen[str]:
        """Begin; the caller ends it."""
        return self._started(_NEW, *words, **settings)

    def _started(self, program: list[str], *words: object, **settings: Any) -> subprocess.Popen[str]:
        environment = {**os.environ, "CRM_DB": self.store, "PYTHONDONTWRITEBYTECODE": ""} | settings.pop("env", {})
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | settings
        return subprocess.Popen([*program, *map(str, words)], env=environment, text=True, encoding="utf-8", **streams)

    def __call__(self, *words: object, **settings: Any) -> Done:
        """Run to the end; where nothing is special about the process, one that is forked does as well as a new one."""
        is_new = settings or self.forks is None
        program = _NEW if is_new else self.forks.call
        with self._started(program, *words, **settings) as process:
            stdout, stderr = process.communicate(timeout=90)
        return Done(process.returncode, stdout or "", stderr or "")


@pytest.fixture(autouse=True, scope="session")
def forking(forks: Forks) -> None:
    """Programs that nobody kills need not be loaded anew."""
    Program.forks = forks


@pytest.fixture
def crm(tmp_path: Path, empty_sqlite: Path) -> Program:
    """On an empty SQLite store."""
    import shutil

    path = tmp_path / "crm.db"
    shutil.copy(empty_sqlite, path)
    return Program(str(path))


@pytest.fixture
def crm_on(store_url: str) -> Program:
    """On an empty store of each engine."""
    return Program(store_url)


@pytest.fixture
def ask(crm: Program) -> Callable[..., Any]:
    """What the store holds, asked with the engine's own library."""
    import sqlite3

    def rows(sql: str) -> Any:
        connection = sqlite3.connect(crm.store)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    return rows


def unprivileged() -> None:
    """In the child: even root has to obey the file's mode (capability 1, CAP_DAC_OVERRIDE, and 2, for reading)."""
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    drop_from_bounding_set = 24
    for capability in (1, 2):
        if libc.prctl(drop_from_bounding_set, capability, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "prctl")


def can_be_unprivileged(folder: Path) -> bool:
    """Whether a child can really be kept from a file here."""
    file = folder / "kept"
    file.write_text("x")
    file.chmod(0)
    if os.geteuid() != 0:
        return not os.access(file, os.R_OK)
    ask = [sys.executable, "-c", f"open({str(file)!r})"]
    try:
        return subprocess.run(ask, preexec_fn=unprivileged, capture_output=True, check=False).returncode != 0
    except subprocess.SubprocessError:
        return False
    finally:
        file.unlink()
