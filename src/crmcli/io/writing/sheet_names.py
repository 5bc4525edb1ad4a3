"""Names as sheets of a workbook may have them: short, without certain marks, and each once whatever its case."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST = 31  # characters of a name
_RESERVED = "history"  # a spreadsheet keeps this one for itself


def sheet_names(wanted: Iterable[str]) -> list[str]:
    """The names, changed as little as it takes."""
    found: list[str] = []
    taken = {_RESERVED}
    for each in wanted:
        plain = "".join(" " if mark in "[]:*?/\\" or not mark.isprintable() else mark for mark in each)
        plain = " ".join(plain.strip(" '").split()) or "report"
        name, number = _cut(plain, ""), 1
        while name.casefold() in taken:
            number += 1
            name = _cut(plain, f" {number}")
        taken.add(name.casefold())
        found.append(name)
    return found


def _cut(name: str, end: str) -> str:
    # A spreadsheet counts in halves of characters beyond the first plane.
    while len((name + end).encode("utf-16-le")) // 2 > _MOST:
        name = name[:-1]
    return name.rstrip(" '") + end
