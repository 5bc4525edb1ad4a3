"""Erasing what is kept on a person, past the change log and in it: nothing of this can be taken back."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold, match_key
from crmcli.store.queries.privacy import Person, logged, mentioning, summaries, theirs
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
    "contact": ("title", "note", "address"),
}
_KEYS = {"deal": ("title", "title_key")}


class Erased(NamedTuple):
    """What forgetting came to: records of the person (merged ones too), activities blanked, and texts redacted."""

    records: int
    activities: int
    redacted: int


def erase(uow: UnitOfWork, person: Person) -> Erased:
    """Blank the person everywhere: the record, what hangs on it, its activities, its history, its search entry.

    Activities of nobody else lose their texts. Everything else loses the person's addresses, numbers and whole names from
    its texts, and what is linked to the person a name of one word too.
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
    run(f"DELETE FROM segment_member WHERE contact_id IN ({own})", person.numbers)
    run(f"DELETE FROM tagging WHERE noun = 'contact' AND record_id IN ({own})", person.numbers)
    run(f"UPDATE campaign_member SET email = NULL WHERE contact_id IN ({own})", person.numbers)
    run(
        "UPDATE campaign_event SET detail = NULL WHERE member_id IN"
        f" (SELECT id FROM campaign_member WHERE contact_id IN ({own}))",
        person.numbers,
    )
    run(
        "UPDATE message SET address = '', address_key = '', reply = NULL, due_at = NULL,"
        f" status = CASE WHEN status = 'retry' THEN 'failed' ELSE status END WHERE contact_id IN ({own})",
        person.numbers,
    )
    run(f"UPDATE contact_company SET role = NULL, title = NULL WHERE contact_id IN ({own})", person.numbers)
    # The lines stay, so that an undo of theirs is known to be one of a forgotten person's.
    run(
        f"UPDATE change SET before = NULL, after = NULL WHERE noun = 'contact' AND record_id IN ({own})", person.numbers
    )
    _forget_permissions(uow, person)
    _forget_purchases(uow, person)
    _blank_activities(uow, person.alone)
    redacted = _redact(uow, person)
    for uid in person.uids:
        _remember(uow, uid)
    uow.touched("contact", person.numbers)
    uow.touched("activity", person.alone)
    return Erased(len(person.numbers), len(person.alone), redacted)


def _forget_permissions(uow: UnitOfWork, person: Person) -> None:
    """Blank what the person said, and keep who asks to be forgotten from being written to again.

    Of every address that the person has or had a digest stays suppressed: the address can't be read from it, but is known
    by it when somebody brings it back.
    """
    from crmcli.domain.suppressing import digest
    from crmcli.store.permissions import Barred, Why, suppress

    run, own = _runner(uow), marks(person.numbers)
    run(f"UPDATE consent SET source = NULL, note = NULL, token = NULL WHERE contact_id IN ({own})", person.numbers)
    run(
        f"UPDATE suppression SET value = ?, note = NULL WHERE kind = 'contact' AND contact_id IN ({own})",
        (FORGOTTEN, *person.numbers),
    )
    run(
        "UPDATE change SET before = NULL, after = NULL WHERE noun = 'suppression' AND record_id IN"
        f" (SELECT id FROM suppression WHERE kind = 'contact' AND contact_id IN ({own}))",
        person.numbers,
    )
    for key in sorted({match_key(word) for word in person.words if "@" in word.strip("@")}):
        _hide_address(uow, key)
        suppress(uow, Barred("address", FORGOTTEN, digest(key)), Why("email", "unsubscribed", "asked to be forgotten"))


def _hide_address(uow: UnitOfWork, key: str) -> None:
    """Let the suppressions of an address go by its digest."""
    from crmcli.domain.suppressing import digest
    from crmcli.store.models.consents import Suppression

    run = _runner(uow)
    sql = "SELECT id, channel, deleted_at FROM suppression WHERE kind = 'address' AND key = ? ORDER BY id"
    for number, channel, deleted in uow.reader.rows(sql, (key,)):
        alike = {"kind": "address", "key": digest(key), "channel": channel, "deleted_at": None}
        run("UPDATE change SET before = NULL, after = NULL WHERE noun = 'suppression' AND record_id = ?", (number,))
        if deleted is None and uow.find(Suppression, **alike):
            run("DELETE FROM suppression WHERE id = ?", (number,))
        else:
            columns = "value = ?, key = ?, note = NULL"
            run(f"UPDATE suppression SET {columns} WHERE id = ?", (FORGOTTEN, digest(key), number))


def _forget_purchases(uow: UnitOfWork, person: Person) -> None:
    """What was bought stays, by nobody: days and amounts are figures, the name in the log is the person's."""
    run, which = _runner(uow), theirs(person)
    found = [number for (number,) in uow.reader.rows(f"SELECT r.id FROM purchase r WHERE {which.sql}", which.params)]
    for number in found:
        run("UPDATE change SET before = NULL, after = NULL WHERE noun = 'purchase' AND record_id = ?", (number,))
        key = "CASE WHEN company_id IS NULL THEN ? ELSE customer_key END"
        sql = f"UPDATE purchase SET customer = ?, customer_key = {key} WHERE id = ?"
        run(sql, (FORGOTTEN, person.uids[0], number))


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
    """Take the person's names, addresses and numbers out of every other text; how many records had them."""
    count = 0
    for noun, close in (
        ("contact", ()),
        ("company", person.companies),
        ("deal", person.deals),
        ("activity", person.shared),
    ):
        mentions = set(mentioning(uow.reader, noun, _TEXTS[noun], person.sure_words)) - set(
            person.numbers if noun == "contact" else ()
        )
        changed = [
            n for n in sorted(mentions | set(close)) if _clean_row(uow, noun, n, _cleaner(person, near=n in close))
        ]
        uow.touched(noun, changed)
        count += len(changed)
    run = _runner(uow)
    sure, near = _cleaner(person, near=False), _cleaner(person, near=True)
    for number, deal, note in uow.reader.rows("SELECT id, deal_id, note FROM stage_change WHERE note IS NOT NULL"):
        cleaned = (near if deal in person.deals else sure)(note)
        if cleaned != note:
            run("UPDATE stage_change SET note = ? WHERE id = ?", (cleaned, number))
    _clean_log(uow, person)
    for number, summary, is_near in summaries(uow.reader, person):
        cleaned = (near if is_near else sure)(summary)
        if cleaned != summary:
            run("UPDATE change_set SET summary = ? WHERE id = ?", (cleaned, number))
    return count


def _cleaner(person: Person, *, near: bool) -> Callable[[str], str]:
    """Takes the person out of a text: in what is linked to the person by any name, elsewhere by what is surely theirs."""
    words = person.words if near else person.sure_words
    if not words:
        return lambda text: text
    spaced = (r"\s+".join(map(re.escape, word.split())) for word in words)
    pattern = re.compile("|".join(spaced), re.IGNORECASE)
    return lambda text: pattern.sub(FORGOTTEN, text)


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


def _clean_log(uow: UnitOfWork, person: Person) -> None:
    cast = "CAST(? AS JSONB)" if uow.store.location.url else "?"
    run = _runner(uow)
    sure, near = _cleaner(person, near=False), _cleaner(person, near=True)
    close = {"activity": set(person.shared), "deal": set(person.deals), "company": set(person.companies)}
    for line, noun, number, *states in logged(uow.reader, person):
        clean = near if number in close.get(noun, ()) else sure
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
