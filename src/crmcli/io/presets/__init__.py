"""Exports of other programs that need no mapping: which there are, and which one a file is."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from crmcli.io.headers import letters
from crmcli.io.presets.preset import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crmcli.io.presets.preset import Preset
    from crmcli.io.table import Table


@cache
def presets() -> Mapping[str, Preset]:
    """Every preset by its name."""
    from crmcli.io.presets import address_books, hubspot, mailing, ours, sales, salesforce

    rooms = (address_books, hubspot, salesforce, sales, mailing, ours)
    return {preset.name: preset for room in rooms for preset in room.ALL}


def recognised(headers: Iterable[str], noun: str | None = None) -> Preset | None:
    """The preset of which most titles are there, of those that have all of a signature; None if there is none."""
    titles = list(headers)
    there = {letters(title) for title in titles}
    best: tuple[tuple[int, int], Preset] | None = None
    for preset in presets().values():
        if noun is not None and preset.noun != noun:
            continue
        wanted = [{letters(title) for title in listed(signature)} for signature in preset.signatures]
        count = max((len(told) for told in wanted if told <= there), default=0)
        score = (count, len(preset.placed(titles)))  # of two that are told by as many the one that knows more
        if count and (best is None or score > best[0]):
            best = (score, preset)
    return best[1] if best else None


def fits(preset: Preset, table: Table) -> bool:
    """Whether a file can be such an export at all: of that format, or with a column that the preset knows."""
    return preset.format == table.format if preset.format else bool(preset.placed(table.headers))
