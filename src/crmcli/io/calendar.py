"""iCalendar (RFC 5545): events, to-dos and journal entries in as activities; and out, as a feed.

Every occurrence of a recurring event, up to a horizon, is an activity of its own, named by the event's UID and its day, so
that a calendar read again changes what was moved and makes nothing twice. A recurring to-do stays one task with its rule.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.errors import UsageError
from crmcli.io.charset import TextStream, known_encoding, marked_encoding
from crmcli.io.table import BadRow, Row, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crmcli.io.opening import Reading
    from crmcli.io.source import Source

LARGEST = 64 * 1024 * 1024  # characters: a calendar is read whole, for what changes an occurrence may stand anywhere
MOST_OCCURRENCES = 1000  # of one event
TARGETS = (
    "external_id", "type", "subject", "body", "at", "due", "duration", "status", "done_at", "priority", "location",
    "recurrence", "remind_before", "contacts", "tags", "created_at", "custom.attendees", "custom.url",
)  # fmt: skip
_TYPES = {"VEVENT": "meeting", "VTODO": "task", "VJOURNAL": "note"}
_STATUS = {"CANCELLED": "canceled", "COMPLETED": "done", "NEEDS-ACTION": "planned", "IN-PROCESS": "planned"}
_OUTERMOST = frozenset({*_TYPES, "VTIMEZONE", "VFREEBUSY", "VAVAILABILITY"})  # which lie in no other
_NOT_PEOPLE = ("RESOURCE", "ROOM", "GROUP")


class Block(NamedTuple):
    """A component as it stands in the file, and the line it begins on."""

    line: int
    name: str
    text: str


def read(source: Source, reading: Reading) -> Table:
    """The events, to-dos and journal entries of a calendar as rows whose headers are our own fields."""
    encoding = known_encoding(reading.encoding) if reading.encoding else marked_encoding(source.head)
    text = TextStream(source.chunks(), encoding)
    left_out: Counter[str] = Counter()
    return Table(
        TARGETS,
        _rows(_blocks(text, source.name), reading.until, left_out),
        position=lambda: source.position,
        close=source.close,
        encoding=lambda: text.encoding,
        size=source.size,
        format="ics",
        noun="activity",
        targets={name: name for name in TARGETS},
        notes=lambda: dict(left_out),
    )


def _blocks(pieces: Iterable[str], name: str) -> list[Block]:
    """The outermost components of the calendars in a text."""
    whole: list[str] = []
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > LARGEST:
            raise UsageError(f"{name} is longer than 64 million characters", hint="export a shorter span of time")
        whole.append(piece)
    found: list[Block] = []
    begun, kind, lines = 0, "", list[str]()
    for number, line in enumerate("".join(whole).replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        word = line.strip().upper()
        if kind and (word == "END:VCALENDAR" or word.removeprefix("BEGIN:") in _OUTERMOST):
            found.append(Block(begun, "", ""))
            kind = ""
        if not kind and word.startswith("BEGIN:V") and word != "BEGIN:VCALENDAR":
            begun, kind, lines = number, word.removeprefix("BEGIN:"), []
        if kind:
            lines.append(line)
        if kind and word == f"END:{kind}":
            found.append(Block(begun, kind, "\r\n".join(lines) + "\r\n"))
            kind = ""
    return [*found, Block(begun, "", "")] if kind else found


def _rows(blocks: Sequence[Block], until: date | None, left_out: Counter[str]) -> Iterator[Row | BadRow]:
    zones = "".join(block.text for block in blocks if block.name == "VTIMEZONE")
    series: dict[str, list[tuple[Block, Any]]] = {}
    for block in blocks:
        if not block.name:
            yield BadRow(block.line, "the entry that begins here has no end")
        elif block.name in _TYPES:
            try:
                component = _parsed(zones, block)
            except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
                yield BadRow(block.line, f"the entry can't be read: {_words(error)}")
                continue
            series.setdefault(str(component.get("UID") or f"line {block.line}"), []).append((block, component))
        elif block.name != "VTIMEZONE":
            left_out[block.name] += 1
    for several in series.values():
        yield from _series(several, until, left_out)


def _parsed(zones: str, block: Block) -> Any:  # noqa: ANN401 - an icalendar component
    import icalendar

    calendar = icalendar.Calendar.from_ical(f"BEGIN:VCALENDAR\r\n{zones}{block.text}END:VCALENDAR\r\n")
    found = next((each for each in calendar.subcomponents if each.name == block.name), None)
    if found is None:
        raise ValueError("it holds no entry")
    if found.errors:
        raise ValueError("; ".join(f"{name}: {reason}" for name, reason in found.errors))
    return found


def _series(several: Sequence[tuple[Block, Any]], until: date | None, left_out: Counter[str]) -> Iterator[Row | BadRow]:
    """The rows of all that goes by one UID: a single entry, or an event's occurrences with what changes some of them."""
    block = several[0][0]
    recurs = any("RRULE" in component or "RDATE" in component for _, component in several)
    if block.name != "VEVENT" or not recurs or until is None:
        for here, component in several:
            yield _row(here, component, left_out)
        return
    try:
        occurrences = _occurrences([component for _, component in several], until)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError) as error:
        yield BadRow(block.line, f"its occurrences can't be told: {_words(error)}")
        return
    for occurrence in occurrences[:MOST_OCCURRENCES]:
        yield _row(block, occurrence, left_out, own_day=True)
    if len(occurrences) > MOST_OCCURRENCES:
        left_out[f"occurrences beyond the first {MOST_OCCURRENCES} of an event"] += 1


def _occurrences(components: Sequence[Any], until: date) -> list[Any]:
    import icalendar
    import recurring_ical_events

    calendar = icalendar.Calendar()
    for component in components:
        calendar.add_component(component)
    start = min(_day(component["DTSTART"].dt) for component in components if "DTSTART" in component)
    found = recurring_ical_events.of(calendar).after(start)
    return list(islice((each for each in _up_to(found, until)), MOST_OCCURRENCES + 1))


def _up_to(occurrences: Iterable[Any], until: date) -> Iterator[Any]:
    for each in occurrences:
        if _day(each["DTSTART"].dt) > until:
            return
        yield each


def _row(block: Block, said: Any, left_out: Counter[str], *, own_day: bool = False) -> Row | BadRow:  # noqa: ANN401
    """The cells of one entry or occurrence."""
    cells: dict[str, str | tuple[str, ...]] = dict.fromkeys(TARGETS, "")
    cells["type"] = _TYPES[block.name]
    cells["subject"], cells["body"] = _text(said, "SUMMARY"), _text(said, "DESCRIPTION")
    cells["location"], cells["custom.url"] = _text(said, "LOCATION"), _text(said, "URL")
    cells["external_id"] = _identity(said, own_day=own_day)
    cells["status"] = _STATUS.get(_text(said, "STATUS").upper(), "")
    cells["created_at"] = _moment(said, "CREATED")
    cells["priority"] = _priority(said)
    cells["tags"] = tuple(str(tag) for each in _listed(said, "CATEGORIES") for tag in getattr(each, "cats", [each]))
    cells["contacts"], cells["custom.attendees"] = _people(said, left_out)
    cells["remind_before"] = _reminder(said)
    try:
        cells.update(_times(block.name, said))
    except (TypeError, ValueError, OverflowError) as error:
        return BadRow(block.line, f"its time can't be read: {_words(error)}")
    if block.name == "VEVENT" and not cells["at"]:
        return BadRow(block.line, "the event has no DTSTART")
    return Row(block.line, cells)


def _times(name: str, said: Any) -> dict[str, str]:  # noqa: ANN401
    at, due = _moment(said, "DTSTART"), _moment(said, "DUE")
    if name != "VTODO":
        return {"at": at or _moment(said, "DTSTAMP"), "duration": _minutes(said), "recurrence": _rule(said)}
    done = _moment(said, "COMPLETED")
    return {
        "due": due or at,
        "done_at": done,
        "status": "done" if done else _times_status(said),
        "recurrence": _rule(said),
    }


def _times_status(said: Any) -> str:  # noqa: ANN401
    return _STATUS.get(_text(said, "STATUS").upper(), "planned")


def _rule(said: Any) -> str:  # noqa: ANN401
    found = _listed(said, "RRULE")
    return found[0].to_ical().decode() if found else ""


def _identity(said: Any, *, own_day: bool) -> str:  # noqa: ANN401
    """The UID, with the occurrence's own day where it has many; an entry without one goes by what it says."""
    uid = _text(said, "UID")
    moved = said.get("RECURRENCE-ID") or (said.get("DTSTART") if own_day else None)
    if not uid or moved is None:
        return uid
    when = moved.dt
    return f"{uid}#{when.astimezone(UTC):%Y%m%dT%H%M%SZ}" if _is_aware(when) else f"{uid}#{when.isoformat()}"


def _moment(said: Any, name: str) -> str:  # noqa: ANN401
    """A time as ISO text, in UTC if it has a zone, bare if it floats; a day as a date; empty if there is none."""
    found = said.get(name)
    when = getattr(found, "dt", None)
    if isinstance(when, datetime):
        return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if _is_aware(when) else when.isoformat()
    return when.isoformat() if isinstance(when, date) else ""


def _is_aware(when: object) -> bool:
    return isinstance(when, datetime) and when.tzinfo is not None


def _day(when: date | datetime) -> date:
    return when.date() if isinstance(when, datetime) else when


def _minutes(said: Any) -> str:  # noqa: ANN401
    """The length in whole minutes; none for whole days."""
    start, end, length = (getattr(said.get(name), "dt", None) for name in ("DTSTART", "DTEND", "DURATION"))
    if isinstance(length, timedelta):
        minutes = length // timedelta(minutes=1)
    elif isinstance(start, datetime) and isinstance(end, datetime):
        minutes = (end - start) // timedelta(minutes=1)
    else:
        return ""
    return str(minutes) if 0 < minutes <= 14 * 24 * 60 else ""


def _priority(said: Any) -> str:  # noqa: ANN401
    """1 to 4 is high, 5 normal, 6 to 9 low (RFC 5545, 3.8.1.9)."""
    rank = said.get("PRIORITY")
    if not rank:
        return ""
    return "high" if int(rank) < 5 else "normal" if int(rank) == 5 else "low"


def _reminder(said: Any) -> str:  # noqa: ANN401
    for alarm in said.walk("VALARM"):
        before = getattr(alarm.get("TRIGGER"), "dt", None)
        if isinstance(before, timedelta) and before < timedelta(0):
            return str(-before // timedelta(minutes=1))
    return ""


def _people(said: Any, left_out: Counter[str]) -> tuple[tuple[str, ...], str]:  # noqa: ANN401
    """The addresses of those who take part, and all of them with their names as one text."""
    addresses: dict[str, str] = {}
    for each in [*_listed(said, "ORGANIZER"), *_listed(said, "ATTENDEE")]:
        params = getattr(each, "params", {})
        if str(params.get("CUTYPE", "")).upper() in _NOT_PEOPLE:
            left_out["rooms and resources"] += 1
            continue
        text = str(each)
        address = text[7:] if text[:7].lower() == "mailto:" else str(params.get("EMAIL", ""))
        if "@" in address:
            addresses.setdefault(address.strip().lower(), str(params.get("CN", "")))
    named = "; ".join(
        f"{name} <{address}>" if name and name != address else address for address, name in addresses.items()
    )
    return tuple(addresses), named


def _text(said: Any, name: str) -> str:  # noqa: ANN401
    found = _listed(said, name)
    return str(found[0]).strip() if found else ""


def _listed(said: Any, name: str) -> list[Any]:  # noqa: ANN401
    found = said.get(name)
    return [] if found is None else found if isinstance(found, list) else [found]


def _words(error: Exception) -> str:
    text = str(error) or type(error).__name__
    return " ".join(text.split())[:200]


# -- out


class Entry(NamedTuple):
    """An entry of a feed: ``kind`` is VEVENT or VTODO, ``start`` and ``due`` days or moments, ``minutes`` its length.

    An event of several days has its ``end``, the first day after it.
    """

    kind: str
    uid: str
    summary: str
    stamp: datetime
    start: date | datetime | None = None
    due: date | datetime | None = None
    minutes: int | None = None
    description: str = ""
    location: str = ""
    status: str = ""
    done_at: datetime | None = None
    rule: str = ""
    remind_before: int | None = None
    end: date | None = None


def feed(entries: Iterable[Entry], name: str) -> Iterator[str]:
    """A calendar of these entries, one at a time, lines ended by CRLF and folded."""
    yield "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//crmcli//crm//EN\r\nCALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n"
    import icalendar

    yield f"NAME:{icalendar.vText(name).to_ical().decode()}\r\nX-WR-CALNAME:{icalendar.vText(name).to_ical().decode()}\r\n"
    for entry in entries:
        yield _component(entry).to_ical().decode("utf-8", "replace")
    yield "END:VCALENDAR\r\n"


def _component(entry: Entry) -> Any:  # noqa: ANN401
    import icalendar

    made: Any = icalendar.Event() if entry.kind == "VEVENT" else icalendar.Todo()
    made.add("UID", entry.uid)
    made.add("DTSTAMP", entry.stamp)
    made.add("SUMMARY", entry.summary)
    if entry.start is not None:
        made.add("DTSTART", entry.start)
    if entry.end is not None:
        made.add("DTEND", entry.end)
    if entry.due is not None:
        made.add("DUE", entry.due)
    if entry.minutes:
        made.add("DURATION", timedelta(minutes=entry.minutes))
    for key, text in (("DESCRIPTION", entry.description), ("LOCATION", entry.location), ("STATUS", entry.status)):
        if text:
            made.add(key, text)
    if entry.done_at is not None:
        made.add("COMPLETED", entry.done_at)
    if entry.rule:
        made.add("RRULE", icalendar.vRecur.from_ical(entry.rule))
    if entry.remind_before:
        alarm = icalendar.Alarm()
        alarm.add("ACTION", "DISPLAY")
        alarm.add("DESCRIPTION", entry.summary)
        alarm.add("TRIGGER", -timedelta(minutes=entry.remind_before))
        made.add_component(alarm)
    return made
