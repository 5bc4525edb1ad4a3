"""The store itself: opens the two doors, and brings the schema up to date first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.errors import CrmError, NewerSchema, StoreError, StoreLocked
from crmcli.store.dialects import dialect_of
from crmcli.store.location import Location, locate
from crmcli.store.migrations import HEAD
from crmcli.store.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from crmcli.clock import Clock
    from crmcli.store.session import UnitOfWork

FIRST_PIPELINE = "sales"  # what the pipeline of a new store is called


class StageSeed(NamedTuple):
    """A stage that a new store starts with."""

    name: str
    kind: str
    probability: int
    rot_days: int | None
    forecast_category: str


class Actor(NamedTuple):
    """Who does what, from where: ``command`` is shown in the history, ``origin`` is cli, tui, demo or test."""

    user: str
    command: str
    origin: str = "cli"


class Store:
    """A SQLite file or a PostgreSQL database, by its location."""

    def __init__(
        self,
        location: Location | str,
        *,
        clock: Clock,
        timeout: float = 10.0,
        seeds: tuple[StageSeed, ...] = (),
        announce: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.location = locate(location) if isinstance(location, str) else location
        self.dialect = dialect_of(self.location)
        self.clock = clock
        self.timeout = timeout
        self.seeds = seeds
        self.announce = announce
        self.committed: int | None = None  # the last change set that was stored through this door

    def reader(self) -> Reader:
        """The reading door; over a missing store everything is empty and nothing is created."""
        reader = self.peek()
        try:
            version = self._version(reader)
            if version is not None and version > HEAD:
                raise NewerSchema(
                    f"{self.location.label} has schema {version}, this program knows {HEAD}",
                    hint="install the newer crmcli; the store was left untouched",
                )
        except BaseException:
            reader.close()
            raise
        if version in (HEAD, None):
            return reader
        reader.close()
        self._upgrade(version or "")
        return self.peek()

    def renewed(self, kept: Reader | None) -> Reader:
        """A reader to keep between questions: the one kept if it still leads to this store, else a new one.

        Raises what ``reader`` raises; the one kept is closed then.
        """
        place = self.dialect.place(self.location)
        if kept is not None:
            if kept.place == place and self._leads_here(kept):
                return kept
            kept.close()
        fresh = self.reader()
        fresh.place = place
        if fresh.connection is not None:
            self.dialect.keep(fresh.connection)
        return fresh

    def _leads_here(self, kept: Reader) -> bool:
        """Whether a reader still answers, and by the schema that this program knows."""
        kept.forget()
        try:
            return str(kept.value("SELECT version_num FROM alembic_version")) == HEAD
        except CrmError:
            return False

    def write(self, actor: Actor, continuing: int | None = None) -> UnitOfWork:
        """The writing door: a unit of work, to be used in a ``with``; makes the store when it is missing.

        With the number of a change set it is ``continuing`` that one, so that both are one undo step.
        """
        from crmcli.store.session import UnitOfWork

        with self.reader() as reader:
            is_there = reader.connection is not None
        if not is_there:
            self.create()
        return UnitOfWork(self, actor, continuing)

    def hold(self, name: str, note: str) -> AbstractContextManager[None]:
        """Hold a name of this store against every other process; raises Held, telling the note of who holds it."""
        return self.dialect.hold(self.location, name, note)

    def create(self) -> bool:
        """Make an empty store with its default pipeline; False when there was one already."""
        from crmcli.store.upgrade import create

        return create(self)

    def peek(self) -> Reader:
        """The reading door to what is there, whatever its schema."""
        if not self.dialect.exists(self.location):
            return Reader(self.dialect, None, self.location.label)
        connection: Any = self.dialect.connect(self.location, write=False, timeout=self.timeout)
        return Reader(self.dialect, connection, self.location.label)

    def version(self) -> str | None:
        """The schema's version as it lies there, None when there is no store; never migrates."""
        with self.peek() as reader:
            return self._version(reader)

    def is_current(self) -> bool:
        """Whether there is a store of the schema that this program writes."""
        return self.version() == HEAD

    def explain(self, error: BaseException) -> CrmError | None:
        """The engine's exception as one of ours, also when SQLAlchemy has wrapped it."""
        return self.dialect.explain(getattr(error, "orig", None) or error, self.location.label)

    def _version(self, reader: Reader) -> str | None:
        """The schema's version; None, and the reader closed, when nothing is there or it is only just being made."""
        try:
            version = reader.value("SELECT version_num FROM alembic_version")
        except StoreLocked:
            raise
        except StoreError as error:
            if "no such table" not in error.message:
                raise
            if reader.value("SELECT COUNT(*) FROM sqlite_schema"):
                raise StoreError(f"{self.location.label} is not a crm store") from error
            version = None
        if version is None:
            reader.close()
        return version and str(version)

    def _upgrade(self, version: str) -> None:
        from crmcli.store.upgrade import upgrade

        upgrade(self, version)
