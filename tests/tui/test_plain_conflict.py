"""Two who changed the same, read out."""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color

from crmcli.tui.modals.conflict import MARKS
from crmcli.tui.plain import Plain


def test_only_the_chosen_side_has_a_mark_and_none_is_called_planned() -> None:
    """As a screen reader is given it."""
    said = {
        chosen: "".join(each.text for each in Plain().apply([Segment(f"{MARKS[chosen]} mine")], Color(0, 0, 0)))
        for chosen in (True, False)
    }
    assert said == {True: "* mine", False: "  mine"}
