"""The whole timeline of a record as bare entries, in order, so that a screen can walk along ten thousand of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.store.queries.activities import ABOUT
from crmcli.store.queries.common import sure_moment

if TYPE_CHECKING:
    from datetime import datetime

    from crmcli.store.reader import Reader

# What an activity is seen together with: its conversation, else all of its deal, its company or its first person.
_AROUND = (
    ("thread", "r.thread = ?"),
    ("deal_id", "r.deal_id = ?"),
    ("company_id", "r.company_id = ?"),
    (
        "(SELECT l.contact_id FROM activity_contact l WHERE l.activity_id = a.id ORDER BY l.position, l.id LIMIT 1)",
        "r.id IN (SELECT activity_id FROM activity_contact WHERE contact_id = ?)",
    ),
)


class Entry(NamedTuple):
    """An activity as far as its place on a timeline needs it; ``thread`` is the conversation it is in."""

    number: int
    kind: str
    at: datetime
    is_planned: bool
    thread: str | None


def entries(reader: Reader, noun: str, number: int) -> tuple[Entry, ...]:
    """What is planned with a record, the farthest first, then what happened, the newest first."""
    about, params = _about(reader, noun, number)
    sql = (
        "SELECT r.id, r.kind, r.at, r.status, r.thread FROM activity r"
        f" WHERE r.deleted_at IS NULL AND ({about})"
        " ORDER BY CASE WHEN r.status = 'planned' THEN 0 ELSE 1 END, r.at DESC, r.id DESC"
    )
    return tuple(
        Entry(each, kind, sure_moment(at), status == "planned", thread)
        for each, kind, at, status, thread in reader.rows(sql, params)
    )


def _about(reader: Reader, noun: str, number: int) -> tuple[str, tuple[object, ...]]:
    if noun != "activity":
        about = ABOUT[noun]
        return about, (number,) * about.count("?")
    columns = ", ".join(column for column, _ in _AROUND)
    held = reader.row(f"SELECT {columns} FROM activity a WHERE a.id = ?", (number,)) or (None,) * len(_AROUND)
    for value, (_, about) in zip(held, _AROUND, strict=True):
        if value is not None:
            return about, (value,)
    return "r.id = ?", (number,)
