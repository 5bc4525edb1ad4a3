"""The decimal mark of a column of numbers, from all of its values, seen one after another."""

from __future__ import annotations

from functools import lru_cache

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.money import decimal_marks, read_number
from crmcli.errors import BadValue

_STRAY = 20  # one value in so many may be written the other way: it is then the value that is wrong
_OTHER = {".": ",", ",": "."}
_marks = lru_cache(16_384)(decimal_marks)


class NumberFormat(NamedTuple):
    """How the numbers of a column are read.

    The ``decimal`` mark is ``sure`` when values show it, else it is only the one that makes sense of them all; with
    ``fractions`` a bare 0.25 is 25 per cent; ``beside_percents``, where others have their sign, it may be either.
    """

    decimal: str | None = None
    sure: bool = True
    fractions: bool = False
    beside_percents: bool = False


PLAIN = NumberFormat()
"""Every number is read by itself; an amount that could be two is refused."""


class NumberColumn:
    """A column of numbers, amounts or percentages while it is seen."""

    def __init__(self) -> None:
        self._shown = {".": 0, ",": 0}
        self._unclear = {".": 0, ",": 0}
        self._example = ""
        self._grouped = True  # numbers may be large enough for thousands to be set off
        self._shares = False  # some value lies between 0 and 1
        self._whole = False  # some value lies above 1, or names the per cent
        self._signed = False  # some value names the per cent

    def see(self, text: str) -> None:
        """Take a value into account."""
        marks = _marks(text)
        if len(marks) == 1:
            self._shown[marks] += 1
        elif marks:
            self._unclear["." if "." in text else ","] += 1
            self._example = self._example or text

    def see_share(self, text: str) -> None:
        """Take a percentage into account."""
        self._grouped = False
        self.see(text)
        try:
            number = read_number(text)
        except BadValue:
            return
        self._shares = self._shares or 0 < number < 1
        self._signed = self._signed or text.rstrip().endswith("%")
        self._whole = self._whole or number > 1 or self._signed

    @property
    def form(self) -> NumberFormat:
        """The format of the column."""
        decimal, sure = self._decimal()
        return NumberFormat(decimal, sure, self._shares and not self._whole, self._shares and self._signed)

    @property
    def assumed(self) -> str | None:
        """A value that is read as thousands only because no amount has three decimals; None when all is clear."""
        form = self.form
        return self._example if form.decimal and not form.sure else None

    def _decimal(self) -> tuple[str | None, bool]:
        points, commas = self._shown["."], self._shown[","]
        if points or commas:
            mixed = min(points, commas) * _STRAY > max(points, commas)
            return (None if mixed else "." if points > commas else ","), True
        lone = [mark for mark, count in self._unclear.items() if count]
        if len(lone) != 1:
            return None, True
        return (_OTHER[lone[0]], False) if self._grouped else (lone[0], True)
