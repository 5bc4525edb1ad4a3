"""Recency, frequency, monetary value: each customer scored from 1 to 5 among all, and a name for each kind of customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.metrics import total

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

BEST = 5
SEGMENTS = (
    "champions", "loyal", "potential loyalists", "new", "promising", "need attention", "about to sleep", "at risk",
    "can't lose", "hibernating", "lost",
)  # fmt: skip
# By recency from 5 down to 1, and in each row by frequency and money together from 1 to 5.
_GRID = (
    ("new", "potential loyalists", "potential loyalists", "champions", "champions"),
    ("promising", "potential loyalists", "loyal", "loyal", "champions"),
    ("about to sleep", "about to sleep", "need attention", "loyal", "loyal"),
    ("hibernating", "hibernating", "at risk", "at risk", "at risk"),
    ("lost", "lost", "at risk", "can't lose", "can't lose"),
)


class Scored(NamedTuple):
    """A customer with what is scored (days since the last purchase, purchase days, minor units spent) and the scores.

    ``spent`` and ``m`` are None where no amount is known: then recency and frequency alone say what kind of customer it is.
    """

    customer: str
    days_since: int
    purchases: int
    spent: int | None
    r: int
    f: int
    m: int | None

    @property
    def score(self) -> str:
        """The three scores as they are written: 555 is the best, 55— one whose money is not known."""
        return f"{self.r}{self.f}{'—' if self.m is None else self.m}"

    @property
    def fm(self) -> int:
        """Frequency and money in one score: their mean, a half counted up; frequency alone where money is not known."""
        return self.f if self.m is None else (self.f + self.m + 1) // 2

    @property
    def segment(self) -> str:
        """The name of customers like this one."""
        return segment(self.r, self.f, self.f if self.m is None else self.m)


def quintiles(values: Sequence[float]) -> list[int]:
    """A score from 1 (the lowest fifth) to 5 for each value, by rank.

    Equal values get the equal score of their middle place: 1 + floor(5 · (lower + equal / 2) / n), where ``lower`` is the
    number of values below and ``equal`` of those alike, the value itself among them. So the order of the rows decides
    nothing, one value alone and values all alike score 3, and fewer than five spread evenly.
    """
    counts: dict[float, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    lower, scores = 0, dict[float, int]()
    for value in sorted(counts):
        equal = counts[value]
        scores[value] = 1 + BEST * (2 * lower + equal) // (2 * len(values))
        lower += equal
    return [scores[value] for value in values]


def segment(r: int, f: int, m: int) -> str:
    """The segment of three scores: by recency, and the mean of frequency and money with a half counted up."""
    return _GRID[BEST - r][(f + m + 1) // 2 - 1]


def score(histories: Mapping[str, Mapping[date, int | None]], last_day: date) -> list[Scored]:
    """Every customer scored on the period's last day; ``histories`` hold each purchase day's amount in order of time.

    Money is scored among those of whom some is known.
    """
    days_since = [(last_day - max(days)).days for days in histories.values()]
    purchases = [len(days) for days in histories.values()]
    spent = [total(days.values()) for days in histories.values()]
    marks = zip(quintiles([-days for days in days_since]), quintiles(purchases), _of_money(spent), strict=True)
    return [
        Scored(customer, since, count, money, *three)
        for customer, since, count, money, three in zip(histories, days_since, purchases, spent, marks, strict=True)
    ]


def _of_money(spent: Sequence[int | None]) -> list[int | None]:
    scores = iter(quintiles([money for money in spent if money is not None]))
    return [None if money is None else next(scores) for money in spent]


def grid(scored: Iterable[Scored]) -> list[list[int]]:
    """How many customers there are by recency (rows, from 5 down to 1) and frequency with money (columns, from 1 to 5)."""
    cells = [[0] * BEST for _ in range(BEST)]
    for each in scored:
        cells[BEST - each.r][each.fm - 1] += 1
    return cells
