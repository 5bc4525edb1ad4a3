"""Subjects that look like spam, or that nobody opens."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_REPLY = re.compile(r"\s*(re|fwd?|aw|wg|tr|sv|vs|ha|отг|отн|пр|回复|转发|antw)\s*(\[\d+\])?\s*[::]", re.IGNORECASE)
_MARKS = re.compile(r"[!!?]{2,}|\${2,}|€{2,}")
_MOST_EMOJI = 2
LONGEST = 78


def subject_faults(subject: str) -> Iterator[tuple[str, str, str]]:
    """What is wrong with the fixed words of a subject: how grave, what, and what to do."""
    if not subject.strip():
        yield "error", "is empty", "--subject TEXT"
        return
    if _REPLY.match(subject):
        yield (
            "warning",
            "begins like a reply or a forwarded mail, which filters and people take for a trick",
            "take it off",
        )
    if _is_shouted(subject):
        yield "warning", "is in capitals, which filters take for spam", "write it in small letters"
    if _MARKS.search(subject):
        yield "warning", "has !!! or the like, which filters take for spam", "one mark is enough"
    if sum(map(_is_emoji, subject)) > _MOST_EMOJI:
        yield "warning", f"has more than {_MOST_EMOJI} emoji, which filters take for spam", "take some off"
    if len(subject) > LONGEST:
        yield "warning", f"has {len(subject)} characters; mail programs cut it at {LONGEST}", "shorten it"


def _is_shouted(text: str) -> bool:
    letters = [c for c in text if c.isupper() or c.islower()]
    return len(letters) >= 6 and sum(c.isupper() for c in letters) > len(letters) * 0.7


def _is_emoji(character: str) -> bool:
    return unicodedata.category(character) == "So" and ord(character) >= 0x2190
