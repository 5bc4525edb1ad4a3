"""Templates: the wording of messages, in a variant for each language under one name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.naming import in_shell
from crmcli.domain.template_drafts import TemplateDraft, read_locale, read_parts, read_template_name
from crmcli.domain.template_words import Occasion, Sender, chosen_locale, of_language
from crmcli.domain.text import fold, nearest
from crmcli.errors import Ambiguous, BadValue, Conflict, Duplicate, NotFound, Refused, TemplateFailed, UsageError
from crmcli.store.queries.templates import (
    custom_samples,
    last_deleted,
    name_of_template,
    recipient,
    spoken,
    templates,
    templates_named,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from crmcli.domain.recipients import Recipient
    from crmcli.domain.views import TemplateFinding, TemplateView
    from crmcli.services.desk import Desk
    from crmcli.services.rendering import Rendered, Renderer, Surroundings
    from crmcli.store.reader import Reader
    from crmcli.store.session import UnitOfWork

# Inside a class with a method named list, the builtin goes by these names.
Wordings = list["TemplateView"]
Findings = list["TemplateFinding"]


class Preview(NamedTuple):
    """A message as one person would get it; ``made_up`` when there is no such person."""

    rendered: Rendered
    recipient: Recipient
    made_up: bool


class Templates:
    """The templates of messages; ``sender`` is who writes, ``unsubscribe`` the address with ``{token}`` to leave by."""

    def __init__(self, desk: Desk, sender: Sender = Sender(), unsubscribe: str = "") -> None:  # noqa: B008
        self.desk = desk
        self.sender = sender
        self.unsubscribe = unsubscribe

    # -- reading

    def list(self, *, deleted: bool = False) -> Wordings:
        """All wordings, or those that were deleted, by name and language."""
        with self.desk.reading() as reader:
            return templates(reader, deleted=deleted)

    def find(self, ref: str, locale: str | None = None) -> Wordings:
        """The wordings that a name (all its languages), uid or number (one) means; of one locale when it is said.

        Raises:
            NotFound: there is none; names the nearest.
        """
        with self.desk.reading() as reader:
            return _found(reader, ref, locale)

    def get(self, ref: str, locale: str | None = None) -> TemplateView:
        """One wording: that of the locale, else everybody's, else the first."""
        return self.find(ref, locale)[0]

    # -- writing

    def add(self, name: str, draft: TemplateDraft, locale: str = "") -> TemplateView:
        """Keep a wording under a name; the wording as it is kept.

        Raises:
            Duplicate: there is one of that name and locale.
        """
        label, language, parts = read_template_name(name), read_locale(locale), read_parts(draft)
        if not parts.subject:
            raise BadValue("subject", "a message has a subject")
        _refuse_empty(parts.text, parts.markdown, parts.html)
        with self.desk.writing("template add", _called(label, language)) as uow:
            label = _spelled(uow.reader, label)
            _refuse_taken(uow.reader, label, language)
            _insert(uow, label, language, parts.parts)
            return _one(uow.reader, label, language)

    def edit(self, ref: str, draft: TemplateDraft, locale: str | None = None, name: str | None = None) -> TemplateView:
        """Change one wording, and the name of the template in all its languages; the wording as it is now."""
        from crmcli.store.models.mailings import Template

        parts = read_parts(draft)
        with self.desk.writing("template edit") as uow:
            view = _found(uow.reader, ref, locale)[0]
            uow.summary = _called(view.name, view.locale)
            row = uow.get(Template, view.number)
            _change(row, parts)
            label = view.name if name is None else read_template_name(name)
            if label != view.name:
                _rename(uow, view.name, label)
            if uow.session.is_modified(row):
                row.updated_at = uow.now
            uow.flush()
            return _one(uow.reader, label, view.locale)

    def remove(self, ref: str, locale: str | None = None) -> Wordings:
        """Take a template away in all its languages, or in one; what it was.

        Raises:
            Refused: a campaign or sequence that is not over would be left without any wording.
        """
        from crmcli.store.models.mailings import Template

        with self.desk.writing("template rm") as uow:
            views = _found(uow.reader, ref, locale)
            first = views[0]
            if first.used_by and len(views) == len(first.locales):
                raise Refused(
                    f"template {first.name} is used by {', '.join(first.used_by)}",
                    hint="give it another template first",
                )
            uow.summary = ", ".join(_called(view.name, view.locale) for view in views)
            for view in views:
                uow.bury(uow.get(Template, view.number))
        return views

    def restore(self, ref: str, locale: str | None = None) -> Wordings:
        """Bring back what was deleted last under a name, or the one wording of a uid or number.

        Raises:
            Conflict: there is another of that name and locale by now.
        """
        from crmcli.store.models.mailings import Template

        with self.desk.writing("template restore") as uow:
            views = _deleted(uow.reader, ref, locale)
            for view in views:
                _refuse_taken(uow.reader, view.name, view.locale, by_now=True)
                row = uow.get(Template, view.number)
                row.deleted_at = row.deleted_in = None
            uow.summary = ", ".join(_called(view.name, view.locale) for view in views)
            uow.flush()
            return [_one(uow.reader, view.name, view.locale) for view in views]

    def clone(self, ref: str, name: str, locale: str | None = None, into: str | None = None) -> Wordings:
        """Copy a template in all its languages, or in one, under another name; or one wording ``into`` another language."""
        label = read_template_name(name)
        with self.desk.writing("template clone") as uow:
            views = _found(uow.reader, ref, locale)
            label = _spelled(uow.reader, label)
            if into is not None:
                views = views[:1]
            made = []
            for view in views:
                language = view.locale if into is None else read_locale(into)
                _refuse_taken(uow.reader, label, language)
                copied = {part: getattr(view, part) for part in TemplateDraft._fields}
                _insert(uow, label, language, copied)
                made.append(language)
            uow.summary = f"{views[0].name} as {label}"
            return [_one(uow.reader, label, language) for language in made]

    # -- rendering

    def renderer(
        self,
        name: str | int,
        *,
        subject: str | None = None,
        occasion: Occasion = Occasion(),  # noqa: B008
    ) -> Renderer:
        """A template in all its languages, ready to be filled in; by reference, or by the number that a campaign holds.

        A wording that can't be compiled fails when somebody's message is made of it, not here.

        Raises:
            NotFound: there is no such template any more.
        """
        from crmcli.services.rendering import Renderer

        with self.desk.reading() as reader:
            views = _numbered(reader, name) if isinstance(name, int) else _all_of(reader, name)
            surroundings = self._surroundings(custom_samples(reader), occasion)
        return Renderer(views[0].name, views, surroundings, subject)

    def _surroundings(self, custom: Collection[str], occasion: Occasion) -> Surroundings:
        from crmcli.services.rendering import Surroundings

        today: Callable[[], Any] = lambda: self.desk.clock.local().date()  # noqa: E731 - asked for each message
        return Surroundings(
            self.sender._replace(currency=self.desk.currency), occasion, frozenset(custom), today,
            self.desk.locale or "",
        )  # fmt: skip

    def preview(
        self, ref: str, contact: int | None = None, locale: str | None = None, occasion: Occasion | None = None
    ) -> Preview:
        """The message as a contact (by number), or somebody made up, would get it; in another locale when one is said.

        Raises:
            TemplateFailed: it can't be rendered, or names a variable that there is not.
        """
        from crmcli.domain.return_addresses import unsubscribe_link
        from crmcli.services.rendering import Links
        from crmcli.services.wording.sample import made_up

        with self.desk.reading() as reader:
            views = _all_of(reader, ref)
            custom = custom_samples(reader)
            person = made_up(self.desk.locale or "", custom) if contact is None else recipient(reader, contact)
        if locale is not None:
            person = person._replace(locale=read_locale(locale))
        chosen = chosen_locale(person.locale, tuple(view.locale for view in views))
        for view in views:
            if view.locale == chosen:
                _refuse_unknown(view, custom)
        renderer = self.renderer(views[0].number, occasion=occasion or Occasion(name="Spring", code="SPRING"))
        link = unsubscribe_link(self.unsubscribe, self.sender.email or "you@example.com", "preview0000000000")
        return Preview(renderer.render(person, Links(link)), person, contact is None)

    def check(self, ref: str, locale: str | None = None) -> Findings:
        """What is wrong with a template, and what could be better, in each of its languages, the gravest first."""
        from crmcli.services.wording.checking import check

        with self.desk.reading() as reader:
            views = _found(reader, ref, locale)
            custom = custom_samples(reader)
            people = spoken(reader, fold(views[0].name))
        return check(views, self._surroundings(custom, Occasion(name="Spring", code="SPRING")), custom, people)


# -- finding


def _found(reader: Reader, ref: str, locale: str | None) -> Wordings:
    views = _by_number(templates(reader), ref) or _all_of(reader, ref)
    if locale is None:
        return views
    language = read_locale(locale)
    there = tuple(view.locale for view in views)
    meant = (language,) if language in there else of_language(language, there)
    if len(meant) != 1:
        known = ", ".join(each or "default" for each in there)
        raise NotFound(f"template {views[0].name} has no wording in {language or 'default'}", hint=f"it has {known}")
    return [view for view in views if view.locale == meant[0]]


def _all_of(reader: Reader, ref: str) -> Wordings:
    """The template in all its languages that a name, uid or number means."""
    named = templates_named(reader, fold(ref))
    if named:
        return named
    every = templates(reader)
    one = _by_number(every, ref)
    if one:
        return [view for view in every if fold(view.name) == fold(one[0].name)]
    raise _unknown(ref, [view.name for view in every])


def _by_number(views: Sequence[TemplateView], ref: str) -> Wordings:
    """The one wording of a uid (or its beginning) or number."""
    text = ref.strip()
    if text.lower().startswith("tp_"):
        uid = f"tp_{text[3:].upper()}"
        found = [view for view in views if view.id.startswith(uid)]
        if len(found) > 1:
            raise Ambiguous(f"{len(found)} templates have a uid that begins with {text}", hint="write more of it")
        return found
    bare = text.removeprefix("#")
    if bare.isdecimal() and not any(view.name == text for view in views):
        return [view for view in views if view.number == int(bare)]
    return []


def _numbered(reader: Reader, number: int) -> Wordings:
    name = name_of_template(reader, number)
    views = [] if name is None else templates_named(reader, fold(name))
    if not views:
        hint = f"crm template restore {in_shell(name)}" if name else "crm template list"
        raise NotFound(f"template {name} was deleted" if name else f"no template {number}", hint=hint)
    return views


def _unknown(ref: str, names: Sequence[str]) -> NotFound:
    known = list(dict.fromkeys(names))
    near = nearest(ref, known)
    hint = f"did you mean {near}?" if near else f"there are: {', '.join(known)}" if known else "crm template add NAME"
    return NotFound(f"no template {ref}", hint=hint)


def _deleted(reader: Reader, ref: str, locale: str | None) -> Wordings:
    gone = templates(reader, deleted=True)
    numbers = last_deleted(reader, fold(ref))
    views = _by_number(gone, ref) or [view for view in gone if view.number in numbers]
    if locale is not None:
        views = [view for view in views if view.locale == read_locale(locale)]
    if not views:
        raise NotFound(f"no deleted template {ref}", hint="crm template list --deleted")
    return views


def _one(reader: Reader, name: str, locale: str) -> TemplateView:
    return next(view for view in templates_named(reader, fold(name)) if view.locale == locale)


def _spelled(reader: Reader, name: str) -> str:
    """The name as the template's other languages have it already."""
    return next((view.name for view in templates_named(reader, fold(name))), name)


def _called(name: str, locale: str) -> str:
    return f"{name} ({locale})" if locale else name


# -- rules


def _refuse_taken(reader: Reader, name: str, locale: str, *, by_now: bool = False) -> None:
    if not any(view.locale == locale for view in templates_named(reader, fold(name))):
        return
    if by_now:
        raise Conflict(f"there is another template {_called(name, locale)} by now", hint=f"crm template show {name!r}")
    raise Duplicate(
        f"there is a template {_called(name, locale)}", hint=f"crm template edit {name!r}, or another --locale"
    )


def _refuse_empty(*parts: str | None) -> None:
    if not any(parts):
        raise UsageError("a template needs a wording", hint="--text, --markdown or --html FILE; - reads standard input")


def _refuse_unknown(view: TemplateView, custom: Collection[str]) -> None:
    from crmcli.services.wording.language import faults_of

    for part in TemplateDraft._fields:
        source = getattr(view, part)
        for fault in faults_of(source, custom) if source else ():
            where = part if part in ("subject", "preheader") else f"{part} line {fault.line}"
            raise TemplateFailed(view.name, f"{where}: {fault.problem}", hint=fault.remedy)


def _insert(uow: UnitOfWork, name: str, locale: str, parts: dict[str, str]) -> None:
    from crmcli.domain.ids import new_uid
    from crmcli.store.models.mailings import Template

    row = Template(
        uid=new_uid("tp"), name=name, name_key=fold(name), locale=locale, created_at=uow.now, updated_at=uow.now
    )
    for part, value in parts.items():
        setattr(row, part, value if part == "subject" else value or None)
    uow.add(row)


def _change(row: Any, parts: TemplateDraft) -> None:  # noqa: ANN401 - a template's row
    for part, value in parts.parts.items():
        setattr(row, part, value if part == "subject" else value or None)
    if not row.subject:
        raise BadValue("subject", "a message has a subject")
    # The HTML is made from the Markdown or written by hand; the new one takes the place of the other.
    if parts.markdown:
        row.html = None
    if parts.html:
        row.markdown = None
    _refuse_empty(row.text, row.markdown, row.html)


def _rename(uow: UnitOfWork, name: str, label: str) -> None:
    from crmcli.store.models.mailings import Template

    if fold(label) != fold(name) and templates_named(uow.reader, fold(label)):
        raise Duplicate(f"there is a template {label}", hint="choose another name")
    for row in uow.find(Template, name_key=fold(name), deleted_at=None):
        row.name, row.name_key, row.updated_at = label, fold(label), uow.now
