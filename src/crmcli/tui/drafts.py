"""What was typed into a form and not yet stored, kept in small files so that it outlives the program."""

from __future__ import annotations

import json
import os
import threading
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.paths import make_private

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_FORMAT = "crm form 1"
_LONGEST = 5_000_000  # bytes of a file that may be one of ours
_NEW = "new"


class Typed(NamedTuple):
    """What was typed at an earlier time, by field, and what the form had shown there before."""

    at: datetime
    fields: Mapping[str, str]
    before: Mapping[str, str] = {}


class Drafts:
    """A folder of drafts, one file for each store, form and record, which nobody else may read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def of(self, store: str, form: str, record: str = "") -> Draft:
        """The draft of a form about a record, or of a new one."""
        key = sha256("\0".join((store, form, record)).encode("utf-8", "surrogatepass")).hexdigest()[:24]
        # The record's uid stands in the name, so that whoever forgets a record finds its drafts.
        plain = "".join(c for c in record if c.isalnum() or c == "_")[:40]
        return Draft(self.folder / f"{plain or _NEW}-{key}.json", {"store": store, "form": form, "record": record})


class Draft:
    """One draft; written by one thread at a time, and never again once it is dropped."""

    def __init__(self, path: Path, about: Mapping[str, str]) -> None:
        self.path = path
        self._about = about
        self._lock = threading.Lock()
        self._is_dropped = False
        self._latest: Typed | None = None

    def read(self) -> Typed | None:
        """What was typed; None when there is nothing, or nothing that this program wrote for this very form."""
        try:
            if self.path.stat().st_size > _LONGEST:
                return None
            kept = json.loads(self.path.read_text("utf-8"))
            if kept["format"] != _FORMAT or any(kept[name] != value for name, value in self._about.items()):
                return None
            fields, before = _texts(kept["fields"]), _texts(kept["before"])
            at = datetime.fromisoformat(kept["at"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None
        return Typed(at, fields, before) if fields and at.tzinfo is not None else None

    def keep(self, typed: Typed) -> None:
        """Write what is typed in place of what was; without a field there is no file."""
        self.put(typed)
        self.write()

    def put(self, typed: Typed) -> None:
        """This is typed now; ``write`` writes it down."""
        self._latest = typed

    def write(self) -> None:
        """Write down what was put last: of two threads the one that comes later has nothing older to write."""
        with self._lock:
            typed = self._latest
            if self._is_dropped or typed is None:
                return
            if not typed.fields:
                self._remove()
                return
            what = {"at": typed.at.isoformat(), "fields": dict(typed.fields), "before": dict(typed.before)}
            self._write(json.dumps({"format": _FORMAT, **self._about, **what}))

    def drop(self) -> None:
        """It is stored, or not wanted any more."""
        with self._lock:
            self._is_dropped = True
            self._remove()

    def _write(self, text: str) -> None:
        part = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        try:
            make_private(self.path.parent)
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
                file.write(text)
            part.replace(self.path)
        except OSError:
            # A full or read-only disk must not stop the typing.
            _unlink(part)

    def _remove(self) -> None:
        _unlink(self.path)


def _unlink(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _texts(kept: Mapping[object, object]) -> dict[str, str]:
    return {str(name): text for name, text in kept.items() if isinstance(text, str)}
