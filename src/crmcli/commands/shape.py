"""What commands share: the classes behind nouns and verbs, the options many have, and the shape of lists and edits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer._click.exceptions import BadOptionUsage
from typer._click.types import IntParamType, IntRange
from typer.core import TyperCommand, TyperGroup, TyperOption
from typer.models import CommandInfo

from crmcli.commands import completing
from crmcli.domain.frozen import NamedTuple
from crmcli.errors import BadValue, FilterError, UsageError
from crmcli.services.records import Changes, Query

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from crmcli.context import AppContext
    from crmcli.services.records import Records

TABLE_LIMIT = 50
_CONTEXT = {"help_option_names": ["-h", "--help"]}


def _use_format(ctx: typer.Context, _param: object, value: str | None) -> None:
    if value is not None and not ctx.resilient_parsing:
        ctx.obj.output.use_format(value)


def _format_option() -> TyperOption:
    return TyperOption(
        param_decls=["--format", "-o"],
        type=str,
        metavar="FORMAT",
        help="table, tsv, csv, json, jsonl, yaml, markdown or ids.",
        callback=_use_format,
        expose_value=False,
    )


def _hush(ctx: typer.Context, _param: object, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        ctx.obj.output.diagnostics.quiet = True


def _quiet_option() -> TyperOption:
    return TyperOption(
        param_decls=["--quiet", "-q"],
        type=bool,
        is_flag=True,
        default=False,
        help="No notes on stderr.",
        callback=_hush,
        expose_value=False,
    )


class WholeNumber(IntRange):
    """A whole number within bounds, refused in plain words."""

    name = "whole number"

    def convert(self, value: Any, param: Any, ctx: Any) -> int:  # noqa: ANN401
        """The number that the text is."""
        try:
            number = int(value)
        except ValueError:
            number = None
        if number is None or not (number if self.min is None else self.min) <= number <= (
            number if self.max is None else self.max
        ):
            self.fail(f"{value!r} is not a whole number{self._bounds()}", param, ctx)
        return number

    def _describe_range(self) -> str:
        return "" if self.min is None and self.max is None else super()._describe_range()

    def _bounds(self) -> str:
        if self.min is not None and self.max is not None:
            return f" from {self.min:g} to {self.max:g}"
        return "" if self.min is None else f" ≥ {self.min:g}"


class PlainVerb(TyperCommand):
    """A command that takes ``--quiet`` after the verb, and whose errors all say which command they are about."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Typer's own
        super().__init__(*args, **kwargs)
        for param in self.params:
            if isinstance(param.type, IntParamType):
                bounds = param.type
                param.type = WholeNumber(getattr(bounds, "min", None), getattr(bounds, "max", None))
        self.params.append(_quiet_option())

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401
        """Read the words; an option without its value is an error of this very command."""
        try:
            return super().parse_args(ctx, args)
        except BadOptionUsage as error:
            error.ctx = error.ctx or ctx
            raise


class Verb(PlainVerb):
    """A command that also takes ``--format`` after the verb."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Typer's own
        super().__init__(*args, **kwargs)
        self.params.append(_format_option())


class NounGroup(TyperGroup):
    """A group that builds a verb only when it is used: reading a signature costs more than a query."""

    verbs: dict[str, CommandInfo | Noun]

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Typer's own
        super().__init__(*args, **kwargs)
        if not any("--format" in param.opts for param in self.params):
            self.params += [_format_option(), _quiet_option()]

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002
        """Every verb."""
        return list(self.verbs)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002
        """The verb's command."""
        if cmd_name not in self.commands and cmd_name in self.verbs:
            info = self.verbs[cmd_name]
            self.commands[cmd_name] = info.build() if isinstance(info, Noun) else _built(info)
        return self.commands.get(cmd_name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401
        """The verb that the words name; an unknown one is answered with the nearest."""
        if args and args[0] not in self.verbs and not args[0].startswith("-"):
            meant = _meant(ctx.command_path, args[0], self.verbs)
            hint = f"did you mean {meant}?" if meant else f"{ctx.command_path} --help"
            raise UsageError(f"{ctx.command_path} has no verb {args[0]!r}", hint=hint)
        return super().resolve_command(ctx, args)


def _meant(path: str, word: str, verbs: Iterable[str]) -> str | None:
    """The command that an unknown verb may stand for: one that begins so, one of that name at the top, the nearest."""
    from crmcli.commands.registry import ENTRIES
    from crmcli.domain.text import nearest

    near = nearest(word, list(verbs))
    if word in ENTRIES and not (near or "").startswith(word):
        return f"crm {word}"
    return f"{path} {near}" if near else None


def _built(info: CommandInfo) -> Any:  # noqa: ANN401
    return typer.main.get_command_from_info(info, pretty_exceptions_short=False, rich_markup_mode=None)


class Noun(typer.Typer):
    """A group of verbs, or a single command when it has just one verb and no callback."""

    def __init__(self, about: str, **kwargs: Any) -> None:  # noqa: ANN401 - Typer's own
        self.verbs: dict[str, CommandInfo | Noun] = {}
        super().__init__(
            help=about,
            cls=NounGroup,
            add_completion=False,
            rich_markup_mode=None,
            context_settings=dict(_CONTEXT),
            **kwargs,
        )

    def verb(self, name: str | None = None, *, examples: Sequence[str] = (), **kwargs: Any) -> Callable[[Any], Any]:  # noqa: ANN401
        """Register a command; ``examples`` are shown at the end of its help."""
        epilog = "\b\nExamples:\n" + "\n".join(f"  {line}" for line in examples) if examples else None

        def register(callback: Any) -> Any:  # noqa: ANN401
            known_as = name or callback.__name__.replace("_", "-")
            settings = {"cls": Verb, "epilog": epilog, "context_settings": dict(_CONTEXT)} | kwargs
            self.verbs[known_as] = CommandInfo(known_as, callback=callback, **settings)
            return callback

        return register

    def group(self, name: str, noun: Noun) -> None:
        """Hang another noun on this one: ``campaign cost add``."""
        self.verbs[name] = noun

    def build(self) -> Any:  # noqa: ANN401 - Typer's own command
        """The command that this is on the command line."""
        only = next(iter(self.verbs.values()))
        if len(self.verbs) == 1 and self.registered_callback is None and isinstance(only, CommandInfo):
            return _built(only)
        group = typer.main.get_group(self)
        assert isinstance(group, NounGroup)
        group.verbs = self.verbs
        return group


def app_of(ctx: typer.Context) -> AppContext:
    """The application behind a command."""
    return ctx.obj  # type: ignore[no-any-return]


# -- options that many commands have

Fields = Annotated[
    str | None,
    typer.Option("--fields", metavar="A,B,C", help="Choose and order the columns.", autocompletion=completing.columns),
]
Filter = Annotated[
    str | None, typer.Option("--filter", metavar="FILTER", help="For example: 'owner = me and tag = vip'.")
]
Sort = Annotated[
    str | None,
    typer.Option("--sort", metavar="FIELD", help="Order by this field.", autocompletion=completing.sortable),
]
Reverse = Annotated[bool, typer.Option("--reverse", help="The other way round.")]
Limit = Annotated[
    int | None, typer.Option("--limit", min=0, metavar="N", help=f"At most N; 0 for all. Tables show {TABLE_LIMIT}.")
]
Offset = Annotated[int, typer.Option("--offset", min=0, metavar="N", help="Skip the first N.")]
View = Annotated[
    str | None,
    typer.Option(
        "--view",
        metavar="NAME",
        help="A saved view: its filter, order and columns where no flag says otherwise.",
        autocompletion=completing.views,
    ),
]
Where = Annotated[
    str | None, typer.Option("--where", metavar="FILTER", help="All that the filter selects, in one undo step.")
]
Yes = Annotated[bool, typer.Option("--yes", "--force", "-y", help="Don't ask.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen, change nothing.")]
NoCreate = Annotated[
    bool, typer.Option("--no-create", help="Refuse an unknown person, company or campaign instead of adding it.")
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="A custom field; json:KEY=VALUE for other types than text."),
]
Unset = Annotated[list[str] | None, typer.Option("--unset", metavar="KEY", help="Take a custom field away.")]
Clear = Annotated[list[str] | None, typer.Option("--clear", metavar="FIELD", help="Empty a field.")]
Direction = Annotated[
    str | None,
    typer.Option(
        "--direction", metavar="in|out", help="Who turned to whom.", autocompletion=completing.one_of(("in", "out"))
    ),
]
Raw = Annotated[bool, typer.Option("--raw", help="CSV without the guard against spreadsheet formulas.")]


def quoted(value: str) -> str:
    """A text as a value of the filter language."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Shortcut(NamedTuple):
    """A flag of a list that stands for a condition on a field of the noun: ``--since fri`` for ``at >= fri``."""

    option: str
    value: str | list[str] | None
    field: str = ""  # the option's own name unless said
    operator: str = "="


def conditions(ctx: typer.Context, noun: str, shortcuts: Iterable[Shortcut]) -> list[str]:
    """The conditions that the flags of a list stand for.

    Raises NotFound or Ambiguous when a record, stage or pipeline is named that there is not, BadValue (naming the
    flag) for a value that can't be read.
    """
    given = [shortcut for shortcut in shortcuts if shortcut.value not in (None, [])]
    pipeline = next((s.value for s in given if s.option == "pipeline" and isinstance(s.value, str)), None)
    return [
        _condition(app_of(ctx), noun, shortcut, each, pipeline)
        for shortcut in given
        for each in (shortcut.value if isinstance(shortcut.value, list) else [shortcut.value or ""])
    ]


def _condition(app: AppContext, noun: str, shortcut: Shortcut, text: str, pipeline: str | None) -> str:
    from crmcli.domain.fields import Kind
    from crmcli.domain.filter_fields import find_filtered

    name = shortcut.field or shortcut.option
    field = find_filtered(noun, name)
    assert field is not None
    if field.kind is Kind.SEGMENT:
        return f'{name} = "{app.segments.find(text).uid}"'
    if field.kind is Kind.LINK:
        return f"{name}.id = {app.records(field.noun).find(text).uid}"
    if field.kind in (Kind.STAGE, Kind.PIPELINE):
        app.pipelines.refuse_unknown(
            stage=text if field.kind is Kind.STAGE else None, pipeline=pipeline if field.kind is Kind.STAGE else text
        )
    condition = f"{name} {shortcut.operator} {text if text == 'me' else quoted(text)}"
    _check(app, noun, condition, shortcut.option)
    return condition


def _check(app: AppContext, noun: str, condition: str, option: str) -> None:
    """Raise BadValue naming the flag when its value can't be read."""
    from crmcli.domain.filter_tree import FilterContext
    from crmcli.domain.filters import parse_filter

    rules = app.desk.rules
    try:
        parse_filter(condition, noun, FilterContext(rules.now, rules.me, {}, rules.currency))
    except FilterError as error:
        reason = error.message.rpartition(" at column ")[0].partition(": ")[2]
        raise BadValue(option, reason, hint=error.hint) from error


def through_view(
    ctx: typer.Context, noun: str, name: str | None, query: Query, fields: str | None
) -> tuple[Query, str | None]:
    """What a list was asked, with what a saved view says where no flag does; --reverse turns its order round."""
    if name is None:
        return query, fields
    view = app_of(ctx).saved_views.find(noun, name)
    if query.sort is None and view.sort:
        query = query._replace(sort=view.sort, reverse=view.reverse != query.reverse)
    return query._replace(filter=query.filter or view.filter or None), fields or ",".join(view.columns) or None


def show_list(
    ctx: typer.Context,
    records: Records,
    query: Query,
    fields: str | None,
    *,
    noun: str | None = None,
    raw: bool = False,
    deleted: bool = False,
) -> None:
    """Answer with the records that a query selects."""
    show_rows(
        ctx, noun or records.noun, lambda most: records.list(query._replace(limit=most), deleted=deleted),
        query.limit, fields, raw=raw, custom_keys=records.custom_keys() if fields else (),
        filtered=query.text is not None,
    )  # fmt: skip


def show_rows(
    ctx: typer.Context,
    noun: str,
    listed: Callable[[int | None], Iterable[Any]],
    limit: int | None,
    fields: str | None,
    *,
    raw: bool = False,
    custom_keys: Collection[str] = (),
    total: int | None = None,
    filtered: bool = False,
) -> None:
    """Answer with a list, of which ``listed`` gives at most so many.

    Unless told how many, a table shows the first ones and says so when there are more (of ``total``, if known).
    """
    output = app_of(ctx).output
    output.raw = raw
    cut = TABLE_LIMIT if limit is None and output.format == "table" else None
    views = listed(cut + 1 if cut else limit or None)
    output.many(noun, views, split(fields), custom_keys=custom_keys, cut=cut, total=total, filtered=filtered)


def split(fields: str | None) -> list[str] | None:
    """``a,b,c`` as a list; None stays None."""
    return None if fields is None else [name.strip() for name in fields.split(",") if name.strip()]


def is_machine(ctx: typer.Context) -> bool:
    """Whether the user asked for a format in which even a bare uid should come as a record."""
    return app_of(ctx).output.format in ("json", "jsonl", "yaml")


def answer_added(ctx: typer.Context, view: Any) -> None:  # noqa: ANN401 - any noun's view
    """The new uid alone; the record itself when a structured format was asked for."""
    output = app_of(ctx).output
    output.one(view) if is_machine(ctx) else output.uid(view.id)


def answer_changed(ctx: typer.Context, view: Any, did: str) -> None:  # noqa: ANN401 - any noun's view
    """One line on stderr, and the record on stdout when a structured format was asked for."""
    output = app_of(ctx).output
    if is_machine(ctx):
        output.one(view)
    if app_of(ctx).store.committed is None:
        did = f"nothing to change on {did.rpartition(' ')[2]}"
    output.note(f"{did} #{view.number} {name_of(view)}")


def name_of(view: Any) -> str:  # noqa: ANN401 - any noun's view
    """What a record is called."""
    return str(getattr(view, "name", None) or getattr(view, "title", None) or getattr(view, "subject", None) or view.id)


def changes_of(
    values: Mapping[str, Any],
    add: Mapping[str, Sequence[str] | None],
    remove: Mapping[str, Sequence[str] | None],
    clear: Sequence[str] | None,
    custom: Sequence[str] | None,
    unset: Sequence[str] | None,
) -> Changes:
    """The changes that an ``edit`` was told."""
    return Changes(
        {name: value for name, value in values.items() if value is not None and value != []},
        {name: texts for name, texts in add.items() if texts},
        {name: texts for name, texts in remove.items() if texts},
        [part for each in clear or () for part in each.split(",")],
        custom or (),
        unset or (),
    )


def one_or_where(ref: Sequence[str] | str | None, where: str | None) -> None:
    """Raise UsageError unless exactly one of a reference and ``--where`` is given."""
    if bool(ref) == bool(where):
        raise UsageError("name a record or give --where FILTER" if not ref else "give a record or --where, not both")


def in_bulk(
    ctx: typer.Context,
    records: Records,
    where: str,
    doing: str,
    act: Callable[[str], Iterable[Any]],
    *,
    yes: bool,
    dry_run: bool,
) -> None:
    """Say how many records a bulk verb would change, ask, do it in one undo step, and say what was done."""
    app = app_of(ctx)
    chosen = records.matching(where)
    noun = getattr(records, "word", records.noun)
    count = f"{len(chosen)} {_plural(noun, len(chosen))}"
    if not chosen:
        if is_machine(ctx):
            app.output.many(records.noun, ())
        app.output.message(f"no {noun} matches")
        return
    each = (f"{doing} #{found.number} {found.name}" for found in chosen)
    if not is_to_be_done(app, f"{doing} {count}", each, yes=yes, dry_run=dry_run):
        return
    done = list(act(where))
    if is_machine(ctx):
        app.output.many(records.noun, iter(done))
    what = f"{len(done)} {_plural(noun, len(done))}"
    if app.store.committed is None:
        app.output.note(f"nothing to change on {what}")
    else:
        app.output.note(f"{_past(doing)} {what} (crm undo takes it back)")


def is_to_be_done(app: AppContext, what: str, each: Iterable[str], *, yes: bool, dry_run: bool) -> bool:
    """Whether to go on: a dry run says what would be done to each and stops, else who did not say ``--yes`` is asked."""
    if dry_run:
        for one in (*each, what):
            app.output.message(f"would {one}")
        return False
    if yes or app.output.confirm(f"{what}?"):
        return True
    app.output.message("nothing was changed")
    return False


def _plural(noun: str, count: int) -> str:
    from crmcli.domain.fields import PLURAL

    return noun if count == 1 else PLURAL.get(noun, f"{noun}s")


def _past(doing: str) -> str:
    irregular = {
        "edit": "edited",
        "tag": "tagged",
        "untag": "untagged",
        "delete": "deleted",
        "move": "moved",
        "tick off": "ticked off",
    }
    return irregular[doing]
