"""Search, read: names first, then everything else, the latest first within each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.text import fold
from crmcli.domain.views import SearchHit
from crmcli.store.queries.condition import EVERYTHING, NOTHING, Condition
from crmcli.store.reader import marks
from crmcli.store.search import SEARCHED, phone_words, texts_of, words_held, words_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from crmcli.store.dialects import Dialect, Row
    from crmcli.store.reader import Reader

_ALL = 2**31
_NAME = {"contact": "name", "company": "name", "deal": "title", "activity": "subject"}
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


def holding(dialect: Dialect, noun: str, text: str) -> Condition:
    """The condition that a noun's row, aliased ``r``, holds all the words of a text, each as a beginning.

    What is written like a phone number is looked for as one too.
    """
    queries = queries_of(text)
    if not queries:
        return EVERYTHING if not text.strip() else NOTHING
    # The index's own number tells noun and record, which spares a look at each entry.
    rows = (
        f"SELECT rowid / {len(SEARCHED) * 2} FROM search_entry WHERE {dialect.search_condition()}"
        f" AND rowid % {len(SEARCHED) * 2} = {SEARCHED.index(noun)}"
    )
    sql = " OR ".join(f"r.id IN ({rows})" for _ in queries)
    return Condition(sql, tuple(dialect.search_query(words, names_only=False) for words in queries))


def first_holding(
    reader: Reader, noun: str, text: str, limit: int, *, reverse: bool = False, number: int | None = None
) -> list[int] | None:
    """The first numbers of the live records that hold all the words, in the order of their numbers.

    The index has them in that order, so a word that all records hold costs no more than a rare one. None for what is looked
    for in more than one way. With a ``number``, only that record is looked at.
    """
    queries = queries_of(text)
    if len(queries) != 1:
        return None
    kinds, way = len(SEARCHED) * 2, "DESC" if reverse else "ASC"
    only = " AND search_entry.rowid = ?" if number is not None else ""
    sql = (
        f"SELECT r.id FROM search_entry JOIN {noun} r ON r.id = search_entry.rowid / {kinds}"
        f" WHERE {reader.dialect.search_condition()} AND search_entry.rowid % {kinds} = {SEARCHED.index(noun)}{only}"
        f" AND r.deleted_at IS NULL ORDER BY search_entry.rowid {way} LIMIT ?"
    )
    entry = () if number is None else (number * kinds + SEARCHED.index(noun),)
    query = reader.dialect.search_query(queries[0], names_only=False)
    return [row[0] for row in reader.rows(sql, (query, *entry, limit))]


def queries_of(text: str) -> list[list[str]]:
    """The words that a text is looked for by: its own and, where it is written like a phone number, its digits."""
    queries = [words_of(text)]
    if _like_phone(text) and (digits := phone_words(text)) not in queries:
        queries.append(digits)
    return [query for query in queries if query]


def _like_phone(text: str) -> bool:
    if not any(c.isdecimal() for c in text):
        return False
    from crmcli.domain.people import looks_like

    return looks_like(text) == "phone"


def _entries(
    reader: Reader, words: Sequence[str], nouns: Collection[str], limit: int, *, names_only: bool
) -> list[Row]:
    dialect = reader.dialect
    only = f" AND noun IN ({marks(tuple(nouns))})" if nouns else ""
    sql = (
        f"SELECT rowid, noun, record_id FROM search_entry WHERE {dialect.search_condition()}{only}"
        " ORDER BY rowid DESC LIMIT ?"
    )
    return reader.rows(sql, (dialect.search_query(words, names_only=names_only), *nouns, limit))


def _hit(reader: Reader, row: Row, words: Sequence[str]) -> SearchHit:
    _, noun, number = row
    uid, name = reader.rows(f"SELECT uid, {_NAME[noun]} FROM {noun} WHERE id = ?", (number,))[0]
    return SearchHit(uid, number, noun, name or "", excerpt_of(texts_of(reader, noun, (number,))[number], [words]))


def excerpt_of(texts: Sequence[str], queries: Sequence[Sequence[str]]) -> str:
    """The neighbourhood of the words of a query in the text that holds the most of them."""
    for words in queries:
        if found := _telling(texts, words):
            return _excerpt(found, words)
    return ""


def _telling(candidates: Iterable[str], words: Sequence[str]) -> str:
    """The text that holds the most of the words, the first of those that hold as many."""
    best, most = "", 0
    for text in candidates:
        held = words_held(text, words)
        if held > most:
            best, most = text, held
        if most == len(words):
            break
    return best


def _excerpt(text: str, words: Sequence[str]) -> str:
    """The neighbourhood of the first word found, as written."""
    import re

    at = 0
    if len(text) > 2 * _AROUND:
        found = (_place(match[0], words, match.start()) for match in re.finditer(r"\S+", text))
        at = next((place for place in found if place is not None), 0)
    start = max(0, at - _AROUND)
    piece = " ".join(text[start : at + _AROUND].split())
    return ("…" if start else "") + piece + ("…" if at + _AROUND < len(text) else "")


def _place(token: str, words: Sequence[str], start: int) -> int | None:
    """Where one of the words begins in a token of the text, which itself stands at ``start``."""
    if not words_held(token, words):
        return None
    folded = fold(token)  # which keeps places in most scripts; where it does not, the excerpt is a little off
    return start + min((folded.find(word) for word in words if word in folded), default=0)
