"""Transaction logs in: each line a purchase, known again when its log is read once more."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from hashlib import blake2b
from itertools import islice
from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.money import Money, named_currency, read_number
from crmcli.domain.number_columns import NumberFormat
from crmcli.domain.records import utc_text
from crmcli.domain.text import tidy
from crmcli.errors import BadValue, CrmError, PartlyDone
from crmcli.io.opening import open_table
from crmcli.io.table import BadRow
from crmcli.services.alone import alone
from crmcli.services.customers_named import CustomersNamed
from crmcli.services.importing.cells import EMPTY, Cells
from crmcli.services.importing.diary import MOST_CHANGES, Change
from crmcli.services.importing.plan import settled
from crmcli.services.importing.rejects import Rejects, hide_reject_columns
from crmcli.services.importing.summary import Summary, reason_of
from crmcli.services.importing.survey import survey, twice
from crmcli.services.importing.verdict import verdict
from crmcli.services.log_columns import LOGGED, columns_of_log
from crmcli.services.purchases import of_refunds
from crmcli.services.trial import trial
from crmcli.store.queries.purchase_lines import DIGESTED, known_purchases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path
    from typing import BinaryIO

    from crmcli.io.repeats import Repeats
    from crmcli.io.table import Row, Table
    from crmcli.services.customers_named import Meant
    from crmcli.services.desk import Desk
    from crmcli.services.importing.mapping import Columns
    from crmcli.services.importing.plan import Plan
    from crmcli.services.importing.survey import Formats
    from crmcli.store.queries.purchase_lines import Known
    from crmcli.store.session import UnitOfWork

_AT_ONCE = 2000
_LONGEST = 500
_NO_AMOUNT = "purchases without an amount"
_LINKED_NOW = "purchases of before, linked to their customers now"


class _OnlyTried(Exception):
    """Ends a dry run, so that its transaction is rolled back."""


class Line(NamedTuple):
    """One line of a log, read; ``id`` is its own number where it has one."""

    line: int
    customer: str
    at: datetime
    value: Money | None
    product: str | None
    quantity: float | None
    id: str | None

    @property
    def said(self) -> tuple[object, ...]:
        """What it says, as it is kept."""
        minor, code = self.value or (None, None)
        return (self.customer, utc_text(self.at), minor, code, self.product, self.quantity)


class PurchaseRun:
    """The import of one log that is ready to go."""

    def __init__(
        self,
        desk: Desk,
        plan: Plan,
        table: Table,
        columns: Columns,
        name: str,
        rejects: Rejects | None,
        formats: Formats,
    ) -> None:
        self.plan = plan
        self.table = table
        self.columns = columns
        self.name = name
        self.summary = Summary()
        self.formats = formats
        self.resumed_after = 0
        self._desk = desk._replace(origin="import")
        self._rejects = rejects
        self._has_rejects_file = False
        self._is_stored = False
        self._position = 0
        self._currency = plan.currency or desk.currency
        self._cells = Cells(desk.rules._replace(currency=self._currency))

    def go(self, advance: Callable[[int], None] = lambda _: None) -> Summary:
        """Import every line; raises UsageError when one is rejected and bad ones are not to be skipped."""
        try:
            if self.plan.dry_run:
                with suppress(_OnlyTried), trial(self._desk) as desk, desk.writing("purchases import") as uow:
                    self._take(uow, advance)
                    raise _OnlyTried
            else:
                with alone(self._desk, f"import purchase:{self.name}", f"import of purchases from {self.name}"):
                    self._store(advance)
        finally:
            if self._rejects is not None:
                self._rejects.drop()
        return self.summary

    def _store(self, advance: Callable[[int], None]) -> None:
        with self._desk.writing("purchases import") as uow:
            self._take(uow, advance)
            error = self.verdict()
            if error is not None and not isinstance(error, PartlyDone):
                raise error
            counts = ((self.summary.created, "new"), (self.summary.updated, "changed"))
            uow.summary = f"{self.name}: " + ", ".join(_purchases(n, word) for n, word in counts if n)
        self._is_stored = True

    def verdict(self) -> CrmError | None:
        """The error that the command ends with when lines were rejected."""
        return verdict(self.plan, self.summary, has_rejects_file=self._has_rejects_file)

    def record(self) -> dict[str, object]:
        """What was done, as a JSON object."""
        return {
            "source": self.name,
            "noun": "purchase",
            "mode": self.plan.mode,
            "mapping": {header: str(target) for header, target in self.columns.targets.items()},
            "dry_run": self.plan.dry_run,
            "stored": self._is_stored,
            **self.summary.record(),
            "rejects": str(self.plan.rejects) if self._has_rejects_file else None,
            "change_set": self._desk.store.committed if self._is_stored else None,
            **(self.summary.told_changes() if self.plan.dry_run else {}),
        }

    # -- the lines

    def _take(self, uow: UnitOfWork, advance: Callable[[int], None]) -> None:
        from crmcli.io.repeats import Repeats
        from crmcli.store.bulk import Bulk

        bulk = Bulk(uow)
        customers = CustomersNamed(uow.reader, self.name, bulk if self.plan.create_links else None)
        self.summary.on_reject = self._rejects.note if self._rejects is not None else None
        with Repeats() as repeats:
            while some := list(islice(self.table.rows, _AT_ONCE)):
                lines = list(self._read(some))
                placed, unlinked = self._placed(uow, self._identified(lines, repeats))
                meant = customers.of((*(line.customer for _, line in placed), *unlinked.values()))
                bulk.flush()
                self._write(uow, placed, meant)
                self._link(uow, unlinked, meant)
                if self._rejects is not None:
                    self._rejects.give_back(some)
                position = self.table.position()
                advance(position - self._position)
                self._position = position
        self._tell(customers)
        if self._rejects is not None:
            self._has_rejects_file = self._rejects.keep()

    def _tell(self, customers: CustomersNamed) -> None:
        if customers.made:
            self.summary.linked["contact"] = customers.made
        if customers.ambiguous:
            self.summary.notes["customers by a name that several have, linked to nobody"] = customers.ambiguous

    def _read(self, rows: list[Row | BadRow]) -> Iterator[Line]:
        for row in rows:
            self.summary.read += 1
            if isinstance(row, BadRow):
                self.summary.reject(row.line, row.reason)
                continue
            try:
                yield self._line(row)
            except CrmError as error:
                self.summary.reject(row.line, reason_of(error))

    def _line(self, row: Row) -> Line:
        """What a row says; raises BadValue."""
        told = {
            target.name: text
            for header, target in self.columns.targets.items()
            if (text := _text(row.cells.get(header, ""))) and text not in EMPTY
        }
        customer, when = told.get("customer"), told.get("at")
        if customer is None or when is None:
            raise BadValue("customer" if customer is None else "date", "is empty")
        code = named_currency(told["currency"], self._currency) if "currency" in told else None
        with of_refunds():
            value = self._value("value", told.get("value"), code)
        quantity = read_number(told["quantity"], "quantity", self._decimal("quantity")) if "quantity" in told else None
        return Line(
            row.line, _short("customer", customer), self._value("at", when), value,
            _short("product", told.get("product")), quantity, _short("id", told.get("external_id")),
        )  # fmt: skip

    def _value(self, name: str, text: str | None, currency: str | None = None) -> Any:  # noqa: ANN401 - the field's
        form = next((form for target, form in self.formats.forms.items() if target.name == name), None)
        if text is None:
            return None
        return self._cells.read(LOGGED[name], (text,), currency, None, form).values[0]

    def _decimal(self, name: str) -> str | None:
        form = next((form for target, form in self.formats.forms.items() if target.name == name), None)
        return form.decimal if isinstance(form, NumberFormat) else None

    def _identified(self, lines: list[Line], repeats: Repeats) -> list[tuple[str, Line]]:
        """Each line with what it is known by: its own number, or what it says and the how-manieth of its kind it is."""
        digests = [blake2b(repr(line.said).encode(), digest_size=12).hexdigest() for line in lines if line.id is None]
        counted = iter(zip(digests, repeats.count(digests), strict=True))
        found = []
        for line in lines:
            if line.id is not None:
                found.append((line.id, line))
            else:
                digest, count = next(counted)
                found.append((f"{DIGESTED}{digest}.{count}", line))
        return found

    def _placed(self, uow: UnitOfWork, lines: list[tuple[str, Line]]) -> tuple[list[tuple[str, Line]], dict[int, str]]:
        """The lines that are new, and the customers by number of purchases that are linked to nobody yet.

        The others are counted, or changed where that is wanted.
        """
        known = known_purchases(uow.reader, self.name, [key for key, _ in lines])
        new: dict[str, Line] = {}
        unlinked: dict[int, str] = {}
        for key, line in lines:
            before = known.get(key)
            if key in new or (before is not None and before.made_in == uow.number):
                self._again(key, line, new[key].said if key in new else before.said if before else ())
            elif before is None:
                new[key] = line
            elif key.startswith(DIGESTED) or before.said == line.said:
                self.summary.unchanged += 1
                # Who was forgotten is not called by the log's words any more.
                if not before.is_linked and before.said[0] == line.customer:
                    unlinked[before.number] = line.customer
            else:
                self._differs(uow, before, line)
        return list(new.items()), unlinked

    def _link(self, uow: UnitOfWork, unlinked: Mapping[int, str], meant: Mapping[str, Meant]) -> None:
        """Have purchases of before be of the people and companies that are known by now."""
        from crmcli.store.models.analysis import Purchase

        known = {number: meant[customer] for number, customer in unlinked.items() if meant[customer].noun is not None}
        for number, who in known.items():
            row = uow.get(Purchase, number)
            for column, value in _link_columns(who).items():
                setattr(row, column, value)
        if known:
            self.summary.unchanged -= len(known)
            self.summary.updated += len(known)
            self.summary.notes[_LINKED_NOW] = self.summary.notes.get(_LINKED_NOW, 0) + len(known)

    def _again(self, key: str, line: Line, said: tuple[object, ...]) -> None:
        """A number that an earlier line of this very log has."""
        if said == line.said:
            self.summary.unchanged += 1
        else:
            reason = f"id {key} is on an earlier line that says something else"
            self.summary.reject(line.line, f"{reason} (where it numbers orders and not lines: --map 'COLUMN=-')")

    def _differs(self, uow: UnitOfWork, before: Known, line: Line) -> None:
        from crmcli.store.models.analysis import Purchase

        if self.plan.mode != "upsert":
            self.summary.skip(line.line, f"#{before.number}")
            return
        row = uow.get(Purchase, before.number)
        meant = CustomersNamed(uow.reader, self.name).of([line.customer])[line.customer]
        for column, value in _columns(line, meant).items():
            setattr(row, column, value)
        self.summary.updated += 1

    def _write(self, uow: UnitOfWork, lines: list[tuple[str, Line]], meant: Mapping[str, Meant]) -> None:
        from crmcli.store.bulk_lines import add_purchases

        rows = [
            {**_columns(line, meant[line.customer]), "source": self.name, "external_id": key} for key, line in lines
        ]
        add_purchases(uow, rows)
        self.summary.created += len(rows)
        if free := sum(line.value is None for _, line in lines):
            self.summary.notes[_NO_AMOUNT] = self.summary.notes.get(_NO_AMOUNT, 0) + free
        if self.plan.dry_run:
            for _, line in lines:
                self._note_change(line)

    def _note_change(self, line: Line) -> None:
        if len(self.summary.changes) >= MOST_CHANGES:
            self.summary.changes_left_out += 1
            return
        shown = {
            "at": utc_text(line.at),
            "value": f"{line.value.plain} {line.value.currency}" if line.value else None,
            "product": line.product,
            "quantity": line.quantity,
        }
        fields = {name: (None, value) for name, value in shown.items() if value is not None}
        self.summary.changes.append(Change(line.line, "create", None, None, line.customer, fields))


class PurchaseImports:
    """The use case of importing a transaction log."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @contextmanager
    def opened(self, plan: Plan, file: Path | BinaryIO) -> Iterator[PurchaseRun]:
        """An import of that file, ready to go; raises NotFound or UsageError for a file that can't be read."""
        from crmcli.domain.money import read_currency
        from crmcli.services.imports import refuse_to_overwrite, source_name

        plan = settled(plan)
        if plan.currency is not None:
            plan = plan._replace(currency=read_currency(plan.currency))
        refuse_to_overwrite(plan.rejects, file)
        with twice(file) as again, open_table(again.first, plan.reading) as table:
            rejects = None if plan.rejects is None else Rejects(plan.rejects, table)
            hide_reject_columns(table)
            columns = columns_of_log(plan, table.headers)
            if rejects is not None:
                rejects.follow(table.headers)
            told = Summary()
            formats = survey(plan, columns, table, again, told)
            run = PurchaseRun(self.desk, plan, table, columns, source_name(plan, file), rejects, formats)
            run.summary.notes |= told.notes
            yield run


def _columns(line: Line, meant: Meant) -> dict[str, Any]:
    minor, code = line.value or (None, None)
    return {
        "customer": line.customer, **_link_columns(meant),
        "at": line.at, "value": minor, "currency": code, "product": line.product,
        "quantity": None if line.quantity is None else float(line.quantity),
    }  # fmt: skip


def _link_columns(meant: Meant) -> dict[str, Any]:
    return {
        "customer_key": meant.key,
        "contact_id": meant.number if meant.noun == "contact" else None,
        "company_id": meant.number if meant.noun == "company" else None,
    }


def _purchases(n: int, word: str) -> str:
    return f"{n:,} {word} purchase{'' if n == 1 else 's'}"


def _text(cell: str | tuple[str, ...]) -> str:
    return (cell if isinstance(cell, str) else "; ".join(cell)).strip()


def _short(field: str, text: str | None) -> Any:  # noqa: ANN401 - a text, or None where there was none
    kept = None if text is None else tidy(text)
    if kept is not None and len(kept) > _LONGEST:
        raise BadValue(field, f"is longer than {_LONGEST} characters")
    return kept
