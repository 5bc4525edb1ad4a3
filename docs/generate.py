"""Write docs/reference from the code, and what else the docs show of the program.

    python docs/generate.py [--pictures] [--answers]

``--pictures`` draws the screens on the example store, ``--answers`` writes what the commands of the tutorial answer below them.
A test writes the same pages and compares, so the reference can't fall behind the program.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

DOCS = Path(__file__).resolve().parent
REFERENCE = DOCS / "reference"
IMAGES = DOCS / "images"


def pages() -> dict[str, str]:
    """Every page of the reference by its file name."""
    made: dict[str, Callable[[], str]] = {
        "commands.md": commands_page,
        "reports.md": reports_page,
        "json.md": json_page,
        "filters.md": filters_page,
        "settings.md": settings_page,
        "exit-codes.md": exit_codes_page,
        "schema.md": schema_page,
        "keys.md": keys_page,
        "sql.md": sql_page,
        "formats.md": formats_page,
    }
    return {name: page() for name, page in made.items()}


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [headers, ["---"] * len(headers), *rows]
    return "".join("| " + " | ".join(_cell(cell) for cell in line) + " |\n" for line in lines) + "\n"


def _cell(value: object) -> str:
    return " ".join(str("" if value is None else value).split()).replace("|", "\\|")


def _code(text: object) -> str:
    return f"`{text}`" if text not in (None, "") else ""


# -- formats


def formats_page() -> str:
    """What is read and written, field by field."""
    sys.path.insert(0, str(DOCS))
    import formats

    return formats.formats_page(table)


# -- reports


def reports_page() -> str:
    """Each report with what it can be asked and its columns."""
    sys.path.insert(0, str(DOCS))
    import reports

    return reports.reports_page(table)


# -- SQL

_SQL = """# SQL

    crm sql "select stage, count(*), sum(value) from v_deal group by 1" --format csv

`crm sql` answers one `SELECT` over the views below, in any output format, on SQLite and PostgreSQL alike. The views keep
their names and columns from version to version; the tables behind them do not, and are not promised. They show live
records only. Times are UTC, dates `YYYY-MM-DD`, amounts in major units beside their currency, several values one text
joined by commas (the views `v_contact_email`, `v_deal_contact` and their kin have them apart). Custom fields are JSON:
`custom ->> 'key'`.

Nothing can be written: on SQLite the file is opened for reading only and nothing but `SELECT` is authorized; on
PostgreSQL the statement runs as a cursor in a read-only transaction. `--timeout` (30 s) ends what takes too long.
`crm sql` alone lists the views.

"""


def sql_page() -> str:
    """The views of ``crm sql`` with their columns."""
    from crmcli.store.views import VIEWS

    text = _SQL
    for view in VIEWS:
        text += f"## {view.name}\n\n{view.about[:1].upper()}{view.about[1:]}.\n\n"
        text += table(("column", "what it holds"), [(_code(name), about) for name, _, about in view.columns])
    return text


# -- commands


def tree() -> Iterator[tuple[str, Any, Any]]:
    """Every command as (words, command, its context), groups before their verbs, in the order of ``crm --help``."""
    import typer

    from crmcli.cli import root

    command: Any = typer.main.get_command(root)
    top = command.make_context("crm", [], resilient_parsing=True)
    for name in command.list_commands(top):
        yield from _below(command.get_command(top, name), name, top)


def _below(command: Any, name: str, parent: Any) -> Iterator[tuple[str, Any, Any]]:
    context = type(parent)(command, info_name=name, parent=parent)
    yield context.command_path, command, context
    for verb in command.list_commands(context) if hasattr(command, "list_commands") else ():
        yield from _below(command.get_command(context, verb), verb, context)


_COMMANDS = """# Commands

    crm [GLOBAL] NOUN VERB [REF…] [OPTIONS]

A `REF` names a record: its uid or an unambiguous beginning of it, its short number (`12`, `#12`), or what it is
known by: an e-mail, phone, handle, website, name or title; or `SOURCE:ID`. Every command has `--help`, or `-h`.

## Global options

"""


def commands_page() -> str:
    """Every command with its arguments, options and examples."""
    import typer

    from crmcli.cli import root

    text = _COMMANDS
    command: Any = typer.main.get_command(root)
    top = command.make_context("crm", [], resilient_parsing=True)
    text += _options(command, top, hidden=("install_completion", "show_completion"))
    for words, each, context in tree():
        is_group = hasattr(each, "list_commands")
        depth = "##" if len(words.split()) == 2 else "###"
        text += f"{depth} {words}\n\n{_about(each)}\n\n"
        if not is_group or each.invoke_without_command:
            text += f"    {words} {_usage(each, context)}\n\n"
            text += _arguments(each) + _options(each, context) + _examples(each)
    return text


def _about(command: Any) -> str:
    import inspect

    return inspect.cleandoc(command.help or "").replace("\b\n", "").strip()


def _usage(command: Any, context: Any) -> str:
    return re.sub(r"\{(\S+)\}", r"\1", " ".join(command.collect_usage_pieces(context)))


def _arguments(command: Any) -> str:
    rows = [
        (_code(p.make_metavar(None) if not p.metavar else p.metavar), p.help or "")
        for p in command.params
        if p.param_type_name == "argument"
    ]
    return table(("argument", "meaning"), rows) if rows else ""


def _options(command: Any, context: Any, hidden: Sequence[str] = ()) -> str:
    rows = []
    for option in command.get_params(context):
        if option.param_type_name == "option" and not option.hidden and option.name not in ("help", *hidden):
            names = ", ".join(_code(name) for name in (*option.opts, *option.secondary_opts))
            value = "" if option.is_flag else option.metavar or option.type.name.upper()
            about = option.help or ""
            again = " May be repeated." if option.multiple and "repeat" not in about else ""
            rows.append((names, _code(value), about + again))
    return table(("option", "value", "meaning"), rows) if rows else ""


def _examples(command: Any) -> str:
    lines = [line for line in (command.epilog or "").replace("\b", "").splitlines() if line.startswith("  ")]
    return "".join(f"    {line.strip()}\n" for line in lines) + "\n" if lines else ""


# -- JSON

_JSON_TYPES = {
    "str": "text", "int": "number", "bool": "true or false", "float": "number", "object": "anything",
    "tuple[str, ...]": "array of text", "tuple[Link, ...]": "array of `{id, name}`", "Link": "`{id, name}`",
    "datetime": "UTC time", "date": "date", "Due": "date or UTC time", "Money": "number", "Mapping[str, object]": "object",
    "tuple[StageVisit, ...]": "array of `{stage, at, by, days}`", "tuple[ActivityView, ...]": "array of activities",
    "tuple[DealView, ...]": "array of deals", "tuple[ContactView, ...]": "array of contacts", "ActivityView": "activity",
    "tuple[ChangeView, ...]": "array of changes",
    "tuple[GoalView, ...]": "array of `{metric, target, reached}`", "tuple[BudgetLine, ...]": "array of budget lines",
    "tuple[VariantView, ...]": "array of `{name, share, template, subject, winner, members, hits, n, rate}`",
    "TrialView": "`{metric, confidence, rule, verdict, winner, leader, decided_at, decided_by, is_due, comparisons}`",
    "tuple[MemberEvent, ...]": "array of `{at, status, reason, detail, source}`",
    "tuple[MailView, ...]": "array of `{at, campaign, template, address, status, reached}`",
    "tuple[SnapshotView, ...]": "array of snapshots", "tuple[StepView, ...]": "array of steps",
}  # fmt: skip
_MEANINGS = {
    "annual_revenue_currency": "ISO 4217 code of `annual_revenue`",
    "custom_fields": "custom fields by key",
    "external_id": "`SOURCE:ID` in the program that the record came from",
    "weighted": "value times probability",
    "probability_source": "`stage`, or `manual` when it was set by hand",
    "lost_note": "what was said about the loss",
    "rotting": "untouched for longer than its stage allows",
    "pipeline": "the pipeline",
    "stage": "the stage's name",
    "position": "place in the pipeline, from 0",
    "kind": "open, won or lost",
    "probability": "chance of winning, per cent",
    "rot_days": "days a deal may lie untouched",
    "forecast_category": "omitted, pipeline, best_case, commit or closed",
    "required": "fields a deal must have to enter",
    "wip_limit": "how many open deals are enough there",
    "number": "the short number shown in tables",
    "count": "how many deals",
    "value": "their value in major units",
    "currency": "ISO 4217 code",
    "noun": "contact, company, deal or activity",
    "name": "name, title or subject",
    "excerpt": "where a word was found",
    "what": "what is to be done, or the record's name",
    "who": "the person or company",
    "due": "when",
    "priority": "low to urgent",
    "why": "why it is listed, in one line",
    "id": "the uid",
    "at": "when",
    "user": "who",
    "command": "by which command",
    "summary": "what was changed, in a few words",
    "records": "how many records",
    "undone": "whether it was taken back",
    "changes": "the changes, one for each field",
    "record": "the record's uid",
    "action": "add, edit or remove",
    "field": "the field",
    "before": "its value before",
    "after": "its value after",
}  # fmt: skip
_NOUN_MEANINGS = {
    ("tag", "tag"): "the label",
    ("tag", "count"): "how many records have it",
    ("tag", "contacts"): "how many people",
    ("tag", "companies"): "how many companies",
    ("tag", "deals"): "how many deals",
    ("tag", "activities"): "how many activities",
    ("template", "name"): "its name, the same in all languages",
    ("template", "locale"): "language of this wording, empty for everybody else's",
    ("template", "locales"): "the languages that there is a wording in",
    ("template", "subject"): "the subject",
    ("template", "preheader"): "what mail lists show beside the subject",
    ("template", "text"): "the text part; null when it is made from the HTML",
    ("template", "markdown"): "what the HTML is made from",
    ("template", "html"): "the HTML, written by hand",
    ("template", "used_by"): "campaigns and sequences that are not over and use it",
    ("template", "created_at"): "when it was added",
    ("template", "updated_at"): "when it last changed",
    ("segment", "kind"): "dynamic (a filter), static (a list) or formula",
    ("segment", "filter"): "the filter that says who is in it",
    ("segment", "formula"): "the segments that it is put together from",
    ("segment", "size"): "how many people are in it; null where that can't be worked out",
    ("segment", "note"): "what it is for",
    ("segment", "owner"): "the user who looks after it",
    ("segment", "created_at"): "when it was added",
    ("segment", "updated_at"): "when it last changed",
    ("segment", "problem"): "why its size can't be worked out",
    ("snapshot", "at"): "when it was taken",
    ("snapshot", "size"): "how many people were in the segment",
    ("snapshot", "came"): "how many came since the snapshot before",
    ("snapshot", "went"): "how many went since then",
    ("snapshot", "campaign"): "the campaign that it was taken for",
    ("sequence", "status"): "active or paused",
    ("sequence", "segment"): "the segment whose people come into it",
    ("sequence", "pipeline"): "the pipeline of the stage that brings deals' people in",
    ("sequence", "stage"): "the stage that brings deals' people in",
    ("sequence", "stop_on_reply"): "whether an answer ends it for a person",
    ("sequence", "again"): "whether another deal takes a person in once more",
    ("sequence", "step_count"): "how many steps it has",
    ("sequence", "active"): "how many people are on the way",
    ("sequence", "finished"): "how many came through",
    ("sequence", "stopped"): "how many were stopped before the end",
    ("sequence", "campaign"): "the campaign that keeps its messages and answers",
    ("sequence", "owner"): "the user who looks after it",
    ("sequence", "created_at"): "when it was added",
    ("sequence", "updated_at"): "when it last changed",
    ("step", "number"): "its place",
    ("step", "step"): "the step as a line",
    ("step", "kind"): "what it does",
    ("step", "template"): "the template that it sends",
    ("step", "subject"): "the subject of its task",
    ("step", "minutes"): "how long it waits",
    ("step", "filter"): "what it asks of the person",
    ("step", "otherwise"): "what is done with those whom that is not true of",
    ("step", "people"): "how many people's next step it is",
    ("enrolment", "contact"): "the person",
    ("enrolment", "email"): "the person's address",
    ("enrolment", "deal"): "the deal that brought the person in, or that it is about",
    ("enrolment", "status"): "active, finished or stopped",
    ("enrolment", "step"): "the place of the next step",
    ("enrolment", "next"): "the next step as a line",
    ("enrolment", "due_at"): "when that is due",
    ("enrolment", "reason"): "why it waits or has ended",
    ("enrolment", "started_at"): "when the person came in",
    ("enrolment", "ended_at"): "when it was over for the person",
    ("advice", "severity"): "error, warning or info",
    ("advice", "where"): "language, part and line",
    ("advice", "finding"): "what is wrong",
    ("advice", "remedy"): "what to do",
    ("campaign", "segments"): "the segments that it takes in",
    ("campaign", "excluded"): "the segments that it leaves out",
    ("campaign", "template"): "the template that is sent",
    ("campaign", "goals"): "what it is to reach; `reached` in `show` only, null where it is not known",
    ("campaign", "settings"): "how it sends (`pace`) and tries variants (`trial`), as given",
    ("campaign", "members"): "how many people it is about",
    ("campaign", "starts_on"): "first day (`--start`)",
    ("campaign", "ends_on"): "last day (`--end`)",
    ("cost", "campaign"): "what it is a cost of",
    ("cost", "state"): "planned, committed or spent",
    ("cost", "amount"): "the amount in major units",
    ("cost", "on"): "its day",
    ("cost", "note"): "what it is for",
    ("cost", "by"): "who put it down",
    ("budget", "name"): "the campaign's name, or `in all`",
    ("budget", "campaign"): "the campaign; null in all",
    ("budget", "budget"): "what it may cost",
    ("budget", "planned"): "costs that are planned",
    ("budget", "committed"): "costs that are promised",
    ("budget", "spent"): "costs that are spent",
    ("budget", "left"): "the budget without what is promised and spent",
    ("member", "contact"): "the person",
    ("member", "number"): "the person's short number",
    ("member", "email"): "the address as the campaign took it",
    ("member", "status"): "where the person stands",
    ("member", "reason"): "why somebody was skipped or a message failed",
    ("member", "at"): "since when",
    ("member", "times"): "when each state was reached, by state",
    ("member", "variant"): "the version the person gets",
    ("member", "segment"): "the segment that brought the person in",
    ("member_event", "status"): "the state",
    ("member_event", "reason"): "why somebody was skipped or a message failed",
    ("member_event", "detail"): "what was noted, or the server's words",
    ("member_event", "source"): "by what it is known",
    ("calendar", "kind"): "campaign, send or task",
    ("calendar", "starts_on"): "its day, or the first of them",
    ("calendar", "ends_on"): "its day, or the last of them",
    ("calendar", "at"): "its hour, if it has one",
    ("calendar", "campaign"): "the campaign it belongs to",
    ("calendar", "name"): "what it is called",
    ("calendar", "status"): "the campaign's or the task's",
    ("calendar", "owner"): "who looks after it",
    ("calendar", "id"): "the uid of the campaign or task",
    ("consent", "contact"): "the person",
    ("consent", "channel"): "email, phone, sms, letter, social or visit",
    ("consent", "status"): "granted, pending or withdrawn",
    ("consent", "basis"): "consent, contract, legal_obligation or legitimate_interest",
    ("consent", "source"): "by what it is known",
    ("consent", "note"): "more about it",
    ("consent", "at"): "when it was said",
    ("consent", "by"): "who put it down",
    ("consent", "counts"): "whether it is the line of its channel that counts",
    ("suppression", "kind"): "address, domain or contact",
    ("suppression", "value"): "what is suppressed",
    ("suppression", "channel"): "the channel, or all",
    ("suppression", "reason"): "unsubscribed, hard_bounce, complaint or manual",
    ("suppression", "note"): "why, in words: the server's, or who asked",
    ("suppression", "contact"): "the person, where it is one",
    ("suppression", "campaign"): "the campaign that it came from",
    ("suppression", "at"): "since when",
    ("suppression", "by"): "who put it down",
    ("objection", "kind"): "address, domain, contact or consent",
    ("objection", "value"): "what it is about",
    ("objection", "channel"): "the channel, or all",
    ("objection", "reason"): "why it speaks against writing",
    ("objection", "note"): "more about it",
    ("objection", "at"): "since when, where it is known",
    ("view", "name"): "its name",
    ("view", "filter"): "its filter, empty for none",
    ("view", "sort"): "the field it orders by, empty for the list's own order",
    ("view", "reverse"): "whether the other way round",
    ("view", "columns"): "its columns, none for the usual ones",
    ("view", "owner"): "who saved it",
    ("purchase", "customer"): "who bought, in the words of the log",
    ("purchase", "contact"): "the person it was, where that is known",
    ("purchase", "company"): "the organisation it was, where that is known",
    ("purchase", "at"): "when it was bought",
    ("purchase", "value"): "what was paid; null where the log does not say",
    ("purchase", "currency"): "ISO 4217 code",
    ("purchase", "product"): "what was bought",
    ("purchase", "quantity"): "how many",
    ("purchase", "source"): "the log it comes from",
    ("purchase", "external_id"): "its number there; null for a line that has none",
    ("rate", "currency"): "ISO 4217 code of what is worth something",
    ("rate", "base"): "ISO 4217 code of what it is counted in",
    ("rate", "day"): "the day from which on it counts; null: whenever no day says otherwise",
    ("rate", "rate"): "how many units of the base one unit of the currency is worth",
    ("rate", "note"): "where it comes from",
    ("goal", "metric"): "which figure",
    ("goal", "owner"): "whose deals, activities and people count; null: everybody's",
    ("goal", "period"): "the days that count, as words",
    ("goal", "starts_on"): "the first day",
    ("goal", "ends_on"): "the last day",
    ("goal", "currency"): "ISO 4217 code; null where no money is wanted",
    ("goal", "target"): "how much is wanted",
    ("goal", "reached"): "how much there is; null where there is no rate for its money",
    ("goal", "share"): "reached / target",
    ("goal", "gap"): "target - reached: what is missing; below zero where more was reached",
    ("goal", "expected"): "what would be reached by today if every day brought the same",
    ("goal", "pace"): "reached / expected: 1 is on time; null before it begins",
    ("goal", "note"): "free text",
    ("dupes", "type"): "contact or company",
    ("dupes", "a"): "one of the two",
    ("dupes", "b"): "the other",
    ("dupes", "score"): "the chance that they are one, from 0 to 1",
    ("dupes", "reasons"): "what the score rests on, in words",
    ("dupes", "a_number"): "the short number of `a`",
    ("dupes", "b_number"): "the short number of `b`",
    ("setting", "name"): "its dotted name",
    ("setting", "value"): "its value",
    ("setting", "origin"): "where the value comes from: a file, a variable, or `default`",
    ("setting", "about"): "what it is for",
    ("finding", "check"): "what was checked",
    ("finding", "record"): "the record's uid",
    ("finding", "problem"): "what is wrong",
    ("finding", "remedy"): "how to mend it",
    ("fact", "name"): "what it is about",
    ("fact", "value"): "what is so",
}
_AROUND = {
    "deals": "open deals",
    "contacts": "people there",
    "next_activity": "the next planned activity",
    "timeline": "planned and past, the farthest planned first",
    "mails": "what campaigns and sequences sent, the newest first",
    "stage_history": "every stay in a stage, with its days",
    "costs": "what it costs, a line for each currency",
    "sample": "some of its people",
    "reachable": "how many of all can be written to by mail",
    "growth": "how many more there are than at the last snapshot",
    "snapshots": "its snapshots",
    "used_by": "the segments, campaigns and sequences that use it",
    "test": "how versions are tried and what can be said of them; a comparison is `{name, other, difference, low, high, p}`",
    "steps": "its steps, in their order",
    "next_at": "when there is something to be done in it",
    "states": "how many members stand in each state",
    "variants": "the versions that are tried",
    "tasks": "its tasks, by when they are due",
    "campaign": "the campaign",
    "events": "every state the person came into, the first one first",
}
_TITLES = {
    "contact": "Contacts",
    "company": "Companies",
    "deal": "Deals",
    "activity": "Activities and tasks",
    "stage": "Stages (`crm pipeline list`)",
    "pipeline": "Pipeline (`crm pipeline`)",
    "search": "Search hits",
    "dupes": "Duplicates (`crm dupes`)",
    "today": "Today",
    "history": "Change sets (`crm history`)",
    "change": "Changes within a change set",
    "tag": "Tags (`crm tag list`)",
    "view": "Saved views (`crm view list`)",
    "goal": "Goals (`crm goal list`)",
    "setting": "Settings (`crm config show`)",
    "finding": "Findings (`crm store check`)",
    "fact": "Facts (`crm store info`)",
    "campaign": "Campaigns",
    "cost": "Costs of campaigns (`crm campaign cost list`)",
    "budget": "Budgets (`crm campaign budget`)",
    "member": "Members of campaigns (`crm campaign members`, `crm campaign why`)",
    "calendar": "The calendar of campaigns (`crm campaign calendar`)",
    "consent": "Consents (`crm consent show`)",
    "suppression": "Suppressions (`crm suppress list`)",
    "purchase": "Purchases (`crm purchases list`)",
    "rate": "Exchange rates (`crm rate list`)",
    "objection": "Objections (`crm suppress check`)",
    "template": "Templates (`crm template list`)",
    "segment": "Segments",
    "snapshot": "Snapshots of segments (`crm segment snapshots`)",
    "sequence": "Sequences",
    "step": "Steps of sequences (in `crm sequence show`)",
    "enrolment": "People in sequences (`crm sequence members`)",
    "member_event": "What happened to a member (in `crm campaign why`)",
    "advice": "Findings in templates (`crm template check`)",
}


_JSON = """# JSON fields

The keys and types of a noun never depend on what a record holds. A list is one array (empty: `[]`), `show` is one
object; `jsonl` is one object a
line. Times are UTC as `2026-11-21T20:19:00Z`, dates `2026-11-21`, money is a number in major units beside its
`currency`.

"""


def json_page() -> str:
    """The keys of every noun's records."""
    from crmcli.domain.records import VIEWS, picture_fields, record_fields

    text = _JSON
    for noun, view in VIEWS.items():
        if noun == "task":  # shown as what it is, an activity
            continue
        rows = [(_code(key), _type_of(view, key), _meaning(noun, key)) for key in record_fields(noun)]
        rows += [
            (_code(key), _type_around(noun, key), f"{_AROUND[key]} (in `show` only)") for key in picture_fields(noun)
        ]
        text += f"## {_TITLES[noun]}\n\n" + table(("key", "type", "meaning"), rows)
    return text + _envelope()


def _annotation(view: Any, key: str) -> str:
    kept = view.__annotations__.get(
        "next_step" if key == "next_activity" and key not in view.__annotations__ else key, "str"
    )
    return str(getattr(kept, "__forward_arg__", getattr(kept, "__name__", kept)))


def _type_of(view: Any, key: str) -> str:
    bare, _, empty = _annotation(view, key).partition(" | ")
    if key == "annual_revenue_currency":
        empty = "None"
    return _JSON_TYPES[bare] + (" or null" if empty.endswith("None") else "")


def _type_around(noun: str, key: str) -> str:
    from crmcli.domain.records import PICTURES

    picture = next(shape for shape, of in PICTURES.items() if of == noun)
    return _type_of(picture, key)


def _meaning(noun: str, key: str) -> str:
    from crmcli.domain.fields import FIELDS
    from crmcli.domain.filter_fields import CAMPAIGN

    known = CAMPAIGN if noun == "campaign" else FIELDS.get(noun, ())
    if (noun, key) in _NOUN_MEANINGS and noun == "campaign":
        return _NOUN_MEANINGS[noun, key]  # a record of it holds less than a filter asks
    fields = {field.name: field.about for field in known}
    if key == "group":
        from crmcli.services.today import GROUPS

        return f"its urgency: {', '.join(GROUPS)}"
    return fields.get(key) or _NOUN_MEANINGS.get((noun, key)) or _MEANINGS[key]


def _envelope() -> str:
    rows = [
        ("`report`", "text", "the report's name"),
        ("`period`", "text or null", "the period it covers"),
        ("`currency`", "text or null", "the currency of its money"),
        ("`n`", "number or null", "how many records it is based on; null for a tally, whose rows say it"),
        ("`formula`", "text or null", "how its figures are made"),
        ("`model`", "text, object or null", "the model behind an estimate, with its parameters"),
        ("`totals`", "object or null", "the totals, by column"),
        ("`rows`", "array of objects", "what it gives without `--envelope`"),
    ]
    about = "A report gives an array of rows; with `--envelope` they come with what is needed to trust them. "
    about += "No value is `null`, never 0.\n\n"
    return "## Reports\n\n" + about + table(("key", "type", "meaning"), rows)


# -- filters

_HOW = {
    "text": "text; case and accents don't count",
    "email": "text",
    "phone": "a number in any spelling",
    "website": "a website in any spelling",
    "handle": "a handle",
    "choice": "one of its values",
    "date": "a date",
    "time": "a date or time",
    "due": "a date or time",
    "duration": "a length as `1h30m`",
    "money": "an amount as `10k`",
    "percent": "0 to 100",
    "integer": "a number",
    "rrule": "text",
    "user": "a user, or `me`",
    "tag": "a label",
    "stage": "a stage",
    "pipeline": "a pipeline",
    "link": "a name, or a path into it",
    "segment": "a segment",
}
_ASKED_OF = {
    "member": "Members of campaigns (`crm campaign members --filter`, and `member.` below a campaign)",
    "membership": "What a person is a member of (`campaign.` below a person)",
    "consent": "What a person said about each channel (`consent.` below a person)",
}

_FILTERS = """# Filters

One language for `list --filter`, `--where`, `crm pipeline --filter` and the board's filter bar.

    field OP value      OP: =  !=  ~= (contains)  !~  ^= (starts with)  <  <=  >  >=
    field in (a, b)     field between a and b     field is empty     field is not empty
    AND  OR  NOT  ( )   "quoted text" alone: full-text match

Values are text, `"quoted text"`, numbers (`10k`, `2.5m`), dates and times (`today`, `-30d`, `next fri`, `2026-06`,
`Q3-2026`, `this month`),
and `me`, the acting user. A number compares as a number, a date as a date. A comparison with a missing value is
false, and `!=` with one is
true. Custom fields are named like any other. A path crosses a link: `company.industry = software`, `contact.tag =
vip`, `deal.stage != lost`.

    crm deal list --filter 'value > 10k and stage_kind = open'
    crm contact list --filter 'last_activity < -30d and company.industry ~= food'
    crm deal list --filter 'next_task is empty or expected_close < today'

"""


def filters_page() -> str:
    """The fields of every noun that a filter can name."""
    from crmcli.domain.filter_fields import FILTERED

    text = _FILTERS
    for noun, fields in FILTERED.items():
        rows = []
        for field in fields:
            names = _code(field.name) + (f", {_code(field.flag)}" if field.flag else "")
            values = ", ".join(_code(choice) for choice in field.choices)
            rows.append((names, values or _HOW[field.kind.value], field.about))
        text += f"## {_ASKED_OF.get(noun) or _TITLES[noun]}\n\n" + table(("field", "compared with", "meaning"), rows)
    return text


# -- settings, exit codes

_SETTINGS = """# Settings

Settings are read from `crm.toml`: the user's own file, then the nearest one from the working folder up to the root;
an environment variable
wins over both, a flag over everything. `crm config show` says what is in force and where it came from; `crm config
set NAME VALUE` writes
the user's own file.

A setting marked *trusted only* runs or reaches something. It counts in the user's own file, in one named by
`--config` or `CRM_CONFIG`, and in
another file only after `crm config trust`, for the very content that was trusted.

"""
_OTHER_VARIABLES = (
    ("CRM_CONFIG", "the settings file, in place of the user's own and the nearest one"),
    ("CRM_SMTP_PASSWORD", "the mail server's password, which is never kept in a file"),
    ("CRM_DEBUG", "`1` shows a traceback when something fails"),
    ("CRM_NOW", "a UTC moment that stops the clock, for scripts and tests"),
    ("NO_COLOR", "no colour"),
    ("COLUMNS", "width of tables"),
)


def settings_page() -> str:
    """Every setting, and every environment variable."""
    from crmcli import config

    by_setting: dict[str, list[str]] = {}
    for variable, name in config._VARIABLES.items():  # noqa: SLF001 - the one table of them
        by_setting.setdefault(name, []).append(variable)
    rows = []
    for setting in config.SETTINGS:
        default = ", ".join(setting.default) if isinstance(setting.default, list) else setting.default
        about = setting.about + (": " + ", ".join(_code(c) for c in setting.choices) if setting.choices else "")
        variables = ", ".join(_code(v) for v in by_setting.get(setting.name, ()))
        rows.append(
            (_code(setting.name), _code(default), variables, about + (" (*trusted only*)" if setting.guarded else ""))
        )
    others = [(_code(name), about) for name, about in _OTHER_VARIABLES]
    text = _SETTINGS + table(("setting", "default", "environment", "meaning"), rows)
    return text + "## Further environment variables\n\n" + table(("variable", "meaning"), others)


_EXIT_CODES = """# Exit codes

An error is one line on stderr: `crm: error: no deal 7 (try: crm deal list)`. With `--format json` it is an object
there:
`{"error": {"code", "message", "hint"}}`, in which `code` is a word of the second table.

"""


def exit_codes_page() -> str:
    """Every exit code, and the error codes behind it."""
    from crmcli import errors

    text = _EXIT_CODES
    rows = [(int(code), code.name.lower().replace("_", " "), _EXIT_MEANINGS[code.name]) for code in errors.ExitCode]
    text += table(("exit code", "name", "meaning"), rows) + "## Error codes\n\n"
    classes = sorted(_classes(errors.CrmError), key=lambda c: (int(c.exit_code), c.code))
    listed = [(_code(each.code), int(each.exit_code), (each.__doc__ or "").split("\n")[0]) for each in classes]
    return text + table(("code", "exit code", "meaning"), listed)


_EXIT_MEANINGS = {
    "DONE": "it is done",
    "BUG": "an unexpected failure; asks for a report and writes a log",
    "USAGE": "wrong usage or a bad value",
    "NOT_FOUND": "no such record",
    "CONFLICT": "a duplicate, an ambiguous name, or an edit of something changed since",
    "REFUSED": "refused by a rule or a hook",
    "STORE": "the store can't be used: locked, newer schema, unreachable, no permission",
    "PARTLY_DONE": "done in part: some rows were rejected, the summary says which",
    "INTERRUPTED": "interrupted with Ctrl-C",
}


def _classes(top: Any) -> list[Any]:
    """The class and all below it that have a code of their own; one with an underscore is a matter of its own module."""
    below = (each for each in top.__subclasses__() if "code" in vars(each) and not each.__name__.startswith("_"))
    return [top, *(inner for each in below for inner in _classes(each))]


# -- schema


_SCHEMA = """# Schema

Version {}, the same on SQLite and PostgreSQL. Money is whole minor units beside an ISO 4217 code, times are UTC, keys
for matching (`name_key`,
`key`) are folded: no case, no accents. A row with `deleted_at` is in the bin until it is restored. `search_entry`
holds the full-text index and is
made by the migrations.

"""


def schema_page() -> str:
    """Every table and column."""
    from crmcli.store.migrations import HEAD
    from crmcli.store.models.schema import metadata

    text = _SCHEMA.format(HEAD)
    for name, found in sorted(metadata().tables.items()):
        about = (_model_doc(name) or "").split("\n")[0]
        rows = [(_code(c.name), _column_type(c), "" if c.nullable else "required", _points(c)) for c in found.columns]
        text += f"## {name}\n\n{about}\n\n" + table(("column", "type", "", "points to"), rows)
    return text


def _model_doc(name: str) -> str | None:
    from crmcli.store.models.schema import model_of

    return model_of(name).__doc__


def _column_type(column: Any) -> str:
    name = type(column.type).__name__.lower()
    return {"moment": "UTC time", "autostring": "text", "biginteger": "integer", "json": "JSON"}.get(name, name)


def _points(column: Any) -> str:
    return _code(column.info.get("references"))


# -- keys


_KEYS = """# Keys

`?` shows the keys of the screen you are on, `ctrl+p` the command palette, `crm tui --keys` prints this page in the shell. The last
column is the name that `[keys]` in [`crm.toml`](settings.md) knows an action by:

```toml
[keys]
"board.filter" = "slash,f3"      # several keys, by commas
"everywhere.quit" = "ctrl+q"
```

A name there is not, or a key that would do two things on one screen, is said when `crm tui` starts. A key marked `N` takes a number
before it: `3j` goes down three. `.` does the last of those marked `.` again, to the record at the cursor.

"""


def keys_page() -> str:
    """The keys of every screen, from the tables that the bindings are made from."""
    from crmcli.tui.sheet import scopes

    text = _KEYS
    for scope, (places, keys) in scopes().items():
        text += f"## {scope.capitalize()}\n\nOn {', '.join(places)}.\n\n"
        text += table(("key", "what it does", "", "name"), _key_rows(scope, keys))
    return text


def _key_rows(scope: str, keys: Sequence[Any]) -> Iterator[tuple[str, ...]]:
    from crmcli.tui.keys.key import shown_keys
    from crmcli.tui.sheet import DIGITS, sheet_keys

    for shown, key in sheet_keys(scope, keys, {}):
        marks = " ".join(mark for mark, has in (("N", key.counted), (".", key.repeats)) if has)
        if shown == DIGITS:
            yield DIGITS, key.about, marks, ""
        else:
            yield (
                " ".join(_code(shown_keys(name)) for name in key.keys.split(",")),
                key.about,
                marks,
                f"`{scope}.{key.id}`",
            )


# -- pictures

_SIZE = (124, 34)

# A picture's name to the screen that it begins on and what is pressed there before it is taken. What is done for the last one is
# stored, so it comes last.
_PICTURES: dict[str, tuple[str, tuple[str, ...]]] = {
    "today": ("today", ("j",)),
    "board": ("board", ("right", "j")),
    "contacts": ("contacts", ("j", "j", "p")),
    "companies": ("companies", ("f", "m", "a", "down", "j")),
    "deals": ("deals", ("p", "j", "space", "space")),
    "activity": ("activity", ("j",)),
    "campaigns": ("campaigns", ("j", "v")),
    "reports": ("reports", ("j", "j")),
    "record": ("deals", ("j", "j", "j", "enter", "tab", "tab", "tab", "j")),
    "search": ("board", ("ctrl+k", "m", "a", "r", "down")),
    "history": ("deals", ("L", "j", "j", "L", "j", "L", "u", "9")),
}


def draw_pictures() -> list[Path]:
    """Every screen on the example store, as an SVG made by Textual itself."""
    import asyncio
    import os
    import tempfile

    with tempfile.TemporaryDirectory() as home:
        for name in ("XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "CRM_CONFIG", "CRM_STORE", "CRM_DB"):
            os.environ.pop(name, None)
        os.environ.update(HOME=home, CRM_NOW="2026-11-20T09:00:00Z", TZ="UTC", LOGNAME="maria", CRM_USER="maria")
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")  # whatever terminal they are drawn from
        from crmcli.context import AppContext, Flags
        from crmcli.services.demo import ORIGIN, build, default_path

        place = default_path()
        build(place, lambda path: AppContext(Flags(store=str(path), quiet=True), origin=ORIGIN).desk)
        return [asyncio.run(_picture(str(place), *each)) for each in _PICTURES.items()]


async def _picture(store: str, name: str, shown: tuple[str, tuple[str, ...]]) -> Path:
    from crmcli.context import AppContext, Flags
    from crmcli.tui.app import CrmApp
    from crmcli.tui.session import Session

    screen, keys = shown
    app = CrmApp(Session(AppContext(Flags(store=store, quiet=True), origin="tui")), start=screen, theme="crm-dark")
    async with app.run_test(size=_SIZE, notifications=False) as pilot:
        for key in ("", *keys):
            await pilot.press(*([key] if key else []))
            for _ in range(6):  # what was pressed is read, shown, and what rests on it read and shown
                await pilot.pause(0.1)
                await app.workers.wait_for_complete()
        svg = app.export_screenshot(title="crm tui")
    IMAGES.mkdir(exist_ok=True)
    picture = IMAGES / f"{name}.svg"
    picture.write_text(_lighter(svg), "utf-8")
    return picture


def _lighter(svg: str) -> str:
    """The picture without what it does not need: a font from a server, where the reader's own does, and long names."""
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL).replace("Fira Code, monospace", "monospace")
    svg = re.sub(r"\bterminal-\d+-", "", svg)
    return re.sub(r"^\s+|\s+$", "", re.sub(r"\n\s*", "\n", svg)) + "\n"


# -- answers


def answer_tutorial() -> Path:
    """The tutorial with what its commands answer now."""
    import tempfile

    sys.path.insert(0, str(DOCS.parent))
    from tests.architecture.blocks import TUTORIAL_SURROUNDINGS, Shell, blocks_of, readable

    page = DOCS / "tutorial.md"
    text, answer = page.read_text("utf-8"), None
    with tempfile.TemporaryDirectory() as folder:
        shell = Shell(Path(folder), **TUTORIAL_SURROUNDINGS)
        done, rest = "", text
        for block in blocks_of("docs/tutorial.md"):
            before, _, rest = rest.partition(f"```{block.language}\n{block.text}```")
            kept = answer if block.language == "text" and answer is not None else block.text
            done += f"{before}```{block.language}\n{kept}```"
            answer = readable(shell.run(block.text).stdout) if block.language == "sh" else None
    page.write_text(done + rest, "utf-8")
    return page


def main(words: Sequence[str]) -> None:
    """Write the reference, and the pictures when they are asked for."""
    REFERENCE.mkdir(exist_ok=True)
    for name, text in pages().items():
        (REFERENCE / name).write_text(text.rstrip("\n") + "\n", "utf-8")
    made = [*(draw_pictures() if "--pictures" in words else ()), *([answer_tutorial()] if "--answers" in words else ())]
    for path in made:
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
