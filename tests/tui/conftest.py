"""The stores that the screens are tried on."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest
import textual._wait
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.widgets import Input

from tests.tui.boards import board_app, store_with_deals
from tests.tui.campaigns import started
from tests.tui.pictures import Pictures
from tests.tui.tables import store_with_people

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

    from crmcli.tui.app import CrmApp

# The pilot looks whether the program has come to rest in steps of 20 ms, several of them for each key; smaller steps see
# the same and save half the time of these tests.
textual._wait.SLEEP_GRANULARITY = 0.004
textual._wait.SLEEP_IDLE = textual._wait.SLEEP_GRANULARITY / 20


def _parsed_once() -> None:
    """Let all programs of the test run share what the style sheets say: reading them is a quarter of each start."""
    known: dict[object, list[RuleSet]] = {}
    parse = Stylesheet._parse_rules

    def parsed(sheet: Stylesheet, css: str, *where: Any, **more: Any) -> list[RuleSet]:
        key = (css, where, frozenset(more.items()), frozenset(sheet._variables.items()))
        if key not in known:
            known[key] = parse(sheet, css, *where, **more)
        return known[key]

    Stylesheet._parse_rules = parsed  # type: ignore[method-assign]


_parsed_once()
RuleSet.__hash__ = object.__hash__  # type: ignore[method-assign] - what it says itself, a million times, but not in Python


@pytest.fixture(autouse=True)
def colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of all colours, whichever the tests are run in."""
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("TERM", "xterm-256color")


@pytest.fixture(scope="session")
def filled_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with deals, made once, at the same moment for every run."""
    from pathlib import Path

    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("CRM_NOW", "2026-11-21T12:00:00Z"), ("TZ", "UTC"), ("LOGNAME", "maria")):
            patch.setenv(name, value)
        folder = tmp_path_factory.mktemp("board")
        patch.setenv("HOME", str(folder))
        return Path(store_with_deals(folder))


@pytest.fixture(scope="session")
def people_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with people as well, made once, at the same moment for every run."""
    from pathlib import Path

    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("CRM_NOW", "2026-11-21T12:00:00Z"), ("TZ", "UTC"), ("LOGNAME", "maria")):
            patch.setenv(name, value)
        folder = tmp_path_factory.mktemp("people")
        patch.setenv("HOME", str(folder))
        return Path(store_with_people(folder))


@pytest.fixture
def store(filled_store: Path, tmp_path: Path) -> str:
    """A copy of it, to be changed."""
    path = tmp_path / "crm.db"
    shutil.copy(filled_store, path)
    return str(path)


@pytest.fixture(scope="session")
def campaigns_once(filled_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with campaigns as well, one of them under way, made once, at the same moment for every run."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("CRM_NOW", "2026-11-21T12:00:00Z"), ("TZ", "UTC"), ("LOGNAME", "maria")):
            patch.setenv(name, value)
        folder = tmp_path_factory.mktemp("campaigns")
        patch.setenv("HOME", str(folder))
        path = folder / "crm.db"
        shutil.copy(filled_store, path)
        started(str(path))
        return path


@pytest.fixture
def campaigns_store(campaigns_once: Path, tmp_path: Path) -> str:
    """A copy of it, to be changed."""
    path = tmp_path / "campaigns.db"
    shutil.copy(campaigns_once, path)
    return str(path)


@pytest.fixture
def deals_board(store: str) -> CrmApp:
    """The board over the store with deals."""
    return board_app(store)


@pytest.fixture
def differing(
    snapshot: SnapshotAssertion, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Awaitable[list[str]]]:
    """The sizes in which the program looks different from the pictures kept of it; no cursor blinks in them."""
    monkeypatch.setattr(Input, "_toggle_cursor", lambda _: None)
    return Pictures(snapshot, request.node).differing
