"""What reports about groups of deals have in common: the question while it is worked out, and how its groups are shown."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from crmcli.domain.dates import zone_of
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.money import Money, exponent
from crmcli.domain.stretches import without_holes
from crmcli.reports.drill import grouped, within
from crmcli.reports.report import Chart, ReportColumn
from crmcli.store.queries.closings import made_first
from crmcli.store.queries.condition import EVERYTHING
from crmcli.store.queries.groups import WHOLE, day_of_rate, deal_groups
from crmcli.store.queries.worth import RateDay, worth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.services.desk import Desk
    from crmcli.store.queries.condition import Condition
    from crmcli.store.queries.groups import Group
    from crmcli.store.queries.worth import Day, Worth
    from crmcli.store.reader import Reader

T = TypeVar("T")
NO_GROUP = "—"
_SKIPPED = "…"  # stretches of the calendar that are too many to be drawn
MOST_BARS = 20


class Asking(NamedTuple):
    """A report about deals while it is worked out; ``where`` is the user's filter."""

    desk: Desk
    reader: Reader
    inquiry: Inquiry
    group: Group
    where: Condition

    def worth(self, day: Day | None = None) -> Worth:
        """What a deal is worth, by the rate of a day; of that of closing unless told otherwise."""
        day = day or RateDay(zone_of(self.inquiry.now))
        return worth(self.reader, self.inquiry.currency, self.desk.currency, day=day)

    def rest(self, field: str) -> tuple[str, ...]:
        """The conditions that period and filter set, in the filter's own words; the period is about a field."""
        return (within(field, self.inquiry.span, self.inquiry.now), grouped(self.inquiry.filter))

    def timed(self, odd: int) -> Condition:
        """The closed deals without the ``odd`` ones, so many, that were closed before they were made.

        No filter can hold two moments of a deal together.
        """
        return made_first(self.reader, self.desk.clock) if odd else EVERYTHING

    def whole(self) -> Asking:
        """The same without groups."""
        return self._replace(group=WHOLE)


@contextmanager
def asking(
    sources: Sources, inquiry: Inquiry, moment: str = "closed_at", *, is_bounded: bool = True
) -> Iterator[Asking]:
    """The question with the reading door open; ``is_bounded`` when the period is about the moment that groups are."""
    desk = sources.desk
    with desk.reading() as reader:
        group = deal_groups(reader, desk, inquiry.by, moment, inquiry.span.bounds if is_bounded else None)
        yield Asking(desk, reader, inquiry, group, desk.condition(reader, "deal", inquiry.filter))


def day_of_open(inquiry: Inquiry) -> RateDay:
    """The day whose rate an amount is taken at: the day of closing, today for what is open."""
    return day_of_rate(inquiry.now)


def ordered(group: Group, found: Mapping[object, T], weight: Callable[[T], float]) -> list[tuple[object, T]]:
    """The calendar as it came, everything else by its weight; deals without a group last among equals."""
    if group.moment:
        return sorted(found.items(), key=lambda item: (item[0] is None, item[0] or 0))
    return sorted(found.items(), key=lambda item: (-weight(item[1]), group.label(item[0]) or ""))


def group_column(group: Group) -> tuple[ReportColumn, ...]:
    """The column that names the groups; none where all deals are one."""
    return (ReportColumn(group.name, group.name.replace("-", " ")),) if group.name else ()


def group_cell(group: Group, key: object) -> tuple[object, ...]:
    """What stands in that column."""
    return (group.label(key),) if group.name else ()


def titled(what: str, group: Group) -> str:
    """The title of a report, with what it is told apart by."""
    return f"{what} by {group.name.replace('-', ' ')}" if group.name else what


def chart_of(
    group: Group,
    figures: Iterable[tuple[object, float | None]],
    unit: str,
    title: str,
    *,
    of_nothing: float | None = 0.0,
) -> Chart | None:
    """A bar for each group, a line over the calendar; None where there is nothing to compare.

    ``of_nothing`` is the figure of a stretch of the calendar in which nothing happened: None for a rate or a mean.
    """
    known = [(key, value) for key, value in figures if not (group.moment and key is None)]
    if not group.name or len(known) < 2:
        return None
    shown = known if group.moment else known[:MOST_BARS]
    labels = tuple(group.label(key) or NO_GROUP for key, _ in shown)
    values = tuple(value for _, value in shown)
    if group.moment:
        return Chart("line", *along_time(labels, values, of_nothing), unit, title)
    if len(known) > MOST_BARS:
        title = f"{title}, the first {MOST_BARS} of {len(known):,}"
    return Chart("bar", labels, values, unit, title)


def along_time(
    labels: Sequence[str], values: Sequence[float | None], of_nothing: float | None
) -> tuple[tuple[str, ...], tuple[float | None, ...]]:
    """Names of stretches of the calendar and their figures, with those of the stretches between them."""
    known = dict(zip(labels, values, strict=True))
    every = without_holes(labels)
    return (
        tuple(_SKIPPED if label is None else label for label in every),
        tuple(None if label is None else known.get(label, of_nothing) for label in every),
    )


def as_one(title: str, group: Group) -> str:
    """The title of a chart that draws all groups as one."""
    return f"{title}, all together, not by {group.name.replace('-', ' ')}" if group.name else title


def money(minor: float | None, currency: str) -> Money | None:
    """An amount of minor units, whole ones."""
    return None if minor is None else Money(round(minor), currency)


def major(amount: float | None, currency: str) -> float | None:
    """The amount in major units, for a chart."""
    return None if amount is None else amount / 10.0 ** exponent(currency)
