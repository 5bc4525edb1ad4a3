"""Who gets which version, when versions are tried against each other: by chance, and the same at every asking."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def share_of(key: str, shares: Sequence[int]) -> int:
    """The place of the version that falls to a key, each with the chance of its share; no share at all is 1 each."""
    from hashlib import blake2b

    weights = [max(share, 0) for share in shares]
    weights = weights if any(weights) else [1] * len(weights)
    point = int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big") % sum(weights)
    for place, weight in enumerate(weights):
        if point < weight:
            return place
        point -= weight
    raise AssertionError("a point lies in one of the shares")
