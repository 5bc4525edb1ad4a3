"""What the board shows, and whether it still is what the store holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.board import BoardPicture, lane_of
from crmcli.services.stages import pipeline_key, stages_of
from crmcli.store.queries.board import cards, has_change_set, held, revision

if TYPE_CHECKING:
    from datetime import date

    from crmcli.domain.board import BoardCard
    from crmcli.services.desk import Desk
    from crmcli.store.reader import Reader


class Board:
    """A pipeline as lanes of cards; each question opens a reader of its own, so that any thread may ask."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def picture(self, pipeline: str | None = None, filter_text: str | None = None) -> BoardPicture:
        """The deals of a pipeline, the default one when none is named; raises FilterError or NotFound."""
        with self.desk.reading() as reader:
            # Read first: what is written meanwhile is then seen as a change, not missed.
            seen = self._revision(reader)
            where = self.desk.condition(reader, "deal", filter_text)
            if reader.connection is None:
                return BoardPicture("", (), seen)
            key = pipeline_key(reader, pipeline)
            stages = stages_of(reader, key)
            by_stage: dict[int, list[BoardCard]] = {stage.number: [] for stage in stages}
            for card in cards(reader, key, where, self.desk.clock.now()):
                by_stage.setdefault(card.stage, []).append(card)
            full = held(reader, key) if filter_text and any(stage.wip_limit for stage in stages) else {}
            lanes = tuple(lane_of(stage, by_stage[stage.number], full.get(stage.number)) for stage in stages)
            return BoardPicture(stages[0].pipeline if stages else pipeline or "", lanes, seen)

    def is_current(self, picture: BoardPicture) -> bool:
        """Whether nothing was written since the picture was read, and it is still the same day."""
        with self.desk.reading() as reader:
            return self._revision(reader) == picture.revision

    def was_kept(self, change_set: str) -> bool:
        """Whether a change set, by its uid, changed anything."""
        with self.desk.reading() as reader:
            return has_change_set(reader, change_set)

    def _revision(self, reader: Reader) -> tuple[int, date]:
        return revision(reader), self.desk.clock.local().date()
