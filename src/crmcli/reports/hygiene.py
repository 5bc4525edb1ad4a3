"""What would make the data better: each fault counted, with examples and the command that lists or mends it."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.reports.drill import numbered
from crmcli.reports.report import Drill, Report, ReportColumn
from crmcli.store.queries import hygiene as queries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.services.desk import Desk
    from crmcli.store.reader import Reader

_COLUMNS = (
    ReportColumn("check", "check"),
    ReportColumn("count", "count", "integer"),
    ReportColumn("command", "command", "command"),
    ReportColumn("examples", "examples"),
)
_SILENT_DAYS = 90
_SPELLINGS = 5


class _Fault(NamedTuple):
    """Something wrong: what, how many, how to mend it, the numbers of a few, and which records it is about."""

    check: str
    number: int
    command: str
    examples: tuple[int, ...]
    drill: Drill | None


class _Filtered(NamedTuple):
    """A fault that a filter finds; the command is the list, or what comes after the noun when it can be mended so."""

    check: str
    noun: str
    filter: str
    mend: str = ""
    custom: str = ""  # the custom field that the filter is about

    @property
    def command(self) -> str:
        """What lists or mends it."""
        if self.mend:
            return f"crm {self.noun} edit --where {quote(self.filter)} {self.mend} --yes"
        return f"crm {self.noun} list --filter {quote(self.filter)}"


_FILTERED = (
    *(
        _Filtered(f"{what} kept as they came", noun, f"custom.{key} is not empty", custom=key)
        for noun in ("contact", "company")
        for what, key in (
            ("e-mails", "email_original"), ("e-mails", "emails_original"), ("phones", "phone_original"),
            ("phones", "phones_original"), ("websites", "website_original"),
        )
    ),
    *(_Filtered(f"{noun} without an owner", noun, "owner is empty", "--owner me") for noun in ("contact", "company", "deal")),
    _Filtered("deals past their close date", "deal", "stage_kind = open and expected_close < today"),
    _Filtered("open deals without a next step", "deal", "stage_kind = open and next_task is empty and next_step is empty"),
    _Filtered(
        f"open deals silent for {_SILENT_DAYS} days", "deal",
        f"stage_kind = open and (last_activity < -{_SILENT_DAYS}d or (last_activity is empty and created_at < -{_SILENT_DAYS}d))",
    ),
    _Filtered(
        f"contacts silent for {_SILENT_DAYS} days", "contact",
        f"last_activity < -{_SILENT_DAYS}d or (last_activity is empty and created_at < -{_SILENT_DAYS}d)",
    ),
    _Filtered("contacts without a company", "contact", "company is empty"),
    _Filtered("contacts without e-mail and phone", "contact", "email is empty and phone is empty"),
    _Filtered("companies without people", "company", "contact is empty"),
)  # fmt: skip


def hygiene_report(sources: Sources, _inquiry: Inquiry) -> Report:
    """One row for each fault that there is."""
    desk, duplicates = sources.desk, sources.duplicates
    with desk.reading() as reader:
        found = [] if reader.connection is None else list(_faults(desk, reader))
    for noun in ("contact", "company"):
        pairs = duplicates.find(noun)
        if pairs:
            examples = tuple(number for pair in pairs for number in (pair.a_number, pair.b_number))[: queries.EXAMPLES]
            command = f"crm dupes --type {noun}"
            both = numbered(noun, {number for pair in pairs for number in (pair.a_number, pair.b_number)})
            found.append(_Fault(f"likely duplicates: {noun}", len(pairs), command, examples, both))
    rows = tuple((f.check, f.number, f.command, tuple(f"#{number}" for number in f.examples)) for f in found)
    drill = tuple(fault.drill for fault in found)
    return Report("hygiene", "hygiene", _COLUMNS, rows, None, sum(fault.number for fault in found), drill=drill)


def _faults(desk: Desk, reader: Reader) -> Iterator[_Fault]:
    yield from _marked(reader)
    yield from _by_filter(desk, reader)
    yield from _odd_countries(reader)
    yield from _domains(reader)


def _marked(reader: Reader) -> Iterator[_Fault]:
    for table, what, field in (("contact_email", "e-mails", "email"), ("contact_phone", "phones", "phone")):
        count, examples = queries.invalid(reader, table)
        if count:
            numbers = tuple(dict.fromkeys(number for number, _ in examples))
            command = f"crm contact edit {numbers[0]} --rm-{field} {quote(examples[0][1])}"
            people = numbered("contact", queries.invalid_at(reader, table))
            yield _Fault(f"{what} marked as invalid", count, command, numbers, people)


def _by_filter(desk: Desk, reader: Reader) -> Iterator[_Fault]:
    from crmcli.store.queries.refs import custom_keys

    known = custom_keys(reader)
    for each in _FILTERED:
        if each.custom and each.custom not in known[each.noun]:
            continue
        count, numbers = queries.counted(reader, each.noun, desk.condition(reader, each.noun, each.filter))
        if count:
            yield _Fault(each.check, count, each.command, tuple(numbers), Drill(each.noun, each.filter))


def _odd_countries(reader: Reader) -> Iterator[_Fault]:
    from crmcli.domain.countries import is_country, likely_country

    odd = [row for row in queries.countries(reader) if not is_country(row[0])]
    for text, count, first in odd[:_SPELLINGS]:
        where = f"country = {_filter_text(text)}"
        likely = likely_country(text)
        mend = f"--country {quote(likely)}" if likely else ""
        command = _Filtered("", "company", where, mend).command
        drill = numbered("company", queries.in_country(reader, text))
        yield _Fault(f"odd country {text}", count, command, (first,), drill)


def _filter_text(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _domains(reader: Reader) -> Iterator[_Fault]:
    """Companies of one domain that are not said to belong together, and people of a company's domain who are at none."""
    from crmcli.domain.email_folding import site_domain, work_domain

    holders: dict[str, dict[int, int | None]] = {}
    for number, _, parent, key in queries.websites(reader):
        holders.setdefault(site_domain(key), {})[number] = parent
    apart = {domain: companies for domain, companies in holders.items() if not _belong_together(companies)}
    if apart:
        first = next(iter(apart.values()))
        one, other = list(first)[:2]
        command = f"crm company edit {other} --parent {one}"
        drill = numbered("company", {number for companies in apart.values() for number in companies})
        examples = tuple(first)[: queries.EXAMPLES]
        yield _Fault("companies sharing a domain, unlinked", len(apart), command, examples, drill)
    people: dict[str, dict[int, None]] = {}
    for number, email in queries.unplaced(reader):
        domain = work_domain(email)
        if domain in holders:
            people.setdefault(str(domain), {})[number] = None
    if people:
        domain, numbers = max(people.items(), key=lambda item: len(item[1]))
        where = f"company is empty and email ~= {_filter_text('@' + domain)}"
        command = f"crm contact edit --where {quote(where)} --add-company {next(iter(holders[domain]))} --yes"
        count = sum(len(each) for each in people.values())
        drill = numbered("contact", {number for each in people.values() for number in each})
        examples = tuple(numbers)[: queries.EXAMPLES]
        yield _Fault("contacts at a company's domain, unlinked", count, command, examples, drill)


def _belong_together(companies: dict[int, int | None]) -> bool:
    """Whether all but one of the companies belong to another of them, or all to one parent."""
    parents = {parent for parent in companies.values() if parent is not None}
    free = [number for number, parent in companies.items() if parent not in companies]
    return len(free) < 2 or (len(parents) == 1 and None not in companies.values())
