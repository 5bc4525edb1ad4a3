"""One import from its first row to its last: in one transaction, or in parts that are one undo step."""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager, suppress
from itertools import islice
from typing import TYPE_CHECKING

from crmcli.domain.fields import PLURAL
from crmcli.domain.records import as_record
from crmcli.errors import CrmError, PartlyDone
from crmcli.io.table import BadRow
from crmcli.services.alone import alone
from crmcli.services.importing.ahead import Ahead, can_go_ahead
from crmcli.services.importing.batches import Reader, packed, unpacked
from crmcli.services.importing.checkpoints import ROWS, Checkpoints, half_done, in_words
from crmcli.services.importing.mapping import stage_names
from crmcli.services.importing.origins import Origins
from crmcli.services.importing.plan import can_place_abreast
from crmcli.services.importing.rows import Rows
from crmcli.services.importing.stages import Stages
from crmcli.services.importing.summary import Summary
from crmcli.services.importing.survey import NONE
from crmcli.services.importing.verdict import too_many, verdict
from crmcli.services.trial import trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crmcli.io.table import Row, Table
    from crmcli.services.desk import Desk
    from crmcli.services.importing.batches import Batch
    from crmcli.services.importing.meaning import Meaning
    from crmcli.services.importing.placing import Placing
    from crmcli.services.importing.rejects import Rejects
    from crmcli.services.importing.rows import Entry, Party
    from crmcli.services.records import Records
    from crmcli.store.dialects import Dialect
    from crmcli.store.session import UnitOfWork

BATCH = 500
ENOUGH = 2000
"""Rows from which on another process reads them."""


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
        self._position = 0
        self._are_new = True  # the rows of the last batch
        self._line = 0  # of the last row that was read
        self._parents: dict[int, Party] = {}  # of companies made so far, which get them when the whole file is read
        self._origins = Origins()
        self._rejects = rejects
        self._has_rejects_file = False
        self._is_stored = False
        self._ahead: Ahead | None = None
        self.formats = NONE
        self.fingerprint: str | None = None
        """Of the file and the plan, for an import that stores as it goes."""
        self.resumed_after = 0
        """Rows that an earlier run of the same import has stored."""

    def go(self, advance: Callable[[int], None] = lambda _: None) -> Summary:
        """Import every row; ``advance`` is told how many bytes were read.

        Raises UsageError when a row is rejected and bad rows are not to be skipped; then nothing was stored.
        """
        try:
            if self.plan.dry_run:
                self._try(advance)
            else:
                with self._reading_ahead(), alone(self._desk, self.lock, self.about):
                    self._in_parts(advance) if self.plan.resume else self._at_once(advance)
        finally:
            self.drop()
        self.tell_hooks()
        return self.summary

    @property
    def lock(self) -> str:
        """The name under which no two imports run at the same time."""
        return f"import {self.plan.noun}:{self.name}"

    @property
    def about(self) -> str:
        """What is done, as whoever has to wait for it is told."""
        return f"import of {PLURAL[self.plan.noun]} from {self.name}"

    def take(self, uow: UnitOfWork, advance: Callable[[int], None] = lambda _: None) -> None:
        """Put every row in as part of a transaction; the rejected ones are in their file before it ends."""
        placing = self._placing(uow)
        if self._place(placing, self.table.rows, advance):
            placing.linking.adopt()
        self._keep_rejects()

    def stored(self) -> None:
        """The transaction has ended well."""
        self._is_stored = True

    def drop(self) -> None:
        """Leave nothing of a file of rejected rows that was not kept."""
        if self._rejects is not None:
            self._rejects.drop()

    def _try(self, advance: Callable[[int], None]) -> None:
        with suppress(_OnlyTried), trial(self._desk) as desk, desk.writing(self._command) as uow:
            self.take(uow, advance)
            raise _OnlyTried

    def _at_once(self, advance: Callable[[int], None]) -> None:
        self.tell_of_half()
        with self._desk.writing(self._command) as uow:
            self.take(uow, advance)
            self.refuse()
            self.forget_half(uow)
            uow.summary = self.headline()
        self.stored()

    def tell_of_half(self) -> None:
        """Tell of an earlier import of this source that stopped half-way."""
        half = half_done(self._desk, self.plan.noun, self.name)
        if half is not None:
            self._desk.note(f"{in_words(half)}: this one begins anew (crm undo {half.change} takes that back)")

    def forget_half(self, uow: UnitOfWork) -> None:
        """What was half done before is no longer: now the source is read whole."""
        from crmcli.store.checkpoints import finish

        uow.flush()
        finish(uow, f"{self.plan.noun}:{self.name}")

    @property
    def _command(self) -> str:
        return f"import {PLURAL[self.plan.noun]}"

    # -- in parts

    def _in_parts(self, advance: Callable[[int], None]) -> None:
        assert self.fingerprint is not None
        checkpoints = Checkpoints(self._desk, self.plan.noun, self.name, self.fingerprint)
        self.resumed_after = checkpoints.begun_at
        rows, is_first, is_last = self.table.rows, True, False
        while not is_last:
            with checkpoints.writing() as uow:
                checkpoints.refuse_undone(uow)
                placing = self._placing(uow)
                if is_first and self.resumed_after:
                    self._go_past(placing, rows, advance)
                count = self.summary.read
                self._place(placing, islice(rows, ROWS), advance)
                count = self.summary.read - count
                is_first, is_last = False, count < ROWS
                if is_last:
                    placing.linking.adopt()
                self._keep_rejects()
                self._set_down(checkpoints, uow, count, is_last=is_last)
            self.tell_hooks()
        self.stored()

    def _set_down(self, checkpoints: Checkpoints, uow: UnitOfWork, count: int, *, is_last: bool) -> None:
        """Note with the rows of a part how far it came."""
        uow.summary = self.headline()
        if is_last:
            counts = checkpoints.finish(uow)
            if self.resumed_after:
                uow.summary = self.headline(*counts)
        elif checkpoints.reach(uow, count) and self._rejects is not None:
            self._rejects.go_on(self._line)

    def _go_past(self, placing: Placing, rows: Iterator[Row | BadRow], advance: Callable[[int], None]) -> None:
        """Leave out the rows that are stored; companies among them may still wait for their parents."""
        there = islice(rows, self.resumed_after)
        last: Row | BadRow | None = None
        if any(target.name == "parent" or target.link == "parent" for target in self.columns.targets.values()):
            reader = self._reader(placing.stages, Summary())
            for batch in _batches(there):
                placing.remember(list(_readable(reader, batch)))
                last = batch[-1]
        else:
            last = next(iter(deque(there, maxlen=1)), None)
        if last is not None and self._rejects is not None:
            self._rejects.go_on(last.line)
        self._advance(advance)

    def _keep_rejects(self) -> None:
        """Put them in their place before anything is stored for good: a row is in the store or in the file."""
        if self._rejects is not None:
            self._has_rejects_file = self._rejects.keep() or self._has_rejects_file

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
            **({"resumed_after": self.resumed_after} if self.plan.resume else {}),
            "rejects": str(self.plan.rejects) if self._has_rejects_file else None,
            "change_set": self._desk.store.committed if self._is_stored else None,
            **(self.summary.told_changes() if tried else {}),
        }

    def doubts(self) -> Iterator[str]:
        """How the file is understood, as far as nobody has said so."""
        return self.meaning.notes()

    def verdict(self) -> CrmError | None:
        """What is left to say when some rows were rejected: the error that the command ends with."""
        return verdict(self.plan, self.summary, has_rejects_file=self._has_rejects_file)

    def refuse(self) -> None:
        """Raise the error for which nothing is to be stored, if there is one."""
        error = self.verdict()
        if error is not None and not isinstance(error, PartlyDone):
            raise error

    def _are_too_many(self) -> bool:
        return too_many(self.plan, self.summary)

    def _placing(self, uow: UnitOfWork) -> Placing:
        from crmcli.services.importing.placing import Placing
        from crmcli.store.bulk import Bulk

        stages = Stages(uow.reader, stage_names(self.plan))
        placing = Placing(self.plan, uow, Bulk(uow), self._service, self.name, stages, self.summary)
        placing.linking.parents = self._parents
        placing.directory.origins = self._origins
        return placing

    def _reader(self, stages: Stages | None, summary: Summary) -> Rows:
        rules = self._desk.rules._replace(currency=self.plan.currency or self._desk.currency)
        makes = self.plan.mode != "update"
        return Rows(self.plan.noun, self.columns, rules, stages, summary, self.formats, makes=makes)

    def _place(self, placing: Placing, rows: Iterator[Row | BadRow], advance: Callable[[int], None]) -> bool:
        """Put these rows in; False when it was given up because too many are rejected."""
        self.summary.on_reject = self._rejects.note if self._rejects is not None else None
        for batch in self._batches(placing, rows):
            batch.count_in(self.summary)
            self._are_new = placing.put(batch)
            if self._ahead is not None:
                self._ahead.want(self._are_new)
            self._run_hooks(placing, placing.uow)
            if self._rejects is not None:
                self._rejects.give_back(batch.rows)
            if self._are_too_many() and not self.plan.dry_run:
                return False
            self._line = batch.line
            self._advance(advance)
        return True

    def _batches(self, placing: Placing, rows: Iterator[Row | BadRow]) -> Iterator[Batch]:
        """These rows by the batch, read here or by the process that reads ahead."""
        if self._ahead is not None:
            return (unpacked(piece, self.table) for piece in self._ahead)
        reader = Reader(self._reader(placing.stages, Summary()), self._dialect, lambda: self._are_new)
        return reader.batches(rows, BATCH)

    @contextmanager
    def _reading_ahead(self) -> Iterator[None]:
        """Have another process read a long file: its rows go straight from there into the store."""
        if not self._can_read_ahead() or len(self.table.ahead(ENOUGH)) < ENOUGH:
            yield
            return
        from crmcli.store import bulk as _bulk  # noqa: F401 - what both will need is loaded once

        with self._started() as self._ahead:
            yield
        self._ahead = None

    def _can_read_ahead(self) -> bool:
        """A known system's cells tell as they are read which columns there are, deals ask the store, and so do databases."""
        is_plain = self.columns.shape is None and self.plan.noun != "deal" and self.table.format != "sqlite"
        return is_plain and not self.plan.resume and can_go_ahead()

    @contextmanager
    def _started(self) -> Iterator[Ahead]:
        def pieces(is_wanted: Callable[[], bool]) -> Iterator[bytes]:
            reader = Reader(self._reader(None, Summary()), self._dialect, is_wanted)
            for batch in reader.batches(self.table.rows, BATCH):
                yield packed(batch, self.table, with_rows=self._rejects is not None)

        ahead = Ahead(pieces, f"the import of {self.name}")
        try:
            yield ahead
        finally:
            ahead.close()

    @property
    def _dialect(self) -> Dialect | None:
        """How the store would have new records told by columns, if it can take them so."""
        return self._desk.store.dialect if can_place_abreast(self.plan) else None

    def _advance(self, advance: Callable[[int], None]) -> None:
        position = self.table.position()
        advance(position - self._position)
        self._position = position

    def headline(self, created: int | None = None, updated: int | None = None) -> str:
        """The line that the history shows: what came from where."""
        made = self.summary.created if created is None else created
        counts = (("new", made), ("changed", self.summary.updated if updated is None else updated))
        return f"{self.name}: " + ", ".join(f"{count:,} {word}" for word, count in counts if count)

    # -- hooks

    def _run_hooks(self, placing: Placing, uow: UnitOfWork) -> None:
        if not self.plan.hooks or self.plan.dry_run:
            return
        for event, number in placing.done:
            view = self._service.view(uow.reader, number)
            self._desk.hooks.before(f"{self._service.hook_noun(view)}-{event}", as_record(view))
        self._done += placing.done

    def tell_hooks(self) -> None:
        """Run the hooks that come after what was stored."""
        for event, number in self._done:
            self._tell_hook(event, number)
        self._done.clear()

    def _tell_hook(self, event: str, number: int) -> None:
        with self._desk.reading() as reader:
            view = self._service.view(reader, number)
        self._desk.hooks.after(f"{self._service.hook_noun(view)}-{event}", as_record(view))


def _batches(rows: Iterator[Row | BadRow]) -> Iterator[list[Row | BadRow]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _readable(rows: Rows, batch: list[Row | BadRow]) -> Iterator[Entry]:
    for row in batch:
        if not isinstance(row, BadRow):
            with suppress(CrmError):
                yield rows.entry(row)
