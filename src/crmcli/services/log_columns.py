"""What the columns of a transaction log mean: who bought, when, what and for how much."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from crmcli.domain.filter_fields import PURCHASE
from crmcli.domain.text import nearest
from crmcli.errors import BadValue, UsageError
from crmcli.io.headers import letters
from crmcli.services.importing.mapping import Columns, Target, pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.domain.fields import Field
    from crmcli.services.importing.plan import Plan

LOGGED: dict[str, Field] = {
    field.name: field for field in PURCHASE if not field.computed and field.name not in ("contact", "company", "source")
}
"""The fields that a log can fill."""
NEEDED = ("customer", "at")
# Titles by field, the likeliest first.
_TITLES = {
    "customer": (
        "customer", "customer id", "customer number", "customer no", "client", "client id", "client number", "client no",
        "account", "account id", "company",
        "buyer", "buyer id", "user", "user id", "customer name", "customer email", "contact", "email", "e-mail", "name",
        "Kunde", "Kundennummer", "Kunden-Nr", "Kundenname", "клиент", "покупатель", "klient", "nabywca", "客户", "顾客",
    ),
    "at": (
        "at", "date", "order date", "purchase date", "purchased at", "transaction date", "invoice date", "sale date",
        "bought at", "ordered at", "timestamp", "time", "datetime", "created at", "Datum", "Bestelldatum",
        "Rechnungsdatum", "дата", "дата заказа", "data", "data zamówienia", "日期",
    ),
    "value": (
        "value", "amount", "total", "total amount", "line total", "sum", "sales", "revenue", "spent", "paid", "price",
        "Betrag", "Summe", "Umsatz", "сумма", "стоимость", "kwota", "wartość", "金额",
    ),
    "currency": ("currency", "currency code", "Währung", "валюта", "waluta", "货币"),
    "product": (
        "product", "product name", "item", "item name", "article", "sku", "stock code", "product id", "description",
        "Produkt", "Artikel", "товар", "продукт", "towar", "产品",
    ),
    "quantity": ("quantity", "qty", "units", "count", "pieces", "Menge", "Anzahl", "количество", "кол-во", "ilość", "数量"),
    "external_id": ("external id", "id", "transaction id", "purchase id", "line id", "receipt line"),
}  # fmt: skip


def columns_of_log(plan: Plan, headers: Sequence[str]) -> Columns:
    """The field of each column, by the user's words or else by its title; raises BadValue or UsageError."""
    told = {_column(headers, name): _field(text) for name, text in pairs("map", plan.map, "COLUMN=FIELD").items()}
    said = [field for field in told.values() if field]
    twice = next((field for field in said if said.count(field) > 1), None)
    if twice is not None:
        raise BadValue("map", f"two columns go to {twice}", hint="leave one of them out with COLUMN=-")
    placed = {header: field for header, field in told.items() if field}
    for field, ranks in _ranks().items():
        free = [h for h in headers if h not in told and h not in placed and letters(h) in ranks]
        if field not in placed.values() and free:
            placed[min(free, key=lambda header: ranks[letters(header)])] = field
    _refuse_without(placed, headers)
    return Columns({header: Target(placed[header]) for header in headers if header in placed}, {})


@cache
def _ranks() -> dict[str, dict[str, int]]:
    return {field: {letters(word): place for place, word in enumerate(words)} for field, words in _TITLES.items()}


def _column(headers: Sequence[str], name: str) -> str:
    if name in headers:
        return name
    alike = [header for header in headers if letters(header) == letters(name)]
    if len(alike) == 1:
        return alike[0]
    near = nearest(name, list(headers))
    hint = f"did you mean {near}?" if near else f"the columns are: {', '.join(headers)}"
    raise BadValue("map", f"there is no column {name!r}", hint=hint)


def _field(text: str) -> str | None:
    """The field of that name or flag; None for ``-``."""
    wanted = text.strip().lower().replace("-", "_")
    if wanted == "_":
        return None
    found = next((field.name for field in LOGGED.values() if wanted in (field.name, field.flag) and wanted), None)
    if found is None:
        words = [field.flag or field.name for field in LOGGED.values()]
        near = nearest(wanted, words)
        hint = f"did you mean {near}?" if near else f"one of {', '.join(words)}"
        raise BadValue("map", f"a purchase has no field {text.strip()!r}", hint=hint)
    return found


def _refuse_without(placed: dict[str, str], headers: Sequence[str]) -> None:
    for field in NEEDED:
        if field not in placed.values():
            word = LOGGED[field].flag or field
            raise UsageError(
                f"no column says {'who bought' if field == 'customer' else 'when'}: {', '.join(headers)}",
                hint=f"--map 'COLUMN={word}'",
            )
