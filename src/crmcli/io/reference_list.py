"""References to records in a text: one a line, or in a column of a table that a list wrote."""

from __future__ import annotations

_COLUMNS = ("id", "uid", "contact_id", "email", "e-mail", "emails", "number")


def references(text: str) -> list[str]:
    """Every reference once, in order; of a CSV or TSV with a header the column of ids, else of addresses."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return []
    separator = next((mark for mark in ("\t", ";", ",") if mark in lines[0]), None)
    header = [cell.strip(' "').lower() for cell in lines[0].split(separator)] if separator else [lines[0].lower()]
    named = next((name for name in _COLUMNS if name in header), None)
    if named is None:
        return list(dict.fromkeys(lines))
    if separator is None:
        return list(dict.fromkeys(lines[1:]))
    return list(dict.fromkeys(_column(text, separator, header.index(named))))


def _column(text: str, separator: str, place: int) -> list[str]:
    import csv
    import io

    rows = csv.reader(io.StringIO(text), delimiter=separator)
    next(rows)
    # Of several addresses in one cell the first is the person's own.
    return [row[place].partition(";")[0].strip() for row in rows if len(row) > place and row[place].strip()]
