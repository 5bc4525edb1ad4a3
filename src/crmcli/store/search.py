"""The search index: one entry a record, its name apart from everything else, all of it folded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold, fold_letters
from crmcli.store.reader import Reader, marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crmcli.store.dialects import Dialect

# The order gives each noun its share of the index's row numbers: number * 8 + position.
SEARCHED = ("contact", "company", "deal", "activity")
_CHUNK = 500
_LEAST_DIGITS = 4
# PostgreSQL's tsvector holds a mebibyte; a record's name and longest possible words fit beside this.
_ROOM, _SURELY_FIT = 900_000, 10_000

_NAME = {"contact": "name", "company": "name", "deal": "title", "activity": "subject"}
_BODY = {
    "contact": ("title", "address", "note", "source"),
    "company": ("industry", "country", "region", "address", "note"),
    "deal": ("next_step", "source", "lost_note"),
    "activity": ("body", "outcome", "location"),
}
_NAMES_OF = {
    "contact": (
        "SELECT contact_id, value FROM contact_email WHERE deleted_at IS NULL AND contact_id IN ({in}) ORDER BY id",
        "SELECT contact_id, value FROM contact_handle WHERE deleted_at IS NULL AND contact_id IN ({in}) ORDER BY id",
    ),
    "company": (
        "SELECT company_id, value FROM company_website WHERE deleted_at IS NULL AND company_id IN ({in}) ORDER BY id",
    ),
    "deal": (),
    "activity": (),
}
_PHONES_OF = {
    "contact": "SELECT contact_id, value FROM contact_phone WHERE deleted_at IS NULL AND contact_id IN ({in}) ORDER BY id",
    "company": "SELECT company_id, value FROM company_phone WHERE deleted_at IS NULL AND company_id IN ({in}) ORDER BY id",
}


def row_number(noun: str, number: int) -> int:
    """The index's own number for a record."""
    return number * 8 + SEARCHED.index(noun)


class _Spacing(dict[int, str]):
    """What each character is in the index, found when it is first met: folded letters and digits, or a space."""

    def __missing__(self, code: int) -> str:
        spaced = re.sub(r"[\W_]+", " ", fold_letters(chr(code)))
        # Scripts written without spaces are indexed a character at a time, so that a part of a name is found.
        apart = "".join(f" {c} " if _ideographic(c) else c for c in spaced)
        self[code] = apart
        return apart


_SPACED = _Spacing()


def words_of(text: str) -> list[str]:
    """The folded words of a query or a text, as both engines split them: letters and digits of any script."""
    return text.translate(_SPACED).split()


def _ideographic(c: str) -> bool:
    return "\u3040" <= c <= "\u30ff" or "\u3400" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7af" or c >= "\U00020000"


def phone_words(text: str) -> list[str]:
    """What finds a phone number however it is written: its digits, without the noughts dialled before them."""
    digits = "".join(c for c in fold(text) if c.isdecimal()).lstrip("0")
    return [digits] if len(digits) >= _LEAST_DIGITS else []


def _endings(phone: str) -> list[str]:
    # Each is a word of the index, so that the beginning of any of them, which is any run of digits, finds the phone.
    digits = _OTHERS.sub("", fold_letters(phone))
    return [digits[start:] for start in range(len(digits) - _LEAST_DIGITS + 1)]


_OTHERS = re.compile(r"\D+")


class Entry(NamedTuple):
    """What the index holds of a record: the words of its name and of all else, each with spaces between."""

    noun: str
    record_id: int
    name: str
    body: str


def fresh_entry(
    dialect: Dialect,
    noun: str,
    row: Mapping[str, Any],
    names: Sequence[str] = (),
    tags: Sequence[str] = (),
    phones: Sequence[str] = (),
) -> Entry:
    """The entry of a record that was only just made, from its row and what hangs on it, without reading them back."""
    custom: dict[str, object] = row["custom"]
    keys = dialect.kept_order(custom) if custom else ()
    texts = [*filter(None, map(row.get, _BODY[noun])), *tags, *(_as_text(custom[key]) for key in keys)]
    return _entry(noun, row["id"], (row.get(_NAME[noun]) or "", *names), texts, phones)


def _entry(noun: str, number: int, names: Iterable[str], texts: Iterable[str], phones: Iterable[str]) -> Entry:
    body = words_of(" ".join(texts))
    for phone in phones:
        body += (*words_of(phone), *_endings(phone))
    return Entry(noun, number, " ".join(words_of(" ".join(names))), " ".join(_indexable(body)))


def reindex(reader: Reader, noun: str, numbers: Sequence[int]) -> None:
    """Make the entries of these records what the records say now; deleted ones have none."""
    remove = reader.dialect.sql("DELETE FROM search_entry WHERE rowid = ?")
    for start in range(0, len(numbers), _CHUNK):
        chunk = list(numbers[start : start + _CHUNK])
        entries = list(documents(reader, noun, chunk))
        _cursor(reader).executemany(remove, [(row_number(noun, number),) for number in chunk])
        write(reader, entries)


def write(reader: Reader, entries: Iterable[Entry]) -> None:
    """Put entries into the index that are not in it yet."""
    write_rows(reader, ((row_number(entry.noun, entry.record_id), *entry) for entry in entries))


def write_rows(reader: Reader, rows: Iterable[tuple[object, ...]]) -> None:
    """The same of entries that have their numbers in the index before them."""
    reader.dialect.fill(reader.connection, "search_entry", ("rowid", *Entry._fields), sorted(rows))


def documents(reader: Reader, noun: str, numbers: Sequence[int]) -> Iterator[Entry]:
    """The entries that the live ones among these records should have."""
    own = marks(numbers)
    columns = ", ".join((_NAME[noun], *_BODY[noun]))
    extra_names = _gather(reader, _NAMES_OF[noun], own, numbers)
    extra = _gather(reader, _EXTRA, own, numbers, (noun,))
    phones = _gather(reader, (_PHONES_OF[noun],) if noun in _PHONES_OF else (), own, numbers)
    sql = f"SELECT id, custom, {columns} FROM {noun} WHERE deleted_at IS NULL AND id IN ({own})"
    for number, custom, name, *body in reader.rows(sql, numbers):
        names = [name or "", *extra_names.get(number, ())]
        rest = [*(part for part in body if part), *extra.get(number, ()), *_custom_texts(custom)]
        yield _entry(noun, number, names, rest, phones.get(number, ()))


def texts_of(reader: Reader, noun: str, numbers: Sequence[int]) -> dict[int, list[str]]:
    """What the entries of these few records are made of, as it was written: the name, then all else, value by value."""
    own = marks(numbers)
    names = _gather(reader, _NAMES_OF[noun], own, numbers)
    extra = _gather(reader, _EXTRA, own, numbers, (noun,))
    phones = _gather(reader, (_PHONES_OF[noun],) if noun in _PHONES_OF else (), own, numbers)
    columns = ", ".join((_NAME[noun], *_BODY[noun]))
    sql = f"SELECT id, custom, {columns} FROM {noun} WHERE id IN ({own})"
    return {
        number: [
            name or "", *names.get(number, ()), *(part for part in body if part), *extra.get(number, ()),
            *_custom_texts(custom), *phones.get(number, ()),
        ]
        for number, custom, name, *body in reader.rows(sql, numbers)
    }  # fmt: skip


def words_held(text: str, words: Sequence[str]) -> int:
    """How many of a query's words the text holds, each as a beginning, or of a phone as a run of its digits."""
    own = words_of(text)
    digits = "".join(c for c in text if c.isdecimal()) if text.startswith("+") else ""
    return sum(
        any(mine.startswith(word) for mine in own)
        or (len(word) >= _LEAST_DIGITS and word.isdecimal() and word in digits)
        for word in words
    )


def _indexable(words: list[str]) -> list[str]:
    """As many of the words as the smaller of the two indexes has room for in one record."""
    if len(words) < _SURELY_FIT:
        return words
    room, seen = _ROOM, set[str]()
    for place, word in enumerate(words):
        room -= 2 if word in seen else len(word.encode()) + 4
        seen.add(word)
        if room < 0:
            return words[:place]
    return words


_TAGS = (
    "SELECT record_id, t.name FROM tagging g JOIN tag t ON t.id = g.tag_id"
    " WHERE g.noun = ? AND g.record_id IN ({in}) ORDER BY t.id"
)
_EXTRA = (_TAGS,)


def rebuild(dialect: Dialect, connection: Any, label: str) -> None:  # noqa: ANN401
    """The whole index anew."""
    reader = Reader(dialect, connection, label)
    _cursor(reader).execute("DELETE FROM search_entry")
    for noun in SEARCHED:
        last = 0
        while numbers := [
            n for (n,) in reader.rows(f"SELECT id FROM {noun} WHERE id > ? ORDER BY id LIMIT 500", (last,))
        ]:
            reindex(reader, noun, numbers)
            last = numbers[-1]


def _gather(
    reader: Reader, queries: Sequence[str], own: str, numbers: Sequence[int], before: tuple[object, ...] = ()
) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for query in queries:
        for number, text in reader.stream(query.replace("{in}", own), (*before, *numbers)):
            found.setdefault(number, []).append(text)
    return found


def _custom_texts(custom: str) -> list[str]:
    if custom == "{}":
        return []
    import json

    return [_as_text(value) for value in json.loads(custom).values()]


def _as_text(value: object) -> str:
    import json

    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _cursor(reader: Reader) -> Any:  # noqa: ANN401
    assert reader.connection is not None
    return reader.connection.cursor()
