"""Changing a record from a screen: what was typed is stored if nobody changed the same meanwhile, else both values are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.fields import find_field
from crmcli.errors import BadValue, CrmError, FieldConflict, Stale, UsageError
from crmcli.tui.modals.record_fields import MORE, rebased, record_fields, typed_changes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.screen import Screen

    from crmcli.tui.modals.fields import FormField
    from crmcli.tui.screens.place import Place
    from crmcli.tui.session import Done, Session
    from crmcli.tui.targets import Target

TEXT = {"contact": "note", "company": "note", "activity": "body"}  # the field that stands below the others in an editor
_FENCE = "---"
_ERROR = "# ! "
_HINT = "# fields of {}; an emptied one is cleared, a line taken away leaves its field as it is"


# -- storing what was typed, whatever others did meanwhile


async def stored(
    place: Place,
    noun: str,
    seen: Any,  # noqa: ANN401 - the noun's view
    texts: Mapping[str, str],
    base: Mapping[str, str] | None = None,
) -> Done | None:
    """Store the texts of some fields of the record that was ``seen``; None when there was nothing to change in the end.

    ``base`` is what the fields held when they were typed, where that was at an earlier time. To be awaited in a worker,
    for it may have to ask: raises Stale when the user goes back, and CrmError as edits do.
    """
    mine = dict(texts)
    if base is not None:
        mine = await _still_wanted(place, noun, seen, mine, base)
    while mine:
        try:
            return await _edited(place, noun, seen, mine)
        except Stale as error:
            before = shown_texts(place.session, noun, seen)
            seen = await _fresh(place, noun, seen.id)
            mine = await _settled(place, noun, error, before, mine, seen)
    return None


async def _edited(place: Place, noun: str, seen: Any, mine: Mapping[str, str]) -> Done | None:  # noqa: ANN401
    before = shown_texts(place.session, noun, seen)
    typed = typed_changes({name: before.get(name, "") for name in mine}, mine, noun, seen)
    if typed.is_empty:
        return None
    records = place.session.records(noun)
    return await place.app.write(lambda: records.edit(seen.id, records.edit_draft(typed.changes), seen=seen))


async def _fresh(place: Place, noun: str, uid: str) -> Any:  # noqa: ANN401
    return await place.session.ask(lambda: place.session.records(noun).get(uid))


async def _still_wanted(
    place: Place,
    noun: str,
    seen: Any,
    mine: dict[str, str],
    base: Mapping[str, str],  # noqa: ANN401
) -> dict[str, str]:
    """What is to be stored of texts typed earlier, once the user has seen what others made of these fields since."""
    now = shown_texts(place.session, noun, seen)
    disputed = [
        name for name in mine if now.get(name, "").strip() not in (base.get(name, "").strip(), mine[name].strip())
    ]
    if not disputed:
        return mine
    conflicts = tuple(FieldConflict(name, base.get(name), now.get(name), mine[name]) for name in disputed)
    return await _settled(
        place, noun, Stale("it was changed since you wrote this", conflicts=conflicts), base, mine, seen
    )


async def _settled(
    place: Place,
    noun: str,
    error: Stale,
    before: Mapping[str, str],
    mine: Mapping[str, str],
    fresh: Any,  # noqa: ANN401
) -> dict[str, str]:
    """The texts that are still to be stored on top of what others made of the record."""
    from crmcli.tui.modals.conflict import ConflictDialog, Conflicting

    theirs = shown_texts(place.session, noun, fresh)
    labels = {field.name: field.label for field in record_fields(noun, fresh, place.session.locale)}
    disputed = [
        Conflicting(name, labels.get(name, name), before.get(name, ""), theirs.get(name, ""), mine[name])
        for name in (conflict.field for conflict in error.conflicts)
        if name in mine
    ]
    answer = await place.app.push_screen_wait(
        ConflictDialog(f"{fresh.updated_by or 'someone'} changed #{fresh.number} meanwhile", disputed)
    )
    if answer is None:
        raise error
    return {
        name: rebased(find_field(noun, name), before.get(name, ""), text, theirs.get(name, ""))
        for name, text in mine.items()
        if answer.get(name, "mine") == "mine"
    }


def shown_texts(session: Session, noun: str, view: Any) -> dict[str, str]:  # noqa: ANN401
    """Every field of a record as a form shows it."""
    return {field.name: field.value for field in record_fields(noun, view, session.locale)}


# -- a record as a text


def document(session: Session, noun: str, view: Any, errors: tuple[str, ...] = ()) -> str:  # noqa: ANN401
    """The record as YAML front matter and, below it, its note or body as Markdown."""
    return _written(noun, f"{noun} #{view.number}", record_fields(noun, view, session.locale), errors)


def _written(noun: str, name: str, fields: list[FormField], errors: tuple[str, ...]) -> str:
    from crmcli.render.formats import yaml_text

    text_field = TEXT.get(noun, "")
    shown = {field.name: field.value for field in fields if field.name not in (MORE, text_field)}
    body = next((field.value for field in fields if field.name == text_field), "")
    head = "".join(f"{line}\n" for line in (*(_ERROR + error for error in errors), _HINT.format(name)))
    return f"{_FENCE}\n{head}{yaml_text(shown, safe=False)}{_FENCE}\n{body}\n" if text_field else (
        f"{_FENCE}\n{head}{yaml_text(shown, safe=False)}{_FENCE}\n"
    )  # fmt: skip


def texts_in(noun: str, text: str) -> dict[str, str]:
    """The fields that a document holds, as texts.

    Raises:
        UsageError: it is no such document; says where.
        BadValue: it holds a field that the noun has not.
    """
    head, body = _parted(text)
    texts = {_known(noun, str(name)): _text(value) for name, value in _loaded(head).items()}
    if noun in TEXT:
        texts[TEXT[noun]] = body.strip("\n")
    elif body.strip():
        raise UsageError(f"a {noun} has no note; what stands below the second --- can't be kept")
    return texts


def _parted(text: str) -> tuple[str, str]:
    lines = text.lstrip("\ufeff").replace("\r\n", "\n").split("\n")
    first = next((place for place, line in enumerate(lines) if line.strip()), 0)
    if lines[first].rstrip() != _FENCE:
        raise UsageError("the text must begin with a line of ---")
    end = next((place for place in range(first + 1, len(lines)) if lines[place].rstrip() == _FENCE), None)
    if end is None:
        raise UsageError("the fields must end with a second line of ---")
    return "\n".join(lines[first + 1 : end]), "\n".join(lines[end + 1 :])


def _loaded(head: str) -> dict[Any, Any]:
    import yaml

    try:
        # Every value is a text, as it stands there: a date or a number is read by the field's own rules.
        found = yaml.load(head, Loader=yaml.BaseLoader)  # noqa: S506 - the base loader makes nothing but texts
    except yaml.MarkedYAMLError as error:
        line = f" in line {error.problem_mark.line + 2}" if error.problem_mark is not None else ""
        raise UsageError(f"can't read the fields{line}: {error.problem or error.context}") from error
    except yaml.YAMLError as error:
        raise UsageError(f"can't read the fields: {error}") from error
    if found in (None, ""):
        return {}
    if not isinstance(found, dict):
        raise UsageError("the fields must be lines of NAME: VALUE")
    return found


def _text(value: object) -> str:
    from crmcli.tui.modals.fields import join_list

    return join_list(map(str, value)) if isinstance(value, list) else str(value or "")


def _known(noun: str, name: str) -> str:
    if name.startswith("custom."):
        return name
    field = find_field(noun, name)
    if field is None or field.computed:
        raise BadValue(name, f"a {noun} has no such field", hint="custom.NAME keeps a field of your own")
    return field.name


# -- in the user's editor


def open_editor(place: Place, target: Target) -> None:
    """Change a record in the user's own editor."""
    place.run_worker(_edit_outside(place, target), group="editor", exclusive=True)


async def _edit_outside(place: Place, target: Target) -> None:
    session = place.session
    try:
        seen = await session.ask(lambda: session.records(target.noun).get(target.id))
        await _until_right(place, target.noun, seen)
    except CrmError as error:
        place.post_message(place.Failed("the record can't be changed", error))


async def _until_right(place: Place, noun: str, seen: Any) -> None:  # noqa: ANN401
    """Edit, and edit again what can't be stored, as long as the user wants; the text is kept in a file all the while."""
    from crmcli.tui.drafts import Typed
    from crmcli.tui.external_editor import edited

    session = place.session
    draft = session.drafts.of(session.desk.store.location.label, f"editor {noun}", seen.id)
    kept = draft.read()
    base = (kept.before.get("text") if kept is not None else None) or document(session, noun, seen)
    text = (kept.fields.get("text") if kept is not None else None) or base
    while True:
        text = edited(place.app, text) + "\n"
        if text.strip() in ("", base.strip()):
            draft.drop()
            place.notify("nothing was changed", markup=False, timeout=3)
            return
        draft.keep(Typed(session.desk.clock.now(), {"text": text}, {"text": base}))
        try:
            done = await stored(place, noun, seen, _changed(noun, base, text), texts_in(noun, base))
        except CrmError as error:
            if not await _again(place, error, str(draft.path)):
                return
            text = _marked(text, error)
            continue
        draft.drop()
        if done is not None:
            place.post_message(place.Written(done, f"#{seen.number} changed"))
        return


def _changed(noun: str, base: str, text: str) -> dict[str, str]:
    """The fields in which a document differs from the one that editing began with."""
    before = texts_in(noun, base)
    return {
        name: value for name, value in texts_in(noun, text).items() if value.strip() != before.get(name, "").strip()
    }


async def _again(place: Place, error: CrmError, path: str) -> bool:
    from crmcli.tui.modals.confirm import Confirm

    details = (error.message, *error.details, "", f"what you wrote is kept: {path}")
    asked: Screen[bool] = Confirm("that can't be stored", details, yes="Edit again", no="Later")
    again = await place.app.push_screen_wait(asked)
    return bool(again)


def _marked(text: str, error: CrmError) -> str:
    """The text with what is wrong said at its top, in place of what was wrong before."""
    bare = "\n".join(line for line in text.split("\n") if not line.startswith(_ERROR))
    return bare.replace(f"{_FENCE}\n", f"{_FENCE}\n{_ERROR}{error.message}\n", 1)
