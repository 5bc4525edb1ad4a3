"""The warehouse: a copy of the store for questions, kept up to date, told about, exported and taken away."""

from __future__ import annotations

import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.errors import NotFound, StoreLocked, UsageError
from crmcli.services.desk import Desk
from crmcli.store.queries.condition import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from crmcli.domain.filter_tree import FilterContext
    from crmcli.store.queries.condition import Condition
    from crmcli.store.queries.segments import Segment
    from crmcli.store.reader import Reader
    from crmcli.store.warehouse.building import Built
    from crmcli.store.warehouse.state import State

LARGE = 200_000  # rows of one of COUNTED from which on reports are answered from a fresh warehouse
COUNTED = ("deal", "stage_change", "activity", "purchase")
_NAME = "warehouse"
_PATIENCE = 0.2  # seconds between two looks whether another refresh has ended


class WarehouseFacts(NamedTuple):
    """What there is: without a file ``size`` is None. ``behind`` counts change sets since; None: it must be built anew."""

    path: str
    size: int | None = None
    refreshed_at: str | None = None
    behind: int | None = None
    rows: Mapping[str, int] = {}


class Exported(NamedTuple):
    """A file that was written: its table, how many rows, and where it is."""

    table: str
    rows: int
    path: str


class CopyDesk(Desk):
    """The desk, its reading door leading into the warehouse. Filters mean what they mean in the store, and are asked there."""

    copy: Callable[[], Reader]

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """The reading door to the warehouse."""
        yield self.copy()

    @contextmanager
    def original(self) -> Iterator[Reader]:
        """The reading door to the store itself."""
        with super().reading() as reader:
            yield reader

    def condition(self, reader: Reader, noun: str, text: str | None, within: tuple[str, ...] = ()) -> Condition:  # noqa: ARG002
        """The records that the store finds, by their numbers."""
        if not text:
            return EVERYTHING
        with self.original() as store:
            return self.found(store, noun, Desk(*self).condition(store, noun, text, within))

    def found(self, store: Reader, noun: str, where: Condition) -> Condition:
        """What a condition finds in the store, as one on the warehouse's rows."""
        from crmcli.store.warehouse.reader import chosen

        sql = f"SELECT r.id FROM {noun} r WHERE r.deleted_at IS NULL AND ({where.sql})"
        return chosen([number for (number,) in store.stream(sql, where.params)])

    def segments(self, reader: Reader) -> list[tuple[Segment, Condition]]:  # noqa: ARG002
        """Whom the segments hold is asked in the store."""
        with self.original() as store:
            return [(each, self.found(store, "contact", where)) for each, where in Desk(*self).segments(store)]

    def filter_context(self, reader: Reader) -> FilterContext:  # noqa: ARG002
        """What a filter's meaning depends on is the store's; what it names is looked up there, too."""
        from crmcli.store.queries.segments import uid_named

        def named(noun: str, text: str) -> str:
            with self.original() as store:
                return uid_named(store, noun, text)

        with self.original() as store:
            return super().filter_context(store)._replace(named=named)


class Warehouse:
    """The use cases of ``crm warehouse``; ``path`` is the setting that says where it lies."""

    def __init__(self, desk: Desk, path: str | None = None) -> None:
        from crmcli.store.warehouse.place import place_of

        self.desk = desk
        self.path = Path(path).expanduser() if path else place_of(desk.store.location)
        self._connection: Any = None

    # -- kept up to date

    def refresh(self, *, full: bool = False, advance: Callable[[int], None] = lambda _: None) -> Built | None:
        """Bring it up to the store as it is now; None when it is there already. Waits for a refresh that is under way.

        Raises UsageError where the engine is missing, NotFound where there is no store, Refused where something else lies.
        """
        from crmcli.store.transfer import snapshot
        from crmcli.store.warehouse.building import refresh
        from crmcli.store.warehouse.engine import is_there, missing
        from crmcli.store.warehouse.standing import refuse_other

        if not is_there():
            raise missing()
        if not self.desk.has_store:
            raise NotFound(f"there is no store at {self.desk.store.location.label}", hint="crm store init")
        self.close()
        refuse_other(self.path)
        with self._held(), snapshot(self.desk.store) as reader:
            return refresh(self.path, reader, self.desk.clock.now(), full=full, advance=advance)

    def row_count(self) -> int:
        """About how many rows a full build reads."""
        from crmcli.store.warehouse.building import row_count

        with self.desk.reading() as reader:
            return row_count(reader)

    @contextmanager
    def _held(self) -> Iterator[None]:
        """Be the only one who refreshes; waits for another as long as for another writer."""
        from crmcli.services.alone import alone

        end = time.monotonic() + self.desk.store.timeout
        while True:
            held = alone(self.desk, _NAME, "refresh of the warehouse")
            try:
                held.__enter__()
            except StoreLocked:
                if time.monotonic() > end:
                    raise
                time.sleep(_PATIENCE)
                continue
            break
        try:
            yield
        finally:
            held.__exit__(None, None, None)

    def is_there(self) -> bool:
        """Whether a warehouse lies where it should."""
        from crmcli.store.warehouse.standing import is_warehouse

        return is_warehouse(self.path)

    # -- told about

    def info(self) -> WarehouseFacts:
        """Where it is, how large, how many rows each of its tables has, and how far it is behind the store."""
        if not self.path.exists():
            return WarehouseFacts(str(self.path))
        from crmcli.store.warehouse.star import STAR

        size, state = self.path.stat().st_size, self._state()
        if state is None:
            return WarehouseFacts(str(self.path), size)
        count = self._reader().value
        rows = {table.name: int(count(f'SELECT COUNT(*) FROM main."{table.name}"')) for table in STAR}
        return WarehouseFacts(str(self.path), size, state.at, self._behind(state), rows)

    def behind(self) -> int | None:
        """How many change sets the store is ahead of it; None when it must be built, 0 when it is fresh."""
        state = self._state() if self.path.exists() else None
        return None if state is None else self._behind(state)

    def _behind(self, state: State) -> int | None:
        from crmcli.store.warehouse.mark import goes_on, mark_of

        with self.desk.reading() as reader:
            if reader.connection is None or not goes_on(reader, state.mark):
                return None
            if mark_of(reader) == state.mark:
                return 0
            sql = "SELECT COUNT(*) FROM change_set WHERE id > ?"
            return int(reader.value(sql, (state.mark.change_set,))) or 1  # what is noted beside the records is no set

    def _state(self) -> State | None:
        from crmcli.store.warehouse.state import read_state

        return read_state(self._reader().connection)

    # -- out, and away

    def export(self, folder: Path) -> list[Exported]:
        """Write every table into a folder, one Parquet file each; they replace those of the same name.

        Raises NotFound where there is no warehouse, UsageError for a folder that can't be written.
        """
        from crmcli.store.warehouse.parquet import write
        from crmcli.store.warehouse.star import STAR

        self._refuse_missing()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            return [Exported(t.name, *write(self._reader().connection, t.name, folder)) for t in STAR]
        except OSError as error:
            raise UsageError(f"can't write into {folder}: {error.strerror or error}") from error

    def remove(self) -> bool:
        """Take it away; whether there was one. Raises Refused for what is none."""
        from crmcli.store.warehouse.standing import refuse_other

        self.close()
        refuse_other(self.path)
        with self._held():
            if not self.path.exists():
                return False
            self.path.unlink()
            return True

    def _refuse_missing(self) -> None:
        if not self.path.exists() or self._state() is None:
            raise NotFound(f"there is no warehouse at {self.path}", hint="crm warehouse refresh")

    # -- asked

    def copy_desk(self) -> CopyDesk:
        """A desk that reads the warehouse as it is; raises NotFound where there is none."""
        self._refuse_missing()
        desk = CopyDesk(*self.desk)
        desk.copy = self._reader
        return desk

    def fresh_desk(self) -> CopyDesk | None:
        """A desk that reads the warehouse when that is worth it: it is fresh, and the store has very many rows."""
        if not self.path.exists() or not self._is_large():
            return None
        try:
            return self.copy_desk() if self.behind() == 0 else None
        except UsageError:  # the file is there, but not the engine
            return None

    def _is_large(self) -> bool:
        with self.desk.reading() as reader:
            return any(int(reader.value(f"SELECT MAX(id) FROM {table}") or 0) > LARGE for table in COUNTED)

    def _reader(self) -> Reader:
        """One connection for many questions."""
        from crmcli.store.warehouse.engine import reading
        from crmcli.store.warehouse.reader import copy_reader

        if self._connection is None:
            self._connection = reading(self.path)
        return copy_reader(self._connection, str(self.path))

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
