"""Taking a change set back, row by row, from the change log."""

from __future__ import annotations

from array import array
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, inspect
from sqlmodel import select

from crmcli.errors import Conflict, Stale
from crmcli.store.alike import lines_alike, turn_back
from crmcli.store.bulk_lines import LINES, reverse_lines
from crmcli.store.models.columns import Moment
from crmcli.store.models.ledger import Change, ChangeSet
from crmcli.store.models.schema import ROOTS, model_of
from crmcli.store.queries.history import BESIDE
from crmcli.store.queries.history import changes as logged
from crmcli.store.queries.segments import uses_of
from crmcli.store.queries.stray import removed_stages, stray_deals
from crmcli.store.reader import marks
from crmcli.store.removing import CHILDREN, mark
from crmcli.store.search import SEARCHED
from crmcli.store.session import BOOKKEEPING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlmodel import SQLModel

    from crmcli.store.session import UnitOfWork

# Where something made later may point to a record: table, column.
_POINTERS = {
    "contact": (("deal_contact", "contact_id"), ("activity_contact", "contact_id"), ("contact_relation", "other_id")),
    "company": (
        ("contact_company", "company_id"),
        ("deal", "company_id"),
        ("activity", "company_id"),
        ("company", "parent_id"),
    ),
    "deal": (("activity", "deal_id"),),
    "activity": (),
    "pipeline": (("deal", "pipeline_id"),),
    "stage": (("deal", "stage_id"),),
    "campaign": (("deal", "campaign_id"), ("activity", "campaign_id")),
}
# What is compared no more: bookkeeping, and who deleted a record or brought it back, since its deletion is looked at itself.
_PASSED_OVER = BOOKKEEPING | {"deleted_in"}


def take_back(uow: UnitOfWork, number: int) -> None:
    """Make undone what change set ``number`` did; raises Stale naming the field that was changed since."""
    astray, removed = {each.number for each in stray_deals(uow.reader)}, removed_stages(uow.reader)
    first, alike = _repeated(uow, number), lines_alike(uow, number)
    lines = select(Change).where(Change.set_id == number).order_by(Change.id.desc())  # type: ignore[union-attr]
    changes = uow.session.exec(lines).all() if not alike else ()
    for change in changes:
        _check(uow, change)
    _check_beside(uow, number)
    _check_since(uow, first)
    _check_marked_pointers(uow, first)
    _let_members_go(uow, changes)
    for change in changes:
        _reverse(uow, change)
        uow.flush()
    turn_back(uow, alike)
    _reverse_marked(uow, first, _repeats(uow, first))
    _check_used(uow, changes)
    _settle(uow, number)
    _refuse_stray(uow, astray, removed)


def _let_members_go(uow: UnitOfWork, changes: Sequence[Change]) -> None:
    """Whom a start brought into a campaign, and who responded by what was noted down, has not if that is taken back."""
    from crmcli.store.members import never_logged, never_met
    from crmcli.store.targeting import let_go

    for change in changes:
        old, new = change.before or {}, change.after or {}
        if (
            change.relation == "campaign"
            and new.get("status") == "active"
            and old.get("status") in ("draft", "planned")
        ):
            let_go(uow, change.row_id)
        elif change.relation == "activity_contact" and change.action == "insert":
            never_logged(uow, new["activity_id"], new["contact_id"])
        elif change.relation == "contact" and change.action == "insert":
            never_met(uow, change.row_id)


def _repeated(uow: UnitOfWork, number: int) -> int:
    """The set that this one repeats: an undo of an undo does again what the first one did."""
    found = uow.get(ChangeSet, number)
    while found.undo_of is not None and (inner := uow.get(ChangeSet, found.undo_of)).undo_of is not None:
        found = uow.get(ChangeSet, inner.undo_of)
    return found.id or 0


def _repeats(uow: UnitOfWork, first: int) -> list[int]:
    """The set and those that did the same again, each as the undo of an undo: any of them may have left the marks."""
    same, taken_back = {first}, set()
    sql = "SELECT id, undo_of FROM change_set WHERE id > ? AND undo_of IS NOT NULL ORDER BY id"
    for number, undone in uow.reader.rows(sql, (first,)):
        if undone in same:
            taken_back.add(number)
        elif undone in taken_back:
            same.add(number)
    return sorted(same)


def _settle(uow: UnitOfWork, number: int) -> None:
    """Mark the set as undone; what it had undone itself stands again, and so on back to the first."""
    found, stands = uow.get(ChangeSet, number), True
    found.undone_by = uow.number
    uow.change_set.undo_of = number
    while found.undo_of is not None:
        before = uow.get(ChangeSet, found.undo_of)
        before.undone_by = None if stands else found.id
        found, stands = before, not stands
    uow.flush()


# -- rows in the log


def _check(uow: UnitOfWork, change: Change) -> None:
    row: Any = uow.session.get(model_of(change.relation), change.row_id)
    if change.action == "delete":
        if row is not None or _linked_anew(uow, change):
            raise Stale(f"{_place(change)} was put back since", hint=_history(change))
        return
    if row is None:
        if _superseded(uow, change, "id"):
            return
        raise Stale(f"{_place(change)} was taken away since", hint=_history(change))
    if getattr(row, "deleted_at", None) is not None and (row.deleted_in or 0) > change.set_id:
        raise Stale(f"{_place(change)} was deleted since", hint=_history(change))
    after = change.after or {}
    for name in type(row).model_fields if change.action == "insert" else after:
        if name in _PASSED_OVER or same(after.get(name), getattr(row, name)) or _superseded(uow, change, name):
            continue
        field = _field_beside(uow, change.relation, change.row_id) or name
        raise Stale(f"{field} of {_place(change)} was changed since", hint=_history(change))
    if change.action == "insert":
        _check_pointers(uow, change)


# Change sets after one of that number that count against taking it back: those that stand, and undos of earlier ones.
_STANDING = "s.id > ? AND s.undone_by IS NULL AND (s.undo_of IS NULL OR s.undo_of < ?)"
# Rows with fields of their own, of which a later change to another field is not in the way.
_WITH_FIELDS = (*ROOTS, "pipeline", "stage", "campaign", "segment", "saved_view", "template", "suppression",
    "sequence", "sequence_step", "exchange_rate", "purchase", "goal", "saved_report", "advice_mute",
)  # fmt: skip


def _check_beside(uow: UnitOfWork, number: int) -> None:
    """Raise Stale when a value or link beside a record was changed by a later set, whatever it looks like now."""
    sql = (
        "SELECT c.noun, c.record_id, c.relation, c.row_id FROM change m"
        " JOIN change c ON c.relation = m.relation AND c.row_id = m.row_id JOIN change_set s ON s.id = c.set_id"
        f" WHERE m.set_id = ? AND c.set_id > ? AND {_STANDING} AND m.relation NOT IN ({marks(_WITH_FIELDS)})"
        " ORDER BY c.id LIMIT 1"
    )
    found = uow.reader.row(sql, (number, number, number, number, *_WITH_FIELDS))
    if found is not None:
        noun, record, relation, row = found
        field = _field_beside(uow, relation, row) or "a part"
        raise Stale(f"{field} of {noun} #{record} was changed since", hint=f"crm history {noun}:{record}")


def _field_beside(uow: UnitOfWork, relation: str, row: int) -> str | None:
    """The field that a row beside a record is a value of; None for a row with fields of its own."""
    if relation in _WITH_FIELDS or relation not in BESIDE:
        return None
    if relation == "contact_handle":
        return str(uow.reader.value("SELECT network FROM contact_handle WHERE id = ?", (row,)) or "handle")
    return BESIDE[relation][0]


# What makes two link rows the same link.
_LINKS = {
    "contact_company": ("contact_id", "company_id"),
    "contact_relation": ("contact_id", "other_id", "kind"),
    "deal_contact": ("deal_id", "contact_id"),
    "activity_contact": ("activity_id", "contact_id"),
    "tagging": ("tag_id", "noun", "record_id"),
}


def _check_used(uow: UnitOfWork, changes: Sequence[Change]) -> None:
    """Raise Stale when a segment went that others are worked out from: they name it in their formulas."""
    for number in {change.row_id for change in changes if change.relation == "segment"}:
        row: Any = uow.get(model_of("segment"), number)
        uses = uses_of(uow.reader, row.uid) if row.deleted_at is not None else []
        if uses:
            raise Stale(f"segment {row.name} is used by {', '.join(uses)} since", hint=f"crm segment show {row.uid}")


def _refuse_stray(uow: UnitOfWork, astray: Collection[int], removed: Collection[int]) -> None:
    """Raise Stale when a deal would be in a removed stage that was not ``astray`` before; some were ``removed`` already."""
    found = next((each for each in stray_deals(uow.reader) if each.number not in astray), None)
    if found is None:
        return
    deal = f"deal #{found.number} {found.title}"
    if found.stage_number not in removed:
        raise Stale(f"stage {found.stage} has {deal} since", hint=f"crm deal move {found.number} STAGE")
    raise Stale(f"{deal} would be in stage {found.stage}, which was removed since", hint=f"crm undo {found.removed_in}")


def _linked_anew(uow: UnitOfWork, change: Change) -> bool:
    """Whether the same link was made again in another row."""
    before = change.before or {}
    columns = _LINKS.get(change.relation)
    if columns is None:
        return False
    mine = select(Change.row_id).where(Change.set_id == change.set_id, Change.relation == change.relation)
    rows = uow.find(model_of(change.relation), **{name: before.get(name) for name in columns})
    return any(row.id not in set(uow.session.exec(mine).all()) for row in rows)  # type: ignore[attr-defined]


def _superseded(uow: UnitOfWork, change: Change, name: str) -> bool:
    """Whether a later line of the same change set changed the field again (that line is checked instead)."""
    same = (Change.set_id == change.set_id, Change.relation == change.relation, Change.row_id == change.row_id)
    later = select(Change).where(*same, Change.id > change.id)  # type: ignore[operator]
    return any(name in (line.after or {}) or line.action == "delete" for line in uow.session.exec(later).all())


def _check_pointers(uow: UnitOfWork, change: Change) -> None:
    for table, column in _POINTERS.get(change.relation, ()):
        model: Any = model_of(table)
        mine = select(Change.row_id).where(Change.set_id == change.set_id, Change.relation == table)
        query = select(model).where(getattr(model, column) == change.row_id, model.id.not_in(mine))
        if hasattr(model, "deleted_at"):
            query = query.where(model.deleted_at.is_(None))
        for row in uow.session.exec(query).all():
            if not _owner_goes(uow, row, table, change.set_id):
                noun, number = _owner(row, table)
                what = f"{_place(change)} was linked to {noun} #{number} since"
                raise Stale(what, hint=f"crm history {noun}:{number}")


def _owner(row: Any, table: str) -> tuple[str, int]:  # noqa: ANN401
    noun = table.partition("_")[0]
    return (noun, row.id) if table in SEARCHED else (noun, getattr(row, f"{noun}_id"))


def _owner_goes(uow: UnitOfWork, row: Any, table: str, number: int) -> bool:  # noqa: ANN401
    """Whether the record that a row belongs to is gone already, or was made in bulk by the set that is taken back."""
    noun, record = _owner(row, table)
    owner = uow.get(ROOTS[noun], record)
    return owner.deleted_at is not None or owner.created_in == number


def _reverse(uow: UnitOfWork, change: Change) -> None:
    model = model_of(change.relation)
    if change.action == "delete":
        uow.session.add(model(**typed(model, change.before or {})))
        return
    row: Any = uow.session.get(model, change.row_id)
    if change.action == "update":
        for name, value in typed(model, change.before or {}).items():
            setattr(row, name, value)
        if hasattr(row, "deleted_at") and row.deleted_at is None:
            _refuse_taken(uow, row)
    elif hasattr(row, "deleted_at"):
        uow.bury(row)
    else:
        uow.delete(row)


def _refuse_taken(uow: UnitOfWork, row: Any) -> None:  # noqa: ANN401
    """Raise Conflict when the value that would come back is another record's by now."""
    table = row.__tablename__
    unique = next((names for names in UNIQUE.get(table, ()) if holder(uow, row, names)), None)
    if unique is None:
        return
    other, noun = holder(uow, row, unique), table.partition("_")[0]
    root = ROOTS.get(noun)
    if root is None:
        name = next((text for column in _NAMED_BY if (text := getattr(row, column, None))), "")
        raise Conflict(f"there is another {table.replace('_', ' ')} {name} by now")
    record: Any = other if table == noun else uow.get(root, getattr(other, f"{noun}_id"))
    value = getattr(row, "value", None) if table != noun else row.external_id
    name = record.title if noun == "deal" else record.subject if noun == "activity" else record.name
    raise Conflict(f"{value} belongs to {noun} #{record.id} {name} by now", hint=f"crm {noun} show {record.id}")


_NAMED_BY = ("name", "customer", "currency", "value")
# What only one live row may hold: sets of columns by table.
_EXTERNAL = (("external_source", "external_id"),)
UNIQUE: dict[str, tuple[tuple[str, ...], ...]] = {
    "contact": _EXTERNAL,
    "company": _EXTERNAL,
    "deal": _EXTERNAL,
    "activity": _EXTERNAL,
    "contact_email": (("key",),),
    "contact_phone": (("key",),),
    "contact_handle": (("network", "key"), ("contact_id", "network")),
    "company_website": (("key",),),
    "pipeline": (("name_key",),),
    "stage": (("pipeline_id", "name_key"),),
    "campaign": (("name_key",), ("code_key",)),
    "campaign_goal": (("campaign_id", "metric"),),
    "segment": (("name_key",),),
    "template": (("name_key", "locale"),),
    "suppression": (("kind", "key", "channel"),),
    "purchase": (("source", "external_id"),),
    "exchange_rate": (("currency", "base", "day"),),
}


def holder(uow: UnitOfWork, row: Any, columns: tuple[str, ...]) -> Any:  # noqa: ANN401
    """Another live row that holds what this one holds in these columns, or None."""
    alike = {name: getattr(row, name) for name in columns}
    if None in alike.values():
        return None
    return next((other for other in uow.find(type(row), **alike, deleted_at=None) if other.id != row.id), None)


# -- changed since


def _check_since(uow: UnitOfWork, number: int) -> None:
    """Raise Stale when a record that the set created was changed by a later change set that still stands."""
    for noun in ROOTS:
        sql = (
            f"SELECT c.set_id, r.id FROM {noun} r"
            f" JOIN change c ON c.noun = '{noun}' AND c.record_id = r.id AND c.set_id > ?"
            " JOIN change_set s ON s.id = c.set_id AND s.undone_by IS NULL AND s.undo_of IS NULL"
            " WHERE r.created_in = ? AND r.deleted_at IS NULL LIMIT 1"
        )
        found = uow.reader.row(sql, (number, number))
        if found is not None:
            fields = dict.fromkeys(line.field or line.action for line in logged(uow.reader, found[0], noun, found[1]))
            what = ", ".join(fields) or "a part"
            raise Stale(f"{what} of {noun} #{found[1]} was changed since", hint=f"crm history {noun}:{found[1]}")


def _check_marked_pointers(uow: UnitOfWork, number: int) -> None:
    """Raise Stale when something made later is linked to a record that the set created in bulk."""
    for noun in ROOTS:
        for table, column in _POINTERS[noun]:
            owner = table.partition("_")[0]
            owner_id = "t.id" if table == owner else f"t.{owner}_id"
            sql = (
                f"SELECT r.id, o.id FROM {noun} r JOIN {table} t ON t.{column} = r.id"
                f" JOIN {owner} o ON o.id = {owner_id}"
                " WHERE r.created_in = ? AND r.deleted_at IS NULL AND o.deleted_at IS NULL"
                " AND (o.created_in IS NULL OR o.created_in <> ?) AND NOT EXISTS"
                f" (SELECT 1 FROM change c WHERE c.set_id = ? AND c.relation = '{table}' AND c.row_id = t.id) LIMIT 1"
            )
            found = uow.reader.row(sql, (number, number, number))
            if found is not None:
                hint = f"crm history {owner}:{found[1]}"
                raise Stale(f"{noun} #{found[0]} was linked to {owner} #{found[1]} since", hint=hint)


# -- rows that were marked in bulk


def _reverse_marked(uow: UnitOfWork, first: int, same: Sequence[int]) -> None:
    """What ``first`` made in bulk is deleted, what the ``same`` deleted in bulk comes back, what they brought back goes again.

    The marks alone say so. One that comes back carries the number of who brought it, so that this can be undone as well.
    """
    dead = {"deleted_at": uow.now, "deleted_in": uow.number}
    back = {"deleted_at": None, "deleted_in": uow.number}
    for noun in ROOTS:
        _refuse_taken_meanwhile(uow, noun, same)
        # What the log tells of was reversed before, and is no longer as these marks want it.
        for column, state, by, values in (
            ("created_in", "IS NULL", (first,), dead),
            ("deleted_in", "IS NULL", same, dead),
            ("deleted_in", "IS NOT NULL", same, back),
        ):
            numbers = _marked(uow, noun, column, state, by)
            for start in range(0, len(numbers), 500):
                mark(uow, noun, numbers[start : start + 500].tolist(), values, taken_by=same)
            uow.marked += len(numbers)
    for lines in LINES:
        _refuse_taken_meanwhile(uow, str(lines.__tablename__), same)
        reverse_lines(uow, lines, first, same)
    uow.session.expire_all()


def _refuse_taken_meanwhile(uow: UnitOfWork, noun: str, same: Sequence[int]) -> None:
    """Raise Conflict when a value that comes back with what these deleted in bulk is another record's by now."""
    for table in (noun, *CHILDREN.get(noun, ())):
        for columns in UNIQUE.get(table, ()):
            alike = " AND ".join(f"o.{name} = v.{name}" for name in columns)
            sql = (
                f"SELECT v.id FROM {table} v JOIN {table} o ON {alike} AND o.id <> v.id AND o.deleted_at IS NULL"
                f" WHERE v.deleted_in IN ({marks(same)}) AND v.deleted_at IS NOT NULL LIMIT 1"
            )
            found = uow.reader.value(sql, same)
            if found is not None:
                _refuse_taken(uow, uow.get(model_of(table), found))


def _marked(uow: UnitOfWork, noun: str, column: str, alive: str, sets: Sequence[int]) -> array[int]:
    """The numbers of the records that carry the mark: eight bytes each, for there may be a million."""
    sql = f"SELECT r.id FROM {noun} r WHERE r.{column} IN ({marks(sets)}) AND r.deleted_at {alive} ORDER BY r.id"
    return array("q", (n for (n,) in uow.reader.stream(sql, sets)))


# -- values


def typed(model: type[SQLModel], values: dict[str, Any]) -> dict[str, Any]:
    """Values from the log as the model's columns hold them."""
    return {name: _from_plain(model, name, value) for name, value in values.items()}


def _from_plain(model: type[SQLModel], name: str, value: Any) -> Any:  # noqa: ANN401
    if not isinstance(value, str):
        return value
    kind = inspect(model).columns[name].type
    if isinstance(kind, Moment):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(kind, Date) else value


def same(kept: Any, now: Any) -> bool:  # noqa: ANN401
    """Whether a value in the log is what a column holds now."""
    if isinstance(now, datetime):
        return isinstance(kept, str) and datetime.fromisoformat(kept) == now
    return bool(kept == (now.isoformat() if isinstance(now, date) else now))


def _place(change: Change) -> str:
    part = "" if change.relation == change.noun else f" ({change.relation.partition('_')[2] or change.relation})"
    return f"{change.noun} #{change.record_id}{part}"


def _history(change: Change) -> str:
    return f"crm history {change.noun}:{change.record_id}" if change.noun in ROOTS else "crm history"
