"""The stages of a pipeline as the steps of a ladder: the open ones in order, and winning as the last one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold
from crmcli.services.stages import reported_pipeline, stages_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmcli.domain.views import StageView
    from crmcli.store.reader import Reader


_MOST_BY_THEMSELVES = 25_000  # the median of so many is off by one percent or so


class Ladder(NamedTuple):
    """``names`` are the steps; ``steps`` gives each stage's, for a lost one the first.

    So do they for the stages that were ``removed`` from the pipeline: whoever was in one had come as far as the last step
    before it.
    """

    pipeline: str
    stages: tuple[StageView, ...]
    names: tuple[str, ...]
    steps: dict[int, int]
    removed: tuple[StageView, ...] = ()

    @property
    def climbed(self) -> list[int]:
        """The numbers of the stages that are steps themselves, open and won ones, and of those that had their names before."""
        names = {fold(stage.stage) for stage in self.of_kind("open", "won")}
        return [stage.number for stage in (*self.stages, *self.removed) if fold(stage.stage) in names]

    def of_kind(self, *kinds: str) -> list[StageView]:
        """The stages of some kinds, in order."""
        return [stage for stage in self.stages if stage.kind in kinds]

    def title(self, what: str) -> str:
        """The title of a report about the pipeline."""
        return f"{what} of pipeline {self.pipeline}" if self.pipeline else what


def ladder(reader: Reader, name: str | None) -> Ladder:
    """The ladder of a pipeline, of the first that has deals when none is named; raises NotFound."""
    if reader.connection is None:
        return Ladder("", (), (), {})
    key = reported_pipeline(reader, name)
    stages, removed = tuple(stages_of(reader, key)), tuple(stages_of(reader, key, removed=True))
    names, steps = _climbed(stages)
    steps |= _of_removed(stages, removed, steps)
    return Ladder(stages[0].pipeline if stages else "", stages, names, steps, removed)


def every_of(deals: int) -> int:
    """Every which of so many deals is looked at by itself, for medians."""
    return -(-deals // _MOST_BY_THEMSELVES)


def sampled(every: int) -> tuple[str, ...]:
    """The note that only some of very many deals were looked at by themselves."""
    return (f"days are those of one deal in {every}, scattered over all",) if every > 1 else ()


def _climbed(stages: Sequence[StageView]) -> tuple[tuple[str, ...], dict[int, int]]:
    still_open = [stage for stage in stages if stage.kind == "open"]
    won = [stage for stage in stages if stage.kind == "won"]
    names = [stage.stage for stage in still_open] + [" / ".join(stage.stage for stage in won)] * bool(won)
    steps = {stage.number: 0 for stage in stages}
    steps |= {stage.number: place for place, stage in enumerate(still_open)}
    return tuple(names), steps | {stage.number: len(still_open) for stage in won}


def _of_removed(stages: Sequence[StageView], removed: Sequence[StageView], steps: Mapping[int, int]) -> dict[int, int]:
    """The step of each removed stage: that of the last open one at or before its place, of a won one the last step of all.

    Those of one name have one step, since a filter asks for a stage by its name: that of the stage that has the name now,
    else the lowest.
    """
    found: dict[str, int] = {}
    for stage in removed:
        step = 0
        if stage.kind == "won":
            step = max(steps.values(), default=0)
        elif stage.kind == "open":
            before = (steps[s.number] for s in stages if s.kind == "open" and s.position <= stage.position)
            step = max(before, default=0)
        found[fold(stage.stage)] = min(found.get(fold(stage.stage), step), step)
    found |= {fold(stage.stage): steps[stage.number] for stage in stages}
    return {stage.number: found[fold(stage.stage)] for stage in removed}
