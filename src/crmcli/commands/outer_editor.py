"""A text handed to the user's own editor, from the shell."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from crmcli.errors import Refused, UsageError

_HINT = "export EDITOR=nano"


def edited(text: str, suffix: str) -> str:
    """The text as the user left it in ``$VISUAL`` or ``$EDITOR``; no shell ever reads these.

    Raises:
        UsageError: there is no such editor.
        Refused: the editor failed, so nothing is changed.
    """
    words = _command()
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=suffix, prefix="crm-", delete=False) as file:
        file.write(text)  # made by the system with mode 0600
    path = Path(file.name)
    try:
        code = subprocess.run([*words, str(path)], check=False).returncode  # noqa: S603 - the user's own editor
        if code:
            raise Refused(f"{words[0]} ended with {code}; nothing was changed")
        return path.read_text("utf-8")
    except FileNotFoundError as error:
        raise UsageError(f"no editor {words[0]}", hint=_HINT) from error
    except UnicodeDecodeError as error:
        raise Refused("the editor wrote no UTF-8; nothing was changed") from error
    except OSError as error:
        raise UsageError(f"can't start {words[0]}: {error.strerror}", hint=_HINT) from error
    finally:
        path.unlink(missing_ok=True)


def _command() -> list[str]:
    named = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        words = shlex.split(named)
    except ValueError as error:
        raise UsageError(f"can't read the editor's name {named!r}: {error}", hint=_HINT) from error
    if not words:
        raise UsageError("no editor is named", hint=_HINT)
    return words
