"""The form of a record: a new one, or changes to one that may meet the changes of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.message import Message

from crmcli.domain.fields import ACTIVITY_KINDS, PRIORITIES, Kind, find_field
from crmcli.domain.text import fold
from crmcli.errors import CrmError, NotFound
from crmcli.tui.modals.edit_form import EditForm, name_of
from crmcli.tui.modals.fields import FormField, Reading, split_list
from crmcli.tui.modals.record_fields import (
    MORE,
    custom_text,
    field_text,
    new_record,
    rebased,
    record_fields,
    typed_changes,
)
from crmcli.tui.widgets.suggesting_input import Item

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmcli.domain.views import StageView
    from crmcli.tui.modals.field_row import FieldRow
    from crmcli.tui.session import Session

_LOGGED = tuple(kind for kind in ACTIVITY_KINDS if kind not in ("task", "stage_change"))
_DUE = "fri, tomorrow 9:00, +3d"


class RecordForm(EditForm):
    """Every field of a record; stores only what was changed, and asks when others changed the same meanwhile.

    Without a ``view`` it is a new record's, which begins with what is ``given``.
    """

    class Known(Message):
        """The stages of the store were read."""

        def __init__(self, stages: Sequence[StageView]) -> None:
            super().__init__()
            self.stages = stages

    def __init__(
        self,
        session: Session,
        noun: str,
        view: Any | None = None,  # noqa: ANN401 - the noun's view
        given: Mapping[str, str] | None = None,
    ) -> None:
        self._given = dict(given or {})
        self._stages: Sequence[StageView] = []
        fields = record_fields(noun, view, session.locale, self._given)
        about = (f"edit {noun}", view.id) if view is not None else (f"new {self._given.get('type') or noun}", "")
        super().__init__(session, noun, view, _title(noun, view, self._given), fields, self._keep, about=about)

    def opened(self) -> None:
        """What the stages of a deal ask for is read while the form is looked at."""
        if self.noun == "deal":
            self.run_worker(self._learn(), group="stages")

    async def _learn(self) -> None:
        try:
            stages = await self.session.ask(self.session.pipelines.list)
        except CrmError:
            return
        self.post_message(self.Known(stages))

    def on_record_form_known(self, event: RecordForm.Known) -> None:
        """Mark what the chosen stage asks for."""
        event.stop()
        self._stages = event.stages
        self._require()

    # -- what a stage asks for

    def on_field_row_typed(self, event: FieldRow.Typed) -> None:
        """Another stage asks for other fields."""
        if event.row.field.name in ("stage", "pipeline"):
            self._require()

    def _require(self) -> None:
        wanted = self._wanted()
        for name, row in self.rows.items():
            was = row.is_required
            row.require(wanted=row.field.required or name in wanted)
            if was != row.is_required:
                self._check(row)

    def _wanted(self) -> set[str]:
        """The fields that the chosen stage, and every open one on the way there, requires."""
        stages = self._of_pipeline()
        target = next((s for s in stages if fold(s.stage) == fold(self.rows["stage"].text)), None) if stages else None
        if target is None or (self.view is not None and target.stage == self.view.stage):
            return set()
        here = next((s.position for s in stages if self.view is not None and s.stage == self.view.stage), -1)
        passed = [s for s in stages if s.kind == "open" and here < s.position < target.position]
        return {name for stage in (*(passed if target.kind != "lost" else ()), target) for name in stage.required}

    def _of_pipeline(self) -> list[StageView]:
        named = fold(self.rows["pipeline"].text) if "pipeline" in self.rows else ""
        first = self._stages[0].pipeline if self._stages else ""
        return [stage for stage in self._stages if fold(stage.pipeline) == (named or fold(first))]

    # -- reading and suggesting

    async def _suggestions(self, field: FormField, typed: str) -> list[Item]:
        if field.name == "stage" and self._stages:
            start = fold(typed)
            return [Item(s.stage, s.stage, s.kind) for s in self._of_pipeline() if fold(s.stage).startswith(start)]
        return await super()._suggestions(field, typed)

    async def reading(self, row: FieldRow, text: str) -> Reading:
        """Links are looked up, stages too."""
        declared = row.field.declared
        if declared is not None and declared.kind is Kind.STAGE and text.strip():
            return self._read_stage(text)
        if declared is None or declared.kind is not Kind.LINK or not text.strip() or text == row.field.value:
            return await super().reading(row, text)
        before = split_list(row.field.value)
        refs = [ref for ref in (split_list(text) if row.field.many else [text.strip()]) if ref not in before]
        try:
            return await self.session.ask(lambda: _links_read(self.session, declared.noun, refs))
        except CrmError as error:
            return Reading(error.message)

    def _read_stage(self, text: str) -> Reading:
        names = [stage.stage for stage in self._of_pipeline()]
        if not names or any(fold(name) == fold(text) for name in names):
            return Reading()
        return Reading(f"no stage {text.strip()!r}; there are {', '.join(names)}")

    # -- storing

    def _keep(self, values: Mapping[str, str]) -> Any:  # noqa: ANN401
        records = self.session.records(self.noun)
        if self.view is None:
            raw, custom = new_record({**self._given, **values}, self.noun)
            return records.add(records.draft(raw, custom))
        typed = typed_changes(self._before, values, self.noun, self.view)
        if typed.is_empty:
            return self.view
        return records.edit(self.view.id, records.edit_draft(typed.changes), seen=self.view)

    # -- what others made of it

    def read_view(self, uid: str) -> Any:  # noqa: ANN401 - the noun's view
        """The record as it is by now."""
        return self.session.records(self.noun).get(uid)

    def text_in(self, name: str, view: Any) -> str:  # noqa: ANN401
        """A field of the record as the form shows it, a custom one too."""
        declared = find_field(self.noun, name)
        if declared is not None:
            return field_text(declared, view, self.session.locale)
        key = name.removeprefix("custom.")
        return custom_text(view.custom_fields[key]) if name != MORE and key in view.custom_fields else ""

    def merged(self, name: str, theirs: str) -> str | None:
        """Of a list, what was added and taken out here on top of what others made of it."""
        declared = find_field(self.noun, name)
        if declared is None or not declared.many:
            return None
        return rebased(declared, self._before.get(name, ""), self.rows[name].text, theirs)


def log_fields() -> tuple[FormField, ...]:
    """What logging something asks; the record it is about is known."""
    return (
        FormField("body", "what", example="what was said or done", field=("activity", "body")),
        FormField("type", "kind", "call", choices=_LOGGED),
        FormField("at", "when", example="now, or yesterday 15:00", field=("activity", "at")),
        FormField("duration", "duration", example="15m, 1h30m", field=("activity", "duration")),
        FormField("outcome", "outcome", example="what came of it"),
        FormField("next", "next", example="a task for what comes next"),
        FormField("due", "due", example=_DUE, field=("activity", "due")),
    )


def task_fields() -> tuple[FormField, ...]:
    """What planning a task asks; the record it is about is known."""
    return (
        FormField("subject", "task", example="what is to be done", required=True),
        FormField("due", "due", "tomorrow", _DUE, field=("activity", "due"), proposed=True),
        FormField("priority", "priority", "normal", choices=PRIORITIES),
        FormField("body", "more", long=True, field=("activity", "body")),
    )


def _links_read(session: Session, noun: str, refs: Sequence[str]) -> Reading:
    """Who or what is meant by each reference; a company or an address that is not known yet would be added."""
    meant = []
    for ref in refs:
        try:
            name = session.records(noun).find(ref).name
            meant += [name] if fold(name) != fold(ref) else []
        except NotFound as error:
            if not _is_addable(noun, ref):
                return Reading(error.message)
            meant.append(f"new {noun}")
    return Reading(meant=", ".join(meant))


def _is_addable(noun: str, ref: str) -> bool:
    from crmcli.domain.people import looks_like

    shape = looks_like(ref)
    if noun == "contact":
        return shape == "email"
    return noun == "company" and shape in ("text", "website") and not ref.lstrip("#").isdecimal()


def _title(noun: str, view: Any | None, given: Mapping[str, str]) -> str:  # noqa: ANN401
    return f"new {given.get('type') or noun}" if view is None else f"edit {name_of(noun, view)}"
