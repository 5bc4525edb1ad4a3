"""The cards of the board, read with three queries however many deals there are."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from crmcli.domain.board import BoardCard
from crmcli.domain.money import Money
from crmcli.domain.pipeline import is_rotting
from crmcli.domain.views import Due
from crmcli.store.queries.common import day, moment, sure_moment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from crmcli.store.queries.condition import Condition
    from crmcli.store.reader import Reader

_COLUMNS = (
    "r.id, r.uid, r.title, o.name, r.value, r.currency, COALESCE(r.probability, s.probability), r.owner_id, s.id, s.kind,"
    " r.expected_close, r.closed_at, r.lost_reason, r.next_step, r.stage_since, s.rot_days, o.id"
)
_FROM = (
    "FROM deal r JOIN stage s ON s.id = r.stage_id JOIN pipeline w ON w.id = r.pipeline_id"
    " LEFT JOIN company o ON o.id = r.company_id AND o.deleted_at IS NULL"
    " WHERE r.deleted_at IS NULL AND w.deleted_at IS NULL AND w.name_key = ?"
)
# A closed deal's card shows neither its next step nor how long nobody touched it.
_OPEN = (
    "p.deal_id IN (SELECT d.id FROM deal d JOIN stage s ON s.id = d.stage_id JOIN pipeline w ON w.id = d.pipeline_id"
    " WHERE s.kind = 'open' AND d.deleted_at IS NULL AND w.name_key = ?) AND p.deleted_at IS NULL"
)


def cards(reader: Reader, pipeline: str, where: Condition, now: datetime) -> Iterator[BoardCard]:
    """The deals of a pipeline (by folded name) that a condition selects; ``now`` decides what is rotting."""
    touched = _last_touches(reader, pipeline)
    planned = _next_steps(reader, pipeline)
    for row in reader.stream(f"SELECT {_COLUMNS} {_FROM} AND ({where.sql})", (pipeline, *where.params)):
        (number, uid, title, company, value, currency, probability, owner, stage, kind, close, closed, reason, step, since,
         rot, company_number) = row  # fmt: skip
        entered = sure_moment(since)
        last = max(entered, touched.get(number, entered))
        task, due = planned.get(number, (None, None))
        yield BoardCard(
            uid, number, title, company, Money(value, currency) if value is not None else None, probability,
            reader.user(owner), stage, kind, day(close), moment(closed), reason,
            (step or task) if kind == "open" else None, due, last,
            kind == "open" and is_rotting(last, rot, now), entered, company_number,
        )  # fmt: skip


def held(reader: Reader, pipeline: str) -> dict[int, int]:
    """How many deals each stage of a pipeline (by folded name) with a limit holds, by the stage's number."""
    sql = (
        "SELECT s.id, COUNT(r.id) FROM stage s JOIN pipeline w ON w.id = s.pipeline_id"
        " LEFT JOIN deal r ON r.stage_id = s.id AND r.deleted_at IS NULL"
        " WHERE w.deleted_at IS NULL AND w.name_key = ? AND s.wip_limit IS NOT NULL GROUP BY s.id"
    )
    return dict(reader.stream(sql, (pipeline,)))


def revision(reader: Reader) -> int:
    """The number of the last change set, 0 when there is none: whatever changes the store makes one."""
    return int(reader.value("SELECT MAX(id) FROM change_set") or 0)


def has_change_set(reader: Reader, uid: str) -> bool:
    """Whether the change set was kept; one in which nothing changed is not."""
    return bool(reader.value("SELECT 1 FROM change_set WHERE uid = ?", (uid,)))


def _last_touches(reader: Reader, pipeline: str) -> dict[int, datetime]:
    sql = f"SELECT p.deal_id, MAX(p.at) FROM activity p WHERE {_OPEN} AND p.status = 'done' GROUP BY p.deal_id"
    return {number: sure_moment(at) for number, at in reader.stream(sql, (pipeline,))}


def _next_steps(reader: Reader, pipeline: str) -> dict[int, tuple[str | None, Due]]:
    sql = (
        f"SELECT p.deal_id, p.subject, p.due_on, p.due_at FROM activity p WHERE {_OPEN} AND p.status = 'planned'"
        " AND p.due_on IS NOT NULL ORDER BY p.due_on DESC, COALESCE(p.due_at, p.at) DESC"
    )
    # The last one written for a deal is the one that is due first.
    return {
        number: (subject, Due(date.fromisoformat(on), moment(at)))
        for number, subject, on, at in reader.stream(sql, (pipeline,))
    }
