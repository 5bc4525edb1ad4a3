"""The stores that the screens are tried on."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
import textual._wait

from tests.tui.boards import board_app, store_with_deals
from tests.tui.tables import store_with_people

if TYPE_CHECKING:
    from pathlib import Path

    from crmcli.tui.app import CrmApp

# The pilot looks whether the program has come to rest in steps of 20 ms, several of them for each key; smaller steps see
# the same and save half the time of these tests.
textual._wait.SLEEP_GRANULARITY = 0.004
textual._wait.SLEEP_IDLE = textual._wait.SLEEP_GRANULARITY / 20


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


@pytest.fixture
def deals_board(store: str) -> CrmApp:
    """The board over the store with deals."""
    return board_app(store)
