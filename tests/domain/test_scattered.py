"""Which numbers are chosen where one in so many is enough."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from crmcli.domain.scattered import FACTOR, SIZE, chosen_numbers


@given(some.integers(1, 5000), some.integers(0, 20_000))
def test_they_are_found_without_looking_at_each(every: int, highest: int) -> None:
    chosen = [number for number in range(highest + 1) if number * FACTOR % SIZE * every < SIZE]
    assert chosen == list(chosen_numbers(every, highest))


def test_about_one_in_so_many_is_chosen_wherever_one_looks() -> None:
    """Of any thousand numbers in a row, and of any that are as far apart as owners that take turns."""
    found = set(chosen_numbers(10, 200_000))
    assert {98, 99, 100, 101, 102} >= {sum(start + n in found for n in range(1000)) for start in range(0, 190_000, 997)}
    assert all(180 <= sum(start + n * 20 in found for n in range(2000)) <= 220 for start in range(20))
