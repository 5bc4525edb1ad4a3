"""Two records that are one: everything of the loser moves to the keeper, and what could not be kept is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.drafts import Edit
from crmcli.domain.fields import FIELDS, Field, Kind, find_field
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.records import as_record, plain
from crmcli.domain.text import nearest
from crmcli.errors import BadValue, NotFound, Refused

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from crmcli.services.desk import Desk
    from crmcli.store.session import UnitOfWork


class Lost(NamedTuple):
    """A value of one of two merged records that could not be kept beside the other's."""

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
        ("consent", "contact_id", ""),
        ("suppression", "contact_id", ""),
        ("purchase", "contact_id", ""),
    ),
    "company": (
        ("contact_company", "company_id", "contact_id"),
        ("deal", "company_id", ""),
        ("activity", "company_id", ""),
        ("company", "parent_id", ""),
        ("purchase", "company_id", ""),
    ),
    "deal": (("activity", "deal_id", ""),),
}
_DERIVED = frozenset({"stage", "pipeline", "currency", "probability"})
# Fields of which one can't be had without the other.
_TOGETHER = {"pipeline": "stage", "currency": "value"}


class Merging:
    """Merge for the nouns that have it; mixed into their services."""

    noun: str
    desk: Desk

    def merge(self, keep: str, lose: str, choices: Sequence[str] = ()) -> Merge:
        """Make two records one, in one undo step; refuses a record and itself.

        Each choice is ``FIELD=B``: that field's value is to be the second record's. B may also be its reference.
        """
        keeper, loser = self.find(keep), self.find(lose)  # type: ignore[attr-defined]
        if keeper.number == loser.number:
            raise Refused(
                f"{keep} and {lose} are the same {self.noun}, #{keeper.number} {keeper.name}; nothing was merged"
            )
        sides = {"a": keeper.number, "b": loser.number}
        preferred = {self._field(choice) for choice in choices if self._side(choice, sides) == loser.number}
        with self.desk.writing(f"{self.noun} merge", f"{loser.name} into {keeper.name}") as uow:
            merge = self.merge_in(uow, keeper.number, loser.number, preferred)
        self.desk.hooks.after(f"{self.noun}-edit", as_record(merge.record))
        return merge

    def merge_in(self, uow: UnitOfWork, keeper: int, loser: int, preferred: Collection[str] = ()) -> Merge:
        """Merge within a unit of work, the hook that may refuse it included."""
        kept, dropped = self.view(uow.reader, keeper), self.view(uow.reader, loser)  # type: ignore[attr-defined]
        edit, conflicts = _combined(self.noun, kept, dropped, preferred)
        self._take_over(uow, keeper, loser, edit, preferred)
        view = self.view(uow.reader, keeper)  # type: ignore[attr-defined]
        self.desk.hooks.before(f"{self.noun}-edit", as_record(view))
        return Merge(view, dropped.id, conflicts)

    def _take_over(self, uow: UnitOfWork, keeper: int, loser: int, edit: Edit, preferred: Collection[str]) -> None:
        from crmcli.store.records import move_parts, remove, root_model, update

        if any(edit[1:]):
            update(uow, self.noun, keeper, edit)
        if "stage" in preferred:
            self._take_stage(uow, keeper, loser)
        move_parts(uow, self.noun, loser, keeper, preferred)
        for table, column, beside in _POINTERS[self.noun]:
            _repoint(uow, table, column, beside, loser, keeper)
        if self.noun == "company":
            _break_circle(uow, keeper)
        if self.noun == "contact":
            from crmcli.store.enrolling import merge_enrolments
            from crmcli.store.members import merge_members

            merge_members(uow, keeper, loser)
            merge_enrolments(uow, keeper, loser)
        remove(uow, self.noun, loser)
        # Written last and by itself: unmerging knows by this line where in the log the merge ends.
        uow.get(root_model(self.noun), loser).merged_into = keeper
        uow.flush()

    def _take_stage(self, uow: UnitOfWork, keeper: int, loser: int) -> None:
        from crmcli.store.models.deals import Deal

        other = self.view(uow.reader, loser)  # type: ignore[attr-defined]
        self.change(uow, keeper, Edit("deal", {"pipeline": other.pipeline, "stage": other.stage}))  # type: ignore[attr-defined]
        row, from_row = uow.get(Deal, keeper), uow.get(Deal, loser)
        for column in ("probability", "closed_at", "lost_reason", "lost_note"):
            setattr(row, column, getattr(from_row, column))
        uow.flush()

    # -- choices

    def _field(self, choice: str) -> str:
        name = choice.partition("=")[0].strip()
        field = find_field(self.noun, name)
        if field is not None and field.computed and field.name != "external_id":
            raise BadValue("keep", f"{field.name} is worked out, never chosen")
        if field is not None:
            return _TOGETHER.get(field.name, field.name)
        key = name.removeprefix("custom.")
        known = self.custom_keys()  # type: ignore[attr-defined]
        if key in known:
            return f"custom.{key}"
        near = nearest(name, [*(each.name for each in FIELDS[self.noun] if not each.computed), *known])
        hint = f"did you mean {near}?" if near else "FIELD=B, for example title=B"
        raise BadValue("keep", f"{self.noun} has no field {name!r}", hint=hint)

    def _side(self, choice: str, sides: dict[str, int]) -> int:
        name, equals, side = (part.strip() for part in choice.partition("="))
        if not equals or not side:
            raise BadValue("keep", f"{choice!r} is not FIELD=B", hint=f"--keep {name or 'title'}=B")
        if side.lower() in sides:
            return sides[side.lower()]
        try:
            number: int = self.find(side).number  # type: ignore[attr-defined]
        except NotFound:
            number = 0
        if number not in sides.values():
            raise BadValue("keep", f"{side!r} is neither of the two", hint=f"--keep {name}=B")
        return number


def _repoint(uow: UnitOfWork, table: str, column: str, beside: str, loser: int, keeper: int) -> None:
    from crmcli.store.models.schema import model_of
    from crmcli.store.records import complete

    model: Any = model_of(table)
    have = {_link(row, beside): row for row in uow.find(model, **{column: keeper})} if beside else {}
    for row in uow.find(model, **{column: loser}):
        if not beside:
            # A company can't belong to itself.
            setattr(row, column, None if table == "company" and row.id == keeper else keeper)
            if table == "purchase":
                row.customer_key = _key_of(uow, column, row.customer_key, loser, keeper)
        elif (same := have.get(_link(row, beside))) is not None:
            complete(same, row)
            uow.delete(row)
        elif table == "contact_relation" and getattr(row, beside) == keeper:
            uow.delete(row)  # nobody is related to himself
        else:
            setattr(row, column, keeper)
            have[_link(row, beside)] = row
    uow.flush()


def _key_of(uow: UnitOfWork, column: str, key: str, loser: int, keeper: int) -> str:
    """What a customer goes by: the uid of the record that the purchase is linked to."""
    from crmcli.store.records import root_model

    root: Any = root_model(column.removesuffix("_id"))
    return str(uow.get(root, keeper).uid) if key == uow.get(root, loser).uid else key


def _link(row: Any, beside: str) -> tuple[object, ...]:  # noqa: ANN401
    """What makes two rows one link: the record on the other side, and in what way it is linked."""
    return getattr(row, beside), getattr(row, "kind", None), getattr(row, "ended_on", None)


def _break_circle(uow: UnitOfWork, keeper: int) -> None:
    """A company that by way of the other would belong to itself belongs to nobody."""
    from crmcli.store.models.companies import Company

    above = uow.get(Company, keeper).parent_id
    while above is not None and above != keeper:
        above = uow.get(Company, above).parent_id
    if above is not None:
        uow.get(Company, keeper).parent_id = None
        uow.flush()


def _combined(
    noun: str,
    kept: Any,  # noqa: ANN401
    dropped: Any,  # noqa: ANN401
    preferred: Collection[str],
) -> tuple[Edit, tuple[Lost, ...]]:
    """What the keeper takes from the other, and the values that only one of them could have."""
    values: dict[str, object] = {}
    conflicts: list[Lost] = []
    for field in FIELDS[noun]:
        mine, theirs = getattr(kept, field.name, None), getattr(dropped, field.name, None)
        if field.computed or field.many or theirs is None or mine == theirs:
            continue
        chosen = field.name in preferred or _TOGETHER.get(field.name) in preferred
        if (mine is None or chosen) and _is_own(field):
            values[field.name] = theirs
        if mine is not None and not (field.name in _DERIVED and _derived(field.name, dropped)):
            conflicts.append(_lost(field.name, mine, theirs, chosen=chosen))
    custom = {
        key: value
        for key, value in dropped.custom_fields.items()
        if key not in kept.custom_fields or f"custom.{key}" in preferred
    }
    conflicts += [
        _lost(f"custom.{key}", kept.custom_fields[key], value, chosen=f"custom.{key}" in preferred)
        for key, value in dropped.custom_fields.items()
        if key in kept.custom_fields and kept.custom_fields[key] != value
    ]
    if dropped.external_id and kept.external_id and dropped.external_id != kept.external_id:
        chosen = "external_id" in preferred
        conflicts.append(_lost("external_id", kept.external_id, dropped.external_id, chosen=chosen))
    return Edit(noun, values, add={"tags": dropped.tags} if dropped.tags else {}, custom=custom), tuple(conflicts)


def _is_own(field: Field) -> bool:
    """Whether a value is a column of the record's own, and not a row or a link that moves with the others."""
    return field.kind not in (Kind.LINK, Kind.HANDLE) and (field.name not in _DERIVED or field.name == "probability")


def _lost(name: str, mine: object, theirs: object, *, chosen: bool) -> Lost:
    return Lost(name, plain(theirs), plain(mine)) if chosen else Lost(name, plain(mine), plain(theirs))


def _derived(name: str, dropped: Any) -> bool:  # noqa: ANN401
    """Whether the value says nothing of its own: a currency goes with its value, a probability with its stage."""
    return name == "currency" or (name == "probability" and dropped.probability_source == "stage")
