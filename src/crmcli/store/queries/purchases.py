"""What customers bought: the one view that everything about customers is worked out from.

A purchase is a line of a transaction log, or where the store has none, a won deal: bought by its company, or else by the
first of its people, at the moment it was won. Money is counted in one currency.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.store.queries.buckets import chosen
from crmcli.store.queries.condition import EVERYTHING, Condition, both
from crmcli.store.queries.worth import RateDay, worth

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, tzinfo

    from crmcli.store.queries.worth import Worth
    from crmcli.store.reader import Reader

SOURCES = ("purchases", "deals")
PRODUCT = "product"  # the custom field of deals that says what was sold
Span = tuple[str, str] | None

_FIRST_CONTACT = (
    "(SELECT c.uid FROM deal_contact l JOIN contact c ON c.id = l.contact_id AND c.deleted_at IS NULL"
    " WHERE l.deal_id = r.id ORDER BY l.position, l.id LIMIT 1)"
)
_DEALS = (
    "deal r JOIN stage s ON s.id = r.stage_id AND s.kind = 'won'"
    " LEFT JOIN company o ON o.id = r.company_id AND o.deleted_at IS NULL"
)
_DAY_AND_A_HALF = 129_600
_NAMED = (
    " LEFT JOIN company b ON b.uid = t.customer_key AND b.deleted_at IS NULL"
    " LEFT JOIN contact c ON c.uid = t.customer_key AND c.deleted_at IS NULL"
)
_CUSTOMER = (
    "t.customer_key, COALESCE(b.name, c.name, t.customer, t.customer_key),"
    " CASE WHEN b.id IS NOT NULL THEN 'company' WHEN c.id IS NOT NULL THEN 'contact' END, COALESCE(b.id, c.id)"
)


class PurchaseView(NamedTuple):
    """Where purchases are read: ``noun`` is what a filter is on and what a figure leads to.

    ``key`` tells customers apart: the uid of the company or contact, or the folded text of the log where it is neither.
    """

    noun: str  # purchase or deal
    currency: str  # the one that money is counted in
    rows: str  # FROM … with the row as r
    key: str
    customer: str  # the log's own text
    at: str
    product: Condition
    quantity: str
    worth: Worth
    zone: tzinfo


class Customer(NamedTuple):
    """Somebody who bought: ``noun`` and ``number`` are None when only the log knows who it is."""

    key: str
    label: str
    noun: str | None = None
    number: int | None = None


class PurchaseRow(NamedTuple):
    """One purchase: ``number`` is its own or its deal's, ``at`` a kept moment (UTC), ``amount`` in minor units or None."""

    number: int
    customer: Customer
    at: str
    amount: int | None
    product: str | None
    quantity: float | None


class CustomerTotals(NamedTuple):
    """All that a customer bought: ``days`` counts distinct local days, ``first_amount`` is what the first one brought.

    Amounts are of the purchases whose money is known, None where that of none is.
    """

    customer: Customer
    days: int
    first: str  # ISO 8601
    last: str
    amount: int | None
    first_amount: int | None
    n: int


def purchase_view(reader: Reader, source_of: str | None, wanted: str, base: str, now: datetime) -> PurchaseView:
    """The purchases that are meant: those of ``source_of``, or else the logs' where there are any, or else won deals.

    Money is counted in ``wanted``, days as in the time zone of ``now``.
    """
    from crmcli.domain.dates import zone_of

    if (source_of or usual_source(reader)) == "deals":
        money = worth(reader, wanted, base, "deal", day=RateDay(zone_of(now)))
        product = Condition(reader.dialect.custom_value("r"), (PRODUCT,))
        key = f"COALESCE(o.uid, {_FIRST_CONTACT})"
        place = (_DEALS, key, "CAST(NULL AS TEXT)", "r.closed_at", product, "CAST(NULL AS REAL)")
        return PurchaseView("deal", money.currency, *place, money, zone_of(now))
    money = worth(reader, wanted, base, "purchase", day=RateDay(zone_of(now), "r.at"))
    place = ("purchase r", "r.customer_key", "r.customer", "r.at", Condition("r.product"), "r.quantity")
    return PurchaseView("purchase", money.currency, *place, money, zone_of(now))


def usual_source(reader: Reader) -> str:
    """Where purchases come from unless one is told."""
    return SOURCES[reader.row("SELECT 1 FROM purchase WHERE deleted_at IS NULL LIMIT 1") is None]


def purchases(
    reader: Reader, view: PurchaseView, span: Span = None, where: Condition = EVERYTHING
) -> Iterator[PurchaseRow]:
    """The purchases of a period, the oldest first, in constant memory; ``where`` is a condition on the view's noun."""
    picked = (
        f"SELECT r.id AS number, {view.key} AS customer_key, {view.customer} AS customer, {view.at} AS at,"
        f" {view.worth.sql} AS amount, {view.product.sql} AS product, {view.quantity} AS quantity"
    )
    inner = purchases_within(view, span, where)
    params = (*view.worth.params, *view.product.params, *inner.params)
    sql = (
        f"SELECT t.number, {_CUSTOMER}, t.at, t.amount, t.product, t.quantity FROM ({picked}{inner.sql}) t{_NAMED}"
        " WHERE t.customer_key IS NOT NULL ORDER BY t.at, t.number"
    )
    for number, key, label, noun, record, at, amount, product, quantity in reader.stream(sql, params):
        yield PurchaseRow(number, Customer(key, label, noun, record), at, _minor(amount), product, quantity)


def customer_totals(
    reader: Reader, view: PurchaseView, span: Span = None, where: Condition = EVERYTHING
) -> Iterator[CustomerTotals]:
    """Every customer of a period, in the order of their keys."""
    inner, day = purchases_within(view, span, where), day_of(reader, view)
    first, last = day_of(reader, view, "s.first"), day_of(reader, view, "s.last")
    summed = (
        f"SELECT {view.key} AS customer_key, COUNT(DISTINCT {day.sql}) AS days, MIN({view.at}) AS first, MAX({view.at}) AS last,"
        f" SUM({view.worth.sql}) AS amount, COUNT(*) AS n{inner.sql} GROUP BY 1"
    )
    dated = f"SELECT s.*, {first.sql} AS first_day, {last.sql} AS last_day FROM ({summed}) s WHERE s.customer_key IS NOT NULL"
    # A day ends within 36 hours, changes of the clock and all, so that few rows are looked at to find its end.
    each = (
        f"SELECT {view.key} AS customer_key, {view.at} AS at, {day.sql} AS day, {view.worth.sql} AS amount{inner.sql}"
    )
    at_first = (
        "SELECT d.customer_key, d.days, d.first_day, d.last_day, d.amount, d.n, SUM(e.amount) AS first_amount"
        f" FROM ({dated}) d LEFT JOIN ({each}) e ON e.customer_key = d.customer_key AND e.at >= d.first"
        f" AND e.at < {reader.dialect.later('d.first', _DAY_AND_A_HALF)} AND e.day = d.first_day"
        " GROUP BY d.customer_key, d.days, d.first_day, d.last_day, d.amount, d.n"
    )
    sql = (
        f"SELECT {_CUSTOMER}, t.days, t.first_day, t.last_day, t.amount, t.first_amount, t.n"
        f" FROM (SELECT a.*, {_text_of(view)} AS customer FROM ({at_first}) a) t{_NAMED} ORDER BY t.customer_key"
    )
    money = view.worth.params
    params = (*first.params, *last.params, *day.params, *money, *inner.params, *day.params, *money, *inner.params)
    found = reader.stream(sql, params)
    for key, label, noun, record, count, first, last, amount, first_amount, n in found:
        customer = Customer(key, label, noun, record)
        yield CustomerTotals(customer, count, first, last, _minor(amount), _minor(first_amount), int(n))


def customer_days(
    reader: Reader, view: PurchaseView, span: Span = None, where: Condition = EVERYTHING
) -> Iterator[tuple[str, str, int | None, int]]:
    """Customer's key, local day, amount and number of purchases, for each day that somebody bought, by key and day.

    The amount is that of the purchases whose money is known, None where that of none is.
    """
    days = _days(reader, view, span, where)
    sql = f"SELECT d.customer_key, d.day, d.amount, d.n FROM ({days.sql}) d ORDER BY d.customer_key, d.day"
    for key, day, amount, n in reader.stream(sql, days.params):
        yield key, day, _minor(amount), int(n)


def usual_prices(
    reader: Reader, view: PurchaseView, span: Span = None, where: Condition = EVERYTHING
) -> dict[str, float]:
    """What a purchase of each product brings on average, in minor units, of those whose money is known."""
    inner = purchases_within(view, span, where)
    sql = (
        "SELECT t.product, AVG(CAST(t.amount AS DOUBLE PRECISION)) FROM"
        f" (SELECT {view.product.sql} AS product, {view.worth.sql} AS amount{inner.sql}) t"
        " WHERE COALESCE(t.product, '') <> '' AND t.amount IS NOT NULL GROUP BY t.product"
    )
    return dict(reader.rows(sql, (*view.product.params, *view.worth.params, *inner.params)))


def baskets(
    reader: Reader, view: PurchaseView, span: Span = None, where: Condition = EVERYTHING
) -> Iterator[tuple[str, str]]:
    """Customer's key and product, each pair once, by customer."""
    inner = purchases_within(view, span, where)
    sql = (
        "SELECT DISTINCT t.customer_key, t.product FROM"
        f" (SELECT {view.key} AS customer_key, {view.product.sql} AS product{inner.sql}) t"
        " WHERE t.customer_key IS NOT NULL AND COALESCE(t.product, '') <> '' ORDER BY t.customer_key, t.product"
    )
    yield from reader.stream(sql, (*view.product.params, *inner.params))


def customer_names(
    reader: Reader, view: PurchaseView, span: Span = None, where: Condition = EVERYTHING
) -> dict[str, Customer]:
    """The customers of a period by their keys."""
    inner = purchases_within(view, span, where)
    sql = (
        f"SELECT {_CUSTOMER} FROM (SELECT a.*, {_text_of(view)} AS customer FROM"
        f" (SELECT DISTINCT {view.key} AS customer_key{inner.sql}) a) t{_NAMED} WHERE t.customer_key IS NOT NULL"
    )
    return {row[0]: Customer(*row) for row in reader.rows(sql, inner.params)}


def unrated(
    reader: Reader, view: PurchaseView, span: Span = None, where: Condition = EVERYTHING
) -> list[tuple[str, int, int, str]]:
    """The money that can't be counted: currency, how many purchases, minor units of that currency, and the last day."""
    if view.worth.missing is None:
        return []
    inner = purchases_within(view, span, both(where, view.worth.missing))
    on = day_of(reader, view)
    sql = f"SELECT r.currency, COUNT(*), SUM(r.value), MAX({on.sql}){inner.sql} GROUP BY r.currency ORDER BY r.currency"
    rows = reader.rows(sql, (*on.params, *inner.params))
    return [(code or "", n, int(minor), day) for code, n, minor, day in rows]


def dated_after(
    reader: Reader, view: PurchaseView, since: str, span: Span = None, where: Condition = EVERYTHING
) -> int:
    """How many purchases of a period are of that moment or a later one."""
    if span is not None and span[1] <= since:
        return 0
    inner = purchases_within(view, span, both(where, Condition(f"{view.at} >= ?", (since,))))
    return int(reader.value(f"SELECT COUNT(*){inner.sql}", inner.params) or 0)


def of_nobody(reader: Reader, view: PurchaseView, span: Span = None, where: Condition = EVERYTHING) -> int:
    """How many won deals of a period have neither a company nor a person, so that nobody is known to have bought."""
    if view.noun != "deal":
        return 0
    inner = purchases_within(view, span, both(where, Condition(f"{view.key} IS NULL")))
    return int(reader.value(f"SELECT COUNT(*){inner.sql}", inner.params) or 0)


def of_second_contacts(
    reader: Reader, view: PurchaseView, span: Span = None, where: Condition = EVERYTHING
) -> dict[str, list[int]]:
    """By the key of a person who is also another one's partner in a won deal: the deals where the person comes first.

    Of those a filter on the deal's people would find too many, so that they have to be named by their numbers.
    """
    if view.noun != "deal":
        return {}
    shared = "o.id IS NULL AND (SELECT COUNT(*) FROM deal_contact l WHERE l.deal_id = r.id) > 1"
    inner = purchases_within(view, span, where)
    among = (
        "SELECT c.uid FROM deal_contact l JOIN contact c ON c.id = l.contact_id"
        f" WHERE l.deal_id IN (SELECT r.id{inner.sql} AND {shared})"
    )
    sql = (
        f"SELECT t.customer_key, t.number FROM (SELECT {view.key} AS customer_key, r.id AS number{inner.sql}"
        f" AND o.id IS NULL) t WHERE t.customer_key IN ({among}) ORDER BY t.number"
    )
    found: dict[str, list[int]] = {}
    for key, number in reader.stream(sql, (*inner.params, *inner.params)):
        found.setdefault(key, []).append(number)
    return found


def day_of(reader: Reader, view: PurchaseView, moments: str | None = None) -> Condition:
    """The local day of a purchase, as text; ``moments`` is SQL for another moment than the purchase's own."""
    from crmcli.store.queries.common import sure_moment

    at = moments or view.at
    column = view.at.removeprefix("r.")
    table = "deal" if view.noun == "deal" else "purchase"
    # Each asked by itself is answered by the column's index, if it has one.
    first, last = (reader.value(f"SELECT {end}(p.{column}) FROM {table} p") for end in ("MIN", "MAX"))
    if first is None or last is None:
        return Condition(f"substr(CAST({at} AS TEXT), 1, 10)")
    changes = offsets(view.zone, sure_moment(first), sure_moment(last))
    seconds = [offset for _, offset in changes]
    if seconds == [0]:
        return Condition(f"substr(CAST({at} AS TEXT), 1, 10)")
    moved = chosen(at, [since for since, _ in changes[1:]], seconds)
    # SQLite asks for the moment and for the seconds in this order; PostgreSQL too.
    return Condition(reader.dialect.shifted_day(at, moved.sql), moved.params)


def offsets(zone: tzinfo, first: datetime, last: datetime) -> list[tuple[str, int]]:
    """The seconds that a zone is ahead of UTC from a kept moment on; the first holds for everything before the second."""
    from datetime import timedelta

    from crmcli.domain.records import utc_text

    def ahead(moment: datetime) -> int:
        return int((moment.astimezone(zone).utcoffset() or timedelta()).total_seconds())

    week, second = timedelta(days=7), timedelta(seconds=1)
    found = [(utc_text(first), ahead(first))]
    at = first
    while at < last:
        after = min(at + week, last)
        if ahead(after) != ahead(at):
            low, high = at, after
            while high - low > second:
                middle = low + (high - low) // 2
                low, high = (middle, high) if ahead(middle) == ahead(at) else (low, middle)
            found.append((utc_text(high), ahead(high)))
        at = after
    return found


def purchases_within(view: PurchaseView, span: Span, where: Condition) -> Condition:
    """FROM and WHERE of the purchases of a period."""
    kept = [Condition(f"{view.at} IS NOT NULL"), where]
    if span is not None:
        kept.append(Condition(f"{view.at} >= ? AND {view.at} < ?", span))
    found = both(*kept)
    return Condition(f" FROM {view.rows} WHERE r.deleted_at IS NULL AND {found.sql}", found.params)


def _text_of(view: PurchaseView) -> str:
    """What the log called a customer ``a`` the last time."""
    if view.noun == "deal":
        return "CAST(NULL AS TEXT)"
    one = "SELECT n.customer FROM purchase n WHERE n.deleted_at IS NULL AND n.customer_key = a.customer_key"
    return f"({one} ORDER BY n.at DESC, n.id DESC LIMIT 1)"


def _days(reader: Reader, view: PurchaseView, span: Span, where: Condition) -> Condition:
    """A row for each customer and local day."""
    day, inner = day_of(reader, view), purchases_within(view, span, where)
    sql = (
        "SELECT t.customer_key, t.day, SUM(t.amount) AS amount, COUNT(*) AS n"
        f" FROM (SELECT {view.key} AS customer_key, {day.sql} AS day, {view.worth.sql} AS amount{inner.sql}) t"
        " WHERE t.customer_key IS NOT NULL GROUP BY t.customer_key, t.day"
    )
    return Condition(sql, (*day.params, *view.worth.params, *inner.params))


def _minor(amount: float | None) -> int | None:
    """An amount that may have gone through a rate, in whole minor units."""
    return None if amount is None else round(amount)
