"""Deals and their way through the stages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.records import as_record
from crmcli.domain.text import fold, tidy
from crmcli.domain.views import DealPicture, DealView
from crmcli.errors import BadValue, Refused
from crmcli.services.deal_moves import DealMoves
from crmcli.services.merging import Merging
from crmcli.services.pictures import TIMELINE, next_step
from crmcli.services.records import Records
from crmcli.services.stages import (
    enter,
    first_of_kind,
    leave_removed_stage,
    lost_reason,
    note_lost,
    pipeline_key,
    refuse_missing,
    refuse_moved,
    stage_named,
    stages_of,
)  # fmt: skip
from crmcli.store.queries.activities import timeline
from crmcli.store.queries.deals import deals, stage_history

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from crmcli.domain.drafts import Edit
    from crmcli.domain.views import StageView
    from crmcli.services.records import Which
    from crmcli.store.queries.common import Selection
    from crmcli.store.reader import Reader
    from crmcli.store.session import UnitOfWork


class Deals(DealMoves, Merging, Records):
    """The use cases of deals."""

    noun = "deal"

    def views(self, reader: Reader, selection: Selection) -> Iterator[DealView]:
        """The selected deals."""
        return deals(reader, selection, self.desk.clock.now())

    def prepare(self, uow: UnitOfWork, values: dict[str, object]) -> dict[str, object]:
        """Give the deal its pipeline and stage, and the company of its people."""
        named = values.pop("pipeline", None)
        wanted = values.pop("stage", None)
        stages = stages_of(uow.reader, pipeline_key(uow.reader, str(named) if named else None))
        stage = stage_named(stages, str(wanted)) if wanted else first_of_kind(stages, "open")
        since = values.pop("entered_at", None) or uow.now
        pipeline = uow.reader.value("SELECT pipeline_id FROM stage WHERE id = ?", (stage.number,))
        values |= {"pipeline_id": pipeline, "stage_id": stage.number, "stage_since": since}
        _refuse_sure_chance(stage.kind, values)
        if stage.kind != "open":
            values["closed_at"] = since
        contacts = values.get("contacts")
        if values.get("company") is None and contacts:
            values["company"] = primary_company(uow.reader, contacts[0])  # type: ignore[index]
        return values

    def created(self, uow: UnitOfWork, number: int, values: Mapping[str, object]) -> None:
        """The stage history begins; a stage's required fields count here too."""
        from crmcli.store.models.deals import StageChange

        view = self.view(uow.reader, number)
        stages = stages_of(uow.reader, fold(view.pipeline))
        refuse_missing(view, stages, stage_named(stages, view.stage), new=True)
        at: Any = values["stage_since"]
        stage: Any = values["stage_id"]
        uow.add(StageChange(deal_id=number, to_stage_id=stage, at=at, by=uow.user_id))

    def change(self, uow: UnitOfWork, number: int, edit: Edit) -> None:
        """Apply an edit; a stage or pipeline in it is a move."""
        values = dict(edit.values)
        pipeline, stage = values.pop("pipeline", None), values.pop("stage", None)
        currency = values.pop("currency", None)
        if currency is not None:
            self._in_currency(uow, number, str(currency))
        if stage is None and pipeline is None:
            _refuse_sure_chance(self.view(uow.reader, number).stage_kind, values)
        if any((values, *edit[2:])):
            super().change(uow, number, edit._replace(values=values))
        if pipeline is not None or stage is not None:
            self._edit_stage(uow, number, pipeline, stage)
            _refuse_sure_chance(self.view(uow.reader, number).stage_kind, values)
            if "probability" in values:  # given together with the stage, it is meant for the new one
                super().change(
                    uow, number, edit._replace(values={"probability": values["probability"]}, add={}, remove={})
                )

    def _edit_stage(self, uow: UnitOfWork, number: int, pipeline: object, stage: object) -> None:
        view = self.view(uow.reader, number)
        key = pipeline_key(uow.reader, str(pipeline) if pipeline else view.pipeline)
        stages = stages_of(uow.reader, key)
        moves = key != fold(view.pipeline)
        target = stage_named(stages, str(stage)) if stage else first_of_kind(stages, "open") if moves else None
        if target is None or (not moves and target.stage == view.stage):
            return
        here = next((s.position for s in stages if s.stage == view.stage), -1) if not moves else -1
        refuse_missing(view, stages, target, here)
        if moves:
            from crmcli.store.models.deals import Deal

            owner = uow.reader.value("SELECT pipeline_id FROM stage WHERE id = ?", (target.number,))
            uow.get(Deal, number).pipeline_id = owner
        enter(uow, number, target)

    def _in_currency(self, uow: UnitOfWork, number: int, currency: str) -> None:
        from crmcli.domain.money import read_money
        from crmcli.store.models.deals import Deal

        view = self.view(uow.reader, number)
        if view.value is None:
            raise BadValue("currency", f"deal #{number} has no value", hint="--value 100 --currency USD")
        amount = read_money(view.value.plain, currency)
        row = uow.get(Deal, number)
        row.value, row.currency = amount.minor, amount.currency

    def events(self, event: str, before: DealView, after: DealView) -> tuple[str, ...]:
        """An edit that moves a deal is a move for the hooks as well."""
        moved = (before.pipeline, before.stage) != (after.pipeline, after.stage)
        if event == "stage-change":  # of several, those that are there already are not moved
            return (event,) if moved else ()
        return (event, "stage-change") if event == "edit" and moved else (event,)

    def revived(self, uow: UnitOfWork, number: int) -> None:
        """A deal whose stage was removed meanwhile goes on in the one before it."""
        leave_removed_stage(uow, number)

    def show(self, ref: str) -> DealPicture:
        """A deal with its stage history, next step and timeline."""
        with self.desk.reading() as reader:
            number = self._find(reader, ref).number
            return DealPicture(
                self.view(reader, number),
                stage_history(reader, number, self.desk.clock.now()),
                next_step(reader, "deal", number),
                timeline(reader, "deal", number, TIMELINE),
            )

    # -- moving

    def move(
        self, ref: str, stage: str, *, note: str | None = None, at: str | None = None, seen_stage: str | None = None
    ) -> DealView:
        """Move a deal to a stage; refuses the stage it is in and one whose required fields are empty.

        Here as in the moves below, ``seen_stage`` is where it was shown: raises Stale when it is elsewhere by now.
        """
        return self._moved(
            ref, "deal move", lambda stages, _: stage_named(stages, stage), note=note, at=at, seen_stage=seen_stage
        )

    def move_where(self, which: Which, stage: str, *, note: str | None = None, at: str | None = None) -> list[DealView]:
        """Move every deal that a filter, or their numbers, select and that is elsewhere; one that can't move stops them all."""
        moment = self._moment(at)
        moved = self.elsewhere(which, stage)[0] if isinstance(which, str) else self._numbers_elsewhere(which, stage)

        def act(uow: UnitOfWork, number: int) -> None:
            self._move_in(
                uow, number, lambda stages, _: stage_named(stages, stage), note=note and tidy(note), at=moment
            )

        return self._each("deal move", "stage-change", self._selected(moved), act)

    def elsewhere(self, filter_text: str, stage: str) -> tuple[str, int]:
        """The filter that leaves out the deals that are in the stage already, and how many those are.

        Raises:
            Refused: all of them are there already.
        """
        text = f"({filter_text}) AND stage != {_quoted(stage)}"
        chosen, left = len(self.matching(filter_text)), len(self.matching(text))
        _refuse_all_there(chosen, left, stage)
        return text, chosen - left

    def _numbers_elsewhere(self, numbers: Sequence[int], stage: str) -> list[int]:
        chosen = {found.number for found in self.matching(numbers)}
        left = chosen - {found.number for found in self.matching(f"stage = {_quoted(stage)}")}
        _refuse_all_there(len(chosen), len(left), stage)
        return sorted(left)

    def win(
        self, ref: str, *, note: str | None = None, at: str | None = None, seen_stage: str | None = None
    ) -> DealView:
        """Move a deal to its pipeline's won stage."""
        return self._moved(
            ref, "deal win", lambda stages, _: first_of_kind(stages, "won"), note=note, at=at, seen_stage=seen_stage
        )

    def lose(
        self,
        ref: str,
        reason: str,
        *,
        note: str | None = None,
        at: str | None = None,
        stage: str | None = None,
        seen_stage: str | None = None,
    ) -> DealView:
        """Move a deal to its pipeline's lost stage (the one named, if it has several) with the reason: of the list or one's own."""
        known, said = lost_reason(reason, note)

        def explain(uow: UnitOfWork, number: int) -> None:
            note_lost(uow, number, known, said)

        def lost(stages: list[StageView], _visited: list[str]) -> StageView:
            kept = [each for each in stages if each.kind == "lost"]
            return stage_named(kept, stage) if stage and kept else first_of_kind(stages, "lost")

        return self._moved(ref, "deal lose", lost, note=said, at=at, first=explain, seen_stage=seen_stage)

    def reopen(self, ref: str, *, note: str | None = None, seen_stage: str | None = None) -> DealView:
        """Move a closed deal back to the open stage it was in last."""

        def last_open(stages: list[StageView], visited: list[str]) -> StageView:
            return next((stage_named(stages, n) for n in reversed(visited)), None) or first_of_kind(stages, "open")

        return self._moved(ref, "deal reopen", last_open, note=note, closed=True, seen_stage=seen_stage)

    def _moved(
        self,
        ref: str,
        command: str,
        choose: Callable[[list[StageView], list[str]], StageView],
        *,
        note: str | None = None,
        at: str | None = None,
        closed: bool = False,
        first: Callable[[UnitOfWork, int], None] | None = None,
        seen_stage: str | None = None,
    ) -> DealView:
        moment = self._moment(at)
        if not self.desk.has_store:
            self.find(ref)  # which is not there, and no store is made to say so
        with self.desk.writing(command) as uow:
            found = self._find(uow.reader, ref)
            if seen_stage is not None:
                self._refuse_moved(uow, found.number, seen_stage, choose)
            if closed and self.view(uow.reader, found.number).stage_kind == "open":
                raise Refused(f"deal #{found.number} is open already")
            if first is not None:
                first(uow, found.number)
            target = self._move_in(uow, found.number, choose, note=note and tidy(note), at=moment)
            uow.summary = f"{found.name} → {target.stage}"
            view: DealView = self.view(uow.reader, found.number)
            self.desk.hooks.before("deal-stage-change", as_record(view))
        self.desk.hooks.after("deal-stage-change", as_record(view))
        return view

    def _moment(self, at: str | None) -> datetime | None:
        if not at:
            return None
        from crmcli.domain.schedule import read_time

        return read_time(at, self.desk.clock.local(), "at")

    def _move_in(
        self,
        uow: UnitOfWork,
        number: int,
        choose: Callable[[list[StageView], list[str]], StageView],
        *,
        note: str | None = None,
        at: datetime | None = None,
    ) -> StageView:
        view = self.view(uow.reader, number)
        stages, target = self._chosen(uow, view, choose)
        if target.stage == view.stage:
            raise Refused(f"deal #{number} is in {view.stage} already")
        here = next((s.position for s in stages if s.stage == view.stage), -1)
        refuse_missing(view, stages, target, here)
        self._refuse_past(uow, number, at)
        enter(uow, number, target, at=at, note=note)
        return target

    def _chosen(
        self, uow: UnitOfWork, view: DealView, choose: Callable[[list[StageView], list[str]], StageView]
    ) -> tuple[list[StageView], StageView]:
        """The stages of the deal's pipeline, and the one it is to go to."""
        stages = stages_of(uow.reader, fold(view.pipeline))
        is_open = {stage.stage for stage in stages if stage.kind == "open"}
        visited = [v.stage for v in stage_history(uow.reader, view.number, uow.now) if v.stage in is_open]
        return stages, choose(stages, visited)

    def _refuse_moved(
        self, uow: UnitOfWork, number: int, seen: str, choose: Callable[[list[StageView], list[str]], StageView]
    ) -> None:
        """Raise Stale when the deal is not in the stage where it was seen."""
        view = self.view(uow.reader, number)
        refuse_moved(view, seen, self._chosen(uow, view, choose)[1])

    def enter_in(self, uow: UnitOfWork, number: int, target: StageView, *, note: str) -> None:
        """Move a deal within a unit of work, its hooks included; refuses when a field that is required is empty."""
        view: DealView = self.view(uow.reader, number)
        stages = stages_of(uow.reader, fold(view.pipeline))
        refuse_missing(view, stages, target, next((s.position for s in stages if s.stage == view.stage), -1))
        enter(uow, number, target, note=note)
        record = as_record(self.view(uow.reader, number))
        self.desk.hooks.before("deal-stage-change", record)
        uow.afterwards(lambda: self.desk.hooks.after("deal-stage-change", record))

    def _refuse_past(self, uow: UnitOfWork, number: int, at: datetime | None) -> None:
        if at is None:
            return
        since = stage_history(uow.reader, number, uow.now)[-1].at
        if at < since:
            raise BadValue("at", f"deal #{number} entered its stage only on {since:%Y-%m-%d %H:%M} UTC")
        if at > uow.now:
            raise BadValue("at", "lies in the future; plan a task instead")


def _quoted(text: str) -> str:
    """The text as a value in a filter."""
    return '"' + tidy(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _refuse_all_there(chosen: int, left: int, stage: str) -> None:
    """Raise Refused when none of the chosen deals is left to be moved."""
    if chosen and not left:
        which = "the deal is" if chosen == 1 else f"all {chosen} deals are"
        raise Refused(f"{which} in {stage} already")


def _refuse_sure_chance(kind: str, values: Mapping[str, object]) -> None:
    """Raise Refused when a closed deal would get a chance other than what came of it."""
    sure = {"won": 100, "lost": 0}.get(kind)
    if sure is not None and values.get("probability", sure) != sure:
        raise Refused(f"a {kind} deal's chance is {sure}%", hint="crm deal reopen")


def primary_company(reader: Reader, contact: int) -> Any:  # noqa: ANN401
    """The number of a contact's first present company, or None."""
    sql = (
        "SELECT l.company_id FROM contact_company l JOIN company o ON o.id = l.company_id"
        " WHERE l.contact_id = ? AND l.ended_on IS NULL AND o.deleted_at IS NULL ORDER BY l.position, l.id LIMIT 1"
    )
    return reader.value(sql, (contact,))
