"""What deals are told apart by in reports: one mechanism for every field, link, custom field and stretch of the calendar."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Protocol

from crmcli.domain.dates import zone_of
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.stretches import UNITS
from crmcli.domain.text import nearest
from crmcli.errors import UsageError
from crmcli.store.queries.buckets import bucket
from crmcli.store.queries.condition import EVERYTHING, Condition
from crmcli.store.queries.refs import custom_keys
from crmcli.store.queries.worth import RateDay, day_said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from crmcli.clock import Clock
    from crmcli.domain.dates import Period
    from crmcli.domain.stretches import Stretch
    from crmcli.store.dialects import Row
    from crmcli.store.queries.segments import Segment
    from crmcli.store.queries.worth import Day, Worth
    from crmcli.store.reader import Reader

# SQL over deal r, stage s, company o.
_FIELDS = {
    "owner": "+r.owner_id",
    "company": "o.name",
    "source": "r.source",
    "campaign": "(SELECT m.name FROM campaign m WHERE m.id = r.campaign_id)",
    "type": "r.type",
    "reason": "r.lost_reason",
    "pipeline": "(SELECT w.name FROM pipeline w WHERE w.id = r.pipeline_id)",
    "stage": "s.name",
    "region": "o.region",
    "country": "o.country",
    "industry": "o.industry",
    "size": "o.size",
}
_LINKED = ("segment", "contact")  # of these a deal can have several
PRODUCT = "product"  # the custom field of that name
# The plus keeps SQLite from going by stages, or owners, into an index: everything is looked at, so it is read in order.
DEALS = (
    " FROM deal r JOIN stage s ON s.id = +r.stage_id"
    " LEFT JOIN company o ON o.id = r.company_id AND o.deleted_at IS NULL"
)
_STAGES = " JOIN stage s ON s.id = +r.stage_id"
DAYS = ("expected_close",)  # columns of days; the others hold moments
_UNSORTED = "created_at"  # has no index: both its ends are found in one walk
_MOST_DAYS = 366 * 60  # over more, the calendar is only cut where there is something
EMPTY = Condition("")


class Asker(Protocol):
    """Who asks: their segments, their zone and their fiscal year; the desk is one."""

    def condition(self, reader: Reader, noun: str, text: str | None, within: tuple[str, ...] = ()) -> Condition:
        """A filter's text as a condition."""

    def segments(self, reader: Reader) -> Sequence[tuple[Segment, Condition]]:
        """Each segment with the condition on contacts ``r`` that says whom it holds."""

    @property
    def clock(self) -> Clock:
        """The clock with the user's zone."""

    @property
    def fiscal_start(self) -> int:
        """The month in which fiscal years begin."""


class Group(NamedTuple):
    """What deals are told apart by; ``name`` is the column's name, empty where all deals are one group.

    ``sql`` is the key of a deal's group over the aliases of ``DEALS`` and ``joins``; ``label`` turns a key into words.
    """

    name: str
    sql: str = "NULL"
    params: tuple[object, ...] = ()
    joins: Condition = EMPTY
    names: Mapping[object, str] | None = None  # the labels of keys that are not labels themselves
    stretches: tuple[Stretch, ...] = ()  # of a calendar group, by its keys from 1 on
    moment: str = ""  # the field of deals whose calendar it is
    is_shared: bool = False  # whether a deal can be in several groups, so that their sums are not the total
    noun: str = "deal"
    source: str = DEALS
    path: tuple[str, ...] = ()  # the links and the field that a filter goes by, where the name does not tell

    def label(self, key: object) -> str | None:
        """The name of a group; None for the deals that have none."""
        if self.moment:
            return self.stretches[int(str(key)) - 1].label if key else None
        return (self.names.get(key) if self.names is not None else str(key)) if key is not None else None

    @property
    def has_numbers(self) -> bool:
        """Whether the keys are whole numbers, or none."""
        return self.names is not None or bool(self.moment) or self == self.whole()

    def whole(self) -> Group:
        """All records as one group."""
        return Group("", noun=self.noun, source=self.source)

    def days(self, label: str | None) -> Period | None:
        """The days of a group of the calendar."""
        return next((each.days for each in self.stretches if each.label == label), None)


WHOLE = Group("")


def deal_groups(
    reader: Reader,
    desk: Asker,
    by: str | None,
    moment: str = "closed_at",
    within: tuple[str, str] | None = None,
    also: Sequence[str] = (),
) -> Group:
    """The grouping of deals that a user names; raises UsageError listing those there are, and what there is ``also``.

    ``moment`` is the column that stretches of the calendar are of; ``within`` are bounds outside of which no deal lies.
    """
    if not by:
        return WHOLE
    wanted = by.strip().lower().replace("_", "-")
    if wanted in UNITS:
        return calendar(reader, desk, wanted, moment, within)
    if wanted == "owner":
        return Group("owner", _FIELDS["owner"], names=dict(reader.rows("SELECT id, login FROM app_user")))
    if wanted in _FIELDS:
        return Group(wanted, _FIELDS[wanted])
    if wanted == "segment":
        return segment_groups(reader, desk)
    if wanted == "contact":
        return Group("contact", "g.name", joins=_CONTACTS, is_shared=True)
    return _own(reader, by.strip(), also)


def _own(reader: Reader, by: str, also: Sequence[str]) -> Group:
    """By a custom field of deals or of their companies, or by any field of the company."""
    known = custom_keys(reader)
    link, _, key = by.partition(".")
    for name in (by, key if link == "custom" else ""):
        if name and name in known["deal"]:
            return Group(by, reader.dialect.custom_value("r"), (name,))
    if link == "company" and key in known["company"]:
        return Group(by, reader.dialect.custom_value("o"), (key,))
    if link == "company" and _FIELDS.get(key, "").startswith("o."):
        return Group(by, _FIELDS[key])
    if by == PRODUCT:  # no deal has one
        return Group(by)
    raise no_such_group("deals", by, [*deal_group_names(reader), *also])


def no_such_group(what: str, by: str, names: Sequence[str]) -> UsageError:
    """The refusal of a grouping that records don't have, with the nearest of those they have."""
    near = nearest(by, list(names))
    return UsageError(
        f"--by: {what} have no {by!r}", hint=f"did you mean {near}?" if near else f"one of {', '.join(names)}"
    )


def deal_group_names(reader: Reader) -> list[str]:
    """What deals can be grouped by, the custom fields last."""
    own = sorted(custom_keys(reader)["deal"] - {PRODUCT})
    return [*_FIELDS, PRODUCT, *_LINKED, *UNITS, *own]


_CONTACTS = Condition(
    " LEFT JOIN (SELECT DISTINCT l.deal_id, c.name FROM deal_contact l JOIN contact c ON c.id = l.contact_id"
    " AND c.deleted_at IS NULL) g ON g.deal_id = r.id"
)


def segment_groups(reader: Reader, desk: Asker, noun: str = "deal") -> Group:
    """The grouping of deals or activities by the segments that their people are in, or of people by their own."""
    return segments_of(desk.segments(reader), noun)


def segments_of(held: Sequence[tuple[Segment, Condition]], noun: str = "deal") -> Group:
    """The grouping by these segments, each with the condition on contacts ``r`` that says whom it holds."""
    if not held:
        return Group("segment", noun=noun, is_shared=True)
    people = " UNION ALL ".join(
        f"SELECT r.id AS contact_id, {each.number} AS segment FROM contact r WHERE {c.sql}" for each, c in held
    )
    link = f" JOIN {noun}_contact l ON l.contact_id = h.contact_id" if noun != "contact" else ""
    number = f"l.{noun}_id" if link else "h.contact_id"
    joins = Condition(
        f" LEFT JOIN (SELECT DISTINCT {number} AS number, h.segment FROM ({people}) h{link}) g ON g.number = r.id",
        tuple(param for _, condition in held for param in condition.params),
    )
    names: dict[object, str] = {each.number: each.name for each, _ in held}
    return Group("segment", "g.segment", joins=joins, names=names, noun=noun, is_shared=True)


# -- the calendar


def calendar(
    reader: Reader, desk: Asker, unit: str, moment: str, within: tuple[str, str] | None = None, noun: str = "deal"
) -> Group:
    """Stretches where records lie; a record's key is the place, from 1 on, of the last one that begins before it."""
    from crmcli.domain.stretches import stretches

    inside = Condition(f"r.{moment} >= ? AND r.{moment} < ?", within) if within else EVERYTHING
    there = Condition(f"FROM {noun} r WHERE {_LIVE} AND r.{moment} IS NOT NULL AND {inside.sql}", inside.params)
    found = tuple(stretches(unit, _lived(reader, desk, moment, there), desk.fiscal_start))
    tree = bucket(f"r.{moment}", [_bound(desk, moment, each.days.start) for each in found])
    return Group(unit, tree.sql, tree.params, stretches=found, moment=moment, noun=noun)


def _lived(reader: Reader, desk: Asker, moment: str, there: Condition) -> list[Period]:
    """The days between the first and the last record; where these are very far apart, those around what there is."""
    from crmcli.domain.stretches import span_of

    if moment == _UNSORTED:
        found = reader.row(f"SELECT MIN(r.{moment}), MAX(r.{moment}) {there.sql}", there.params)
        ends = list(found or (None, None))
    else:
        ends = [
            reader.value(f"SELECT r.{moment} {there.sql} ORDER BY 1{way} LIMIT 1", there.params)
            for way in ("", " DESC")
        ]
    if ends[0] is None:
        return []
    first, last = (_local_day(desk, end) for end in ends)
    if (last - first).days <= _MOST_DAYS:
        return [span_of(first, last)]
    text = f"substr(CAST(r.{moment} AS TEXT), 1, 10)"
    days = reader.rows(f"SELECT MIN({text}), MAX({text}) {there.sql} GROUP BY substr({text}, 1, 7)", there.params)
    return [_around(*each) for each in days]


def _around(first: str, last: str) -> Period:
    """The days of UTC from one to another, with the days on both sides that zones may make of them."""
    from datetime import date, timedelta

    from crmcli.domain.stretches import span_of

    day = timedelta(days=1)
    return span_of(date.fromisoformat(first) - day, date.fromisoformat(last) + day)


def _local_day(desk: Asker, text: str) -> date:
    from datetime import date, datetime

    if len(text) == 10:
        return date.fromisoformat(text)
    return datetime.fromisoformat(text).astimezone(desk.clock.local().tzinfo).date()


def _bound(desk: Asker, moment: str, day: date) -> str:
    """The beginning of a local day as the column keeps it."""
    if moment in DAYS:
        return day.isoformat()
    from crmcli.domain.dates import midnight
    from crmcli.domain.records import utc_text

    return utc_text(midnight(day, zone_of(desk.clock.local())))


# -- figures of groups

COUNT = Condition("COUNT(*)")
_LARGEST = 1 << 40  # what further keys may make of one
# Said plainly, SQLite would walk all of an index that holds the live records only, and find each of them by itself.
_LIVE = "NOT (r.deleted_at IS NOT NULL)"


def worth_sum(worth: Worth) -> Condition:
    """The sum of what deals are worth, in minor units; 0 of none."""
    return Condition(f"COALESCE(SUM(CAST({worth.sql} AS DOUBLE PRECISION)), 0.0)", worth.params)


def day_of_rate(now: datetime) -> RateDay:
    """The day at whose rate an amount is taken: that of closing, today for what is open; ``now`` is local."""
    return RateDay(zone_of(now), otherwise=now.date())


def group_rows(
    reader: Reader,
    group: Group,
    measures: Sequence[Condition],
    where: Condition = EVERYTHING,
    source: Condition = EMPTY,
    split: Sequence[Condition] = (),
) -> Iterator[Row]:
    """The key of each group with its measures (SQL aggregates over the aliases of ``DEALS``), of live deals that fit.

    ``source`` are further joins that measures or condition need. Groups are ``split`` by further keys, which follow the
    first one.
    """
    if group == group.whole() and not split:
        return _figures_of_all(reader, group, measures, where, source)
    parts = (*split, *measures)
    # All records as one group need no key: SQLite would sort by it.
    keys = ", ".join(str(place) for place in range(1 + (group == group.whole()), len(split) + 2))
    return _asked(reader, group, parts, where, source, f" GROUP BY {keys}")


def _figures_of_all(
    reader: Reader, group: Group, measures: Sequence[Condition], where: Condition, source: Condition
) -> Iterator[Row]:
    """The one row of all records, if there are any: grouped by nothing, SQLite would sort them first."""
    return (row[:-1] for row in _asked(reader, group, (*measures, COUNT), where, source) if row[-1])


def group_values(
    reader: Reader,
    group: Group,
    values: Sequence[Condition],
    where: Condition = EVERYTHING,
    source: Condition = EMPTY,
    order: str = "",
) -> Iterator[Row]:
    """The key of its group with the values of each deal that fits; for medians, which no aggregate gives."""
    return _asked(reader, group, values, where, source, f" ORDER BY {order}" if order else "")


def tallies(
    reader: Reader, group: Group, split: Sequence[tuple[Condition, int]] = (), where: Condition = EVERYTHING
) -> Iterator[Row]:
    """The key of each group and further ones with the number of deals; none where one of those is NULL.

    Of each further key, a whole number from 0 on, it is said what it always is below.
    """
    sizes = [size for _, size in split]
    is_one = group == group.whole() and not split
    if is_one or not (reader.dialect.sorts_groups and group.has_numbers and prod(sizes) <= _LARGEST):
        found = group_rows(reader, group, (COUNT,), where, split=[each for each, _ in split])
        yield from (row for row in found if None not in row[1:])
        return
    # One number of all keys, gathered and counted, is there in less time than it takes to sort them.
    key = Condition(f"COALESCE({group.sql} + 1, 0)", group.params)
    for each, size in split:
        key = Condition(f"({key.sql}) * {size:d} + {each.sql}", (*key.params, *each.params))
    gathered = Condition(reader.dialect.gathered(key.sql), key.params)
    for _, text in _asked(reader, group._replace(sql="NULL", params=()), (gathered,), where, EMPTY):
        for code, count in counted(text):
            number, *others = _unpacked(code, sizes)
            yield (number - 1 if number else None, *others, count)


def _unpacked(code: int, sizes: Sequence[int]) -> list[int]:
    parts = []
    for size in reversed(sizes):
        code, part = divmod(code, size)
        parts.append(part)
    return [code, *reversed(parts)]


def counted(text: str | None) -> Iterable[tuple[int, int]]:
    """How often each number stands in what the dialect gathered."""
    from collections import Counter

    return ((int(number), count) for number, count in Counter(text.split(",")).items()) if text else ()


def _asked(
    reader: Reader, group: Group, parts: Sequence[Condition], where: Condition, source: Condition, end: str = ""
) -> Iterator[Row]:
    """The rows of the group's key and the parts, over live records that fit."""
    figures = "".join(f", {each.sql}" for each in parts)
    rest = f"{source.sql}{group.joins.sql} WHERE {_LIVE} AND ({where.sql}){end}"
    tables = needed(group.source, f"{group.sql}{figures}{rest}")
    params = [param for each in parts for param in each.params]
    return reader.stream(
        f"SELECT {group.sql}{figures}{tables}{rest}",
        (*group.params, *params, *source.params, *group.joins.params, *where.params),
    )


def needed(tables: str, asked: str) -> str:
    """The tables of ``DEALS`` without the stages and the companies, where what is asked does not name them."""
    import re

    tables = tables if "o." in asked else tables.partition(" LEFT JOIN company o ")[0]
    return tables if re.search(r"\bs\.", asked) else tables.replace(_STAGES, "")


def numbers_in(reader: Reader, group: Group, key: object, where: Condition) -> list[int]:
    """The numbers of the deals of a group."""
    same = Condition(f"{group.sql} IS NULL", group.params)
    if key is not None:
        same = Condition(f"{group.sql} = ?", (*group.params, key))
    sql = f"SELECT r.id{group.source}{group.joins.sql} WHERE r.deleted_at IS NULL AND ({where.sql}) AND {same.sql}"
    return [number for (number,) in reader.rows(sql, (*group.joins.params, *where.params, *same.params))]


def unrated(reader: Reader, base: str, where: Condition, day: Day) -> list[Row]:
    """Currency, number of deals, sum in minor units and first day of the deals that fit, by currency."""
    on = day_said(reader, day)
    sql = (
        f"SELECT COALESCE(r.currency, ?), COUNT(*), CAST(SUM(r.value) AS BIGINT), MIN({on.sql})"
        f"{DEALS} WHERE r.deleted_at IS NULL AND ({where.sql}) GROUP BY 1 ORDER BY 1"
    )
    return reader.rows(sql, (base, *on.params, *where.params))
