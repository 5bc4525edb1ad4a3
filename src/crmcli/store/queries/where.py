"""A filter's tree as SQL: conditions with ``?`` placeholders, never a value inside the text.

A comparison with a missing value is false, so under a NOT every condition is made definite with COALESCE; elsewhere
it is left bare for the indexes' sake.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmcli.domain.fields import Kind
from crmcli.domain.filters import (
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
from crmcli.store.queries.fields import BY_KEY, PLACES, Beside, Linked, Own
from crmcli.store.search import SEARCHED, words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmcli.domain.filters import Value
    from crmcli.store.dialects import Dialect


class Condition(NamedTuple):
    """A piece of SQL and its parameters."""

    sql: str
    params: tuple[object, ...] = ()


EVERYTHING = Condition("1 = 1")
NOTHING = Condition("1 = 0")


def both(*conditions: Condition) -> Condition:
    """All the conditions at once."""
    kept = [c for c in conditions if c != EVERYTHING]
    if not kept:
        return EVERYTHING
    return Condition(" AND ".join(f"({c.sql})" for c in kept), tuple(p for c in kept for p in c.params))


def compile_filter(node: Node | None, noun: str, dialect: Dialect) -> Condition:
    """The condition on the noun's rows, aliased ``r``."""
    return EVERYTHING if node is None else _Compiler(dialect).condition(node, noun, "r")


class _Compiler:
    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.depth = 0  # how many NOTs we are under
        self.aliases = 0

    def condition(self, node: Node, noun: str, alias: str) -> Condition:
        match node:
            case And(items) | Or(items):
                word = " AND " if isinstance(node, And) else " OR "
                parts = [self.condition(item, noun, alias) for item in items]
                return Condition(word.join(f"({p.sql})" for p in parts), tuple(v for p in parts for v in p.params))
            case Not(item):
                self.depth += 1
                inner = self.condition(item, noun, alias)
                self.depth -= 1
                return Condition(f"NOT ({inner.sql})", inner.params)
            case FullText(text):
                return self.full_text(text, noun, alias)
            case Empty(path):
                return self.reach(path, alias, noun, self.empty)
            case Compare(path, op, value):
                return self.reach(path, alias, noun, lambda p, n, a: self.compare(p, n, a, op, value))
            case OneOf(path, values):
                alternatives = Or(tuple(Compare(path, "=", value) for value in values))
                return self.condition(alternatives, noun, alias)
            case Between(path, low, high):
                return self.condition(And((Compare(path, ">=", low), Compare(path, "<=", high))), noun, alias)
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
        rest = path._replace(links=path.links[1:])
        inner = self.reach(rest, other, place.noun, leaf)
        return _any(place.source.format(b=other), place.condition.format(a=alias, b=other), inner)

    def fresh(self) -> str:
        self.aliases += 1
        return f"r{self.aliases}"

    def definite(self, condition: Condition) -> Condition:
        return Condition(f"COALESCE({condition.sql}, FALSE)", condition.params) if self.depth else condition

    # -- leaves

    def full_text(self, text: str, noun: str, alias: str) -> Condition:
        words = words_of(text)
        if not words:
            return NOTHING
        match = self.dialect.search_condition()
        sql = f"{alias}.id IN (SELECT record_id FROM search_entry WHERE noun = '{noun}' AND {match})"
        assert noun in SEARCHED
        return Condition(sql, (self.dialect.search_query(words, names_only=False),))

    def empty(self, path: Path, noun: str, alias: str) -> Condition:
        if path.field is None:
            return Condition(f"COALESCE(CAST({alias}.custom ->> CAST(? AS TEXT) AS TEXT), '') = ''", (path.custom,))
        place = PLACES[noun][path.field.name]
        match place:
            case Own(value):
                if path.field.name == "next_task":  # planned without a due date is planned all the same
                    value = value.replace("MIN(p.due_on)", "MIN(p.id)")
                return Condition(f"{value.format(a=alias)} IS NULL")
            case Beside(source, condition, _):
                return Condition(f"NOT EXISTS (SELECT 1 FROM {source} WHERE {condition.format(a=alias)})")
            case Linked(_, source, condition):
                b = self.fresh()
                return Condition(f"NOT EXISTS (SELECT 1 FROM {source.format(b=b)} WHERE {condition.format(a=alias, b=b)})")

    def compare(self, path: Path, noun: str, alias: str, op: str, value: Value) -> Condition:
        if path.field is None:
            return self.definite(_compare_custom(f"{alias}.custom ->> CAST(? AS TEXT)", path.custom or "", op, value))
        place = PLACES[noun][path.field.name]
        match place:
            case Own():
                return self.definite(self.own(place, path, alias, op, value))
            case Beside(source, condition, shown, key):
                assert isinstance(value, Text)
                inner = _compare_text(shown, key, op, _keyed(path, value))
                where = f"{condition.format(a=alias)} AND {inner.sql}"
                return Condition(f"EXISTS (SELECT 1 FROM {source} WHERE {where})", inner.params)
            case Linked(other, source, condition):
                assert isinstance(value, Text)
                b = self.fresh()
                inner = _compare_link(other, b, op, value)
                return _any(source.format(b=b), condition.format(a=alias, b=b), inner)

    def own(self, place: Own, path: Path, alias: str, op: str, value: Value) -> Condition:
        assert path.field is not None
        column = place.value.format(a=alias)
        if path.field.kind is Kind.STAGE and op in ("<", "<=", ">", ">="):
            return _compare_stage(alias, op, value)
        match value:
            case Text(_, folded):
                if op == "=" and path.field.name in BY_KEY:
                    return Condition(BY_KEY[path.field.name].format(a=alias), (folded,))
                if path.field.kind is Kind.CHOICE and op == "=":
                    return Condition(f"{column} = ?", (value.raw,))
                return _compare_text(column, place.key.format(a=alias), op, value)
            case Amount(number, currency):
                return _compare_money(column, place.currency.format(a=alias), op, number, currency)
            case Span():
                return _compare_span(column, op, value, whole_days=path.field.kind in (Kind.DATE, Kind.DUE))
            case Loose():
                return _compare_text(column, "", op, Text(value.raw, value.folded))
            case _:
                return Condition(f"{column} {op} ?", (value,))


def _any(source: str, condition: str, inner: Condition) -> Condition:
    return Condition(f"EXISTS (SELECT 1 FROM {source} WHERE {condition} AND ({inner.sql}))", inner.params)


def _keyed(path: Path, value: Text) -> Text:
    """The value in the form its field is matched by; as it was written when it cannot be read so."""
    from crmcli.domain import people
    from crmcli.errors import BadValue

    assert path.field is not None
    try:
        match path.field.kind:
            case Kind.WEBSITE:
                return value._replace(folded=people.read_website(value.raw).key)
            case Kind.HANDLE:
                return value._replace(folded=people.read_handle(path.field.name, value.raw).key)
            case Kind.PHONE:
                return value._replace(folded="".join(c for c in value.raw if c.isdigit() or c == "+"))
            case _:
                return value
    except BadValue:
        return value


def _compare_text(column: str, key: str, op: str, value: Text) -> Condition:
    folded = key or f"crm_fold({column})"
    match op:
        case "=":
            return Condition(f"{folded} = ?", (value.folded,))
        case "~=":
            if key and not key.endswith("name_key"):
                return Condition(f"(instr({folded}, ?) > 0 OR instr(crm_fold({column}), ?) > 0)", (value.folded, value.folded))
            return Condition(f"instr({folded}, ?) > 0", (value.folded,))
        case "^=":
            return Condition(f"substr({folded}, 1, {len(value.folded)}) = ?", (value.folded,))
        case _:
            return Condition(f"{folded} {op} ?", (value.folded,))


def _compare_link(noun: str, alias: str, op: str, value: Text) -> Condition:
    name = "title" if noun == "deal" else "name"
    by_name = _compare_text(f"{alias}.{name}", f"{alias}.{name}_key", op, value)
    if op != "=":
        return by_name
    alternatives = [by_name, Condition(f"{alias}.uid = ?", (value.raw,))]
    if value.raw.lstrip("#").isdecimal():
        alternatives.append(Condition(f"{alias}.id = ?", (int(value.raw.lstrip("#")),)))
    alternatives += [
        Condition(f"{alias}.id IN (SELECT {noun}_id FROM {table} WHERE deleted_at IS NULL AND key = ?)", (value.folded,))
        for table in _NATURAL_KEYS.get(noun, ())
    ]
    return Condition(" OR ".join(c.sql for c in alternatives), tuple(p for c in alternatives for p in c.params))


_NATURAL_KEYS = {
    "contact": ("contact_email", "contact_phone", "contact_handle"),
    "company": ("company_website", "company_phone"),
}


def _compare_stage(alias: str, op: str, value: Value) -> Condition:
    assert isinstance(value, Text)
    sql = (
        f"EXISTS (SELECT 1 FROM stage here JOIN stage there ON there.pipeline_id = here.pipeline_id"
        f" WHERE here.id = {alias}.stage_id AND there.name_key = ? AND there.deleted_at IS NULL"
        f" AND here.position {op} there.position)"
    )
    return Condition(sql, (value.folded,))


def _compare_money(column: str, currency_column: str, op: str, number: float, currency: str | None) -> Condition:
    from crmcli.domain.money import exponent

    if currency:
        minor = round(number * 10 ** exponent(currency))
        return Condition(f"({currency_column} = ? AND {column} {op} ?)", (currency, minor))
    odd = {code for code in ("JPY", "KRW", "VND", "CLP", "ISK", "BHD", "KWD", "OMR", "JOD", "TND")}
    usual = round(number * 100)
    cases = " ".join(
        f"WHEN {currency_column} = '{code}' THEN {round(number * 10 ** exponent(code))}" for code in sorted(odd)
    )
    return Condition(f"{column} {op} CASE {cases} ELSE {usual} END")


def _compare_span(column: str, op: str, value: Span, *, whole_days: bool) -> Condition:
    first = value.first.isoformat() if whole_days else utc_text(value.start)
    after = value.last.isoformat() if whole_days else utc_text(value.end)
    within = "<=" if whole_days else "<"
    beyond = ">" if whole_days else ">="
    match op:
        case "=":
            return Condition(f"({column} >= ? AND {column} {within} ?)", (first, after))
        case "<":
            return Condition(f"{column} < ?", (first,))
        case "<=":
            return Condition(f"{column} {within} ?", (after,))
        case ">":
            return Condition(f"{column} {beyond} ?", (after,))
        case _:
            return Condition(f"{column} >= ?", (first,))


def _compare_custom(reach: str, key: str, op: str, value: Value) -> Condition:
    """Numbers compare as numbers and dates as dates where both sides are; everything else as folded text."""
    assert isinstance(value, Loose)
    text = f"CAST({reach} AS TEXT)"
    if op in ("=", "~=", "^="):
        as_text = _compare_text(text, "", op, Text(value.raw, value.folded))
        as_text = Condition(as_text.sql, (key, *as_text.params))
        if op != "=" or value.number is None:
            return as_text
        sql = f"({as_text.sql} OR crm_number({text}) = ?)"
        return Condition(sql, (*as_text.params, key, value.number))
    if value.number is not None:
        return Condition(f"crm_number({text}) {op} ?", (key, value.number))
    if value.span is not None:
        day = Condition("", (value.span.first.isoformat(),))
        last = value.span.last.isoformat()
        bound = {"<": day.params[0], ">=": day.params[0], "<=": f"{last}~", ">": f"{last}~"}[op]
        dated = f"substr({text}, 5, 1) = '-' AND substr({text}, 8, 1) = '-'"
        return Condition(f"({dated} AND {text} {op} ?)", (key, key, key, bound))
    return Condition(f"crm_fold({text}) {op} ?", (key, value.folded))
