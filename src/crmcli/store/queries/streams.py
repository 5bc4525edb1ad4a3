"""What happened, in order, as bare numbers: activities and change sets of any count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.text import fold
from crmcli.store.queries.condition import EVERYTHING, Condition, both
from crmcli.store.queries.history import changes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.domain.views import ChangeView
    from crmcli.store.dialects import Row
    from crmcli.store.reader import Reader

_NAMES = {"contact": "name", "company": "name", "deal": "title", "activity": "subject"}


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
    return Condition(
        "s.user_id IN (SELECT u.id FROM app_user u WHERE u.login_key LIKE ? ESCAPE '!')", (_pattern(login, ""),)
    )


def _holding(word: str) -> Condition:
    said = _pattern(word, "%")
    sql = (
        "crm_fold(s.command) LIKE ? ESCAPE '!' OR crm_fold(s.summary) LIKE ? ESCAPE '!'"
        " OR s.user_id IN (SELECT u.id FROM app_user u WHERE u.login_key LIKE ? ESCAPE '!')"
    )
    return Condition(sql, (said, said, said))


def _pattern(word: str, before: str) -> str:
    for sign in "!%_":
        word = word.replace(sign, f"!{sign}")
    return f"{before}{word}%"


def first_changes(reader: Reader, number: int, limit: int) -> tuple[list[ChangeView], bool]:
    """The first logged changes of a set, and whether there are more."""
    found: list[ChangeView] = []
    for change in changes(reader, number, limit=limit + 1):
        if len(found) == limit:
            return found, True
        found.append(change)
    return found, False


def records_in_bulk(reader: Reader, number: int, limit: int) -> list[tuple[str, str, str, str]]:
    """The first records that a set made or deleted without logging each: noun, uid, name, and ``add`` or ``remove``."""
    found: list[tuple[str, str, str, str]] = []
    for column, action in (("created_in", "add"), ("deleted_in", "remove")):
        for noun, name in _NAMES.items():
            logged = "SELECT g.record_id FROM change g WHERE g.set_id = ? AND g.noun = ?"
            sql = f"SELECT r.uid, r.{name} FROM {noun} r WHERE r.{column} = ? AND r.id NOT IN ({logged}) ORDER BY r.id LIMIT ?"
            rows = reader.rows(sql, (number, number, noun, limit - len(found)))
            found += [(noun, uid, called or "", action) for uid, called in rows]
    return found
