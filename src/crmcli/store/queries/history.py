"""The change log, read."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from crmcli.domain.fields import FIELDS, UID_PREFIX
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.money import Money
from crmcli.domain.views import ChangeSetView, ChangeView
from crmcli.store.queries.common import sure_moment
from crmcli.store.queries.condition import Condition, both

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmcli.store.reader import Reader

_COLUMNS = "s.id, s.uid, s.at, s.user_id, s.command, s.summary, s.records, s.undone_by"
_ACTION = {"insert": "add", "update": "edit", "delete": "remove"}
_NAMES = {
    "contact": "name",
    "company": "name",
    "deal": "title",
    "activity": "subject",
    "pipeline": "name",
    "campaign": "name",
    "segment": "name",
    "saved_view": "name",
    "saved_report": "name",
    "purchase": "customer",
    "exchange_rate": "currency || ' in ' || base",
    "goal": "metric",
    "advice_mute": "rule",
    "template": "name",
    "sequence": "name",
    "suppression": "value",
}
_IN_BULK = (*UID_PREFIX, "purchase")  # what can be made and deleted without a line in the log
# What a row beside a record is called, and which of its columns says what it holds.
BESIDE = {
    "contact_email": ("emails", "value"),
    "contact_phone": ("phones", "value"),
    "contact_handle": ("handle", "value"),
    "contact_company": ("companies", "company_id"),
    "contact_relation": ("relations", "other_id"),
    "company_website": ("websites", "value"),
    "company_phone": ("phones", "value"),
    "deal_contact": ("contacts", "contact_id"),
    "activity_contact": ("contacts", "contact_id"),
    "stage_change": ("stage_history", "to_stage_id"),
    "tagging": ("tags", "tag_id"),
    "distinct_pair": ("different_from", "b_id"),
    "stage": ("stages", "name"),
    "campaign_cost": ("costs", "amount"),
    "campaign_goal": ("goals", "metric"),
    "campaign_variant": ("variants", "name"),
    "sequence_step": ("steps", "kind"),
    "consent": ("consents", "status"),
}
_LOOK_UP = {
    "company_id": ("company", "name"),
    "parent_id": ("company", "name"),
    "contact_id": ("contact", "name"),
    "other_id": ("contact", "name"),
    "deal_id": ("deal", "title"),
    "stage_id": ("stage", "name"),
    "to_stage_id": ("stage", "name"),
    "from_stage_id": ("stage", "name"),
    "pipeline_id": ("pipeline", "name"),
    "campaign_id": ("campaign", "name"),
    "owner_id": ("app_user", "login"),
    "created_by": ("app_user", "login"),
    "tag_id": ("tag", "name"),
    "template_id": ("template", "name"),
    "segment_id": ("segment", "name"),
}
_MONEY = {
    "value": "currency", "annual_revenue": "revenue_currency", "budget": "currency", "expected_cost": "currency",
    "expected_revenue": "currency", "amount": "currency", "target": "currency",
}  # fmt: skip
_SAID_ELSEWHERE = {"suppression": frozenset({"at", "by", "kind", "value", "contact_id"})}  # its name and the set say it
_MARKS = frozenset({"invalid", "opted_out"})
_HIDDEN = frozenset(
    {"id", "uid", "name_key", "title_key", "key", "position", "created_at", "created_by", "created_in", "updated_at",
     "updated_by", "version", "deleted_in", "code_key", "customer_key", "given", "family", "prefix", "suffix", "stage_since", "token"}
)  # fmt: skip


def change_sets(reader: Reader, limit: int | None, offset: int = 0) -> Iterator[ChangeSetView]:
    """The change sets, the newest first, without their changes."""
    sql = f"SELECT {_COLUMNS} FROM change_set s ORDER BY s.id DESC LIMIT ? OFFSET ?"
    for row in reader.rows(sql, (2**62 if limit is None else limit, offset)):
        yield _view(reader, row, ())


def change_sets_among(reader: Reader, numbers: Sequence[int]) -> Iterator[ChangeSetView]:
    """The change sets of these numbers that there are, without their changes."""
    if numbers:
        among, params = reader.dialect.among(list(numbers))
        for row in reader.rows(f"SELECT {_COLUMNS} FROM change_set s WHERE s.id {among}", params):
            yield _view(reader, row, ())


def sets_after(reader: Reader, number: int) -> Iterator[ChangeSetView]:
    """The change sets after this one, the oldest first, without their changes."""
    for row in reader.rows(f"SELECT {_COLUMNS} FROM change_set s WHERE s.id > ? ORDER BY s.id", (number,)):
        yield _view(reader, row, ())


def sets_before(
    reader: Reader, limit: int, before: int | None, user: str | None, words: Sequence[str]
) -> list[ChangeSetView]:
    """The change sets below a number, the newest first, without their changes; of one user, and telling of all words."""
    parts = [Condition("s.id < ?", (before,))] if before is not None else []
    if user is not None:
        parts.append(Condition("s.user_id = (SELECT u.id FROM app_user u WHERE u.login_key = ?)", (user,)))
    parts += [Condition("instr(crm_fold(s.command || ' ' || s.summary), ?) > 0", (word,)) for word in words]
    where = both(*parts)
    sql = f"SELECT {_COLUMNS} FROM change_set s WHERE {where.sql} ORDER BY s.id DESC LIMIT ?"
    return [_view(reader, row, ()) for row in reader.rows(sql, (*where.params, limit))]


def change_set_begun(reader: Reader, number: int, limit: int) -> tuple[ChangeSetView, int] | None:
    """One change set with its first changes, and how many lines or, when it was made in bulk, records there are of it.

    Of records made or deleted in bulk the log has no lines; the first of them are told instead.
    """
    row = reader.row(f"SELECT {_COLUMNS} FROM change_set s WHERE s.id = ?", (number,))
    if row is None:
        return None
    lines = int(reader.value("SELECT COUNT(*) FROM change WHERE set_id = ?", (number,)))
    shown = list(islice(changes(reader, number, limit=limit), limit))
    view = _view(reader, row, ())
    if lines < view.records:
        shown += islice(_marked(reader, number), limit - len(shown))
    return view._replace(changes=tuple(shown)), max(lines, view.records)


def _marked(reader: Reader, number: int) -> Iterator[ChangeView]:
    """The records that a set made, deleted or brought back without a line in the log."""
    for noun in _IN_BULK:
        for mark, action in (
            ("r.created_in = ?", "add"),
            ("r.deleted_at IS NOT NULL AND r.deleted_in = ?", "remove"),
            ("r.deleted_at IS NULL AND r.deleted_in = ?", "restore"),
        ):
            sql = (
                f"SELECT r.uid, r.{_NAMES[noun]} FROM {noun} r WHERE {mark} AND NOT EXISTS"
                " (SELECT 1 FROM change c WHERE c.noun = ? AND c.record_id = r.id AND c.set_id = ?) ORDER BY r.id"
            )
            for uid, name in reader.stream(sql, (number, noun, number)):
                yield ChangeView(noun, uid, name or "", action, None, None, None)


def sets_of(reader: Reader, noun: str, number: int, limit: int | None) -> Iterator[ChangeSetView]:
    """The change sets that changed one record, the newest first, with the changes of that record."""
    marked = (
        f" UNION SELECT created_in FROM {noun} WHERE id = ? UNION SELECT deleted_in FROM {noun} WHERE id = ?"
        if noun in _IN_BULK  # of others everything is in the log
        else ""
    )
    sql = (
        f"SELECT {_COLUMNS} FROM change_set s WHERE s.id IN"
        f" (SELECT set_id FROM change WHERE noun = ? AND record_id = ?{marked}) ORDER BY s.id DESC LIMIT ?"
    )
    own = (number, number) if marked else ()
    for row in reader.rows(sql, (noun, number, *own, 2**62 if limit is None else limit)):
        yield _view(reader, row, tuple(changes(reader, row[0], noun, number)))


def change_set(reader: Reader, number: int) -> ChangeSetView | None:
    """One change set with all its logged changes."""
    row = reader.row(f"SELECT {_COLUMNS} FROM change_set s WHERE s.id = ?", (number,))
    return _view(reader, row, tuple(changes(reader, number))) if row else None


def _view(reader: Reader, row: Any, lines: tuple[ChangeView, ...]) -> ChangeSetView:  # noqa: ANN401
    number, uid, at, user, command, summary, records, undone_by = row
    return ChangeSetView(
        number, uid, sure_moment(at), reader.user(user) or "?", command, summary, records, undone_by is not None, lines
    )


def changes(
    reader: Reader, number: int, noun: str | None = None, record: int | None = None, *, limit: int | None = None
) -> Iterator[ChangeView]:
    """The logged changes of a set, field by field, in the user's words; those of the first ``limit`` rows of the log."""
    only = " AND noun = ? AND record_id = ?" if noun else ""
    sql = (
        "SELECT noun, record_id, relation, row_id, action, before, after FROM change"
        f" WHERE set_id = ?{only} ORDER BY id LIMIT ?"
    )
    most = 2**62 if limit is None else limit
    for *place, before, after in reader.rows(sql, (number, noun, record, most) if noun else (number, most)):
        line = _Line._make((*place, _loaded(before), _loaded(after)))
        yield from _beside(reader, line) if line.relation in BESIDE else _own(reader, line)


class _Line(NamedTuple):
    """One line of the log."""

    noun: str
    record: int
    relation: str
    row: int
    action: str
    old: dict[str, Any]
    new: dict[str, Any]


def _beside(reader: Reader, line: _Line) -> Iterator[ChangeView]:
    """A row beside the record: a value of one of its fields that came or went."""
    if line.action == "update" and "deleted_at" not in line.new:
        if line.relation == "stage":
            yield from _own(reader, line, f"{reader.value('SELECT name FROM stage WHERE id = ?', (line.row,))}: ")
            return
        if line.relation == "campaign_cost":
            yield from _own(reader, line, f"cost #{line.row}: ")
            return
        if _HIDDEN.issuperset(line.new):
            return  # only its place among the others
        if line.relation == "sequence_step":
            yield from _own(reader, line, f"{_said_of_step(reader, line)}: ")
            return
        if line.relation in ("contact_email", "contact_phone") and not _MARKS.isdisjoint(line.new):
            yield _marked_value(reader, line)
            return
    label, column = BESIDE[line.relation]
    kept = line.old if line.action == "delete" else line.new
    if line.relation == "contact_handle":
        label = kept.get("network") or str(reader.value("SELECT network FROM contact_handle WHERE id = ?", (line.row,)))
    held = kept.get(column)
    if held is None:
        held = reader.value(f"SELECT {column} FROM {line.relation} WHERE id = ?", (line.row,))
    value = _said_of_campaign(reader, line) or _shown(reader, column, held, kept)
    gone = line.action == "delete" or bool(line.new.get("deleted_at"))
    before, after = (value, None) if gone else (None, value)
    yield ChangeView(line.noun, *_identity(reader, line.noun, line.record), "edit", label, before, after)


def _marked_value(reader: Reader, line: _Line) -> ChangeView:
    """An address or number that was marked as not to be used, or whose mark was taken off."""
    label, column = BESIDE[line.relation]
    value = reader.value(f"SELECT {column} FROM {line.relation} WHERE id = ?", (line.row,))
    before, after = (
        " ".join([str(value), *(f"({mark.replace('_', ' ')})" for mark in sorted(_MARKS) if side.get(mark))])
        for side in (line.old, line.new)
    )
    return ChangeView(line.noun, *_identity(reader, line.noun, line.record), "edit", label, before, after)


def _said_of_consent(reader: Reader, line: _Line) -> str | None:
    """A consent with its channel, basis and source."""
    sql = "SELECT channel, status, basis, source FROM consent WHERE id = ?"
    row = reader.row(sql, (line.row,)) or tuple(
        {**line.old, **line.new}.get(name) for name in ("channel", "status", "basis", "source")
    )
    channel, status, basis, source = row
    told = ", ".join(filter(None, [basis, source]))
    return f"{channel} {status}" + (f" ({told})" if told else "")


def _said_of_campaign(reader: Reader, line: _Line) -> str | None:
    """A cost as its amount, a goal with its target, a consent in words; None for any other row."""
    if line.relation == "consent":
        return _said_of_consent(reader, line)
    if line.relation == "campaign_cost":
        row = reader.row("SELECT amount, currency FROM campaign_cost WHERE id = ?", (line.row,))
        return f"{Money(*row).plain} {row[1]}" if row else None
    if line.relation == "campaign_goal":
        from crmcli.domain.campaign_drafts import show_goal

        row = reader.row("SELECT metric, target FROM campaign_goal WHERE id = ?", (line.row,))
        return show_goal(*row) if row else None
    return None


def _said_of_step(reader: Reader, line: _Line) -> str | None:
    """A step of a sequence as it is now."""
    from crmcli.domain.sequence_steps import StepDraft, show_step

    sql = (
        "SELECT s.kind, t.name, s.subject, s.minutes, s.filter, s.otherwise FROM sequence_step s"
        " LEFT JOIN template t ON t.id = s.template_id WHERE s.id = ?"
    )
    row = reader.row(sql, (line.row,))
    return show_step(StepDraft._make(row)) if row else None


_NOTHING: tuple[object, ...] = (None, "", {})


def _own(reader: Reader, line: _Line, prefix: str = "") -> Iterator[ChangeView]:
    """A row of the record's own: each field that changed."""
    uid, name = _identity(reader, line.noun, line.record)
    if line.action == "update" and "deleted_at" in line.new:
        what = "remove" if line.new["deleted_at"] else "restore"
        yield ChangeView(line.noun, uid, name, what, None, None, None)
    for column in sorted({*line.old, *line.new}, key=lambda column: _place(line.noun, column)):
        if column in _HIDDEN or column in ("deleted_at", "custom", *_SAID_ELSEWHERE.get(line.noun, ())):
            continue
        was, is_now = (_shown(reader, column, side.get(column), side, line) for side in (line.old, line.new))
        if was != is_now and not (was in _NOTHING and is_now in _NOTHING):
            yield ChangeView(
                line.noun, uid, name, _ACTION[line.action], prefix + _field(column, line.noun), was, is_now
            )
    for key in sorted({*_keys(line.old), *_keys(line.new)}):
        was, is_now = (_keys(side).get(key) for side in (line.old, line.new))
        if was != is_now:
            yield ChangeView(line.noun, uid, name, _ACTION[line.action], f"custom.{key}", was, is_now)


def _keys(side: dict[str, Any]) -> dict[str, Any]:
    return side.get("custom") or {}


def _place(noun: str, column: str) -> tuple[int, str]:
    """Fields in the order in which they are documented: a log on a server keeps none."""
    names = [field.name for field in FIELDS.get(noun, ())]
    name = _field(column, noun)
    return (names.index(name) if name in names else len(names)), column


def _field(column: str, noun: str) -> str:
    if noun in ("campaign", "suppression") and column == "kind":
        return column
    return {"kind": "type", "due_on": "due"}.get(
        column, column.removesuffix("_id") if column != "external_id" else column
    )


def _loaded(text: str | None) -> dict[str, Any]:
    if not text:
        return {}
    import json

    return json.loads(text) or {}


def _identity(reader: Reader, noun: str, record: int) -> tuple[str, str]:
    uid = "CAST(id AS TEXT)" if noun in ("pipeline", "exchange_rate") else "uid"
    row = reader.row(f"SELECT {uid}, {_NAMES[noun]} FROM {noun} WHERE id = ?", (record,))
    return (row[0], row[1] or "") if row else (f"{noun} {record}", "")


def _shown(reader: Reader, column: str, value: Any, row: dict[str, Any], line: _Line | None = None) -> Any:  # noqa: ANN401
    if value is None:
        return value
    if column in _MONEY and line is not None and line.relation != "suppression":
        code = row.get(_MONEY[column])
        if code is None:
            code = reader.value(f"SELECT {_MONEY[column]} FROM {line.relation} WHERE id = ?", (line.row,))
        return Money(int(value), code) if code else value
    if column == "audience":
        return _named_segments(reader, str(value)) or None
    if column == "settings" and value == "{}":
        return None
    if column not in _LOOK_UP:
        return value
    table, name = _LOOK_UP[column]
    if column == "parent_id" and line is not None:
        table = line.noun
    return reader.value(f"SELECT {name} FROM {table} WHERE id = ?", (value,)) or value


def _named_segments(reader: Reader, formula: str) -> str:
    """A formula of segments by their names."""
    names: dict[str, str] = dict(reader.rows("SELECT uid, name FROM segment"))
    return " ".join(names.get(word, word) for word in formula.split())
