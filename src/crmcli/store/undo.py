"""Taking a change set back, row by row, from the change log."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, inspect, update
from sqlmodel import select

from crmcli.errors import Conflict, Stale
from crmcli.store.models.columns import Moment
from crmcli.store.models.ledger import Change, ChangeSet
from crmcli.store.models.schema import ROOTS, model_of
from crmcli.store.search import SEARCHED
from crmcli.store.session import BOOKKEEPING

if TYPE_CHECKING:
    from sqlmodel import SQLModel

    from crmcli.store.session import UnitOfWork

# Where something made later may point to a record: table, column.
_POINTERS = {
    "contact": (("deal_contact", "contact_id"), ("activity_contact", "contact_id"), ("contact_relation", "other_id")),
    "company": (("contact_company", "company_id"), ("deal", "company_id"), ("activity", "company_id"), ("company", "parent_id")),
    "deal": (("activity", "deal_id"),),
    "activity": (),
    "pipeline": (("deal", "pipeline_id"),),
    "stage": (("deal", "stage_id"),),
    "campaign": (("deal", "campaign_id"), ("activity", "campaign_id")),
}
_CHILDREN = {
    "contact": ("contact_email", "contact_phone", "contact_handle"),
    "company": ("company_website", "company_phone"),
}


def take_back(uow: UnitOfWork, number: int) -> None:
    """Make undone what change set ``number`` did; raises Stale naming the field that was changed since."""
    changes = uow.session.exec(select(Change).where(Change.set_id == number).order_by(Change.id.desc())).all()  # type: ignore[union-attr]
    for change in changes:
        _check(uow, change)
    _check_marked(uow, number)
    for change in changes:
        _reverse(uow, change)
        uow.flush()
    _reverse_marked(uow, number)
    undone = uow.get(ChangeSet, number)
    undone.undone_by = uow.number
    uow.change_set.undo_of = number
    uow.flush()


# -- rows in the log


def _check(uow: UnitOfWork, change: Change) -> None:
    row: Any = uow.session.get(model_of(change.relation), change.row_id)
    if change.action == "delete":
        if row is not None:
            raise Stale(f"{_place(uow, change)} was put back since")
        return
    if row is None:
        raise Stale(f"{_place(uow, change)} was taken away since")
    for name, value in (change.after or {}).items():
        if name not in BOOKKEEPING and not _same(value, getattr(row, name)) and not _superseded(uow, change, name):
            raise Stale(f"{name} of {_place(uow, change)} was changed since", hint=f"crm history {_name(uow, change)}")
    if change.action == "insert":
        _check_pointers(uow, change)


def _superseded(uow: UnitOfWork, change: Change, name: str) -> bool:
    """Whether a later line of the same change set changed the field again (that line is checked instead)."""
    later = select(Change).where(
        Change.set_id == change.set_id, Change.relation == change.relation, Change.row_id == change.row_id, Change.id > change.id  # type: ignore[operator]
    )
    return any(name in (line.after or {}) or line.action == "delete" for line in uow.session.exec(later).all())


def _check_pointers(uow: UnitOfWork, change: Change) -> None:
    for table, column in _POINTERS.get(change.relation, ()):
        model: Any = model_of(table)
        mine = select(Change.row_id).where(Change.set_id == change.set_id, Change.relation == table)
        query = select(model).where(getattr(model, column) == change.row_id, model.id.not_in(mine))
        if hasattr(model, "deleted_at"):
            query = query.where(model.deleted_at.is_(None))
        for row in uow.session.exec(query).all():
            if not _owner_is_gone(uow, row, table):
                noun, number = _owner(row, table)
                raise Stale(f"{_place(uow, change)} was linked to {noun} #{number} since", hint=f"crm history {noun}:{number}")


def _owner(row: Any, table: str) -> tuple[str, int]:  # noqa: ANN401
    noun = table.partition("_")[0]
    return (noun, row.id) if table in SEARCHED else (noun, getattr(row, f"{noun}_id"))


def _owner_is_gone(uow: UnitOfWork, row: Any, table: str) -> bool:  # noqa: ANN401
    noun, number = _owner(row, table)
    return uow.get(ROOTS[noun], number).deleted_at is not None


def _reverse(uow: UnitOfWork, change: Change) -> None:
    model = model_of(change.relation)
    if change.action == "delete":
        uow.session.add(model(**_typed(model, change.before or {})))
        return
    row: Any = uow.session.get(model, change.row_id)
    if change.action == "update":
        for name, value in _typed(model, change.before or {}).items():
            setattr(row, name, value)
        if hasattr(row, "deleted_at") and row.deleted_at is None:
            _refuse_taken(uow, row)
    elif hasattr(row, "deleted_at"):
        uow.bury(row)
    else:
        uow.delete(row)


def _refuse_taken(uow: UnitOfWork, row: Any) -> None:  # noqa: ANN401
    """Raise Conflict when the value that would come back is another record's by now."""
    key = getattr(row, "key", None)
    if key is None or row.__tablename__ == "company_phone":
        return
    same = {"key": key, "deleted_at": None} | ({"network": row.network} if hasattr(row, "network") else {})
    noun = row.__tablename__.partition("_")[0]
    for other in uow.find(type(row), **same):
        if other.id != row.id:
            owner = uow.get(ROOTS[noun], getattr(other, f"{noun}_id"))
            raise Conflict(f"{row.value} belongs to {noun} #{owner.id} {owner.name} by now")  # type: ignore[union-attr]


# -- rows that were marked in bulk


def _check_marked(uow: UnitOfWork, number: int) -> None:
    """Raise Stale when a record of a bulk set was changed by a later change set that still stands."""
    for noun in ROOTS:
        sql = (
            f"SELECT r.id FROM {noun} r JOIN change c ON c.noun = '{noun}' AND c.record_id = r.id AND c.set_id > ?"
            " JOIN change_set s ON s.id = c.set_id AND s.undone_by IS NULL AND s.undo_of IS NULL"
            " WHERE r.created_in = ? AND r.deleted_at IS NULL LIMIT 1"
        )
        found = uow.reader.value(sql, (number, number))
        if found is not None:
            what = "SELECT after FROM change WHERE noun = ? AND record_id = ? AND set_id > ? ORDER BY id DESC LIMIT 1"
            fields = ", ".join(_loaded(uow.reader.value(what, (noun, found, number))))
            raise Stale(f"{fields} of {noun} #{found} was changed since", hint=f"crm history {noun}:{found}")


def _loaded(text: str | None) -> list[str]:
    import json

    return list(json.loads(text) if text else {}) or ["a part"]


def _reverse_marked(uow: UnitOfWork, number: int) -> None:
    """Records that the set created in bulk are deleted, those it deleted in bulk come back: by their marks alone."""
    connection = uow.session.connection()
    for noun, root in ROOTS.items():
        table: Any = root.__table__  # type: ignore[attr-defined]
        mine = uow.reader.rows(_MARKED.format(noun=noun, column="created_in", alive="IS NULL"), (number, noun, number))
        back = uow.reader.rows(_MARKED.format(noun=noun, column="deleted_in", alive="IS NOT NULL"), (number, noun, number))
        for rows, values in ((mine, {"deleted_at": uow.now, "deleted_in": uow.number}), (back, _ALIVE)):
            numbers = [n for (n,) in rows]
            for start in range(0, len(numbers), 500):
                chunk = numbers[start : start + 500]
                connection.execute(update(table).where(table.c.id.in_(chunk)).values(**values))
                _mark_children(uow, noun, chunk, values, number)
            uow.touched(noun, numbers) if numbers else None
            uow.marked += len(numbers)
    uow.session.expire_all()


_ALIVE: dict[str, Any] = {"deleted_at": None, "deleted_in": None}
_MARKED = (
    "SELECT r.id FROM {noun} r WHERE r.{column} = ? AND r.deleted_at {alive} AND NOT EXISTS"
    " (SELECT 1 FROM change c WHERE c.noun = ? AND c.record_id = r.id AND c.relation = c.noun AND c.set_id = ?)"
)


def _mark_children(uow: UnitOfWork, noun: str, numbers: list[int], values: dict[str, Any], number: int) -> None:
    for name in _CHILDREN.get(noun, ()):
        table: Any = model_of(name).__table__  # type: ignore[attr-defined]
        owner = table.c[f"{noun}_id"].in_(numbers)
        state = table.c.deleted_at.is_(None) if values["deleted_at"] else table.c.deleted_in == number
        uow.session.connection().execute(update(table).where(owner, state).values(**values))


# -- values


def _typed(model: type[SQLModel], values: dict[str, Any]) -> dict[str, Any]:
    return {name: _from_plain(model, name, value) for name, value in values.items()}


def _from_plain(model: type[SQLModel], name: str, value: Any) -> Any:  # noqa: ANN401
    if not isinstance(value, str):
        return value
    kind = inspect(model).columns[name].type  # type: ignore[attr-defined]
    if isinstance(kind, Moment):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(kind, Date) else value


def _same(kept: Any, now: Any) -> bool:  # noqa: ANN401
    if isinstance(now, datetime):
        return isinstance(kept, str) and datetime.fromisoformat(kept) == now
    return bool(kept == (now.isoformat() if isinstance(now, date) else now))


def _place(uow: UnitOfWork, change: Change) -> str:
    number = change.record_id
    return f"{change.noun} #{number}" if change.relation == change.noun else f"{change.noun} #{number} ({change.relation.partition('_')[2] or change.relation})"


def _name(uow: UnitOfWork, change: Change) -> str:
    root = ROOTS.get(change.noun)
    return uow.get(root, change.record_id).uid if root else f"{change.noun}"
