"""A monkey at the terminal: it presses, types, clicks and turns things, and afterwards everything has to be right."""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from textual.events import Key, MouseDown, MouseEvent, MouseMove, MouseScrollDown, MouseScrollUp, MouseUp
from textual.keys import key_to_character
from textual.widgets import Input, TextArea
from textual.worker import WorkerFailed

from crmcli.domain.fields import PLURAL
from crmcli.domain.records import as_record
from crmcli.errors import CrmError
from crmcli.services.pipelines import StageDraft
from crmcli.services.records import Changes, Query
from crmcli.tui.app import CrmApp
from crmcli.tui.keys.registry import DIALOGS, PLACES, scopes_of
from crmcli.tui.screens.place import Place
from crmcli.tui.session import Session
from crmcli.tui.tabs import TABS
from tests.tui.boards import context_of
from tests.tui.rest import at_rest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from textual.pilot import Pilot

    from crmcli.context import AppContext

SIZES = ((80, 24), (120, 36), (200, 60), (40, 10), (100, 30))
WORDS = (
    "Acme", "Żubr", "张伟", "Георгиева", "سلام", "👩‍🚀", "x@example.com", "+359888123456", "12500", "1.5k EUR", "tomorrow", "fri",
    "2026-12-01", "next week", "value > 10k", "owner = me", "stage =", "-vip", "price", "call", "[bold]", "a,b", '"', "\\", "'; --",
    "https://x.example", "7", "=1+1", "won", "negotiation", "maria", " ", "e", "an",
)  # fmt: skip
_UNSEEN = ("updated_at", "updated_by", "version")  # what taking a change back does not turn back
_LAST = 80  # steps that are told of when something goes wrong
_PATIENCE = 6  # times as long as a small store may take
_LONGEST_WAIT = 30  # seconds that a key may wait once all else is done
_CALM_EVERY = 25  # steps, until the program is let come to rest and is looked at


class Witness(Session):
    """A sitting that remembers what it stored."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.stored: list[str] = []  # uids of change sets
        self.results: list[Any] = []

    def _write(self, action: Callable[[], Any]) -> tuple[Any, str | None]:
        result, change_set = super()._write(action)
        self.results.append(result)
        if change_set is not None:
            self.stored.append(change_set)
        return result, change_set


class Someone:
    """Another one, who writes into the same store meanwhile."""

    def __init__(self, store: str, chance: random.Random) -> None:
        self._context = context_of(store)
        self._chance = chance
        self._made = 0

    def act(self) -> None:
        """Add, change or remove something, or have deals go through other stages."""
        try:
            self._chance.choices((self._add, self._change, self._remove, self._rearrange), (4, 8, 4, 1))[0]()
        except CrmError:  # the record is just gone, or someone else was first
            return

    def _add(self) -> None:
        self._made += 1
        contacts = self._context.contacts
        contacts.add(contacts.draft({"name": f"Someone {self._made}", "tags": ["new"]}))

    def _any(self, noun: str) -> Any:
        found = list(self._context.records(noun).list(Query(limit=20)))
        return self._chance.choice(found) if found else None

    def _change(self) -> None:
        deal, deals = self._any("deal"), self._context.deals
        if deal is not None:
            value = str(self._chance.randrange(100_000))
            deals.edit(deal.id, deals.edit_draft(Changes({"value": value, "next_step": f"ask about {value}"})))

    def _rearrange(self) -> None:
        self._made += 1
        pipelines = self._context.pipelines
        stage = self._chance.choice(pipelines.list())
        deed = self._chance.randrange(4)
        if deed == 0:
            pipelines.add(f"way {self._made}", ["asked", "offered", "agreed"], "done", "over")
        elif deed == 1:
            pipelines.add_stage(stage.pipeline, StageDraft(f"stage {self._made}"))
        else:
            others = [each.stage for each in pipelines.list(stage.pipeline) if each.number != stage.number]
            pipelines.remove_stage(stage.pipeline, stage.stage, move_to=self._chance.choice(others))

    def _remove(self) -> None:
        noun = self._chance.choice(("contact", "activity", "deal"))
        found = self._any(noun)
        if found is not None:
            self._context.records(noun).remove(found.id)


class Monkey:
    """Random hands on the program, the same for the same seed as far as the clock allows."""

    def __init__(self, store: str, seed: int, *, others: bool = True) -> None:
        self.store = store
        self.steps: deque[str] = deque(maxlen=_LAST)
        self.done = 0
        self._start = last_change(store)
        self._chance = random.Random(seed)
        self._someone = Someone(store, self._chance) if others else None
        self.session = Witness(context_of(store))
        self.app = CrmApp(self.session, start=self._chance.choice(TABS).name, theme="crm-dark")
        self.app.action_quit = _stay  # type: ignore[method-assign]
        self.said: list[Any] = []

    async def play(self, *, seconds: float = 0.0, steps: int = 0) -> None:
        """Go on for so long, or so many steps; AssertionError tells what was done last before something went wrong."""
        end = time.monotonic() + seconds
        with _nothing_outside():
            try:
                async with self.app.run_test(size=(120, 36), message_hook=self._hear) as pilot:
                    await at_rest(self.app)
                    while self.done < steps or time.monotonic() < end:
                        await self._step(pilot)
                    await self._leave()
            except WorkerFailed as failed:
                raise AssertionError(self._told()) from failed.error  # the one with the traceback
            except Exception as error:
                raise AssertionError(self._told()) from error
        assert self.app.bug is None, list(self.steps)

    def _told(self) -> str:
        return f"after {self.done} steps, at {[type(screen).__name__ for screen in self.app.screen_stack]}: {list(self.steps)}"

    def _hear(self, message: Any) -> None:
        if isinstance(message, Place.Written):
            self.said.append(message.done.result)

    async def _step(self, pilot: Pilot[None]) -> None:
        acts: tuple[tuple[int, Callable[[Pilot[None]], Awaitable[None]]], ...] = (
            (100, self._press), (12, self._click), (4, self._turn), (3, self._drag), (2, self._wheel), (2, self._resize),
            (2, self._dress), (2, self._visit), (3, self._interfere), (2, self._command),
        )  # fmt: skip
        act = self._chance.choices([act for _, act in acts], [weight for weight, _ in acts])[0]
        await act(pilot)
        self.done += 1
        await asyncio.sleep(self._chance.choice((0, 0, 0.001, 0.01)))
        if self.done % _CALM_EVERY == 0:
            await self._look()

    async def _look(self) -> None:
        """Let the program come to rest, and see that it still runs, that no key waits for ever, and what is above what."""
        await self._rest()
        assert self.app.is_running
        end = time.monotonic() + _LONGEST_WAIT
        while self.app._turns.has_waiting and time.monotonic() < end:
            await asyncio.sleep(0.1)
        assert not self.app._turns.has_waiting, f"keys wait for ever before {self.app.screen}"
        assert sum(isinstance(screen, Place) for screen in self.app.screen_stack) == 1, self.app.screen_stack

    async def _rest(self) -> None:
        """Wait until nothing goes on any more; on a very large store that takes a while."""
        for left in reversed(range(_PATIENCE)):
            assert self.app.bug is None
            try:
                await at_rest(self.app)
            except AssertionError:
                if not left:
                    raise
            else:
                return

    def missing(self) -> list[str]:
        """What was said to be done and is not in the store, and what is there that nobody stored."""
        sql = "SELECT uid FROM change_set WHERE origin = 'tui' AND id > ?"
        with context_of(self.store).desk.reading() as reader:
            there = {str(uid) for (uid,) in reader.rows(sql, (self._start,))}
        stored = self.session.stored
        # A step says only the deal that it moved, which is a part of its result.
        parts = [result if isinstance(result, tuple) else () for result in self.session.results]
        known = {id(done) for done in (*self.session.results, *chain.from_iterable(parts))}
        wrong = [f"{uid} was lost" for uid in stored if uid not in there]
        wrong += [f"{uid} came from nowhere" for uid in there.difference(stored)]
        return wrong + [
            f"said, and never done: {each}" for each in self.said if each is not None and id(each) not in known
        ]

    # -- what it does

    async def _press(self, _pilot: Pilot[None]) -> None:
        typing = isinstance(self.app.focused, (Input, TextArea))
        if typing and self._chance.random() < 0.4:
            await self._type(self._chance.choice(WORDS))
        else:
            await self._key(self._chance.choice(self._keys(typing=typing)))

    def _keys(self, *, typing: bool) -> list[str]:
        """The keys there are where the program stands, the ways out of a dialog more often than others."""
        screen = self.app.screen
        if isinstance(screen, Place):
            scopes = scopes_of(screen.name or "today")
        else:
            scopes = (*PLACES["search"], *(scope for dialog in DIALOGS.values() for scope in dialog))
        keys = [each for _, bound in scopes for key in bound for each in key.keys.split(",") if each]
        if not isinstance(screen, Place) or typing:
            keys += ["escape", "enter", "tab", "ctrl+s"] * (len(keys) // 12) + [
                "backspace",
                "shift+tab",
                "left",
                "delete",
            ]
        return keys

    async def _type(self, word: str) -> None:
        self.steps.append(f"type {word}")
        for character in word:
            self.app.post_message(Key(character, character))
            await asyncio.sleep(0)

    async def _key(self, key: str) -> None:
        self.steps.append(key)
        self.app.post_message(Key(key, key_to_character(key)))

    def _anywhere(self) -> tuple[int, int]:
        width, height = self.app.size
        return self._chance.randrange(width), self._chance.randrange(height)

    async def _mouse(
        self, does: type[MouseEvent], at: tuple[int, int], *, shift: bool = False, control: bool = False
    ) -> None:
        """As a terminal tells it: to the program, whose uppermost screen it is for. The pilot's own may be gone by then."""
        button = 1 if does in (MouseDown, MouseUp) else 0
        self.app.post_message(does(None, *at, 0, 0, button, shift, False, control))
        await asyncio.sleep(0)

    async def _click(self, _pilot: Pilot[None]) -> None:
        offset, times = self._anywhere(), self._chance.choice((1, 1, 1, 2))
        control, shift = self._chance.random() < 0.1, self._chance.random() < 0.1
        self.steps.append(f"click {offset} {times} {control} {shift}")
        await self._mouse(MouseMove, offset)
        for does in (MouseDown, MouseUp) * times:
            await self._mouse(does, offset, shift=shift, control=control)

    async def _drag(self, _pilot: Pilot[None]) -> None:
        start, end = self._anywhere(), self._anywhere()
        self.steps.append(f"drag {start} {end}")
        for does, at in ((MouseMove, start), (MouseDown, start), (MouseMove, end), (MouseUp, end)):
            await self._mouse(does, at)

    async def _wheel(self, _pilot: Pilot[None]) -> None:
        offset, does = self._anywhere(), self._chance.choice((MouseScrollDown, MouseScrollUp))
        self.steps.append(f"{does.__name__} {offset}")
        for _ in range(self._chance.choice((1, 3, 10))):
            await self._mouse(does, offset)

    async def _resize(self, pilot: Pilot[None]) -> None:
        size = self._chance.choice(SIZES)
        self.steps.append(f"resize {size}")
        await pilot.resize_terminal(*size)

    async def _dress(self, _pilot: Pilot[None]) -> None:
        theme = self._chance.choice(sorted(self.app.available_themes))
        self.steps.append(f"theme {theme}")
        self.app.theme = theme

    async def _turn(self, _pilot: Pilot[None]) -> None:
        await self._key(self._chance.choice(("u", "u", "ctrl+r", "3", "full_stop", "left_square_bracket")))

    async def _visit(self, _pilot: Pilot[None]) -> None:
        await self._key(str(self._chance.randrange(1, 10)))

    async def _command(self, _pilot: Pilot[None]) -> None:
        await self._key("ctrl+p")
        await asyncio.sleep(0.02)
        await self._type(self._chance.choice(("un", "th", "de", "go", "x")))
        await asyncio.sleep(0.05)
        await self._key("enter")

    async def _interfere(self, _pilot: Pilot[None]) -> None:
        if self._someone is not None:
            self.steps.append("someone else writes")
            await asyncio.to_thread(self._someone.act)

    async def _leave(self) -> None:
        """Every dialog closed, every write at its end."""
        await self._rest()
        while not isinstance(self.app.screen, Place):
            self.app.screen.dismiss()
            await self._rest()
        assert self.app.place is not None
        assert self.app.place.writing == 0


async def _stay() -> None:
    """What ``q`` does to this program: nothing, or the hour would soon be over."""


@contextmanager
def _nothing_outside() -> Iterator[None]:
    """No browser and no mail program opens."""
    with patch("crmcli.tui.outside._opener", lambda: ["true"]):
        yield


# -- what has to be right afterwards


def kept(store: str) -> dict[str, list[dict[str, Any]]]:
    """All records, as the shell would list them, without the moments at which they were changed last."""
    context = context_of(store)
    found = {}
    for noun in PLURAL:
        records = [dict(as_record(view)) for view in context.records(noun).list(Query())]
        found[noun] = sorted(
            ({name: value for name, value in each.items() if name not in _UNSEEN} for each in records),
            key=lambda each: str(each["id"]),
        )
    return found


def last_change(store: str) -> int:
    """The number of the last change set."""
    with context_of(store).desk.reading() as reader:
        return int(reader.value("SELECT max(id) FROM change_set") or 0)


def findings(store: str) -> list[Any]:
    """What ``crm store check`` finds."""
    return list(context_of(store).keeping.check().findings)


def turn_back(store: str, start: int) -> None:
    """Take back every change since that one, the last first."""
    context = context_of(store)
    with context.desk.reading() as reader:  # a server gives no number again that a failed write had
        since = reader.rows("SELECT id FROM change_set WHERE id > ? ORDER BY id DESC", (start,))
    for (number,) in since:
        context.history.undo(str(number))
