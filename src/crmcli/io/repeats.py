"""Counting how often each of very many keys came, on disk once they are many, so that memory stays as it is."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Sequence


class Repeats:
    """How often keys came so far."""

    def __init__(self) -> None:
        # A nameless database lives in memory as long as it is small, and goes when it is closed.
        self._kept = sqlite3.connect("", isolation_level=None)
        self._kept.execute("PRAGMA journal_mode = OFF")
        self._kept.execute("CREATE TABLE seen (key TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID")

    def count(self, keys: Sequence[str]) -> list[int]:
        """The how-manieth of its kind each key is, from 1."""
        sql = "INSERT INTO seen VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET n = n + 1 RETURNING n"
        self._kept.execute("BEGIN")
        found = [self._kept.execute(sql, (key,)).fetchone()[0] for key in keys]
        self._kept.execute("COMMIT")
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self._kept.close()
