"""Names for records that hold everywhere: a prefix and a ULID (https://github.com/ulid/spec)."""

from __future__ import annotations

import os
import time

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32
_last = 0


def new_uid(prefix: str) -> str:
    """A new uid such as ``ct_01J8ZV…``: 48 bits of milliseconds, 80 random; later ones of one process sort later."""
    global _last  # noqa: PLW0603 - the ULID specification asks for monotony within a process
    number = time.time_ns() // 1_000_000 << 80 | int.from_bytes(os.urandom(10), "big")
    _last = number = number if number > _last else _last + 1
    letters = []
    for _ in range(26):
        letters.append(_ALPHABET[number & 31])
        number >>= 5
    return f"{prefix}_{''.join(reversed(letters))}"
