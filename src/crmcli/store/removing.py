"""Records removed by the thousand: marked with their change set, whose number is all that undo needs, not copied into the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from crmcli.store.models.schema import ROOTS, model_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmcli.store.session import UnitOfWork

CHILDREN = {
    "contact": ("contact_email", "contact_phone", "contact_handle"),
    "company": ("company_website", "company_phone"),
}
# Whose an activity is: the condition that it is one of these records', and that any record there is has a part in it.
_THEIRS = {
    "contact": "r.id IN (SELECT activity_id FROM activity_contact WHERE contact_id {among})",
    "company": "r.company_id {among}",
    "deal": "r.deal_id {among}",
}
_ANYONES = (
    "EXISTS (SELECT 1 FROM activity_contact l JOIN contact c ON c.id = l.contact_id"
    " WHERE l.activity_id = r.id AND c.deleted_at IS NULL)"
    " OR EXISTS (SELECT 1 FROM company o WHERE o.id = r.company_id AND o.deleted_at IS NULL)"
    " OR EXISTS (SELECT 1 FROM deal d WHERE d.id = r.deal_id AND d.deleted_at IS NULL)"
)


def remove_marked(uow: UnitOfWork, noun: str, numbers: Sequence[int]) -> None:
    """Delete some hundred records with what hangs on them, and the activities that are about no one then."""
    dead = {"deleted_at": uow.now, "deleted_in": uow.number}
    uow.flush()
    mark(uow, noun, numbers, dead)
    if noun in _THEIRS:
        among, params = uow.reader.dialect.among(list(numbers))
        sql = f"SELECT r.id FROM activity r WHERE r.deleted_at IS NULL AND {_THEIRS[noun].format(among=among)} AND NOT ({_ANYONES})"
        alone = [number for (number,) in uow.reader.rows(sql, params)]
        mark(uow, "activity", alone, dead)
    uow.marked += len(numbers)


def mark(
    uow: UnitOfWork, noun: str, numbers: Sequence[int], values: Mapping[str, Any], taken_by: Sequence[int] = ()
) -> None:
    """Give some hundred records these marks, which delete them or bring them back with what these sets took of them."""
    if not numbers:
        return
    root: Any = ROOTS[noun].__table__  # type: ignore[union-attr]
    stamp = {"updated_at": uow.now, "updated_by": uow.user_id, "version": root.c.version + 1}
    connection = uow.session.connection()
    connection.execute(update(root).where(root.c.id.in_(numbers)).values(**values, **stamp))
    is_dead = values["deleted_at"] is not None
    for name in CHILDREN.get(noun, ()):
        table: Any = model_of(name).__table__  # type: ignore[attr-defined]
        state = table.c.deleted_at.is_(None) if is_dead else table.c.deleted_in.in_(taken_by)
        marks = values if is_dead else {"deleted_at": None, "deleted_in": None}
        connection.execute(update(table).where(table.c[f"{noun}_id"].in_(numbers), state).values(**marks))
    uow.touched(noun, numbers)
    uow.reindex_now()
