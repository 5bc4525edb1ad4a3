"""The numbers of a noun's records in order, as a table of any length wants them: no views, nothing beside them."""

from __future__ import annotations

from array import array
from itertools import chain
from typing import TYPE_CHECKING

from crmcli.domain.fields import find_field
from crmcli.domain.frozen import NamedTuple
from crmcli.store.queries.common import Selection, order_by
from crmcli.store.queries.condition import EVERYTHING
from crmcli.store.queries.fields import IS_DONE, IS_PLANNED, PLACES, Beside, Linked

if TYPE_CHECKING:
    from crmcli.store.queries.condition import Condition
    from crmcli.store.reader import Reader

# What a noun is ordered by when nothing is said, as its list is.
_DEFAULT = {"activity": "r.at"}
# Fields that are kept in an index together with the record's number, so that a walk along it needs no sorting.
_INDEXED = {"contact": ("name", "r.name_key"), "company": ("name", "r.name_key"), "deal": ("title", "r.title_key")}
# So many records are cheaper asked one by one for their values than found by walking along all values.
_FEW = 4000
_ACTIVITIES = {
    "contact": ("l.contact_id", "activity_contact l JOIN activity p ON p.id = l.activity_id"),
    "company": ("p.company_id", "activity p"),
    "deal": ("p.deal_id", "activity p"),
}


class _Walk(NamedTuple):
    """Values in rows of their own in order, each naming its record; ``downwards`` when the last one decides."""

    owner: str
    source: str
    condition: str
    key: str
    downwards: bool = False

    @property
    def sql(self) -> str:
        """The records by their values; one that has several comes several times, and the first counts."""
        way = " DESC" if self.downwards else ""
        return (
            f"SELECT {self.owner} FROM {self.source} WHERE {self.condition} ORDER BY {self.key}{way}, {self.owner}{way}"
        )


def numbers_in_order(reader: Reader, noun: str, where: Condition, sort: str | None, *, reverse: bool) -> array[int]:
    """The numbers of the live records that a condition selects, in the order in which a list has them.

    Raises UsageError for a field that there is not.
    """
    order = order_by(noun, Selection(where, sort, reverse), _DEFAULT.get(noun, "r.id"))
    walk = _walk(noun, sort) if sort else None
    if walk is None:
        return _by_own(reader, noun, where, order, sort)
    found = _sorted(reader, noun, where, "r.id")
    if len(found) <= _FEW:
        return _sorted(reader, noun, where, order) if found else found
    return _along(reader, walk, found, reverse=reverse)


def _by_own(reader: Reader, noun: str, where: Condition, order: str, sort: str | None) -> array[int]:
    """Sorted by a field of the record itself, along its index when all records are wanted and only then."""
    name, key = _INDEXED.get(noun, ("", ""))
    field = find_field(noun, sort) if sort else None
    if where == EVERYTHING:
        by_index = order.startswith("r.at") or (field is not None and field.name == name)
        return _sorted(reader, noun, where, order, by_index=by_index)
    if field is not None and field.name == name:  # the few that are found are not worth a walk along the names of all
        order = order.replace(key, f"{key} || ''")
    return _sorted(reader, noun, where, order)


def _sorted(reader: Reader, noun: str, where: Condition, order: str, *, by_index: bool = False) -> array[int]:
    alive = "r.deleted_at IS NULL"
    if by_index:  # the few that are deleted are left out without a look at each row
        alive = f"r.id NOT IN (SELECT x.id FROM {noun} x WHERE x.deleted_at IS NOT NULL)"
    sql = f"SELECT r.id FROM {noun} r WHERE {alive} AND ({where.sql}) ORDER BY {order}"
    return array("q", chain.from_iterable(reader.stream(sql, where.params)))


def _along(reader: Reader, walk: _Walk, found: array[int], *, reverse: bool) -> array[int]:
    """The records found in the order of the walk, those without a value last."""
    wanted = set(found)
    met = [number for number in dict.fromkeys(chain.from_iterable(reader.stream(walk.sql))) if number in wanted]
    without = wanted.difference(met)
    rest = [number for number in found if number in without] if without else []
    if walk.downwards != reverse:
        met.reverse()
    if reverse:
        rest.reverse()
    return array("q", [*met, *rest])


def _walk(noun: str, sort: str) -> _Walk | None:
    """The way along the values of a field that lie in rows of their own; None for any other field."""
    field = find_field(noun, sort)
    if field is None:
        return None
    if field.name in ("last_activity", "next_task"):
        owner, source = _ACTIVITIES[noun]
        done = field.name == "last_activity"
        kept = f"p.deleted_at IS NULL AND {owner} IS NOT NULL AND {IS_DONE if done else f'{IS_PLANNED} AND p.due_on IS NOT NULL'}"
        return _Walk(owner, source, kept, "p.at" if done else "p.due_on", done)
    match PLACES[noun][field.name]:
        case Beside(source, condition, _, key):
            return _owned(source, condition, key)
        case Linked(other, source, condition):
            key = "b.title_key" if other == "deal" else "b.name_key"
            return _owned(source.format(b="b"), condition.replace("{b}", "b"), key)
    return None


def _owned(source: str, condition: str, key: str) -> _Walk | None:
    """The walk along rows that name their record; None where it is the record that names the row."""
    terms = condition.split(" AND ")
    naming = next((term for term in terms if term.endswith(" = {a}.id")), None)
    if naming is None:
        return None
    owner = naming.removesuffix(" = {a}.id")
    rest = [term for term in terms if term is not naming]
    return _Walk(owner, source, " AND ".join([f"{owner} IS NOT NULL", *rest]), key)
