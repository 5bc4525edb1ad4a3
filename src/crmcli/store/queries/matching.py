"""What records are known by, read for comparing them: everybody in one pass, or the few who may be like one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.profiles import KeptFirm, KeptPerson
from crmcli.store.reader import marks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from crmcli.store.dialects import Row
    from crmcli.store.reader import Reader

_MOST = 200
_SPARE = ("phone_original", "phones_original", "email_original", "emails_original", "contact_original")


class _Beside:
    """Rows beside records, in the order of the records' numbers: first column the number, the others the value."""

    def __init__(self, rows: Iterator[Row], make: Callable[..., Any]) -> None:
        self._rows = rows
        self._make = make
        self._next = next(rows, None)

    def of(self, number: int) -> tuple[Any, ...]:
        """The values of the record, whose number is higher than that asked for before."""
        found: list[Any] = []
        while self._next is not None and self._next[0] <= number:
            if self._next[0] == number:
                found.append(self._make(*self._next[1:]))
            self._next = next(self._rows, None)
        return tuple(found)


def _keys(reader: Reader, noun: str, what: str, numbers: Sequence[int] | None) -> _Beside:
    """The keys of what a record has several of, such as e-mail addresses, in their order."""
    some, params = _some(f"{noun}_id", numbers)
    sql = f"SELECT {noun}_id, key FROM {noun}_{what} WHERE deleted_at IS NULL{some} ORDER BY {noun}_id, position, id"
    return _Beside(reader.stream(sql, params), lambda key: key)


def kept_people(reader: Reader, numbers: Sequence[int] | None = None) -> Iterator[KeptPerson]:
    """All live people, or those of these numbers, by number."""
    some, params = _some("r.id", numbers)
    beside, _ = _some("contact_id", numbers)
    sql = (
        "SELECT r.id, r.uid, r.name, r.given, r.family, r.birthday, r.address, r.custom FROM contact r"
        f" WHERE r.deleted_at IS NULL{some} ORDER BY r.id"
    )
    emails = _keys(reader, "contact", "email", numbers)
    phones = _keys(reader, "contact", "phone", numbers)
    by_network = (
        f"SELECT contact_id, network, key FROM contact_handle WHERE deleted_at IS NULL{beside} ORDER BY contact_id, id"
    )
    handles = _Beside(reader.stream(by_network, params), lambda network, key: f"{network}:{key}")
    places = (
        "SELECT l.contact_id, o.id, o.name FROM contact_company l JOIN company o ON o.id = l.company_id"
        f" WHERE l.ended_on IS NULL AND o.deleted_at IS NULL{beside.replace('contact_id', 'l.contact_id')}"
        " ORDER BY l.contact_id, l.position, l.id"
    )
    companies = _Beside(reader.stream(places, params), lambda number, name: (number, name))
    for number, *own, custom in reader.stream(sql, params):
        beside_it = (emails.of(number), phones.of(number), handles.of(number), companies.of(number), _spare(custom))
        yield KeptPerson._make((number, *own, *beside_it))


def kept_firms(reader: Reader, numbers: Sequence[int] | None = None) -> Iterator[KeptFirm]:
    """All live companies, or those of these numbers, by number."""
    some, params = _some("r.id", numbers)
    sql = (
        "SELECT r.id, r.uid, r.name, r.country, r.address, r.parent_id FROM company r"
        f" WHERE r.deleted_at IS NULL{some} ORDER BY r.id"
    )
    websites = _keys(reader, "company", "website", numbers)
    phones = _keys(reader, "company", "phone", numbers)
    for number, *own in reader.stream(sql, params):
        yield KeptFirm._make((number, *own, websites.of(number), phones.of(number)))


def _some(column: str, numbers: Sequence[int] | None) -> tuple[str, Sequence[int]]:
    return ("", ()) if numbers is None else (f" AND {column} IN ({marks(numbers)})", numbers)


def _spare(custom: str) -> tuple[str, ...]:
    """Addresses that were kept as they came, because they are somebody else's or can't be read."""
    if "_original" not in custom:
        return ()
    import json

    kept = json.loads(custom)
    texts = (str(kept[key]) for key in _SPARE if key in kept)
    return tuple(part.strip() for text in texts for part in text.split(";") if part.strip())


# -- pairs that were said to be two


def distinct_pairs(reader: Reader, noun: str) -> set[tuple[int, int]]:
    """The pairs that a user said are two, by lower and higher number; a record merged away stands for its keeper."""
    found = reader.rows("SELECT a_id, b_id FROM distinct_pair WHERE noun = ?", (noun,))
    if not found:
        return set()
    into: dict[int, int] = dict(reader.rows(f"SELECT id, merged_into FROM {noun} WHERE merged_into IS NOT NULL"))

    def kept(number: int) -> int:
        while number in into:
            number = into[number]
        return number

    return {(min(pair), max(pair)) for pair in ((kept(a), kept(b)) for a, b in found)}


# -- the few who may be like one


def alike_by_name(reader: Reader, noun: str, keys: Sequence[str]) -> list[int]:
    """Live records with one of these folded names."""
    if not keys:
        return []
    sql = f"SELECT r.id FROM {noun} r WHERE r.deleted_at IS NULL AND r.name_key IN ({marks(keys)}) LIMIT {_MOST}"
    return _numbers(reader, sql, keys)


def alike_by_words(reader: Reader, noun: str, names: Sequence[Sequence[str]]) -> list[int]:
    """Records in whose name all the words of one of the names begin a word: the search index answers."""
    dialect = reader.dialect
    sql = f"SELECT record_id FROM search_entry WHERE {dialect.search_condition()} AND noun = ? LIMIT {_MOST}"
    found: dict[int, None] = {}
    for words in names:
        if words:
            query = dialect.search_query(words, names_only=True)
            found |= dict.fromkeys(_numbers(reader, sql, (query, noun)))
    return list(found)


def of_email(reader: Reader, emails: Sequence[str]) -> list[int]:
    """People with an address that reaches the mailbox of one of these folded ones: other dots, another ``+tag``."""
    from crmcli.domain.email_folding import beginnings_of, folded_email

    one = "SELECT contact_id, key FROM contact_email WHERE deleted_at IS NULL AND key >= ? AND key < ? AND key LIKE ?"
    found: dict[int, None] = {}
    for email in emails:
        # An index sorted by words as well as one sorted by letters has all that begins so before the z's.
        ranges = [(start, f"{start}zzzzzz", f"%@{domain}") for start, domain in beginnings_of(email)]
        sql = " UNION ALL ".join([one] * len(ranges))
        rows = reader.rows(f"{sql} LIMIT {_MOST}", [each for bounds in ranges for each in bounds])
        found |= {number: None for number, key in rows if folded_email(key) == email}
    return list(found)


def colleagues(reader: Reader, contact: int) -> list[int]:
    """People at the companies of a person."""
    sql = (
        "SELECT l.contact_id FROM contact_company m JOIN contact_company l ON l.company_id = m.company_id"
        f" WHERE m.contact_id = ? AND l.contact_id <> m.contact_id LIMIT {_MOST}"
    )
    return _numbers(reader, sql, (contact,))


def of_website(reader: Reader, domains: Sequence[str]) -> list[int]:
    """Companies whose website is one of these domains."""
    if not domains:
        return []
    sql = f"SELECT company_id FROM company_website WHERE deleted_at IS NULL AND key IN ({marks(domains)}) LIMIT {_MOST}"
    return _numbers(reader, sql, domains)


def of_phone(reader: Reader, noun: str, number: int) -> list[int]:
    """Records that have a phone of this one, as companies of one building may."""
    table = f"{noun}_phone"
    sql = (
        f"SELECT o.{noun}_id FROM {table} v JOIN {table} o ON o.key = v.key AND o.deleted_at IS NULL"
        f" WHERE v.deleted_at IS NULL AND v.{noun}_id = ? AND o.{noun}_id <> v.{noun}_id LIMIT {_MOST}"
    )
    return _numbers(reader, sql, (number,))


# -- how many have what one has


def namesakes(reader: Reader, noun: str, key: str) -> int:
    """How many live records bear a name, given as namesakes are counted: folded, a company's without its legal form."""
    if noun == "contact":
        sql = "SELECT COUNT(*) FROM contact WHERE deleted_at IS NULL AND name_key = ?"
        return int(reader.value(sql, (key,)) or 0)
    from crmcli.domain.company_names import bare_name

    sql = "SELECT name FROM company WHERE deleted_at IS NULL AND REPLACE(name_key, '.', '') LIKE ?"
    rows = reader.rows(sql, (f"%{max(key.split(), key=len)}%",))
    return sum(bare_name(name) == key for (name,) in rows)


def sharers(reader: Reader, phone: str) -> int:
    """How many live companies have a phone number, with whatever extension."""
    sql = (
        "SELECT v.company_id, v.key FROM company_phone v JOIN company r ON r.id = v.company_id"
        " WHERE v.deleted_at IS NULL AND r.deleted_at IS NULL AND v.key >= ? AND v.key < ?"
    )
    rows = reader.rows(sql, (phone, f"{phone};z"))
    return len({number for number, key in rows if key.partition(";")[0] == phone})


def _numbers(reader: Reader, sql: str, params: Sequence[object]) -> list[int]:
    return [number for (number,) in reader.rows(sql, params)]


# -- how much hangs on a record

_HANGING = {
    "contact": (
        "deal_contact",
        "activity_contact",
        "contact_company",
        "contact_email",
        "contact_phone",
        "contact_handle",
    ),
    "company": ("contact_company", "deal", "activity", "company_website", "company_phone"),
}


def fullness(reader: Reader, noun: str, number: int) -> int:
    """How many fields of a record are filled, and how many rows elsewhere belong to it."""
    columns = {
        "contact": ("title", "lifecycle", "lead_status", "source", "birthday", "anniversary", "address", "note"),
        "company": ("industry", "size", "annual_revenue", "country", "region", "address", "type", "note"),
    }[noun]
    filled = " + ".join(f"CASE WHEN r.{name} IS NULL THEN 0 ELSE 1 END" for name in columns)
    hanging = " + ".join(f"(SELECT COUNT(*) FROM {table} h WHERE h.{noun}_id = r.id)" for table in _HANGING[noun])
    return int(reader.value(f"SELECT {filled} + {hanging} FROM {noun} r WHERE r.id = ?", (number,)) or 0)
