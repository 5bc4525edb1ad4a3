"""The stages of a pipeline as the steps of a ladder: the open ones in order, and winning as the last one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.services.stages import reported_pipeline, stages_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.domain.views import StageView
    from crmcli.store.reader import Reader


_MOST_BY_THEMSELVES = 25_000  # the median of so many is off by one percent or so


class Ladder(NamedTuple):
    """``names`` are the steps; ``steps`` gives each stage's, for a lost one the first."""

    pipeline: str
    stages: tuple[StageView, ...]
    names: tuple[str, ...]
    steps: dict[int, int]

    @property
    def climbed(self) -> list[int]:
        """The numbers of the stages that are steps themselves: open and won ones."""
        return [stage.number for stage in self.stages if stage.kind != "lost"]

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
    stages = tuple(stages_of(reader, reported_pipeline(reader, name)))
    names, steps = _climbed(stages)
    return Ladder(stages[0].pipeline if stages else "", stages, names, steps)


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
