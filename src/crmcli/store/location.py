"""Where a store is: a SQLite file or a PostgreSQL server."""

from __future__ import annotations

from pathlib import Path

from crmcli.domain.frozen import NamedTuple
from crmcli.errors import UsageError

_SECRET = ("password=", "sslpassword=", "passfile=")
_POSTGRES = ("postgresql://", "postgres://", "postgresql+psycopg://")
_SQLITE = "sqlite:///"


class Location(NamedTuple):
    """A store's place; exactly one of ``path`` and ``url`` is set."""

    path: Path | None
    url: str | None

    @property
    def engine(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return "sqlite" if self.path else "postgresql"

    @property
    def label(self) -> str:
        """The place as it may be shown: without a password."""
        if self.path:
            return str(self.path)
        place, question, options = (self.url or "").partition("?")
        head, at, tail = place.rpartition("@")
        scheme, _, login = head.partition("://")
        shown = f"{scheme}://{login.partition(':')[0]}@{tail}" if at else tail
        kept = [option for option in options.split("&") if not option.startswith(_SECRET)]
        return shown + (question and "?" + "&".join(kept) if any(kept) else "")


def locate(text: str) -> Location:
    """The location that ``text`` names: ``postgresql://…`` or a path (``sqlite:///`` and ``~`` are understood).

    Raises:
        UsageError: it is a URL of a kind of store there is not.
    """
    for scheme in _POSTGRES:
        if text.startswith(scheme):
            return Location(None, "postgresql://" + text.removeprefix(scheme))
    path = text.removeprefix(_SQLITE)
    scheme, mark, _ = path.partition("://")
    if mark and scheme.isascii() and scheme[:1].isalpha() and all(c.isalnum() or c in "+.-" for c in scheme):
        raise UsageError(f"unknown kind of store {scheme}://", hint="a file, or postgresql://…")
    return Location(Path(path).expanduser(), None)
