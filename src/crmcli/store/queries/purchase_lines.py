"""Purchases as they are listed, and the customers of logs among the people and companies of the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.money import Money
from crmcli.domain.views import Link, PurchaseLine
from crmcli.errors import Ambiguous, NotFound
from crmcli.store.queries.common import Selection, order_by, select_sql, sure_moment
from crmcli.store.queries.refs import Found

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmcli.store.queries.condition import Condition
    from crmcli.store.reader import Reader

DIGESTED = "~"
"""How the number of a line begins that has none of its own."""
_LONGEST_NUMBER = 16  # digits
_COLUMNS = (
    "r.uid, r.id, r.customer, c.uid, c.name, o.uid, o.name, r.at, r.value, r.currency, r.product, r.quantity, r.source,"
    " r.external_id"
)
_JOINS = (
    "LEFT JOIN contact c ON c.id = r.contact_id AND c.deleted_at IS NULL"
    " LEFT JOIN company o ON o.id = r.company_id AND o.deleted_at IS NULL"
)


def purchase_lines(reader: Reader, selection: Selection, currency: str) -> Iterator[PurchaseLine]:
    """The purchases of a selection, the oldest first; an amount that names no currency is in ``currency``."""
    sql, params = select_sql(_COLUMNS, "purchase", _JOINS, selection, order_by("purchase", selection, "r.at"))
    for row in reader.stream(sql, params):
        uid, number, customer, contact, person, company, firm, at, value, code, product, quantity, source, known = row
        yield PurchaseLine(
            uid, number, customer, Link(contact, person) if contact else None, Link(company, firm) if company else None,
            sure_moment(at), None if value is None else Money(value, code or currency),
            None if value is None else code or currency, product, quantity, source or None,
            None if known is None or known.startswith(DIGESTED) else known,
        )  # fmt: skip


def purchase_named(reader: Reader, ref: str) -> Found:
    """The purchase, live or deleted, of a uid or its beginning, or of a number; raises NotFound, or Ambiguous."""
    where: str
    params: tuple[object, ...]
    if ref.isdecimal() and len(ref) < _LONGEST_NUMBER:
        where, params = "r.id = ?", (int(ref),)
    else:
        uid = f"pu_{ref.upper().removeprefix('PU_')}"
        where, params = "r.uid >= ? AND r.uid < ?", (uid, f"{uid}~")
    rows = reader.rows(f"SELECT r.id, r.uid, r.customer FROM purchase r WHERE {where} LIMIT 2", params)
    if not rows:
        raise NotFound(f"no purchase {ref}", hint="crm purchases list")
    if len(rows) > 1:
        raise Ambiguous(f"several purchases answer to {ref!r}", hint="more of the uid")
    return Found(*rows[0])


def purchase_numbers(reader: Reader, where: Condition) -> Iterator[int]:
    """The numbers of the live purchases that a condition selects."""
    sql = f"SELECT r.id FROM purchase r WHERE r.deleted_at IS NULL AND ({where.sql}) ORDER BY r.id"
    for (number,) in reader.stream(sql, where.params):
        yield number


class Known(NamedTuple):
    """A purchase that is there: its number, the change set that made it, whether it is linked to anybody, and what it says."""

    number: int
    made_in: int | None
    is_linked: bool
    said: tuple[object, ...]


def known_purchases(reader: Reader, source: str, ids: Sequence[str]) -> dict[str, Known]:
    """The live purchases of a log by their numbers there."""
    among, params = reader.dialect.among(list(ids))
    sql = (
        "SELECT external_id, id, created_in, COALESCE(company_id, contact_id), customer, at, value, currency, product,"
        " quantity FROM purchase"
        f" WHERE deleted_at IS NULL AND source = ? AND external_id {among}"
    )
    rows = reader.rows(sql, (source, *params))
    return {key: Known(number, made, who is not None, tuple(said)) for key, number, made, who, *said in rows}


class Customers(NamedTuple):
    """Who goes by a text, told by noun, number and uid: by number in another system, by address, by name."""

    by_id: dict[str, tuple[str, int, str]]
    by_email: dict[str, tuple[str, int, str]]
    by_name: dict[str, list[tuple[str, int, str]]]


def customers_among(
    reader: Reader, source: str, ids: Sequence[str], emails: Sequence[str], names: Sequence[str]
) -> Customers:
    """The people and companies of some ids (``SOURCE:ID``, or the ID alone in this source), addresses and folded names."""
    found = Customers({}, {}, {})
    told = dict.fromkeys([*ids, *(f"{source}:{text}" for text in ids)])
    bare = {text.partition(":")[2] for text in told if ":" in text}
    for noun in ("company", "contact"):
        alive = f"FROM {noun} r WHERE r.deleted_at IS NULL AND"
        among, params = reader.dialect.among(list(bare))
        sql = f"SELECT r.external_source, r.external_id, r.id, r.uid {alive} r.external_id {among}"
        for system, key, number, uid in reader.rows(sql, params):
            if f"{system}:{key}" in told:
                found.by_id.setdefault(f"{system}:{key}", (noun, number, uid))
        among, params = reader.dialect.among(list(names))
        for name, number, uid in reader.rows(f"SELECT r.name_key, r.id, r.uid {alive} r.name_key {among}", params):
            found.by_name.setdefault(name, []).append((noun, number, uid))
    among, params = reader.dialect.among(list(emails))
    sql = (
        "SELECT e.key, r.id, r.uid FROM contact_email e JOIN contact r ON r.id = e.contact_id AND r.deleted_at IS NULL"
        f" WHERE e.deleted_at IS NULL AND e.key {among}"
    )
    for key, number, uid in reader.rows(sql, params) if emails else ():
        found.by_email[key] = ("contact", number, uid)
    return found
