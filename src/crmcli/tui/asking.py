"""Questions to the store, asked off the thread that draws: on kept connections, and broken off when nobody waits any more."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from crmcli.errors import CrmError, Interrupted, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crmcli.store.reader import Reader
    from crmcli.store.store import Store

AnswerT = TypeVar("AnswerT")
_THREADS = 2  # one may be busy with something long while the other answers what is short


class Asking:
    """A few threads, each with a reader of its own that stays open between questions."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._here = threading.local()
        self._threads = ThreadPoolExecutor(_THREADS, "crm-read")
        self._stopping = ThreadPoolExecutor(1, "crm-stop")
        self._asked: set[_Question] = set()

    async def ask(self, question: Callable[[], AnswerT]) -> AnswerT:
        """The answer to a question; its query is broken off when whoever awaits it is cancelled. Raises CrmError."""
        asked = _Question(question)
        try:
            return await asyncio.wrap_future(self._threads.submit(self._answer, asked))
        except asyncio.CancelledError:
            # Telling a server to stop is a question of its own, so it is done off this thread too.
            self._stopping.submit(asked.break_off)
            raise

    @contextmanager
    def reader(self) -> Iterator[Reader]:
        """The reader of the thread that asks; any other thread gets one of its own, closed afterwards."""
        asked: _Question | None = getattr(self._here, "asked", None)
        if asked is None:
            with self._store.reader() as reader:
                yield reader
            return
        if asked.reader is not None:  # a question within the question
            yield asked.reader
            return
        reader = self._kept()
        asked.take(reader)
        try:
            yield reader
        except StoreError:
            self._here.reader = None
            reader.close()
            raise

    def close(self) -> None:
        """Let go of the store; what is being asked is broken off."""
        for asked in list(self._asked):
            asked.break_off()
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._stopping.shutdown(wait=False)

    def _kept(self) -> Reader:
        kept: Reader | None = getattr(self._here, "reader", None)
        if kept is not None and not kept.is_idle:  # a stream was left half read, and would hold it to an old view
            kept.close()
            kept = None
        self._here.reader = None
        reader = self._here.reader = self._store.renewed(kept)
        return reader

    def _answer(self, asked: _Question) -> Any:  # noqa: ANN401 - whatever was asked for
        if asked.is_over:
            return None
        self._here.asked = asked
        self._asked.add(asked)
        try:
            return asked.question()
        except CrmError:
            raise
        except Exception as error:
            raise self._store.explain(error) or error from error
        finally:
            self._asked.discard(asked)
            self._here.asked = None
            asked.finish()


class _Question:
    """A question on its way: on which reader it is asked, and whether anyone still waits for the answer."""

    def __init__(self, question: Callable[[], Any]) -> None:
        self.question = question
        self.reader: Reader | None = None
        self.is_over = False
        self._lock = threading.Lock()  # what breaks this question off must never hit the next one on the same reader

    def take(self, reader: Reader) -> None:
        """It is asked on this reader; raises Interrupted when nobody waits any more."""
        with self._lock:
            if self.is_over:
                raise Interrupted("nobody waits for the answer")
            self.reader = reader

    def finish(self) -> None:
        """It was answered."""
        with self._lock:
            self.reader = None

    def break_off(self) -> None:
        """Nobody waits any more."""
        with self._lock:
            self.is_over = True
            if self.reader is not None:
                self.reader.interrupt()
