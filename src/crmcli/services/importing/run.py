"""One import from its first row to its last, in one transaction."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext, suppress
from itertools import islice
from typing import TYPE_CHECKING

from crmcli.domain.fields import PLURAL
from crmcli.domain.records import as_record
from crmcli.errors import CrmError, PartlyDone, UsageError
from crmcli.io.table import BadRow
from crmcli.services.importing.mapping import stage_names
from crmcli.services.importing.rows import Rows
from crmcli.services.importing.stages import Stages
from crmcli.services.importing.summary import Summary, reason_of
from crmcli.services.importing.survey import NONE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crmcli.io.table import Row, Table
    from crmcli.services.desk import Desk
    from crmcli.services.importing.meaning import Meaning
    from crmcli.services.importing.placing import Placing
    from crmcli.services.importing.rejects import Rejects
    from crmcli.services.importing.rows import Entry
    from crmcli.services.records import Records
    from crmcli.store.session import UnitOfWork

BATCH = 500
_SHOWN = 10


class _OnlyTried(Exception):
    """Ends a dry run, so that its transaction is rolled back."""


class Run:
    """An import that is ready to go: the file is open and its columns have their targets."""

    def __init__(
        self,
        desk: Desk,
        service: Callable[[Desk], Records],
        meaning: Meaning,
        table: Table,
        name: str,
        rejects: Rejects | None = None,
    ) -> None:
        self.plan = meaning.plan
        self.meaning = meaning
        self.table = table
        self.name = name
        self.columns = meaning.columns
        self.summary = Summary()
        self.summary.custom = self.columns.custom
        self._desk = desk._replace(origin="import")
        self._service = service(self._desk)
        self._done: list[tuple[str, int]] = []
        self._rejects = rejects
        self._has_rejects_file = False
        self._is_stored = False
        self.formats = NONE

    def go(self, advance: Callable[[int], None] = lambda _: None) -> Summary:
        """Import every row; ``advance`` is told how many bytes were read.

        Raises UsageError when a row is rejected and bad rows are not to be skipped; then nothing was stored.
        """
        try:
            self._go(advance)
        finally:
            if self._rejects is not None:
                self._rejects.drop()
        for event, number in self._done:
            self._tell_hook(event, number)
        return self.summary

    def _go(self, advance: Callable[[int], None]) -> None:
        with (
            suppress(_OnlyTried),
            _trial(self._desk) if self.plan.dry_run else nullcontext(self._desk) as desk,
            desk.writing(f"import {PLURAL[self.plan.noun]}") as uow,
        ):
            self._all(uow, advance)
            if self._rejects is not None:  # before anything is stored for good: a row is in the store or in the file
                self._has_rejects_file = self._rejects.keep()
            if self.plan.dry_run:
                raise _OnlyTried
            self._refuse()
            uow.summary = self._headline()
        self._is_stored = not self.plan.dry_run

    def record(self) -> dict[str, object]:
        """What was done, as a JSON object."""
        tried = self.plan.dry_run
        return {
            "source": self.name,
            "noun": self.plan.noun,
            "mode": self.plan.mode,
            "preset": self.meaning.preset.name if self.meaning.preset else self.plan.preset,
            "mapping": {header: str(target) for header, target in self.columns.targets.items()},
            "dry_run": tried,
            "stored": self._is_stored,
            **self.summary.record(),
            "rejects": str(self.plan.rejects) if self._has_rejects_file else None,
            "change_set": self._desk.store.committed if self._is_stored else None,
            **(self.summary.told_changes() if tried else {}),
        }

    def verdict(self) -> CrmError | None:
        """What is left to say when some rows were rejected: the error that the command ends with."""
        if not self.summary.rejected:
            return None
        what = f"{self.summary.rejected:,} of {self.summary.read:,} rows"
        lines = self.summary.reasons(_SHOWN)
        if self._are_too_many():
            return UsageError(
                f"more than {self.plan.max_errors:,} rows can't be imported; nothing was stored",
                hint=f"{self.plan.rejects} holds them" if self._has_rejects_file else None,
                details=lines,
            )
        if self.plan.skip_errors:
            hint = f"mend {self.plan.rejects} and import it" if self._has_rejects_file else None
            return PartlyDone(f"{what} were rejected", hint=hint, details=lines)
        return UsageError(
            f"{what} can't be imported; nothing was stored", hint="--skip-errors stores the others", details=lines
        )

    def _refuse(self) -> None:
        error = self.verdict()
        if error is not None and not isinstance(error, PartlyDone):
            raise error

    def _are_too_many(self) -> bool:
        return self.plan.max_errors is not None and self.summary.rejected > self.plan.max_errors

    def _all(self, uow: UnitOfWork, advance: Callable[[int], None]) -> None:
        from crmcli.services.importing.placing import Placing
        from crmcli.store.bulk import Bulk

        stages = Stages(uow.reader, stage_names(self.plan))
        rules = self._desk.rules._replace(currency=self.plan.currency or self._desk.currency)
        rows = Rows(self.plan.noun, self.columns, rules, stages, self.summary, self.formats)
        placing = Placing(self.plan, uow, Bulk(uow), self._service, self.name, stages, self.summary)
        self.summary.on_reject = self._rejects.note if self._rejects is not None else None
        position = 0
        for batch in _batches(self.table.rows):
            placing.place(list(self._entries(rows, batch)))
            self._run_hooks(placing, uow)
            if self._rejects is not None:
                self._rejects.give_back(batch)
            if self._are_too_many() and not self.plan.dry_run:
                return
            advance(self.table.position() - position)
            position = self.table.position()
        placing.linking.adopt()

    def _entries(self, rows: Rows, batch: list[Row | BadRow]) -> Iterator[Entry]:
        for row in batch:
            self.summary.read += 1
            if isinstance(row, BadRow):
                self.summary.reject(row.line, row.reason)
                continue
            try:
                yield rows.entry(row)
            except CrmError as error:
                self.summary.reject(row.line, reason_of(error))

    def _headline(self) -> str:
        """The line that the history shows: what came from where."""
        counts = (("new", self.summary.created), ("changed", self.summary.updated))
        return f"{self.name}: " + ", ".join(f"{count:,} {word}" for word, count in counts if count)

    # -- hooks

    def _run_hooks(self, placing: Placing, uow: UnitOfWork) -> None:
        if not self.plan.hooks or self.plan.dry_run:
            return
        for event, number in placing.done:
            view = self._service.view(uow.reader, number)
            self._desk.hooks.before(f"{self._service.hook_noun(view)}-{event}", as_record(view))
        self._done += placing.done

    def _tell_hook(self, event: str, number: int) -> None:
        with self._desk.reading() as reader:
            view = self._service.view(reader, number)
        self._desk.hooks.after(f"{self._service.hook_noun(view)}-{event}", as_record(view))


def _batches(rows: Iterator[Row | BadRow]) -> Iterator[list[Row | BadRow]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


@contextmanager
def _trial(desk: Desk) -> Iterator[Desk]:
    """The desk to try an import at: where there is no store yet, one that is thrown away afterwards."""
    if desk.store.dialect.exists(desk.store.location):
        yield desk
        return
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from crmcli.store.store import Store

    with TemporaryDirectory() as folder:
        yield desk._replace(store=Store(str(Path(folder) / "trial.db"), clock=desk.clock, seeds=desk.store.seeds))
