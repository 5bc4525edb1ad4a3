"""Several deals through the stages at once: moved, won, lost, or given what their next stage asks for, in one undo step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold, tidy
from crmcli.errors import Refused
from crmcli.services.records import Records
from crmcli.services.stages import (
    enter,
    first_of_kind,
    lost_reason,
    note_lost,
    position_in,
    refuse_missing,
    refuse_moved,
    required_of,
    stage_named,
    stages_of,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.domain.drafts import Edit
    from crmcli.domain.views import DealView, StageView
    from crmcli.store.session import UnitOfWork


class Step(NamedTuple):
    """A deal on its way: which one, the stage it goes to, and the one in which it was seen.

    Without a ``stage`` it goes to its pipeline's first one of a ``kind``. It may also be where its mover ``left`` it.
    """

    ref: str
    stage: str | None
    seen: str | None = None
    left: str | None = None
    kind: str = "won"


class Along(NamedTuple):
    """What goes with a move: ``edit`` changes every deal, ``fill`` only its fields that are empty; why they are lost."""

    edit: Edit | None = None
    fill: Edit | None = None
    reason: str | None = None
    note: str | None = None


_NOTHING = Along()


class DealMoves(Records):
    """Moves of many; mixed into the service of deals."""

    def move_each(self, steps: Sequence[Step], along: Along = _NOTHING) -> list[DealView]:
        """Move each deal to a stage of its own, in one undo step; one that can't move stops them all.

        Raises:
            Lacking: a stage requires what the deal lacks and ``along`` does not give.
            Refused: it is only one, and there already.
            Stale: a deal is no longer in the stage where it was seen.
        """
        note = along.note and tidy(along.note)
        known, said = lost_reason(along.reason, note) if along.reason is not None else (None, note)
        wanted: dict[int, Step] = {}

        def select(reader: Any) -> list[Any]:  # noqa: ANN401
            found = [self._find(reader, step.ref) for step in steps]
            wanted.update(zip((each.number for each in found), steps, strict=True))
            return found

        def act(uow: UnitOfWork, number: int) -> None:
            self._change_along(uow, number, along)
            target, is_moved = self._step(uow, number, wanted[number], (known, said))
            if len(steps) > 1:
                return
            if not is_moved and along.edit is None:
                raise Refused(f"deal #{number} is in {target.stage} already")
            if is_moved:
                uow.summary = f"{uow.summary} → {target.stage}"

        is_move = along.edit is None and along.fill is None
        stays = along.edit is not None and all(step.stage is not None and step.stage == step.seen for step in steps)
        return self._each("deal edit" if stays else "deal move", "stage-change" if is_move else "edit", select, act)

    def missing(self, steps: Sequence[Step]) -> tuple[str, ...]:
        """The fields that the deals lack and that the stages which they are to go to, or through, require."""
        with self.desk.reading() as reader:
            found: dict[str, None] = {}
            for step in steps:
                view = self.view(reader, self._find(reader, step.ref).number)
                stages = stages_of(reader, fold(view.pipeline))
                found |= dict.fromkeys(required_of(view, stages, _target(view, stages, step)))
            return tuple(found)

    def _change_along(self, uow: UnitOfWork, number: int, along: Along) -> None:
        if along.edit is not None:
            self._edit_in(uow, number, along.edit, create=True)
        if along.fill is not None:
            self._edit_in(uow, number, _only_empty(along.fill, self.view(uow.reader, number)), create=True)

    def _step(
        self, uow: UnitOfWork, number: int, step: Step, why: tuple[str | None, str | None]
    ) -> tuple[StageView, bool]:
        """Move a deal; where it is now, and whether it was elsewhere."""
        view = self.view(uow.reader, number)
        stages = stages_of(uow.reader, fold(view.pipeline))
        target = _target(view, stages, step)
        if step.seen is not None and view.stage != step.left:
            refuse_moved(view, step.seen, target)
        _go(uow, view, stages, target, why)
        return target, view.stage != target.stage


def _target(view: DealView, stages: list[StageView], step: Step) -> StageView:
    """The stage that a deal is to go to; its own when that is of the kind."""
    if step.stage is not None:
        return stage_named(stages, step.stage)
    return stage_named(stages, view.stage) if view.stage_kind == step.kind else first_of_kind(stages, step.kind)


def _go(
    uow: UnitOfWork,
    view: DealView,
    stages: list[StageView],
    target: StageView,
    why: tuple[str | None, str | None],
) -> None:
    """Move a deal to a stage, unless it is there."""
    if view.stage == target.stage:
        return
    refuse_missing(view, stages, target, position_in(stages, view))
    reason, note = why
    if reason is not None and target.kind == "lost":
        note_lost(uow, view.number, reason, note)
    enter(uow, view.number, target, note=note)


def _only_empty(edit: Edit, view: Any) -> Edit:  # noqa: ANN401
    """The edit without the fields that the deal has."""
    return edit._replace(
        values={name: value for name, value in edit.values.items() if getattr(view, name, None) in (None, "", ())},
        add={name: values for name, values in edit.add.items() if not getattr(view, name, None)},
    )
