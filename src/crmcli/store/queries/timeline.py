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


# The messages of campaigns and sequences have numbers of their own; below nothing they are no activity's.
_MAILS = (
    " UNION ALL SELECT -g.id, 'email', COALESCE(g.sent_at, g.claimed_at), 0, NULL FROM message g"
    " WHERE g.contact_id = ? AND g.status IN ('sent', 'in_doubt')"
)


class Entry(NamedTuple):
    """An activity, or a message of a campaign, as far as its place on a timeline needs it.

    ``thread`` is the conversation it is in; ``number`` that of the activity, or less than nothing for a message.
    """

    number: int
    kind: str
    at: datetime
    is_planned: bool
    thread: str | None

    @property
    def is_mail(self) -> bool:
        """Whether a campaign or sequence sent it."""
        return self.number < 0


def entries(reader: Reader, noun: str, number: int) -> tuple[Entry, ...]:
    """What is planned with a record, the farthest first, then what happened, the newest first."""
    about, params, person = _about(reader, noun, number)
    sql = (
        "SELECT r.id, r.kind, r.at, CASE WHEN r.status = 'planned' THEN 1 ELSE 0 END, r.thread FROM activity r"
        f" WHERE r.deleted_at IS NULL AND ({about})"
    )
    if person is not None:
        sql, params = sql + _MAILS, (*params, person)
    return tuple(
        Entry(each, kind, sure_moment(at), bool(is_planned), thread)
        for each, kind, at, is_planned, thread in reader.rows(f"{sql} ORDER BY 4 DESC, 3 DESC, 1 DESC", params)
    )


def _about(reader: Reader, noun: str, number: int) -> tuple[str, tuple[object, ...], object]:
    """Which activities, by which values; and the person whose messages are seen with them, if it is one's timeline."""
    if noun != "activity":
        about = ABOUT[noun]
        return about, (number,) * about.count("?"), number if noun == "contact" else None
    columns = ", ".join(column for column, _ in _AROUND)
    held = reader.row(f"SELECT {columns} FROM activity a WHERE a.id = ?", (number,)) or (None,) * len(_AROUND)
    for value, around in zip(held, _AROUND, strict=True):
        if value is not None:
            return around[1], (value,), value if around is _AROUND[-1] else None
    return "r.id = ?", (number,), None
