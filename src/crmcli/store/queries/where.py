"""A filter's tree as SQL: conditions with ``?`` placeholders, never a value inside the text.

A comparison with a missing value is false, so under a NOT every condition is made definite with COALESCE; elsewhere
it is left bare for the indexes' sake.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmcli.domain.fields import Kind
from crmcli.domain.filter_tree import (
    Amount,
    And,
    Between,
    Compare,
    Empty,
    FullText,
    Loose,
    Node,
    Not,
    OneOf,
    Or,
    Path,
    Span,
    Text,
)
from crmcli.domain.records import utc_text
from crmcli.domain.text import fold
from crmcli.store.queries.condition import EVERYTHING, NOTHING, Condition, both
from crmcli.store.queries.fields import BY_KEY, NAMES, PLACES, TABLES, Beside, Grouped, Linked, Named, Own, Summed
from crmcli.store.reader import marks
from crmcli.store.search import SEARCHED, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmcli.domain.filter_tree import Value
    from crmcli.store.dialects import Dialect

# SQLite's parser holds a hundred symbols and an expression may be a thousand deep: what is nested deeper than this is
# lifted into a query of its own, and longer chains are put together from shorter ones.
_HIGHEST = 4
_LONGEST = 200
_MOST_JOINS = 8
_BIGGEST = 2**63 - 1


def compile_filter(
    node: Node | None,
    noun: str,
    dialect: Dialect,
    country: str | None = None,
    in_segment: Callable[[str], Condition] | None = None,
    *,
    by_sets: bool = False,
) -> Condition:
    """The condition on the noun's rows, aliased ``r``.

    ``country`` is the one phone numbers are dialled from; ``in_segment`` gives a query of the numbers of the contacts in
    the segment of that uid or name. ``by_sets`` when all records are to be judged and not a few: rows beside them are
    then gone along once.
    """
    return EVERYTHING if node is None else _Compiler(noun, dialect, country, in_segment, by_sets=by_sets).whole(node)


class _Built(NamedTuple):
    """A condition and how many levels of AND, OR and NOT it has."""

    condition: Condition
    height: int = 0


class _Compiler:
    def __init__(
        self,
        noun: str,
        dialect: Dialect,
        country: str | None,
        in_segment: Callable[[str], Condition] | None,
        *,
        by_sets: bool,
    ) -> None:
        self.noun = noun
        self.by_sets = by_sets
        self.in_segment = in_segment
        self.dialect = dialect
        self.country = country
        self.depth = 0  # how many NOTs we are under
        self.aliases = 0
        self.semijoins = 0
        self.lifted: list[Condition] = []

    def whole(self, node: Node) -> Condition:
        """The node's condition, after the queries that were lifted out of it."""
        top = self.built(node).condition
        if not self.lifted:
            return top
        rows = f"SELECT r.id FROM {TABLES.get(self.noun, self.noun)} r WHERE"
        named = ", ".join(f"f{place} AS ({rows} {each.sql})" for place, each in enumerate(self.lifted, 1))
        params = tuple(value for each in (*self.lifted, top) for value in each.params)
        return Condition(f"r.id IN (WITH {named} {rows} {top.sql})", params)

    def built(self, node: Node) -> _Built:
        match node:
            case And(items):
                return self.chain(" AND ", [self.low(item) for item in items])
            case Or(items):
                return self.chain(" OR ", [self.low(item) for item in items])
            case Not(Not(item)):
                return self.built(item)
            case Not(item):
                self.depth += 1
                inner = self.low(item)
                self.depth -= 1
                return _Built(Condition(f"NOT ({inner.condition.sql})", inner.condition.params), inner.height + 1)
            case _:
                return _Built(self.leaf(node))

    def chain(self, word: str, parts: Sequence[_Built]) -> _Built:
        return _Built(_joined(word, [part.condition for part in parts]), 1 + max(part.height for part in parts))

    def low(self, node: Node) -> _Built:
        """The node, lifted into a query of its own when it is too high to stand inside another."""
        built = self.built(node)
        if built.height < _HIGHEST:
            return built
        self.lifted.append(built.condition)
        return _Built(Condition(f"r.id IN (SELECT id FROM f{len(self.lifted)})"))

    def leaf(self, node: Node) -> Condition:
        match node:
            case FullText(text):
                return self.full_text(text)
            case Empty(path) if path.links:
                # Nothing at the end of the path also means: no such link.
                filled = self.reach(path, "r", self.noun, self.filled)
                return Condition(f"NOT ({filled.sql})", filled.params)
            case Empty(path):
                filled = self.filled(path, self.noun, "r")
                return Condition(f"NOT ({filled.sql})", filled.params)
            case Compare(path, "=", value):
                return self.reach(path, "r", self.noun, lambda p, n, a: self.any_of(p, n, a, (value,)))
            case OneOf(path, values):
                return self.reach(path, "r", self.noun, lambda p, n, a: self.any_of(p, n, a, values))
            case Compare(path, op, value):
                return self.reach(path, "r", self.noun, lambda p, n, a: self.compare(p, n, a, op, value))
            case Between(path, low, high):
                ends = ((">=", low), ("<=", high))
                return self.reach(path, "r", self.noun, lambda p, n, a: self.between(p, n, a, ends))
        raise AssertionError(node)

    def reach(
        self,
        path: Path,
        alias: str,
        noun: str,
        leaf: Callable[[Path, str, str], Condition],
    ) -> Condition:
        """The leaf's condition on the record at the end of the path's links."""
        if not path.links:
            return leaf(path, noun, alias)
        place = PLACES[noun][path.links[0].name]
        assert isinstance(place, Linked)
        other = self.fresh()
        rest = path._replace(links=path.links[1:], narrowed=path.narrowed[1:])
        inner = self.reach(rest, other, place.noun, leaf)
        if path.narrowed and path.narrowed[0] is not None:
            inner = both(self.link_in(place.noun, other, [path.narrowed[0]]), inner)
        return self.linked(place, alias, other, inner)

    def linked(self, place: Linked, alias: str, other: str, inner: Condition) -> Condition:
        """Whether a record is linked to this one of which the condition is true."""
        if self.by_sets and place.among:
            return Condition(f"{alias}.id IN ({place.among.format(b=other)} AND ({inner.sql}))", inner.params)
        return self.any(place.source.format(b=other), place.condition.format(a=alias, b=other), inner)

    def any(self, source: str, condition: str, inner: Condition) -> Condition:
        """Whether there is such a row beside the record."""
        self.semijoins += 1
        found = f"EXISTS (SELECT 1 FROM {source} WHERE {condition} AND ({inner.sql}))"
        # PostgreSQL makes a join of each bare EXISTS, and planning hundreds of joins takes it for ever.
        return Condition(found if self.semijoins <= _MOST_JOINS else f"COALESCE({found}, FALSE)", inner.params)

    def fresh(self) -> str:
        self.aliases += 1
        return f"r{self.aliases}"

    def definite(self, condition: Condition) -> Condition:
        return Condition(f"COALESCE({condition.sql}, FALSE)", condition.params) if self.depth else condition

    # -- leaves

    def full_text(self, text: str) -> Condition:
        words = words_of(text)
        if not words:
            return NOTHING
        if self.noun == "campaign":  # there are few, and none is in the search index
            texts = "crm_fold(r.name || ' ' || COALESCE(r.code, '') || ' ' || COALESCE(r.objective, ''))"
            return _joined(" AND ", [Condition(f"instr({texts}, ?) > 0", (word,)) for word in fold(text).split()])
        if self.noun == "purchase":
            texts = "crm_fold(r.customer || ' ' || COALESCE(r.product, ''))"
            return _joined(" AND ", [Condition(f"instr({texts}, ?) > 0", (word,)) for word in fold(text).split()])
        number, noun = ("r.contact_id", "contact") if self.noun == "member" else ("r.id", self.noun)
        assert noun in SEARCHED
        match = self.dialect.search_condition()
        sql = f"{number} IN (SELECT record_id FROM search_entry WHERE noun = '{noun}' AND {match})"
        return Condition(sql, (self.dialect.search_query(words, names_only=False),))

    def filled(self, path: Path, noun: str, alias: str) -> Condition:
        """Whether there is any value; never unknown."""
        if path.field is None:
            return Condition(f"COALESCE({self.dialect.custom_value(alias)}, '') <> ''", (path.custom,))
        place = PLACES[noun][path.field.name]
        match place:
            case Own() if self.by_sets and place.among:
                return Condition(f"{alias}.id IN ({place.among})")
            case Own(value):
                if path.field.name == "next_task":  # planned without a due date is planned all the same
                    value = value.replace("MIN(p.due_on)", "MIN(p.id)")
                return Condition(f"{value.format(a=alias)} IS NOT NULL")
            case Beside(source, condition, _):
                return Condition(f"EXISTS (SELECT 1 FROM {source.format(a=alias)} WHERE {condition.format(a=alias)})")
            case Summed(source):
                return Condition(f"{alias}.id IN (SELECT t.owner FROM ({source}) t)")
            case Linked(_, source, condition):
                b = self.fresh()
                if self.by_sets and place.among:
                    return Condition(f"{alias}.id IN ({place.among.format(b=b)})")
                return Condition(f"EXISTS (SELECT 1 FROM {source.format(b=b)} WHERE {condition.format(a=alias, b=b)})")
        raise AssertionError(path)  # whether somebody is in any segment at all is refused by the parser

    def any_of(self, path: Path, noun: str, alias: str, values: Sequence[Value]) -> Condition:
        """Equal to one of the values."""
        if path.field is None:
            return self.definite(_custom_in(self.dialect.custom_value(alias), path.custom or "", values))
        place = PLACES[noun][path.field.name]
        match place:
            case Own() if self.by_sets and place.among:
                return _gathered(place, alias, _own_in(place._replace(value=place.gathered), path, alias, values))
            case Own():
                return self.definite(_own_in(place, path, alias, values))
            case Beside(source, condition, _, key):
                keys = [self.keyed(path, value).folded for value in values if isinstance(value, Text)]
                inner = Condition(f"{key} IN ({marks(keys)})", tuple(keys))
                return self.any(source.format(a=alias), condition.format(a=alias), inner)
            case Summed(source):
                amounts = [value for value in values if isinstance(value, Amount)]
                return _adding_up(source, alias, _money_in("SUM(t.amount)", "t.currency", amounts))
            case Grouped(condition):
                return self.in_segments(condition, alias, [value.raw for value in values if isinstance(value, Text)])
            case Linked(other):
                b = self.fresh()
                inner = self.link_in(other, b, [value for value in values if isinstance(value, Text)])
                return self.linked(place, alias, b, inner)

    def compare(self, path: Path, noun: str, alias: str, op: str, value: Value) -> Condition:
        """Every operator but ``=``."""
        if path.field is None:
            return self.definite(_compare_custom(self.dialect.custom_value(alias), path.custom or "", op, value))
        place = PLACES[noun][path.field.name]
        match place:
            case Own() if self.by_sets and place.among:
                return _gathered(
                    place, alias, _compare_own(place._replace(value=place.gathered), path, alias, op, value)
                )
            case Own():
                return self.definite(_compare_own(place, path, alias, op, value))
            case Beside(source, condition, shown, key):
                assert isinstance(value, Text)
                inner = _compare_text(shown, key, op, self.part(path, value))
                return self.any(source.format(a=alias), condition.format(a=alias), inner)
            case Summed():
                return self.between(path, noun, alias, ((op, value),))
            case Linked(other):
                assert isinstance(value, Text)
                b = self.fresh()
                named = NAMES[other]
                inner = _compare_text(named.name.format(b=b), named.key.format(b=b), op, value)
                return self.linked(place, alias, b, inner)
        raise AssertionError(path)

    def between(self, path: Path, noun: str, alias: str, ends: Sequence[tuple[str, Value]]) -> Condition:
        """All the comparisons at once; of amounts added up by one and the same sum."""
        place = PLACES[noun][path.field.name] if path.field is not None else None
        if not isinstance(place, Summed):
            return _joined(" AND ", [self.compare(path, noun, alias, *end) for end in ends])
        amounts = [(op, value) for op, value in ends if isinstance(value, Amount)]
        sums = [_compare_money("SUM(t.amount)", "t.currency", op, *amount) for op, amount in amounts]
        return _adding_up(place.source, alias, _joined(" AND ", sums))

    def in_segments(self, condition: str, alias: str, names: Sequence[str]) -> Condition:
        """The contact, or the customer, is in one of the segments."""
        if self.in_segment is None:
            return NOTHING
        found = [self.in_segment(name) for name in names]
        return _joined(" OR ", [Condition(condition.format(a=alias, people=each.sql), each.params) for each in found])

    # -- values as their fields are matched

    def keyed(self, path: Path, value: Text) -> Text:
        """The value in the form its field is matched by; as it was written when it cannot be read so."""
        assert path.field is not None
        return value._replace(folded=self.key_of(path.field.kind, path.field.name, value.raw) or value.folded)

    def key_of(self, kind: Kind, network: str, raw: str) -> str | None:
        from crmcli.domain import handles, people
        from crmcli.errors import BadValue

        try:
            match kind:
                case Kind.EMAIL:
                    return people.read_email(raw).key
                case Kind.WEBSITE:
                    return people.read_website(raw).key
                case Kind.HANDLE:
                    return handles.read_handle(network, raw).key
                case Kind.PHONE:
                    return people.read_phone(raw, self.country).key
                case _:
                    return None
        except BadValue:
            return None

    def part(self, path: Path, value: Text) -> Text:
        """A part of an address: of a phone its digits, which is how its key is written."""
        assert path.field is not None
        if path.field.kind is not Kind.PHONE:
            return value
        digits = "".join(c for c in value.raw if c.isdigit() or c == "+")
        return value._replace(folded=digits if digits.startswith("+") else digits.lstrip("0") or digits or value.folded)

    def link_in(self, noun: str, alias: str, values: Sequence[Text]) -> Condition:
        """The linked record is one that a value names: by name, uid, number, address, website or handle."""
        names = [value.folded for value in values]
        uids = [value.raw for value in values]
        numbers = [
            int(bare) for value in values if (bare := value.raw.removeprefix("#")).isdecimal() and len(bare) < 16
        ]
        named = Named(*(part.format(b=alias) for part in NAMES[noun]))
        alternatives = [
            Condition(f"{named.key} IN ({marks(names)})", tuple(names)),
            Condition(f"{named.uid} IN ({marks(uids)})", tuple(uids)),
        ]
        if numbers:
            alternatives.append(Condition(f"{named.number} IN ({marks(numbers)})", tuple(numbers)))
        for kind, table in _NATURAL_KEYS.get(noun, ()):
            keys = [key for value in values for key in self.natural_keys(kind, value.raw)]
            if keys:
                sql = (
                    f"{alias}.id IN (SELECT {noun}_id FROM {table} WHERE deleted_at IS NULL AND key IN ({marks(keys)}))"
                )
                alternatives.append(Condition(sql, tuple(keys)))
        return _joined(" OR ", alternatives)

    def natural_keys(self, kind: Kind, raw: str) -> list[str]:
        from crmcli.domain.handles import network_of
        from crmcli.domain.people import looks_like

        shape = looks_like(raw)
        if kind is Kind.HANDLE:
            network = network_of(raw)
            bare = raw.startswith("@") and raw[1:].casefold()
            return [key for key in (network and self.key_of(kind, network, raw), bare) if key]
        wanted = {Kind.EMAIL: ("email",), Kind.PHONE: ("phone",), Kind.WEBSITE: ("website", "handle_url")}[kind]
        key = self.key_of(kind, "", raw) if shape in wanted else None
        return [key] if key else []


_NATURAL_KEYS = {
    "contact": ((Kind.EMAIL, "contact_email"), (Kind.PHONE, "contact_phone"), (Kind.HANDLE, "contact_handle")),
    "company": ((Kind.WEBSITE, "company_website"), (Kind.PHONE, "company_phone")),
}


def _gathered(place: Own, alias: str, wanted: Condition) -> Condition:
    """The records of whose rows, taken together, the condition is true."""
    return Condition(f"{alias}.id IN ({place.among} GROUP BY l.contact_id HAVING {wanted.sql})", wanted.params)


def _adding_up(source: str, alias: str, wanted: Condition) -> Condition:
    """The records whose amounts, added up by currency, are as wanted."""
    sums = f"SELECT t.owner FROM ({source}) t GROUP BY t.owner, t.currency HAVING {wanted.sql}"
    return Condition(f"{alias}.id IN ({sums})", wanted.params)


def _joined(word: str, parts: Sequence[Condition]) -> Condition:
    if len(parts) == 1:
        return parts[0]
    params = tuple(value for part in parts for value in part.params)
    texts = [f"({part.sql})" for part in parts]
    while len(texts) > _LONGEST:
        chunks = (texts[start : start + _LONGEST] for start in range(0, len(texts), _LONGEST))
        texts = [f"({word.join(chunk)})" for chunk in chunks]
    return Condition(word.join(texts), params)


def _own_in(place: Own, path: Path, alias: str, values: Sequence[Value]) -> Condition:
    assert path.field is not None
    column = place.value.format(a=alias)
    if isinstance(values[0], Text):
        if path.field.name == "id":
            wanted: list[object] = [_uid(value.raw) for value in values if isinstance(value, Text)]
        elif path.field.kind is Kind.CHOICE and path.field.name not in BY_KEY:
            wanted = [value.raw for value in values if isinstance(value, Text)]
        else:
            wanted = [value.folded for value in values if isinstance(value, Text)]
            if by_key := BY_KEY.get(f"{path.noun}.{path.field.name}") or BY_KEY.get(path.field.name):
                return Condition(by_key.format(a=alias, marks=marks(wanted)), tuple(wanted))
            column = place.key.format(a=alias) or f"crm_fold({column})"
        return Condition(f"{column} IN ({marks(wanted)})", tuple(wanted))
    if isinstance(values[0], Amount):
        amounts = [value for value in values if isinstance(value, Amount)]
        return _joined(" OR ", [_money_in(column, place.currency.format(a=alias), amounts)])
    if isinstance(values[0], Span):
        return _joined(
            " OR ", [_compare_span(place, path, alias, "=", value) for value in values if isinstance(value, Span)]
        )
    numbers = tuple(_whole(value) for value in values if isinstance(value, float))
    return Condition(f"{column} IN ({marks(numbers)})", numbers)


def _uid(text: str) -> str:
    return text[:3].lower() + text[3:].upper()


def _whole(number: float) -> float | int:
    return int(number) if number.is_integer() and abs(number) < _BIGGEST else number


def _compare_own(place: Own, path: Path, alias: str, op: str, value: Value) -> Condition:
    assert path.field is not None
    column = place.value.format(a=alias)
    if path.field.kind is Kind.STAGE and op in ("<", "<=", ">", ">="):
        return _compare_stage(alias, op, value)
    match value:
        case Text():
            return _compare_text(column, place.key.format(a=alias), op, value)
        case Amount(number, currency):
            return _compare_money(column, place.currency.format(a=alias), op, number, currency)
        case Span():
            return _compare_span(place, path, alias, op, value)
        case Loose():
            raise AssertionError(path)
        case _:
            return Condition(f"{column} {op} ?", (_whole(value),))


def _compare_text(column: str, key: str, op: str, value: Text) -> Condition:
    folded = key or f"crm_fold({column})"
    match op:
        case "~=":
            if key and not key.endswith(("name_key", "title_key")):
                found = f"(instr({folded}, ?) > 0 OR instr(crm_fold({column}), ?) > 0)"
                return Condition(found, (value.folded, _as_written(value)))
            return Condition(f"instr({folded}, ?) > 0", (value.folded,))
        case "^=":
            return Condition(f"substr({folded}, 1, {len(value.folded)}) = ?", (value.folded,))
        case _:
            return Condition(f"{folded} {op} ?", (value.folded,))


def _as_written(value: Text) -> str:
    """The folded text as it was written, whatever its field is matched by."""
    return fold(value.raw)


def _compare_stage(alias: str, op: str, value: Value) -> Condition:
    assert isinstance(value, Text)
    sql = (
        f"EXISTS (SELECT 1 FROM stage here JOIN stage there ON there.pipeline_id = here.pipeline_id"
        f" WHERE here.id = {alias}.stage_id AND there.name_key = ? AND there.deleted_at IS NULL"
        f" AND here.position {op} there.position)"
    )
    return Condition(sql, (value.folded,))


# -- money: kept in minor units, of which a currency has 1, 100, 1,000 or 10,000 to the major one


def _money_in(column: str, currency_column: str, amounts: Sequence[Amount]) -> Condition:
    named = [a for a in amounts if a.currency]
    bare = tuple(_minor(a.number, 4) for a in amounts if not a.currency)
    parts = [_compare_money(column, currency_column, "=", a.number, a.currency) for a in named]
    if bare:
        parts.append(Condition(f"{_scaled(column, currency_column)} IN ({marks(bare)})", bare))
    return _joined(" OR ", parts)


def _compare_money(column: str, currency_column: str, op: str, number: float, currency: str | None) -> Condition:
    if currency is None:
        return Condition(f"{_scaled(column, currency_column)} {op} ?", (_minor(number, 4),))
    from crmcli.domain.money import exponent

    return Condition(f"({currency_column} = ? AND {column} {op} ?)", (currency, _minor(number, exponent(currency))))


def _minor(number: float, digits: int) -> int | float:
    from decimal import Decimal

    scaled = round(Decimal(repr(number)).scaleb(digits), 6)
    return int(scaled) if scaled == int(scaled) and abs(scaled) < _BIGGEST else float(scaled)


def _scaled(column: str, currency_column: str) -> str:
    """The amount in ten-thousandths of the major unit, which every currency can be brought to."""
    from crmcli.domain.money import UNCOMMON_EXPONENTS

    by_digits: dict[int, list[str]] = {}
    for code, digits in sorted(UNCOMMON_EXPONENTS.items()):
        by_digits.setdefault(digits, []).append(f"'{code}'")
    cases = " ".join(
        f"WHEN {currency_column} IN ({', '.join(codes)}) THEN {10 ** (4 - digits)}"
        for digits, codes in by_digits.items()
    )
    return f"{column} * CASE {cases} ELSE 100 END"


# -- time


def _compare_span(place: Own, path: Path, alias: str, op: str, value: Span) -> Condition:
    assert path.field is not None
    column = place.value.format(a=alias)
    by_moment = (utc_text(value.start), utc_text(value.end))
    by_day = (value.first.isoformat(), value.last.isoformat())
    if path.field.kind is Kind.TIME:
        return _within(column, op, *by_moment, whole_days=False)
    on = _within(column, op, *by_day, whole_days=True)
    if not place.moment:
        return on
    # A deadline with an hour is compared as the moment it is, one without as a day.
    at = _within(place.moment.format(a=alias), op, *by_moment, whole_days=False)
    return Condition(f"COALESCE({at.sql}, {on.sql})", (*at.params, *on.params))


def _within(column: str, op: str, first: str, after: str, *, whole_days: bool) -> Condition:
    within = "<=" if whole_days else "<"
    beyond = ">" if whole_days else ">="
    match op:
        case "=" if first == after and not whole_days:  # an instant
            return Condition(f"{column} = ?", (first,))
        case "=":
            return Condition(f"({column} >= ? AND {column} {within} ?)", (first, after))
        case "<":
            return Condition(f"{column} < ?", (first,))
        case "<=":
            return Condition(f"{column} {'<=' if first == after else within} ?", (after,))
        case ">":
            return Condition(f"{column} {'>' if first == after else beyond} ?", (after,))
        case _:
            return Condition(f"{column} >= ?", (first,))


# -- custom fields: numbers compare as numbers and dates as dates where both sides are, everything else as folded text


def _custom_in(text: str, key: str, values: Sequence[Value]) -> Condition:
    loose = [value for value in values if isinstance(value, Loose)]
    words = tuple(value.folded for value in loose)
    numbers = tuple(value.number for value in loose if value.number is not None)
    parts = [Condition(f"crm_fold({text}) IN ({marks(words)})", (key, *words))]
    if numbers:
        parts.append(Condition(f"crm_number({text}) IN ({marks(numbers)})", (key, *numbers)))
    parts += [_custom_dated(text, key, "=", value.span) for value in loose if value.span is not None]
    return _joined(" OR ", parts)


def _compare_custom(text: str, key: str, op: str, value: Value) -> Condition:
    assert isinstance(value, Loose)
    if op in ("~=", "^="):
        asked = _compare_text(text, "", op, Text(value.raw, value.folded))
        return Condition(asked.sql, (key, *asked.params))
    parts = []
    if value.number is not None:
        parts.append(Condition(f"crm_number({text}) {op} ?", (key, value.number)))
    if value.span is not None:
        parts.append(_custom_dated(text, key, op, value.span))
    return _joined(" OR ", parts or [Condition(f"crm_fold({text}) {op} ?", (key, value.folded))])


def _custom_dated(text: str, key: str, op: str, span: Span) -> Condition:
    first, last = span.first.isoformat(), f"{span.last.isoformat()}~"  # the tilde lets the hours of the last day in
    if op == "=":
        bounds = Condition(f"{text} >= ? AND {text} <= ?", (key, first, key, last))
    else:
        bounds = Condition(f"{text} {op} ?", (key, first if op in ("<", ">=") else last))
    return Condition(f"{text} LIKE '____-__-__%' AND {bounds.sql}", (key, *bounds.params))
