"""What happened, in order, as bare numbers: activities and change sets of any count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.text import fold
from crmcli.store.queries.condition import EVERYTHING, Condition, both

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.store.dialects import Row
    from crmcli.store.reader import Reader


def activity_moments(reader: Reader, where: Condition, *, soonest: bool) -> Iterator[Row]:
    """Number and moment of the live activities that a condition selects, the newest first unless the ``soonest`` is."""
    way = "" if soonest else " DESC"
    alive = "r.deleted_at IS NULL"
    if where == EVERYTHING:  # the few that are deleted are left out without a look at each row
        alive = "r.id NOT IN (SELECT x.id FROM activity x WHERE x.deleted_at IS NOT NULL)"
    sql = f"SELECT r.id, r.at FROM activity r WHERE {alive} AND ({where.sql}) ORDER BY r.at{way}, r.id{way}"
    return reader.stream(sql, where.params)


def change_moments(reader: Reader, where: Condition) -> Iterator[Row]:
    """Number and moment of the change sets that a condition selects, the newest first."""
    return reader.stream(f"SELECT s.id, s.at FROM change_set s WHERE {where.sql} ORDER BY s.id DESC", where.params)


def change_condition(text: str) -> Condition:
    """The change sets whose command, summary or user hold all the words of a text; ``@maria`` is a user's own name."""
    return both(
        *(_user(word[1:]) if word.startswith("@") and word[1:] else _holding(word) for word in fold(text).split())
    )


def _user(login: str) -> Condition:
    return Condition("s.user_id IN (SELECT u.id FROM app_user u WHERE instr(u.login_key, ?) = 1)", (login,))


def _holding(word: str) -> Condition:
    sql = (
        "instr(crm_fold(s.command || ' ' || s.summary), ?) > 0"
        " OR s.user_id IN (SELECT u.id FROM app_user u WHERE instr(u.login_key, ?) = 1)"
    )
    return Condition(sql, (word, word))
