"""``crm template``: the wording of messages."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crmcli.commands.completing import contacts, one_of, templates
from crmcli.commands.shape import Fields, Noun, answer_added, app_of, is_machine, split
from crmcli.domain.naming import in_shell
from crmcli.domain.template_drafts import TemplateDraft
from crmcli.errors import BadValue, Refused, TemplateFailed, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.domain.views import TemplateView
    from crmcli.services.templates import Preview

app = Noun("The wording of messages, in each language.", no_args_is_help=True)

Text = str | None
_PARTS = ("text", "markdown", "html")
Ref = Annotated[
    str, typer.Argument(metavar="NAME", help="its name, or the uid of one wording", autocompletion=templates)
]
Subject = Annotated[Text, typer.Option("--subject", metavar="TEXT", help="The subject; variables as in the wording.")]
Preheader = Annotated[
    Text, typer.Option("--preheader", metavar="TEXT", help="What mail lists show beside the subject.")
]
TextFile = Annotated[Text, typer.Option("--text", metavar="FILE", help="The text part; - reads standard input.")]
Markdown = Annotated[
    Text,
    typer.Option(
        "--markdown", metavar="FILE", help="Markdown, from which HTML and, without --text, the text are made."
    ),
]
Html = Annotated[Text, typer.Option("--html", metavar="FILE", help="HTML of your own, instead of Markdown.")]
Locale = Annotated[
    Text,
    typer.Option(
        "--locale", metavar="LOCALE", help="The language it is in, as bg or bg_BG; default is everybody else's."
    ),
]
OneLocale = Annotated[Text, typer.Option("--locale", metavar="LOCALE", help="Only the wording in this language.")]


@app.verb(
    examples=[
        "crm template add hello --subject 'Hello {{ contact.given_name }}' --text hello.txt",
        "crm template add hello --subject 'Здравейте' --markdown hello.bg.md --locale bg_BG",
        "echo 'Dear {{ contact.name }}' | crm template add short --subject News --text -",
    ]
)
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="its name, the same in all languages")],
    subject: Annotated[
        str, typer.Option("--subject", metavar="TEXT", help="The subject; variables as in the wording.")
    ],
    text: TextFile = None,
    markdown: Markdown = None,
    html: Html = None,
    preheader: Preheader = None,
    locale: Locale = None,
) -> None:
    """Keep a wording; prints its uid. Another --locale under the same name is another language of it."""
    draft = _draft(ctx, subject, preheader, text, markdown, html)
    view = app_of(ctx).templates.add(name, draft, locale or "")
    answer_added(ctx, view)
    _warn(ctx, view)


@app.verb("list", examples=["crm template list", "crm template list --format json"])
def list_(
    ctx: typer.Context,
    deleted: Annotated[bool, typer.Option("--deleted", help="Those that were deleted.")] = False,
    fields: Fields = None,
) -> None:
    """All templates, a line for each language."""
    context = app_of(ctx)
    context.output.many("template", context.templates.list(deleted=deleted), split(fields))


@app.verb(examples=["crm template show hello", "crm template show hello --locale bg --format json"])
def show(ctx: typer.Context, name: Ref, locale: OneLocale = None, fields: Fields = None) -> None:
    """One wording whole: everybody's, or that of a language."""
    from crmcli.render.letters import template_lines

    context = app_of(ctx)
    view = context.templates.get(name, locale)
    if context.output.format == "table" and fields is None:
        context.output.text("\n".join(template_lines(view, color=context.output.color)))
    else:
        context.output.one(view, split(fields))


@app.verb(
    examples=[
        "crm template edit hello --subject 'Hi {{ contact.given_name }}'",
        "crm template edit hello --text hello.txt --locale bg",
        "EDITOR=nano crm template edit hello",
    ]
)
def edit(
    ctx: typer.Context,
    name: Ref,
    subject: Subject = None,
    text: TextFile = None,
    markdown: Markdown = None,
    html: Html = None,
    preheader: Preheader = None,
    locale: OneLocale = None,
    new_name: Annotated[Text, typer.Option("--name", metavar="NAME", help="Another name, in all languages.")] = None,
    part: Annotated[
        Text,
        typer.Option(
            "--part",
            metavar="PART",
            help="What the editor opens: text, markdown or html.",
            autocompletion=one_of(_PARTS),
        ),
    ] = None,
) -> None:
    """Change one wording, by flags or, on a terminal, in $EDITOR."""
    draft = _draft(ctx, subject, preheader, text, markdown, html)
    if not draft.parts and new_name is None:
        draft = _in_editor(ctx, app_of(ctx).templates.get(name, locale), part)
    elif part is not None:
        raise UsageError("--part is for the editor, which opens when nothing else is said")
    view = app_of(ctx).templates.edit(name, draft, locale, new_name)
    _answer(ctx, [view], "edited" if app_of(ctx).store.committed is not None else "nothing to change on")
    _warn(ctx, view)


@app.verb(examples=["crm template rm hello", "crm template rm hello --locale bg"])
def rm(ctx: typer.Context, name: Ref, locale: OneLocale = None) -> None:
    """Take a template away, in all languages or in one. A campaign or sequence that uses it forbids it."""
    _answer(ctx, app_of(ctx).templates.remove(name, locale), "deleted", "crm undo takes it back")


@app.verb(examples=["crm template restore hello", "crm template restore hello --locale bg"])
def restore(ctx: typer.Context, name: Ref, locale: OneLocale = None) -> None:
    """Bring back what was deleted last under a name."""
    _answer(ctx, app_of(ctx).templates.restore(name, locale), "restored")


@app.verb(examples=["crm template clone hello hello-2", "crm template clone hello hello --into pl"])
def clone(
    ctx: typer.Context,
    name: Ref,
    new_name: Annotated[str, typer.Argument(metavar="NEW", help="the name of the copy")],
    locale: OneLocale = None,
    into: Annotated[Text, typer.Option("--into", metavar="LOCALE", help="As the wording in this language.")] = None,
) -> None:
    """Copy a template, or one of its languages. Prints the new uids."""
    context = app_of(ctx)
    views = context.templates.clone(name, new_name, locale, into)
    if is_machine(ctx):
        context.output.many("template", views)
        return
    for view in views:
        context.output.uid(view.id)


@app.verb(
    examples=[
        "crm template preview hello",
        "crm template preview hello --contact jane@acme.com",
        "crm template preview hello --locale bg --html > hello.html",
        "crm template preview hello --contact jane@acme.com --open",
    ]
)
def preview(
    ctx: typer.Context,
    name: Ref,
    contact: Annotated[
        Text, typer.Option("--contact", metavar="REF", help="As this person would get it.", autocompletion=contacts)
    ] = None,
    locale: Annotated[
        Text, typer.Option("--locale", metavar="LOCALE", help="As somebody of this language would get it.")
    ] = None,
    html: Annotated[bool, typer.Option("--html", help="Print the HTML.")] = False,
    browser: Annotated[bool, typer.Option("--open", help="Show it in the browser, from a private file.")] = False,
) -> None:
    """A message as it would be sent. Its subject and its text, or its HTML."""
    context = app_of(ctx)
    number = None if contact is None else context.contacts.find(contact).number
    found = context.templates.preview(name, number, locale)
    if found.made_up:
        context.output.note(f"for {found.recipient.name}, who is made up; --contact REF shows it for somebody")
    if browser:
        from crmcli.commands.browsing import open_page

        page = open_page(_html(name, found))
        context.output.note(f"opened {page}")
    elif html:
        context.output.text(_html(name, found))
    else:
        _show_message(ctx, found)


@app.verb(examples=["crm template check hello", "crm template check hello --format json"])
def check(ctx: typer.Context, name: Ref, locale: OneLocale = None, fields: Fields = None) -> None:
    """What is wrong with a template. What could be better too; exits with 5 when there are errors."""
    context = app_of(ctx)
    findings = context.templates.check(name, locale)
    if findings or context.output.format != "table":
        context.output.many("advice", findings, split(fields))
    errors = sum(finding.severity == "error" for finding in findings)
    if errors:
        raise Refused(
            f"template {name} has {errors} {'error' if errors == 1 else 'errors'}",
            hint=f"crm template edit {in_shell(name)}",
        )
    context.output.note(f"template {name} has no errors" + (f", {len(findings)} to think about" if findings else ""))


@app.verb(examples=["crm template words", "crm template words --format json"])
def words(ctx: typer.Context) -> None:
    """Every variable and filter that a wording may use."""
    from crmcli.domain.template_words import FILTERS, VARIABLES

    rows = [("variable", word.name, word.about) for word in VARIABLES]
    rows += [("filter", word.name, word.about) for word in FILTERS]
    app_of(ctx).output.rows(("kind", "word", "meaning"), rows)


# -- input


def _draft(ctx: typer.Context, subject: Text, preheader: Text, text: Text, markdown: Text, html: Text) -> TemplateDraft:
    files = {"text": text, "markdown": markdown, "html": html}
    if sum(place == "-" for place in files.values()) > 1:
        raise UsageError("standard input can be read once", hint="put the other part into a file")
    read = {part: _read(ctx, part, place) for part, place in files.items() if place is not None}
    return TemplateDraft(subject=subject, preheader=preheader, **read)


def _read(ctx: typer.Context, part: str, place: str) -> str:
    """The contents of a file, in UTF-8 or what its first bytes tell; the empty text for an empty name."""
    from crmcli.io.charset import marked_encoding

    if not place:
        return ""
    try:
        raw = _standard_input(ctx) if place == "-" else Path(place).expanduser().read_bytes()
        return raw.decode(marked_encoding(raw[:4000]) or "utf-8")
    except UnicodeDecodeError as error:
        raise BadValue(part, f"{place} is not in UTF-8 (byte {error.start + 1})", hint="iconv -t utf-8") from error
    except OSError as error:
        raise BadValue(part, f"can't read {place}: {error.strerror}") from error


def _standard_input(ctx: typer.Context) -> bytes:
    stream = app_of(ctx).output.stdin
    if stream is None:
        raise UsageError("there is no standard input")
    return stream.buffer.read() if stream is sys.stdin else stream.read().encode()


def _in_editor(ctx: typer.Context, view: TemplateView, part: str | None) -> TemplateDraft:
    """The subject and one part as the user leaves them in the editor."""
    from crmcli.commands.outer_editor import edited

    if not app_of(ctx).output.can_ask:
        raise UsageError("nothing to change", hint="--subject, --text, --markdown, --html, --preheader or --name")
    chosen = part or next(name for name in ("markdown", "text", "html") if getattr(view, name) is not None)
    if chosen not in _PARTS:
        raise UsageError(f"no part {chosen!r}", hint=", ".join(_PARTS))
    suffix = {"text": ".txt", "markdown": ".md", "html": ".html"}[chosen]
    left = edited(f"Subject: {view.subject}\n\n{getattr(view, chosen) or ''}", suffix)
    first, _, rest = left.replace("\r\n", "\n").partition("\n")
    if not first.lower().startswith("subject:"):
        raise BadValue("subject", "the first line begins with Subject:", hint="nothing was changed")
    subject = first.partition(":")[2].strip()
    return TemplateDraft(subject=subject)._replace(**{chosen: rest.removeprefix("\n")})


# -- answers


def _answer(ctx: typer.Context, views: Sequence[TemplateView], did: str, aside: str = "") -> None:
    output = app_of(ctx).output
    if is_machine(ctx):
        output.many("template", views)
    languages = ", ".join(view.locale or "default" for view in views)
    several = len(views) > 1 or views[0].locale
    output.note(
        f"{did} template {views[0].name}" + (f" in {languages}" if several else "") + (f" ({aside})" if aside else "")
    )


def _warn(ctx: typer.Context, view: TemplateView) -> None:
    """Say at once what would keep the wording from being sent."""
    context = app_of(ctx)
    try:
        context.templates.preview(view.name, None, view.locale)
    except TemplateFailed as failed:
        context.output.warn(f"it can't be sent so: {failed.reason} (try: crm template check {in_shell(view.name)})")


def _html(name: str, found: Preview) -> str:
    if found.rendered.html is None:
        raise Refused(f"template {name} has no HTML", hint=f"crm template edit {in_shell(name)} --markdown FILE")
    return found.rendered.html


def _show_message(ctx: typer.Context, found: Preview) -> None:
    from crmcli.render.letters import message_lines

    output, made = app_of(ctx).output, found.rendered
    if is_machine(ctx):
        parts = {"subject": made.subject, "text": made.text, "html": made.html, "locale": made.locale}
        output.value({"contact": found.recipient.id or None, "name": found.recipient.name, **parts})
        return
    facts = {"to": f"{found.recipient.name} <{found.recipient.email}>", "subject": made.subject, "locale": made.locale}
    output.text("\n".join(message_lines(facts, made.text, color=output.color)))
