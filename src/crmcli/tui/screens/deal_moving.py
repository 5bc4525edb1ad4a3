"""Deals moved on the board: shown where they go at once, stored behind, asked about where something is wanted or was overtaken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.message import Message

from crmcli.domain.frozen import NamedTuple
from crmcli.errors import CrmError, Stale
from crmcli.services.deal_moves import Along, Step
from crmcli.services.records import Changes
from crmcli.tui.screens.place import Place
from crmcli.tui.verbs import VERBS, filled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmcli.domain.board import BoardCard, BoardPicture
    from crmcli.domain.views import StageView
    from crmcli.tui.modals.form import FormField
    from crmcli.tui.session import Done


class Wish(NamedTuple):
    """Cards, each with the stage it is to be in, and the owner they are to get; ``owner`` None: they keep theirs.

    ``stages`` are those of the board on which it was wished; by the time it is done, others may have changed them.
    """

    stages: Sequence[StageView]
    moves: Sequence[tuple[BoardCard, StageView]]
    owner: str | None = None


class _Line:
    """Writes that follow from one another: when one fails, those behind it are not tried."""

    def __init__(self) -> None:
        self.is_broken = False


class DealMoving(Place):
    """The part of the board that moves deals; the board says what is shown, and shows it anew."""

    picture: BoardPicture | None = None
    _line: _Line = _Line()

    class Stored(Message):
        """The store has taken a move, as change set ``number``."""

        def __init__(self, wish: Wish, done: Done, number: int) -> None:
            super().__init__()
            self.wish = wish
            self.done = done
            self.number = number

    class Stopped(Message):
        """The store did not take a move."""

        def __init__(self, wish: Wish, along: Along | None, error: CrmError) -> None:
            super().__init__()
            self.wish = wish
            self.along = along
            self.error = error

    # -- what the board says

    def show_cards(
        self, picture: BoardPicture, was: Sequence[BoardCard], now: Sequence[BoardCard], follow: BoardCard
    ) -> None:
        """Show the picture at once, in which these cards are others than before; the cursor on one of them."""
        raise NotImplementedError

    def forget_picture(self) -> None:
        """What is shown is not to be trusted: the next reading is a whole one; the cursor stays on its card."""
        raise NotImplementedError

    # -- wishes

    def stages(self) -> list[StageView]:
        """The stages on the board, from left to right."""
        return [lane.stage for lane in self.picture.lanes] if self.picture is not None else []

    def move_on(self, cards: Sequence[BoardCard], step: int) -> None:
        """Move each card so many stages on, or back, from where it is; those that would leave the board stay."""
        stages = self.stages()
        places = {stage.number: place for place, stage in enumerate(stages)}
        moves = [(card, stages[place]) for card in cards if 0 <= (place := places[card.stage] + step) < len(stages)]
        if moves:
            self.app.last_verb = (VERBS["stage"], {"stage": moves[0][1].stage, "step": str(step)})
            self.wish(Wish(stages, moves))
        else:
            self.notify("there is no stage there", timeout=3)

    def move_to(self, cards: Sequence[BoardCard], stage: StageView, stages: Sequence[StageView]) -> None:
        """Move the cards to one of the stages that were there when they were chosen; those that are in it stay."""
        moves = [(card, stage) for card in cards if card.stage != stage.number]
        if not moves:
            self.notify(f"{'it is' if len(cards) == 1 else 'they are'} in {stage.stage} already", markup=False)
            return
        self.app.last_verb = (VERBS["stage"], {"stage": stage.stage})
        self.wish(Wish(stages, moves))

    def close(self, cards: Sequence[BoardCard], kind: str, answers: Mapping[str, str] | None = None) -> None:
        """Move the cards to the pipeline's won or lost stage; ``answers`` are the reason and the note, when they are known."""
        stages = self.stages()
        stage = next((stage for stage in stages if stage.kind == kind), None)
        if stage is None:
            self.notify(f"this pipeline has no {kind} stage", severity="warning", markup=False)
            return
        verb = VERBS["win" if kind == "won" else "lose"]
        moves = [(card, stage) for card in cards if card.kind != kind]
        if not moves:
            self.notify(f"{'it is' if len(cards) == 1 else 'they are'} {kind} already")
            return
        if answers or verb.fields is None:  # else it is remembered once it was answered, which it need not be
            self.app.last_verb = (verb, dict(answers or {}))
        if answers:
            self.send(Wish(stages, moves), Along(reason=answers.get("reason"), note=answers.get("note") or None))
        else:
            self.wish(Wish(stages, moves))

    def wish(self, wish: Wish) -> None:
        """Do it; first ask why deals are lost, and for what the stages want and the deals lack."""
        if not _wants_asking(wish):
            self.send(wish)
            return
        self.read("move", lambda: self._asked(wish), lambda fields: self._open_form_for(wish, fields), opens=True)

    # -- asking

    def _asked(self, wish: Wish) -> list[FormField]:
        """Read what is to be asked; not on the thread that draws."""
        from crmcli.tui.modals.record_fields import fields_named

        deals = self.session.deals
        missing = deals.missing(steps_of(wish))
        view = deals.get(wish.moves[0][0].id) if len(wish.moves) == 1 else None
        asked = fields_named("deal", missing, view, self.session.locale)
        lost = VERBS["lose"].fields
        if lost is not None and any(stage.kind == "lost" and card.kind != "lost" for card, stage in wish.moves):
            asked = [*lost(self.session, []), *asked]
        return asked

    def _open_form_for(self, wish: Wish, fields: Sequence[FormField]) -> None:
        if not fields:
            self.send(wish)
            return
        from crmcli.tui.modals.verb_form import VerbForm

        steps, stages = steps_of(wish), {stage.stage for _, stage in wish.moves}
        to = stages.pop() if len(stages) == 1 else "the next stage"
        what = (
            f"#{wish.moves[0][0].number} {wish.moves[0][0].title}"
            if len(wish.moves) == 1
            else f"{len(wish.moves)} deals"
        )

        def save(answers: Mapping[str, str], *, anyway: bool) -> Any:  # noqa: ANN401
            along = self._along(wish, answers)
            result = self.session.deals.move_each(_unseen(steps) if anyway else steps, along)
            if along.reason is not None:
                self.app.last_verb = (VERBS["lose"], {"reason": along.reason, "note": along.note or ""})
            return result

        is_lost = all(stage.kind == "lost" for _, stage in wish.moves)
        title = f"why {'is' if len(wish.moves) == 1 else 'are'} {what} lost?" if is_lost else f"{to} asks: {what}"
        self.ask(VerbForm(title, fields, save, about=("move", steps[0].ref)), said(wish))

    def _along(self, wish: Wish, answers: Mapping[str, str]) -> Along:
        fill = filled(self.session, answers)
        return Along(self._given(wish), fill, answers.get("reason"), answers.get("note", "").strip() or None)

    def _given(self, wish: Wish) -> Any:  # noqa: ANN401 - an Edit, or None
        if wish.owner is None:
            return None
        changes = Changes(values={"owner": wish.owner}) if wish.owner else Changes(clear=("owner",))
        return self.session.deals.edit_draft(changes)

    # -- storing

    def send(self, wish: Wish, along: Along | None = None, *, anyway: bool = False) -> None:
        """Show it as done, and do it; ``anyway`` also when others moved the deals meanwhile."""
        if not self.writing:
            self._line = _Line()
        steps = steps_of(wish)
        if anyway:
            steps = _unseen(steps)
        self._show_done(wish, along)
        self.writing += 1
        # The store can wait until it is seen: a write at work keeps the drawing waiting.
        line = self._line
        self.call_after_refresh(lambda: self.run_worker(self._store_moves(wish, steps, along, line), group="write"))

    def _show_done(self, wish: Wish, along: Along | None) -> None:
        before, now = self.picture, self.session.desk.clock.now()
        if before is None or not {stage.number for _, stage in wish.moves} <= {stage.number for stage in self.stages()}:
            return  # others have taken a stage away: the store says what becomes of it
        reason = along.reason if along is not None else None
        cards = [_placed(card, stage, wish.owner, now, reason) for card, stage in wish.moves]
        present = self.targets()
        at = next((card for card in cards if present and card.id == present[0].id), cards[0])
        was = [card for card, _ in wish.moves]
        after = before.with_cards(cards, was)
        self.show_cards(after, was, cards, at)
        self._tell_limits(before, after)

    def _tell_limits(self, before: BoardPicture, after: BoardPicture) -> None:
        """Moving into a stage that is full asks nothing, but says so."""
        for old, new in zip(before.lanes, after.lanes, strict=True):
            if new.over > old.over:
                text = f"{new.stage.stage} holds {new.held} of {new.stage.wip_limit}: {new.over} over its limit"
                self.notify(text, severity="warning", timeout=4, markup=False)

    async def _store_moves(self, wish: Wish, steps: Sequence[Step], along: Along | None, line: _Line) -> None:
        numbers: list[int] = []

        def act() -> Any:  # noqa: ANN401 - what the service returned
            if line.is_broken:
                return None
            result = self._write(wish, steps, along)
            last = self.session.desk.last
            numbers.append(last.number if last is not None else 0)
            return result

        try:
            done = await self.app.write(act)
        except CrmError as error:
            line.is_broken = True
            self.writing -= 1
            self.post_message(self.Stopped(wish, along, error))
        else:
            self.writing -= 1
            if numbers:
                self.post_message(self.Stored(wish, done, numbers[0]))

    def _write(self, wish: Wish, steps: Sequence[Step], along: Along | None) -> Any:  # noqa: ANN401
        return self.session.deals.move_each(steps, (along or Along())._replace(edit=self._given(wish)))

    def on_deal_moving_stored(self, event: DealMoving.Stored) -> None:
        """What is shown is what the store holds, unless someone else wrote in between."""
        event.stop()
        picture = self.picture
        reopened = any(card.kind != "open" for card, _ in event.wish.moves)  # its card did not know the next step
        if picture is not None and picture.revision[0] + 1 == event.number and not reopened:
            self.picture = picture._replace(revision=(event.number, picture.revision[1]))
        self.post_message(self.Written(event.done, said(event.wish)))

    def on_deal_moving_stopped(self, event: DealMoving.Stopped) -> None:
        """Show the store as it is; where others were quicker, show both and ask."""
        event.stop()
        self.forget_picture()
        if isinstance(event.error, Stale):
            self._ask_anyway(event.wish, event.along, event.error)
        else:
            self.post_message(self.Failed(f"{told_cards(event.wish)} can't be moved", event.error))

    def _ask_anyway(self, wish: Wish, along: Along | None, error: Stale) -> None:
        from crmcli.tui.modals.verb_form import moved_meanwhile

        self.store_changed()

        def answered(yes: bool | None) -> None:
            if yes:
                self.send(wish, along, anyway=True)

        self.app.push_screen(moved_meanwhile(error), answered)


def _wants_asking(wish: Wish) -> bool:
    places = {stage.number: place for place, stage in enumerate(wish.stages)}
    for card, stage in wish.moves:
        if stage.number == card.stage:
            continue
        way = wish.stages[places[card.stage] + 1 : places[stage.number]]
        if stage.kind == "lost" or stage.required or any(each.required for each in way):
            return True
    return False


def steps_of(wish: Wish) -> list[Step]:
    """The wish as the service wants it."""
    names = {stage.number: stage.stage for stage in wish.stages}
    return [Step(card.id, stage.stage, names[card.stage]) for card, stage in wish.moves]


def _unseen(steps: Sequence[Step]) -> list[Step]:
    """The same, wherever the deals are by now."""
    return [step._replace(seen=None) for step in steps]


def told_cards(wish: Wish) -> str:
    """The cards in a few words."""
    return f"#{wish.moves[0][0].number}" if len(wish.moves) == 1 else f"{len(wish.moves)} deals"


def said(wish: Wish) -> str:
    """What was done, in a few words."""
    card = wish.moves[0][0]
    what = f"#{card.number} {card.title}" if len(wish.moves) == 1 else f"{len(wish.moves)} deals"
    stages = {stage.stage for each, stage in wish.moves if stage.number != each.stage}
    parts = [stages.pop()] if len(stages) == 1 else ["moved"] if stages else []
    if wish.owner is not None:
        parts.append(wish.owner or "no one")
    return f"{what} → {', '.join(parts)}"


def _placed(card: BoardCard, stage: StageView, owner: str | None, now: Any, reason: str | None) -> BoardCard:  # noqa: ANN401
    if stage.number != card.stage:
        card = card.entering(stage, now, reason)
    return card._replace(owner=owner or None) if owner is not None else card
