"""One key from whoever sits at the terminal, without waiting for Enter where the terminal allows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

_END = ("", "\x03", "\x04")  # end of input, Ctrl-C, Ctrl-D


def key_pressed(stdin: TextIO) -> str:
    """The key in lower case; an empty text when there will be no more."""
    try:
        key = _raw_key(stdin)
    except (ImportError, OSError, ValueError):
        line = stdin.readline()
        key = line.strip()[:1] if line else ""
    return "" if key in _END and key else key.lower()


def _raw_key(stdin: TextIO) -> str:
    """A key from a terminal in raw mode; raises where stdin is no such thing."""
    import termios
    import tty

    number = stdin.fileno()
    try:
        before = termios.tcgetattr(number)
    except termios.error as error:
        raise OSError(str(error)) from error
    try:
        tty.setcbreak(number, termios.TCSADRAIN)  # keys typed ahead count
        return stdin.read(1)
    finally:
        termios.tcsetattr(number, termios.TCSADRAIN, before)
