"""Reading the page of a record: going from record to record, and being where one was on each page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.tui.editing import shown_texts
from crmcli.tui.screens.record_parts import RecordParts
from crmcli.tui.widgets.field_list import NOTE
from crmcli.tui.widgets.note_pane import NOTHING, Note
from crmcli.tui.widgets.record_head import RecordHead
from crmcli.tui.widgets.timeline import told_mail, told_state

if TYPE_CHECKING:
    from textual.timer import Timer

    from crmcli.domain.views import ChangeSetView
    from crmcli.services.pages import Page
    from crmcli.services.sent_mails import SentMail
    from crmcli.tui.session import Session
    from crmcli.tui.widgets.cursor_list import CursorList
    from crmcli.tui.widgets.timeline import Timeline

_CHANGES_AT_ONCE = 200
_REST = 0.12


class Position(NamedTuple):
    """Where one was on a page, to be there again after going back."""

    pane: str = "fields"
    field: str = ""
    link: int = 0
    entry: int = 0  # the number of the activity or message
    scrolled: tuple[int, int, int] = (0, 0, 0)  # fields, links, timeline
    kind: str = ""
    is_unfolded: bool = False


class RecordReading(RecordParts):
    """One record at a time; where one was on each page is remembered."""

    def __init__(self, session: Session, name: str) -> None:
        super().__init__(session, name)
        self._positions: dict[str, Position] = {}
        self._wanted: Position | None = Position()
        self._changes = _CHANGES_AT_ONCE
        self._was: dict[str, str] = {}  # fields that others changed while the page was open, as they were
        self._by_us = False
        self._follow: int | None = None
        self._resting: Timer | None = None
        self._subject = "record"  # whose text the note shows: the record's or the entry's

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
            self.wait("reading …")
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

    def unread(self, what: str) -> None:
        """The store can't be reached: what is shown stays, where there is anything."""
        super().unread(what)
        if self.page is None:
            self.query_one(RecordHead).show(None, what)

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
            scrolled: tuple[CursorList, ...] = (self.fields, self.links, self.timeline)
            for rows, y in zip(scrolled, wanted.scrolled, strict=True):
                rows.scroll_to(y=y, animate=False)
                rows.bring_into_view()
            self._turn_to(wanted.pane)
        if self._follow is not None:
            place = self.timeline.place_of(self._follow)
            if place >= 0:
                self.timeline.go_to(place)
            self._follow = None

    def on_timeline_wanted(self, event: Timeline.Wanted) -> None:
        """Read the activities and messages that are looked at."""
        event.stop()
        about, session = self.timeline.about, self.session
        activities = [number for number in event.numbers if number > 0]
        mails = [number for number in event.numbers if number < 0]

        def question() -> tuple[dict[int, Any], dict[int, SentMail]]:
            return session.tables.page("activity", activities), session.sent_mails.page(mails) if mails else {}

        async def show(read: tuple[dict[int, Any], dict[int, SentMail]]) -> None:
            if about == self.timeline.about:
                self.timeline.fill(*read)
                await self._show_note()

        # Not exclusive: each window that was asked for is wanted, and the one before it may still be on the screen.
        self.run_worker(self._ask(question, show, "the timeline can't be read"))

    def written(self, result: Any) -> None:  # noqa: ANN401 - what the service returned
        """What differs now was changed here; a new entry of the timeline is followed."""
        self._by_us = True
        uid = str(getattr(result, "id", ""))
        if uid.startswith("ac_") and self.here is not None and uid != self.here[1]:
            self._follow = result.number

    def turned(self) -> None:
        """The changes are read when they are seen; the note follows the part."""
        if self.pane != "note":
            self._subject = "entry" if self.pane == "timeline" else "record"
            self.call_later(self._show_note)
        if self.pane == "changes":
            self.call_after_refresh(self._read_changes)

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
        view, mail = self.timeline.view, self.timeline.mail
        if self._subject == "entry" and mail is not None:
            return self._noted_mail(mail)
        if self._subject == "entry" and view is not None:
            locale = self.session.locale
            when = locale.due(view.due) if view.due and view.status == "planned" else locale.time(view.at)
            title = f"{view.type.replace('_', ' ')} #{view.number}, {when}: {view.subject or ''}".removesuffix(": ")
            return Note("activity", view, "body", title, view.body or "", "nothing more was written down; i does")
        field = NOTE.get(page.noun, "")
        if not field or not page.is_live:
            text = getattr(page.record, field, None) or "" if field else ""
            empty = "" if field else "a deal's notes are on its timeline: l, then n, writes one"
            return Note(page.noun, page.record, "", "note", text, empty)
        empty = f"no {field} yet; i writes one"
        return Note(page.noun, page.record, field, field, getattr(page.record, field) or "", empty)

    def _noted_mail(self, mail: SentMail) -> Note:
        """What came of it in the words of whoever said so; nothing can be written there."""
        when = self.session.locale.time(mail.at)
        text = f"{mail.address}: {told_state(mail)}" + (f"\n\n{mail.detail}" if mail.detail else "")
        return Note("message", mail, "", f"e-mail, {when}: {told_mail(mail)}", text)
