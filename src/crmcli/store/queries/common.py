"""What every record's query shares: paging, order, and the values gathered beside a page of records."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from crmcli.domain.fields import FIELDS, PLURAL, Kind, find_field
from crmcli.domain.filter_fields import FILTERED, find_filtered
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import nearest
from crmcli.domain.views import Due, Link
from crmcli.errors import UsageError
from crmcli.store.queries.condition import EVERYTHING, Condition
from crmcli.store.queries.fields import IS_DONE, IS_PLANNED, NAMES, PLACES, Beside, Linked, Own, Place
from crmcli.store.reader import Reader, marks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from crmcli.domain.fields import Field
    from crmcli.store.dialects import Row

_PAGE = 500
_NONE: dict[str, object] = {}


class Selection(NamedTuple):
    """Which records, in which order, and how many (``limit`` None: all)."""

    where: Condition = EVERYTHING
    sort: str | None = None
    reverse: bool = False
    limit: int | None = None
    offset: int = 0
    deleted: bool = False


def moment(text: str | None) -> datetime | None:
    """A kept moment as an aware datetime."""
    return datetime.fromisoformat(text) if text else None


def sure_moment(text: str) -> datetime:
    """A kept moment that is never missing."""
    return datetime.fromisoformat(text)


def day(text: str | None) -> date | None:
    """A kept date."""
    return date.fromisoformat(text) if text else None


def sure_day(text: str) -> date:
    """A kept date that is never missing."""
    return date.fromisoformat(text)


def due(on: str | None, at: str | None) -> Due | None:
    """A kept deadline."""
    return Due(date.fromisoformat(on), moment(at)) if on else None


def custom(text: str) -> Mapping[str, object]:
    """Kept custom fields."""
    if text == "{}":
        return _NONE
    import json

    return json.loads(text)  # type: ignore[no-any-return]


def external(source: str | None, number: str | None) -> str | None:
    """``SOURCE:ID``, the record's name in another system."""
    return f"{source}:{number}" if number else None


def order_by(noun: str, selection: Selection, default: str) -> str:
    """The ORDER BY of a selection: missing values last, then by number so that pages never overlap."""
    if selection.sort is None:
        return (
            f"{default}{' DESC' if selection.reverse else ''}, r.id"
            if default != "r.id"
            else ("r.id DESC" if selection.reverse else "r.id")
        )
    field = find_field(noun, selection.sort) if noun in FIELDS else find_filtered(noun, selection.sort)
    if field is None or field.kind is Kind.SEGMENT:
        raise _unsortable(noun, selection.sort)
    direction = " DESC" if selection.reverse else ""
    if field.kind is Kind.STAGE:
        position = "(SELECT s.pipeline_id * 1000 + s.position FROM stage s WHERE s.id = r.stage_id)"
        return f"{position}{direction}, r.id{direction}"
    if field.name == "number":
        return f"r.id{direction}"
    expressions = _sorted_by(field, PLACES[noun][field.name])
    if field.required or field.name in ("created_at", "updated_at", "at", "id"):
        return f"{expressions[0]}{direction}, r.id{direction}"
    # Said this way an expression is worked out once a row, which for one that asks another table is half of the time.
    return ", ".join([*(f"{each}{direction} NULLS LAST" for each in expressions), f"r.id{direction}"])


def _unsortable(noun: str, name: str) -> UsageError:
    known = [f.name for f in (FIELDS if noun in FIELDS else FILTERED)[noun] if f.kind is not Kind.SEGMENT]
    near = nearest(name, known)
    hint = f"did you mean {near}?" if near else f"one of {', '.join(known)}"
    return UsageError(f"--sort: {PLURAL.get(noun, f'{noun}s')} have no field {name!r}", hint=hint)


def _sorted_by(field: Field, place: Place) -> list[str]:
    """What a field is sorted by: of several values the first in their own order."""
    match place:
        case Beside(source, condition, _, key):
            return [f"(SELECT MIN({key}) FROM {source.format(a='r')} WHERE {condition.format(a='r')})"]
        case Linked(other, source, condition):
            key = NAMES[other].key.format(b="b")
            return [f"(SELECT MIN({key}) FROM {source.format(b='b')} WHERE {condition.format(a='r', b='b')})"]
        case Own(value, key, _, at):
            expression = (key or value).format(a="r")
            if field.kind in (Kind.TEXT, Kind.CHOICE) and not key and field.name != "id":
                expression = f"crm_fold({expression})"
            return [expression, at.format(a="r")] if at else [expression]
        case _:
            raise AssertionError(place)


def select_sql(columns: str, noun: str, joins: str, selection: Selection, order: str) -> tuple[str, list[object]]:
    """The whole SELECT of a selection and its parameters."""
    alive = "NOT NULL" if selection.deleted else "NULL"
    sql = f"SELECT {columns} FROM {noun} r {joins} WHERE r.deleted_at IS {alive} AND ({selection.where.sql}) ORDER BY {order}"
    params = list(selection.where.params)
    if selection.limit is not None or selection.offset:
        sql += " LIMIT ? OFFSET ?"
        params += [selection.limit if selection.limit is not None else 2**62, selection.offset]
    return sql, params


def pages(reader: Reader, sql: str, params: Sequence[object]) -> Iterator[list[Row]]:
    """The rows of a query a page at a time."""
    page: list[Row] = []
    for row in reader.stream(sql, params):
        page.append(row)
        if len(page) == _PAGE:
            yield page
            page = []
    if page:
        yield page


def gather(
    reader: Reader, sql: str, numbers: Sequence[int], make: Callable[..., Any], before: Sequence[object] = ()
) -> dict[int, list[Any]]:
    """Rows beside a page of records: first column is the record's number, the others make the value.

    ``{in}`` in the SQL becomes the page's placeholders.
    """
    found: dict[int, list[Any]] = {}
    for number, *values in reader.rows(sql.replace("{in}", marks(numbers)), (*before, *numbers)):
        found.setdefault(number, []).append(make(*values))
    return found


def values_beside(reader: Reader, table: str, owner: str, numbers: Sequence[int]) -> dict[int, list[str]]:
    """The live values of a child table, primary first."""
    sql = f"SELECT {owner}, value FROM {table} WHERE deleted_at IS NULL AND {owner} IN ({{in}}) ORDER BY {owner}, position, id"
    return gather(reader, sql, numbers, str)


def tags_beside(reader: Reader, noun: str, numbers: Sequence[int]) -> dict[int, list[str]]:
    """The tags of a page of records, in order of name."""
    sql = (
        "SELECT g.record_id, t.name FROM tagging g JOIN tag t ON t.id = g.tag_id"
        " WHERE g.noun = ? AND g.record_id IN ({in}) ORDER BY t.key"
    )
    return gather(reader, sql, numbers, str, (noun,))


def links_beside(reader: Reader, sql: str, numbers: Sequence[int]) -> dict[int, list[Link]]:
    """Linked records of a page of records."""
    return gather(reader, sql, numbers, Link)


class Touches(NamedTuple):
    """When records were last touched, and what is planned next."""

    last: dict[int, datetime]
    next: dict[int, Due]

    def of(self, number: int) -> tuple[datetime | None, Due | None]:
        """Both for one record."""
        return self.last.get(number), self.next.get(number)


def touches(reader: Reader, owner: str, source: str, numbers: Sequence[int]) -> Touches:
    """Last done and next planned activity of a page of records; ``owner`` is the column of the record's number."""
    here = f"{owner} IN ({marks(numbers)}) AND p.deleted_at IS NULL"
    last = reader.rows(f"SELECT {owner}, MAX(p.at) FROM {source} WHERE {here} AND {IS_DONE} GROUP BY {owner}", numbers)
    planned = reader.rows(
        f"SELECT {owner}, p.due_on, p.due_at FROM {source} WHERE {here} AND {IS_PLANNED} AND p.due_on IS NOT NULL"
        f" ORDER BY p.due_on DESC, COALESCE(p.due_at, p.at) DESC",
        numbers,
    )
    return Touches(
        {number: sure_moment(at) for number, at in last},
        {number: Due(date.fromisoformat(on), moment(at)) for number, on, at in planned},
    )


def by_number(number: int) -> Selection:
    """The selection of one record, alive or deleted."""
    return Selection(Condition("r.id = ?", (number,)))
