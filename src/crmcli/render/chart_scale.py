"""Figures of charts: written out, written short for an axis, and the round steps of the axis itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.money import CURRENCIES, Money, exponent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmcli.render.locale import Locale

NO_VALUE = "—"
_SIZES = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_LEAST_SPAN = 1e-200  # what is smaller can't be divided into steps
_ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)


def figure(value: float | None, unit: str, locale: Locale) -> str:
    """The value as a person is shown it: money and rates as in a table, else the number with its unit."""
    if value is None:
        return NO_VALUE
    if unit == "percent":
        return locale.percent(value)
    if unit == "days":
        return f"{locale.number(round(value, 1))} d"
    if unit in CURRENCIES:
        return locale.money(Money(round(value * 10 ** exponent(unit)), unit))
    return f"{locale.number(value)} {unit}".rstrip()


def short(value: float, unit: str, locale: Locale) -> str:
    """The value in few cells, without its unit but for a rate: ``12.5k``, ``63%``."""
    if unit == "percent":
        return f"{locale.number(round(value * 100, 1))}%"
    for size, sign in _SIZES:
        if abs(value) >= size:
            return f"{locale.number(round(value / size, 1))}{sign}"
    return locale.number(round(value, 2))


class Scale(NamedTuple):
    """An axis: where it begins and ends, and the round values that are marked on it."""

    low: float
    high: float
    marks: tuple[float, ...]

    def share(self, value: float) -> float:
        """How far along the axis a value lies, from 0 to 1."""
        return (value - self.low) / (self.high - self.low)


def scale(values: Iterable[float | None], most: int = 5) -> Scale:
    """The axis for these values with at most so many marks; nothing is always on it."""
    low, high = lowest_and_highest(values)
    if high - low < _LEAST_SPAN:
        return Scale(0.0, 1.0, (0.0, 1.0))
    step = _step((high - low) / max(most - 1, 1))
    first, last = int(low // step), int(-(-high // step))
    marks = tuple(_exact(step * place) for place in range(first, last + 1))
    return Scale(marks[0], marks[-1], marks)


def _step(least: float) -> float:
    """The smallest round number that is not below ``least``."""
    from math import floor, log10

    power = 10.0 ** floor(log10(least))
    return next(_exact(power * each) for each in _ROUND if power * each >= least * (1 - 1e-9))


def _exact(value: float) -> float:
    """Without the dust of binary fractions: 0.3, not 0.30000000000000004."""
    return float(f"{value:.12g}")


def lowest_and_highest(values: Iterable[float | None]) -> tuple[float, float]:
    """The span of the values and of nothing; two zeros when there is none."""
    known = [value for value in values if value is not None]
    return min([0.0, *known]), max([0.0, *known])
