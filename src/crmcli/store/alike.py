"""The same tags and the same owner for records by the thousand: a statement or two for a page of them, and back again.

Every change stands in the log as it would be if each record had been changed by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold
from crmcli.store.models.labels import Tag, Tagging
from crmcli.store.models.ledger import Change
from crmcli.store.models.schema import ROOTS
from crmcli.store.records import tag_number
from crmcli.store.search import SEARCHED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crmcli.domain.drafts import Edit
    from crmcli.store.session import UnitOfWork

AT_ONCE = 1000  # records in a page
MANY = 1000  # from so many on, they are changed, and changed back, by the page

_TAGGING: Any = Tagging.__table__  # type: ignore[attr-defined]
_CHANGE: Any = Change.__table__  # type: ignore[attr-defined]


class Line(NamedTuple):
    """A line of the change log: what was, or is to be, changed of one record."""

    noun: str
    record_id: int
    relation: str
    row_id: int
    action: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    @property
    def is_alike(self) -> bool:
        """Whether it is about a tag or an owner."""
        if self.relation == "tagging":
            return self.noun in SEARCHED and self.action in ("insert", "delete")
        return self.relation in SEARCHED and self.action == "update" and list(self.after or ()) == ["owner_id"]

    @property
    def turned(self) -> Line:
        """The line that takes it back."""
        back = {"insert": "delete", "delete": "insert", "update": "update"}[self.action]
        return self._replace(action=back, before=self.after, after=self.before)


def is_alike(edit: Edit) -> bool:
    """Whether an edit is about nothing but tags to add or remove, and the owner."""
    names = {*edit.add, *edit.remove}
    on, off = ({fold(str(name)) for name in tags.get("tags", ())} for tags in (edit.add, edit.remove))
    if edit.custom or edit.unset or on & off:
        return False
    return names <= {"tags"} and {*edit.values, *edit.clear} <= {"owner"}


def change_page(uow: UnitOfWork, noun: str, numbers: Sequence[int], edit: Edit) -> None:
    """Change some hundred records; those that are so already stay as they are."""
    off = _untagged(uow, noun, numbers, edit.remove.get("tags", ()))
    on = _tagged(uow, noun, numbers, edit.add.get("tags", ()))
    _write(uow, [*off, *on, *_owned(uow, noun, numbers, edit)])


def _untagged(uow: UnitOfWork, noun: str, numbers: Sequence[int], names: Sequence[Any]) -> Iterator[Line]:
    if not names:
        return
    keys, wanted = uow.reader.dialect.among([fold(name) for name in names]), uow.reader.dialect.among(list(numbers))
    sql = (
        "SELECT g.id, g.tag_id, g.record_id FROM tagging g JOIN tag t ON t.id = g.tag_id"
        f" WHERE g.noun = ? AND t.key {keys[0]} AND g.record_id {wanted[0]}"
    )
    for number, label, record in uow.reader.rows(sql, (noun, *keys[1], *wanted[1])):
        row = {"id": number, "tag_id": label, "noun": noun, "record_id": record}
        yield Line(noun, record, "tagging", number, "delete", row, None)


def _tagged(uow: UnitOfWork, noun: str, numbers: Sequence[int], names: Sequence[Any]) -> Iterator[Line]:
    wanted, params = uow.reader.dialect.among(list(numbers))
    sql = f"SELECT record_id FROM tagging WHERE tag_id = ? AND noun = ? AND record_id {wanted}"
    for label in dict.fromkeys(tag_number(uow, fold(name), name) for name in names):
        have = {record for (record,) in uow.reader.rows(sql, (label, noun, *params))}
        for record in numbers:
            if record not in have:
                number = uow.next_number(Tagging)
                row = {"id": number, "tag_id": label, "noun": noun, "record_id": record}
                yield Line(noun, record, "tagging", number, "insert", None, row)


def _owned(uow: UnitOfWork, noun: str, numbers: Sequence[int], edit: Edit) -> Iterator[Line]:
    if "owner" not in {*edit.values, *edit.clear}:
        return
    login = edit.values.get("owner")
    owner = uow.user(str(login)) if login else None
    wanted, params = uow.reader.dialect.among(list(numbers))
    for record, was in uow.reader.rows(f"SELECT id, owner_id FROM {noun} WHERE id {wanted}", params):
        if was != owner:
            yield Line(noun, record, noun, record, "update", {"owner_id": was}, {"owner_id": owner})


# -- writing


def _write(uow: UnitOfWork, lines: Sequence[Line]) -> None:
    """Make what the lines say so, and put them into the log."""
    if not lines:
        return
    connection = uow.session.connection()
    gone = [line.row_id for line in lines if line.action == "delete"]
    if gone:
        connection.execute(delete(_TAGGING).where(_TAGGING.c.id.in_(gone)))
    uow.insert_many(Tagging, [dict(line.after or {}) for line in lines if line.action == "insert"])
    for (noun, owner), numbers in _grouped(lines).items():
        table: Any = ROOTS[noun].__table__  # type: ignore[union-attr]
        connection.execute(update(table).where(table.c.id.in_(numbers)).values(owner_id=owner))
    connection.execute(insert(Change), [{"set_id": uow.number, **line._asdict()} for line in lines])
    _stamp(uow, lines)


def _grouped(lines: Iterable[Line]) -> dict[tuple[str, int | None], list[int]]:
    """The records that get the same owner."""
    grouped: dict[tuple[str, int | None], list[int]] = {}
    for line in lines:
        if line.action == "update":
            grouped.setdefault((line.relation, (line.after or {})["owner_id"]), []).append(line.row_id)
    return grouped


def _stamp(uow: UnitOfWork, lines: Iterable[Line]) -> None:
    """Say of the records who changed them and when, and have them found by what they are now."""
    changed: dict[str, dict[int, None]] = {}
    for line in lines:
        changed.setdefault(line.noun, {})[line.record_id] = None
    for noun, numbers in changed.items():
        table: Any = ROOTS[noun].__table__  # type: ignore[union-attr]
        stamp = {"updated_at": uow.now, "updated_by": uow.user_id, "version": table.c.version + 1}
        uow.session.connection().execute(update(table).where(table.c.id.in_(list(numbers))).values(**stamp))
        uow.touched(noun, numbers)
    uow.reindex_now()


# -- taking back


def lines_alike(uow: UnitOfWork, number: int) -> list[Line]:
    """The lines of a change set that can be taken back by the page: very many, of tags and owners only, all of them standing.

    None of them otherwise: each is then looked at by itself, which also tells what stands in the way.
    """
    connection = uow.session.connection()
    mine = _CHANGE.c.set_id == number
    if connection.execute(select(func.count()).select_from(_CHANGE).where(mine)).scalar_one() < MANY:
        return []
    columns = [_CHANGE.c[name] for name in Line._fields]
    lines = [Line(*row) for row in connection.execute(select(*columns).where(mine).order_by(_CHANGE.c.id.desc()))]
    rows = {(line.relation, line.row_id) for line in lines}
    if len(rows) < len(lines) or not all(line.is_alike for line in lines):
        return []
    return lines if all(_stands(uow, page, number) for page in _pages(lines)) else []


def turn_back(uow: UnitOfWork, lines: Sequence[Line]) -> None:
    """Take them back."""
    for page in _pages(lines):
        _write(uow, [line.turned for line in page])


def _pages(lines: Sequence[Line]) -> Iterator[Sequence[Line]]:
    """As many as go into one statement: all about one noun, and of one kind."""
    page: list[Line] = []
    for line in lines:
        if page and (len(page) == AT_ONCE or (line.relation, line.noun, line.action) != _kind(page[0])):
            yield page
            page = []
        page.append(line)
    if page:
        yield page


def _kind(line: Line) -> tuple[str, str, str]:
    return line.relation, line.noun, line.action


def _stands(uow: UnitOfWork, page: Sequence[Line], number: int) -> bool:
    """Whether everything is as these lines left it."""
    numbers = [line.row_id for line in page]
    among, params = uow.reader.dialect.among(numbers)
    if page[0].relation != "tagging":
        gone = "CASE WHEN deleted_at IS NULL THEN 0 ELSE deleted_in END"
        sql = f"SELECT id, owner_id, {gone} FROM {page[0].relation} WHERE id {among}"
        owners = {line.row_id: (line.after or {})["owner_id"] for line in page}
        rows = uow.reader.rows(sql, params)
        return len(rows) == len(page) and all(
            owners[row] == owner and deleted <= number for row, owner, deleted in rows
        )
    there = len(uow.reader.rows(f"SELECT id FROM tagging WHERE id {among}", params))
    return there == len(page) if page[0].action == "insert" else there == 0 and _can_return(uow, page)


def _can_return(uow: UnitOfWork, page: Sequence[Line]) -> bool:
    """Whether the tags that were taken off are known, and were not put on again."""
    records: dict[int, list[int]] = {}
    for line in page:
        records.setdefault((line.before or {})["tag_id"], []).append(line.record_id)
    for label, numbers in records.items():
        again = select(_TAGGING.c.id).where(
            _TAGGING.c.tag_id == label, _TAGGING.c.noun == page[0].noun, _TAGGING.c.record_id.in_(numbers)
        )
        if uow.session.connection().execute(again.limit(1)).first() or uow.session.get(Tag, label) is None:
            return False
    return True
