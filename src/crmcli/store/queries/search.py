"""Search, read: names first, then everything else, the latest first within each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.text import fold
from crmcli.domain.views import SearchHit
from crmcli.store.reader import marks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from crmcli.store.dialects import Row
    from crmcli.store.reader import Reader

_ALL = 2**31
_LABEL = {
    "contact": "SELECT r.uid, r.name, r.note FROM contact r WHERE r.id = ?",
    "company": "SELECT r.uid, r.name, r.note FROM company r WHERE r.id = ?",
    "deal": "SELECT r.uid, r.title, r.next_step FROM deal r WHERE r.id = ?",
    "activity": "SELECT r.uid, r.subject, r.body FROM activity r WHERE r.id = ?",
}
_AROUND = 40


def hits(
    reader: Reader, queries: Sequence[Sequence[str]], nouns: Collection[str], limit: int | None
) -> Iterator[SearchHit]:
    """The records that hold all the words of a query, those found by name first.

    The index alone decides, so a common word costs no more than a rare one.
    """
    wanted = limit if limit is not None else _ALL
    seen: set[int] = set()
    for names_only in (True, False):
        for words in queries:
            for row in _entries(reader, words, nouns, wanted, names_only=names_only):
                if row[0] not in seen and len(seen) < wanted:
                    seen.add(row[0])
                    yield _hit(reader, row, words)


def _entries(
    reader: Reader, words: Sequence[str], nouns: Collection[str], limit: int, *, names_only: bool
) -> list[Row]:
    dialect = reader.dialect
    only = f" AND noun IN ({marks(tuple(nouns))})" if nouns else ""
    sql = (
        f"SELECT rowid, noun, record_id, name, body FROM search_entry WHERE {dialect.search_condition()}{only}"
        " ORDER BY rowid DESC LIMIT ?"
    )
    return reader.rows(sql, (dialect.search_query(words, names_only=names_only), *nouns, limit))


def _hit(reader: Reader, row: Row, words: Sequence[str]) -> SearchHit:
    _, noun, number, name_words, body = row
    uid, name, text = reader.rows(_LABEL[noun], (number,))[0]
    found_in_name = all(any(w.startswith(word) for w in name_words.split()) for word in words)
    return SearchHit(uid, number, noun, name or "", _excerpt(name if found_in_name else text, body, words))


def _excerpt(text: str | None, body: str, words: Sequence[str]) -> str:
    """The neighbourhood of the first word found, as written where the text has it, else as it is indexed."""
    for candidate in (text or "", body):
        folded = fold(candidate)
        at = next((folded.find(word) for word in words if word in folded), -1)
        if at >= 0:
            # Folding keeps positions for most scripts; where it does not, the excerpt is a little off, never wrong.
            start = max(0, at - _AROUND)
            piece = " ".join(candidate[start : at + _AROUND].split())
            return ("…" if start else "") + piece + ("…" if at + _AROUND < len(candidate) else "")
    return ""
