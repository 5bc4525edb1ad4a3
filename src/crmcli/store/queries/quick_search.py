"""Search as one types: a few hits, the best first, for a price that does not grow with the store.

Each question to the store is one statement with an end: what matches half of the store is not ranked whole. Candidates
come by exact names and addresses, from what was touched lately, by how names begin, and by words; only they are ranked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.fields import UID_PREFIX
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.records import utc_text
from crmcli.domain.text import fold
from crmcli.domain.views import SearchHit
from crmcli.store.queries.condition import Condition, both
from crmcli.store.queries.fields import IS_DONE
from crmcli.store.queries.search import excerpt_of, queries_of
from crmcli.store.reader import marks
from crmcli.store.search import SEARCHED, row_number, texts_of, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from crmcli.store.dialects import Row
    from crmcli.store.reader import Reader

_SPACE = 2 * len(SEARCHED)  # the index numbers its rows by noun and record
_SCANNED = 3000  # matches of the index looked at
_NEW = 1500  # records of a noun that are asked one by one
_KEPT = 100  # candidates of a noun from one question
_LATELY = 400  # lines of the change log, and activities, that count as lately
_EXACT, _BEGINS, _NAMED, _HELD = range(4)

_NAME = {"contact": "name", "company": "name", "deal": "title", "activity": "subject"}
_LAST = f"SELECT MAX(p.at) FROM {{0}} WHERE {{1}} = r.id AND p.deleted_at IS NULL AND {IS_DONE}"
_TOUCHED = {
    "contact": f"({_LAST.format('activity_contact l JOIN activity p ON p.id = l.activity_id', 'l.contact_id')})",
    "company": f"({_LAST.format('activity p', 'p.company_id')})",
    "deal": f"({_LAST.format('activity p', 'p.deal_id')})",
    "activity": "CASE WHEN r.status = 'done' THEN r.at ELSE r.updated_at END",
}
_CLOSED = "(SELECT CASE WHEN s.kind = 'open' THEN 0 ELSE 1 END FROM stage s WHERE s.id = r.stage_id)"


def _first(value: str, source: str, order: str) -> str:
    return f"(SELECT {value} FROM {source} ORDER BY {order} LIMIT 1)"


def _value(table: str, noun: str) -> str:
    return _first("v.value", f"{table} v WHERE v.{noun}_id = r.id AND v.deleted_at IS NULL", "v.position, v.id")


# What tells a record from its namesakes.
_BESIDE = {
    "contact": (
        _first(
            "o.name",
            "contact_company l JOIN company o ON o.id = l.company_id"
            " WHERE l.contact_id = r.id AND l.ended_on IS NULL AND o.deleted_at IS NULL",
            "l.position, l.id",
        ),
        _value("contact_email", "contact"),
    ),
    "company": (_value("company_website", "company"), "r.country"),
    "deal": (
        "(SELECT s.name FROM stage s WHERE s.id = r.stage_id)",
        "(SELECT o.name FROM company o WHERE o.id = r.company_id AND o.deleted_at IS NULL)",
    ),
    "activity": (
        "r.kind",
        _first(
            "c.name",
            "activity_contact l JOIN contact c ON c.id = l.contact_id WHERE l.activity_id = r.id AND c.deleted_at IS NULL",
            "l.position, l.id",
        ),
    ),
}


class _Candidate(NamedTuple):
    """A record that may be meant: how well it fits, and what decides between those that fit as well."""

    fit: int
    closed: int
    touched: str
    noun: str
    number: int
    uid: str
    name: str

    @property
    def place(self) -> tuple[int, int]:
        """The better fit first, the open before the closed."""
        return self.fit, self.closed


def quick_hits(reader: Reader, text: str, nouns: Sequence[str], limit: int, now: datetime) -> list[SearchHit]:
    """The records that are most likely meant by what was typed so far.

    First those whose name, address or number it is; then names that begin so; names in which each word begins one;
    then everything else that holds the words. Among equals open deals stand before closed ones, and what was touched
    last before what was not.
    """
    wanted = tuple(nouns) or SEARCHED
    fits = _fitting(reader, text, wanted, limit, now) if reader.connection is not None else {}
    best = sorted(_candidates(reader, _enough(fits, limit)), key=lambda each: (each.touched, each.number), reverse=True)
    best.sort(key=lambda each: each.place)
    return _shown(reader, best[:limit], queries_of(text))


def _enough(fits: dict[int, int], limit: int) -> dict[int, int]:
    """Without those that fit too badly to be among the first ones."""
    counted = 0
    for fit in range(_HELD + 1):
        counted += sum(each == fit for each in fits.values())
        if counted >= limit:
            return {row: each for row, each in fits.items() if each <= fit}
    return fits


# -- candidates, by their numbers in the index


def _fitting(reader: Reader, text: str, nouns: Sequence[str], limit: int, now: datetime) -> dict[int, int]:
    """How well each candidate fits, by its number in the index; asks no further than it has to."""
    fits = dict.fromkeys(_of(nouns, _exact(reader, text)), _EXACT)
    fits = {row: _EXACT for row, _ in _names(reader, fits)}
    if "@" in text and "contact" in nouns:
        _add(fits, dict.fromkeys((row for row, _ in _names(reader, _addressed(reader, text))), _BEGINS))
        if fits:
            return fits
    words = words_of(text)
    if words:
        lately = _of(nouns, _lately(reader, now))
        _add(fits, _judged(reader, words, [*lately, *_beginning(reader, text, words, nouns)]))
        if len(fits) < limit or not _all_begin(fits, limit):
            named = _matching(reader, words, nouns, names_only=True)
            _add(fits, _judged(reader, words, named))
    for query in queries_of(text) if len(fits) < limit else ():
        _add(fits, dict.fromkeys(_matching(reader, query, nouns, names_only=False), _HELD))
    return fits


def _all_begin(fits: dict[int, int], limit: int) -> bool:
    """Whether there are so many names that begin with the words that nothing else will be shown."""
    return sum(fit <= _BEGINS for fit in fits.values()) >= limit


def _add(fits: dict[int, int], more: dict[int, int]) -> None:
    for row, fit in more.items():
        fits[row] = min(fit, fits.get(row, _HELD))


def _of(nouns: Sequence[str], rows: Iterable[int]) -> list[int]:
    places = {SEARCHED.index(noun) for noun in nouns}
    return [row for row in dict.fromkeys(rows) if row % _SPACE in places]


def _exact(reader: Reader, text: str) -> Iterator[int]:
    """The records whose number, uid, name or address this is."""
    key, bare = fold(text), text.strip().removeprefix("#")
    if bare.isdecimal() and len(bare) < 16:
        for noun in SEARCHED:
            yield row_number(noun, int(bare))
    for noun, prefix in UID_PREFIX.items():
        if key.startswith(f"{prefix}_"):
            uid = f"{prefix}_{key[3:].upper()}"
            yield from _rows(reader, noun, f"SELECT id FROM {noun} WHERE uid = ?", (uid,))
    parts = (
        ("contact", "SELECT id, 0 FROM contact WHERE name_key = ?"),
        ("company", "SELECT id, 1 FROM company WHERE name_key = ?"),
        ("deal", "SELECT id, 2 FROM deal WHERE title_key = ?"),
        ("contact", "SELECT contact_id, 0 FROM contact_email WHERE deleted_at IS NULL AND key = ?"),
        ("company", "SELECT company_id, 1 FROM company_website WHERE deleted_at IS NULL AND key = ?"),
    )
    sql = " UNION ALL ".join(f"SELECT * FROM ({part} LIMIT {_KEPT}) x" for _, part in parts)
    if key:
        for number, place in reader.rows(sql, (key,) * len(parts)):
            yield row_number(SEARCHED[place], number)


def _rows(reader: Reader, noun: str, sql: str, params: Sequence[object]) -> list[int]:
    return [row_number(noun, number) for (number,) in reader.rows(sql, params)]


def _lately(reader: Reader, now: datetime) -> Iterator[int]:
    """What was changed last, and with whom and about what the last activities were."""
    sql = "SELECT noun, record_id FROM change ORDER BY id DESC LIMIT ?"
    for noun, number in reader.rows(sql, (_LATELY,)):
        if noun in SEARCHED:
            yield row_number(noun, number)
    sql = (
        "SELECT p.id, p.deal_id, p.company_id,"
        " (SELECT l.contact_id FROM activity_contact l WHERE l.activity_id = p.id ORDER BY l.position, l.id LIMIT 1)"
        " FROM activity p WHERE p.at <= ? AND p.deleted_at IS NULL ORDER BY p.at DESC, p.id DESC LIMIT ?"
    )
    for activity, deal, company, contact in reader.rows(sql, (utc_text(now), _LATELY // 4)):
        for noun, number in (("activity", activity), ("deal", deal), ("company", company), ("contact", contact)):
            if number is not None:
                yield row_number(noun, number)


def _addressed(reader: Reader, text: str) -> list[int]:
    """The people whose e-mail addresses begin so."""
    key = text.strip().casefold()
    sql = f"SELECT contact_id FROM contact_email WHERE deleted_at IS NULL AND key >= ? AND key < ? LIMIT {_KEPT}"
    return _rows(reader, "contact", sql, (key, f"{key}\U0010ffff"))


def _beginning(reader: Reader, text: str, words: Sequence[str], nouns: Sequence[str]) -> list[int]:
    """The newest of those whose names begin so, of each noun."""
    found: list[int] = []
    for noun in nouns:
        asked = reader.dialect.names_beginning(noun, fold(text), " ".join(words))
        if asked is not None:
            sql, params = asked
            newest = f"SELECT x.id FROM ({sql} LIMIT {_SCANNED}) x ORDER BY x.id DESC LIMIT {_KEPT}"
            found += _rows(reader, noun, newest, params)
    return found


def _matching(reader: Reader, words: Sequence[str], nouns: Sequence[str], *, names_only: bool) -> list[int]:
    """The newest of those that hold the words, as many of each noun."""
    where = _held(reader, words, nouns, names_only=names_only)
    sql = f"SELECT rowid FROM search_entry WHERE {where.sql} ORDER BY rowid DESC LIMIT {_SCANNED}"
    kept: dict[int, int] = {}
    found = []
    for (row,) in reader.rows(sql, where.params):
        place = row % _SPACE
        kept[place] = kept.get(place, 0) + 1
        if kept[place] <= _KEPT:
            found.append(row)
    return found


def _held(reader: Reader, words: Sequence[str], nouns: Sequence[str], *, names_only: bool) -> Condition:
    """Entries that hold the words. What is too short for the engine's index is looked for among the others' finds."""
    dialect = reader.dialect
    match = dialect.search_condition()
    far = [word for word in words if dialect.finds_far(word)]
    near = [word for word in words if word not in far]
    parts = [Condition(match, (dialect.search_query(far, names_only=names_only),))] if far else []
    if near:
        parts.append(Condition(f"({match}) IS TRUE", (dialect.search_query(near, names_only=names_only),)))
    if near and not far:
        parts.append(_newest(reader, nouns))
    elif len(nouns) < len(SEARCHED):
        parts.append(Condition(f"rowid % {_SPACE} IN ({', '.join(str(SEARCHED.index(noun)) for noun in nouns)})"))
    return both(*parts)


def _newest(reader: Reader, nouns: Sequence[str]) -> Condition:
    """The entries of the newest records of each noun."""
    highest = " UNION ALL ".join(f"SELECT {SEARCHED.index(noun)}, MAX(id) FROM {noun}" for noun in nouns)
    bounds = {place: number or 0 for place, number in reader.rows(highest)}
    sql = " OR ".join(f"(rowid BETWEEN ? AND ? AND rowid % {_SPACE} = {place})" for place in bounds)
    ends = [((number - _NEW) * _SPACE, (number + 1) * _SPACE) for number in bounds.values()]
    return Condition(sql, tuple(end for pair in ends for end in pair))


def _names(reader: Reader, rows: Iterable[int]) -> list[Row]:
    """The words of the names of the live ones among these."""
    numbers = list(rows)
    return [
        row
        for start in range(0, len(numbers), 500)
        for row in reader.rows(
            f"SELECT rowid, name FROM search_entry WHERE rowid IN ({marks(numbers[start : start + 500])})",
            numbers[start : start + 500],
        )
    ]


def _judged(reader: Reader, words: Sequence[str], rows: Iterable[int]) -> dict[int, int]:
    """How well the names of these fit; those are left out in whose names the words are not."""
    begins = " ".join(words)
    fits = {}
    for row, name in _names(reader, dict.fromkeys(rows)):
        if name.startswith(begins):
            fits[row] = _BEGINS
        elif all(name.startswith(word) or f" {word}" in name for word in words):
            fits[row] = _NAMED
    return fits


# -- what is known of them


def _candidates(reader: Reader, fits: dict[int, int]) -> Iterator[_Candidate]:
    for place, noun in enumerate(SEARCHED):
        numbers = [row // _SPACE for row in fits if row % _SPACE == place]
        for start in range(0, len(numbers), 500):
            chunk = numbers[start : start + 500]
            closed = _CLOSED if noun == "deal" else "0"
            sql = (
                f"SELECT r.id, r.uid, r.{_NAME[noun]}, r.updated_at, {_TOUCHED[noun]}, {closed} FROM {noun} r"
                f" WHERE r.deleted_at IS NULL AND r.id IN ({marks(chunk)})"
            )
            for number, uid, name, updated, touched, is_closed in reader.rows(sql, chunk):
                last = touched if noun == "activity" else max(updated, touched or "")
                yield _Candidate(fits[row_number(noun, number)], is_closed, last, noun, number, uid, name or "")


def _shown(reader: Reader, best: Sequence[_Candidate], queries: Sequence[Sequence[str]]) -> list[SearchHit]:
    """The hits: beside a name what tells it from its namesakes, otherwise where the words stand."""
    beside: dict[tuple[str, int], str] = {}
    for noun in SEARCHED:
        named = [each.number for each in best if each.noun == noun and each.fit < _HELD]
        for number, text in _company_of(reader, noun, named):
            beside[noun, number] = text
        held = [each.number for each in best if each.noun == noun and each.fit == _HELD]
        for number, texts in texts_of(reader, noun, held).items() if held else ():
            beside[noun, number] = excerpt_of(texts, queries)
    return [
        SearchHit(each.uid, each.number, each.noun, each.name, beside.get((each.noun, each.number), ""))
        for each in best
    ]


def _company_of(reader: Reader, noun: str, numbers: Sequence[int]) -> Iterator[tuple[int, str]]:
    if numbers:
        sql = f"SELECT r.id, {', '.join(_BESIDE[noun])} FROM {noun} r WHERE r.id IN ({marks(numbers)})"
        for number, *parts in reader.rows(sql, numbers):
            yield number, " · ".join(part for part in parts if part)
