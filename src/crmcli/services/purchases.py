"""What customers bought, line by line: listed, written down, and taken away."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

from crmcli.domain.money import read_currency, read_money, read_number
from crmcli.domain.text import tidy
from crmcli.errors import Ambiguous, BadValue, NotFound
from crmcli.services.customers_named import CustomersNamed, Meant
from crmcli.store.queries.common import Selection
from crmcli.store.queries.condition import Condition
from crmcli.store.queries.purchase_lines import purchase_lines, purchase_numbers
from crmcli.store.queries.refs import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmcli.domain.views import PurchaseLine
    from crmcli.services.desk import Desk
    from crmcli.services.records import Query
    from crmcli.store.reader import Reader
    from crmcli.store.session import UnitOfWork

_AT_ONCE = 500
_LONGEST = 500
_OF_REFUNDS = "take a refund off the purchase that it pays back: amounts are net"

# Inside a class with a method named list, the builtin goes by this name.
Lines = list["PurchaseLine"]


class Purchases:
    """The purchases of a store."""

    noun = "purchase"

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def list(self, query: Query) -> Iterator[PurchaseLine]:
        """The purchases that a query selects, streamed, the oldest first."""
        with self.desk.reading() as reader:
            where = self.desk.condition(reader, self.noun, query.text)
            selection = Selection(where, query.sort, query.reverse, query.limit, query.offset)
            yield from purchase_lines(reader, selection, self.desk.currency)

    def within(self, period: str) -> str:
        """The days that words name as a filter on when it was bought, fiscal years too; raises BadValue."""
        from datetime import timedelta

        from crmcli.domain.fiscal import read_fiscal
        from crmcli.domain.periods import read_period

        now = self.desk.clock.local()
        days = read_fiscal(period, now, self.desk.fiscal_start) or read_period(period, now)
        return f"at between {days.start} and {days.end - timedelta(days=1)}"

    def count(self, text: str) -> int:
        """How many purchases a filter selects; raises FilterError."""
        with self.desk.reading() as reader:
            where = self.desk.condition(reader, self.noun, text)
            return sum(1 for _ in purchase_numbers(reader, where))

    def find(self, ref: str) -> PurchaseLine:
        """The purchase that a number, or a uid or its beginning, names; raises NotFound or Ambiguous."""
        text = ref.strip()
        bare = text.removeprefix("#")
        if bare.isdecimal() and len(bare) < 16:
            where = Condition("r.id = ?", (int(bare),))
        else:
            prefix = text[:3].lower() + text[3:].upper()
            is_uid = prefix.startswith("pu_") and len(prefix) > len("pu_")
            where = Condition("substr(r.uid, 1, ?) = ?", (len(prefix), prefix)) if is_uid else Condition("1 = 0")
        with self.desk.reading() as reader:
            found = self._views(reader, where, 2)
        if not found:
            raise NotFound(f"no purchase {ref}", hint="crm purchases list")
        if len(found) > 1:
            raise Ambiguous(f"{ref} begins the uids of several purchases", hint=f"crm purchases rm {found[0].id}")
        return found[0]

    def add(
        self,
        customer: str | None,
        *,
        contact: str | None = None,
        company: str | None = None,
        at: str | None = None,
        amount: str | None = None,
        currency: str | None = None,
        product: str | None = None,
        quantity: str | None = None,
        source: str = "",
    ) -> PurchaseLine:
        """Write down what somebody bought; raises BadValue, NotFound or Ambiguous."""
        from crmcli.domain.ids import new_uid
        from crmcli.store.models.analysis import Purchase

        code = read_currency(currency) if currency else self.desk.currency
        with of_refunds():
            money = read_money(amount, code, "amount", self.desk.locale) if amount else None
        with self.desk.writing("purchases add") as uow:
            name, columns = self._buyer(uow, customer, contact, company)
            row = Purchase(
                uid=new_uid("pu"), customer=name, **columns, at=self._moment(at),
                value=money.minor if money else None, currency=money.currency if money else None,
                product=_text("product", product) or None,
                quantity=float(read_number(quantity, "quantity")) if quantity else None,
                source=_text("source", source),
            )  # fmt: skip
            uow.add(row)
            uow.summary = f"{name}: {row.product}" if row.product else name
            return self._views(uow.reader, Condition("r.id = ?", (row.id,)), 1)[0]

    def remove(self, refs: Sequence[str]) -> Lines:
        """Take purchases away; what they were. Raises NotFound or Ambiguous."""
        from crmcli.store.bulk_lines import remove_lines
        from crmcli.store.models.analysis import Purchase

        lines = [self.find(ref) for ref in refs]
        with self.desk.writing("purchases rm", ", ".join(dict.fromkeys(line.customer for line in lines))[:200]) as uow:
            remove_lines(uow, Purchase, [line.number for line in lines])
        return lines

    def remove_where(self, text: str) -> int:
        """Take away all the purchases that a filter selects, in one step; how many they were."""
        from crmcli.store.bulk_lines import remove_lines
        from crmcli.store.models.analysis import Purchase

        count = 0
        with self.desk.writing("purchases rm", text[:200]) as uow:
            numbers = list(purchase_numbers(uow.reader, self.desk.condition(uow.reader, self.noun, text)))
            coming = iter(numbers)
            while some := list(islice(coming, _AT_ONCE)):
                remove_lines(uow, Purchase, some)
                count += len(some)
        return count

    def _views(self, reader: Reader, where: Condition, limit: int) -> Lines:
        return [*purchase_lines(reader, Selection(where, limit=limit), self.desk.currency)]

    def _moment(self, text: str | None) -> Any:  # noqa: ANN401 - a datetime in UTC
        from crmcli.domain.periods import span

        return span(text, self.desk.clock.local(), "date")[0] if text else self.desk.clock.now()

    def _buyer(
        self, uow: UnitOfWork, customer: str | None, contact: str | None, company: str | None
    ) -> tuple[str, dict[str, Any]]:
        """What the log would call the customer, and the columns that say who it is; a company before a person."""
        found = {
            noun: resolve(uow.reader, noun, ref, self.desk.country)
            for noun, ref in (("company", company), ("contact", contact))
            if ref
        }
        name = _text("customer", customer or "") or next((each.name for each in found.values()), "")
        if not name:
            raise BadValue("customer", "who bought it?", hint="CUSTOMER, --contact or --company")
        first = next(iter(found.items()), None)
        named = Meant(first[1].uid, first[0], first[1].number) if first else None
        meant = named or CustomersNamed(uow.reader, "").of([name])[name]
        numbers: dict[str | None, int | None] = {noun: each.number for noun, each in found.items()}
        numbers = numbers or {meant.noun: meant.number}
        return name, {
            "customer_key": meant.key,
            "contact_id": numbers.get("contact"),
            "company_id": numbers.get("company"),
        }


@contextmanager
def of_refunds() -> Iterator[None]:
    """Have whoever gives an amount below zero know what becomes of refunds."""
    try:
        yield
    except BadValue as error:
        if not error.reason.endswith("is below zero"):
            raise
        raise BadValue(error.field, error.reason, hint=_OF_REFUNDS) from error


def _text(field: str, text: str | None) -> str:
    kept = tidy(text or "")
    if len(kept) > _LONGEST:
        raise BadValue(field, f"is longer than {_LONGEST} characters")
    return kept
