"""What people agreed to and whom nobody writes to, read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.suppressing import digest, domains
from crmcli.domain.views import ConsentLine, Link, Objection, SuppressionView
from crmcli.store.queries.common import sure_moment
from crmcli.store.queries.condition import EVERYTHING, Condition
from crmcli.store.reader import marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmcli.store.dialects import Row
    from crmcli.store.reader import Reader

_NEWEST = "ORDER BY n.at DESC, n.id DESC"
_SUPPRESSION = (
    "SELECT x.id, x.uid, x.kind, x.value, x.channel, x.reason, x.note, c.uid, c.name, p.uid, p.name, x.at, x.by"
    " FROM suppression x LEFT JOIN contact c ON c.id = x.contact_id LEFT JOIN campaign p ON p.id = x.campaign_id"
)


class Newest(NamedTuple):
    """The line that counts of a person and a channel."""

    status: str
    basis: str | None
    source: str | None
    note: str | None
    at: str


# -- consents


def newest(reader: Reader, contact: int, channel: str) -> Newest | None:
    """The line that counts."""
    sql = f"SELECT n.status, n.basis, n.source, n.note, n.at FROM consent n WHERE n.contact_id = ? AND n.channel = ? {_NEWEST} LIMIT 1"
    row = reader.row(sql, (contact, channel))
    return None if row is None else Newest(*row)


def consent_lines(reader: Reader, contact: int, channel: str | None = None) -> list[ConsentLine]:
    """What a person said, the newest first; ``counts`` marks the line of each channel that does."""
    only = " AND n.channel = ?" if channel else ""
    sql = (
        "SELECT c.uid, c.name, n.channel, n.status, n.basis, n.source, n.note, n.at, n.by FROM consent n"
        f" JOIN contact c ON c.id = n.contact_id WHERE n.contact_id = ?{only} {_NEWEST}"
    )
    seen: set[str] = set()
    lines = []
    for uid, name, of, status, basis, source, note, at, by in reader.rows(
        sql, (contact, channel) if channel else (contact,)
    ):
        lines.append(
            ConsentLine(
                Link(uid, name), of, status, basis, source, note, sure_moment(at), reader.user(by), of not in seen
            )
        )
        seen.add(of)
    return lines


class Pending(NamedTuple):
    """A request for consent: its line, whose, and for which channel."""

    line: int
    contact: int
    channel: str
    token: str


def pending(reader: Reader, contact: int, channel: str) -> Pending | None:
    """The request that waits for a person's answer; None when the line that counts is none."""
    sql = (
        "SELECT n.id, n.contact_id, n.channel, n.token, n.status FROM consent n WHERE n.contact_id = ? AND n.channel = ?"
        f" {_NEWEST} LIMIT 1"
    )
    row = reader.row(sql, (contact, channel))
    return Pending(*row[:4]) if row is not None and row[4] == "pending" and row[3] else None


def requested(reader: Reader, token: str) -> Pending | None:
    """The request that has a token, of a person who is still there."""
    sql = (
        "SELECT n.id, n.contact_id, n.channel, n.token FROM consent n JOIN contact c ON c.id = n.contact_id"
        " WHERE n.token = ? AND c.deleted_at IS NULL"
    )
    row = reader.row(sql, (token,))
    return None if row is None else Pending(*row)


# -- suppressions


def suppressions(
    reader: Reader, where: Condition = EVERYTHING, limit: int | None = None, offset: int = 0
) -> Iterator[SuppressionView]:
    """The live suppressions that a condition on ``x`` selects, by number."""
    sql = f"{_SUPPRESSION} WHERE x.deleted_at IS NULL AND ({where.sql}) ORDER BY x.id LIMIT ? OFFSET ?"
    for row in reader.rows(sql, (*where.params, 2**62 if limit is None else limit, offset)):
        yield _view(reader, row)


def _view(reader: Reader, row: Row) -> SuppressionView:
    number, uid, kind, value, channel, reason, note, contact, name, campaign, title, at, by = row
    return SuppressionView(
        uid, number, kind, value, channel, reason, note, Link(contact, name) if contact else None,
        Link(campaign, title) if campaign else None, sure_moment(at), reader.user(by),
    )  # fmt: skip


def suppressed_keys(reader: Reader, kind: str, channel: str, keys: Sequence[str]) -> dict[str, int]:
    """Those of these keys that a live suppression of exactly that channel has, with its number."""
    wanted, params = reader.dialect.among(sorted(set(keys)))
    sql = f"SELECT x.key, x.id FROM suppression x WHERE x.deleted_at IS NULL AND x.kind = ? AND x.channel = ? AND x.key {wanted}"
    return dict(reader.rows(sql, (kind, channel, *params)))


def numbers_suppressed(reader: Reader, kind: str, keys: Sequence[str | int], channel: str | None) -> list[int]:
    """The numbers of the live suppressions of one kind for these keys (of contacts: their numbers), on one channel or any."""
    column = "x.contact_id" if kind == "contact" else "x.key"
    only = " AND x.channel = ?" if channel else ""
    sql = f"SELECT x.id FROM suppression x WHERE x.deleted_at IS NULL AND x.kind = ? AND {column} IN ({marks(keys)}){only} ORDER BY x.id"
    return [number for (number,) in reader.rows(sql, (kind, *keys, *([channel] if channel else [])))]


def objections(reader: Reader, key: str, channel: str | None = None) -> list[Objection]:
    """Everything that speaks against writing to an address: its suppressions, and what its owner said."""
    own = (key, digest(key))
    above = domains(key)
    owners = [
        n for (n,) in reader.rows("SELECT contact_id FROM contact_email WHERE key = ? AND deleted_at IS NULL", (key,))
    ]
    sql = (
        f"{_SUPPRESSION} WHERE x.deleted_at IS NULL AND (x.kind = 'address' AND x.key IN ({marks(own)})"
        f" OR x.kind = 'domain' AND x.key IN ({marks(above)})"
        f"{f' OR x.kind = ? AND x.contact_id IN ({marks(owners)})' if owners else ''}) ORDER BY x.id"
    )
    params = (*own, *above, *(("contact", *owners) if owners else ()))
    found = [_view(reader, row) for row in reader.rows(sql, params)]
    told = [
        Objection(
            each.kind, each.contact.name if each.contact else each.value, each.channel, each.reason, each.note, each.at
        )
        for each in found
        if channel is None or each.channel in ("all", channel)
    ]
    return told + [each for owner in owners for each in _said(reader, owner, key, channel)]


def _said(reader: Reader, contact: int, key: str, channel: str | None) -> Iterator[Objection]:
    """What a person's own lines and the marks of their addresses say against it."""
    for line in consent_lines(reader, contact, channel):
        if line.counts and line.status != "granted":
            yield Objection("consent", line.contact.name, line.channel, line.status, line.source or line.note, line.at)
    if channel in (None, "email"):
        sql = (
            "SELECT e.key, e.value, e.invalid, e.opted_out FROM contact_email e WHERE e.contact_id = ?"
            " AND e.deleted_at IS NULL ORDER BY e.id"
        )
        for of, value, invalid, opted_out in reader.rows(sql, (contact,)):
            if invalid and of == key:
                yield Objection("address", value, "email", "invalid address", None, None)
            if opted_out:
                yield Objection("address", value, "email", "opted out", None, None)
