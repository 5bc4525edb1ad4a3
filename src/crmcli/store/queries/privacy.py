"""Everything that is kept on a person, read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold
from crmcli.store.queries.condition import Condition
from crmcli.store.reader import Reader, marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FORGET = "contact forget"  # the one command that nothing takes back
_DIGITS = 6
_SHORTEST = 3  # letters; a shorter name would be found in other words
_BESIDE = {
    "emails": ("contact_email", ("value", "label", "position", "invalid", "opted_out", "deleted_at")),
    "phones": ("contact_phone", ("value", "label", "position", "invalid", "opted_out", "deleted_at")),
    "handles": ("contact_handle", ("network", "value", "deleted_at")),
}


class Person(NamedTuple):
    """A person with every record that was merged into it, and what names it elsewhere.

    ``alone`` are activities of this person only, ``shared`` those with others too; ``words`` are names, addresses and
    numbers, former ones too, the longest first.
    """

    numbers: tuple[int, ...]
    uids: tuple[str, ...]
    alone: tuple[int, ...]
    shared: tuple[int, ...]
    deals: tuple[int, ...]
    companies: tuple[int, ...]
    words: tuple[str, ...]

    @property
    def sure_words(self) -> tuple[str, ...]:
        """The words that are nobody else's: whole names, addresses and numbers, but no name of one word."""
        return tuple(w for w in self.words if " " in w.strip() or "@" in w or sum(map(str.isdecimal, w)) >= _DIGITS)


def person(reader: Reader, number: int) -> Person:
    """The person of that number."""
    numbers = _merged(reader, number)
    own = marks(numbers)
    activities = _numbers(
        reader, f"SELECT DISTINCT activity_id FROM activity_contact WHERE contact_id IN ({own})", numbers
    )
    shared = _numbers(
        reader,
        f"SELECT DISTINCT a.activity_id FROM activity_contact a JOIN activity_contact o ON o.activity_id = a.activity_id"
        f" WHERE a.contact_id IN ({own}) AND o.contact_id NOT IN ({own})",
        numbers * 2,
    )
    deals = _numbers(reader, f"SELECT DISTINCT deal_id FROM deal_contact WHERE contact_id IN ({own})", numbers)
    companies = _numbers(
        reader, f"SELECT DISTINCT company_id FROM contact_company WHERE contact_id IN ({own})", numbers
    )
    uids = tuple(uid for (uid,) in reader.rows(f"SELECT uid FROM contact WHERE id IN ({own}) ORDER BY id", numbers))
    alone = tuple(n for n in activities if n not in set(shared))
    return Person(numbers, uids, alone, shared, deals, companies, _words(reader, numbers))


def _merged(reader: Reader, number: int) -> tuple[int, ...]:
    found = [number]
    for each in found:
        found += [
            n for n in _numbers(reader, "SELECT id FROM contact WHERE merged_into = ?", (each,)) if n not in found
        ]
    return tuple(found)


def _numbers(reader: Reader, sql: str, params: Sequence[object]) -> tuple[int, ...]:
    return tuple(n for (n,) in reader.rows(sql, params))


def _words(reader: Reader, numbers: Sequence[int]) -> tuple[str, ...]:
    """Every name, address and number that the person has or had, those that only the log knows too."""
    own = marks(numbers)
    words = [name for (name,) in reader.rows(f"SELECT name FROM contact WHERE id IN ({own})", numbers)]
    for table in ("contact_email", "contact_phone", "contact_handle"):
        for value, key in reader.rows(f"SELECT value, key FROM {table} WHERE contact_id IN ({own})", numbers):
            words += [value, key, "".join(c for c in value if not c.isspace())]
    sql = f"SELECT before, after FROM change WHERE noun = 'contact' AND relation = 'contact' AND record_id IN ({own})"
    for states in reader.rows(sql, numbers):
        for state in filter(None, states):
            words += filter(None, [(_read(state) or {}).get("name")])
    return tuple(sorted({w for w in words if len(w) >= _SHORTEST}, key=lambda word: (-len(word), word)))


def _read(state: str) -> dict[str, str] | None:
    import json

    found: dict[str, str] | None = json.loads(state)
    return found


def mentioning(reader: Reader, noun: str, columns: Sequence[str], words: Sequence[str]) -> list[int]:
    """The records, deleted ones too, whose texts hold any of these words, however they are written."""
    if not words:
        return []
    texts = " || ' ' || ".join(f"COALESCE({column}, '')" for column in columns)
    whole = f"crm_fold({texts} || ' ' || CAST(custom AS TEXT))"
    condition = " OR ".join(["instr(w, ?) > 0"] * len(words))
    sql = f"SELECT id FROM (SELECT id, {whole} AS w FROM {noun}) t WHERE {condition}"
    return [number for (number,) in reader.rows(sql, [fold(word) for word in words])]


def logged(reader: Reader, who: Person) -> Iterator[tuple[int, str, int, str | None, str | None]]:
    """The lines of the change log that may mention the person: number, noun, record, before, after."""
    needles = {form for word in who.words for form in _forms(word)}
    for row in reader.stream(
        "SELECT id, noun, record_id, before, after FROM change WHERE before IS NOT NULL OR after IS NOT NULL"
    ):
        text = f"{row[3]} {row[4]}".lower()
        if any(needle in text for needle in needles):
            yield row


def _forms(word: str) -> Iterator[str]:
    """How the first part of a word may stand in the log's JSON, in lower case."""
    import json

    start = word.split(maxsplit=1)[0]
    for form in (start, start.lower(), start.upper(), start.title()):
        yield form.lower()
        yield json.dumps(form)[1:-1].lower()


def summaries(reader: Reader, who: Person) -> Iterator[tuple[int, str, bool]]:
    """The change sets that were summed up in words: number, summary, and whether they touched the person."""
    own = marks(who.numbers)
    near = (
        f"s.id IN (SELECT set_id FROM change WHERE noun = 'contact' AND record_id IN ({own})"
        f" UNION SELECT created_in FROM contact WHERE id IN ({own}) UNION SELECT deleted_in FROM contact WHERE id IN ({own}))"
    )
    sql = f"SELECT s.id, s.summary, CASE WHEN {near} THEN 1 ELSE 0 END FROM change_set s WHERE s.summary <> ''"
    for number, summary, is_near in reader.rows(sql, who.numbers * 3):
        yield number, summary, bool(is_near)


def left_over(reader: Reader, words: Sequence[str]) -> int:
    """How many records the search still finds by all of these words."""
    from crmcli.store.search import words_of

    wanted = [part for word in words for part in words_of(word)]
    if not wanted:
        return 0
    query = reader.dialect.search_query(wanted, names_only=False)
    sql = f"SELECT COUNT(*) FROM search_entry WHERE {reader.dialect.search_condition()}"
    return int(reader.value(sql, (query,)) or 0)


def has_forgotten(reader: Reader, change_set: int) -> bool:
    """Whether a change set changed somebody who was forgotten since."""
    sql = (
        "SELECT 1 FROM change c JOIN contact k ON k.id = c.record_id JOIN forgotten f ON f.uid = k.uid"
        " WHERE c.set_id = ? AND c.noun = 'contact' LIMIT 1"
    )
    return reader.value(sql, (change_set,)) is not None


def beside(reader: Reader, numbers: Sequence[int]) -> dict[str, list[dict[str, object]]]:
    """Addresses, numbers, handles, places and relations, those taken off since too."""
    own = marks(numbers)
    found = {
        name: [
            dict(zip(columns, row, strict=True))
            for row in reader.rows(
                f"SELECT {', '.join(columns)} FROM {table} WHERE contact_id IN ({own}) ORDER BY id", numbers
            )
        ]
        for name, (table, columns) in _BESIDE.items()
    }
    places = ("company", "role", "title", "started_on", "ended_on")
    found["companies"] = [
        dict(zip(places, row, strict=True))
        for row in reader.rows(
            "SELECT o.name, l.role, l.title, l.started_on, l.ended_on FROM contact_company l"
            f" JOIN company o ON o.id = l.company_id WHERE l.contact_id IN ({own}) ORDER BY l.id",
            numbers,
        )
    ]
    found["relations"] = [
        {"kind": kind, "contact": name}
        for kind, name in reader.rows(
            "SELECT l.kind, c.name FROM contact_relation l JOIN contact c ON c.id = l.other_id"
            f" WHERE l.contact_id IN ({own}) ORDER BY l.id",
            numbers,
        )
    ]
    return found


# What marketing knows of a person: the columns by their names, and where they come from.
_BARRED = (
    "(x.contact_id IN ({own}) OR x.kind = 'address' AND x.key IN"
    " (SELECT e.key FROM contact_email e WHERE e.contact_id IN ({own})))"
)
_MARKETING = {
    "consents": (
        {"channel": "n.channel", "status": "n.status", "basis": "n.basis", "source": "n.source", "note": "n.note",
         "at": "n.at", "by": "u.login"},
        "consent n LEFT JOIN app_user u ON u.id = n.by WHERE n.contact_id IN ({own}) ORDER BY n.at, n.id",
    ),
    "suppressions": (
        {"kind": "x.kind", "value": "x.value", "channel": "x.channel", "reason": "x.reason", "note": "x.note",
         "at": "x.at", "by": "u.login", "lifted_at": "x.deleted_at"},
        f"suppression x LEFT JOIN app_user u ON u.id = x.by WHERE {_BARRED} ORDER BY x.id",
    ),
    "messages": (
        {"campaign": "p.name", "id": "g.uid", "address": "g.address", "status": "g.status", "claimed_at": "g.claimed_at",
         "sent_at": "g.sent_at", "reply": "g.reply"},
        "message g JOIN campaign p ON p.id = g.campaign_id WHERE g.contact_id IN ({own}) ORDER BY g.id",
    ),
}  # fmt: skip


def marketing(reader: Reader, numbers: Sequence[int]) -> dict[str, list[dict[str, object]]]:
    """What the person agreed to, what stands against writing to them, and every message that was sent."""
    own = marks(numbers)
    return {
        name: [
            dict(zip(columns, row, strict=True))
            for row in reader.rows(
                f"SELECT {', '.join(columns.values())} FROM {source.format(own=own)}",
                tuple(numbers) * source.count("{own}"),
            )
        ]
        for name, (columns, source) in _MARKETING.items()
    }


def purchases(reader: Reader, who: Person) -> list[dict[str, object]]:
    """What the person bought, as the logs call the person too; what was taken away since as well."""
    from crmcli.domain.records import as_record
    from crmcli.store.queries.common import Selection
    from crmcli.store.queries.purchase_lines import purchase_lines

    where = theirs(who)
    return [
        as_record(line)
        for deleted in (False, True)
        for line in purchase_lines(reader, Selection(where, deleted=deleted), "")
    ]


def theirs(who: Person) -> Condition:
    """The purchases ``r`` of a person: linked, or in the log by an address, number or whole name of the person's."""
    keys = tuple(dict.fromkeys(fold(word) for word in who.sure_words))
    named = f" OR (r.company_id IS NULL AND r.customer_key IN ({marks(keys)}))" if keys else ""
    return Condition(f"(r.contact_id IN ({marks(who.numbers)}){named})", (*who.numbers, *keys))


def log_of(reader: Reader, numbers: Sequence[int]) -> Iterator[dict[str, object]]:
    """Every line of the change log about the person, the oldest first."""
    import json

    sql = (
        "SELECT s.at, u.login, s.command, c.relation, c.action, c.before, c.after FROM change c"
        " JOIN change_set s ON s.id = c.set_id JOIN app_user u ON u.id = s.user_id"
        f" WHERE c.noun = 'contact' AND c.record_id IN ({marks(numbers)}) ORDER BY c.id"
    )
    for at, user, command, table, action, *states in reader.rows(sql, numbers):
        before, after = (json.loads(state) if state else None for state in states)
        yield {
            "at": at, "user": user, "command": command, "table": table, "action": action, "before": before, "after": after,
        }  # fmt: skip


def forgotten(reader: Reader) -> list[str]:
    """The uids of those who were forgotten."""
    return [uid for (uid,) in reader.rows("SELECT uid FROM forgotten ORDER BY id")]


def numbered(reader: Reader, uid: str) -> int | None:
    """The number of the contact of that uid, deleted or not."""
    found: int | None = reader.value("SELECT id FROM contact WHERE uid = ?", (uid,))
    return found
