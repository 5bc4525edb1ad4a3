"""The screens in a terminal, killed at any moment: the store is whole, and at most the field being typed is lost."""

from __future__ import annotations

import json
import random
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.tui.boards import context_of, fill
from tests.tui.monkey import findings
from tests.tui.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@pytest.fixture
def store(empty_sqlite: Path, tmp_path: Path) -> str:
    """A store with deals."""
    import shutil

    path = tmp_path / "crm.db"
    shutil.copy(empty_sqlite, path)
    fill(context_of(str(path)))
    return str(path)


def asked(store: str, sql: str) -> list[Sequence[Any]]:
    """What the store holds."""
    with context_of(store).desk.reading() as reader:
        return list(reader.rows(sql))


MOVES = "SELECT count(*) FROM change_set WHERE origin = 'tui'"
MOVED = f"SELECT count(*) FROM change WHERE noun = 'deal' AND relation = 'deal' AND set_id IN ({MOVES.replace('count(*)', 'id')})"


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_while_deals_are_moved(store: str, seed: int) -> None:
    """Every move that was told of is stored, and each one whole: deal, stage change and history."""
    chance = random.Random(seed)
    with Terminal(store, "board") as terminal:
        terminal.wait_for("Acme pilot")
        terminal.send("LHLHLHLHLHLH")
        told = chance.randrange(3)
        terminal.wait_for("→ qualified", told) if told else None
        time.sleep(chance.random() * 0.15)
        terminal.kill()
        text = terminal.text
    ((stored,),) = asked(store, MOVES)
    assert stored >= text.count("→ qualified") > told - 1
    assert [] == findings(store)
    ((moved,),) = asked(store, MOVED)
    assert stored == moved


@pytest.mark.parametrize("seed", [1])
def test_killed_while_a_form_is_typed(store: str, home: Path, seed: int) -> None:
    """What was in the fields before is in the draft, which comes back; the store has nothing half."""
    chance = random.Random(seed)
    before = asked(store, "SELECT count(*) FROM contact")
    with Terminal(store, "contacts") as terminal:
        terminal.wait_for("jane")
        terminal.send("n")
        terminal.wait_for("new contact")
        terminal.send("Zofia Nowak\t")
        _wait_for_draft(home, "Zofia Nowak")
        for character in "zofia@nowak.example":
            terminal.send(character)
            time.sleep(chance.random() * 0.02)
        terminal.kill()
    assert (before, []) == (asked(store, "SELECT count(*) FROM contact"), findings(store))
    with Terminal(store, "contacts") as terminal:
        terminal.wait_for("jane")
        terminal.send("n")
        terminal.wait_for("is back")
        terminal.send("\t\x05\x15zofia@nowak.example\x13")  # the field that was being typed is all that is typed again
        terminal.wait_for("contact added")
        terminal.kill()
    assert [("Zofia Nowak",)] == asked(store, "SELECT name FROM contact WHERE name LIKE 'Zofia%'")
    assert [] == findings(store)


def _wait_for_draft(home: Path, name: str) -> None:
    for _ in range(1000):
        for path in (home / ".local/state/crmcli/drafts").glob("[!.]*"):
            if json.loads(path.read_text("utf-8"))["fields"].get("name") == name:
                return
        time.sleep(0.01)
    pytest.fail("no draft was ever kept")
