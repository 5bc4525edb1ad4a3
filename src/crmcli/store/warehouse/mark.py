"""How far a copy of the store goes: what the change log said when it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple

if TYPE_CHECKING:
    from crmcli.store.reader import Reader


class Mark(NamedTuple):
    """The last change set with its uid, the last line of the log, the records of all sets, and what is noted beside them."""

    change_set: int
    uid: str
    change: int
    records: int
    forgotten: int
    members: int
    events: int


def mark_of(reader: Reader) -> Mark:
    """How far the store goes just now."""
    last = reader.row("SELECT id, uid FROM change_set ORDER BY id DESC LIMIT 1") or (0, "")
    return Mark(
        last[0],
        last[1],
        reader.value("SELECT MAX(id) FROM change") or 0,
        int(reader.value("SELECT SUM(records) FROM change_set") or 0),
        reader.value("SELECT MAX(id) FROM forgotten") or 0,
        reader.value("SELECT MAX(id) FROM campaign_member") or 0,
        reader.value("SELECT MAX(id) FROM campaign_event") or 0,
    )


def goes_on(reader: Reader, mark: Mark) -> bool:
    """Whether the store is what it was at the mark, and what was changed since; not so when another was put in its place.

    What was erased on a person must be nowhere any more, so a copy from before does not go on either.
    """
    forgotten = reader.value("SELECT MAX(id) FROM forgotten") or 0
    if forgotten != mark.forgotten:
        return False
    if not mark.change_set:
        return not reader.value("SELECT 1 FROM change_set LIMIT 1")
    uid = reader.value("SELECT uid FROM change_set WHERE id = ?", (mark.change_set,))
    return uid is not None and str(uid) == mark.uid
