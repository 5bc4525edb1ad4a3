"""Moving deals a stage on or back on screens that show them in no lanes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from textual import work
from textual.message import Message

from crmcli.domain.frozen import NamedTuple
from crmcli.errors import CrmError, Lacking, Refused, Stale
from crmcli.tui.verbs import VERBS, refuse_unfit, step_of

if TYPE_CHECKING:
    from crmcli.domain.views import DealView, StageView
    from crmcli.tui.screens.place import Place
    from crmcli.tui.session import Done, Session
    from crmcli.tui.targets import Target

    _Base = Place
else:
    _Base = object


class _Way:
    """Steps of one deal that follow from one another: where one can't be taken, those behind it are not."""

    def __init__(self, uid: str) -> None:
        self.uid = uid
        self.ahead = 0  # how many are still to be stored
        self.is_blocked = False
        self.wanted = ""  # the stage that the last of them leads to


class _Reached(NamedTuple):
    """Where a step has led: the deal, or the stage that asks before it takes one; neither where there is no stage."""

    deal: DealView | None = None
    asking: StageView | None = None


class Stepping(_Base):
    """A screen on which ``H`` and ``L`` move the deal at the cursor."""

    _way = _Way("")

    class Stepped(Message, namespace="stepping"):
        """A step was stored, as far as it led anywhere."""

        def __init__(self, target: Target, done: Done) -> None:
            super().__init__()
            self.target = target
            self.done = done

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
        self.step(targets[0], steps)

    def step(self, target: Target, steps: int) -> None:
        """Move a deal some stages from where the steps before this one lead, however fast the keys are pressed.

        In another stage by now than it is shown in, others have moved it: then it is asked.
        """
        way = self._way
        if way.uid != target.id or not way.ahead:
            way = self._way = _Way(target.id)
        way.ahead += 1
        self.writing += 1
        self._step(target, steps, way)

    @work(group="write")
    async def _step(self, target: Target, steps: int, way: _Way) -> None:
        try:
            done = await self.app.write(lambda: _taken(self.session, target, steps, way))
        except CrmError as error:
            way.is_blocked = True
            if isinstance(error, (Stale, Lacking)):
                ask = partial(self.ask_move, VERBS["stage"], [target], {"stage": way.wanted})
                self.post_message(self.Answered(ask, error))
            else:
                self.post_message(self.Failed(f"#{target.number} can't be moved", error))
        else:
            if done.result is not None:
                self.post_message(self.Stepped(target, done))
        finally:
            way.ahead -= 1
            self.writing -= 1

    def on_stepping_stepped(self, event: Stepping.Stepped) -> None:
        """Say where it is, or ask why it is lost."""
        event.stop()
        target, reached = event.target, event.done.result
        if reached.deal is not None:
            said = f"#{target.number} {target.name} → {reached.deal.stage}"
            self.post_message(self.Written(event.done._replace(result=reached.deal), said))
        elif reached.asking is not None:
            self.start(VERBS["lose"], [target], also={"stage": reached.asking.stage})
        else:
            self.notify("there is no stage there", timeout=3)


def _taken(session: Session, target: Target, steps: int, way: _Way) -> Any:  # noqa: ANN401
    """Where the step has led; None where one before it was not taken."""
    if way.is_blocked:
        return None
    stage = _stage_beside(session, target, steps)
    if stage is None:
        return _Reached()
    if stage.kind == "lost":
        way.is_blocked = True
        return _Reached(asking=stage)
    way.wanted = stage.stage
    deal = session.deals.move_each([step_of(session, target, stage.stage)])[0]
    session.left[deal.id] = deal.stage
    return _Reached(deal)


def _stage_beside(session: Session, target: Target, steps: int) -> StageView | None:
    """The stage so many steps from the deal's own, or from where it is shown when others moved it; None beyond the last or the first."""
    deal: Any = session.deals.get(target.id)
    known = step_of(session, target, None)
    own = deal.stage if known.seen is None or deal.stage == known.left else known.seen
    stages = [stage for stage in session.pipelines.list() if stage.pipeline == deal.pipeline]
    here = next((place for place, stage in enumerate(stages) if stage.stage == own), None)
    there = None if here is None else here + steps
    return stages[there] if there is not None and 0 <= there < len(stages) else None
