"""The line under a table that adds it up, and is no record."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmcli.domain.text import fold, word_set
from crmcli.io.table import BadRow, Row

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORDS = word_set(
    "total totals subtotal sum grand_total summe gesamt gesamtsumme insgesamt итого всего общо сума всичко razem suma"
    " ogółem łącznie total_général total_general suma_total"
)
_TOTALS = frozenset(fold(word.replace("_", " ")) for word in _WORDS)
_AMOUNT = re.compile(r"[-+(]?\s*[^\W\d_]{0,3}[^\w\s]?\s*\d[\d.,' \u00a0\u202f]*\s*(?:[^\W\d_]{1,3}\.?|[^\w\s])?\s*\)?")


def without_total(rows: Iterator[Row | BadRow]) -> Iterator[Row | BadRow]:
    """The rows, the last one a bad row where it says nothing but a total."""
    last: Row | BadRow | None = None
    for row in rows:
        if last is not None:
            yield last
        last = row
    if last is not None:
        yield _judged(last)


def _judged(row: Row | BadRow) -> Row | BadRow:
    if isinstance(row, BadRow) or not all(isinstance(cell, str) for cell in row.cells.values()):
        return row
    cells = tuple(str(cell) for cell in row.cells.values())
    filled = [text for cell in cells if (text := cell.strip())]
    words = [text for text in filled if not _AMOUNT.fullmatch(text)]
    is_total = len(words) == 1 < len(filled) and fold(words[0].rstrip(" :")) in _TOTALS
    return BadRow(row.line, "it looks like a total, not a record", cells) if is_total else row
