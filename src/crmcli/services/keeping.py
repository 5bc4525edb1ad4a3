"""The store's own care: what it is, copies of it, its schema, and whether it is whole."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from crmcli.domain.fields import PLURAL
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.views import FindingView
from crmcli.errors import Conflict, NotFound

if TYPE_CHECKING:
    from datetime import datetime

    from crmcli.services.desk import Desk
    from crmcli.store.reader import Reader
    from crmcli.store.store import Store


class LastChange(NamedTuple):
    """The newest entry of the change log."""

    number: int
    at: datetime
    user: str
    command: str


class StoreFacts(NamedTuple):
    """What a store is; without one, ``schema`` is None and there are no counts. ``size`` is in bytes."""

    location: str
    engine: str
    schema: str | None
    newest_schema: str
    size: int
    counts: dict[str, int]
    last_change: LastChange | None
    backups: tuple[str, ...]
    half_imports: tuple[str, ...] = ()


class Checked(NamedTuple):
    """The outcome of a check: what is wrong, and what was mended after which backup."""

    findings: tuple[FindingView, ...]
    records: int
    mended: int = 0
    backup: Path | None = None


class Keeping:
    """Care of the store."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @property
    def _store(self) -> Store:
        return self.desk.store

    def info(self) -> StoreFacts:
        """What the store is, as it lies there: nothing is made and nothing brought forward."""
        from crmcli.store.backup import backups
        from crmcli.store.migrations import HEAD

        copies = tuple(str(path) for path in backups(self._store))
        label, name = self._store.location.label, self._store.dialect.name
        schema = self._store.version()
        if schema is None:
            return StoreFacts(label, name, None, HEAD, 0, {}, None, copies)
        with self._store.peek() as reader:
            engine, size = self._store.dialect.describe(reader.connection, self._store.location)
            counts = {PLURAL[noun]: count for noun, count in _counts(reader).items()}
            halves = _half_imports(reader) if schema == HEAD else ()
            last = _last_change(reader)
            return StoreFacts(label, f"{name} {engine}", schema, HEAD, size, counts, last, copies, halves)

    def init(self) -> str:
        """Make an empty store; where it is. Raises Conflict when there is one."""
        if self._store.version() is not None or not self._store.create():
            raise Conflict(f"there is a store at {self._store.location.label} already", hint="crm store info")
        return self._store.location.label

    def migrate(self, *, dry_run: bool = False) -> list[tuple[str, str]]:
        """Bring the schema forward after a backup; the steps that were (or would be) taken, with what each adds."""
        from crmcli.store.migrations.steps import pending

        version = self._store.version()
        if version is None:
            raise self._no_store()
        steps = pending(version)
        if not (steps and dry_run):
            self._store.reader().close()  # brings it forward, or refuses a newer one
        return steps

    def backup(self, target: str | None = None) -> Path:
        """A whole copy of the store while others go on writing; its path. A folder gets a name of its own in it."""
        from crmcli.store.backup import automatic_backup, backup

        if target is None:
            return automatic_backup(self._store, "backup")
        path = Path(target).expanduser()
        return automatic_backup(self._store, "backup", path) if path.is_dir() else backup(self._store, path)

    def restore(self, source: str) -> Path | None:
        """Make the store what the backup is; the path of the copy that was taken of it first, if there was one."""
        from crmcli.services.privacy import Privacy
        from crmcli.store.backup import restore

        privacy = Privacy(self.desk)
        forgotten = privacy.forgotten()
        kept = restore(self._store, Path(source).expanduser())
        if forgotten and (back := privacy.forget_again(forgotten)):
            self.desk.note(
                f"{back} forgotten {'people' if back > 1 else 'person'} came back with the copy and went again"
            )
        return kept

    def check(self, *, fix: bool = False) -> Checked:
        """Everything wrong with the store; with ``fix`` what can be mended is, after a backup, and then looked at again."""
        from crmcli.store.checks import findings

        if not self._store.dialect.exists(self._store.location):
            raise self._no_store()
        with self.desk.reading() as reader:
            found = list(findings(reader))
            records = 0 if found and found[0].check == "engine" else sum(_counts(reader).values())
        if not fix or not any(each.row or each.check == "search" for each in found):
            return Checked(tuple(FindingView(*each[:4]) for each in found), records)
        from crmcli.store.backup import automatic_backup
        from crmcli.store.checks import mend
        from crmcli.store.engine import transaction
        from crmcli.store.search import rebuild

        copy = automatic_backup(self._store, "before-fix")
        with transaction(self._store) as connection:
            mend(connection, found)
            rebuild(self._store.dialect, connection.connection.driver_connection, self._store.location.label)
        left = self.check()
        return left._replace(mended=len(found) - len(left.findings), backup=copy)

    def _no_store(self) -> NotFound:
        return NotFound(f"there is no store at {self._store.location.label}", hint="crm store init")


def _counts(reader: Reader) -> dict[str, int]:
    sql = "SELECT COUNT(*) FROM {noun} WHERE deleted_at IS NULL"
    return {noun: int(reader.value(sql.format(noun=noun)) or 0) for noun in PLURAL}


def _half_imports(reader: Reader) -> tuple[str, ...]:
    """The imports that stopped half-way, in words."""
    from crmcli.services.importing.checkpoints import in_words
    from crmcli.store.queries.import_runs import half_imports

    return tuple(map(in_words, half_imports(reader)))


def _last_change(reader: Reader) -> LastChange | None:
    from crmcli.store.queries.common import sure_moment

    row = reader.row("SELECT id, at, user_id, command FROM change_set ORDER BY id DESC LIMIT 1")
    return LastChange(row[0], sure_moment(row[1]), reader.user(row[2]) or "?", row[3]) if row else None
