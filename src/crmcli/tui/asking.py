"""Questions to the store, asked off the thread that draws: on kept connections, and broken off when nobody waits any more."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from crmcli.errors import CrmError, StoreError

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
        self._opened: list[Reader] = []

    async def ask(self, question: Callable[[], AnswerT]) -> AnswerT:
        """The answer to a question; its query is broken off when whoever awaits it is cancelled. Raises CrmError."""
        asked = _Question(question)
        try:
            return await asyncio.wrap_future(self._threads.submit(self._answer, asked))
        except asyncio.CancelledError:
            asked.break_off()
            raise

    @contextmanager
    def reader(self) -> Iterator[Reader]:
        """The reader of the thread that asks; any other thread gets one of its own, closed afterwards."""
        asked: _Question | None = getattr(self._here, "asked", None)
        if asked is None:
            with self._store.reader() as reader:
                yield reader
            return
        reader = self._kept()
        asked.reader = reader
        if asked.is_over:
            raise asyncio.CancelledError
        try:
            yield reader
        except StoreError:
            self._here.reader = None
            reader.close()
            raise

    def close(self) -> None:
        """Let go of the store."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for reader in self._opened:
            reader.interrupt()

    def _kept(self) -> Reader:
        reader: Reader | None = getattr(self._here, "reader", None)
        if reader is None or reader.connection is None:
            reader = self._here.reader = self._store.reader()
            self._opened.append(reader)
        return reader

    def _answer(self, asked: _Question) -> Any:  # noqa: ANN401 - whatever was asked for
        if asked.is_over:
            return None
        self._here.asked = asked
        try:
            return asked.question()
        except CrmError:
            raise
        except Exception as error:
            raise self._store.explain(error) or error from error
        finally:
            self._here.asked = asked.reader = None


class _Question:
    """A question on its way: who asks it, and whether anyone still waits for the answer."""

    def __init__(self, question: Callable[[], Any]) -> None:
        self.question = question
        self.reader: Reader | None = None
        self.is_over = False

    def break_off(self) -> None:
        """Nobody waits any more."""
        self.is_over = True
        reader = self.reader
        if reader is not None:
            reader.interrupt()
