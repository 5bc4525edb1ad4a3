"""Every write to a contact, company, deal or activity, as rows: drafts and edits in, numbers out.

Links arrive resolved: a company is its number, contacts are numbers; the services decide which record is meant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.fields import NETWORKS, UID_PREFIX
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.ids import new_uid
from crmcli.domain.text import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sqlmodel import SQLModel

    from crmcli.domain.drafts import Edit
    from crmcli.domain.text import Matched
    from crmcli.store.session import UnitOfWork


class Part(NamedTuple):
    """A table of values that hang on a record."""

    model: type[Any]
    owner: str  # the column of the record's number
    target: str = ""  # for a link: the column of the other record's number

    def columns(self, value: Any) -> dict[str, Any]:  # noqa: ANN401 - a Matched, or a record's number
        """The columns that a value fills."""
        if self.target:
            return {self.target: value}
        own = {"value": value.value, "key": value.key}
        return own | {"label": value.label} if value.label is not None and hasattr(self.model, "label") else own


def root_model(noun: str) -> type[Any]:
    """The model of the records of a noun; only its own module is imported."""
    if noun == "contact":
        from crmcli.store.models.people import Contact

        return Contact
    if noun == "company":
        from crmcli.store.models.companies import Company

        return Company
    if noun == "deal":
        from crmcli.store.models.deals import Deal

        return Deal
    from crmcli.store.models.activities import Activity

    return Activity


def parts_of(noun: str) -> dict[str, Part]:
    """The many-valued fields of a noun and where they are kept."""
    if noun == "contact":
        from crmcli.store.models.people import ContactCompany, ContactEmail, ContactPhone

        return {
            "emails": Part(ContactEmail, "contact_id"),
            "phones": Part(ContactPhone, "contact_id"),
            "companies": Part(ContactCompany, "contact_id", "company_id"),
        }
    if noun == "company":
        from crmcli.store.models.companies import CompanyPhone, CompanyWebsite

        return {"websites": Part(CompanyWebsite, "company_id"), "phones": Part(CompanyPhone, "company_id")}
    if noun == "deal":
        from crmcli.store.models.deals import DealContact

        return {"contacts": Part(DealContact, "deal_id", "contact_id")}
    from crmcli.store.models.activities import ActivityContact

    return {"contacts": Part(ActivityContact, "activity_id", "contact_id")}


def columns_for(noun: str, values: Mapping[str, object], uow: UnitOfWork) -> dict[str, Any]:
    """The record's own columns that these field values fill."""
    columns: dict[str, Any] = {}
    for name, value in values.items():
        if name not in parts_of(noun) and name != "tags" and name not in NETWORKS:
            columns |= columns_of(noun, name, value, uow)
    return columns


def columns_of(noun: str, name: str, value: Any, uow: UnitOfWork) -> dict[str, Any]:  # noqa: ANN401
    """The record's own columns that one field's value fills."""
    match name:
        case "name" | "title" if name == ("title" if noun == "deal" else "name"):
            return {name: value, f"{name}_key": fold(value)} | (_name_parts(value) if noun == "contact" else {})
        case "value":
            return {"value": value.minor, "currency": value.currency} if value else {"value": None, "currency": None}
        case "annual_revenue":
            return (
                {"annual_revenue": value.minor, "revenue_currency": value.currency}
                if value
                else {name: None, "revenue_currency": None}
            )
        case "owner":
            return {"owner_id": uow.user(value) if value else None}
        case "company" | "deal" | "parent":
            return {f"{name}_id": value}
        case "campaign":
            return {"campaign_id": campaign(uow, value) if value else None}
        case "due":
            return {"due_on": value.on, "due_at": value.at} if value else {"due_on": None, "due_at": None}
        case "type" if noun == "activity":
            return {"kind": value}
        case _:
            return {name: value}


def _name_parts(name: str) -> dict[str, str | None]:
    from crmcli.domain.names import split_name

    return dict(split_name(name)._asdict())


def campaign(uow: UnitOfWork, name: str) -> int:
    """The number of the live campaign of that name, code or uid; one of another name is made on first use."""
    from crmcli.store.models.campaigns import Campaign

    found = (
        uow.find(Campaign, name_key=fold(name), deleted_at=None)
        or uow.find(Campaign, code_key=fold(name), deleted_at=None)
        or uow.find(Campaign, uid=name, deleted_at=None)
    )
    row = (
        found[0]
        if found
        else uow.add(
            Campaign(uid=new_uid("cp"), name=name, name_key=fold(name), created_at=uow.now, updated_at=uow.now)
        )
    )
    return row.id or 0


def insert(uow: UnitOfWork, noun: str, values: Mapping[str, object], custom: Mapping[str, object]) -> int:
    """Add a record with everything that hangs on it; its number."""
    columns = {"created_at": uow.now, "updated_at": uow.now} | columns_for(noun, values, uow)
    row = root_model(noun)(
        uid=new_uid(UID_PREFIX[noun]),
        created_by=uow.user_id,
        updated_by=uow.user_id,
        created_in=uow.number,
        custom=dict(custom),
        **columns,
    )
    number = uow.add(row).id
    for name, part in parts_of(noun).items():
        for position, value in enumerate(_many(values.get(name))):
            uow.session.add(_part_row(part, number, value, position))
    for network in NETWORKS:
        if noun == "contact" and values.get(network):
            set_handle(uow, number, network, values[network])  # type: ignore[arg-type]
    tag(uow, noun, number, _many(values.get("tags")))
    register_custom(uow, noun, custom)
    uow.flush()
    return int(number)


def update(uow: UnitOfWork, noun: str, number: int, edit: Edit) -> None:
    """Change a record as the edit says."""
    row = uow.get(root_model(noun), number)
    scalars = dict(edit.values) | dict.fromkeys(
        (n for n in edit.clear if n not in parts_of(noun) and n != "tags"), None
    )
    for column, value in columns_for(noun, scalars, uow).items():
        setattr(row, column, value)
    if edit.custom or edit.unset:
        row.custom = {k: v for k, v in row.custom.items() if k not in edit.unset} | dict(edit.custom)
        register_custom(uow, noun, edit.custom)
    for network in NETWORKS:
        if noun == "contact" and network in scalars:
            set_handle(uow, number, network, scalars[network])  # type: ignore[arg-type]
    for name, part in parts_of(noun).items():
        replaced = name in edit.clear or name in edit.values
        _change_part(uow, part, number, name, replaced, edit)
    _change_tags(uow, noun, number, edit)
    uow.flush()


def _change_part(uow: UnitOfWork, part: Part, number: int, name: str, replaced: bool, edit: Edit) -> None:
    rows = _live_parts(uow, part, number)
    given = [(_identity(value), getattr(value, "value", None)) for value in _many(edit.values.get(name))]
    if given and given == [(_row_identity(part, row), getattr(row, "value", None)) for row in rows]:
        replaced = False  # they are what there is, in this order
    gone = {_identity(value) for value in edit.remove.get(name, ())}
    kept = []
    for row in rows:
        if replaced or _row_identity(part, row) in gone:
            _drop(uow, row)
        else:
            kept.append(row)
    uow.flush()
    have = {_row_identity(part, row) for row in kept}
    wanted = [*_many(edit.values.get(name)), *edit.add.get(name, ())]
    position = max((row.position for row in kept), default=-1) + 1
    for value in wanted:
        if _identity(value) not in have:
            have.add(_identity(value))
            uow.session.add(_part_row(part, number, value, position))
            position += 1


def _live_parts(uow: UnitOfWork, part: Part, number: int) -> list[Any]:
    where = {part.owner: number} | ({} if part.target else {"deleted_at": None})
    return sorted(uow.find(part.model, **where), key=lambda row: row.position)


def _drop(uow: UnitOfWork, row: Any) -> None:  # noqa: ANN401
    if hasattr(row, "deleted_at"):
        uow.bury(row)
    else:
        uow.delete(row)


def _identity(value: object) -> object:
    return getattr(value, "key", value)


def _row_identity(part: Part, row: Any) -> object:  # noqa: ANN401
    return getattr(row, part.target or "key")


def _part_row(part: Part, number: int, value: Any, position: int) -> SQLModel:  # noqa: ANN401
    return part.model(**{part.owner: number}, **part.columns(value), position=position)  # type: ignore[no-any-return]


def set_handle(uow: UnitOfWork, number: int, network: str, handle: Matched | None) -> None:
    """Make this the contact's handle on the network, or take it away."""
    from crmcli.store.models.people import ContactHandle

    for row in uow.find(ContactHandle, contact_id=number, network=network, deleted_at=None):
        if handle is not None and row.key == handle.key:
            return
        uow.bury(row)
    uow.flush()
    if handle is not None:
        uow.session.add(ContactHandle(contact_id=number, network=network, value=handle.value, key=handle.key))


def tag(uow: UnitOfWork, noun: str, number: int, names: Iterable[str]) -> None:
    """Put labels on a record; those it has already stay."""
    wanted: dict[str, str] = {}
    for name in names:
        wanted.setdefault(fold(name), name)
    if not wanted:
        return
    from crmcli.store.models.labels import Tagging

    for key, name in wanted.items():
        label = tag_number(uow, key, name)
        if not uow.find(Tagging, tag_id=label, noun=noun, record_id=number):
            uow.session.add(Tagging(tag_id=label, noun=noun, record_id=number))


def tag_number(uow: UnitOfWork, key: str, name: str) -> int:
    """The number of a tag, made on first use."""
    from crmcli.store.models.labels import Tag

    found = uow.find(Tag, key=key)
    return (found[0] if found else uow.add(Tag(name=name, key=key))).id or 0


def untag(uow: UnitOfWork, noun: str, number: int, names: Iterable[str]) -> None:
    """Take labels off a record."""
    from crmcli.store.models.labels import Tag, Tagging

    keys = {fold(name) for name in names}
    for row in uow.find(Tagging, noun=noun, record_id=number):
        if uow.get(Tag, row.tag_id).key in keys:
            uow.delete(row)


def _change_tags(uow: UnitOfWork, noun: str, number: int, edit: Edit) -> None:
    if "tags" in edit.clear or "tags" in edit.values:
        wanted = {fold(name) for name in _many(edit.values.get("tags"))}
        untag(uow, noun, number, [name for name in tags_of(uow, noun, number) if fold(name) not in wanted])
        uow.flush()
    untag(uow, noun, number, _many(edit.remove.get("tags")))
    tag(uow, noun, number, (*_many(edit.values.get("tags")), *_many(edit.add.get("tags"))))


def tags_of(uow: UnitOfWork, noun: str, number: int) -> list[str]:
    """The labels of a record."""
    sql = "SELECT t.name FROM tagging g JOIN tag t ON t.id = g.tag_id WHERE g.noun = ? AND g.record_id = ?"
    return [name for (name,) in uow.reader.rows(sql, (noun, number))]


def register_custom(uow: UnitOfWork, noun: str, custom: Iterable[str]) -> None:
    """Remember that the noun has these custom fields, so that filters know their names."""
    keys = list(custom)
    if not keys:
        return
    from crmcli.store.models.labels import CustomField

    known = {key for (key,) in uow.reader.rows("SELECT key FROM custom_field WHERE noun = ?", (noun,))}
    for key in keys:
        if key not in known:
            uow.session.add(CustomField(noun=noun, key=key))


def remove(uow: UnitOfWork, noun: str, number: int) -> None:
    """Mark a record and the values that hang on it as deleted, so that the values are free again."""
    row = uow.get(root_model(noun), number)
    uow.bury(row)
    for mortal in _mortal_parts(noun):
        for part in uow.find(mortal.model, **{mortal.owner: number}, deleted_at=None):
            uow.bury(part)
    uow.flush()


def restore(uow: UnitOfWork, noun: str, number: int) -> None:
    """Bring a deleted record back with the values that were deleted with it."""
    row = uow.get(root_model(noun), number)
    deleted_in = row.deleted_in
    row.deleted_at = row.deleted_in = None
    row.merged_into = None
    for mortal in _mortal_parts(noun):
        for part in uow.find(mortal.model, **{mortal.owner: number}, deleted_in=deleted_in):
            part.deleted_at = part.deleted_in = None
    uow.flush()


def _mortal_parts(noun: str) -> list[Part]:
    parts = [part for part in parts_of(noun).values() if not part.target]
    if noun == "contact":
        from crmcli.store.models.people import ContactHandle

        parts.append(Part(ContactHandle, "contact_id"))
    return parts


def _many(value: object) -> Sequence[Any]:
    return tuple(value) if isinstance(value, tuple | list) else ()


def move_parts(uow: UnitOfWork, noun: str, loser: int, keeper: int, preferred: Collection[str] = ()) -> None:
    """Everything that hangs on one record moves to another of the noun; what both have stays once.

    Of the preferred fields the loser's values come first, or take the place of the keeper's where there is but one.
    """
    for name, part in parts_of(noun).items():
        _move_part(uow, part, loser, keeper, first=name in preferred)
    if noun == "contact":
        _move_handles(uow, loser, keeper, preferred)
    root, other = uow.get(root_model(noun), keeper), uow.get(root_model(noun), loser)
    for name in ("company", "parent"):
        column = f"{name}_id"
        theirs = getattr(other, column, None)
        wanted = getattr(root, column, 0) is None or (name in preferred and theirs is not None)
        if hasattr(root, column) and wanted and not (name == "parent" and theirs == keeper):
            setattr(root, column, theirs)
    _move_external_id(uow, root, other, preferred)
    uow.flush()


def _move_part(uow: UnitOfWork, part: Part, loser: int, keeper: int, *, first: bool) -> None:
    kept, moved = _live_parts(uow, part, keeper), _live_parts(uow, part, loser)
    have = {_stay(part, row): row for row in kept}
    theirs = []
    for row in moved:
        same = have.get(_stay(part, row))
        if same is not None:
            complete(same, row)
            _drop(uow, row)
        else:
            setattr(row, part.owner, keeper)
        theirs.append(row if same is None else same)
    if first:
        for position, row in enumerate([*theirs, *(row for row in kept if row not in theirs)]):
            row.position = position
    else:
        start = max((row.position for row in kept), default=-1) + 1
        for position, row in enumerate((row for row in theirs if row not in kept), start):
            row.position = position
    uow.flush()


def _stay(part: Part, row: Any) -> tuple[object, object]:  # noqa: ANN401
    """What makes two rows say the same: a place where someone was is not the place where someone is."""
    return _row_identity(part, row), getattr(row, "ended_on", None)


def complete(row: Any, other: Any) -> None:  # noqa: ANN401
    """Fill what one of two rows that say the same does not tell: a role, a title, a label."""
    for name in ("role", "title", "label", "started_on"):
        if hasattr(row, name) and getattr(row, name) is None:
            setattr(row, name, getattr(other, name))


def _move_external_id(uow: UnitOfWork, root: Any, other: Any, preferred: Collection[str]) -> None:  # noqa: ANN401
    """The keeper takes the number in another system that it lacks; a preferred one changes places with its own."""
    if other.external_id is None or (root.external_id is not None and "external_id" not in preferred):
        return
    mine, theirs = (root.external_source, root.external_id), (other.external_source, other.external_id)
    other.external_source = other.external_id = None
    uow.flush()
    root.external_source, root.external_id = theirs
    uow.flush()
    other.external_source, other.external_id = mine


def _move_handles(uow: UnitOfWork, loser: int, keeper: int, preferred: Collection[str]) -> None:
    from crmcli.store.models.people import ContactHandle

    have = {row.network: row for row in uow.find(ContactHandle, contact_id=keeper, deleted_at=None)}
    for row in uow.find(ContactHandle, contact_id=loser, deleted_at=None):
        if row.network in have and row.network in preferred:
            uow.bury(have.pop(row.network))
            uow.flush()
        if row.network not in have:
            row.contact_id = keeper
    uow.flush()
