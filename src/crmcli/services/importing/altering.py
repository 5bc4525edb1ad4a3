"""Changes records that are there already as rows say, logged like any other change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.services.importing.linking import MANY
from crmcli.services.links import refuse_duplicates
from crmcli.services.stages import enter, refuse_missing

if TYPE_CHECKING:
    from crmcli.services.importing.changes import Difference
    from crmcli.services.importing.linking import Linking
    from crmcli.services.importing.rows import Entry
    from crmcli.services.importing.stages import Stages
    from crmcli.services.records import Records
    from crmcli.store.bulk import Bulk
    from crmcli.store.session import UnitOfWork


class Altering:
    """The changing side of one import."""

    def __init__(
        self, uow: UnitOfWork, bulk: Bulk, service: Records, linking: Linking, stages: Stages, source: str
    ) -> None:
        self.uow = uow
        self.bulk = bulk
        self.service = service
        self.linking = linking
        self.stages = stages
        self.source = source
        self.noun = service.noun

    def change(self, entry: Entry, number: int, difference: Difference) -> None:
        """Change a record as the row says, in one piece or not at all."""
        from crmcli.store.bulk import attempt

        added = {name: difference.edit.add[name] for name in difference.edit.add}
        refuse_duplicates(self.uow, self.noun, {**difference.edit.values, **added}, number)
        linked = self.linking.resolved(difference.links)
        self.bulk.flush()
        edit = difference.edit._replace(
            values={**difference.edit.values, **{k: v for k, v in linked.items() if k not in MANY}},
            add={**difference.edit.add, **{k: v for k, v in linked.items() if k in MANY}},
        )
        with attempt(self.uow):
            if difference.stage:
                self._move(entry, number)
            if any(edit[1:]):
                self.service.change(self.uow, number, edit)
            if difference.external or difference.closed:
                self._set_own(entry, number, difference)

    def _move(self, entry: Entry, number: int) -> None:
        from crmcli.store.models.deals import Deal

        stage, view = entry.stage, self.service.view(self.uow.reader, number)
        assert stage is not None
        here = next((s.position for s in self.stages.of(stage) if s.stage == view.stage), -1)
        refuse_missing(view, self.stages.of(stage), stage, here)
        row = self.uow.get(Deal, number)
        row.pipeline_id = self.stages.pipeline_of[stage.number]
        at = entry.closed_at if entry.closed_at and row.stage_since <= entry.closed_at else self.uow.now
        enter(self.uow, number, stage, at=at)

    def _set_own(self, entry: Entry, number: int, difference: Difference) -> None:
        """What no edit sets: the number in the other system, and a closing date put right."""
        from crmcli.store.models.deals import StageChange
        from crmcli.store.records import root_model

        row = self.uow.get(root_model(self.noun), number)
        if difference.external:
            row.external_source, row.external_id = entry.external_source or self.source, entry.external_id
        if difference.closed and entry.closed_at is not None:
            moves = [m for m in self.uow.find(StageChange, deal_id=number) if m.to_stage_id == row.stage_id]
            row.closed_at = row.stage_since = moves[-1].at = entry.closed_at
        self.uow.flush()
