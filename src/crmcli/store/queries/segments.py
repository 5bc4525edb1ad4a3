"""Segments: which there are, whom they hold just now, and what was kept of whom they held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.segments import read_formula
from crmcli.domain.text import fold, nearest
from crmcli.errors import Ambiguous, BadValue, Conflict, CrmError, FilterError, NotFound
from crmcli.store.queries.condition import NOTHING, Condition
from crmcli.store.reader import marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmcli.store.reader import Reader

_COLUMNS = "g.id, g.uid, g.name, g.filter, g.formula, g.note, g.owner_id, g.created_at, g.updated_at"
# People of the list, and those whom they were merged into since.
_LISTED = (
    "r.id IN (WITH RECURSIVE held(id) AS (SELECT m.contact_id FROM segment_member m WHERE m.segment_id = ?"
    " UNION SELECT c.merged_into FROM held h JOIN contact c ON c.id = h.id WHERE c.merged_into IS NOT NULL)"
    " SELECT id FROM held)"
)


class Judge(Protocol):
    """What a filter's text means: the desk knows who asks, the time, and the custom fields."""

    def condition(self, reader: Reader, noun: str, text: str | None, within: tuple[str, ...] = ()) -> Condition:
        """The text as a condition; ``within`` are the uids of the segments that are being looked into already."""


class Segment(NamedTuple):
    """A segment as it is kept."""

    number: int
    uid: str
    name: str
    filter: str | None
    formula: str | None
    note: str | None
    owner_id: int | None
    created_at: str
    updated_at: str

    @property
    def kind(self) -> str:
        """Whether a filter, a formula or a list says who is in it."""
        return "dynamic" if self.filter is not None else "formula" if self.formula is not None else "static"


class Kept(NamedTuple):
    """A snapshot as it is kept: its number, when it was taken, of how many, and for which campaign."""

    number: int
    at: str
    size: int
    campaign_uid: str | None
    campaign: str | None


# -- which there are


def segments(reader: Reader, *, deleted: bool = False) -> list[Segment]:
    """Every segment by name, or every deleted one."""
    state = "NOT NULL" if deleted else "NULL"
    sql = f"SELECT {_COLUMNS} FROM segment g WHERE g.deleted_at IS {state} ORDER BY g.name_key, g.id"
    return [Segment(*row) for row in reader.rows(sql)]


def segment_named(reader: Reader, ref: str, *, deleted: bool = False) -> Segment:
    """The segment that a uid or its beginning, a number or a name means; raises NotFound, or Ambiguous."""
    known, text = segments(reader, deleted=deleted), ref.strip()
    found = [each for each in known if _answers(each, text)] or [each for each in known if _begins(each.uid, text)]
    exact = [each for each in found if each.name == text] or found
    if len(exact) == 1:
        return exact[0]
    if exact:
        lines = tuple(f"  #{each.number}  {each.uid}  {each.name}" for each in exact)
        raise Ambiguous(f"{len(exact)} segments answer to {text!r}", hint="name one by its uid", details=lines)
    gone = [] if deleted else [each for each in segments(reader, deleted=True) if each.uid == text]
    if gone:  # what names a segment for good does so by its uid
        raise NotFound(f"segment {gone[0].name} was deleted", hint=f"crm segment restore {gone[0].uid}")
    near = nearest(text, [each.name for each in known])
    raise NotFound(
        f"no {'deleted ' * deleted}segment {ref}", hint=f"did you mean {near}?" if near else "crm segment list"
    )


def _answers(segment: Segment, text: str) -> bool:
    bare = text.removeprefix("#")
    return (
        text.lower() == segment.uid.lower()
        or segment.name == text
        or fold(segment.name) == fold(text)
        or (bare.isdecimal() and int(bare) == segment.number)
    )


def _begins(uid: str, text: str) -> bool:
    return len(text) > 3 and uid.lower().startswith(text.lower())


def uid_named(reader: Reader, noun: str, text: str) -> str:
    """The uid of the segment or campaign that a filter names; raises BadValue."""
    try:
        if noun == "segment":
            return segment_named(reader, text).uid
        return _campaign_named(reader, text)
    except (NotFound, Ambiguous) as error:
        raise BadValue(noun, error.message, hint=error.hint) from error


def _campaign_named(reader: Reader, text: str) -> str:
    sql = "SELECT uid, name, name_key, code_key, id FROM campaign WHERE deleted_at IS NULL"
    known = reader.rows(sql)
    exact = [row[0] for row in known if row[1] == text]
    loose = [
        row[0] for row in known if fold(text) in row[2:4] or text.lower() == row[0].lower() or text == f"#{row[4]}"
    ]
    uids = exact or loose
    if len(uids) == 1:
        return str(uids[0])
    near = nearest(text, [row[1] for row in known])
    raise NotFound(f"no campaign {text}", hint=f"did you mean {near}?" if near else "crm campaign list")


def segment_names(reader: Reader) -> dict[str, str]:
    """The name of every segment by its uid, of deleted ones too."""
    return dict(reader.rows("SELECT uid, name FROM segment"))


def campaign_names(reader: Reader) -> dict[str, str]:
    """The name of every campaign by its uid."""
    return dict(reader.rows("SELECT uid, name FROM campaign"))


def uses_of(reader: Reader, uid: str) -> list[str]:
    """What could not go on without the segment: other segments and campaigns that are not over, each in words."""
    like = f"%{uid}%"
    sql = (
        "SELECT 'segment ' || g.name FROM segment g WHERE g.deleted_at IS NULL AND g.uid <> ?"
        " AND (g.formula LIKE ? OR g.filter LIKE ?) UNION ALL"
        " SELECT 'campaign ' || c.name FROM campaign c WHERE c.deleted_at IS NULL AND c.audience LIKE ?"
        " AND c.status NOT IN ('completed', 'canceled') UNION ALL"
        " SELECT 'sequence ' || q.name FROM sequence q LEFT JOIN segment g ON g.id = q.segment_id"
        " WHERE q.deleted_at IS NULL AND (g.uid = ? OR EXISTS (SELECT 1 FROM sequence_step s WHERE s.sequence_id = q.id"
        " AND s.deleted_at IS NULL AND s.filter LIKE ?))"
    )
    return sorted(name for (name,) in reader.rows(sql, (uid, like, like, like, uid, like)))


# -- whom they hold


def audience_condition(reader: Reader, judge: Judge, formula: str, within: tuple[str, ...] = ()) -> Condition:
    """The condition on contacts, aliased ``r``, that a formula of segments (by uid or name) comes to; live ones only.

    Raises:
        CrmError: a segment is gone, its filter can't be read any more, or it leads back to itself.
    """
    where = _formula(reader, judge, formula, within)
    return Condition(f"r.deleted_at IS NULL AND ({where.sql})", where.params)


def segment_condition(reader: Reader, judge: Judge, segment: Segment, within: tuple[str, ...] = ()) -> Condition:
    """The condition on contacts, aliased ``r``, that is true of everyone in the segment; live ones only."""
    where = _held(reader, judge, segment, within)
    return Condition(f"r.deleted_at IS NULL AND ({where.sql})", where.params)


def contacts_in(reader: Reader, judge: Judge, ref: str, within: tuple[str, ...] = ()) -> Condition:
    """A query of the numbers of everyone in a segment."""
    where = segment_condition(reader, judge, segment_named(reader, ref), within)
    return Condition(f"SELECT r.id FROM contact r WHERE {where.sql}", where.params)


def _formula(reader: Reader, judge: Judge, formula: str, within: tuple[str, ...]) -> Condition:
    whole = NOTHING
    for sign, name in read_formula(formula):
        held = _held(reader, judge, segment_named(reader, name), within)
        joint = "OR" if sign == "+" else "AND NOT"
        whole = (
            held if whole is NOTHING else Condition(f"({whole.sql}) {joint} ({held.sql})", whole.params + held.params)
        )
    return whole


def _held(reader: Reader, judge: Judge, segment: Segment, within: tuple[str, ...]) -> Condition:
    if segment.uid in within:
        raise Conflict(f"segment {segment.name} leads back to itself", hint=f"crm segment show {segment.uid}")
    if segment.kind == "static":
        return Condition(_LISTED, (segment.number,))
    deeper = (*within, segment.uid)
    try:
        if segment.formula is not None:
            return _formula(reader, judge, segment.formula, deeper)
        return judge.condition(reader, "contact", segment.filter, deeper)
    except Conflict:
        raise
    except FilterError as error:
        raise _unreadable(segment, error.message.removesuffix(f" at column {error.column}"), error) from error
    except CrmError as error:
        raise _unreadable(segment, error.message, error) from error


def _unreadable(segment: Segment, why: str, error: CrmError) -> Conflict:
    hint = f"crm segment edit {segment.uid} --{'formula' if segment.formula is not None else 'filter'} …"
    return Conflict(f"segment {segment.name} can't be worked out: {why}", hint=hint, details=error.details)


def size_of(reader: Reader, where: Condition) -> int:
    """How many contacts a condition of ``segment_condition`` or ``audience_condition`` is true of."""
    return int(reader.value(f"SELECT COUNT(*) FROM contact r WHERE {where.sql}", where.params) or 0)


def sample_of(reader: Reader, where: Condition, most: int) -> list[tuple[str, str]]:
    """The uids and names of the first few of them by number."""
    sql = f"SELECT r.uid, r.name FROM contact r WHERE {where.sql} ORDER BY r.id LIMIT ?"
    return [(uid, name) for uid, name in reader.rows(sql, (*where.params, most))]


# An address that mail may still be sent to, and that nobody asked to be left alone at.
_ADDRESS = (
    "SELECT 1 FROM contact_email e WHERE e.contact_id = r.id AND e.deleted_at IS NULL AND e.invalid = 0"
    " AND e.opted_out = 0 AND NOT EXISTS (SELECT 1 FROM suppression x WHERE x.deleted_at IS NULL"
    " AND x.channel IN ('all', 'email') AND ((x.kind = 'address' AND x.key = e.key)"
    " OR (x.kind = 'domain' AND x.key = substr(e.key, instr(e.key, '@') + 1))))"
)
_ASKED_NOT_TO = (
    "(SELECT n.status FROM consent n WHERE n.contact_id = r.id AND n.channel = 'email' ORDER BY n.at DESC, n.id DESC LIMIT 1)"
    " = 'withdrawn'"
)
_LEFT_ALONE = (
    "EXISTS (SELECT 1 FROM suppression x WHERE x.deleted_at IS NULL AND x.kind = 'contact'"
    " AND x.channel IN ('all', 'email') AND x.contact_id = r.id)"
)


def size_and_reachable_of(reader: Reader, where: Condition) -> tuple[int, int]:
    """How many they are, and how many of them mail reaches: an address that works, no word against it, not suppressed."""
    reached = f"EXISTS ({_ADDRESS}) AND NOT COALESCE({_ASKED_NOT_TO}, FALSE) AND NOT {_LEFT_ALONE}"
    sql = f"SELECT COUNT(*), SUM(CASE WHEN {reached} THEN 1 ELSE 0 END) FROM contact r WHERE {where.sql}"
    size, reachable = reader.row(sql, where.params) or (0, 0)
    return int(size), int(reachable or 0)


# -- lists of references


def numbers_named(reader: Reader, refs: Sequence[str]) -> dict[str, int]:
    """The numbers of the live contacts of those references that are whole uids or e-mail addresses, asked by the hundred."""
    found: dict[str, int] = {}
    uids = {ref: f"ct_{ref[3:].upper()}" for ref in refs if ref[:3].lower() == "ct_"}
    found.update(_numbers(reader, "SELECT uid, id FROM contact WHERE deleted_at IS NULL AND uid", uids))
    keys = {ref: key for ref in refs if "@" in ref[1:] and (key := _email_key(ref)) is not None}
    sql = (
        "SELECT e.key, e.contact_id FROM contact_email e JOIN contact r ON r.id = e.contact_id AND r.deleted_at IS NULL"
        " WHERE e.deleted_at IS NULL AND e.key"
    )
    found.update(_numbers(reader, sql, keys))
    return found


def _numbers(reader: Reader, sql: str, wanted: dict[str, str]) -> Iterator[tuple[str, int]]:
    keys = sorted(set(wanted.values()))
    known: dict[str, int] = {}
    for start in range(0, len(keys), 500):
        chunk = keys[start : start + 500]
        known.update(reader.rows(f"{sql} IN ({marks(chunk)})", chunk))
    return ((ref, known[key]) for ref, key in wanted.items() if key in known)


def _email_key(ref: str) -> str | None:
    from crmcli.domain.people import read_email

    try:
        return read_email(ref).key
    except BadValue:
        return None


# -- what was kept


def snapshots(reader: Reader, number: int) -> list[Kept]:
    """The snapshots of a segment, the oldest first."""
    sql = (
        "SELECT s.id, s.at, s.size, c.uid, c.name FROM segment_snapshot s LEFT JOIN campaign c ON c.id = s.campaign_id"
        " WHERE s.segment_id = ? ORDER BY s.at, s.id"
    )
    return [Kept(*row) for row in reader.rows(sql, (number,))]


def came_and_went(reader: Reader, before: int, after: int) -> tuple[int, int]:
    """How many are in the later snapshot and not in the earlier, and the other way round."""
    sql = (
        "SELECT COUNT(*) FROM segment_snapshot_member a WHERE a.snapshot_id = ? AND NOT EXISTS"
        " (SELECT 1 FROM segment_snapshot_member b WHERE b.snapshot_id = ? AND b.contact_id = a.contact_id)"
    )
    return int(reader.value(sql, (after, before))), int(reader.value(sql, (before, after)))


def differs(reader: Reader, where: Condition, kept: Kept) -> bool:
    """Whether a condition of ``segment_condition`` holds of others than are in a snapshot."""
    sql = (
        f"SELECT COUNT(*), SUM(CASE WHEN EXISTS (SELECT 1 FROM segment_snapshot_member k WHERE k.snapshot_id = ?"
        f" AND k.contact_id = r.id) THEN 1 ELSE 0 END) FROM contact r WHERE {where.sql}"
    )
    size, same = reader.row(sql, (kept.number, *where.params)) or (0, 0)
    return int(size) != kept.size or int(same or 0) != kept.size
