"""Two records that are one: everything of the loser moves to the keeper, and what could not be kept is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.drafts import Edit
from crmcli.domain.fields import FIELDS, Kind
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.records import as_record, plain
from crmcli.errors import Refused

if TYPE_CHECKING:
    from crmcli.services.desk import Desk
    from crmcli.store.session import UnitOfWork


class Lost(NamedTuple):
    """A value of the merged record that could not be kept beside the keeper's."""

    field: str
    kept: object
    dropped: object


class Merge(NamedTuple):
    """The outcome of a merge."""

    record: Any
    merged: str  # uid of the record that was merged away
    conflicts: tuple[Lost, ...]


# Rows elsewhere that point to a record: table, column, and the column that must stay unique beside it.
_POINTERS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "contact": (
        ("deal_contact", "contact_id", "deal_id"),
        ("activity_contact", "contact_id", "activity_id"),
        ("contact_relation", "other_id", "contact_id"),
        ("contact_relation", "contact_id", "other_id"),
    ),
    "company": (
        ("contact_company", "company_id", "contact_id"),
        ("deal", "company_id", ""),
        ("activity", "company_id", ""),
        ("company", "parent_id", ""),
    ),
    "deal": (("activity", "deal_id", ""),),
}
_DERIVED = frozenset({"stage", "pipeline", "currency", "probability"})


class Merging:
    """Merge for the nouns that have it; mixed into their services."""

    noun: str
    desk: Desk

    def merge(self, keep: str, lose: str) -> Merge:
        """Make two records one, in one undo step; refuses a record and itself."""
        keeper, loser = self.find(keep), self.find(lose)  # type: ignore[attr-defined]
        if keeper.number == loser.number:
            raise Refused(
                f"{keep} and {lose} are the same {self.noun}, #{keeper.number} {keeper.name}; nothing was merged"
            )
        with self.desk.writing(f"{self.noun} merge", f"{loser.name} into {keeper.name}") as uow:
            kept, dropped = self.view(uow.reader, keeper.number), self.view(uow.reader, loser.number)  # type: ignore[attr-defined]
            edit, conflicts = _combined(self.noun, kept, dropped)
            self._take_over(uow, keeper.number, loser.number, edit)
            view = self.view(uow.reader, keeper.number)  # type: ignore[attr-defined]
            self.desk.hooks.before(f"{self.noun}-edit", as_record(view))
        self.desk.hooks.after(f"{self.noun}-edit", as_record(view))
        return Merge(view, loser.uid, conflicts)

    def _take_over(self, uow: UnitOfWork, keeper: int, loser: int, edit: Edit) -> None:
        from crmcli.store.records import move_parts, remove, root_model, update

        if any(edit[1:]):
            update(uow, self.noun, keeper, edit)
        move_parts(uow, self.noun, loser, keeper)
        for table, column, beside in _POINTERS[self.noun]:
            _repoint(uow, table, column, beside, loser, keeper)
        remove(uow, self.noun, loser)
        uow.get(root_model(self.noun), loser).merged_into = keeper


def _repoint(uow: UnitOfWork, table: str, column: str, beside: str, loser: int, keeper: int) -> None:
    from crmcli.store.models.schema import model_of

    model = model_of(table)
    have = {getattr(row, beside) for row in uow.find(model, **{column: keeper})} if beside else set()
    for row in uow.find(model, **{column: loser}):
        other = getattr(row, beside) if beside else None
        if other in have or other == keeper or (table == "company" and row.id == keeper):  # type: ignore[attr-defined]
            uow.delete(row) if beside else setattr(row, column, None)
        else:
            setattr(row, column, keeper)
            have.add(other) if beside else None
    uow.flush()


def _combined(noun: str, kept: Any, dropped: Any) -> tuple[Edit, tuple[Lost, ...]]:  # noqa: ANN401
    """What the keeper takes from the other, and the values it can't."""
    values: dict[str, object] = {}
    conflicts: list[Lost] = []
    for field in FIELDS[noun]:
        mine, theirs = getattr(kept, field.name, None), getattr(dropped, field.name, None)
        if field.computed or field.many or theirs is None or mine == theirs:
            continue
        if mine is None and field.name not in _DERIVED and field.kind not in (Kind.LINK, Kind.HANDLE):
            values[field.name] = theirs
        elif mine is not None and not (field.name in _DERIVED and _derived(field.name, dropped)):
            conflicts.append(Lost(field.name, plain(mine), plain(theirs)))
    custom = {key: value for key, value in dropped.custom_fields.items() if key not in kept.custom_fields}
    conflicts += [
        Lost(f"custom.{key}", kept.custom_fields[key], value)
        for key, value in dropped.custom_fields.items()
        if key in kept.custom_fields and kept.custom_fields[key] != value
    ]
    if dropped.external_id and kept.external_id and dropped.external_id != kept.external_id:
        conflicts.append(Lost("external_id", kept.external_id, dropped.external_id))
    return Edit(noun, values, add={"tags": dropped.tags} if dropped.tags else {}, custom=custom), tuple(conflicts)


def _derived(name: str, dropped: Any) -> bool:  # noqa: ANN401
    """Whether the value says nothing of its own: a currency goes with its value, a probability with its stage."""
    return name == "currency" or (name == "probability" and dropped.probability_source == "stage")
