"""Which live records hold these keys, asked for many keys at once: what an import looks up for a batch of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.fields import NETWORKS
from crmcli.domain.frozen import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from crmcli.store.dialects import Row
    from crmcli.store.reader import Reader

_CHUNK = 500


class Lookup(NamedTuple):
    """A question by keys: SQL that gives the key, the record's number and what else is wanted for the keys in ``{in}``.

    Where ``{in}`` stands twice, the parameters before it do too.
    """

    sql: str
    params: tuple[object, ...] = ()


def _holders(table: str, condition: str = "") -> str:
    owner = table.partition("_")[0]
    return f"SELECT v.key, v.{owner}_id FROM {table} v WHERE v.deleted_at IS NULL{condition} AND v.key IN ({{in}})"


EMAILS = Lookup(_holders("contact_email"))
# With a phone come the name and whether there is an e-mail: several people may be given the number of one switchboard.
PHONES = Lookup(
    "SELECT v.key, v.contact_id, r.name_key, EXISTS (SELECT 1 FROM contact_email e WHERE e.contact_id = r.id"
    " AND e.deleted_at IS NULL) FROM contact_phone v JOIN contact r ON r.id = v.contact_id"
    " WHERE v.deleted_at IS NULL AND v.key IN ({in})"
)
WEBSITES = Lookup(_holders("company_website"))
PEOPLE = Lookup("SELECT r.id, r.id, r.name, r.external_source, r.external_id FROM contact r WHERE r.id IN ({in})")
CONTACT_NAMES = Lookup("SELECT r.name_key, r.id FROM contact r WHERE r.deleted_at IS NULL AND r.name_key IN ({in})")
COMPANY_PHONES = Lookup(_holders("company_phone"))
CONTACTS_AT = Lookup(
    "SELECT r.name_key, r.id, l.company_id FROM contact r JOIN contact_company l ON l.contact_id = r.id"
    " WHERE r.deleted_at IS NULL AND l.ended_on IS NULL AND r.name_key IN ({in})"
)
COMPANY_NAMES = Lookup(
    "SELECT r.name_key, r.id, r.external_source, r.external_id FROM company r"
    " WHERE r.deleted_at IS NULL AND r.name_key IN ({in})"
)
DEAL_TITLES = Lookup(
    "SELECT r.title_key, r.id, r.company_id, r.created_at FROM deal r WHERE r.deleted_at IS NULL AND r.title_key IN ({in})"
)
MOMENTS = Lookup("SELECT r.at, r.id FROM activity r WHERE r.deleted_at IS NULL AND r.at IN ({in})")
SUBJECTS = Lookup("SELECT r.subject, r.id FROM activity r WHERE r.deleted_at IS NULL AND r.subject IN ({in})")
PRIMARY_COMPANIES = Lookup(
    "SELECT l.contact_id, l.company_id FROM contact_company l JOIN company o ON o.id = l.company_id"
    " WHERE l.ended_on IS NULL AND o.deleted_at IS NULL AND l.contact_id IN ({in}) ORDER BY l.position DESC, l.id DESC"
)
DEAL_COMPANIES = Lookup("SELECT r.id, r.company_id FROM deal r WHERE r.company_id IS NOT NULL AND r.id IN ({in})")


def handles(network: str) -> Lookup:
    """Contacts by their handle on a network."""
    return Lookup(_holders("contact_handle", " AND v.network = ?"), (network,))


def external_ids(noun: str, source: str) -> Lookup:
    """Records by their number in another system; that of one merged away is the number of the record that kept it."""
    sql = (
        "WITH RECURSIVE named (external_id, id) AS ("
        f"SELECT r.external_id, r.id FROM {noun} r"
        " WHERE r.deleted_at IS NULL AND r.external_source = ? AND r.external_id IN ({in})"
        f" UNION SELECT r.external_id, r.merged_into FROM {noun} r"
        " WHERE r.merged_into IS NOT NULL AND r.external_source = ? AND r.external_id IN ({in})"
        f" UNION SELECT n.external_id, r.merged_into FROM named n JOIN {noun} r ON r.id = n.id"
        " WHERE r.merged_into IS NOT NULL)"
        f" SELECT n.external_id, n.id FROM named n JOIN {noun} r ON r.id = n.id WHERE r.deleted_at IS NULL"
    )
    return Lookup(sql, (source,))


def custom_values(reader: Reader, noun: str) -> Lookup:
    """Each live record with the text of the custom field whose key is the parameter."""
    return Lookup(f"SELECT r.id, {reader.dialect.custom_value('r')} FROM {noun} r WHERE r.deleted_at IS NULL")


def sources(reader: Reader, noun: str) -> list[str]:
    """The other systems from which live records of a noun came, found one after the other along their index."""
    found: list[str] = []
    sql = (
        f"SELECT r.external_source FROM {noun} r WHERE r.deleted_at IS NULL AND r.external_source > ?"
        " ORDER BY r.external_source LIMIT 1"
    )
    while (source := reader.value(sql, (found[-1] if found else "",))) is not None:
        found.append(source)
    return found


def uids(noun: str) -> Lookup:
    """Records by their uid, deleted ones too: whether it is one."""
    return Lookup(f"SELECT r.uid, r.id, r.deleted_at IS NOT NULL FROM {noun} r WHERE r.uid IN ({{in}})")


def any_external_ids(noun: str) -> Lookup:
    """Records by their number in whatever other system."""
    return Lookup(f"SELECT r.external_id, r.id FROM {noun} r WHERE r.deleted_at IS NULL AND r.external_id IN ({{in}})")


def look_up(reader: Reader, lookup: Lookup, keys: Collection[object]) -> Iterator[Row]:
    """The rows that answer, for any number of keys."""
    wanted = list(keys)
    for start in range(0, len(wanted), _CHUNK):
        among, values = reader.dialect.among(wanted[start : start + _CHUNK])
        params = (*lookup.params, *values) * lookup.sql.count("IN ({in})")
        yield from reader.rows(lookup.sql.replace("IN ({in})", among), params)


class Kept(NamedTuple):
    """A record as it is kept: its own columns, custom fields, and the keys or numbers of what hangs on it."""

    columns: dict[str, object]
    custom: dict[str, object]
    parts: dict[str, list[object]]


# Field to the rows beside the records: record's number, then the key or the linked record's number.
_PARTS = {
    "contact": {
        "emails": "SELECT contact_id, key FROM contact_email WHERE deleted_at IS NULL AND contact_id IN ({in})",
        "phones": "SELECT contact_id, key FROM contact_phone WHERE deleted_at IS NULL AND contact_id IN ({in})",
        "companies": "SELECT contact_id, company_id FROM contact_company WHERE contact_id IN ({in})",
        "former_companies": "SELECT contact_id, company_id FROM contact_company WHERE ended_on IS NOT NULL"
        " AND contact_id IN ({in})",
    },
    "company": {
        "websites": "SELECT company_id, key FROM company_website WHERE deleted_at IS NULL AND company_id IN ({in})",
        "phones": "SELECT company_id, key FROM company_phone WHERE deleted_at IS NULL AND company_id IN ({in})",
    },
    "deal": {"contacts": "SELECT deal_id, contact_id FROM deal_contact WHERE deal_id IN ({in})"},
    "activity": {
        "contacts": "SELECT activity_id, contact_id FROM activity_contact WHERE activity_id IN ({in})"
        " ORDER BY position, id"
    },
}
_HANDLES = "SELECT contact_id, network, key FROM contact_handle WHERE deleted_at IS NULL AND contact_id IN ({in})"
_TAGS = "SELECT g.record_id, t.key FROM tagging g JOIN tag t ON t.id = g.tag_id WHERE g.noun = '{}' AND g.record_id IN ({{in}})"


def kept(
    reader: Reader, noun: str, numbers: Sequence[int], columns: Sequence[str], fields: Collection[str]
) -> dict[int, Kept]:
    """The records of these numbers, with those of their many-valued ``fields`` that are asked for."""
    found: dict[int, Kept] = {}
    for start in range(0, len(numbers), _CHUNK):
        found |= _kept(reader, noun, numbers[start : start + _CHUNK], columns, fields)
    return found


def _about(reader: Reader, sql: str, numbers: Sequence[int]) -> list[Row]:
    among, values = reader.dialect.among(numbers)
    return reader.rows(sql.replace("IN ({in})", among), values)


def _beside(reader: Reader, sql: str, numbers: Sequence[int]) -> dict[int, list[object]]:
    found: dict[int, list[object]] = {}
    for number, key in _about(reader, sql, numbers):
        found.setdefault(number, []).append(key)
    return found


def _handles(reader: Reader, numbers: Sequence[int], networks: Sequence[str]) -> dict[str, dict[int, list[object]]]:
    """The handles on all networks, asked for at once: there are few of them."""
    found: dict[str, dict[int, list[object]]] = {network: {} for network in networks}
    if networks:
        for number, network, key in _about(reader, _HANDLES, numbers):
            if network in found:
                found[network].setdefault(number, []).append(key)
    return found


def _kept(
    reader: Reader, noun: str, numbers: Sequence[int], columns: Sequence[str], fields: Collection[str]
) -> dict[int, Kept]:
    import json

    wanted = {field: sql for field, sql in {**_PARTS[noun], "tags": _TAGS.format(noun)}.items() if field in fields}
    parts = {field: _beside(reader, sql, numbers) for field, sql in wanted.items()}
    if noun == "contact":
        parts |= _handles(reader, numbers, [network for network in NETWORKS if network in fields])
    names = ", ".join(columns)
    sql = f"SELECT id, custom, {names} FROM {noun} WHERE id IN ({{in}})"
    return {
        number: Kept(
            dict(zip(columns, rest, strict=True)),
            json.loads(custom) if custom != "{}" else {},
            {field: beside.get(number, []) for field, beside in parts.items()},
        )
        for number, custom, *rest in _about(reader, sql, numbers)
    }
