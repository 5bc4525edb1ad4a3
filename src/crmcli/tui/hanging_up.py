"""A terminal that goes away: nothing waits for it any more, and the program ends."""

from __future__ import annotations

import asyncio
import os
from typing import IO, TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App
    from textual.driver import Driver

_LOOK_SECONDS = 1.0  # between looks at a terminal that may be gone without a word
_GONE = 128 + 1  # as a shell tells of a program that its terminal took along


class _Written:
    """What the driver writes to: a terminal that is gone takes all there is, so that nobody waits for room."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a file has
        return getattr(self._file, name)

    def write(self, text: str) -> int:
        """Write it, as long as there is anyone to read it."""
        return cast("int", self._kept(lambda: self._file.write(text), len(text)))

    def flush(self) -> None:
        """Let it be seen."""
        self._kept(self._file.flush, None)

    @staticmethod
    def _kept(act: Callable[[], Any], otherwise: Any) -> Any:  # noqa: ANN401
        try:
            return act()
        except OSError:
            return otherwise


def lasting(driver: type[Driver]) -> type[Driver]:
    """The driver, made so that it outlives its terminal; one that has none is left as it is."""
    try:
        from textual.drivers.linux_driver import LinuxDriver
    except ImportError:  # no such terminals here
        return driver
    if not issubclass(driver, LinuxDriver):
        return driver

    class Lasting(driver):  # type: ignore[misc, valid-type]  # whichever of them it is
        """Writes to a terminal as long as there is one."""

        def __init__(self, *arguments: Any, **more: Any) -> None:  # noqa: ANN401 - as the driver has it
            super().__init__(*arguments, **more)
            self._file: Any = _Written(self._file)

    return Lasting


def leave_when_gone(app: App[Any]) -> None:
    """End the program once its terminal is gone, whether a signal tells of it or not."""
    number: int | None = getattr(app._driver, "fileno", None) if getattr(app._driver, "input_tty", False) else None  # noqa: SLF001
    if number is not None:
        _look(app, number)


def _look(app: App[Any], terminal: int) -> None:
    if os.isatty(terminal):
        asyncio.get_running_loop().call_later(_LOOK_SECONDS, _look, app, terminal)
    else:
        app.exit(return_code=_GONE)
