"""What customers bought, as a report asks for it: where it is read, what it leaves out, and the way to its records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.reports.drill import MOST_NUMBERS, equal, grouped, joined, numbered, quoted, together, within
from crmcli.reports.report import Drill
from crmcli.reports.unrated import one_left_out
from crmcli.store.queries.purchases import of_nobody, of_second_contacts, purchase_view, unrated

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmcli.reports.inquiry import Inquiry
    from crmcli.services.desk import Desk
    from crmcli.store.queries.condition import Condition
    from crmcli.store.queries.purchases import Customer, PurchaseView
    from crmcli.store.reader import Reader

MOST_LETTERS = 100_000  # of a filter


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
    field = "closed_at" if view.noun == "deal" else "at"
    won = "stage_kind = won" if view.noun == "deal" else ""
    rest = joined(won, within(field, inquiry.span, inquiry.now), grouped(inquiry.filter))
    firsts = of_second_contacts(reader, view, span, where)
    notes = (*unrated_notes(desk, reader, view, span, where), *_nobody(reader, view, span, where))
    return Bought(view, span, where, notes, rest, firsts)


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
    named = _named(found, customers)
    drill = joined(named, also, found.rest)
    if len(drill) <= MOST_LETTERS:
        return Drill(found.view.noun, drill) if named else None
    half = len(customers) // 2
    return together(customers_drill(found, some, also) for some in (customers[:half], customers[half:]) if half)


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
        ways += [numbered(noun, numbers[at : at + MOST_NUMBERS]) for at in range(0, len(numbers), MOST_NUMBERS)]
    return together((*ways, customers_drill(found, [each for each in customers if each.noun is None])))
