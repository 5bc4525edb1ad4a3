"""The page of one record: what it is, what it is linked to, what comes next and all that happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import Container, Vertical

from crmcli.domain.frozen import NamedTuple
from crmcli.errors import CrmError
from crmcli.render.safe import visible
from crmcli.services.pages import Page, Pages
from crmcli.tui.bindings import bindings_of
from crmcli.tui.editing import Saving, shown_texts
from crmcli.tui.keys.registry import PLACES
from crmcli.tui.outside import go
from crmcli.tui.screens.place import Place
from crmcli.tui.targets import Target
from crmcli.tui.verbs import VERBS
from crmcli.tui.widgets.change_list import ChangeList
from crmcli.tui.widgets.field_editor import FieldEditor
from crmcli.tui.widgets.field_list import NOTE, VALUE, FieldList
from crmcli.tui.widgets.link_list import LinkList
from crmcli.tui.widgets.note_pane import NOTHING, Note, NotePane
from crmcli.tui.widgets.pane_line import PaneLine
from crmcli.tui.widgets.quick_log import QuickLog, taken_apart
from crmcli.tui.widgets.record_head import RecordHead, name_of
from crmcli.tui.widgets.timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import DescendantFocus
    from textual.timer import Timer
    from textual.widget import Widget

    from crmcli.domain.views import ChangeSetView, StageView
    from crmcli.services.pages import Relation
    from crmcli.tui.session import Done, Session
    from crmcli.tui.verbs import Verb
    from crmcli.tui.widgets.cursor_list import CursorList
    from crmcli.tui.yanking import Yank

PANES = ("fields", "links", "note", "timeline", "changes")
_STORY = ("timeline", "note", "changes")  # they tell the same story: one of them is seen at a time
_CHANGES_AT_ONCE = 200
_LEAST_EDITOR = 20
_REST = 0.12
_ON_THE_RECORD = frozenset(
    {"log", "task"}
)  # these are about the record, also with the cursor on an entry of its timeline
_ON_DEALS = frozenset({"stage", "win", "lose"})
_ON_ENTRIES = frozenset({"done", "snooze"})


class Position(NamedTuple):
    """Where one was on a page, to be there again after going back."""

    pane: str = "fields"
    field: str = ""
    link: int = 0
    entry: int = 0  # the number of the activity
    scrolled: tuple[int, int, int] = (0, 0, 0)  # fields, links, timeline
    kind: str = ""
    is_unfolded: bool = False


class RecordScreen(Place):
    """One record at a time; where one was on each page is remembered."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("record")
    KEYS = PLACES["record"]

    def __init__(self, session: Session, name: str) -> None:
        super().__init__(session, name)
        self.pages = Pages(session.desk)
        self.here: tuple[str, str] | None = None
        self.page: Page | None = None
        self.pane = "fields"
        self._positions: dict[str, Position] = {}
        self._wanted: Position | None = Position()
        self._changes = _CHANGES_AT_ONCE
        self._was: dict[str, str] = {}  # fields that others changed while the page was open, as they were
        self._by_us = False
        self._follow: int | None = None
        self._resting: Timer | None = None
        self._subject = "record"  # whose text the note shows: the record's or the entry's

    def body(self) -> ComposeResult:
        """The head, the names of the parts, the parts."""
        locale = self.session.locale
        yield RecordHead(locale, self.now)
        yield PaneLine(PANES)
        with Container(id="page"):
            with Container(id="about"):
                with Vertical(id="pane-fields", classes="pane"):
                    yield FieldList(locale, self.now)
                    yield FieldEditor(self.session)
                with Vertical(id="pane-links", classes="pane"):
                    yield LinkList(locale, self.now)
            with Container(id="story"):
                with Vertical(id="pane-timeline", classes="pane"):
                    yield Timeline(locale, self.now)
                    yield QuickLog(self.session)
                with Vertical(id="pane-note", classes="pane"):
                    yield NotePane(self.session)
                with Vertical(id="pane-changes", classes="pane"):
                    yield ChangeList(locale)

    def on_mount(self) -> None:
        """The first part has the keys."""
        self._turn_to("fields", focus=False)

    # -- its parts

    @property
    def fields(self) -> FieldList:
        """The fields."""
        return self.query_one(FieldList)

    @property
    def editor(self) -> FieldEditor:
        """The field that is being edited."""
        return self.query_one(FieldEditor)

    @property
    def links(self) -> LinkList:
        """What it is linked to."""
        return self.query_one(LinkList)

    @property
    def timeline(self) -> Timeline:
        """What is planned and what happened."""
        return self.query_one(Timeline)

    @property
    def quick_log(self) -> QuickLog:
        """The line below the timeline."""
        return self.query_one(QuickLog)

    @property
    def note(self) -> NotePane:
        """The note, or the text of an entry."""
        return self.query_one(NotePane)

    @property
    def changes(self) -> ChangeList:
        """What was changed."""
        return self.query_one(ChangeList)

    @property
    def rows(self) -> CursorList | None:
        """The list of the part that has the keys."""
        return {"fields": self.fields, "links": self.links, "timeline": self.timeline, "changes": self.changes}.get(
            self.pane
        )

    def first_focus(self) -> Widget | None:
        """The part that had the keys."""
        return self._widget_of(self.pane)

    def _widget_of(self, pane: str) -> Widget:
        if pane == "note":
            return self.note.area if self.note.writing is not None else self.note.reader
        found = {"fields": self.fields, "links": self.links, "timeline": self.timeline, "changes": self.changes}[pane]
        return self.editor.input.line if pane == "fields" and self.editor.is_open else found

    def targets(self) -> list[Target]:
        """The marked entries of the timeline, else the one at the cursor there; anywhere else the record."""
        if self.page is None or self.page.record is None:
            return []
        if self.pane == "timeline":
            views = self.timeline.views
            marked = [views[number] for number in self.timeline.marked if number in views]
            chosen = marked or ([self.timeline.view] if self.timeline.view is not None else [])
            if chosen:
                return [Target("activity", view.id, view.number, name_of(view), view) for view in chosen]
        return [self._record()] if self.page.is_live else []

    def _record(self) -> Target:
        assert self.page is not None
        record = self.page.record
        return Target(self.page.noun, record.id, record.number, name_of(record), record)

    # -- coming and going

    def open_ref(self, ref: str) -> None:
        """Show a record, where one was on its page before."""
        noun, _, uid = ref.partition(":")
        if self.here == (noun, uid):
            return
        if self.here is not None and self.is_mounted:
            self._positions[":".join(self.here)] = self._position()
            self._put_away()
        self.here, self.page, self._was = (noun, uid), None, {}
        self._wanted = self._positions.get(ref, Position())
        self._changes = _CHANGES_AT_ONCE
        self.is_stale = True
        if self.is_mounted:
            self.query_one(RecordHead).show(None)
            self.changes.clear()
            if self.is_current:
                self.refresh_store()

    def _put_away(self) -> None:
        """What was being typed stays a draft; a field that was being edited is left as it is."""
        self.editor.close()
        self.note.leave()
        if self.quick_log.is_open:
            self.quick_log.close()

    def _position(self) -> Position:
        timeline = self.timeline
        return Position(
            self.pane, self.fields.line.name if self.fields.line else "", self.links.cursor,
            timeline.entry.number if timeline.entry else 0,
            (int(self.fields.scroll_offset.y), int(self.links.scroll_offset.y), int(timeline.scroll_offset.y)),
            timeline.kind, timeline.is_unfolded,
        )  # fmt: skip

    # -- reading

    def reload(self) -> None:
        """Read the page again, and the changes when they are seen."""
        if self.here is None:
            return
        noun, uid = self.here
        self.read("page", lambda: self.pages.page(noun, uid), self._loaded, what="the record can't be read")
        self._read_changes()

    def _read_changes(self) -> None:
        if self.here is None or not self.query_one("#pane-changes").display:
            return
        ref, limit = ":".join(self.here), self._changes

        def question() -> list[ChangeSetView]:
            return list(self.session.history.list(ref, limit))

        def show(sets: list[ChangeSetView]) -> None:
            if self.here is not None and ref == ":".join(self.here):
                self.changes.show(sets, has_more=len(sets) == limit)

        self.read("changes", question, show, what="the changes can't be read")

    def on_change_list_more(self) -> None:
        """The end of the list is near: read twice as far."""
        self._changes *= 2
        self._read_changes()

    async def _loaded(self, page: Page) -> None:
        if (page.noun, page.id) != self.here:
            return
        self._compare(page)
        self.page = page
        self.query_one(RecordHead).show(page)
        self.set_class(not page.is_live, "-gone")
        self.fields.show(page.noun, page.record, was=self._was)
        self.links.show(page)
        self._place_editor()
        if self._wanted is not None:
            self.timeline.kind, self.timeline.is_unfolded = self._wanted.kind, self._wanted.is_unfolded
            self.timeline.choose(self._wanted.kind)
        self.timeline.show(page.id, page.entries)
        self._go_back_to()
        await self._show_note()
        self._tell_panes()
        self.refresh_bindings()
        self.app.warm_up()

    def _compare(self, page: Page) -> None:
        """Remember what fields were that someone else has changed since the page was opened."""
        before = self.page.record if self.page is not None else None
        if before is None or page.record is None or before == page.record:
            self._by_us = False
            return
        was = shown_texts(self.session, page.noun, before)
        now = shown_texts(self.session, page.noun, page.record)
        changed = {name: text for name, text in was.items() if now.get(name, "") != text}
        if self._by_us:
            self._was = {name: text for name, text in self._was.items() if name not in changed}
        else:
            self._was = {**self._was, **changed}
        self._by_us = False

    def _go_back_to(self) -> None:
        """Be where one was on this page; after a write, on what was written."""
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            self.fields.put_cursor(max(0, self.fields.place_of(wanted.field)))
            self.links.put_cursor(wanted.link)
            self.timeline.put_cursor(max(0, self.timeline.place_of(wanted.entry)))
            for rows, y in zip((self.fields, self.links, self.timeline), wanted.scrolled, strict=True):
                rows.scroll_to(y=y, animate=False)
                rows.bring_into_view()
            self._turn_to(wanted.pane)
        if self._follow is not None:
            place = self.timeline.place_of(self._follow)
            if place >= 0:
                self.timeline.go_to(place)
            self._follow = None

    def on_timeline_wanted(self, event: Timeline.Wanted) -> None:
        """Read the activities that are looked at."""
        event.stop()
        about, numbers = self.timeline.about, event.numbers

        async def show(views: dict[int, Any]) -> None:
            if about == self.timeline.about:
                self.timeline.fill(views)
                await self._show_note()

        # Not exclusive: each window that was asked for is wanted, and the one before it may still be on the screen.
        self.run_worker(
            self._ask(lambda: self.session.tables.page("activity", numbers), show, "the timeline can't be read")
        )

    # -- the text beside the timeline

    def on_cursor_list_selected(self, event: CursorList.Selected) -> None:
        """The note shows the text of the entry at the cursor."""
        event.stop()
        if event.rows is self.timeline:
            self._note_soon()
        elif event.rows is self.fields:
            self._place_editor()

    def _note_soon(self) -> None:
        """Once the cursor rests: laying out Markdown takes longer than a key may."""
        if self._resting is not None:
            self._resting.stop()
        self._resting = self.set_timer(_REST, self._show_note)

    async def _show_note(self) -> None:
        await self.note.show(self._noted())

    def _noted(self) -> Note:
        page = self.page
        if page is None or page.record is None:
            return NOTHING
        view = self.timeline.view
        if self._subject == "entry" and view is not None:
            when = self.session.locale.time(view.at)
            title = f"{view.type.replace('_', ' ')} #{view.number}, {when}: {view.subject or ''}".removesuffix(": ")
            return Note("activity", view, "body", title, view.body or "", "nothing more was written down; i does")
        field = NOTE.get(page.noun, "")
        if not field or not page.is_live:
            text = getattr(page.record, field, None) or "" if field else ""
            empty = "" if field else "a deal's notes are on its timeline: l, then n, writes one"
            return Note(page.noun, page.record, "", "note", text, empty)
        empty = f"no {field} yet; i writes one"
        return Note(page.noun, page.record, field, field, getattr(page.record, field) or "", empty)

    # -- from part to part

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """The part that has the keys is the present one."""
        pane = next((node.id for node in event.widget.ancestors_with_self if (node.id or "").startswith("pane-")), None)
        if pane is not None and self.pane != pane.removeprefix("pane-"):
            self._turn_to(pane.removeprefix("pane-"), focus=False)

    def _turn_to(self, pane: str, *, focus: bool = True) -> None:
        self.pane = pane
        self._show_pane(pane)
        if pane != "note":
            self._subject = "entry" if pane == "timeline" else "record"
            self.call_later(self._show_note)
        self.query_one(PaneLine).present = pane
        if focus:
            self._widget_of(pane).focus(scroll_visible=False)
        if pane == "changes":
            self.call_after_refresh(self._read_changes)
        self.refresh_bindings()

    def _show_pane(self, pane: str) -> None:
        """Say by classes what is looked at; only the parts follow from them, so nothing else is styled anew."""
        classes = {f"-on-{name}": name == pane for name in PANES}
        is_other = self.has_class("-narrow")
        if pane in _STORY:
            classes |= {f"-telling-{name}": name == pane for name in _STORY}
            is_other = is_other or not self.has_class(f"-telling-{pane}")
        self.update_classes(classes, update=False)
        if is_other:
            self.app.stylesheet.update_nodes(self.query("#about, #story, .pane"), animate=False)

    def action_go_pane(self, step: int) -> None:
        """The next part, or the one before."""
        place = PANES.index(self.pane) + step * self.app.count.take()
        self._turn_to(PANES[place % len(PANES)])

    def on_pane_line_chosen(self, event: PaneLine.Chosen) -> None:
        """A part's name was clicked."""
        self._turn_to(event.name)

    def _tell_panes(self) -> None:
        assert self.page is not None
        planned = sum(entry.is_planned for entry in self.page.entries)
        total = f"{len(self.page.entries):,}" if self.page.entries else ""
        self.query_one(PaneLine).tell({
            "timeline": " ".join(filter(None, (total, f"({planned} planned)" if planned else "",
                                               f"only {self.timeline.kind.replace('_', ' ')}" if self.timeline.kind else ""))),
            "links": str(sum(len(group.records) for group in self.page.groups) or ""),
        })  # fmt: skip

    # -- what enter and the like do in each part

    async def on_cursor_list_opened(self) -> None:
        """A double click opens."""
        await self.action_open()

    async def action_open(self) -> None:  # type: ignore[override]
        """Edit the field, go to the linked record, open the entry, write the note; on a merged record go where it went."""
        page = self.page
        if page is not None and page.kept is not None:
            self.app.open_record(page.noun, page.kept.uid)
        elif self.pane == "links":
            await self._open_link()
        elif self.pane == "timeline":
            if (view := self.timeline.view) is not None:
                self.app.open_record("activity", view.id)
        else:
            await self.action_edit()

    async def _open_link(self) -> None:
        line = self.links.line
        if line is None:
            return
        if line.id:
            self.app.open_record(line.noun, line.id)
        elif line.address:
            go(self, line.address)
        elif line.is_file:
            self.notify("only its name is kept here; the file itself is with the message in your mailbox", timeout=5)
        elif line.relation is not None:
            await self.action_new()

    async def action_edit(self) -> None:
        """Change the field at the cursor, or write the note."""
        if self.page is None or not self.page.is_live:
            return
        if self.pane == "note":
            await self._show_note()
            if not self.note.note.field:
                self.notify("nothing can be written here", timeout=3)
            self.note.write()
        elif self.pane == "fields":
            self._edit_field()
        elif self.pane == "timeline":
            self._turn_to("note")
            await self._show_note()
            self.note.write()

    def _edit_field(self) -> None:
        line = self.fields.line
        if line is None:
            return
        if line.field is None:
            self.notify(f"{line.label} is worked out, never typed", timeout=3)
            return
        self.editor.open(line.field, self.fields.view)
        self._place_editor()

    def _place_editor(self) -> None:
        """Over the line of its field, wherever that has gone to."""
        if not self.editor.is_open:
            return
        place = self.fields.place_of(self.editor.field.name)
        if place >= 0 and place != self.fields.cursor:
            self.fields.put_cursor(place)
            self.fields.bring_into_view()
        self.editor.styles.offset = (VALUE, max(0, self.fields.line_y))
        self.editor.styles.width = max(_LEAST_EDITOR, self.fields.size.width - VALUE)

    def on_resize(self) -> None:
        """The field that is edited keeps its place."""
        self.call_after_refresh(self._place_editor)

    def on_field_editor_left(self) -> None:
        """The field stays as it is."""
        self.editor.close()
        self.fields.focus(scroll_visible=False)

    def on_field_editor_entered(self, event: FieldEditor.Entered) -> None:
        """Store the field."""
        assert self.page is not None
        field = event.field

        def done(result: Done | None) -> None:
            self.editor.close()
            self.fields.focus(scroll_visible=False)
            if result is not None:
                self._was.pop(field.name, None)

        Saving(
            self, self.page.noun, event.view, {field.name: event.text}, said=f"{field.label} changed", done=done,
            refused=lambda error: self.editor.refuse(_told(error)),
        ).start()  # fmt: skip

    def on_note_pane_saved(self, event: NotePane.Saved) -> None:
        """Store the text."""
        note = event.note
        Saving(
            self, note.noun, note.view, {note.field: event.text}, base={note.field: event.base}, said=f"{note.field} stored",
            done=lambda _: self.note.stored(), refused=lambda error: self.note.say(_told(error), wrong=True),
        ).start()  # fmt: skip

    async def on_note_pane_left(self) -> None:
        """Show the note as it is stored."""
        await self._show_note()

    def on_note_pane_followed(self, event: NotePane.Followed) -> None:
        """A link in a note is opened only when the user, who has seen its whole address, says so."""
        from crmcli.tui.modals.confirm import Confirm

        def answered(yes: bool | None) -> None:
            if yes:
                go(self, event.address)

        self.app.push_screen(Confirm("open this address?", [event.address]), answered)

    def written(self, result: Any) -> None:  # noqa: ANN401 - what the service returned
        """What differs now was changed here; a new entry of the timeline is followed."""
        self._by_us = True
        uid = str(getattr(result, "id", ""))
        if uid.startswith("ac_") and self.here is not None and uid != self.here[1]:
            self._follow = result.number

    # -- adding, taking off

    async def action_new(self) -> None:
        """A link, a field of one's own, an entry or a note, as the part of the page has it."""
        if self.page is None or not self.page.is_live:
            return
        if self.pane == "links":
            self._ask_link()
        elif self.pane == "fields":
            self._ask_field()
        elif self.pane == "note":
            await self.action_edit()
        else:
            self._ask_kind()

    def _ask_link(self) -> None:
        line = self.links.line
        relation = line.relation if line is not None else None
        if relation is None:
            self.notify("go to a heading's links first: n adds one there", timeout=3)
            return
        from crmcli.tui.modals.form import Form, FormField

        assert self.page is not None
        noun, uid, chosen = self.page.noun, self.page.id, relation
        field = FormField("ref", relation.noun, example=_example(relation), completes=relation.noun, required=True)

        def save(answers: Any) -> Any:  # noqa: ANN401 - what the form gives
            return self.pages.link(noun, uid, chosen, answers["ref"].strip())

        self.ask(Form(f"{relation.name} of {name_of(self.page.record)}", [field], save), "linked")

    def _ask_field(self) -> None:
        from crmcli.services.records import Changes
        from crmcli.tui.modals.form import Form, FormField

        target = self._record()
        fields = [FormField("key", "name", example="region", required=True), FormField("value", "value", required=True)]

        def save(answers: Any) -> Any:  # noqa: ANN401
            records = self.session.records(target.noun)
            changes = Changes(set=[f"{answers['key'].strip().replace('=', ' ')}={answers['value']}"])
            return records.edit(target.id, records.edit_draft(changes))

        self.ask(Form(f"a field of your own for {target.name}", fields, save), "field added")

    def action_take_off(self) -> None:
        """Empty the field at the cursor, or take the link off."""
        if self.page is None or not self.page.is_live:
            return
        if self.pane == "links":
            self._unlink()
        elif self.pane == "fields" and (line := self.fields.line) is not None and line.field is not None:
            Saving(
                self, self.page.noun, self.fields.view, {line.name: ""}, said=f"{line.label} emptied; u brings it back",
                done=lambda _: None, refused=lambda error: self.notify(visible(_told(error)), severity="warning", markup=False),
            ).start()  # fmt: skip

    def _unlink(self) -> None:
        line = self.links.line
        if self.page is None or line is None or line.linked is None or line.relation is None:
            self.notify("no link here that could be taken off", timeout=3)
            return
        noun, uid, relation, other = self.page.noun, self.page.id, line.relation, line.linked
        self.write(
            "the link can't be taken off", lambda: self.pages.unlink(noun, uid, relation, other.id),
            f"{other.name} is not among its {relation.name} any more; u brings it back",
        )  # fmt: skip

    def action_restore(self) -> None:
        """Bring a deleted record back."""
        page = self.page
        if page is None or page.record is None or page.is_live or page.kept is not None:
            self.notify("it is not deleted", timeout=3)
            return
        noun, uid = page.noun, page.id
        self.write("it can't be brought back", lambda: self.session.records(noun).restore(uid), "it is back")

    # -- logging

    def action_verb(self, name: str) -> None:
        """What is done with the record, or with the entry at the cursor of the timeline."""
        if self.page is None or not self.page.is_live:
            self.wanted()
        elif name == "log":
            self._ask_kind()
        elif name in _ON_THE_RECORD or (self.page.noun == "deal" and name in _ON_DEALS):
            self.start(VERBS[name], [self._record()])
        else:
            super().action_verb(name)

    def _ask_kind(self) -> None:
        from crmcli.tui.modals.kind_picker import KindPicker

        assert self.page is not None
        kinds = (*(kind for kind in _kinds() if kind != "stage_change"), "form")
        self.app.push_screen(KindPicker(f"log on {visible(name_of(self.page.record))}", kinds, "call"), self._log_kind)

    def _log_kind(self, kind: str | None) -> None:
        if kind == "form":
            self.start(VERBS["log"], [self._record()])
        elif kind:
            self._turn_to("timeline", focus=False)
            self.quick_log.open(kind, self._record().id)

    def on_quick_log_left(self) -> None:
        """Nothing is logged; the line stays a draft."""
        self.quick_log.close()
        self.timeline.focus(scroll_visible=False)

    def on_quick_log_entered(self, event: QuickLog.Entered) -> None:
        """Log it."""
        target = self._record()
        said = taken_apart(event.line, event.kind, self.session)
        if not said.text:
            self.quick_log.refuse("say what happened, too")
            return
        if event.kind == "task":
            verb, answers = VERBS["task"], {"subject": said.text, "due": said.when or "tomorrow"}
        else:
            verb, answers = VERBS["log"], {"type": event.kind, "body": said.text, "at": said.when}

        self.run_worker(self._log(verb, target, answers, f"{event.kind.replace('_', ' ')} logged"), group="write")

    async def _log(self, verb: Verb, target: Target, answers: dict[str, str], said: str) -> None:
        def done(_: Done) -> None:
            self.app.last_verb = (verb, answers)
            self.quick_log.stored()
            self.timeline.focus(scroll_visible=False)

        self.writing += 1
        try:
            result = await self.app.write(lambda: verb.act(self.session, [target], answers))
        except CrmError as error:
            self.post_message(self.Answered(self.quick_log.refuse, _told(error)))
        else:
            self.post_message(self.Answered(done, result))
            self.post_message(self.Written(result, said))
        finally:
            self.writing -= 1

    # -- which kinds are shown

    def action_kinds(self) -> None:
        """Only one kind of activity, or all."""
        from crmcli.tui.modals.kind_picker import KindPicker

        here = {entry.kind for entry in self.page.entries} if self.page is not None else set()

        def chosen(kind: str | None) -> None:
            if kind is not None:
                self._turn_to("timeline")
                self._choose_kind(kind)

        self.app.push_screen(KindPicker("show only", ("", *here), self.timeline.kind), chosen)

    def _choose_kind(self, kind: str) -> None:
        self.timeline.choose(kind)
        self._tell_panes()

    def action_conversations(self) -> None:
        """Every message, or one line for a whole conversation."""
        self.timeline.fold(is_unfolded=not self.timeline.is_unfolded)

    def action_escape(self) -> None:
        """Take marks off, else show every kind, else go back."""
        if self.timeline.unmark():
            return
        if self.timeline.kind:
            self._choose_kind("")
        else:
            self.app.action_go_back()

    # -- moving a deal

    def action_move(self, step: int) -> None:
        """Move the deal some stages on, or back."""
        page = self.page
        steps = step * self.app.count.take()
        if page is None or page.noun != "deal" or not page.is_live:
            self.notify("only a deal moves from stage to stage", timeout=3)
            return
        deal = page.record
        self.read("stages", self.session.pipelines.list, lambda stages: self._move(deal, stages, steps))

    def _move(self, deal: Any, stages: Sequence[StageView], steps: int) -> None:  # noqa: ANN401 - a deal's view
        own = [stage for stage in stages if stage.pipeline == deal.pipeline]
        here = next((place for place, stage in enumerate(own) if stage.stage == deal.stage), 0)
        if not 0 <= here + steps < len(own):
            return
        stage = own[here + steps]
        if stage.kind == "lost":
            self.start(VERBS["lose"], [self._record()], also={"stage": stage.stage})
            return
        self.write(
            f"#{deal.number} can't be moved", lambda: self.session.deals.move(deal.id, stage.stage, seen_stage=deal.stage),
            f"#{deal.number} {deal.title} → {stage.stage}",
        )  # fmt: skip

    # -- out of here

    def to_yank(self) -> Callable[[], Yank] | None:
        """The field at the cursor, the linked record, the entries, the changes; elsewhere the record."""
        from crmcli.tui import yanking

        page = self.page
        if page is None or page.record is None:
            return None
        if self.pane == "fields" and (line := self.fields.line) is not None:
            return lambda: yanking.a_field(line.label, line.value)
        if self.pane == "links" and (link := self.links.line) is not None:
            return self._yank_link(link.noun, link.id, link.address)
        if self.pane == "note":
            note = self.note.note
            return lambda: yanking.a_field(note.title, note.text)
        if self.pane == "changes" and (made := self.changes.change_set) is not None:
            return lambda: (
                yanking.some_views("change", made.changes) if made.changes else yanking.some_views("history", [made])
            )
        return super().to_yank()

    def _yank_link(self, noun: str, uid: str, address: str) -> Callable[[], Yank] | None:
        from crmcli.tui import yanking

        if address:
            return lambda: yanking.a_field("address", address)
        return (lambda: yanking.some_views(noun, [self.session.records(noun).get(uid)])) if uid else None

    def action_outside(self) -> None:
        """A link's address or ways out; elsewhere those of the record or the entry."""
        from crmcli.tui.outside import go_outside, ways

        line = self.links.line if self.pane == "links" else None
        if line is not None and line.address:
            go(self, line.address)
        elif line is not None and line.id:
            target = Target(line.noun, line.id, 0, "")
            self.read("outside", lambda: ways(self.session, [target]), lambda found: go_outside(self, found))
        else:
            super().action_outside()

    # -- which keys mean something here

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys for deals only on deals, those for tasks only where there is an activity."""
        noun = self.page.noun if self.page is not None else ""
        if action == "move" or (action == "verb" and parameters[0] in _ON_DEALS):
            return noun == "deal"
        if action == "verb" and parameters[0] in _ON_ENTRIES:
            return noun == "activity" or self.pane == "timeline"
        if action == "restore":
            return self.page is not None and self.page.gone is not None and self.page.kept is None
        return super().check_action(action, parameters)


def _told(error: CrmError) -> str:
    return f"{error.message} ({error.advice})" if error.hint else error.message


def _kinds() -> tuple[str, ...]:
    from crmcli.domain.fields import ACTIVITY_KINDS

    return ACTIVITY_KINDS


def _example(relation: Relation) -> str:
    return {"contact": "e-mail or name; a new address is added", "company": "name or website; a new one is added"}.get(
        relation.noun, "title or number"
    )
