"""Bringing back a record that was merged away, with what it brought; what was changed since stays as it is.

The log of the merge says where everything was before. Each line is reversed if the row still is as the merge left it, or has
only moved on with the keeper through a later merge; else someone changed it since, and that edit counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlmodel import select

from crmcli.errors import Refused
from crmcli.store.models.ledger import Change
from crmcli.store.models.schema import ROOTS, model_of
from crmcli.store.undo import UNIQUE, holder, same, typed

if TYPE_CHECKING:
    from crmcli.store.session import UnitOfWork

# Columns that say one thing together: none of them goes back alone.
_TOGETHER = (
    ("pipeline_id", "stage_id", "stage_since", "closed_at", "probability", "lost_reason", "lost_note"),
    ("value", "currency"),
    ("annual_revenue", "revenue_currency"),
    ("name", "name_key", "given", "family", "prefix", "suffix"),
    ("title", "title_key"),
    ("external_source", "external_id"),
    ("deleted_at", "deleted_in"),
)
_SETTLED = frozenset({"deleted_at", "deleted_in", "merged_into"})


def unmerge(uow: UnitOfWork, noun: str, number: int) -> list[str]:
    """Bring back the record of that number; what could not be given back to it, in words.

    Raises:
        Refused: the log does not tell of the merge.
    """
    work = _Unmerging(uow, noun, number)
    for line in reversed(work.lines):
        work.reverse(line)
        uow.flush()
    work.pass_on()
    work.revive()
    uow.flush()
    return work.kept_back


class _Unmerging:
    """One record on its way back."""

    def __init__(self, uow: UnitOfWork, noun: str, number: int) -> None:
        self.uow = uow
        self.noun = noun
        self.number = number
        self.kept_back: list[str] = []
        self.loser: Any = uow.get(ROOTS[noun], number)
        self.holders = _chain(uow, noun, number)  # who has its things by now: the keeper, and whom that was merged into
        self.lines = _log_of_merge(uow, noun, number)
        if not self.lines:
            raise Refused(f"{noun} #{number} can't be brought back: the log does not tell how it was merged")
        # What the first keeper took from it: columns of its own, custom fields and labels.
        self._given: dict[str, Any] = {}
        self._given_custom: dict[str, Any] = {}
        self._given_labels: set[int] = set()

    def reverse(self, line: Change) -> None:
        """Take back one line of the merge, as far as it still holds."""
        model = model_of(line.relation)
        row: Any = self.uow.session.get(model, line.row_id)
        if line.action == "delete":
            self._put_back(line, row)
        elif row is None:
            return
        elif line.action == "insert":
            self._take_away(line, row)
        elif line.relation == self.noun and line.row_id == self.number:
            self._own_columns(line)
        else:
            self._columns(line, row)

    # -- rows

    def _put_back(self, line: Change, row: Any) -> None:  # noqa: ANN401
        """A link of both, of which one was enough."""
        before = line.before or {}
        model = model_of(line.relation)
        like = {name: value for name, value in before.items() if name.endswith("_id") or name in ("noun", "kind")}
        if row is None and not self.uow.find(model, **like) and self._ends_stand(before):
            self.uow.session.add(model(**typed(model, before)))

    def _ends_stand(self, values: dict[str, Any]) -> bool:
        """Whether the records on both ends of a link are still there."""
        for column, value in values.items():
            noun = {"other_id": "contact", "parent_id": "company"}.get(column, column.removesuffix("_id"))
            if noun in ROOTS and value is not None and self.uow.session.get(ROOTS[noun], value) is None:
                return False
        return True

    def _take_away(self, line: Change, row: Any) -> None:  # noqa: ANN401
        """What the keeper got: a label, a stage of its history."""
        after = line.after or {}
        if line.relation == "stage_change" and self._moved_since(row):
            return
        if all(same(value, getattr(row, name)) for name, value in after.items()):
            self.uow.delete(row)
        if line.relation == "tagging":
            self._given_labels.add(after["tag_id"])

    def _moved_since(self, move: Any) -> bool:  # noqa: ANN401
        later = self.uow.find(model_of("stage_change"), deal_id=move.deal_id)
        return any(other.id > move.id for other in later)  # type: ignore[attr-defined]

    def _columns(self, line: Change, row: Any) -> None:  # noqa: ANN401
        """A row of the keeper's, or one that points to it."""
        before, after = typed(type(row), line.before or {}), line.after or {}
        if line.relation == self.noun and line.row_id in self.holders:
            self._given |= {name: value for name, value in after.items() if name != "custom"}
            self._keeper_columns(row, before, after)
            return
        owner = next((name for name in _OWNERS[self.noun] if before.get(name) == self.number), None)
        if owner is not None and getattr(row, owner) in self.holders:
            self._give_back(row, owner, before)
            return
        _restore(row, before, after)
        if "deleted_at" in before and row.deleted_at is None:
            self._yield_to_others(row)

    def _keeper_columns(self, row: Any, before: dict[str, Any], after: dict[str, Any]) -> None:  # noqa: ANN401
        had, has = before.pop("custom", None) or {}, after.get("custom") or {}
        if has:
            self._given_custom |= {key: value for key, value in has.items() if had.get(key) != value}
            row.custom = _without(row.custom, had, has)
        _restore(row, before, after)

    def _give_back(self, row: Any, owner: str, before: dict[str, Any]) -> None:  # noqa: ANN401
        """A value or link that was its own; alive again, unless another record has the same by now."""
        setattr(row, owner, self.number)
        for name in ("position", "customer_key"):
            if name in before:
                setattr(row, name, before[name])
        if getattr(row, "deleted_at", None) is not None and row.__tablename__ not in (
            *ROOTS,
            "suppression",
            "purchase",
        ):
            row.deleted_at = row.deleted_in = None
            self._yield_to_others(row)

    def _yield_to_others(self, row: Any) -> None:  # noqa: ANN401
        """Leave a value with whoever has it by now."""
        other = next(
            (
                found
                for names in UNIQUE.get(row.__tablename__, ())
                if (found := holder(self.uow, row, names)) is not None
            ),
            None,
        )
        if other is not None:
            row.deleted_at, row.deleted_in = self.uow.now, self.uow.number
            self.kept_back.append(f"{row.value} belongs to {self.noun} #{getattr(other, f'{self.noun}_id')} by now")

    # -- the record itself

    def _own_columns(self, line: Change) -> None:
        before = typed(type(self.loser), line.before or {})
        for name, value in before.items():
            if name not in _SETTLED:
                setattr(self.loser, name, value)

    def revive(self) -> None:
        """The record is there again, with what it had kept to itself."""
        buried_in = self.loser.deleted_in
        self.loser.deleted_at = self.loser.deleted_in = self.loser.merged_into = None
        self._free_external_id()
        for name in _MORTAL[self.noun]:
            model: Any = model_of(name)
            for row in self.uow.find(model, **{f"{self.noun}_id": self.number}, deleted_in=buried_in):
                row.deleted_at = row.deleted_in = None
                self._yield_to_others(row)

    def _free_external_id(self) -> None:
        if (other := holder(self.uow, self.loser, ("external_source", "external_id"))) is not None:
            named = f"{self.loser.external_source}:{self.loser.external_id}"
            self.kept_back.append(f"{named} belongs to {self.noun} #{other.id} by now")
            self.loser.external_source = self.loser.external_id = None

    def pass_on(self) -> None:
        """What came from it and went on with its keeper through later merges goes back there too."""
        for keeper, above in zip(self.holders, self.holders[1:], strict=False):
            for line in reversed(_log_of_merge(self.uow, self.noun, keeper)):
                row: Any = self.uow.session.get(model_of(line.relation), line.row_id)
                if row is None:
                    continue
                if line.relation == self.noun and line.row_id == above and line.action == "update":
                    self._take_from(row, line)
                elif line.relation == "tagging" and line.action == "insert" and row.tag_id in self._given_labels:
                    self.uow.delete(row)

    def _take_from(self, row: Any, line: Change) -> None:  # noqa: ANN401
        before, after = line.before or {}, line.after or {}
        mine = {name: value for name, value in after.items() if name in self._given and value == self._given[name]}
        _restore(row, typed(type(row), {name: before.get(name) for name in mine}), mine)
        had, has = before.get("custom") or {}, after.get("custom") or {}
        given = {key: value for key, value in self._given_custom.items() if has.get(key) == value}
        row.custom = _without(row.custom, had, given) if given else row.custom


# The columns by which a row is one record's.
_OWNERS = {"contact": ("contact_id", "other_id"), "company": ("company_id", "parent_id"), "deal": ("deal_id",)}
_MORTAL = {
    "contact": ("contact_email", "contact_phone", "contact_handle"),
    "company": ("company_website", "company_phone"),
    "deal": (),
}  # fmt: skip


def _restore(row: Any, before: dict[str, Any], after: dict[str, Any]) -> None:  # noqa: ANN401
    """The columns as they were, those that are still as the merge left them."""
    unchanged = {name for name in before if same(after.get(name), getattr(row, name))}
    for group in _TOGETHER:
        together = {name for name in group if name in before}
        if not together <= unchanged:
            unchanged -= together
    for name in unchanged:
        setattr(row, name, before[name])


def _without(now: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The custom fields without what the merge put there and nobody changed since."""
    kept = dict(now)
    for key, value in after.items():
        if key in kept and kept[key] == value and before.get(key) != value:
            if key in before:
                kept[key] = before[key]
            else:
                del kept[key]
    return kept


def _chain(uow: UnitOfWork, noun: str, number: int) -> list[int]:
    """The numbers of the record that it was merged into, of the one which that was merged into, and so on."""
    found: list[int] = []
    into = uow.get(ROOTS[noun], number).merged_into
    while into is not None:
        found.append(into)
        into = uow.get(ROOTS[noun], into).merged_into
    return found


def _log_of_merge(uow: UnitOfWork, noun: str, number: int) -> list[Change]:
    """The lines of the log by which the record was merged away, in their order; others may stand in the same change set."""
    by_number: Any = Change.id
    own = select(Change).where(Change.noun == noun, Change.record_id == number, Change.relation == noun)
    merges = uow.session.exec(own.where(Change.row_id == number).order_by(by_number.desc())).all()
    last = next((line for line in merges if (line.after or {}).get("merged_into") is not None), None)
    if last is None:
        return []
    whole = uow.session.exec(select(Change).where(Change.set_id == last.set_id).order_by(by_number)).all()
    found: list[Change] = []
    for line in whole:
        found.append(line)
        if line.id == last.id:
            break
        if line.relation in ROOTS and (line.after or {}).get("merged_into") is not None:
            found = []  # that was the end of another merge
    return found
