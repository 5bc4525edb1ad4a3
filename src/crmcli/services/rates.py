"""Exchange rates: set by hand for always or from a day on, or read from a file."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from itertools import islice
from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.money import CURRENCIES, read_currency
from crmcli.domain.rates import QUOTES, as_kept, read_rate
from crmcli.domain.text import tidy
from crmcli.errors import BadValue, CrmError, NotFound, PartlyDone, UsageError
from crmcli.store.queries.condition import Condition, both
from crmcli.store.queries.rates import known_rates, rates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path
    from typing import BinaryIO

    from crmcli.domain.date_formats import DateFormat
    from crmcli.domain.views import RateView
    from crmcli.io.opening import Reading
    from crmcli.io.table import Row, Table
    from crmcli.services.desk import Desk
    from crmcli.services.importing.cells import Cells
    from crmcli.store.session import UnitOfWork

_AT_ONCE = 500
_SHOWN = 10
_LONGEST_NOTE = 1000
_NONE = frozenset({"", "n/a", "na", "-", "—", "null", "."})  # how central banks write a day without a rate
_DAY = frozenset({"date", "day", "datum", "дата", "data", "time_period", "日期", "on"})
_CODE = frozenset({"currency", "code", "währung", "валюта", "waluta", "货币"})
_RATE = frozenset({"rate", "value", "kurs", "курс", "obs_value", "汇率"})

# Inside a class with methods named list and set, the builtins go by these names.
Views = list["RateView"]


class _OnlyTried(Exception):
    """Ends a dry run, so that its transaction is rolled back."""


class Quoted(NamedTuple):
    """A rate of a file: what one unit of ``currency`` is worth from ``day`` on; no day: always."""

    line: int
    currency: str
    day: str
    rate: float


class RatesRead(NamedTuple):
    """What became of a file of rates; ``unknown`` are columns that are no currency."""

    read: int
    created: int
    updated: int
    unchanged: int
    rejected: tuple[str, ...]
    base: str
    unknown: tuple[str, ...] = ()

    @property
    def partly(self) -> PartlyDone | None:
        """What the command ends with when some were rejected."""
        if not self.rejected:
            return None
        return PartlyDone(f"{len(self.rejected)} of {self.read:,} rates were rejected", details=self.rejected[:_SHOWN])


class RateFile(NamedTuple):
    """How a file of rates is to be read."""

    base: str | None = None
    quote: str | None = None
    date_format: str | None = None
    since: str | None = None
    skip_errors: bool = False
    dry_run: bool = False


class Rates:
    """The exchange rates of a store."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def list(
        self, currency: str | None = None, base: str | None = None, limit: int | None = None, offset: int = 0
    ) -> Iterator[RateView]:
        """The rates, those of one currency alone where it is named, streamed."""
        parts = [
            Condition(f"r.{column} = ?", (read_currency(code),))
            for column, code in (("currency", currency), ("base", base))
            if code
        ]
        with self.desk.reading() as reader:
            yield from rates(reader, both(*parts), limit, offset)

    def set(
        self, currency: str, rate: str, *, on: str | None = None, base: str | None = None, note: str | None = None
    ) -> RateView:
        """Let one unit of a currency be worth so much, from a day on or else whenever no day says otherwise."""
        from crmcli.store.models.analysis import ExchangeRate

        code, into = self._pair(currency, base)
        number, day = read_rate(rate), self._day(on)
        kept = tidy(note or "") or None
        if kept is not None and len(kept) > _LONGEST_NOTE:
            raise BadValue("note", f"is longer than {_LONGEST_NOTE} characters")
        with self.desk.writing("rate set", f"1 {code} = {number:g} {into}{f' from {day} on' if day else ''}") as uow:
            found = uow.find(ExchangeRate, currency=code, base=into, day=day, deleted_at=None)
            row = found[0] if found else ExchangeRate(currency=code, base=into, day=day, rate=number)
            row.rate = number
            row.note = kept if note is not None else row.note
            uow.add(row)
            return next(iter(rates(uow.reader, Condition("r.id = ?", (row.id,)))))

    def remove(self, currency: str, *, on: str | None = None, base: str | None = None, every: bool = False) -> Views:
        """Take away the rate without a day, or the one of a day, or all of a currency; raises NotFound."""
        from crmcli.store.bulk_lines import remove_lines
        from crmcli.store.models.analysis import ExchangeRate

        code, into = self._pair(currency, base)
        day = self._day(on)
        which = [Condition("r.currency = ? AND r.base = ?", (code, into))]
        if not every:
            which.append(Condition("r.day = ?", (day,)))
        when = "" if every else f" from {day} on" if day else " without a day"
        with self.desk.writing("rate rm", f"{code} in {into}{when}") as uow:
            found = [*rates(uow.reader, both(*which))]
            if not found:
                hint = (
                    f"crm rate list --currency {code}"
                    if every or day
                    else "--on DAY for the one of a day, --all for all"
                )
                raise NotFound(f"no rate of {code} in {into}{when}", hint=hint)
            numbers = iter([rate.number for rate in found])
            while some := [*islice(numbers, _AT_ONCE)]:
                remove_lines(uow, ExchangeRate, some)
        return found

    def read(
        self, file: Path | BinaryIO, how: RateFile, reading: Reading, advance: Callable[[int], None] = lambda _: None
    ) -> RatesRead:
        """Put in the rates of a file, a rate a line or a day a line; raises UsageError when some can't be read."""
        from crmcli.io.opening import open_table
        from crmcli.services.trial import trial

        with open_table(file, reading) as table:
            source = _RatesTable(self.desk, table, how)
            done = None
            place = trial(self.desk) if how.dry_run else nullcontext(self.desk)
            with suppress(_OnlyTried), place as desk, desk.writing("rate import") as uow:
                done = source.put(uow, advance)
                if done.rejected and not how.skip_errors:
                    raise UsageError(
                        f"{len(done.rejected)} of {done.read:,} rates can't be imported; nothing was stored",
                        hint="--skip-errors stores the others",
                        details=done.rejected[:_SHOWN],
                    )
                if how.dry_run:
                    raise _OnlyTried
                uow.summary = f"{done.created:,} new, {done.updated:,} changed rates in {done.base}"
            assert done is not None
            return done

    def _pair(self, currency: str, base: str | None) -> tuple[str, str]:
        code, into = read_currency(currency), read_currency(base) if base else self.desk.currency
        if code == into:
            raise BadValue(
                "currency", f"one {code} is one {code}", hint="--base CODE names the currency it is counted in"
            )
        return code, into

    def _day(self, on: str | None) -> str:
        return "" if on is None else read_day(self.desk, on, "on").isoformat()


def read_day(desk: Desk, text: str, field: str) -> date:
    """A day in words; raises BadValue."""
    from crmcli.domain.phrases import phrase_of
    from crmcli.domain.schedule import whole_day

    return whole_day(phrase_of(text, desk.clock.local(), field), "2026-01-31, yesterday")


class _RatesTable:
    """A file of rates: a rate a line (currency, date, rate) or a day a line, with a column for each currency."""

    def __init__(self, desk: Desk, table: Table, how: RateFile) -> None:
        from crmcli.domain.date_formats import BY_ITSELF, read_format
        from crmcli.services.importing.cells import Cells

        self._table = table
        self._cells: Cells = Cells(desk.rules)
        self._form: DateFormat = read_format(how.date_format) if how.date_format else BY_ITSELF
        self._since = read_day(desk, how.since, "since").isoformat() if how.since else ""
        self._names = {header.strip().lower(): header for header in table.headers}
        self._code, self._rate, self._day = (self._named(words) for words in (_CODE, _RATE, _DAY))
        self._is_long = self._code is not None and self._rate is not None
        self.base = read_currency(how.base) if how.base else desk.currency
        self._quote = how.quote or ("per-unit" if self._is_long else "per-base")
        if self._quote not in QUOTES:
            raise BadValue("quote", f"{self._quote!r} is neither {' nor '.join(QUOTES)}")
        self._columns = {} if self._is_long else self._currencies(is_told=how.base is not None)
        self.rejected: list[str] = []
        self.count = 0

    def _named(self, words: frozenset[str]) -> str | None:
        return next((header for name, header in self._names.items() if name in words), None)

    def _currencies(self, *, is_told: bool) -> dict[str, str]:
        """The columns that are currencies; raises UsageError where they can't be counted in the base currency."""
        found = {
            header: header.strip().upper() for header in self._table.headers if header.strip().upper() in CURRENCIES
        }
        if self._day is None or not found:
            raise UsageError(
                f"no columns of exchange rates: {', '.join(self._table.headers)}",
                hint="currency,date,rate, or date and a column for each currency",
            )
        if self.base in found.values() and not is_told:
            raise UsageError(
                f"{self.base} is a column itself, so that the rates are in another currency",
                hint="--base EUR for those of the European Central Bank",
            )
        return {header: code for header, code in found.items() if code != self.base}

    @property
    def unknown(self) -> tuple[str, ...]:
        """Columns that are no currency."""
        if self._is_long:
            return ()
        known = {*self._columns, self._day, ""}
        return tuple(h for h in self._table.headers if h not in known and h.strip().upper() != self.base)

    def put(self, uow: UnitOfWork, advance: Callable[[int], None]) -> RatesRead:
        """Every rate into the store, changed where another was there."""
        created = updated = unchanged = position = 0
        coming = self._quoted()
        while some := list(islice(coming, _AT_ONCE)):
            new, changed, same = self._put(uow, some)
            created, updated, unchanged = created + new, updated + changed, unchanged + same
            advance(self._table.position() - position)
            position = self._table.position()
        return RatesRead(self.count, created, updated, unchanged, tuple(self.rejected), self.base, self.unknown)

    def _put(self, uow: UnitOfWork, some: list[Quoted]) -> tuple[int, int, int]:
        from crmcli.store.bulk_lines import add_rates
        from crmcli.store.models.analysis import ExchangeRate

        known = known_rates(uow.reader, self.base, list({each.day for each in some}))
        new: dict[tuple[str, str], dict[str, Any]] = {}
        changed = same = 0
        for each in some:
            place = (each.currency, each.day)
            if place in new:
                self._reject(each.line, f"{each.currency} has a rate of {each.day} on an earlier line")
            elif place not in known:
                new[place] = {"currency": each.currency, "base": self.base, "day": each.day, "rate": each.rate}
            elif known[place][1] == each.rate:
                same += 1
            else:
                uow.get(ExchangeRate, known[place][0]).rate = each.rate
                changed += 1
        uow.flush()
        add_rates(uow, list(new.values()))
        return len(new), changed, same

    def _quoted(self) -> Iterator[Quoted]:
        from crmcli.io.table import BadRow

        for row in self._table.rows:
            if isinstance(row, BadRow):
                self.count += 1
                self._reject(row.line, row.reason)
            else:
                yield from self._of_row(row)

    def _of_row(self, row: Row) -> Iterator[Quoted]:
        cells = {
            header: (cell if isinstance(cell, str) else " ".join(cell)).strip() for header, cell in row.cells.items()
        }
        try:
            day = self._day_of(cells.get(self._day or "", ""))
        except CrmError as error:
            self.count += 1
            self._reject(row.line, error.message)
            return
        pairs = (
            [(cells[self._code or ""], self._rate or "")]
            if self._is_long
            else [(c, h) for h, c in self._columns.items()]
        )
        for code, header in pairs if day >= self._since else ():
            text = cells.get(header, "")
            if text.lower() in _NONE and not self._is_long:
                continue
            self.count += 1
            try:
                currency = read_currency(code)
                if currency == self.base:
                    raise BadValue("currency", f"{currency} is what the rates are in")
                yield Quoted(row.line, currency, day, as_kept(read_rate(text), self._quote))
            except CrmError as error:
                self._reject(row.line, error.message)

    def _day_of(self, text: str) -> str:
        from crmcli.domain.fields import Field, Kind

        if not text and self._is_long:
            return ""
        found = self._cells.read(Field("date", Kind.DATE, ""), (text,), None, None, self._form).values[0]
        return str(found)

    def _reject(self, line: int, reason: str) -> None:
        self.rejected.append(f"  line {line}: {reason}")
