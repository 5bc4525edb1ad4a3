"""A terminal for the real program: what it writes can be waited for, keys can be sent, and it can be killed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

_PATIENCE = 90.0  # seconds, for a busy machine
_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?<>=]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-_])")


class Terminal:
    """``crm tui`` on a terminal of its own."""

    def __init__(self, store: str, *words: str, size: tuple[int, int] = (120, 36), **settings: str) -> None:
        main, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        environment = {**os.environ, "CRM_DB": store, "TERM": "xterm-256color", **settings}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "crmcli", "tui", *words], stdin=side, stdout=side, stderr=side, env=environment,
            start_new_session=True,
        )  # fmt: skip
        os.close(side)
        self._main = main
        self._written = b""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        with contextlib.suppress(OSError):  # the other end is closed when the program is gone
            while piece := os.read(self._main, 65536):
                self._written += piece

    @property
    def text(self) -> str:
        """All that was ever written, without what only moves or colours."""
        return _ESCAPES.sub("", self._written.decode("utf-8", "replace"))

    def send(self, keys: str) -> None:
        """Press keys, as the bytes that a terminal sends for them."""
        os.write(self._main, keys.encode())

    def wait_for(self, text: str, times: int = 1) -> None:
        """Wait until a text was written so often."""
        end = time.monotonic() + _PATIENCE
        while self.text.count(text) < times:
            assert self.process.poll() is None, self.text[-2000:]
            assert time.monotonic() < end, f"{text!r} never came: {self.text[-3000:]}"
            time.sleep(0.005)

    def wait_for_bytes(self, *pieces: bytes) -> None:
        """Wait until these were written, which the program may not outlive."""
        end = time.monotonic() + _PATIENCE
        while not all(piece in self._written for piece in pieces):
            assert time.monotonic() < end, self._written[-2000:]
            time.sleep(0.005)

    def kill(self) -> None:
        """End it at once, with no word of warning."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        self._reader.join(2)
        os.close(self._main)
