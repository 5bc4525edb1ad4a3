"""When two edit one record at once: nobody overwrites what he has not seen."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from crmcli.errors import BadValue, Conflict, FieldConflict, Refused, Stale

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from crmcli.domain.drafts import Edit
    from crmcli.store.queries.refs import Found
    from crmcli.store.reader import Reader

_TOLD = 8  # records that a refusal names
_CUSTOM = "custom."


def told(edit: Edit) -> dict[str, object]:
    """The fields that an edit sets or empties, with what they are to be; to add to a list or take from it is neither."""
    return {
        **edit.values,
        **dict.fromkeys(edit.clear),
        **{f"{_CUSTOM}{key}": value for key, value in edit.custom.items()},
        **{f"{_CUSTOM}{key}": None for key in edit.unset},
    }


@contextmanager
def minding(noun: str, seen: Any | None, view: Callable[[], Any], wanted: Mapping[str, object]) -> Iterator[None]:  # noqa: ANN401
    """Change a record within, in the fields ``wanted``, as an editor does that showed it as ``seen``.

    Raises Stale when one of these fields has become something else meanwhile that the change would overwrite.
    """
    theirs = view() if seen is not None and wanted else None
    overtaken = [] if theirs is None else [name for name in wanted if not _same(theirs, seen, name)]
    if not overtaken:
        yield
        return
    try:
        yield
    except (BadValue, Conflict, Refused) as error:
        # It may be refused for what the others did, so that comes first.
        conflicts = [_conflict(name, seen, theirs, wanted[name]) for name in overtaken]
        raise stale(noun, theirs, conflicts) from error
    ours = view()
    conflicts = [_conflict(n, seen, theirs, value_of(ours, n)) for n in overtaken if not _same(ours, theirs, n)]
    if conflicts:
        raise stale(noun, theirs, conflicts)


def refuse_overtaken(
    reader: Reader, noun: str, chosen: Sequence[Found], wanted: Mapping[str, object], since: int
) -> None:
    """Raise Stale when one of the fields ``wanted`` of these records has become another after the change set ``since``."""
    from crmcli.domain.fields import PLURAL
    from crmcli.store.queries.history import changes, sets_after

    names = {found.uid: f"#{found.number} {found.name}" for found in chosen}
    was: dict[tuple[str, str], str | None] = {}
    now: dict[tuple[str, str], tuple[str | None, str]] = {}  # what others made of it, and who did last
    for made in list(sets_after(reader, since)):
        for change in changes(reader, made.number):
            if change.noun == noun and change.record in names and change.field in wanted:
                place = change.record, str(change.field)
                was.setdefault(place, _text(change.before))
                now[place] = _text(change.after), made.user
    overtaken = [place for place, (theirs, _) in now.items() if theirs not in (was[place], _text(wanted[place[1]]))]
    if not overtaken:
        return
    count = len({uid for uid, _ in overtaken})
    by = ", ".join(sorted({now[place][1] for place in overtaken}))
    fields = ", ".join(sorted({name for _, name in overtaken}))
    lines = [f"{names[p[0]]}: {was[p] or '—'} → {now[p][0] or '—'} ({now[p][1]})" for p in overtaken]
    raise Stale(
        f"{count} of {len(chosen)} {PLURAL[noun]} {'was' if count == 1 else 'were'} changed meanwhile by {by}: {fields}",
        details=(*lines[:_TOLD], *([f"and {len(lines) - _TOLD} more"] if len(lines) > _TOLD else [])),
        conflicts=tuple(FieldConflict(p[1], was[p], now[p][0], _text(wanted[p[1]])) for p in overtaken),
    )


def stale(noun: str, view: Any, conflicts: list[FieldConflict]) -> Stale:  # noqa: ANN401
    """The refusal to overwrite these fields of the record, which is ``view`` by now."""
    name = next((str(n) for f in ("name", "title", "subject") if (n := getattr(view, f, None))), view.id)
    by = f" by {view.updated_by}" if view.updated_by else ""
    fields = ", ".join(conflict.field for conflict in conflicts)
    return Stale(
        f"#{view.number} {name} was changed meanwhile{by}: {fields}",
        hint=f"crm history {noun}:{view.number}",
        conflicts=tuple(conflicts),
    )


def value_of(view: Any, name: str) -> object:  # noqa: ANN401
    """A field of a view, a custom one as ``custom.KEY``."""
    if name.startswith(_CUSTOM):
        return view.custom_fields.get(name.removeprefix(_CUSTOM))
    return getattr(view, name, None)


def _same(one: Any, other: Any, name: str) -> bool:  # noqa: ANN401
    return _identity(value_of(one, name)) == _identity(value_of(other, name))


def _identity(value: Any) -> object:  # noqa: ANN401
    """What makes it the same: a linked record is, whatever it is called by now."""
    from crmcli.domain.views import Link

    if isinstance(value, Link):
        return value.id
    return [_identity(each) for each in value] if type(value) is tuple else value


def _conflict(name: str, seen: object, theirs: object, ours: object) -> FieldConflict:
    return FieldConflict(name, _text(value_of(seen, name)), _text(value_of(theirs, name)), _text(ours))


def _text(value: Any) -> str | None:  # noqa: ANN401
    """A field's value, of a view or of an edit, as one reads it."""
    from datetime import date, datetime

    from crmcli.domain.money import Money
    from crmcli.domain.records import due_text, utc_text
    from crmcli.domain.text import Matched
    from crmcli.domain.views import Due, Link

    match value:
        case None | () | []:
            return None
        case Money():
            return f"{value.plain} {value.currency}"
        case Link():
            return value.name
        case Matched():
            return value.value
        case Due():
            return due_text(value)
        case datetime():
            return utc_text(value)
        case date():
            return value.isoformat()
        case tuple() | list():
            return ", ".join(filter(None, map(_text, value)))
        case bool():
            return "true" if value else "false"
        case _:
            return str(value)
