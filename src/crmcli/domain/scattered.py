"""One number in so many, scattered: numbers at even steps would all be of one owner where records were dealt out in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Knuth's multiplicative hash: 2^32 divided by the golden ratio.
FACTOR = 2654435761
SIZE = 1 << 32


def chosen_numbers(every: int, highest: int) -> Iterator[int]:
    """The numbers whose product with the factor, modulo the size, is below the size / ``every``: from 0 up to the highest.

    Between two neighbours there are only three distances, the third being the sum of the others (the three-gap theorem).
    """
    below = (SIZE - 1) // every + 1
    up = next(step for step in range(1, SIZE) if step * FACTOR % SIZE < below)
    down = next(step for step in range(1, SIZE) if SIZE - step * FACTOR % SIZE < below)
    rise, fall = up * FACTOR % SIZE, SIZE - down * FACTOR % SIZE
    number, place = 0, 0
    while number <= highest:
        yield number
        can_rise, can_fall = place + rise < below, place >= fall
        if can_rise and (not can_fall or up <= down):
            number, place = number + up, place + rise
        elif can_fall:
            number, place = number + down, place - fall
        else:
            number, place = number + up + down, place + rise - fall
