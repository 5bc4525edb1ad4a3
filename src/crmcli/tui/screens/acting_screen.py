"""A screen on whose records something can be done: verbs, and the form of a record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.message import Message

from crmcli.domain.frozen import NamedTuple
from crmcli.errors import CrmError, Lacking, Refused, Stale
from crmcli.render.safe import visible
from crmcli.tui.screens.moving_screen import MovingScreen
from crmcli.tui.targets import told, unseen
from crmcli.tui.verbs import VERBS, lacking_fields, refuse_mixed, refuse_unfit, remembered, seen_now, shown
from crmcli.tui.widgets.cursor_list import CursorList
from crmcli.tui.widgets.key_line import KeyLine

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crmcli.tui.session import Done, Session
    from crmcli.tui.targets import Target
    from crmcli.tui.verbs import Verb


class Deed(NamedTuple):
    """A verb that is about to be done: with what, what is answered already, and what is known beside what is asked."""

    verb: Verb
    targets: Sequence[Target]
    answers: Mapping[str, str] | None = None
    also: Mapping[str, str] | None = None


class ActingScreen(MovingScreen):
    """Writes what the user does with the records at the cursor."""

    class Written(Message, namespace="place"):
        """The store took a change; ``said`` is told to the user."""

        def __init__(self, done: Done, said: str) -> None:
            super().__init__()
            self.done = done
            self.said = said

    def __init__(self, session: Session, name: str) -> None:
        super().__init__(session, name)
        self._nouns: frozenset[str] = frozenset()

    def targets(self) -> list[Target]:
        """The marked records, else the one at the cursor, else none."""
        return []

    # -- writing

    def write(
        self, what: str, action: Callable[[], Any], said: str, ask: Callable[[CrmError], None] | None = None
    ) -> None:
        """Do something that can be undone; ``what`` says what failed if it did, ``said`` that it is done.

        ``ask`` is for what can be decided: others were quicker, or a stage requires more.
        """
        self.writing += 1
        self._store(what, self.app.write(action), said, ask)

    @work(group="write")
    async def _store(self, what: str, writing: Any, said: str, ask: Callable[[CrmError], None] | None) -> None:  # noqa: ANN401 - an awaitable Done
        try:
            done = await writing
        except CrmError as error:
            self.writing -= 1
            can_ask = ask is not None and isinstance(error, (Stale, Lacking))
            self.post_message(self.Answered(ask, error) if ask and can_ask else self.Failed(what, error))
        else:
            self.writing -= 1
            self.post_message(self.Written(done, said))

    def on_place_written(self, event: ActingScreen.Written) -> None:
        """Say so, and show the store as it is now."""
        event.stop()
        said = event.said if event.done.is_stored or not event.said else "nothing was changed"
        for text in (said, *event.done.notes):
            if text:
                self.notify(visible(text), markup=False, timeout=3)
        self.written(event.done.result)
        self.app.changed_here()

    def written(self, result: Any) -> None:  # noqa: ANN401 - what the service returned
        """A chance to follow what was written, before the store is read again."""

    # -- verbs

    def nouns(self) -> frozenset[str]:
        """Which kinds of records the keys work on just now; none where that makes no difference."""
        return frozenset()

    def fits(self, action: str) -> bool:
        """Whether a key's action can do anything here; else the line of keys does not tell of it."""
        if action.startswith("move("):
            verb = VERBS["stage"]
        elif action.startswith("verb("):
            verb = VERBS.get(action[6:-2], VERBS["remove"])
        else:
            return True
        return self.nouns() <= verb.nouns

    @on(CursorList.Selected)
    def _tell_keys(self) -> None:
        """Other records have other keys."""
        nouns = self.nouns()
        if nouns != self._nouns:
            self._nouns = nouns
            self.query_one(KeyLine).refresh()

    def wanted(self) -> list[Target]:
        """The targets; says so when there are none."""
        found = self.targets()
        if not found:
            self.notify("nothing here to work on", severity="warning", timeout=3)
        return found

    def action_open(self) -> None:
        """Open the record at the cursor."""
        if found := self.wanted():
            self.app.open_record(found[0].noun, found[0].id)

    def action_verb(self, name: str) -> None:
        """Do something with the record at the cursor, or with all marked ones."""
        targets = self.wanted()
        if not targets:
            return
        if name == "change":
            self.change(targets)
            return
        self.start(VERBS[name], targets)

    def start(
        self,
        verb: Verb,
        targets: Sequence[Target],
        answers: Mapping[str, str] | None = None,
        *,
        also: Mapping[str, str] | None = None,
    ) -> None:
        """Ask what the verb wants to know, unless it is known (``also`` is known beside what is asked), and do it."""
        self.begin(Deed(verb, targets, answers, also))

    def begin(self, deed: Deed) -> None:
        """Ask and do it; for the screens that have something to say before."""
        verb, targets, answers, also = deed
        try:
            refuse_unfit(verb, targets)
        except Refused as error:
            self.post_message(self.Failed(f"{verb.name} can't be done", error))
            return
        if verb.fields is None or answers is not None:
            self.perform(verb, targets, {**(also or {}), **(answers or {})})
            return
        fields = verb.fields

        def question() -> Any:  # noqa: ANN401
            known = shown(self.session, verb, targets)
            seen = seen_now(self.session, targets) if verb.minds else None
            return deed._replace(targets=known), fields(self.session, known), seen

        self.read(
            "verb",
            question,
            lambda asked: self._open_form(*asked),
            what=f"{verb.name} can't be done",
            opens=True,
        )

    def _open_form(self, deed: Deed, fields: Any, seen: Any) -> None:  # noqa: ANN401
        from crmcli.tui.modals.verb_form import VerbForm

        verb, targets = deed.verb, deed.targets
        said = verb.said.format(told(targets))

        def save(answers: Mapping[str, str], *, anyway: bool) -> Any:  # noqa: ANN401
            given = {**(deed.also or {}), **answers}
            minding = {} if seen is None or anyway else {"seen": seen}
            result = verb.act(self.session, unseen(targets) if anyway else targets, given, **minding)
            self.app.last_verb = (verb, remembered(verb, given))
            return result

        def closed(done: Done | None) -> None:
            if done is not None:
                self._finished(verb)
                self.post_message(self.Written(done, said))

        self.app.push_screen(VerbForm(f"{verb.name} {told(targets)}", fields, save), closed)

    def perform(self, verb: Verb, targets: Sequence[Target], answers: Mapping[str, str]) -> None:
        """Do it, with what was answered."""
        self.app.last_verb = (verb, remembered(verb, answers))
        self._finished(verb)
        self.write(
            f"{verb.name} can't be done",
            lambda: verb.act(self.session, targets, answers),
            verb.said.format(told(targets)),
            lambda error: self.ask_move(verb, targets, answers, error),
        )

    def ask_move(self, verb: Verb, targets: Sequence[Target], answers: Mapping[str, str], error: CrmError) -> None:
        """Ask whether a deal that others moved is moved all the same, or for what its stage requires; then move it."""
        from crmcli.tui.modals.verb_form import VerbForm, moved_meanwhile

        self.store_changed()

        known = answers

        def save(answers: Mapping[str, str], *, anyway: bool) -> Any:  # noqa: ANN401
            return verb.act(self.session, unseen(targets) if anyway else targets, {**known, **answers})

        def answered(yes: bool | None) -> None:
            if yes:
                self.perform(verb, unseen(targets), known)

        if isinstance(error, Stale):
            self.app.push_screen(moved_meanwhile(error), answered)
        elif isinstance(error, Lacking) and (fields := lacking_fields(self.session, error)):
            form = VerbForm(f"{error.stage} asks: {told(targets)}", fields, save)
            self.ask(form, verb.said.format(told(targets)))
        else:
            self.post_message(self.Failed(f"{verb.name} can't be done", error))

    def _finished(self, verb: Verb) -> None:
        """Marks have served when what was marked is gone."""
        if verb.name in ("remove", "done") and self.rows is not None:
            self.rows.unmark()

    def repeat(self) -> None:
        """Do the last verb again, with the same answers, to what is at the cursor now."""
        if self.app.last_verb is None:
            self.notify("nothing to repeat yet", timeout=3)
        elif targets := self.wanted():
            verb, answers = self.app.last_verb
            self.start(verb, targets, answers)

    def change(self, targets: Sequence[Target]) -> None:
        """One record in its form; of many, one field."""
        from crmcli.tui.modals.record_form import RecordForm

        target = targets[0]
        if len(targets) > 1:
            self._change_many(targets)
            return
        self.read(
            "change", lambda: self.session.records(target.noun).get(target.id),
            lambda view: self.ask(RecordForm(self.session, target.noun, view), f"#{view.number} changed"),
            what="the record can't be changed", opens=True,
        )  # fmt: skip

    def _change_many(self, targets: Sequence[Target]) -> None:
        from crmcli.tui.changing import changeable, changing
        from crmcli.tui.modals.picker import Picker

        try:
            refuse_mixed(targets)
        except Refused as error:
            self.post_message(self.Failed("change can't be done", error))
            return
        session, noun = self.session, targets[0].noun

        def chosen(name: str | None) -> None:
            if name is not None:
                self.start(changing(noun, name), targets)

        self.read(
            "change", lambda: changeable(session, noun),
            lambda choices: self.app.push_screen(Picker(f"change which field of {told(targets)}?", choices), chosen),
            opens=True,
        )  # fmt: skip

    def ask(self, form: Any, said: str) -> None:  # noqa: ANN401 - any Form
        """Open a form that stores what it asks; say so when it has."""

        def closed(done: Done | None) -> None:
            if done is not None:
                is_as_it_was = done.result is not None and done.result is getattr(form, "view", None)
                self.post_message(self.Written(done._replace(is_stored=False) if is_as_it_was else done, said))

        self.app.push_screen(form, closed)
