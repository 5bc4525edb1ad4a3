"""What reports about customers have in common: every customer's purchase days, the day they are judged on, the way back."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.money import Money, exponent
from crmcli.errors import UsageError
from crmcli.reports.bought import bought, customers_drill, whole_drill
from crmcli.reports.report import ReportColumn
from crmcli.store.queries.purchases import customer_days, customer_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from crmcli.reports.bought import Bought
    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.reports.report import Drill
    from crmcli.services.desk import Desk
    from crmcli.store.queries.purchases import Customer
    from crmcli.store.reader import Reader

# Purchases that end so long ago are a closed record: that nobody bought since then says nothing of the customers.
_QUIET_DAYS = 90
_EVER = "0001-01-01T00:00:00Z"
MOST_BARS = 15

CUSTOMER = ReportColumn(
    "customer", "customer", meaning="company, else the deal's first contact, or the name in the log"
)
CURRENCY = ReportColumn("currency", "currency", "text", 4, "the currency that the money is counted in")
IDENTITY = ReportColumn("id", "id", "text", 99, "the company or contact; none for who is only named in a log")


class Buying(NamedTuple):
    """Purchases while a report is worked out: of each customer's key the amount of each purchase day, in order of time.

    The amount of a day is None where no money of it is known: then it counts as a day, and in no money.
    ``last_day`` is the day that silence and age are counted up to.
    """

    desk: Desk
    reader: Reader
    inquiry: Inquiry
    found: Bought
    histories: dict[str, dict[date, int | None]]
    names: Mapping[str, Customer]
    last_day: date
    notes: tuple[str, ...]

    @property
    def currency(self) -> str:
        """The currency that money is counted in."""
        return self.found.view.currency

    def label(self, key: str) -> str:
        """A customer's name."""
        return self.names[key].label

    def identity(self, key: str) -> str | None:
        """The uid of the company or contact, if it is one."""
        return key if self.names[key].noun else None

    def money(self, minor: float | None) -> Money | None:
        """An amount of minor units."""
        return None if minor is None else Money(round(minor), self.currency)

    def major(self, minor: float) -> float:
        """Minor units as units of the currency."""
        return float(minor / 10 ** exponent(self.currency))

    def drill(self, keys: Iterable[str], also: str = "") -> Drill | None:
        """The records of what these customers bought."""
        customers = [self.names[key] for key in keys]
        if len(customers) == len(self.names) > 1 and not also:
            return self.whole
        return customers_drill(self.found, customers, also)

    @property
    def whole(self) -> Drill:
        """The records of what all customers bought."""
        return whole_drill(self.found)


@contextmanager
def buying(sources: Sources, inquiry: Inquiry, *, is_from_start: bool = False, by_day: bool = True) -> Iterator[Buying]:
    """The purchases of the inquiry, with the reading door open.

    ``is_from_start`` takes in what was bought before its period. Reports that don't ask when something was bought go
    without ``by_day``, and have no histories.
    """
    desk = sources.desk
    with desk.reading() as reader:
        found = bought(desk, reader, inquiry)
        if is_from_start and found.span is not None:
            found = found._replace(span=(_EVER, found.span[1]))
        asked = (reader, found.view, found.span, found.where)
        histories = _histories(customer_days(*asked)) if by_day else {}
        names = customer_names(*asked)
        last_day, notes = _last_day(inquiry, histories)
        yield Buying(desk, reader, inquiry, found, histories, names, last_day, (*found.notes, *notes))


def first_day(inquiry: Inquiry) -> date | None:
    """The local day with which the period begins; None where it has no beginning."""
    from datetime import datetime as moments

    if inquiry.span.bounds is None or inquiry.span.bounds[0] == _EVER:
        return None
    return moments.fromisoformat(inquiry.span.bounds[0]).astimezone(inquiry.now.tzinfo).date()


def need_analytics(what: str) -> None:
    """Raise UsageError naming the remedy where numpy and scipy are not installed."""
    from importlib.util import find_spec

    if find_spec("numpy") is None or find_spec("scipy") is None:
        raise UsageError(f"{what} needs numpy and scipy", hint="pip install 'crmcli[analytics]'")


def _histories(rows: Iterable[tuple[str, str, int | None, int]]) -> dict[str, dict[date, int | None]]:
    """What was bought on each day."""
    from datetime import date as days

    known: dict[str, date] = {}
    found: dict[str, dict[date, int | None]] = {}
    for key, written, amount, _ in rows:
        day = known.get(written) or known.setdefault(written, days.fromisoformat(written))
        found.setdefault(key, {})[day] = amount
    return found


def _last_day(inquiry: Inquiry, histories: Mapping[str, Mapping[date, int | None]]) -> tuple[date, tuple[str, ...]]:
    """The period's last day or today, or where purchases ended long ago and no end was named, the day of the last one."""
    today = inquiry.now.date()
    named = _named_end(inquiry)
    if named is not None:
        return min(named, today), ()
    newest = max((max(days) for days in histories.values()), default=today)
    if (today - newest).days <= _QUIET_DAYS:
        return today, ()
    return newest, (f"counted up to {newest}, the day of the newest purchase (--until today counts on)",)


def _named_end(inquiry: Inquiry) -> date | None:
    from datetime import datetime as moments

    if inquiry.span.bounds is None or inquiry.span.bounds[1].startswith("9999-"):
        return None
    after = moments.fromisoformat(inquiry.span.bounds[1]).astimezone(inquiry.now.tzinfo)
    return (after - timedelta(seconds=1)).date()
