"""Lengths of time in whole minutes: ``15m``, ``1h30m``, ``1.5h``, ``2d``."""

from __future__ import annotations

import re
from itertools import pairwise

from crmcli.domain.dates import UNITS
from crmcli.domain.text import fold
from crmcli.errors import BadValue

LONGEST_DURATION = 366 * 24 * 60

_HINT = "15m, 1h30m, 1.5h, 2d"
_MINUTES_IN = {"w": 7 * 24 * 60, "d": 24 * 60, "h": 60, "min": 1}
# In a length ``m`` is minutes, in a date it is months; a bare number is minutes too.
_SCALES = {"": 1, "m": 1} | {word: _MINUTES_IN[unit] for word, unit in UNITS.items() if unit in _MINUTES_IN}


def read_duration(text: str, field: str = "duration") -> int:
    """The length meant in whole minutes, a bare number being minutes and a day 24 hours."""
    folded = fold(text).replace(",", ".")
    if folded.startswith("-"):
        raise BadValue(field, "can't be negative", hint=_HINT)
    minutes = _clocked_minutes(folded)
    if minutes is None:
        minutes = _summed_minutes(folded)
    if minutes is None:
        raise BadValue(field, f"can't read '{' '.join(text.split())[:40]}' as a length of time", hint=_HINT)
    if minutes > LONGEST_DURATION:
        raise BadValue(field, "can't be longer than 366 days", hint=_HINT)
    return int(minutes + 0.5)


def read_seconds(text: str, field: str) -> float:
    """A time to wait in seconds, a bare number being seconds: ``30``, ``0.5s``, ``5m``."""
    found = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?)\s*(s|m|h)?", fold(text))
    seconds = float(found[1]) * {"s": 1, "m": 60, "h": 3600}[found[2] or "s"] if found else 0
    if not 0 < seconds <= 24 * 3600:
        raise BadValue(field, f"can't read {' '.join(text.split())[:40]!r} as a time to wait", hint="30s, 5m")
    return seconds


def _clocked_minutes(text: str) -> float | None:
    match = re.fullmatch(r"(\d{1,4}):([0-5]\d)", text)
    return int(match[1]) * 60 + int(match[2]) if match else None


def _summed_minutes(text: str) -> float | None:
    """``1d 2h 30m``, each unit once and the larger before the smaller; a last number without its unit is minutes."""
    piece = r"(\d{1,9}+(?:\.\d{1,9}+)?+) ?+([a-z]*+) ?+"
    if not re.fullmatch(f"(?:{piece})++", text):
        return None
    pieces = re.findall(piece, text)
    scales = [_SCALES.get(unit, 0) for _, unit in pieces]
    if 0 in scales or any(later >= earlier for earlier, later in pairwise(scales)):
        return None
    return sum(float(count) * scale for (count, _), scale in zip(pieces, scales, strict=True))


def show_duration(minutes: int) -> str:
    """A length as ``read_duration`` takes it: ``45m``, ``1h30m``, ``2d`` for whole days."""
    if minutes and minutes % _MINUTES_IN["d"] == 0:
        return f"{minutes // _MINUTES_IN['d']}d"
    hours, rest = divmod(minutes, 60)
    return (f"{hours}h" if hours else "") + (f"{rest}m" if rest or not hours else "")
