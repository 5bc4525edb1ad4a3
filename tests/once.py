"""Stores that many tests start from: filled once by each process of the test run, and put back for each test after that."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmcli.context import AppContext
from crmcli.store.dialects.sqlite import _make_file
from tests.postgres import Server

if TYPE_CHECKING:
    from collections.abc import Callable

_files: dict[object, bytes] = {}
_answers: dict[object, Any] = {}


def once(fill: Callable[..., Any]) -> Callable[..., Any]:
    """Let a fixture fill its store only the first time: `@pytest.fixture` above, `@once` below.

    It may change nothing but the store of its `app`, `store`, `crm` or `crm_on`, and gives one of its arguments, or words.
    """

    @wraps(fill)
    def filled(**given: Any) -> Any:
        place = _place(given)
        key = (fill.__module__, fill.__qualname__, "://" in place)
        if _recall(place, key):
            kind, answer = _answers[key]
            return given[answer] if kind == "argument" else answer
        answer = fill(**given)
        names = [name for name, value in given.items() if value is answer]
        _answers[key] = ("argument", names[0]) if names else ("words", answer)
        _keep(place, key)
        return answer

    return filled


def _place(given: dict[str, Any]) -> str:
    for value in given.values():
        if isinstance(value, AppContext):
            return value.store.location.url or str(value.store.location.path)
    return str(given["store"]) if "store" in given else os.environ["CRM_DB"]


def _keep(place: str, key: object) -> None:
    if "://" in place:
        assert Server.running is not None
        Server.running.keep(place, key)
        return
    with closing(sqlite3.connect(place)) as connection:
        _files[key] = connection.serialize()


def _recall(place: str, key: object) -> bool:
    if "://" in place:
        assert Server.running is not None
        return Server.running.recall(place, key)
    if key not in _files:
        return False
    path = Path(place)
    _make_file(path)
    path.write_bytes(_files[key])
    return True
