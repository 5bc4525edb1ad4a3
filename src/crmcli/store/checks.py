"""Our own look at a store: what no database engine can know, and what mends it."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from crmcli.domain.fields import NETWORKS, UID_PREFIX
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.handles import read_handle
from crmcli.domain.people import read_email, read_phone, read_website
from crmcli.domain.text import fold
from crmcli.errors import BadValue, CrmError
from crmcli.store.queries.stray import stray_deals
from crmcli.store.reader import marks
from crmcli.store.search import SEARCHED, documents, row_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crmcli.store.dialects import Row
    from crmcli.store.reader import Reader

_CHUNK = 500
_MEND = "crm store check --fix"
# Tables whose rows only tie two things together: one that leads nowhere can be taken away.
_LINKS = (
    "contact_company",
    "contact_relation",
    "deal_contact",
    "activity_contact",
    "tagging",
    "segment_member",
    "segment_snapshot_member",
)
# Tables whose rows belong to one record: without it they are nobody's.
_PARTS = {
    "contact_email": "contact_id", "contact_phone": "contact_id", "contact_handle": "contact_id",
    "company_website": "company_id", "company_phone": "company_id", "stage_change": "deal_id",
}  # fmt: skip


class Finding(NamedTuple):
    """Something wrong: which check found it, where, what it is, how to mend it; ``row`` is a link that can go."""

    check: str
    record: str
    problem: str
    remedy: str
    row: tuple[str, int] | None = None


def findings(reader: Reader) -> Iterator[Finding]:
    """Everything wrong with a store; what can't even be read ends the search, for nothing after it can be believed."""
    for first in (_engine, _custom_fields):
        damage = list(first(reader))
        yield from damage
        if damage:
            return
    for check in (_dangling, _hanging, _uids, _addresses, _name_keys, _search, _money, _stages, _log):
        yield from check(reader)


def _engine(reader: Reader) -> Iterator[Finding]:
    remedy = "crm store restore BACKUP"
    try:
        found = reader.dialect.integrity(reader.connection)
    except Exception as error:
        known = reader.dialect.explain(error, reader.label)
        if not isinstance(known, CrmError):
            raise
        found = [known.message]
    yield from (Finding("engine", "", line, remedy) for line in found)


def _custom_fields(reader: Reader) -> Iterator[Finding]:
    """Custom fields that are no JSON object, on which every list would stumble."""
    import json

    for noun in UID_PREFIX:
        for number, text in reader.stream(f"SELECT id, custom FROM {noun} WHERE custom <> '{{}}' ORDER BY id"):
            try:
                sound = isinstance(json.loads(text), dict)
            except ValueError:
                sound = False
            if not sound:
                yield Finding(
                    "custom", f"{noun} #{number}", "its custom fields can't be read", "crm store restore BACKUP"
                )


# -- links


def _dangling(reader: Reader) -> Iterator[Finding]:
    """Rows that point to a row that is not there."""
    for table, column, target in _references():
        sql = (
            f'SELECT t.id, t."{column}" FROM {table} t LEFT JOIN {target} x ON x.id = t."{column}"'
            f' WHERE t."{column}" IS NOT NULL AND x.id IS NULL ORDER BY t.id'
        )
        for number, missing in reader.rows(sql):
            yield _broken(table, number, f"{column.removesuffix('_id')} {missing} is missing", column)
    for noun in UID_PREFIX:
        sql = (
            f"SELECT g.id, g.record_id FROM tagging g LEFT JOIN {noun} r ON r.id = g.record_id"
            " WHERE g.noun = ? AND r.id IS NULL ORDER BY g.id"
        )
        for number, missing in reader.rows(sql, (noun,)):
            yield _broken("tagging", number, f"{noun} {missing} is missing")
    nouns = ", ".join(f"'{noun}'" for noun in UID_PREFIX)
    for number, noun in reader.rows(f"SELECT id, noun FROM tagging WHERE noun NOT IN ({nouns}) ORDER BY id"):
        yield _broken("tagging", number, f"there are no records of {noun!r}")


def _references() -> Iterator[tuple[str, str, str]]:
    """Every column that points to another row: table, column, table pointed to."""
    from crmcli.store.models.schema import metadata

    for table in metadata().sorted_tables:
        for column in table.columns:
            target = column.info.get("references")
            if target:
                yield table.name, column.name, str(target).partition(".")[0]
    for noun in UID_PREFIX:
        yield noun, "merged_into", noun


def _broken(table: str, number: int, problem: str, column: str = "") -> Finding:
    if table in _LINKS or (table in _PARTS and _PARTS[table] == column):
        return Finding("links", f"{table} row {number}", problem, _MEND, (table, number))
    remedy = f"crm {table} edit {number}" if table in UID_PREFIX else "crm store restore BACKUP"
    return Finding("links", f"{table} #{number}" if table in UID_PREFIX else f"{table} row {number}", problem, remedy)


def _hanging(reader: Reader) -> Iterator[Finding]:
    """Live values of deleted records, which would keep the value from everyone else, and deals in deleted stages."""
    for table in ("contact_email", "contact_phone", "contact_handle", "company_website", "company_phone"):
        noun = table.partition("_")[0]
        sql = (
            f"SELECT r.id, v.value FROM {table} v JOIN {noun} r ON r.id = v.{noun}_id"
            " WHERE v.deleted_at IS NULL AND r.deleted_at IS NOT NULL ORDER BY v.id"
        )
        for number, value in reader.rows(sql):
            problem = f"{value} is still held, though the {noun} is deleted"
            yield Finding("links", f"{noun} #{number}", problem, f"crm {noun} restore {number}")
    for stray in stray_deals(reader):
        remedy = f"crm deal move {stray.number} STAGE"
        yield Finding("links", f"deal #{stray.number}", f"stage {stray.stage} is deleted", remedy)


# -- names and keys


_PREFIX = {
    "campaign": "cp",
    "segment": "sg",
    "saved_view": "vw",
    "template": "tp",
    "suppression": "su",
    "change_set": "ch",
    "purchase": "pu",
    "goal": "gl",
    "saved_report": "rp",
    "advice_mute": "mu",
}


def _uids(reader: Reader) -> Iterator[Finding]:
    """Uids that are no prefix and ULID, or that two rows have."""
    for table, prefix in {**UID_PREFIX, **_PREFIX}.items():
        shape = re.compile(rf"{prefix}_[0-7][0-9A-HJKMNP-TV-Z]{{25}}")
        seen: set[str] = set()
        for number, uid in reader.stream(f"SELECT id, uid FROM {table} ORDER BY id"):
            where = f"{table} #{number}"
            if not shape.fullmatch(uid):
                yield Finding("uids", where, f"{uid!r} is not a uid", "crm store restore BACKUP")
            if uid in seen:
                yield Finding("uids", where, f"{uid} belongs to another {table} too", "crm store restore BACKUP")
            seen.add(uid)


def _addresses(reader: Reader) -> Iterator[Finding]:
    """E-mails, phones, websites and handles whose matching key is not what reading them gives."""
    plain: tuple[tuple[str, str, Callable[[str], Any]], ...] = (
        ("contact_email", "email", read_email),
        ("contact_phone", "phone", lambda value: read_phone(value, None)),
        ("company_phone", "phone", lambda value: read_phone(value, None)),
        ("company_website", "website", read_website),
        *((f"contact_handle:{network}", network, _handle_of(network)) for network in NETWORKS),
    )
    for place, flag, read in plain:
        table, _, network = place.partition(":")
        noun = table.partition("_")[0]
        only = f" AND network = '{network}'" if network else ""
        sql = f"SELECT {noun}_id, value, key FROM {table} WHERE deleted_at IS NULL{only} ORDER BY id"
        for number, value, key in reader.stream(sql):
            problem = _unlike(value, key, read)
            if problem:
                remedy = f"crm {noun} edit {number} --{flag} {value!r}"
                yield Finding("keys", f"{noun} #{number}", problem, remedy)


def _handle_of(network: str) -> Callable[[str], Any]:
    return lambda value: read_handle(network, value)


def _unlike(value: str, key: str, read: Callable[[str], Any]) -> str | None:
    try:
        wanted = read(value).key
    except BadValue as error:
        return error.reason
    return None if wanted == key else f"{value!r} is matched as {key!r}, not as {wanted!r}"


_NAMES = {
    "contact": ("name", "name_key"), "company": ("name", "name_key"), "deal": ("title", "title_key"),
    "pipeline": ("name", "name_key"), "stage": ("name", "name_key"), "campaign": ("name", "name_key"),
    "segment": ("name", "name_key"), "sequence": ("name", "name_key"),
    "saved_view": ("name", "name_key"), "saved_report": ("name", "name_key"),
    "template": ("name", "name_key"), "tag": ("name", "key"), "app_user": ("login", "login_key"),
}  # fmt: skip


def _name_keys(reader: Reader) -> Iterator[Finding]:
    """Names whose folded form is not the one they are found by."""
    for table, (name, key) in _NAMES.items():
        for number, shown, kept in reader.stream(f"SELECT id, {name}, {key} FROM {table} ORDER BY id"):
            if fold(shown) != kept:
                remedy = f"crm {table} edit {number} --{name} {shown!r}" if table in UID_PREFIX else "rename it"
                yield Finding("keys", f"{table} #{number}", f"{shown!r} is matched as {kept!r}", remedy)


# -- search


def _search(reader: Reader) -> Iterator[Finding]:
    """Records whose entry in the index is missing or old, and entries that no record has."""
    wanted: set[int] = set()
    for noun in SEARCHED:
        last = 0
        while numbers := [n for (n,) in reader.rows(_NEXT.format(noun=noun), (last, _CHUNK))]:
            last = numbers[-1]
            yield from _compared(reader, noun, numbers, wanted)
    for number, noun, record in reader.rows("SELECT rowid, noun, record_id FROM search_entry ORDER BY rowid"):
        if number not in wanted:
            yield Finding("search", f"{noun} #{record}", "is in the index, though there is no such record", _MEND)


_NEXT = "SELECT id FROM {noun} WHERE id > ? AND deleted_at IS NULL ORDER BY id LIMIT ?"


def _compared(reader: Reader, noun: str, numbers: list[int], wanted: set[int]) -> Iterator[Finding]:
    rows = {row_number(noun, number): number for number in numbers}
    sql = f"SELECT rowid, noun, record_id, name, body FROM search_entry WHERE rowid IN ({marks(numbers)})"
    kept: dict[int, Row] = {row[0]: row[1:] for row in reader.rows(sql, list(rows))}
    wanted.update(rows)
    for _, number, name, body in documents(reader, noun, numbers):
        entry = kept.get(row_number(noun, number))
        if entry is None:
            yield Finding("search", f"{noun} #{number}", "is not in the index", _MEND)
        elif (entry[0], int(entry[1]), *entry[2:]) != (noun, number, name, body):
            yield Finding("search", f"{noun} #{number}", "is in the index as it was before", _MEND)


# -- money


def _money(reader: Reader) -> Iterator[Finding]:
    """Amounts without a currency and the reverse, below zero, or in a currency that does not exist."""
    from crmcli.domain.money import CURRENCIES

    for noun, value, currency in (("deal", "value", "currency"), ("company", "annual_revenue", "revenue_currency")):
        flag = value.replace("_", "-")
        sql = f"SELECT id, {value}, {currency} FROM {noun} WHERE {value} IS NOT NULL OR {currency} IS NOT NULL ORDER BY id"
        for number, amount, code in reader.stream(sql):
            for problem in _faults(amount, code, CURRENCIES):
                yield Finding("money", f"{noun} #{number}", problem, f"crm {noun} edit {number} --{flag} AMOUNT")


def _faults(amount: int | None, code: str | None, known: Any) -> Iterator[str]:  # noqa: ANN401
    if amount is None:
        yield f"currency {code} without a value"
    elif code is None:
        yield "a value without a currency"
    if amount is not None and amount < 0:
        yield "the value is below zero"
    if code is not None and code not in known:
        yield f"{code!r} is not a currency"


# -- stages


def _stages(reader: Reader) -> Iterator[Finding]:
    """Deals whose stage history does not lead, step by step, from nothing to where they are."""
    moves: dict[int, list[tuple[int | None, int]]] = {}
    sql = "SELECT deal_id, from_stage_id, to_stage_id FROM stage_change ORDER BY deal_id, at, id"
    for deal, before, after in reader.stream(sql):
        moves.setdefault(deal, []).append((before, after))
    sql = (
        "SELECT r.id, r.stage_id, r.pipeline_id, r.closed_at, s.pipeline_id, s.kind FROM deal r"
        " JOIN stage s ON s.id = r.stage_id WHERE r.deleted_at IS NULL ORDER BY r.id"
    )
    for number, stage, pipeline, closed, home, kind in reader.stream(sql):
        remedy = f"crm history deal:{number}, then crm deal move {number} STAGE"
        for problem in _wrong_turns(moves.get(number, []), stage):
            yield Finding("stages", f"deal #{number}", problem, remedy)
        if pipeline != home:
            yield Finding("stages", f"deal #{number}", "its stage belongs to another pipeline", remedy)
        if (closed is not None) != (kind != "open"):
            problem = f"is in a stage that is {kind}, but was {'closed' if closed else 'never closed'}"
            yield Finding("stages", f"deal #{number}", problem, remedy)


def _wrong_turns(moves: list[tuple[int | None, int]], stage: int) -> Iterator[str]:
    if not moves:
        yield "has no stage history"
        return
    if moves[0][0] is not None:
        yield "its stage history does not begin with its first stage"
    if any(earlier[1] != later[0] for earlier, later in pairwise(moves)):
        yield "its stage history has a gap"
    if moves[-1][1] != stage:
        yield "its stage history ends in another stage than the one it is in"


# -- the change log


def _log(reader: Reader) -> Iterator[Finding]:
    """Lines of the change log that can't be read, so that nothing could be undone by them."""
    import json

    from crmcli.store.models.schema import metadata

    tables = metadata().tables
    sides = {"insert": (False, True), "update": (True, True), "delete": (True, False)}
    for number, set_id, relation, action, *states in reader.stream(
        "SELECT id, set_id, relation, action, before, after FROM change c WHERE before IS NOT NULL OR after IS NOT NULL"
        " OR noun <> 'contact' OR NOT EXISTS"  # of the forgotten it says only that there was something
        " (SELECT 1 FROM contact k JOIN forgotten f ON f.uid = k.uid WHERE k.id = c.record_id) ORDER BY id"
    ):
        where = f"change #{set_id}, line {number}"
        remedy = "crm store restore BACKUP; or leave it: it can't be undone"
        if relation not in tables or action not in sides:
            yield Finding("log", where, f"unknown {action} of {relation}", remedy)
            continue
        try:
            kept = tuple(isinstance(json.loads(state or "null"), dict) for state in states)
        except ValueError:
            kept = ()
        if kept != sides[action]:
            yield Finding("log", where, "does not say what was before and after", remedy)


def mend(connection: Any, found: list[Finding]) -> int:  # noqa: ANN401 - SQLAlchemy's, inside a transaction
    """Take away the links that lead nowhere; how many there were. The index is the caller's to rebuild."""
    rows = [finding.row for finding in found if finding.row is not None]
    for table, number in rows:
        connection.exec_driver_sql(f"DELETE FROM {table} WHERE id = {int(number)}")
    return len(rows)
