"""Work that only one process at a time may do on a store."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from crmcli.errors import StoreLocked
from crmcli.store.dialects import Held

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.services.desk import Desk


@contextmanager
def alone(desk: Desk, name: str, what: str) -> Iterator[None]:
    """Do something under a name that nobody else works under meanwhile, on whatever machine.

    Raises StoreLocked at once when somebody does; ``what`` is what they do: ``import of contacts from leads``.
    """
    note = f"started {desk.clock.local():%H:%M} by {desk.user}, pid {os.getpid()}"
    with ExitStack() as held:
        try:
            held.enter_context(desk.store.hold(name, note))
        except Held as other:
            who = f" ({other.note})" if other.note else ""
            raise StoreLocked(f"another {what} is running{who}", hint="wait until it has ended") from other
        yield
