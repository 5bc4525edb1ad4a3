"""What the things that users name may be called: campaigns, segments, templates."""

from __future__ import annotations

import unicodedata

from crmcli.domain.text import is_blank, tidy
from crmcli.errors import BadValue

# Joiners and direction marks (Cf) belong to the spelling of Persian, Arabic and many emoji, so they are not among these.
_UNSHOWN = frozenset({"Cc", "Cs", "Zl", "Zp"})


def read_name(text: str, longest: int, prefix: str) -> str:
    """A name as it is kept, on one line and unlike a number or a uid of that prefix; raises BadValue."""
    kept = tidy(text)
    if len(kept) > longest or is_blank(kept):
        raise BadValue("name", f"a name has 1 to {longest} characters")
    if any(unicodedata.category(each) in _UNSHOWN for each in kept):
        raise BadValue("name", "a name is one line, without control characters", hint="leave them out")
    if kept.startswith("#") or kept.lower().startswith(f"{prefix}_"):
        raise BadValue("name", f"{kept!r} would be read as something else", hint="a name that begins with a letter")
    return kept


def in_shell(name: str) -> str:
    """A name as it is typed in a command: in quotes where a shell would make more of it than a name."""
    from shlex import quote

    return quote(name)
