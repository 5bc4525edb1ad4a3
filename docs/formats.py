"""The page docs/reference/formats.md: what each format is read into, what is dropped, and what is written where.

What the readers and writers of cards and calendars do is not described here but tried: each property is read once, and the
page shows the field in which it turns up. So the page can't say anything else than the program does.
"""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from crmcli.domain.fields import FIELDS, NETWORKS, PLURAL, Kind
from crmcli.domain.handles import profile_url
from crmcli.domain.records import VIEWS, record_fields
from crmcli.io.headers import IMPORTED, LINKED, unnumbered
from crmcli.io.opening import FORMATS, Reading, open_table
from crmcli.io.presets import presets
from crmcli.io.presets.preset import listed
from crmcli.io.table import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from crmcli.io.presets.preset import Preset

_NONE = "—"


def _code(words: Iterable[object]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def formats_page(table: Callable[[Sequence[str], Iterable[Sequence[object]]], str]) -> str:
    """The whole page; ``table`` makes a Markdown table of headers and rows."""
    return "".join(
        (
            _INTRO,
            _inputs(table),
            _tables(table),
            _cards(table),
            _calendars(table),
            _mail(table),
            _presets(table),
            _out(table),
        )
    )


_INTRO = """# Formats

What `crm import` reads and `crm export` writes, field by field, and what is left out. How to use it is in
[Importing](../how-to/importing.md), [Moving in](../how-to/moving-in.md), [Mail and
calendars](../how-to/mail-and-calendars.md) and [Exporting](../how-to/exporting.md).

What a file holds and no field takes becomes a custom field, or is counted in the summary of the import (`12 photos
left out`), or stands here as dropped. A row that can't be taken is rejected with its line and the reason.

"""

# -- what can be read

_RECOGNISED = {
    "parquet": "begins with `PAR1`",
    "sqlite": "begins with `SQLite format 3`",
    "csv": "anything else that is text",
    "xlsx": "a zip file that holds a workbook",
    "ods": "a zip file that holds a spreadsheet",
    "json": "begins with `[` or `{`",
    "jsonl": "begins with `{`, a whole object on its first line and more below",
}
_OPTIONS = {
    "csv": ("--encoding", "--delimiter", "--no-header"),
    "xlsx": ("--sheet", "--no-header"),
    "xls": ("--sheet", "--no-header"),
    "ods": ("--sheet", "--no-header"),
    "json": ("--sheet", "--encoding"),
    "jsonl": ("--encoding",),
    "sqlite": ("--table", "--query"),
    "parquet": (),
    "vcard": ("--encoding",),
    "ics": ("--encoding",),
}
_CELLS = {
    "csv": (
        "any encoding, delimiter, quote and line end; a cell of several lines; titles and notes above the header, skipped and counted",
        "lines that repeat the header, blank lines",
        "a line of more cells than the header, a quote that is never closed, a NUL byte, a byte that its encoding has not",
    ),
    "xlsx": (
        "values as last saved; numbers with the zeros that they show; dates from 1900 or 1904; merged titles; the first filled sheet",
        "formulas, macros, colours, comments, pictures; a cell with an error such as `#REF!` counts as empty, and is counted",
        "a row whose text holds a NUL",
    ),
    "xls": (
        "as `xlsx`",
        "as `xlsx`; zeros that only the format of a number shows: a number must be text to keep them; cells with an error aren't counted",
        "as `xlsx`",
    ),
    "ods": ("as `xlsx`", "as `xls`", "as `xlsx`"),
    "json": (
        "the one list of objects, wherever it lies; objects in objects under dotted titles; lists of plain or labelled values",
        "values beside the list, counted; a list of other objects becomes JSON text",
        "an object with one key twice, and all that follows where the text stops being JSON",
    ),
    "jsonl": ("an object a line, as in `json`", "blank lines", "a line that is no object"),
    "sqlite": (
        "the rows of a table, a view or one `SELECT`",
        "binary values, counted; indexes, triggers and all other tables",
        "a row whose text is no text",
    ),
    "parquet": (
        "typed columns, with the extra `parquet`; objects under dotted titles and lists of values as in `json`",
        "binary values, counted; of a time what is beyond microseconds",
        "a row whose text holds a NUL",
    ),
}  # fmt: skip


def _inputs(table: Any) -> str:
    rows = []
    for name, kind in FORMATS.items():
        seen = _RECOGNISED.get(name) or "begins with " + " or ".join(_begins(each) for each in kind.begins)
        rows.append((f"`{name}`", kind.about, _code(kind.endings), seen, _code(_OPTIONS[name])))
    text = "## What can be read\n\n" + table(("format", "what it is", "endings", "recognised by", "options"), rows)
    return text + _PACKED


def _begins(start: bytes) -> str:
    return f"`{start.decode()}`" if start.isascii() else "the bytes " + start[:4].hex(" ")


_PACKED = """The content counts before the ending; `--format-in` says it where neither helps. Anything may come from a pipe (`-`)
and packed: gzip, bzip2, xz and zip, up to three deep. Of several files in a zip `--sheet` names the one. A locked
file is refused. Mail is read by `crm import mail`, see [below](#mail); a whole store from `crm export all` by `crm
import all`.

"""

# -- tables

_TABLES = """## Tables

These rules hold for CSV, workbooks, JSON and SQLite alike.

- **Titles.** A column goes to the field that its title names. Only the letters and digits of a title count, a number
  in it doesn't (`E-mail 2`), and a field's own name always works. Titles are known in English, Bulgarian, Russian,
  Polish, German, French and Spanish.
- **Unknown titles.** The column goes where nearly all of its values say: e-mail addresses, profiles, phones, websites, amounts,
  stages, currencies, countries, names of people, labels, and the dates of activities. Else it becomes a custom field of its
  title. `--map COLUMN=FIELD` sends it elsewhere, `--map COLUMN=-` leaves it out.
- **Two columns for one field.** Fields of several values take both. Of others the likelier column has the field, and
  the other becomes a custom field.
- **Empty cells** say nothing, and so do `NULL` and `\\N`. They never empty a field.
- **Values that can't be read** reject their row, with line, field and reason. Not so for choices, websites, handles
  and local phone numbers of an unknown country: these are kept as text in a custom field (`phone_original`,
  `lifecycle_original`), and counted.
- **Several values in a cell** are parted by `;`, `|`, `:::` or a line break, labels also by a comma, companies not by
  a `|` without spaces. A JSON array (`["a", "b"]`) is taken as it is.
- **Dates, amounts and numbers** are read in the format of their whole column. A column of dates that could be read in
  two ways is refused until `--date-format` says which.

"""


def _tables(table: Any) -> str:
    rows = [(f"`{name}`", *cells) for name, cells in _CELLS.items()]
    text = _TABLES + table(("format", "what is read", "what is dropped", "what is rejected"), rows)
    for noun in FIELDS:
        text += f"### Fields of {PLURAL[noun]}\n\n" + table(
            ("field", "values", "what it is", "titles, among others"), _targets(noun)
        )
        text += _linked(noun)
    return text


def _targets(noun: str) -> Iterable[tuple[str, ...]]:
    for field in FIELDS[noun]:
        if not field.computed:
            yield f"`{field.name}`", _how(field.kind, field.many), _about(field), _titles(noun, field.name)
    for name, about in IMPORTED[noun].items():
        yield f"`{name}`", "one", about, _titles(noun, name)
    yield "`custom.KEY`", "one", "a custom field", "any other title"


def _about(field: Any) -> str:
    return f"{field.about}: {', '.join(field.choices)}" if field.choices and field.name != "status" else field.about


def _how(kind: Kind, many: bool) -> str:
    kept = kind in (Kind.CHOICE, Kind.WEBSITE, Kind.HANDLE, Kind.PHONE)
    return ("several" if many else "one") + (", kept as text where unreadable" if kept else "")


def _titles(noun: str, target: str) -> str:
    from crmcli.io.titles import TITLES

    return ", ".join(title for title in listed(TITLES[noun].get(target, ""))[:6] if title != target) or _NONE


def _linked(noun: str) -> str:
    if not LINKED[noun]:
        return ""
    examples = {
        "company": "`company.websites`, `company.external_id`",
        "contact": "`contact.emails`",
        "deal": "`deal.external_id`",
    }
    named = "; ".join(examples[link] for link in LINKED[noun])
    return f"A row may also name fields of the records it is linked to: {named}. A record that is not there yet is made.\n\n"


# -- cards

_HANDLES = dict.fromkeys(NETWORKS, "jane_doe") | {"bluesky": "jane.bsky.social"}
# What is read to see where each property goes; the name of the property alone is not enough.
_CARD_SAMPLES: dict[str, tuple[str, ...]] = {
    "N": ("N:Doe;Jane;Ann;Dr.;Jr.",),
    "FN": ("FN:Jane Doe",),
    "EMAIL": ("EMAIL;TYPE=work:jane@acme.example", "EMAIL:no address"),
    "TEL": ("TEL;TYPE=cell:+359 888 123 456", "item1.TEL:+359 2 000 0001\nitem1.X-ABLABEL:Assistant"),
    "X-MS-TEL": ("X-MS-TEL;TYPE=company:+359 2 000 0002",),
    "ORG": ("ORG:Acme;Purchasing",),
    "TITLE": ("TITLE:Head",),
    "ROLE": ("ROLE:Buyer",),
    "NICKNAME": ("NICKNAME:Jay",),
    "ADR": ("ADR;TYPE=home:;;Str. 1;Sofia;;1000;Bulgaria\nADR;TYPE=work:;;Str. 2;Varna;;9000;Bulgaria",),
    "URL": ("URL:https://jane.example", *(f"URL:{profile_url(name, handle)}" for name, handle in _HANDLES.items())),
    **{
        name: (f"{name}:https://a.example/jane", *(f"{name};TYPE={kind}:{profile_url(kind, handle)}" for kind, handle in _HANDLES.items()))
        for name in ("X-SOCIALPROFILE", "SOCIALPROFILE")
    },
    "IMPP": ("IMPP:xmpp:jane@chat.example", "IMPP:telegram:jane"),
    "BDAY": ("BDAY:1980-05-06", "BDAY:--0506"),
    "X-ABDATE": ("item1.X-ABDATE:2015-06-01\nitem1.X-ABLABEL:_$!<Anniversary>!$_",),
    "RELATED": ("RELATED;TYPE=spouse;VALUE=text:John",),
    "CATEGORIES": ("CATEGORIES:vip,press",),
    "NOTE": ("NOTE:Met at the fair",),
    "UID": ("UID:urn:uuid:1",),
    "TZ": ("TZ:Europe/Sofia",),
    "LANG": ("LANG:bg-BG",),
}  # fmt: skip
_CARD_USUAL = {"X-TWITTER": _HANDLES["x"]} | {f"X-{name.upper()}": handle for name, handle in _HANDLES.items()}
_CARD_REMARKS = {
    "N": "in the card's order: family, given, middle, prefix, suffix",
    "FN": "where it is missing, the parts of `N`, else the company, else the first number or address",
    "EMAIL": "with its label, the preferred one first; what is no address is kept as text",
    "TEL": "with its label, the preferred one first; an assistant's number apart",
    "ORG": "the company; its units as the department",
    "ADR": "the preferred one, else the first, as lines of an envelope; others with their label as text",
    "URL": "a profile of a network we know as a handle, else a website",
    **dict.fromkeys(("X-SOCIALPROFILE", "SOCIALPROFILE"), "a profile of a network we know as a handle, else a website"),
    "IMPP": "Telegram as a handle, others as text with their service",
    "BDAY": "one without its year is kept as text",
    "X-ABDATE": "where its label is anniversary; other dates are left out and counted",
    "NOTE": "several are paragraphs of one",
    "CATEGORIES": "labels",
    "UID": "by which the card is known when it comes again",
    "TZ": "a name as `Europe/Sofia`; an offset is left out and counted",
}


def _cards(table: Any) -> str:
    from crmcli.io.vcard import READERS, SILENT, SKIPPED

    same: dict[tuple[str, str], list[str]] = {}
    for name in READERS:
        found: dict[str, None] = {}
        for lines in _CARD_SAMPLES.get(name) or (f"{name}:{_CARD_USUAL.get(name, _usual(name))}",):
            found |= dict.fromkeys(_fields_of_card(name, lines))
        same.setdefault((_code(found), _CARD_REMARKS.get(name, "")), []).append(name)
    rows = [(_code(names), fields, remark) for (fields, remark), names in same.items()]
    text = _CARDS + table(("property", "field", "how"), rows)
    dropped = [(_code([name]), f"counted as {what}") for name, what in SKIPPED.items()]
    dropped.append((_code(sorted(SILENT)), "says nothing of the person, or what another property says as well"))
    dropped.append(("any other", "counted by its name"))
    return text + table(("dropped property", "how"), dropped)


def _usual(name: str) -> str:
    return "2015-06-01" if "ANNIVERSARY" in name else "jane.doe"


_CARDS = """## vCard

Versions 2.1, 3.0 and 4.0, each card a contact. Lines may be folded, quoted-printable or base64, in any encoding.
Types and Apple's own labels become the labels of e-mails and phones; parameters other than those and the preference
are dropped. Groups of an address book (`KIND:group`) and cards within cards are left out. A card without a name, an
address and a number is rejected, and so is one without its end.

"""


def _fields_of_card(name: str, lines: str) -> Sequence[str]:
    """The fields in which a property turns up."""
    around = "FN:Somebody\nEMAIL:somebody@acme.example\n"
    card = "BEGIN:VCARD\nVERSION:3.0\n{}\n{}END:VCARD\n"
    (before,), (after,) = _rows(card.format("", around), None), _rows(card.format(lines, around), None)
    return _differing(before, after, name)


def _rows(text: str, until: date | None) -> list[Mapping[str, Any]]:
    with open_table(io.BytesIO(text.encode()), Reading(until=until)) as opened:
        return [row.cells for row in opened.rows if isinstance(row, Row)]


def _differing(before: Mapping[str, Any], after: Mapping[str, Any], name: str) -> Sequence[str]:
    found = [key for key in after if after[key] != before.get(key, "")]
    if not found:
        raise ValueError(f"the sample of {name} is read into nothing")
    return found


# -- calendars

_EVENT_TIME = "DTSTART:20261124T090000Z"
_CALENDAR_SAMPLES = {
    "UID": "UID:1@cal.example",
    "SUMMARY": "SUMMARY:Site visit",
    "DESCRIPTION": "DESCRIPTION:Bring the offer",
    "LOCATION": "LOCATION:Sofia",
    "URL": "URL:https://meet.example/1",
    "DTSTART": "DTSTART:20261125T100000Z",
    "DTEND": "DTEND:20261124T100000Z",
    "DURATION": "DURATION:PT1H",
    "DUE": "DUE:20261126T100000Z",
    "DTSTAMP": "DTSTAMP:20261101T100000Z",
    "STATUS": "STATUS:CANCELLED",
    "COMPLETED": "COMPLETED:20261123T100000Z",
    "PRIORITY": "PRIORITY:1",
    "CATEGORIES": "CATEGORIES:visit",
    "ORGANIZER": "ORGANIZER;CN=Ann:mailto:ann@acme.example",
    "ATTENDEE": "ATTENDEE;CN=Jane:mailto:jane@acme.example",
    "RRULE": "RRULE:FREQ=DAILY;COUNT=3",
    "RDATE": "RDATE:20261130T090000Z",
    "EXDATE": "RRULE:FREQ=DAILY;COUNT=3\nEXDATE:20261125T090000Z",
    "RECURRENCE-ID": "UID:1@cal.example\nRECURRENCE-ID:20261124T090000Z",
    "CREATED": "CREATED:20261101T100000Z",
    "VALARM": "BEGIN:VALARM\nACTION:DISPLAY\nTRIGGER:-PT15M\nEND:VALARM",
    **dict.fromkeys(("ATTACH", "RELATED-TO"), "{}:https://files.example/1"),
    **dict.fromkeys(("CLASS", "COMMENT", "CONTACT", "RESOURCES", "TRANSP", "X-ANYTHING"), "{}:WORDS"),
    **dict.fromkeys(("PERCENT-COMPLETE", "SEQUENCE"), "{}:7"),
    "GEO": "GEO:42.7;23.3",
    "LAST-MODIFIED": "LAST-MODIFIED:20261101T100000Z",
}
_CALENDAR_BASE = {"EXDATE": "RRULE:FREQ=DAILY;COUNT=3", "RECURRENCE-ID": "UID:1@cal.example"}
_CALENDAR_REMARKS = {
    "UID": "by which the entry is known when it comes again",
    "DTSTART": "the time of an event; of a to-do the deadline where there is no `DUE`",
    "DTSTAMP": "where a journal entry has no time of its own",
    "STATUS": "cancelled is canceled, completed is done, all others planned",
    "PRIORITY": "1 to 4 high, 5 normal, 6 to 9 low",
    "ORGANIZER": "linked to the contact of that address, made with `--create-contacts`; rooms and resources are left out and counted",
    "ATTENDEE": "as `ORGANIZER`; all of them with their names as text",
    "RRULE": "an event becomes an activity for each of its days up to three months ahead, at most 1,000; a to-do keeps its rule",
    "RDATE": "further days of an event",
    "EXDATE": "days on which an event does not take place",
    "RECURRENCE-ID": "the one day of an event that is not as the others: part of its id",
    "VALARM": "the first reminder before the time, in minutes",
    "DTEND": "the length; a whole day has none",
    "DURATION": "the length",
}
_COMPONENTS = ("VEVENT", "VTODO", "VJOURNAL")


def _calendars(table: Any) -> str:
    rows, dropped = [], []
    for name, lines in _CALENDAR_SAMPLES.items():
        found = [_fields_of_entry(name, component, lines.format(name)) for component in _COMPONENTS]
        if any(found):
            rows.append((f"`{name}`", *(fields or _NONE for fields in found), _CALENDAR_REMARKS.get(name, "")))
        else:
            dropped.append(name)
    shown = ("property", "event: a meeting", "to-do: a task", "journal entry: a note", "how")
    return _CALENDARS + table(shown, rows) + f"Dropped: {_code(dropped)} and all that is not listed.\n\n"


_CALENDARS = """## iCalendar

Events, to-dos and journal entries are activities. Times are read in their zones, by the `VTIMEZONE` of the file or
its name. Other components (`VFREEBUSY`, `VAVAILABILITY` …) are left out and counted. An event without `DTSTART` is
rejected.

"""


def _fields_of_entry(name: str, component: str, lines: str) -> str:
    """The fields in which a property of an entry turns up; ``occurrences`` where it makes more of them, or fewer."""
    start = "" if component != "VEVENT" or name == "DTSTART" else _EVENT_TIME
    text = "BEGIN:VCALENDAR\nBEGIN:{0}\n{1}\n{2}\nEND:{0}\nEND:VCALENDAR\n"
    bare = _EVENT_TIME if name == "DTSTART" and component == "VEVENT" else start
    before = _rows(text.format(component, bare, _CALENDAR_BASE.get(name, "")).replace("\n\n", "\n"), date(2027, 1, 1))
    after = _rows(text.format(component, start, lines).replace("\n\n", "\n").replace("\n\n", "\n"), date(2027, 1, 1))
    if len(before) != len(after):
        return "one activity a day"
    return _code(key for key in after[0] if after[0][key] != before[0].get(key, ""))


# -- mail

# By what a message is read into (io.mail.messages.Message): the headers and parts, the field, and how.
_MAIL = {
    "id": ("`Message-ID`", "`external_id`", "the same message comes once; one without it is known by its content"),
    "at": ("`Date`", "`at`", "else the nearest `Received`, else when the box or its file says it came"),
    "is_dated": ("no date of its own", "—", "counted in a note; on a mail server such a message is rejected"),
    "sender": (
        "`From`, else `Sender`",
        "`contacts`, `company`, `direction`",
        "from one of your own addresses it is `out`, else `in`",
    ),
    "to": (
        "`To`, `Resent-To`",
        "`contacts`, `company`",
        "by any address of a contact; the company is theirs, else that of the domain",
    ),
    "copied": ("`Cc`, `Bcc`, `Resent-Cc`, `Resent-Bcc`", "`contacts`", "by any address of a contact"),
    "reply_to": ("`Reply-To`, `Resent-From`", "`contacts`", "by any address of a contact"),
    "subject": ("`Subject`", "`subject`", "up to 1,000 characters"),
    "links": ("`References`, `In-Reply-To`", "`thread`", "the Message-ID of the first message of its conversation"),
    "text": ("text parts", "`body`", "the plain one of alternatives, else HTML as text; up to a million characters"),
    "files": ("attachments", "`attachments`", "names and sizes; the files themselves are dropped"),
    "auto_reply": ("`Auto-Submitted` and its kin, the subject", "`outcome`", "`auto-reply`"),
    "failure": ("reports of delivery", "`outcome`", "`bounced: …` or `delayed: …`, with those who were not reached"),
    "list_id": ("`List-Id`", "`custom.list`", "the mailing list that passed it on"),
}


def _mail(table: Any) -> str:
    from crmcli.io.mail.messages import Message

    return _MAILS + table(("header or part", "field", "how"), [_MAIL[name] for name in Message._fields])


_MAILS = """## Mail

`crm import mail` reads an mbox, a Maildir, `.eml` files, a folder of them, all of it packed as gzip or zip, a pipe,
and IMAP folders. Each message becomes an activity of type `email` that is done. All other headers, pictures and the
looks of HTML are dropped. Messages in which nobody known takes part are left out and counted, unless
`--create-contacts`, `--keep-unmatched` or `--deal` says otherwise.

"""

# -- presets


def _presets(table: Any) -> str:
    rows = [(f"`{p.name}`", p.about, PLURAL[p.noun], _signature(p)) for p in presets().values()]
    text = _PRESETS + table(("preset", "system", "records", "recognised by"), rows)
    for preset in presets().values():
        if preset.fields:
            text += f"### {preset.name}\n\n" + table(("field", "columns"), _placed(preset)) + _dropped(preset)
    return text


_PRESETS = """## Presets

A file that has all the titles of one of these rows is such an export, and needs no mapping; `--preset NAME` says it,
`--preset none` switches it off. Columns that a preset does not list are read by their titles as in any other file.
Where several columns make one field (an address from its parts), all of them are listed. Ids are kept with their
system (`hubspot:123`).

"""


def _signature(preset: Preset) -> str:
    if preset.format:
        return f"the format, {preset.format}"
    return " — or ".join(_code(listed(titles)) for titles in preset.signatures)


def _placed(preset: Preset) -> Iterable[tuple[str, str]]:
    by_target = {target: list(listed(titles)) for target, titles in preset.fields.items() if target != "-"}
    for step in preset.steps:
        for target in step.into:
            columns = listed(step.about) if step.about else step.titles
            by_target.setdefault(target, []).extend(c for c in columns if c not in by_target[target])
    for start, target in preset.members.items():
        if target != "-":
            by_target.setdefault(f"{target}KEY", []).append(f"{start}KEY")
    rows: dict[str, list[str]] = {}
    for target, columns in by_target.items():
        rows.setdefault(", ".join(columns), []).append(target)
    return [(_code(targets), columns) for columns, targets in rows.items()]


def _dropped(preset: Preset) -> str:
    used = {unnumbered(title) for step in preset.steps for title in (*step.titles, *_beside(step.about))}
    dropped = [title for title in listed(preset.fields.get("-", "")) if unnumbered(title) not in used]
    words = [f"{start}…" for start, target in preset.members.items() if target == "-"]
    return f"Left out: {', '.join([*dropped, *words])}.\n\n" if dropped or words else ""


def _beside(about: str) -> Iterable[str]:
    """The columns of labels beside those of values."""
    for title in listed(about):
        kind = title.removesuffix(" - Value")
        yield from (title, f"{kind} - Label", f"{kind} - Type")


# -- out

_NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
_KINDS = (
    ("text", "text", "text", "text", "string"),
    ("number", "number", "number", "number", "int64 or double"),
    ("amount", "number in major units, its currency beside it", "number in the currency's format", "number", "decimal(24,4)"),
    ("date", "`2026-11-21`", "date; before 1900-03-01 text", "text", "date32"),
    ("time", "UTC, `2026-11-21T20:19:00Z`", "date and time in your zone", "text, UTC", "timestamp[us, UTC]"),
    ("deadline", "a date or a UTC time", "a date, or date and time in your zone", "text", "text"),
    ("link", "the name", "the name", "`{id, name}`", "struct{id, name}"),
    ("several values", "joined by `; `, or a JSON array (see below)", "as in CSV", "array", "list"),
    ("custom fields", "one column, JSON", "a column `custom.KEY` for each", "object", "JSON text"),
)  # fmt: skip
_FULL_CARD: dict[str, Any] = {
    "emails": ["jane@acme.example"], "phones": ["+359888123456"], "companies": [{"id": "co_1", "name": "Acme"}], "title": "Head",
    "tags": ["vip"], "linkedin": "jane", "x": "jane", "bluesky": "jane.bsky.social", "telegram": "jane_doe", "birthday": "1980-05-06",
    "anniversary": "2015-06-01", "address": "Str. 1", "lifecycle": "lead", "lead_status": "new", "lead_score": 7, "source": "fair",
    "locale": "bg_BG", "timezone": "Europe/Sofia", "note": "Met", "owner": "ann", "external_id": "hub:1", "custom_fields": {"k": "v"},
    "created_at": "2026-11-01T10:00:00Z", "created_by": "ann", "updated_at": "2026-11-01T10:00:00Z", "updated_by": "ann",
    "last_activity": "2026-11-01T10:00:00Z", "next_task": "2026-12-01", "number": 7, "id": "ct_1",
}  # fmt: skip


def _out(table: Any) -> str:
    from crmcli.render.files import ENDINGS
    from crmcli.services.exports import OF_PROGRAMS

    every = (*PLURAL.values(), "tasks")
    rows = [
        (f"`{name}`", _code(endings) or "say `--format`", ", ".join(OF_PROGRAMS.get(name, every)), _WHAT[name])
        for name, endings in ENDINGS.items()
    ]
    text = _OUT + table(("format", "endings", "records", "what is left out"), rows) + _ALL
    text += (
        "### Values\n\n" + table(("value", "CSV, TSV", "XLSX", "JSON, JSON Lines, YAML", "Parquet"), _KINDS) + _SHEETS
    )
    return text + _cards_out(table) + _calendars_out(table)


_WHAT = {
    "csv": "nothing; text that a spreadsheet would take for a formula gets an apostrophe (`--raw` leaves it off)",
    "tsv": "as `csv`; tabs and line breaks in a cell are written `\\t` and `\\n`, a backslash before one of these `\\\\`",
    "xlsx": "text beyond 32,767 characters of a cell, with a warning",
    "json": "nothing",
    "jsonl": "nothing",
    "yaml": "nothing",
    "markdown": "line breaks in cells; only the columns of the list",
    "ids": "all but the uids",
    "parquet": "nothing",
    "vcard": "see [below](#vcard-written)",
    "vcard3": "see [below](#vcard-written)",
    "ics": "see [below](#icalendar-written)",
}
_OUT = """## What is written

`--fields` chooses the columns of tables, `--filter` the records. The columns are the keys of [JSON](json.md), unless
said otherwise.

"""
_ALL = """`crm export all` as JSON Lines is the whole store: deleted records, merges, stages, users and history with it, for
`crm import all`. In the other formats it is what is live, noun by noun: one workbook or JSON object, or a file for
each noun in a folder or `.zip`. `crm export calendar` is a feed: what is planned, the meetings, visits and calls of
the last 90 days, and birthdays.

"""
_SHEETS = """Several values of which one holds `;`, `,`, `|`, a line break or `:::` are one JSON array in a cell, so that `crm import` reads
them back. A workbook goes on with a further sheet after 1,048,576 rows. The schema of a Parquet file depends on the columns
alone, so an empty one has it too.

"""


def _cards_out(table: Any) -> str:
    rows, left = [], []
    for key in record_fields("contact"):
        if key == "name":
            rows.append(("`name`", "`FN`, `N`", "`FN`, `N`"))
            continue
        names = [_properties_of(key, version) for version in ("4.0", "3.0")]
        if any(names):
            rows.append((f"`{key}`", *names))
        else:
            left.append(f"`{key}`")
    text = "### vCard, written\n\n" + table(("field", "4.0 (`vcard`)", "3.0 (`vcard3`)"), rows)
    return text + f"Left out: {', '.join(left)}, and all companies but the first.\n\n"


def _properties_of(key: str, version: str) -> str:
    from crmcli.io.vcard import card

    plain = {"name": "Jane Doe"}
    before, after = (set(card(record, version).split("\r\n")) for record in (plain, plain | {key: _FULL_CARD[key]}))
    return _code(sorted({line.partition(":")[0].partition(";")[0] for line in after - before}))


def _calendars_out(table: Any) -> str:
    rows, left = [], []
    for key in record_fields("activity"):
        names = [_entry_of(key, kind) for kind in ("meeting", "task")]
        if any(names):
            rows.append((f"`{key}`", *(each or _NONE for each in names)))
        else:
            left.append(f"`{key}`")
    text = "### iCalendar, written\n\nTasks are to-dos, all other activities events.\n\n"
    return text + table(("field", "event", "to-do"), rows) + f"Left out: {', '.join(left)}.\n"


def _entry_of(key: str, kind: str) -> str:
    """The properties that change with a field of an activity."""
    from crmcli.domain.views import Due, Link
    from crmcli.services.feeds import Feeds

    usual: dict[str, Any] = dict.fromkeys(record_fields("activity"))
    link = Link("ct_2", "Jane")
    usual |= {
        "id": "ac_1", "number": 1, "type": kind, "subject": "Visit", "at": _NOW, "status": "planned", "contacts": (), "tags": (),
        "custom_fields": {}, "priority": "normal", "created_at": _NOW, "updated_at": _NOW,
        "due": Due(_NOW.date(), _NOW) if key == "recurrence" else None,
    }  # fmt: skip
    other = {
        "id": "ac_2", "number": 2, "type": "call", "subject": "Talk", "body": "Bring it", "contacts": (link,), "company": link,
        "deal": link, "at": datetime(2026, 11, 25, 9, tzinfo=UTC), "due": Due(date(2026, 12, 1)), "done_at": _NOW, "duration": 30,
        "status": "canceled", "location": "Sofia", "recurrence": "FREQ=DAILY", "remind_before": 15, "tags": ("a",),
        "custom_fields": {"k": "v"}, "priority": "high",
        "created_at": datetime(2026, 11, 1, tzinfo=UTC), "updated_at": datetime(2026, 11, 1, tzinfo=UTC),
    }  # fmt: skip
    if key == "type":
        return "`VEVENT`" if kind == "meeting" else "`VTODO`"
    if key == "done_at":
        usual["status"] = "done"
    changed = usual | {key: other.get(key, "words")}
    desk: Any = SimpleNamespace(clock=SimpleNamespace(now=lambda: _NOW))
    view = VIEWS["activity"]
    before, after = (
        set("".join(Feeds(desk).listed([view(**each)])).split("\r\n"))
        for each in (usual, changed)  # type: ignore[arg-type]
    )
    return _code(
        sorted({line.partition(":")[0].partition(";")[0] for line in after - before} - {"BEGIN", "END", "ACTION"})
    )
