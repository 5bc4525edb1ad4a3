"""Where a store is: a SQLite file or a PostgreSQL server."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

_POSTGRES = ("postgresql://", "postgres://", "postgresql+psycopg://")


class Location(NamedTuple):
    """A store's place; exactly one of ``path`` and ``url`` is set."""

    path: Path | None
    url: str | None

    @property
    def engine(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return "sqlite" if self.path else "postgresql"

    @property
    def label(self) -> str:
        """The place as it may be shown: without a password."""
        if self.path:
            return str(self.path)
        head, at, tail = (self.url or "").rpartition("@")
        scheme, _, login = head.partition("://")
        return f"{scheme}://{login.partition(':')[0]}@{tail}" if at else tail


def locate(text: str) -> Location:
    """The location that ``text`` names: ``postgresql://…`` or a path (``sqlite:///`` and ``~`` are understood)."""
    for scheme in _POSTGRES:
        if text.startswith(scheme):
            return Location(None, "postgresql://" + text.removeprefix(scheme))
    return Location(Path(text.removeprefix("sqlite:///")).expanduser(), None)
