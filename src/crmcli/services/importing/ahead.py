"""Work that a child process does ahead of this one, so that reading a file and storing its rows take a processor each.

The child is a copy of this process as it is, made before any store is open; what it makes comes through a pipe, which
holds so much and no more.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import struct
import sys
import threading
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, NoReturn

from crmcli.errors import CrmError, Interrupted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ROOM = 1 << 20  # bytes in the pipe, where the system lets it be that wide
_HEAD = struct.Struct("!cQ")
_PIECE, _END, _ERROR = b"p", b"e", b"x"


def can_go_ahead() -> bool:
    """Whether this process can be copied: other threads would not be, and what they hold would be held for ever."""
    return hasattr(os, "fork") and threading.active_count() == 1 and (os.cpu_count() or 1) > 1


class Ahead:
    """The pieces that a child process makes; raises what is raised there, Interrupted if it is killed."""

    def __init__(self, work: Callable[[Callable[[], bool]], Iterator[bytes]], what: str) -> None:
        """Begin the ``work``, which may ask by its argument what ``want`` says just now."""
        from mmap import mmap

        self._what = what
        self._wanted = mmap(-1, 1)
        self.want(True)  # noqa: FBT003
        reading, writing = os.pipe()
        _widen(writing)
        self._child = os.fork()
        if not self._child:
            os.close(reading)
            _work(work(self._is_wanted), writing)
        os.close(writing)
        self._pipe: BinaryIO = os.fdopen(reading, "rb", buffering=1 << 16)

    def want(self, wanted: bool) -> None:
        """Tell the child whether what it makes is still of use; it hears of it in good time."""
        self._wanted[0] = wanted

    def _is_wanted(self) -> bool:
        return bool(self._wanted[0])

    def __iter__(self) -> Iterator[bytes]:
        """The pieces, in their order."""
        while True:
            kind, length = _HEAD.unpack(self._read(_HEAD.size))
            if kind == _END:
                return
            piece = self._read(length)
            if kind == _ERROR:
                raise _revived(piece)
            yield piece

    def _read(self, length: int) -> bytes:
        piece = self._pipe.read(length)
        if len(piece) < length:
            how = _ending(self._wait())
            raise Interrupted(f"{self._what} was cut short: its reader {how}; nothing was stored", hint="run it again")
        return piece

    def close(self) -> None:
        """End the child, wherever it is."""
        self._pipe.close()
        if self._child:
            with suppress(ProcessLookupError):
                os.kill(self._child, signal.SIGKILL)
            self._wait()
        self._wanted.close()

    def _wait(self) -> int:
        child, self._child = self._child, 0
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _widen(pipe: int) -> None:
    if sys.platform == "linux":
        import fcntl

        with suppress(OSError):  # a user may have many pipes already
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _ROOM)


def _work(pieces: Iterator[bytes], pipe: int) -> NoReturn:
    """What the child does, to its end; it leaves without a word, for what is half written belongs to its parent."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent gets it too, and ends this
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        gc.freeze()  # nothing of the parent's is to be closed here
        with os.fdopen(pipe, "wb", buffering=1 << 18) as out:
            try:
                for piece in pieces:
                    _write(out, _PIECE, piece)
                _write(out, _END, b"")
            except BrokenPipeError:
                os._exit(0)
            except Exception as error:  # noqa: BLE001 - it is raised in the parent
                _write(out, _ERROR, _told(error))
            out.flush()
            os._exit(0)
    finally:
        os._exit(1)


def _write(out: BinaryIO, kind: bytes, piece: bytes) -> None:
    out.write(_HEAD.pack(kind, len(piece)))
    out.write(piece)


def _told(error: Exception) -> bytes:
    """An exception as bytes: its class and all that it says; where that can't be told, its traceback."""
    trace = "".join(traceback.format_exception(error))
    if isinstance(error, CrmError):
        with suppress(Exception):
            return pickle.dumps((type(error), error.args, error.__dict__, trace))
    return pickle.dumps((RuntimeError, (f"{type(error).__name__}: {error}",), {}, trace))


def _revived(piece: bytes) -> Exception:
    kind, args, state, trace = pickle.loads(piece)  # noqa: S301 - of our own child
    error: Exception = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    error.add_note(trace)
    return error


def _ending(code: int) -> str:
    if code >= 0:
        return f"ended with {code}"
    with suppress(ValueError):
        return f"was ended by {signal.Signals(-code).name}"
    return f"was ended by signal {-code}"
