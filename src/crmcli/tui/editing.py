"""Changing a record from a screen: what was typed is stored if nobody changed the same meanwhile, else both values are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.fields import find_field
from crmcli.errors import BadValue, CrmError, FieldConflict, Stale, UsageError
from crmcli.tui.modals.record_fields import MORE, rebased, record_fields, typed_changes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crmcli.tui.modals.fields import FormField
    from crmcli.tui.screens.place import Place
    from crmcli.tui.session import Done, Session
    from crmcli.tui.targets import Target

TEXT = {"contact": "note", "company": "note", "activity": "body"}  # the field that stands below the others in an editor
_FENCE = "---"
_ERROR = "# ! "
_HINT = "# fields of {}; an emptied one is cleared, a line taken away leaves its field as it is"


# -- storing what was typed, whatever others did meanwhile


class Saving:
    """The texts of some fields of a record on their way to the store.

    ``seen`` is the record as it was shown when they were typed, ``base`` what the fields held when they were begun, where
    that was at an earlier time. Afterwards either ``done`` is called, with None when nothing was changed in the end, or
    ``refused`` with the reason, also when the user goes back instead of deciding.
    """

    def __init__(
        self,
        place: Place,
        noun: str,
        seen: Any,  # noqa: ANN401 - the noun's view
        texts: Mapping[str, str],
        *,
        said: str,
        done: Callable[[Done | None], None],
        refused: Callable[[CrmError], None],
        base: Mapping[str, str] | None = None,
    ) -> None:
        self._place = place
        self._noun = noun
        self._seen = seen
        self._texts = dict(texts)
        self._said = said
        self._done = done
        self._refused = refused
        self._before = base if base is not None else shown_texts(place.session, noun, seen)

    def start(self) -> None:
        """Store them, unless others changed the same since they were begun: then ask."""
        now = shown_texts(self._place.session, self._noun, self._seen)
        disputed = [
            name
            for name, text in self._texts.items()
            if now.get(name, "").strip() not in (self._before.get(name, "").strip(), text.strip())
        ]
        if disputed:
            conflicts = tuple(
                FieldConflict(each, self._before.get(each), now.get(each), self._texts[each]) for each in disputed
            )
            self._ask(Stale(f"#{self._seen.number} was changed since you wrote this", conflicts=conflicts), self._seen)
        else:
            self._place.run_worker(self._store(), group="write")

    async def _store(self) -> None:
        place, records, seen = self._place, self._place.session.records(self._noun), self._seen
        place.writing += 1
        try:
            before = shown_texts(place.session, self._noun, seen)
            typed = typed_changes({name: before.get(name, "") for name in self._texts}, self._texts, self._noun, seen)
            done = None
            if not typed.is_empty:
                done = await place.app.write(
                    lambda: records.edit(seen.id, records.edit_draft(typed.changes), seen=seen)
                )
        except Stale as error:
            place.run_worker(self._overtaken(error), group="write")
        except CrmError as error:
            place.post_message(place.Answered(self._refused, error))
        else:
            place.post_message(place.Answered(self._stored, done))
        finally:
            place.writing -= 1

    def _stored(self, done: Done | None) -> None:
        self._done(done)
        if done is not None:
            self._place.post_message(self._place.Written(done, self._said))
        else:
            self._place.store_changed()

    async def _overtaken(self, error: Stale) -> None:
        place, noun, uid = self._place, self._noun, self._seen.id
        try:
            fresh = await place.session.ask(lambda: place.session.records(noun).get(uid))
        except CrmError as other:
            place.post_message(place.Answered(self._refused, other))
        else:
            place.post_message(place.Answered(lambda view: self._ask(error, view), fresh))

    def _ask(self, error: Stale, fresh: Any) -> None:  # noqa: ANN401
        from crmcli.tui.modals.conflict import ConflictDialog, Conflicting

        theirs = shown_texts(self._place.session, self._noun, fresh)
        labels = {field.name: field.label for field in record_fields(self._noun, fresh, self._place.session.locale)}
        disputed = [
            Conflicting(
                name, labels.get(name, name), self._before.get(name, ""), theirs.get(name, ""), self._texts[name]
            )
            for name in (conflict.field for conflict in error.conflicts)
            if name in self._texts
        ]

        def settled(answer: dict[str, str] | None) -> None:
            if answer is None:
                self._refused(error)
                return
            self._texts = {
                name: rebased(find_field(self._noun, name), self._before.get(name, ""), text, theirs.get(name, ""))
                for name, text in self._texts.items()
                if answer.get(name, "mine") == "mine"
            }
            self._seen, self._before = fresh, theirs
            self.start()

        title = f"{fresh.updated_by or 'someone'} changed #{fresh.number} meanwhile"
        self._place.app.push_screen(ConflictDialog(title, disputed), settled)


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
    place.read(
        "editor", lambda: place.session.records(target.noun).get(target.id),
        lambda view: _Outside(place, target.noun, view).edit(), what="the record can't be changed",
    )  # fmt: skip


class _Outside:
    """A record edited outside until it can be stored, or is left for later; the text is kept in a file all the while."""

    def __init__(self, place: Place, noun: str, seen: Any) -> None:  # noqa: ANN401
        session = place.session
        self._place = place
        self._noun = noun
        self._seen = seen
        self._draft = session.drafts.of(session.desk.store.location.label, f"editor {noun}", seen.id)
        kept = self._draft.read()
        self._base = (kept.before.get("text") if kept is not None else None) or document(session, noun, seen)
        self._text = (kept.fields.get("text") if kept is not None else None) or self._base

    def edit(self) -> None:
        """Hand the text over, and store what comes back."""
        from crmcli.tui.drafts import Typed
        from crmcli.tui.external_editor import edited

        place, noun = self._place, self._noun
        try:
            self._text = edited(place.app, self._text) + "\n"
        except CrmError as error:
            place.post_message(place.Failed("the record can't be changed", error))
            return
        if self._text.strip() in ("", self._base.strip()):
            self._draft.drop()
            place.notify("nothing was changed", markup=False, timeout=3)
            return
        self._draft.keep(Typed(place.session.desk.clock.now(), {"text": self._text}, {"text": self._base}))
        try:
            base = texts_in(noun, self._base)
            texts = {
                name: text
                for name, text in texts_in(noun, self._text).items()
                if text.strip() != base.get(name, "").strip()
            }
        except CrmError as error:
            self._refused(error)
            return
        Saving(
            place, noun, self._seen, texts, base=base, said=f"#{self._seen.number} changed",
            done=lambda _: self._draft.drop(), refused=self._refused,
        ).start()  # fmt: skip

    def _refused(self, error: CrmError) -> None:
        """Say why, and edit again if the user wants."""
        from crmcli.tui.modals.confirm import Confirm

        def answered(again: bool | None) -> None:
            if again:
                self._text = _marked(self._text, error)
                self.edit()

        details = (error.message, *error.details, "", f"what you wrote is kept: {self._draft.path}")
        self._place.app.push_screen(Confirm("that can't be stored", details, yes="Edit again", no="Later"), answered)


def _marked(text: str, error: CrmError) -> str:
    """The text with what is wrong said at its top, in place of what was wrong before."""
    bare = "\n".join(line for line in text.split("\n") if not line.startswith(_ERROR))
    return bare.replace(f"{_FENCE}\n", f"{_FENCE}\n{_ERROR}{error.message}\n", 1)
