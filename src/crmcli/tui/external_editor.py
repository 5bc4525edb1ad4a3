"""A text handed to the user's own editor and back."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmcli.errors import Refused, UsageError

if TYPE_CHECKING:
    from textual.app import App


def command() -> list[str]:
    """The words of ``$VISUAL`` or ``$EDITOR``; no shell ever reads them."""
    named = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        words = shlex.split(named)
    except ValueError as error:
        raise UsageError(f"can't read the editor's name {named!r}: {error}", hint="export EDITOR=nano") from error
    if not words:
        raise UsageError("no editor is named", hint="export EDITOR=nano")
    return words


def edited(app: App[Any], text: str, suffix: str = ".md") -> str:
    """The text as the user left it in the editor, the application out of the way meanwhile.

    Raises:
        UsageError: there is no such editor.
        Refused: the editor failed, or the terminal can't be handed over; nothing is changed.
    """
    from textual.app import SuspendNotSupported

    words = command()
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=suffix, prefix="crm-", delete=False) as file:
        file.write(text)  # made by the system with mode 0600
    path = Path(file.name)
    try:
        with app.suspend():
            code = subprocess.run([*words, str(path)], check=False).returncode  # noqa: S603 - the user's own editor
        if code:
            raise Refused(f"{words[0]} ended with {code}; the text is as it was")
        return path.read_text("utf-8", errors="replace").removesuffix("\n")
    except SuspendNotSupported as error:
        raise Refused("this terminal can't be handed to an editor") from error
    except FileNotFoundError as error:
        raise UsageError(f"no editor {words[0]}", hint="export EDITOR=nano") from error
    except OSError as error:
        raise UsageError(f"can't start {words[0]}: {error.strerror}", hint="export EDITOR=nano") from error
    finally:
        path.unlink(missing_ok=True)
