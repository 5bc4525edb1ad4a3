"""Erasing what is kept on a person, past the change log and in it: nothing of this can be taken back."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold
from crmcli.store.queries.privacy import Person, mentioned_in
from crmcli.store.reader import marks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmcli.store.session import UnitOfWork

FORGOTTEN = "(forgotten)"
# The columns of a contact that say who it is; where the person stands, owner and times are numbers' business and stay.
_BLANK = (
    "given", "family", "prefix", "suffix", "title", "birthday", "anniversary", "locale", "timezone", "address", "note",
    "lead_score", "external_source", "external_id",
)  # fmt: skip
_TEXTS = {
    "activity": ("subject", "body", "outcome", "location", "attachments"),
    "deal": ("title", "next_step", "lost_note"),
    "company": ("note", "address"),
}
_KEYS = {"deal": ("title", "title_key")}


class Erased(NamedTuple):
    """What forgetting came to: records of the person (merged ones too), activities blanked, and texts redacted."""

    records: int
    activities: int
    redacted: int


def erase(uow: UnitOfWork, person: Person) -> Erased:
    """Blank the person everywhere: the record, what hangs on it, its activities, its history, its search entry.

    Activities of nobody else lose their texts; those shared with others, the person's deals and companies lose only the
    person's name, addresses and numbers from them.
    """
    run = _runner(uow)
    own = marks(person.numbers)
    run(
        f"UPDATE contact SET name = ?, name_key = ?, custom = '{{}}', {', '.join(f'{c} = NULL' for c in _BLANK)}"
        f" WHERE id IN ({own})",
        (FORGOTTEN, fold(FORGOTTEN), *person.numbers),
    )
    sql = f"UPDATE contact SET deleted_at = COALESCE(deleted_at, ?), deleted_in = COALESCE(deleted_in, ?) WHERE id IN ({own})"
    run(sql, (uow.now if uow.store.location.url else _text(uow.now), uow.number, *person.numbers))
    for table in ("contact_email", "contact_phone", "contact_handle"):
        run(f"DELETE FROM {table} WHERE contact_id IN ({own})", person.numbers)
    run(f"DELETE FROM contact_relation WHERE contact_id IN ({own}) OR other_id IN ({own})", person.numbers * 2)
    run(f"DELETE FROM tagging WHERE noun = 'contact' AND record_id IN ({own})", person.numbers)
    run(f"UPDATE contact_company SET role = NULL, title = NULL WHERE contact_id IN ({own})", person.numbers)
    run(f"DELETE FROM change WHERE noun = 'contact' AND record_id IN ({own})", person.numbers)
    _blank_activities(uow, person.alone)
    redacted = _redact(uow, person)
    for uid in person.uids:
        _remember(uow, uid)
    uow.touched("contact", person.numbers)
    uow.touched("activity", person.alone)
    return Erased(len(person.numbers), len(person.alone), redacted)


def _blank_activities(uow: UnitOfWork, numbers: Sequence[int]) -> None:
    columns = (*_TEXTS["activity"], "thread", "external_source", "external_id")
    blank = ", ".join(f"{column} = NULL" for column in columns)
    run = _runner(uow)
    for number in numbers:
        # Logging a call is summed up by what was said.
        sets = "SELECT set_id FROM change WHERE noun = 'activity' AND record_id = ? UNION SELECT created_in FROM activity WHERE id = ?"
        run(f"UPDATE change_set SET summary = '' WHERE id IN ({sets}) AND records < 10", (number, number))
        run(f"UPDATE activity SET {blank}, custom = '{{}}' WHERE id = ?", (number,))
        run("DELETE FROM change WHERE noun = 'activity' AND record_id = ?", (number,))


def _redact(uow: UnitOfWork, person: Person) -> int:
    """Take the person's name, addresses and numbers out of texts that belong to others too; how many rows had them."""
    if not person.words:
        return 0
    pattern = re.compile("|".join(re.escape(word) for word in person.words), re.IGNORECASE)

    def clean(text: str) -> str:
        return pattern.sub(FORGOTTEN, text)

    count = 0
    for noun, numbers in (("activity", person.shared), ("deal", person.deals), ("company", person.companies)):
        changed = [number for number in numbers if _clean_row(uow, noun, number, clean)]
        _clean_log(uow, noun, numbers, clean)
        uow.touched(noun, changed)
        count += len(changed)
    run = _runner(uow)
    for number, summary in mentioned_in(uow.reader, person):
        run("UPDATE change_set SET summary = ? WHERE id = ?", (clean(summary), number))
    return count


def _clean_row(uow: UnitOfWork, noun: str, number: int, clean: Callable[[str], str]) -> bool:
    columns = _TEXTS[noun]
    (*texts, custom) = uow.reader.rows(f"SELECT {', '.join(columns)}, custom FROM {noun} WHERE id = ?", (number,))[0]
    before = dict(zip((*columns, "custom"), (*texts, custom), strict=True))
    after = {name: text and clean(text) for name, text in before.items()}
    changed = {name: text for name, text in after.items() if text != before[name]}
    if not changed:
        return False
    if noun in _KEYS and _KEYS[noun][0] in changed:
        changed[_KEYS[noun][1]] = fold(str(changed[_KEYS[noun][0]]))
    assigned = ", ".join(f"{name} = {'CAST(? AS JSONB)' if _is_json(uow, name) else '?'}" for name in changed)
    _runner(uow)(f"UPDATE {noun} SET {assigned} WHERE id = ?", (*changed.values(), number))
    return True


def _clean_log(uow: UnitOfWork, noun: str, numbers: Sequence[int], clean: Callable[[str], str]) -> None:
    cast = "CAST(? AS JSONB)" if uow.store.location.url else "?"
    run = _runner(uow)
    for number in numbers:
        sql = "SELECT id, before, after FROM change WHERE noun = ? AND record_id = ?"
        for line, *states in uow.reader.rows(sql, (noun, number)):
            cleaned = [_clean_state(state, clean) for state in states]
            if cleaned != states:
                run(f"UPDATE change SET before = {cast}, after = {cast} WHERE id = ?", (*cleaned, line))


def _clean_state(state: str | None, clean: Callable[[str], str]) -> str | None:
    if state is None or state == "null":
        return state
    cleaned = {key: clean(value) if isinstance(value, str) else value for key, value in json.loads(state).items()}
    if "title" in cleaned and "title_key" in cleaned:
        cleaned["title_key"] = fold(str(cleaned["title"]))
    text = json.dumps(cleaned, ensure_ascii=False)
    return text if json.loads(state) != cleaned else state


def _remember(uow: UnitOfWork, uid: str) -> None:
    from crmcli.store.models.exchange import Forgotten

    if not uow.find(Forgotten, uid=uid):
        uow.add(Forgotten(uid=uid, by=uow.user_id, at=uow.now))


def _is_json(uow: UnitOfWork, column: str) -> bool:
    return column == "custom" and bool(uow.store.location.url)


def _text(moment: Any) -> str:  # noqa: ANN401 - a datetime in UTC
    return str(moment.strftime("%Y-%m-%dT%H:%M:%SZ"))


def _runner(uow: UnitOfWork) -> Callable[[str, Sequence[object]], object]:
    """Runs a statement on the unit of work's connection, past the change log."""
    connection, dialect = uow.session.connection(), uow.store.dialect
    return lambda sql, params: connection.exec_driver_sql(dialect.sql(sql), tuple(params))
