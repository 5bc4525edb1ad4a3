"""Fixtures that every room uses: a home of its own, the command line in process, stores on both engines."""

from __future__ import annotations

import gc
import io
import itertools
import os
import shutil
import signal
import sys
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import settings

from crmcli.context import AppContext, Flags
from crmcli.store.location import locate
from tests.forks import Forks
from tests.postgres import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
NOW = "2026-11-21T12:00:00Z"  # a Saturday
_ROOM = 2 << 30  # bytes

# A change is tried on the same few examples each time; `--hypothesis-profile=thorough` looks for others. No example has to
# be done in a time: on a busy machine any may take long.
settings.register_profile("fast", max_examples=25, derandomize=True, deadline=None)
settings.register_profile("thorough", max_examples=1000, deadline=None)
settings.load_profile("fast")


def pytest_configure() -> None:
    """A shell that runs the tests in the background has them ignore its signals, which the programs they start must not."""
    _work_in_memory()
    for name in ("SIGINT", "SIGHUP", "SIGQUIT"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL)


def _work_in_memory() -> None:
    """Ten thousands of small stores are made and deleted: where there is a disk in memory with room, they lie there."""
    place = Path("/dev/shm")
    try:
        room = os.statvfs(place)
        if room.f_bavail * room.f_frsize > _ROOM and not room.f_flag & os.ST_NOEXEC and os.access(place, os.W_OK):
            os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(place))
    except (OSError, AttributeError):  # another system
        return


def pytest_collection_finish() -> None:
    """Thousands of collected tests stay to the end: looking through them for garbage again and again is in vain."""
    gc.collect()
    gc.freeze()


class Result(NamedTuple):
    """What a command answered."""

    code: int
    stdout: str
    stderr: str

    @property
    def lines(self) -> list[str]:
        """The lines of stdout."""
        return self.stdout.splitlines()

    @property
    def uid(self) -> str:
        """The one uid that an `add` printed."""
        assert self.code == 0, self.stderr
        return self.stdout.strip()

    def json(self) -> object:
        """The answer as JSON."""
        import json

        assert self.code == 0, self.stderr
        return json.loads(self.stdout)


class Stream(io.StringIO):
    """A text stream that says whether it is a terminal."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        """Whether a command should think it writes to a terminal."""
        return self.terminal


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, a folder to work in, a stopped clock, UTC and no settings from outside."""
    for name in list(os.environ):
        if name.startswith(("CRM_", "XDG_", "LC_")) or name in ("NO_COLOR", "TZ"):
            monkeypatch.delenv(name)
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("LOGNAME", "maria")
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("CRM_NOW", NOW)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture(autouse=True)
def schema(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new store on SQLite is a copy of the first, or gets its tables from memory, and not from the migrations."""
    from tests import files

    files.use(monkeypatch)


@pytest.fixture(autouse=True)
def sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program connects to PostgreSQL by sessions that were used before."""
    import psycopg

    from tests.sessions import connected

    monkeypatch.setattr(psycopg, "connect", connected)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """`-n auto` is half as many processes again as there are processors: each waits a third of its time."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return processors + (processors + 1) // 2


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """Each process gets tests that stand side by side, so that what a module shares is made once."""
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log)


Run = "Callable[..., Result]"


@pytest.fixture
def crm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run a command line in process against a store of its own, made on first write: `crm("contact", "list")`.

    `stdin` feeds it text, `tty=True` makes it think that it has a terminal.
    """
    monkeypatch.setenv("CRM_DB", str(tmp_path / "crm.db"))
    return run


@cache
def _root() -> Any:
    """The whole command line, its nouns built once and used by every test of the process."""
    import typer

    from crmcli.cli import root

    return typer.main.get_command(root)


def run(*words: object, stdin: str | bytes | None = None, tty: bool = False) -> Result:
    """Run a command line in process."""
    out, err = Stream(terminal=tty), Stream(terminal=tty)
    raw = stdin.encode() if isinstance(stdin, str) else stdin or b""
    source = io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8")
    source.isatty = lambda: tty and stdin is not None  # type: ignore[method-assign]
    kept, sys.stdin = sys.stdin, source
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = _root().main([str(word) for word in words], prog_name="crm", standalone_mode=False)
    except SystemExit as stopped:
        code = stopped.code
    finally:
        sys.stdin = kept
    return Result(int(code or 0), out.getvalue(), err.getvalue())


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    """Runs `crm` without loading the program anew: each call is a process of its own all the same."""
    running = Forks()
    yield running
    running.close()


@pytest.fixture(scope="session")
def quick_crm(forks: Forks) -> str:
    """What a shell runs as `crm`."""
    return forks.command


# -- both engines


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """A real PostgreSQL, started once by each process of the test run."""
    server = Server()
    yield server
    server.close()


@pytest.fixture
def postgresql(postgresql_server: Server) -> Callable[[], str]:
    """Each call gives the URL of another empty store on PostgreSQL."""
    places = itertools.count()
    return lambda: postgresql_server.store(next(places))


@pytest.fixture(scope="session")
def lasting_postgresql(postgresql_server: Server) -> Callable[[], str]:
    """The same for a module that fills a store once and keeps it."""
    return postgresql_server.lasting


def pytest_make_parametrize_id(val: object) -> str | None:
    """Long bytes go by their length: what a test is called may neither change from run to run nor fill a screen."""
    return f"{len(val)} bytes" if isinstance(val, bytes) and len(val) > 60 else None


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite store to copy, so that a test needs no migration of its own."""
    path = tmp_path_factory.mktemp("sqlite") / "crm.db"
    AppContext(store=str(path)).store.create()
    return path


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def lasting_store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], str]]:
    """Each call gives another empty store, for a module that fills one once on each engine and then only reads it.

    Until the module is done `maria` is at work there.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"CRM_NOW": NOW, "TZ": "UTC", "LOGNAME": "maria"}.items():
            patch.setenv(name, value)
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        if request.param == "postgresql":
            yield request.getfixturevalue("lasting_postgresql")
        else:
            empty = request.getfixturevalue("empty_sqlite")
            yield lambda: str(shutil.copy(empty, tmp_path_factory.mktemp("lasting")))


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh, empty store on each engine: the test runs once on both."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql")())
    path = tmp_path / "crm.db"
    shutil.copy(request.getfixturevalue("empty_sqlite"), path)
    return str(path)


@pytest.fixture
def app(store_url: str) -> AppContext:
    """The application over a fresh store, on each engine."""
    return AppContext(Flags(store=store_url, quiet=True), origin="test")


@pytest.fixture
def crm_on(store_url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The command line in process over a fresh store, on each engine."""
    monkeypatch.setenv("CRM_DB", store_url)
    assert locate(store_url)
    return run


@pytest.fixture(scope="module")
def filled_stores(lasting_store: Callable[[], str]) -> dict[object, str]:
    """The stores on one engine by the command lines that filled them."""
    return {}


@pytest.fixture
def crm_after(
    filled_stores: dict[object, str], lasting_store: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Callable[..., Result]]:
    """The command line on each engine after others have filled the store: `crm = crm_after(*lines)`, only to read.

    They are run once for all tests of a module that name the same.
    """

    def after(*lines: tuple[str, ...]) -> Callable[..., Result]:
        if lines not in filled_stores:
            store = lasting_store()
            assert [0] * len(lines) == [run("--db", store, *words).code for words in lines]
            filled_stores[lines] = store
        monkeypatch.setenv("CRM_DB", filled_stores[lines])
        return run

    return after


@pytest.fixture(scope="session")
def shared() -> Path:
    """Real files that nobody on the team wrote; the test is skipped where they are not at hand."""
    if not SHARED.is_dir():
        pytest.skip("no shared data here")
    return SHARED
