"""A place to try something at: the store itself, or one to throw away where there is none yet."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.services.desk import Desk


@contextmanager
def trial(desk: Desk) -> Iterator[Desk]:
    """The desk to try something at, so that a store which is not there yet is not made by it."""
    if desk.has_store:
        yield desk
        return
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from crmcli.store.store import Store

    with TemporaryDirectory() as folder:
        yield desk._replace(store=Store(str(Path(folder) / "trial.db"), clock=desk.clock, seeds=desk.store.seeds))
