"""Which record a reference names: uid or its beginning, number, external id, or a natural key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.fields import FIELDS, UID_PREFIX, Kind
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold
from crmcli.errors import Ambiguous, BadValue, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.store.reader import Reader

NAMES = {"contact": "name", "company": "name", "deal": "title", "activity": "subject"}
_LISTED = 10
MERGED = ("contact", "company", "deal")  # what can be merged


class Found(NamedTuple):
    """A record by its number, uid and name."""

    number: int
    uid: str
    name: str


def resolve(reader: Reader, noun: str, ref: str, country: str | None, *, deleted: bool = False) -> Found:
    """The one live (or deleted) record that ``ref`` names; raises NotFound, or Ambiguous with the candidates."""
    text = ref.strip()
    for sql, params in _questions(noun, text, country):
        alive = "NOT NULL" if deleted else "NULL"
        columns = f"r.id, r.uid, r.{NAMES[noun]}"
        rows = reader.rows(
            f"SELECT DISTINCT {columns} FROM {noun} r WHERE r.deleted_at IS {alive} AND ({sql}) LIMIT 50", params
        )
        if len(rows) == 1:
            return Found(rows[0][0], rows[0][1], rows[0][2] or "")
        if rows:
            raise _ambiguous(noun, text, rows)
    was = None if deleted else _deleted(reader, noun, text, country)
    raise deleted_record(reader, noun, was) if was else NotFound(f"no {noun} {ref}", hint=f"crm {noun} list")


def _deleted(reader: Reader, noun: str, text: str, country: str | None) -> int | None:
    """The number of the deleted record that a uid or a number names; names may well be those of others."""
    sql, params = next(_questions(noun, text, country), ("", ()))
    if not sql.startswith(("r.uid", "r.id")):
        return None
    rows = reader.rows(f"SELECT r.id FROM {noun} r WHERE r.deleted_at IS NOT NULL AND ({sql}) LIMIT 2", params)
    return rows[0][0] if len(rows) == 1 else None


def deleted_record(reader: Reader, noun: str, number: int) -> NotFound:
    """The refusal of a record that was deleted: its name, who did it, and how it comes back, unless it was forgotten."""
    sql = (
        f"SELECT r.{NAMES[noun]}, u.login, f.uid FROM {noun} r LEFT JOIN app_user u ON u.id = r.updated_by"
        " LEFT JOIN forgotten f ON f.uid = r.uid WHERE r.id = ?"
    )
    name, who, forgotten = reader.row(sql, (number,)) or (None, None, None)
    if forgotten:
        return NotFound(f"{noun} #{number} was forgotten", hint=f"crm {noun} list")
    told = f"{noun} #{number} {name}" if name else f"{noun} #{number}"
    return NotFound(f"{told} was deleted{f' by {who}' if who else ''}", hint=f"crm {noun} restore {number}")


def survivor(reader: Reader, noun: str, ref: str, country: str | None = None) -> Found | None:
    """The live record into which the one that is named was merged, if it was, over however many merges.

    It is named as any record is, by what it had when it was merged away.
    """
    found = merged_away(reader, noun, ref, country)
    return _kept(reader, noun, found[0].number) if len(found) == 1 else None


def merged_away(reader: Reader, noun: str, ref: str, country: str | None = None) -> list[Found]:
    """The records that were merged into another and that a reference names; none when none was ever merged."""
    if noun not in MERGED or reader.value(f"SELECT 1 FROM {noun} WHERE merged_into IS NOT NULL LIMIT 1") is None:
        return []
    text = ref.strip()
    for sql, params in _questions(noun, text, country, gone=True):
        rows = reader.rows(
            f"SELECT r.id, r.uid, r.{NAMES[noun]} FROM {noun} r WHERE r.merged_into IS NOT NULL AND ({sql}) LIMIT 50",
            params,
        )
        if rows:
            return [Found(number, uid, name or "") for number, uid, name in rows]
    return []


def _kept(reader: Reader, noun: str, number: int) -> Found | None:
    sql = (
        f"SELECT w.id, w.uid, w.{NAMES[noun]}, w.deleted_at FROM {noun} r JOIN {noun} w ON w.id = r.merged_into"
        " WHERE r.id = ?"
    )
    row = reader.row(sql, (number,))
    while row is not None and row[3] is not None:
        row = reader.row(sql, (row[0],))
    return Found(row[0], row[1], row[2] or "") if row else None


def _ambiguous(noun: str, text: str, rows: list[tuple[int, str, str]]) -> Ambiguous:
    lines = [f"  #{number}  {uid}  {name or ''}" for number, uid, name in rows[:_LISTED]]
    if len(rows) > _LISTED:
        lines.append("  …")
    many = f"{len(rows)}" if len(rows) < 50 else "50 or more"
    return Ambiguous(
        f"{many} records answer to {noun} {text!r}", hint="name one by its number or uid", details=tuple(lines)
    )


def _questions(
    noun: str, text: str, country: str | None, *, gone: bool = False
) -> Iterator[tuple[str, tuple[object, ...]]]:
    """The conditions to try, the surest first; the first that finds anything decides. ``gone``: of records merged away."""
    prefix = f"{UID_PREFIX[noun]}_"
    if text.lower().startswith(prefix):
        uid = prefix + text[len(prefix) :].upper()
        yield "r.uid >= ? AND r.uid < ?", (uid, f"{uid}~")
        return
    bare = text.removeprefix("#")
    if bare.isdecimal() and len(bare) < 16 and (text.startswith("#") or len(bare) < 7):
        yield "r.id = ?", (int(bare),)
    if not text:
        return
    yield from _natural_questions(noun, text, country, gone)
    if NAMES[noun] != "subject":
        name = NAMES[noun]
        yield f"r.{name}_key = ? AND r.{name} = ?", (fold(text), text)
        yield f"r.{name}_key = ?", (fold(text),)
    else:
        yield "r.status = 'planned' AND r.subject = ?", (text,)
        yield "r.status = 'planned' AND crm_fold(r.subject) = ?", (fold(text),)
        yield "r.subject = ?", (text,)
    source, colon, number = text.partition(":")
    if colon and source and number:
        yield "r.external_source = ? AND r.external_id = ?", (source, number)
    yield "r.external_id = ?", (text,)


def _natural_questions(
    noun: str, text: str, country: str | None, gone: bool
) -> Iterator[tuple[str, tuple[object, ...]]]:
    from crmcli.domain.handles import network_of, read_handle
    from crmcli.domain.people import looks_like, read_email, read_phone, read_website

    shape = looks_like(text)
    if noun == "contact" and shape == "email":
        yield from _keyed("contact_email", "contact_id", lambda: read_email(text).key, gone)
    if noun == "contact" and (network := network_of(text)):
        yield from _keyed(
            "contact_handle", "contact_id", lambda: read_handle(network, text).key, gone, f"v.network = '{network}'"
        )
    elif noun == "contact" and text.startswith("@"):
        yield from _keyed("contact_handle", "contact_id", lambda: fold(text[1:]), gone)
    if noun in ("contact", "company") and shape == "phone":
        yield from _keyed(f"{noun}_phone", f"{noun}_id", lambda: read_phone(text, country).key, gone)
    if noun == "company" and shape in ("website", "handle_url"):
        yield from _keyed("company_website", "company_id", lambda: read_website(text).key, gone)


def _keyed(
    table: str, owner: str, key: object, gone: bool, extra: str = "1 = 1"
) -> Iterator[tuple[str, tuple[object, ...]]]:
    try:
        value = key()  # type: ignore[operator]
    except BadValue:
        return
    if gone:  # few records, each asked for what it had
        yield f"EXISTS (SELECT 1 FROM {table} v WHERE v.{owner} = r.id AND v.key = ? AND {extra})", (value,)
    else:
        yield (
            f"r.id IN (SELECT v.{owner} FROM {table} v WHERE v.deleted_at IS NULL AND v.key = ? AND {extra})",
            (value,),
        )


def owner_of_key(reader: Reader, noun: str, kind: Kind, key: str, network: str = "") -> Found | None:
    """The live record that holds this e-mail, phone, website or handle."""
    table = {Kind.EMAIL: "contact_email", Kind.PHONE: f"{noun}_phone", Kind.WEBSITE: "company_website"}.get(
        kind, "contact_handle"
    )
    more = " AND v.network = ?" if network else ""
    sql = (
        f"SELECT r.id, r.uid, r.name FROM {table} v JOIN {noun} r ON r.id = v.{noun}_id"
        f" WHERE v.deleted_at IS NULL AND r.deleted_at IS NULL AND v.key = ?{more}"
    )
    row = reader.row(sql, (key, network) if network else (key,))
    return Found(*row) if row else None


def custom_keys(reader: Reader) -> dict[str, frozenset[str]]:
    """The custom fields that each noun has."""
    found: dict[str, set[str]] = {noun: set() for noun in FIELDS}
    for noun, key in reader.rows("SELECT noun, key FROM custom_field"):
        found.setdefault(noun, set()).add(key)
    return {noun: frozenset(keys) for noun, keys in found.items()}
