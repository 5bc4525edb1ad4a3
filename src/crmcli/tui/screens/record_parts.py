"""The parts of a record's page, and going from part to part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Container, Vertical

from crmcli.services.pages import Pages
from crmcli.tui.screens.place import Place
from crmcli.tui.targets import Target
from crmcli.tui.widgets.change_list import ChangeList
from crmcli.tui.widgets.field_editor import FieldEditor
from crmcli.tui.widgets.field_list import VALUE, FieldList
from crmcli.tui.widgets.link_list import LinkList
from crmcli.tui.widgets.note_pane import NotePane
from crmcli.tui.widgets.pane_line import PaneLine
from crmcli.tui.widgets.quick_log import QuickLog
from crmcli.tui.widgets.record_head import RecordHead, name_of
from crmcli.tui.widgets.timeline import Timeline

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.events import DescendantFocus
    from textual.widget import Widget

    from crmcli.services.pages import Page
    from crmcli.tui.session import Session
    from crmcli.tui.widgets.cursor_list import CursorList

PANES = ("fields", "links", "note", "timeline", "changes")
SENT = "what a campaign sent stays as it is; enter opens the campaign"
_LEAST_EDITOR = 20
_STORY = ("timeline", "note", "changes")  # they tell the same story: one of them is seen at a time


class RecordParts(Place):
    """The head, the names of the parts, the parts; one of them has the keys."""

    def __init__(self, session: Session, name: str) -> None:
        super().__init__(session, name)
        self.pages = Pages(session.desk)
        self.here: tuple[str, str] | None = None
        self.page: Page | None = None
        self.pane = "fields"

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
        return self._lists().get(self.pane)

    def _lists(self) -> dict[str, CursorList]:
        return {"fields": self.fields, "links": self.links, "timeline": self.timeline, "changes": self.changes}

    def first_focus(self) -> Widget | None:
        """The part that had the keys."""
        return self._widget_of(self.pane)

    def _widget_of(self, pane: str) -> Widget:
        if pane == "note":
            return self.note.area if self.note.writing is not None else self.note.reader
        return self.editor.input.line if pane == "fields" and self.editor.is_open else self._lists()[pane]

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

    def targets(self) -> list[Target]:
        """The marked entries of the timeline, else the one at the cursor there; anywhere else the record."""
        if self.page is None or self.page.record is None:
            return []
        if self.pane == "timeline":
            views = self.timeline.views
            marked = [views[number] for number in self.timeline.marked if number in views]
            chosen = marked or ([self.timeline.view] if self.timeline.view is not None else [])
            if chosen or self._is_on_mail:
                return [Target("activity", view.id, view.number, name_of(view), view) for view in chosen]
        return [self._record()] if self.page.is_live else []

    @property
    def _is_on_mail(self) -> bool:
        """Whether the cursor is on a message of a campaign: it was sent, and stays as it is."""
        return self.pane == "timeline" and self.timeline.entry is not None and self.timeline.entry.is_mail

    def wanted(self) -> list[Target]:
        """The targets; says why there are none."""
        if self._is_on_mail and not self.targets():
            self.notify(SENT, severity="warning", timeout=3)
            return []
        return super().wanted()

    def _record(self) -> Target:
        assert self.page is not None
        record = self.page.record
        return Target(self.page.noun, record.id, record.number, name_of(record), record)

    # -- from part to part

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """The part that has the keys is the present one."""
        pane = next((node.id for node in event.widget.ancestors_with_self if (node.id or "").startswith("pane-")), None)
        if pane is not None and self.pane != pane.removeprefix("pane-"):
            self._turn_to(pane.removeprefix("pane-"), focus=False)

    def _turn_to(self, pane: str, *, focus: bool = True) -> None:
        self.pane = pane
        self._show_pane(pane)
        self.query_one(PaneLine).present = pane
        if focus:
            self._widget_of(pane).focus(scroll_visible=False)
        self.turned()
        self.refresh_bindings()

    def turned(self) -> None:
        """A chance to read what the part shows that has the keys now."""

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
        if self.page is None:  # it will be told when it is read
            return
        planned = sum(entry.is_planned for entry in self.page.entries)
        total = f"{len(self.page.entries):,}" if self.page.entries else ""
        self.query_one(PaneLine).tell({
            "timeline": " ".join(filter(None, (total, f"({planned} planned)" if planned else "",
                                               f"only {self.timeline.kind.replace('_', ' ')}" if self.timeline.kind else ""))),
            "links": str(sum(len(group.records) for group in self.page.groups) or ""),
        })  # fmt: skip
