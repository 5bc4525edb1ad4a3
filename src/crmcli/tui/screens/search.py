"""The search box: everything in one line, over any screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Label

from crmcli.errors import CrmError
from crmcli.render.safe import visible
from crmcli.tui.bindings import bindings_of
from crmcli.tui.finding import (
    COMMAND_SIGN,
    RECORDS,
    Hit,
    commands_found,
    found,
    given_for,
    places_found,
    recent,
    verbs_for,
)
from crmcli.tui.modals.dialog import Dialog
from crmcli.tui.targets import Target
from crmcli.tui.trail import Spot
from crmcli.tui.verbs import VERBS
from crmcli.tui.widgets.hit_list import HitList

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import Key

    from crmcli.tui.app import CrmApp
    from crmcli.tui.screens.place import Place
    from crmcli.tui.session import Session

_RECENT, _MOST_KEPT = "search.recent", 20
_FIND = "contacts, companies, deals, activities, screens …   > commands"


class _Box(Input):
    """The line; at its ends the arrows go on to the list."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Right at the end of the text, and left at the beginning, belong to the screen."""
        if action == "cursor_right" and not self.cursor_at_end:
            return super().check_action(action, parameters)
        if action == "cursor_right":
            return False
        if action == "cursor_left" and self.cursor_at_start:
            return False
        return super().check_action(action, parameters)


class SearchScreen(Dialog[None]):
    """Finds as it is typed; goes there, or does something with what was found."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("search")
    app: CrmApp

    class Found(Message):
        """The answer to what was typed."""

        def __init__(self, text: str, hits: Sequence[Hit], trouble: str = "") -> None:
            super().__init__()
            self.text = text
            self.hits = hits
            self.trouble = trouble

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._shown: str | None = None  # the text that the list answers
        self._waiting: Callable[[], None] | None = None  # what was pressed before the answer was there
        self._about: Hit | None = None  # the record whose verbs are listed
        self._left = ""  # what was typed before they were

    def compose(self) -> ComposeResult:
        """The line, the hits, the keys."""
        with Vertical(classes="dialog -search"):
            with Horizontal(id="box-line"):
                yield Label("find ", id="box-label")
                yield _Box(placeholder=_FIND, compact=True, id="box", select_on_focus=False)
            yield HitList()
            yield Label("⏎ go · tab act · ctrl+o open outside · esc close", classes="dialog-keys")

    @property
    def box(self) -> _Box:
        """The line."""
        return self.query_one(_Box)

    @property
    def hits(self) -> HitList:
        """The list."""
        return self.query_one(HitList)

    def on_mount(self) -> None:
        """Show what was seen lately, and let the line have the keys."""
        self.call_later(self._take_over)
        self.look()

    def _take_over(self) -> None:
        """The line gets the keys once those are here that came before it was there, so that they stay in order."""
        if self.message_queue_size:
            self.call_later(self._take_over)
        else:
            self.box.focus()

    def on_key(self, event: Key) -> None:
        """A letter that was typed before the line was there belongs to it."""
        if event.is_printable and event.character:  # the line keeps to itself what it takes
            self.box.insert_text_at_cursor(event.character)
            event.stop()
        elif event.key == "backspace" and self.focused is None:
            self.box.action_delete_left()
            event.stop()

    # -- looking

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look at once; an answer to what was typed before is not waited for any more."""
        event.stop()
        self.look()

    def look(self) -> None:
        """Find what fits the line."""
        text = self.box.value
        self._shown = None
        if self._about is not None:
            self._answer(text, verbs_for(self._about.kind, text))
        elif text.startswith(COMMAND_SIGN):
            place = self._place
            self._answer(text, commands_found(place.KEYS, self._session.settings.keys, text[1:]))
        elif not text.strip():
            refs = self._refs()
            self._ask(text, lambda: recent(self._session, refs))
        else:
            self._ask(text, lambda: found(self._session, text))

    @work(group="search", exclusive=True)
    async def _ask(self, text: str, question: Callable[[], Sequence[Hit]]) -> None:
        try:
            hits = await self._session.ask(question)
        except CrmError as error:
            self.post_message(self.Found(text, places_found(text), _told(error)))
        else:
            self.post_message(self.Found(text, hits))

    def on_search_screen_found(self, event: SearchScreen.Found) -> None:
        """Show it, unless more was typed meanwhile."""
        event.stop()
        if event.text == self.box.value and self._about is None:
            self._answer(event.text, event.hits, event.trouble)

    def _answer(self, text: str, hits: Sequence[Hit], trouble: str = "") -> None:
        self._shown = text
        nothing = visible(trouble, keep_newlines=True) or (
            "type to find anything" if not text.strip() else "nothing is called that"
        )
        self.hits.show(hits, text.removeprefix(COMMAND_SIGN), nothing)
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting()

    def _when_answered(self, act: Callable[[], None]) -> None:
        """Do it with what was typed, not with what was found before that."""
        if self._shown == self.box.value:
            act()
        else:
            self._waiting = act

    def _refs(self) -> list[str]:
        kept = self._session.memory.get(_RECENT, [])
        seen = [spot.ref for spot in self.app.trail.seen if spot.screen == "record"]
        return [*seen, *(ref for ref in kept if isinstance(ref, str))] if isinstance(kept, list) else seen

    # -- moving

    def action_go(self, step: int) -> None:
        """Another hit."""
        self.hits.go_by(step)

    def action_go_page(self, step: int) -> None:
        """A page further."""
        self.hits.go_by(step * self.hits.page)

    def on_cursor_list_selected(self, event: HitList.Selected) -> None:
        """Nothing but the list itself follows the cursor."""
        event.stop()

    def on_cursor_list_opened(self, event: HitList.Opened) -> None:
        """A click goes there."""
        event.stop()
        self._jump()

    # -- going there

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go there, or do it."""
        event.stop()
        self.action_jump()

    def action_jump(self) -> None:
        """Go to what is at the cursor, or do it."""
        self._when_answered(self._jump)

    def _jump(self) -> None:
        hit = self.hits.hit
        if hit is None:
            return
        if hit.kind == "verb":
            if self._about is not None:  # else the verbs are still listed, but what they were for was left
                self._do(self._about, hit.ref)
            return
        self._leave(lambda: self._go(hit))

    def _leave(self, act: Callable[[], Any]) -> None:
        """Close the box, and then act on the screen below."""
        app = self.app
        self.dismiss(None)
        app.call_later(act)

    @property
    def _place(self) -> Place:
        place = self.app.place
        assert place is not None
        return place

    async def _go(self, hit: Hit) -> None:
        app = self.app
        match hit.kind:
            case "screen":
                app.visit(Spot(hit.ref))
            case "report":
                app.visit(Spot("reports", hit.ref))
            case "campaign":
                app.visit(Spot("campaigns", hit.ref))
            case "command":
                name = hit.ref.partition("(")[0]
                await app.run_action(hit.ref, self._place if hasattr(self._place, f"action_{name}") else app)
            case "new":
                self._add(hit)
            case _:
                self._remember(hit)
                app.open_record(hit.kind, hit.ref)

    def _add(self, hit: Hit) -> None:
        from crmcli.tui.modals.record_form import RecordForm

        form = RecordForm(self._session, hit.ref, None, given_for(hit.ref, hit.name))
        self._place.ask(form, f"{hit.ref} added")

    def _remember(self, hit: Hit) -> None:
        ref = f"{hit.kind}:{hit.ref}"
        kept = [each for each in self._refs() if each != ref]
        self.app.remember(_RECENT, [ref, *dict.fromkeys(kept)][:_MOST_KEPT])

    # -- acting on it

    def action_verbs(self) -> None:
        """List what can be done with it."""
        self._when_answered(self._list_verbs)

    def action_verbs_right(self) -> None:
        """The same, for who goes right from the end of the line."""
        self.action_verbs()

    def _list_verbs(self) -> None:
        hit = self.hits.hit
        if hit is None or hit.kind not in RECORDS or self._about is not None:
            return
        self._about, self._left = hit, self.box.value
        self.query_one("#box-label", Label).update("do ")
        self.box.placeholder = f"what, with {visible(hit.name)}?"
        self.box.value = ""
        self.look()

    def action_back(self) -> None:
        """Back to what was found."""
        if self._about is None:
            return
        self._about, left = None, self._left
        self.query_one("#box-label", Label).update("find ")
        self.box.placeholder = _FIND
        self.box.value = left
        self.box.cursor_position = len(left)
        self.look()

    def _do(self, hit: Hit, verb: str) -> None:
        place = self._place
        target = Target(hit.kind, hit.ref, hit.number, hit.name)
        self._remember(hit)
        match verb:
            case "open":
                self._leave(lambda: self.app.open_record(hit.kind, hit.ref))
            case "outside":
                self._go_outside(hit)
            case "change":
                self._leave(lambda: place.change([target]))
            case _:
                self._leave(lambda: place.start(VERBS[verb], [target]))

    def action_outside(self) -> None:
        """Open its website, mail or phone."""
        self._when_answered(lambda: self._go_outside(self._about or self.hits.hit))

    def _go_outside(self, hit: Hit | None) -> None:
        from crmcli.tui.outside import go_outside, ways

        if hit is None or hit.kind not in RECORDS:
            return
        place, session, target = self._place, self._session, Target(hit.kind, hit.ref, hit.number, hit.name)
        self._leave(
            lambda: place.read("outside", lambda: ways(session, [target]), lambda found: go_outside(place, found))
        )

    def action_close(self) -> None:
        """Back from what can be done, else close the box."""
        if self._about is not None:
            self.action_back()
        else:
            self.dismiss(None)


def _told(error: CrmError) -> str:
    return "\n".join([f"✗ {error.message}", *([error.advice] if error.hint else [])])
