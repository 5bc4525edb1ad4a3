"""The example store: made in a place of its own, from a year that ends today, and made anew when it has aged."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from crmcli.errors import Refused
from crmcli.paths import data_folder, make_private

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from crmcli.services.desk import Desk

ORIGIN = "demo"
_STALE_AFTER = timedelta(days=1)
_BESIDE = ("", "-wal", "-shm")  # the files of one SQLite store


class Example(NamedTuple):
    """What lies at an example store's place: ``built`` is None when there is nothing."""

    built: datetime | None = None
    changed: bool = False

    def must_be_made(self, now: datetime) -> bool:
        """Whether there is none, or an old one that nobody has worked on."""
        return self.built is None or (self.is_old(now) and not self.changed)

    def is_old(self, now: datetime) -> bool:
        """Whether its dates, which are told from the day it was made, have moved away from today."""
        return self.built is not None and abs(now - self.built) > _STALE_AFTER


def default_path() -> Path:
    """Where the example store lies unless another file is named: beside the user's own store, never in its place."""
    return data_folder() / "demo.db"


def look(desk: Desk) -> Example:
    """What lies at the desk's store; raises Refused when that is a store but no example."""
    from crmcli.store.queries.common import sure_moment

    with desk.reading() as reader:
        if reader.connection is None:
            return Example()
        sets = reader.rows("SELECT origin, at FROM change_set ORDER BY id LIMIT 2")
    if not sets or sets[0][0] != ORIGIN:
        raise Refused(f"{desk.store.location.label} is not an example store", hint="crm demo --path ANOTHER_FILE")
    return Example(sure_moment(sets[0][1]), changed=len(sets) > 1)


def build(path: Path, desk_over: Callable[[Path], Desk]) -> None:
    """Make the example store anew; it takes its place only when it is whole."""
    make_private(path.parent)
    fresh = path.with_name(f".{path.name}.new")
    try:
        _remove(fresh)
        fill(desk_over(fresh))
        _remove(path)
        fresh.replace(path)
    finally:
        _remove(fresh)


def fill(desk: Desk) -> None:
    """Write the whole example into the desk's empty store, in one transaction and one undo step."""
    from crmcli.services.demo_year import Year

    with desk.writing("demo", "the example store") as uow:
        Year(desk, uow).write()


def _remove(path: Path) -> None:
    for ending in _BESIDE:
        path.with_name(path.name + ending).unlink(missing_ok=True)
