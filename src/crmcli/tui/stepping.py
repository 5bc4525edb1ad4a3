"""Moving deals a stage on or back on screens that show them in no lanes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.errors import Refused
from crmcli.tui.verbs import VERBS, refuse_unfit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.domain.views import StageView
    from crmcli.tui.screens.place import Place
    from crmcli.tui.session import Session
    from crmcli.tui.targets import Target

    _Base = Place
else:
    _Base = object


class Stepping(_Base):
    """A screen on which ``H`` and ``L`` move the deal at the cursor."""

    def action_move(self, step: int) -> None:
        """Move the deal some stages on, or back."""
        steps = step * self.app.count.take()
        targets = self.wanted()
        if not targets:
            return
        try:
            refuse_unfit(VERBS["win"], targets)
        except Refused:
            self.notify("only a deal moves from stage to stage, one at a time", severity="warning", timeout=3)
            return
        self.read(
            "move", lambda: _stage_beside(self.session, targets[0], steps), lambda stage: self._to_stage(targets, stage),
            what="the stages can't be read",
        )  # fmt: skip

    def _to_stage(self, targets: Sequence[Target], stage: StageView | None) -> None:
        if stage is None:
            self.notify("there is no stage there", timeout=3)
        elif stage.kind == "lost":
            self.start(VERBS["lose"], targets, also={"stage": stage.stage})
        else:
            target = targets[0]
            self.write(
                f"#{target.number} can't be moved", lambda: self.session.deals.move(target.id, stage.stage),
                f"#{target.number} {target.name} → {stage.stage}",
            )  # fmt: skip


def _stage_beside(session: Session, target: Target, steps: int) -> StageView | None:
    """The stage so many steps from the deal's own; None beyond the last or the first."""
    deal: Any = session.deals.get(target.id)
    stages = [stage for stage in session.pipelines.list() if stage.pipeline == deal.pipeline]
    here = next((place for place, stage in enumerate(stages) if stage.stage == deal.stage), None)
    there = None if here is None else here + steps
    return stages[there] if there is not None and 0 <= there < len(stages) else None
