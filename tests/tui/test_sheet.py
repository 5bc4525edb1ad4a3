"""The cheat sheet in a terminal, in a pipe, and with keys that were changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmcli.render.cells import width
from crmcli.tui.keys.registry import by_id
from crmcli.tui.sheet import cheat_sheet

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result


@pytest.mark.parametrize("cells", [60, 80, 120])
def test_nothing_is_wider_than_the_terminal(cells: int) -> None:
    """What does not fit goes on in the next line, below what it belongs to."""
    lines = list(cheat_sheet({}, cells))
    assert [] == [line for line in lines if width(line) > cells]


def test_every_key_is_on_it_once_with_its_name() -> None:
    """Those that have a key; the digits are one."""
    text = " ".join("\n".join(cheat_sheet({}, 80)).split())
    wanted = [name for name, key in by_id().items() if key.keys and not key.id.startswith("digit_")]
    assert [] == [name for name in wanted if text.count(f"[{name}]") != 1]
    assert 1 == text.count("1 … 9")


def test_no_key_has_the_name_that_only_a_library_has_for_it() -> None:
    """A brace is a brace."""
    assert [] == [line for line in cheat_sheet({}) if "_bracket" in line or "full_stop" in line]


def test_in_a_pipe_each_key_is_on_one_line(crm: Callable[..., Result]) -> None:
    """So that it can be searched with grep, however narrow the terminal."""
    lines = crm("tui", "--keys").lines
    assert "  {                        the swimlane above  [board.lane_up]" in lines
    assert [] == [line for line in lines if line.startswith("   ")]


def test_changed_keys_are_shown(crm: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sheet is of the keys as they are for this user."""
    file = tmp_path / "crm.toml"
    file.write_text('[keys]\n"board.filter" = "slash,f3"\n', "utf-8")
    monkeypatch.setenv("CRM_CONFIG", str(file))
    line = next(line for line in crm("tui", "--keys").lines if "[board.filter]" in line)
    assert ["/", "f3"] == line.split()[:2]
