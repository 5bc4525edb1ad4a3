"""The writing door: one use case is one transaction is one undo step.

The unit of work itself writes the change log and keeps the search index, so no service can forget to.
"""

from __future__ import annotations

from datetime import date, datetime
from itertools import repeat
from typing import TYPE_CHECKING, Any, Self, TypeVar

from sqlalchemy import event, insert, inspect
from sqlmodel import Session, SQLModel, select

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.ids import new_uid
from crmcli.domain.text import fold, tidy
from crmcli.errors import BadValue, CrmError
from crmcli.store.engine import commit, connect
from crmcli.store.loading import shape_of
from crmcli.store.models.ledger import AppUser, Change, ChangeSet
from crmcli.store.reader import Reader
from crmcli.store.search import SEARCHED, reindex, row_number, write_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from types import TracebackType

    from sqlalchemy.orm import UOWTransaction

    from crmcli.store.search import Entry
    from crmcli.store.store import Actor, Store

RowT = TypeVar("RowT", bound=SQLModel)

# Whose row it is: table to (noun, column of the record's number); None means the row says it itself.
_OWNER_OF: dict[str, tuple[str, str] | None] = {
    "contact": ("contact", "id"),
    "contact_email": ("contact", "contact_id"),
    "contact_phone": ("contact", "contact_id"),
    "contact_handle": ("contact", "contact_id"),
    "contact_company": ("contact", "contact_id"),
    "contact_relation": ("contact", "contact_id"),
    "company": ("company", "id"),
    "company_website": ("company", "company_id"),
    "company_phone": ("company", "company_id"),
    "deal": ("deal", "id"),
    "deal_contact": ("deal", "deal_id"),
    "stage_change": ("deal", "deal_id"),
    "activity": ("activity", "id"),
    "activity_contact": ("activity", "activity_id"),
    "pipeline": ("pipeline", "id"),
    "stage": ("pipeline", "pipeline_id"),
    "campaign": ("campaign", "id"),
    "campaign_cost": ("campaign", "campaign_id"),
    "campaign_goal": ("campaign", "campaign_id"),
    "campaign_variant": ("campaign", "campaign_id"),
    "segment": ("segment", "id"),
    "template": ("template", "id"),
    "consent": ("contact", "contact_id"),
    "suppression": ("suppression", "id"),
    "sequence": ("sequence", "id"),
    "sequence_step": ("sequence", "sequence_id"),
    "saved_view": ("saved_view", "id"),
    "exchange_rate": ("exchange_rate", "id"),
    "purchase": ("purchase", "id"),
    "goal": ("goal", "id"),
    "saved_report": ("saved_report", "id"),
    "advice_mute": ("advice_mute", "id"),
    "tagging": None,
    "distinct_pair": None,
}
# So many entries of the search index are gathered before they are written in the order of their numbers.
_ENTRIES_AT_ONCE = 5000
# Bookkeeping that the unit of work keeps itself and undo leaves alone.
BOOKKEEPING = frozenset({"updated_at", "updated_by", "version"})


class _Key(NamedTuple):
    noun: str
    number: int


class UnitOfWork:
    """A transaction in which rows are read, added and changed; commits when its ``with`` ends well."""

    def __init__(self, store: Store, actor: Actor, continuing: int | None = None) -> None:
        self.store = store
        self.actor = actor
        self.now = store.clock.now()
        self.summary = ""
        self.marked = 0  # records created or deleted in bulk: marked with this set's number, not copied
        self._touched: dict[_Key, None] = {}
        self._recorded = False
        self._afterwards: list[Callable[[], None]] = []
        self._next_numbers: dict[type[SQLModel], int] = {}
        self._entries: dict[int, tuple[Any, ...]] = {}  # of the search index, by their numbers there, not written yet
        self._is_large = False
        self._changed = 0  # records that were changed one at a time
        self._continuing = continuing
        self.keeps_beside = False  # something was written that is no undo step

    def __enter__(self) -> Self:
        self._connection = connect(self.store)
        self.session = Session(bind=self._connection, autoflush=False, expire_on_commit=False)
        self._driver = self._connection.connection.driver_connection
        self.reader = Reader(self.store.dialect, self._driver, self.store.location.label)
        try:
            self.user_id = self.user(self.actor.user)
            self.change_set = self._begun()
        except BaseException as error:
            self._leave()
            raise self._explained(error) from error
        event.listen(self.session, "before_flush", self._touch_records)
        event.listen(self.session, "after_flush", self._record)
        return self

    def _begun(self) -> ChangeSet:
        """The change set of this unit of work: a new one, or the one that it continues."""
        if self._continuing is not None:
            return self.get(ChangeSet, self._continuing)
        begun = ChangeSet(
            uid=new_uid("ch"),
            at=self.now,
            user_id=self.user_id,
            command=self.actor.command,
            origin=self.actor.origin,
        )
        self.session.add(begun)
        self.session.flush()
        return begun

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is not None:
                raise self._explained(error) from error.__cause__
            try:
                self._commit()
            except Exception as failure:
                raise self._explained(failure) from failure
        finally:
            self._leave()
        for act in self._afterwards:
            act()

    def afterwards(self, act: Callable[[], None]) -> None:
        """Do something once everything is stored; nothing comes of it when the unit of work fails."""
        self._afterwards.append(act)

    @property
    def has_changes(self) -> bool:
        """Whether a record was changed, so that there is something to undo."""
        self.flush()
        return self._recorded

    def keep_beside(self) -> None:
        """Commit what was written beside the records as well where no record was changed; that is no undo step."""
        self.keeps_beside = True

    # -- rows

    @property
    def number(self) -> int:
        """The number of this change set."""
        return self.change_set.id or 0

    def add(self, row: RowT) -> RowT:
        """Add a row and give it its number."""
        self.session.add(row)
        self.flush()
        return row

    def get(self, model: type[RowT], number: int) -> RowT:
        """The row of that number, which is known to be there."""
        row = self.session.get(model, number)
        if row is None:
            raise LookupError(f"{model.__name__} {number} is gone")
        return row

    def find(self, model: type[RowT], **columns: object) -> list[RowT]:
        """The rows whose columns equal the values, by number."""
        query = select(model).filter_by(**columns).order_by(model.id)  # type: ignore[attr-defined]
        return list(self.session.exec(query).all())

    def delete(self, row: SQLModel) -> None:
        """Take a link row away; its content stays in the change log."""
        self.session.delete(row)

    def bury(self, row: Any) -> None:  # noqa: ANN401 - any mortal row
        """Mark a row as deleted by this change set."""
        row.deleted_at, row.deleted_in = self.now, self.number

    def flush(self) -> None:
        """Write what is pending, so that the reader sees it."""
        try:
            self.session.flush()
        except Exception as error:
            raise self._explained(error) from error

    def user(self, login: str) -> int:
        """The number of the user of that login, made on first use."""
        name = tidy(login)
        if not name or len(name) > 100:
            raise BadValue("owner", "a user's name has 1 to 100 characters")
        found = self.session.exec(select(AppUser).where(AppUser.login_key == fold(name))).first()
        if found is None:
            found = AppUser(login=name, login_key=fold(name), created_at=self.now)
            self.session.add(found)
            self.session.flush()
        return found.id or 0

    # -- bulk

    def next_number(self, model: type[SQLModel]) -> int:
        """A fresh number for a bulk row; safe because the write lock is held."""
        number = self._next_numbers.get(model)
        if number is None:
            number = self._highest(str(model.__tablename__))
        self._next_numbers[model] = number = number + 1
        return number

    def next_numbers(self, model: type[SQLModel], count: int) -> range:
        """As many fresh numbers."""
        first = self.next_number(model)
        self._next_numbers[model] = first + count - 1
        return range(first, first + count)

    def insert_many(self, model: type[SQLModel], rows: Sequence[dict[str, Any]], **usual: object) -> None:
        """Insert rows with the numbers they carry and without a line each in the change log.

        A column that a row lacks is filled by ``usual``, else by the model's own default.
        """
        if rows:
            columns, tuples = shape_of(model).arranged(rows, usual)
            self.store.dialect.fill(self._driver, str(model.__tablename__), columns, tuples)
            self._recorded = True

    def fill(self, model: type[SQLModel], columns: Mapping[str, Sequence[Any]], **usual: object) -> None:
        """Insert rows that are told by whole columns, of plain types; ``usual`` fills a column that is not there."""
        names, tuples = shape_of(model).filled(columns, usual)
        if tuples:
            self.store.dialect.fill(self._driver, str(model.__tablename__), names, tuples)
            self._recorded = True

    def settle_numbers(self) -> None:
        """Let rows be added one at a time again: the engine goes on from the numbers that bulk rows were given."""
        if self._next_numbers:
            self._advance_sequences()
            self._next_numbers.clear()

    def touched(self, noun: str, numbers: Iterable[int]) -> None:
        """Keep the search index of these records as well."""
        self._touched.update(dict.fromkeys(_Key(noun, number) for number in numbers))
        self._recorded = True

    def index(self, entries: Iterable[Entry]) -> None:
        """Have these entries of records made in bulk written into the search index with many others."""
        for entry in entries:
            number = row_number(entry.noun, entry.record_id)
            self._entries[number] = (number, *entry)

    def index_many(self, noun: str, numbers: Sequence[int], names: Sequence[str], bodies: Sequence[str]) -> None:
        """The same of many records of a noun, their words told by columns."""
        rows = [row_number(noun, number) for number in numbers]
        self._entries.update(zip(rows, zip(rows, repeat(noun), numbers, names, bodies, strict=False), strict=True))

    @property
    def reached(self) -> int:
        """How many records it has changed so far, for whoever waits for it."""
        return max(self.marked, self._changed + len(self._touched))

    def reindex_now(self) -> None:
        """Index what was touched so far; lets a long import forget its records."""
        self.flush()
        if self._touched and self._entries:
            for key in self._touched:
                if key.noun in SEARCHED:
                    self._entries.pop(row_number(*key), None)
        self._reindex_touched()
        if len(self._entries) >= _ENTRIES_AT_ONCE:
            if not self._is_large:
                self._is_large = True
                self.store.dialect.expect_many(self._driver)
            self._write_entries()

    def _write_entries(self) -> None:
        if self._entries:
            write_rows(self.reader, self._entries.values())
            self._entries.clear()

    def _reindex_touched(self) -> None:
        by_noun: dict[str, list[int]] = {}
        for noun, number in self._touched:
            if noun in SEARCHED:
                by_noun.setdefault(noun, []).append(number)
        for noun, numbers in by_noun.items():
            reindex(self.reader, noun, numbers)
        self._changed += len(self._touched)
        self._touched.clear()

    # -- the change log

    def _touch_records(self, session: Session, _context: UOWTransaction, _instances: object) -> None:
        for row in [*session.new, *session.dirty, *session.deleted]:
            key = _owner(row)
            if key is None or key.noun not in SEARCHED or (row in session.dirty and not session.is_modified(row)):
                continue
            if row.__tablename__ == key.noun:
                if row in session.dirty:
                    self._stamp(row)
            else:
                for owner in _owners(row):
                    self._stamp_owner(session, owner)

    def _stamp_owner(self, session: Session, key: _Key) -> None:
        from crmcli.store.records import root_model

        record = None if key in self._touched else session.get(root_model(key.noun), key.number)
        if record is not None and record not in session.new:
            self._stamp(record)

    def _stamp(self, record: Any) -> None:  # noqa: ANN401
        record.updated_at, record.updated_by = self.now, self.user_id
        if not inspect(record).attrs.version.history.has_changes():
            record.version += 1

    def _record(self, session: Session, _context: UOWTransaction) -> None:
        lines = []
        for rows, action in ((session.new, "insert"), (session.dirty, "update"), (session.deleted, "delete")):
            for row in rows:
                key = _owner(row)
                if key is None:
                    continue
                before, after = _difference(row, action)
                if before or after:
                    lines.append(self._line(row, key, action, before, after))
                self._touched.update(dict.fromkeys(_owners(row)))
        if lines:
            session.connection().execute(insert(Change), lines)
            self._recorded = True

    def _line(self, row: Any, key: _Key, action: str, before: object, after: object) -> dict[str, Any]:  # noqa: ANN401
        where = {"set_id": self.number, "noun": key.noun, "record_id": key.number or row.id}
        what = {"relation": row.__tablename__, "row_id": row.id, "action": action, "before": before, "after": after}
        return where | what

    # -- the end

    def _commit(self) -> None:
        self.flush()
        if not self._recorded:
            self._commit_beside()
            return
        self.reindex_now()
        self._write_entries()
        if self._is_large:
            self.store.dialect.settle(self._driver)
        self.change_set.summary = self.summary
        self.change_set.records += max(self.marked, self._changed)
        self.session.flush()
        self._advance_sequences()
        commit(self.store, self._connection)
        self.store.committed = self.number

    def _commit_beside(self) -> None:
        """Store what stands beside the records, without a change set that says nothing."""
        if not self.keeps_beside:
            self._connection.rollback()
            return
        if self._continuing is None:
            self.session.delete(self.change_set)
        else:
            self.change_set.summary = self.summary
            self.store.committed = self.number
        self.session.flush()
        commit(self.store, self._connection)

    def _advance_sequences(self) -> None:
        if self.store.location.url:
            for model, number in self._next_numbers.items():
                sql = f"SELECT setval(pg_get_serial_sequence('{model.__tablename__}', 'id'), {max(number, 1)})"
                self._connection.exec_driver_sql(sql)

    def _highest(self, table: str) -> int:
        if self.store.location.path:
            # The number of a row that was taken away is never given again, so the log can't be mistaken.
            used = self.reader.value("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,))
        else:
            used = self.reader.value(f"SELECT max(id) FROM {table}")
        return int(used or 0)

    def _leave(self) -> None:
        if session := getattr(self, "session", None):
            session.close()
        self._connection.close()

    def _explained(self, error: BaseException) -> BaseException:
        if isinstance(error, CrmError):
            return error
        return self.store.explain(error) or error


def _owner(row: Any) -> _Key | None:  # noqa: ANN401
    table = row.__tablename__
    if table not in _OWNER_OF:
        return None
    owner = _OWNER_OF[table]
    return _Key(row.noun, row.record_id) if owner is None else _Key(owner[0], getattr(row, owner[1]))


def _owners(row: Any) -> list[_Key]:  # noqa: ANN401
    """Whose row it is, and whose it was if it has just gone from one record to another."""
    key, owner = _owner(row), _OWNER_OF[row.__tablename__]
    if key is None or owner is None:
        return [] if key is None else [key]
    former = inspect(row).attrs[owner[1]].history.deleted
    return [key, *(_Key(owner[0], number) for number in former if number is not None)]


def _difference(row: SQLModel, action: str) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    state = inspect(row)
    if action != "update":
        whole = {attr.key: _plain(attr.value) for attr in state.attrs if attr.value is not None}
        return (whole, None) if action == "delete" else (None, whole)
    before, after = {}, {}
    for attr in state.attrs:
        if attr.key not in BOOKKEEPING and attr.history.has_changes():
            before[attr.key] = _plain(attr.history.deleted[0] if attr.history.deleted else None)
            after[attr.key] = _plain(attr.value)
    return before, after


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat() if isinstance(value, date) else value
