"""Random keys, clicks, sizes and other people: no error, nothing lost, and all of it can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tui.boards import context_of, fill
from tests.tui.monkey import Monkey, findings, kept, last_change, turn_back

if TYPE_CHECKING:
    from pathlib import Path

STEPS = 100


async def try_it(store: str, seed: int) -> Monkey:
    """Let a monkey play, and look what it left."""
    fill(context_of(store))
    before, start = kept(store), last_change(store)
    monkey = Monkey(store, seed)
    await monkey.play(steps=STEPS)
    assert [] == monkey.missing()
    assert [] == findings(store)
    turn_back(store, start)
    assert before == kept(store)
    assert [] == findings(store)
    return monkey


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_random_keys_break_and_lose_nothing(empty_sqlite: Path, tmp_path: Path, seed: int) -> None:
    """On a file."""
    import shutil

    store = tmp_path / "crm.db"
    shutil.copy(empty_sqlite, store)
    monkey = await try_it(str(store), seed)
    assert monkey.done == STEPS
