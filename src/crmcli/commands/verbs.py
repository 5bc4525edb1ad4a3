"""The verbs that contacts, companies and deals have alike, their flags taken from the noun's fields."""

from __future__ import annotations

from functools import cache, cached_property
from inspect import Parameter, Signature, signature
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crmcli.commands.completing import (
    campaigns,
    companies,
    contacts,
    deals,
    one_of,
    owners,
    pipelines,
    segments,
    stages,
    tags,
)
from crmcli.commands.shape import (
    Clear,
    DryRun,
    Fields,
    Filter,
    Limit,
    NoCreate,
    Offset,
    Raw,
    Reverse,
    Set,
    Shortcut,
    Sort,
    Unset,
    View,
    Where,
    Yes,
    answer_added,
    answer_changed,
    app_of,
    changes_of,
    conditions,
    in_bulk,
    is_machine,
    name_of,
    one_or_where,
    show_list,
    split,
    through_view,
)
from crmcli.domain.fields import FIELDS, Field, Kind
from crmcli.domain.filter_fields import find_filtered
from crmcli.domain.frozen import NamedTuple
from crmcli.errors import UsageError
from crmcli.services.records import Query

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crmcli.commands.shape import Noun
    from crmcli.services.merging import Merge

_ONE, _SEVERAL = str | None, list[str] | None
_METAVARS = {
    Kind.EMAIL: "E-MAIL", Kind.PHONE: "PHONE", Kind.WEBSITE: "URL", Kind.HANDLE: "HANDLE|URL", Kind.CHOICE: "CHOICE",
    Kind.DATE: "DATE", Kind.TIME: "TIME", Kind.MONEY: "AMOUNT", Kind.PERCENT: "PERCENT", Kind.INTEGER: "N",
    Kind.USER: "USER", Kind.TAG: "TAG", Kind.STAGE: "STAGE", Kind.PIPELINE: "NAME", Kind.LINK: "REF",
    Kind.SEGMENT: "NAME",
}  # fmt: skip
_COMPLETED = {Kind.USER: owners, Kind.TAG: tags, Kind.STAGE: stages, Kind.PIPELINE: pipelines, Kind.SEGMENT: segments}
_NAMED = {"campaign": campaigns}
_LINKED = {"contact": contacts, "company": companies, "deal": deals}
# How help speaks of one value of a field of many, and of a list narrowed by a field.
_ONE_OF_MANY = {
    "emails": "e-mail address", "phones": "phone number", "websites": "website", "companies": "company",
    "contacts": "person", "tags": "label",
}  # fmt: skip
_NARROWED = {
    "tags": "With this label; repeat it for all of them",
    "segments": "In this segment; repeat it for all of them", "companies": "At this company",
    "company": "With this company", "contacts": "With this person", "deals": "With this deal",
    "owner": "Whose they are; me for yourself", "stage": "In this stage", "pipeline": "In this pipeline",
    "industry": "In this industry", "country": "In this country",
}  # fmt: skip
_WHEN = {"created_at": "Added", "at": "Done or planned", "due": "Due"}
_LIKE_SHOWN = 3

Keep = Annotated[
    list[str] | None,
    typer.Option("--keep", metavar="FIELD=B", help="Keep OTHER's value of this field; FIELD=A keeps REF's."),
]


class Subject(NamedTuple):
    """A noun as its commands speak of it: what help calls one and many of them, and how one is named."""

    app: Noun
    noun: str
    one: str  # a person
    many: str  # people
    ref: str  # what a REF may be

    def service(self, ctx: typer.Context) -> Any:  # noqa: ANN401 - Contacts, Companies or Deals
        """The use cases of the noun."""
        return app_of(ctx).records(self.noun)

    def argument(self, name: str, *, metavar: str = "REF", about: str = "", optional: bool = False) -> Parameter:
        """The parameter of a command that names a record."""
        given: Any = typer.Argument(
            None if optional else ..., metavar=f"[{metavar}]" if optional else metavar, help=about or self.ref,
            autocompletion=_LINKED[self.noun],
        )  # fmt: skip
        return Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=given, annotation=_ONE if optional else str)


def add_verb(subject: Subject, examples: Sequence[str]) -> None:
    """``add``: every field has its flag; the name may also stand alone."""
    fields = settable(subject.noun)
    name = fields[0]

    def add(ctx: typer.Context, custom: Set = None, no_create: NoCreate = False, **given: Any) -> None:  # noqa: ANN401
        named = given.pop("named")
        if named is not None and given[name.name] is not None:
            raise UsageError(f"give {name.option.upper()} or --{name.option}, not both")
        if named is None and given[name.name] is None:
            raise UsageError(f"{subject.one} needs a {name.option}", hint=examples[0].partition(" --")[0])
        service = subject.service(ctx)
        draft = service.draft({**given, name.name: given[name.name] if named is None else named}, custom or ())
        added = service.add(draft, create=not no_create)
        answer_added(ctx, added)
        if subject.noun in ("contact", "company"):
            tell_likeness(ctx, subject.noun, added.number)

    alone: Any = typer.Argument(
        None, metavar=f"[{name.option.upper()}]", help=f"{_sentence(name)} (or --{name.option})."
    )
    first = Parameter("named", Parameter.POSITIONAL_OR_KEYWORD, default=alone, annotation=_ONE)
    about = f"Add {subject.one}; prints the new uid."
    command = SpelledOut(add, [first], lambda: [_add_flag(field) for field in fields])
    subject.app.verb("add", examples=examples, help=about)(command)


def tell_likeness(ctx: typer.Context, noun: str, number: int) -> None:
    """A line on stderr for each of the few records that the new one is most likely a double of."""
    app = app_of(ctx)
    if app.output.diagnostics.quiet:
        return
    for pair in app.duplicates.like(noun, number)[:_LIKE_SHOWN]:
        like = f"looks like #{pair.a_number} {pair.a.name} ({pair.score:g}: {', '.join(pair.reasons)})"
        app.output.note(f"{like}: crm {noun} merge {pair.a_number} {number}")


def list_verb(subject: Subject, by: Sequence[str], examples: Sequence[str]) -> None:
    """``list``: ``by`` are the fields that have a shortcut beside ``--filter``."""
    shortcuts = cache(lambda: [each for name in by for each in narrowings(subject.noun, name)])

    def list_(
        ctx: typer.Context,
        filter_: Filter = None,
        view: View = None,
        fields: Fields = None,
        sort: Sort = None,
        reverse: Reverse = False,
        limit: Limit = None,
        offset: Offset = 0,
        deleted: Annotated[bool, typer.Option("--deleted", help="The deleted ones.")] = False,
        raw: Raw = False,
        **given: Any,  # noqa: ANN401
    ) -> None:
        service = subject.service(ctx)
        chosen = conditions(ctx, subject.noun, (each.with_value(given[each.parameter.name]) for each in shortcuts()))
        query = Query(filter_, chosen, sort, reverse, limit, offset)
        query, fields = through_view(ctx, subject.noun, view, query, fields)
        show_list(ctx, service, query, fields, raw=raw, deleted=deleted)

    command = SpelledOut(list_, flags=lambda: [each.parameter for each in shortcuts()])
    subject.app.verb("list", examples=examples, help=f"List {subject.many}.")(command)


def show_verb(subject: Subject, about: str, examples: Sequence[str]) -> None:
    """``show``: the whole picture of a record."""

    def show(ctx: typer.Context, fields: Fields = None, **given: str) -> None:
        service = subject.service(ctx)
        keys = service.custom_keys() if fields else ()
        app_of(ctx).output.one(service.show(given["ref"]), split(fields), custom_keys=keys)

    subject.app.verb("show", examples=examples, help=about)(SpelledOut(show, [subject.argument("ref")]))


def edit_verb(subject: Subject, examples: Sequence[str]) -> None:
    """``edit``: one record, or all that a filter selects; a field of many also has ``--add-`` and ``--rm-`` flags."""
    fields = settable(subject.noun)
    several = [field for field in fields if field.many]

    def edit(
        ctx: typer.Context,
        where: Where = None,
        clear: Clear = None,
        custom: Set = None,
        unset: Unset = None,
        no_create: NoCreate = False,
        yes: Yes = False,
        dry_run: DryRun = False,
        **given: Any,  # noqa: ANN401
    ) -> None:
        ref = given["ref"]
        one_or_where(ref, where)
        service = subject.service(ctx)
        values = {field.name: given[field.name] for field in fields}
        adds, removes = ({field.name: given[f"{sign}_{field.name}"] for field in several} for sign in ("add", "rm"))
        change = service.edit_draft(changes_of(values, adds, removes, clear, custom, unset))
        if where or dry_run:
            chosen = where or only(service, ref)
            service.refuse_shared(chosen, change)
            in_bulk(
                ctx, service, chosen, "edit", lambda text: service.edit_where(text, change), yes=yes, dry_run=dry_run
            )
        else:
            answer_changed(ctx, service.edit(ref, change, create=not no_create), f"edited {subject.noun}")

    about = f"Change {subject.one}. With --where all that a filter selects."
    ref = subject.argument("ref", optional=True)
    command = SpelledOut(edit, [ref], lambda: [parameter for field in fields for parameter in _edit_flags(field)])
    subject.app.verb("edit", examples=examples, help=about)(command)


def rm_verbs(subject: Subject, examples: Mapping[str, Sequence[str]]) -> None:
    """``rm`` and ``restore``."""

    def rm(
        ctx: typer.Context, where: Where = None, yes: Yes = False, dry_run: DryRun = False, **given: str | None
    ) -> None:
        ref = given["ref"]
        one_or_where(ref, where)
        service = subject.service(ctx)
        if where or dry_run:
            chosen = where or only(service, ref or "")
            in_bulk(ctx, service, chosen, "delete", service.remove_where, yes=yes, dry_run=dry_run)
        else:
            answer_changed(ctx, service.remove(ref), f"deleted {subject.noun}")

    def restore(ctx: typer.Context, **given: str) -> None:
        answer_changed(ctx, subject.service(ctx).restore(given["ref"]), f"restored {subject.noun}")

    about = (
        f"Delete {subject.one}, and the activities of nothing else."
        f" crm undo or crm {subject.noun} restore takes it back."
    )
    command = SpelledOut(rm, [subject.argument("ref", optional=True)])
    subject.app.verb("rm", examples=examples["rm"], help=about)(command)
    named = subject.argument("ref", about="uid, number or name of a deleted one")
    about = f"Bring back {subject.one} that was deleted. What was deleted with it comes back too."
    subject.app.verb("restore", examples=examples["restore"], help=about)(SpelledOut(restore, [named]))


def merge_verb(subject: Subject, examples: Sequence[str]) -> None:
    """``merge``: two records that are one."""

    def merge(ctx: typer.Context, keep: Keep = None, **given: str) -> None:
        answer_merged(ctx, subject.service(ctx).merge(given["ref"], given["other"], keep or ()))

    other = subject.argument("other", metavar="OTHER", about="the one to merge into it")
    about = (
        f"Make two {subject.many} one. Everything of OTHER moves to REF; what could not be kept is said,"
        " and --keep FIELD=B takes OTHER's value instead."
    )
    command = SpelledOut(merge, [subject.argument("ref"), other])
    subject.app.verb("merge", examples=examples, help=about)(command)


def answer_merged(ctx: typer.Context, merge: Merge) -> None:
    """The survivor's uid (or record), and on stderr every value that could not be kept."""
    output = app_of(ctx).output
    for lost in merge.conflicts:
        output.warn(f"not kept: {lost.field} {_said(lost.dropped)} (kept {_said(lost.kept)})")
    output.note(f"merged into #{merge.record.number} {name_of(merge.record)} (crm undo takes it back)")
    if is_machine(ctx):
        from crmcli.domain.records import as_record

        conflicts = [{"field": c.field, "kept": c.kept, "dropped": c.dropped} for c in merge.conflicts]
        output.value({**as_record(merge.record), "merged": merge.merged, "conflicts": conflicts})
    else:
        output.uid(merge.record.id)


def only(service: Any, ref: str) -> str:  # noqa: ANN401 - the noun's service
    """The filter that selects the one record that a reference names."""
    return f"id = {service.find(ref).uid}"


# -- flags from fields


class SpelledOut:
    """A command whose ``**given`` is spelled out as parameters, no sooner than Typer reads them."""

    def __init__(
        self,
        function: Callable[..., None],
        before: Sequence[Parameter] = (),
        flags: Callable[[], list[Parameter]] = list,
    ) -> None:
        self._function = function
        self._before = before
        self._flags = flags

    def __call__(self, **given: Any) -> None:  # noqa: ANN401 - what Typer read
        """Run the command."""
        self._function(**given)

    @cached_property
    def __signature__(self) -> Signature:
        """The parameters in the order in which help shows them."""
        shape = signature(self._function, eval_str=True)
        own = [
            p.replace(kind=Parameter.KEYWORD_ONLY)
            for p in shape.parameters.values()
            if p.kind is not Parameter.VAR_KEYWORD
        ]
        return shape.replace(parameters=[*self._before, own[0], *self._flags(), *own[1:]])

    @property
    def __annotations__(self) -> dict[str, Any]:  # type: ignore[override]
        """Their types."""
        return {name: parameter.annotation for name, parameter in self.__signature__.parameters.items()}


def settable(noun: str) -> list[Field]:
    """The fields that a user sets, the required one first."""
    return sorted((field for field in FIELDS[noun] if not field.computed), key=lambda field: not field.required)


def flag(field: Field, *, sign: str = "", about: str | None = None) -> Parameter:
    """The flag of a field as a parameter of a command; ``sign`` is ``add`` or ``rm`` for its companions."""
    about = about or _sentence(field)
    if field.choices:
        about += f": {', '.join(field.choices)}"
    completed = (
        _NAMED.get(field.name)
        or _LINKED.get(field.noun)
        or _COMPLETED.get(field.kind)
        or (one_of(field.choices) if field.choices else None)
    )
    option: Any = typer.Option(
        None, f"--{sign}-{field.option}" if sign else f"--{field.option}", metavar=_METAVARS.get(field.kind, "TEXT"),
        help=f"{about}.", autocompletion=completed,
    )  # fmt: skip
    name = f"{sign}_{field.name}" if sign else field.name
    return Parameter(name, Parameter.KEYWORD_ONLY, default=option, annotation=_SEVERAL if field.many else _ONE)


def _add_flag(field: Field) -> Parameter:
    if not field.many:
        return flag(field)
    first = ", the first is primary" if "primary" in field.about else ""
    return flag(field, about=f"{_one_of_many(field).capitalize()}; may be repeated{first}")


def _edit_flags(field: Field) -> list[Parameter]:
    if not field.many:
        return [flag(field)]
    one = _one_of_many(field)
    return [
        flag(field, about=f"{one.capitalize()} in place of those there are; may be repeated"),
        flag(field, sign="add", about=f"Add {'an' if one[0] in 'aeiou' else 'a'} {one}"),
        flag(field, sign="rm", about=f"Take this {one} off"),
    ]


def _one_of_many(field: Field) -> str:
    return _ONE_OF_MANY[field.name]


class Narrowing(NamedTuple):
    """A flag of ``list``, and the condition on a field that it stands for."""

    parameter: Parameter
    field: str
    operator: str = "="

    def with_value(self, value: Any) -> Shortcut:  # noqa: ANN401 - a text or texts
        """The flag as it was given."""
        return Shortcut(self.parameter.name.replace("_", "-"), value, self.field, self.operator)


def narrowings(noun: str, name: str) -> list[Narrowing]:
    """The flags of a list by which a field narrows it."""
    if name in _WHEN:
        return [
            _bound("since", name, f"{_WHEN[name]} then or later", "TIME", ">="),
            _bound("until", name, f"{_WHEN[name]} then or before", "TIME", "<="),
        ]
    field = find_filtered(noun, name)
    assert field is not None
    if field.kind is Kind.MONEY:
        return [
            _bound(f"{end}_{name}", name, f"{about} this much", "AMOUNT", operator)
            for end, about, operator in (("min", "At least", ">="), ("max", "At most", "<="))
        ]
    asked = field if field.kind in (Kind.TAG, Kind.SEGMENT) else field._replace(many=False)
    return [Narrowing(flag(asked, about=_NARROWED.get(name)), field.flag or field.name)]


def _bound(name: str, field: str, about: str, metavar: str, operator: str) -> Narrowing:
    option: Any = typer.Option(None, f"--{name.replace('_', '-')}", metavar=metavar, help=f"{about}.")
    return Narrowing(Parameter(name, Parameter.KEYWORD_ONLY, default=option, annotation=_ONE), field, operator)


def _sentence(field: Field) -> str:
    return field.about[:1].upper() + field.about[1:]


def _said(value: object) -> str:
    if isinstance(value, dict) and "name" in value:
        return repr(value["name"])
    return repr(value)
