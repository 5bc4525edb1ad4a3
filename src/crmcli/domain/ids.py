"""Names for records that hold everywhere: a prefix and a ULID (https://github.com/ulid/spec)."""

from __future__ import annotations

import os
import time

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32
_last = 0


_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]


def new_uid(prefix: str) -> str:
    """A new uid such as ``ct_01J8ZV…``: 48 bits of milliseconds, 80 random; later ones of one process sort later."""
    return new_uids(prefix, 1)[0]


def new_uids(prefix: str, count: int) -> list[str]:
    """As many new uids, in order; the first is random, the others follow it."""
    global _last  # noqa: PLW0603 - the ULID specification asks for monotony within a process
    first = time.time_ns() // 1_000_000 << 80 | int.from_bytes(os.urandom(10), "big")
    first = max(first, _last + 1)
    _last = first + count - 1
    heads = {high: f"{prefix}_{_letters(high, 22)}" for high in range(first >> 20, (_last >> 20) + 1)}
    return [
        heads[number >> 20] + _PAIRS[number >> 10 & 1023] + _PAIRS[number & 1023] for number in range(first, _last + 1)
    ]


def _letters(number: int, count: int) -> str:
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(count)))
