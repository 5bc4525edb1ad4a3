"""The order of day, month and year in a column, from all of its values, seen one after another."""

from __future__ import annotations

from functools import lru_cache

from crmcli.domain.date_formats import DateFormat, pattern_of, possible_day
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.written_dates import NoSuchTime, Written, take_apart

_STRAY = 20  # one value in so many may have the other order: it is then the value that is wrong


class Doubt(NamedTuple):
    """A column whose numbers have two readings: how many ``values`` it touches, one of them with both its days."""

    line: int
    text: str
    values: int
    readings: tuple[tuple[str, str], tuple[str, str]]  # the day, and the pattern that gives it
    mixed: bool = False  # some values can only be the one, others only the other ...
    only: tuple[tuple[int, str, str, str], ...] = ()  # ... as these: line, text, the day and its pattern


class _Evidence(NamedTuple):
    mark: str
    orders: tuple[str, ...]  # that give a day
    differ: bool  # whether those days differ
    written: Written


@lru_cache(16_384)
def _evidence(text: str) -> _Evidence | None:
    try:
        written = take_apart(text)
    except NoSuchTime:
        return None
    if written is None or not written.mark:
        return None
    days = {order: day for order in ("dmy", "mdy", "ymd") if (day := _day(written, order))}
    either = {days[order] for order in ("dmy", "mdy") if order in days}
    return _Evidence(written.mark, tuple(days), len(either) > 1, written)


def _day(written: Written, order: str) -> str | None:
    parts = dict(zip(order, (written.first, written.second, written.third), strict=True))
    if not written.short and order == "ymd":
        return None
    day = possible_day(2000 + parts["y"] if written.short else parts["y"], parts["m"], parts["d"])
    return None if day is None else day.isoformat()


class _Tally:
    """What the values with one mark between their numbers say."""

    def __init__(self) -> None:
        self.fits = dict.fromkeys(("dmy", "mdy", "ymd"), 0)
        self.only = dict.fromkeys(("dmy", "mdy", "ymd"), 0)
        self.first_only: dict[str, tuple[int, str]] = {}
        self.seen = self.unclear = 0
        self.short = True
        self.firsts: tuple[int, int] = (99, 0)
        self.thirds: tuple[int, int] = (99, 0)
        self.example: tuple[int, str] | None = None
        self.any: tuple[int, str] | None = None

    def see(self, line: int, text: str, found: _Evidence) -> None:
        self.seen += 1
        for order in found.orders:
            self.fits[order] += 1
        of_two = [order for order in found.orders if order != "ymd"]
        if len(of_two) < 2:
            order = of_two[0] if of_two else "ymd"
            self.only[order] += 1
            self.first_only.setdefault(order, (line, text))
        elif found.differ:
            self.unclear += 1
            self.example = self.example or (line, text)
        self.short = self.short and found.written.short
        first, third = found.written.first, found.written.third
        self.firsts = min(self.firsts[0], first), max(self.firsts[1], first)
        self.thirds = min(self.thirds[0], third), max(self.thirds[1], third)
        if self.any is None and first != third:
            self.any = line, text

    def order(self, mark: str) -> str | None:
        """The order that nearly all values have; None where they leave it open."""
        if self._may_begin_with_year(mark):
            return None if self._also() else "ymd"
        days, months = self.only["dmy"], self.only["mdy"]
        if not self.fits["dmy"] and not self.fits["mdy"]:
            return "ymd" if self.only["ymd"] else None
        if min(days, months) * _STRAY > max(days, months):
            return None
        if days or months:
            return "dmy" if days > months else "mdy"
        return "dmy" if mark == "." else None

    def doubt(self, mark: str) -> Doubt | None:
        """The two readings that are left, where there are two."""
        if self.order(mark) is not None:
            return None
        if self._may_begin_with_year(mark) and self.any is not None:
            return self._doubt(self.any, self.seen, (self._also() or "dmy", "ymd"))
        days, months = self.only["dmy"], self.only["mdy"]
        if days and months:
            return self._mixed(self.example or self.first_only["dmy"], self.unclear or days + months)
        return self._doubt(self.example, self.unclear, ("dmy", "mdy")) if self.example else None

    def _may_begin_with_year(self, mark: str) -> bool:
        """Whether ``24-03-05`` is rather the fifth of March: the years of a column lie closer together than its days."""
        spans = (high - low for low, high in (self.firsts, self.thirds))
        return mark == "-" and self.short and self.fits["ymd"] == self.seen and next(spans) < next(spans)

    def _also(self) -> str | None:
        """The order with the year last that all values fit too."""
        return next((order for order in ("dmy", "mdy") if self.fits[order] == self.seen), None)

    def _mixed(self, example: tuple[int, str], values: int) -> Doubt:
        """Values of which each has one reading, and which can't both be right of one column."""
        found = []
        for order in ("dmy", "mdy"):
            line, text = self.first_only[order]
            evidence = _evidence(text)
            assert evidence is not None
            day = _day(evidence.written, order) or ""
            found.append((line, text, day, pattern_of(order, evidence.mark, short=evidence.written.short)))
        doubt = self._doubt(example, values, ("dmy", "mdy"))
        return doubt._replace(mixed=True, only=tuple(sorted(found)))

    def _doubt(self, example: tuple[int, str], values: int, orders: tuple[str, str]) -> Doubt:
        line, text = example
        found = _evidence(text)
        assert found is not None
        one, other = (
            (_day(found.written, order) or "", pattern_of(order, found.mark, short=found.written.short))
            for order in orders
        )
        return Doubt(line, text, values, (one, other))


def shows_order(text: str) -> bool:
    """Whether a text is a date in numbers, so that it may tell in which order others of its file stand."""
    found = _evidence(text)
    return found is not None and bool(found.orders)


class DateColumn:
    """A column of dates while it is seen."""

    def __init__(self) -> None:
        self._tallies: dict[str, _Tally] = {}

    def see(self, line: int, text: str) -> None:
        """Take a value into account."""
        found = _evidence(text)
        if found is not None and found.orders:
            self._tallies.setdefault(found.mark, _Tally()).see(line, text, found)

    @property
    def orders(self) -> dict[str, str]:
        """The order of numbers by the mark between them, as far as the values show it."""
        orders = {mark: tally.order(mark) for mark, tally in self._tallies.items()}
        return {mark: order for mark, order in orders.items() if order is not None}

    @property
    def doubts(self) -> dict[str, Doubt]:
        """What the values leave open, by the mark between their numbers."""
        doubts = {mark: tally.doubt(mark) for mark, tally in self._tallies.items()}
        return {mark: doubt for mark, doubt in doubts.items() if doubt is not None}

    def form(self, adopted: dict[str, str]) -> DateFormat:
        """The format of the column, its open orders as ``adopted`` from other columns."""
        return DateFormat(tuple((adopted | self.orders).items()))
