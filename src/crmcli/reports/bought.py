"""What customers bought, as a report asks for it: where it is read, what it leaves out, and the way to its records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.reports.drill import equal, grouped, joined, numbered, within
from crmcli.reports.report import Drill
from crmcli.store.queries.purchases import of_nobody, of_second_contacts, purchase_view, unrated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmcli.reports.inquiry import Inquiry
    from crmcli.services.desk import Desk
    from crmcli.store.queries.condition import Condition
    from crmcli.store.queries.purchases import Customer, PurchaseView
    from crmcli.store.reader import Reader


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
    notes = (*_unrated(reader, view, span, where), *_nobody(reader, view, span, where))
    return Bought(view, span, where, notes, rest, firsts)


def _unrated(reader: Reader, view: PurchaseView, span: tuple[str, str] | None, where: Condition) -> list[str]:
    """A sentence for each currency that has no rate."""
    from crmcli.domain.money import Money

    notes = []
    for code, n, minor, at in unrated(reader, view, span, where):
        what = f"{n} {view.noun}s" if n > 1 else f"1 {view.noun}"
        notes.append(
            f"{what} worth {Money(minor, code).plain} {code} {'are' if n > 1 else 'is'} left out of the money: no rate for"
            f" {code} up to {at[:10]} (crm rate set {code} RATE)"
        )
    return notes


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
