"""What customers bought, as a report asks for it: where it is read, what it leaves out, and the way to its records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.reports.drill import equal, grouped, joined, numbered, quoted, together, within
from crmcli.reports.report import Drill
from crmcli.reports.unrated import one_left_out
from crmcli.store.queries.condition import EVERYTHING, Condition, both
from crmcli.store.queries.purchases import dated_after, of_nobody, of_second_contacts, purchase_view, unrated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from crmcli.reports.inquiry import Inquiry
    from crmcli.services.desk import Desk
    from crmcli.store.queries.purchases import Customer, PurchaseView
    from crmcli.store.reader import Reader

MOST_LETTERS = 100_000  # of a filter
_MOST_PARTS = 50  # of a filter, each of up to nine of the 500 conditions that it may have


class Bought(NamedTuple):
    """The purchases that a report is about: pass ``view``, ``span`` and ``where`` on to store/queries/purchases.py."""

    view: PurchaseView
    span: tuple[str, str] | None
    where: Condition
    notes: tuple[str, ...]
    rest: str  # the period and the user's filter, as a filter
    firsts: Mapping[str, list[int]]


def bought(desk: Desk, reader: Reader, inquiry: Inquiry) -> Bought:
    """The purchases of the inquiry's period that its filter selects; raises FilterError or UsageError."""
    from crmcli.errors import UsageError
    from crmcli.store.queries.purchases import SOURCES

    source_of = inquiry.options.get("source_of") or None
    if source_of is not None and source_of not in SOURCES:
        raise UsageError(f"--from: {source_of!r} is neither purchases nor deals")
    view = purchase_view(reader, source_of, inquiry.currency, desk.currency, inquiry.now)
    where, span = desk.condition(reader, view.noun, inquiry.filter), inquiry.span.bounds
    coming = to_come(reader, view, span, where, inquiry.now)
    where = both(where, coming.where)
    field = "closed_at" if view.noun == "deal" else "at"
    won = "stage_kind = won" if view.noun == "deal" else ""
    rest = joined(won, within(field, inquiry.span, inquiry.now), coming.said, grouped(inquiry.filter))
    firsts = of_second_contacts(reader, view, span, where)
    notes = (*unrated_notes(desk, reader, view, span, where), *_nobody(reader, view, span, where), *coming.notes)
    return Bought(view, span, where, notes, rest, firsts)


class ToCome(NamedTuple):
    """How purchases dated in days to come are left out: in SQL, in the filter's words, and the note that says so."""

    where: Condition = EVERYTHING
    said: str = ""
    notes: tuple[str, ...] = ()


def to_come(
    reader: Reader, view: PurchaseView, span: tuple[str, str] | None, where: Condition, now: datetime
) -> ToCome:
    """What keeps out purchases dated after today; nothing where there are none.

    A silence can't be counted from a day that has not come, so that no figure takes them in before it has.
    """
    from datetime import timedelta

    from crmcli.domain.dates import Period
    from crmcli.domain.periods import utc_bounds
    from crmcli.domain.records import utc_text

    today = now.date()
    _, end = utc_bounds(Period(today, today + timedelta(days=1)), now)
    count = dated_after(reader, view, utc_text(end), span, where)
    if not count:
        return ToCome()
    field = view.at.removeprefix("r.")
    which = f"1 {view.noun} is" if count == 1 else f"{count} {view.noun}s are"
    note = f"{which} dated after today, {today}, and left out until the day has come"
    return ToCome(Condition(f"{view.at} < ?", (utc_text(end),)), f"{field} <= {today}", (note,))


def unrated_notes(
    desk: Desk, reader: Reader, view: PurchaseView, span: tuple[str, str] | None, where: Condition
) -> list[str]:
    """A sentence for each currency that has no rate."""
    found = unrated(reader, view, span, where)
    return [one_left_out(reader, view.noun, view.currency, desk.currency, row) for row in found]


def _nobody(reader: Reader, view: PurchaseView, span: tuple[str, str] | None, where: Condition) -> list[str]:
    left_out = of_nobody(reader, view, span, where)
    if not left_out:
        return []
    have = "s have" if left_out > 1 else " has"
    return [f"{left_out} won deal{have} neither a company nor a contact and so no customer: left out"]


def customer_drill(found: Bought, customer: Customer) -> Drill | None:
    """The records of all that a customer bought."""
    if customer.key in found.firsts:
        return numbered("deal", found.firsts[customer.key])
    if customer.noun is None:
        named = f"{equal('customer', customer.label)} AND contact is empty AND company is empty"
        return Drill(found.view.noun, joined(named, found.rest))
    link = "contacts" if (customer.noun, found.view.noun) == ("contact", "deal") else customer.noun
    alone = "company is empty" if customer.noun == "contact" else ""
    return Drill(found.view.noun, joined(f'{link} = "#{customer.number}"', alone, found.rest))


def somebody(found: Bought) -> str:
    """The condition that it is known who bought."""
    return "(company is not empty OR contact is not empty)" if found.view.noun == "deal" else ""


def whole_drill(found: Bought, also: str = "") -> Drill:
    """The records of all that anybody bought and that meet one more condition."""
    return Drill(found.view.noun, joined(somebody(found), also, found.rest) or "number > 0")


def customers_drill(found: Bought, customers: Sequence[Customer], also: str = "") -> Drill | None:
    """The records of all that these customers bought and that meet one more condition; None of nobody."""
    if len(customers) == 1 and not also:
        return customer_drill(found, customers[0])
    return parted_drill(found, [(customers, also)])


def parted_drill(found: Bought, parts: Iterable[tuple[Sequence[Customer], str]]) -> Drill | None:
    """The records of what some customers bought that meet one condition, and others another; None of nobody."""
    drills, taken = list[Drill](), list[str]()
    room = MOST_LETTERS - len(found.rest) - len(" AND ()")
    for piece in (piece for some, also in parts for piece in _pieces(found, some, also, room)):
        if len(taken) == _MOST_PARTS or sum(map(len, taken)) + len(" OR ()") * len(taken) + len(piece) > room:
            drills.append(_either(found, taken))
            taken = []
        taken.append(piece)
    return together((*drills, _either(found, taken))) if taken else None


def _pieces(found: Bought, customers: Sequence[Customer], also: str, room: int) -> Iterator[str]:
    """The condition on what these customers bought, in as many pieces as its length takes."""
    named = _named(found, customers)
    piece = joined(named, also)
    if named and len(piece) <= room:
        yield piece
    elif len(customers) > 1:
        half = len(customers) // 2
        for some in (customers[:half], customers[half:]):
            yield from _pieces(found, some, also, room)


def _either(found: Bought, pieces: Sequence[str]) -> Drill:
    whole = pieces[0] if len(pieces) == 1 else f"({' OR '.join(f'({each})' for each in pieces)})"
    return Drill(found.view.noun, joined(whole, found.rest))


def _named(found: Bought, customers: Sequence[Customer]) -> str:
    """The condition that something was bought by one of these."""
    alone = "company is empty"
    kinds = {"company": "company", "contact": "contacts" if found.view.noun == "deal" else "contact"}
    named: list[str] = []
    for noun, path in kinds.items():
        numbers = [f'"#{each.number}"' for each in customers if each.noun == noun and each.key not in found.firsts]
        if numbers:
            named.append(joined(f"{path} in ({', '.join(numbers)})", alone if noun == "contact" else ""))
    labels = [quoted(each.label) for each in customers if each.noun is None]
    if labels:
        named.append(f"(customer in ({', '.join(labels)}) AND contact is empty AND {alone})")
    firsts = sorted({number for each in customers for number in found.firsts.get(each.key, ())})
    if firsts:
        named.append(f"number in ({', '.join(map(str, firsts))})")
    return f"({' OR '.join(f'({each})' for each in named)})" if named else ""


def people_drill(found: Bought, customers: Sequence[Customer]) -> Drill | None:
    """The customers themselves; of who is only named in a log, what they bought."""
    ways: list[Drill | None] = []
    for noun in ("company", "contact"):
        numbers = [each.number for each in customers if each.noun == noun and each.number is not None]
        ways.append(numbered(noun, numbers))
    return together((*ways, customers_drill(found, [each for each in customers if each.noun is None])))
