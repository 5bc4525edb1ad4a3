"""Stages as files name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.text import fold
from crmcli.errors import BadValue
from crmcli.services.stages import first_of_kind
from crmcli.store.queries.deals import stages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmcli.domain.views import StageView
    from crmcli.store.reader import Reader

# What HubSpot and Salesforce call the ends of a pipeline, and what people do in the languages of our users.
_ENDS = {
    fold(word.strip()): kind
    for kind, words in {
        "won": """closed won, closedwon, won, спечелена, спечелен, спечелено, выиграна, выигран, выиграно, успешно реализовано,
            wygrana, wygrany, wygrane, gewonnen, gagné, gagnée, gagnees, ganada, ganado, cerrada ganada""",
        "lost": """closed lost, closedlost, lost, загубена, загубен, загубено, изгубена, проиграна, проигран, проиграно,
            потеряна, закрыто и не реализовано, przegrana, przegrany, przegrane, stracona, verloren, perdu, perdue,
            perdida, perdido, cerrada perdida""",
    }.items()
    for word in words.split(",")
}


class Stages:
    """The stages of all pipelines, found by the names that a file gives them."""

    def __init__(self, reader: Reader, mapped: Mapping[str, str]) -> None:
        self._pipelines: dict[str, list[StageView]] = {}
        for stage in stages(reader):
            self._pipelines.setdefault(fold(stage.pipeline), []).append(stage)
        self.pipeline_of: dict[int, int] = dict(reader.rows("SELECT id, pipeline_id FROM stage"))
        self._mapped = mapped
        self._found: dict[tuple[str | None, str | None], tuple[StageView, str | None]] = {}
        known = {fold(stage.stage) for here in self._pipelines.values() for stage in here}
        for ours in mapped.values():
            if fold(ours) not in known:
                names = ", ".join(dict.fromkeys(s.stage for here in self._pipelines.values() for s in here))
                raise BadValue("stage-map", f"there is no stage {ours!r}", hint=f"one of {names}")

    def of(self, stage: StageView) -> list[StageView]:
        """The stages of the pipeline that a stage belongs to."""
        return self._pipelines[fold(stage.pipeline)]

    def chosen(self, pipeline: str | None, stage: str | None) -> tuple[StageView, str | None]:
        """The stage meant, the first open one when none is named; and the pipeline's name if there is no such pipeline.

        Raises BadValue for a stage that the pipeline does not have.
        """
        key = (pipeline, stage)
        if key not in self._found:
            known = pipeline is None or fold(pipeline) in self._pipelines
            here = self._pipelines[fold(pipeline) if pipeline and known else next(iter(self._pipelines))]
            self._found[key] = self._named(here, stage), None if known else pipeline
        return self._found[key]

    def _named(self, here: list[StageView], name: str | None) -> StageView:
        if name is None:
            return first_of_kind(here, "open")
        wanted = fold(self._mapped.get(fold(name), name))
        for stage in here:
            if fold(stage.stage) == wanted:
                return stage
        if wanted in _ENDS:
            return first_of_kind(here, _ENDS[wanted])
        names = ", ".join(stage.stage for stage in here)
        raise BadValue(
            "stage",
            f"no stage {name!r} in pipeline {here[0].pipeline}",
            hint=f"--stage-map '{name}=…' with one of {names}",
        )
