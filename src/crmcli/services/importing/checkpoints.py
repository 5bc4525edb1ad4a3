"""Imports that store as they go: each part of the file with the note of how far it came, all of it one undo step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.fields import PLURAL
from crmcli.errors import Conflict
from crmcli.store.queries.import_runs import half_imports, imported

if TYPE_CHECKING:
    from pathlib import Path

    from crmcli.domain.views import HalfImportView
    from crmcli.services.desk import Desk
    from crmcli.services.importing.mapping import Columns
    from crmcli.services.importing.plan import Plan
    from crmcli.store.session import UnitOfWork

ROWS = 5000
"""So many rows are stored at a time."""
# What a plan says that makes no difference to the rows stored.
_BESIDE = ("dry_run", "hooks", "rejects", "resume", "save_map", "skip_errors")


def fingerprint_of(file: Path, plan: Plan, columns: Columns) -> str:
    """What a file holds and how it is read and put in, so that only the rest of that very import goes on."""
    from hashlib import file_digest, sha256

    with file.open("rb") as content:
        digest = file_digest(content, "sha256").hexdigest()
    said = {name: value for name, value in plan._asdict().items() if name not in _BESIDE}
    targets = {header: str(target) for header, target in columns.targets.items()}
    return f"{digest} {sha256(repr((said, targets)).encode()).hexdigest()}"


def half_done(desk: Desk, noun: str, name: str) -> HalfImportView | None:
    """The import of that source that stopped half-way, if there is one."""
    with desk.reading() as reader:
        return next(half_imports(reader, f"{noun}:{name}"), None)


def in_words(half: HalfImportView) -> str:
    """A half-done import, as the user is told of it."""
    return (
        f"an import of {PLURAL[half.noun]} from {half.source} stopped after {half.rows:,} rows (change #{half.change})"
    )


class Checkpoints:
    """How far one import has come."""

    def __init__(self, desk: Desk, noun: str, name: str, fingerprint: str) -> None:
        self._desk = desk
        self._noun = noun
        self._source = f"{noun}:{name}"
        self._fingerprint = fingerprint
        half = half_done(desk, noun, name)
        if half is not None and half.fingerprint != fingerprint:
            raise Conflict(
                f"{in_words(half)}, and this is another file, or other options",
                hint=f"crm undo {half.change} takes back what was stored; then import this",
            )
        self.begun_at = self.rows = half.rows if half else 0
        """Rows that an earlier run has stored, and all that are stored by now."""
        self._set = half.change if half else None

    def writing(self) -> UnitOfWork:
        """The transaction of the next part."""
        command = f"import {PLURAL[self._noun]}"
        return self._desk.writing(command) if self._set is None else self._desk.going_on(command, self._set)

    def refuse_undone(self, uow: UnitOfWork) -> None:
        """Raise Conflict when what this import stored so far was taken back while it ran."""
        if self._set is not None and uow.change_set.undone_by is not None:
            raise Conflict(f"change #{self._set} was undone while its import was running; the rest was not stored")

    def reach(self, uow: UnitOfWork, rows: int) -> bool:
        """So many more rows will be stored with this part; False when none of them has changed anything yet."""
        from crmcli.store.checkpoints import reach

        self.rows += rows
        if self._set is None and not uow.has_changes:
            return False
        self._set = uow.number
        reach(uow, self._source, self._fingerprint, self.rows)
        return True

    def finish(self, uow: UnitOfWork) -> tuple[int, int]:
        """The whole file will be stored with this part; how many records were made and changed from its first row on."""
        from crmcli.store.checkpoints import finish

        uow.flush()
        finish(uow, self._source)
        return imported(uow.reader, self._noun, uow.number)
