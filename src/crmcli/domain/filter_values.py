"""The values of a filter: what the words after an operator mean to the field before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.fields import Field, Kind
from crmcli.domain.filter_tree import Amount, Loose, Span, Text
from crmcli.domain.filter_words import did_you_mean, one_line
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold, loosened, nearest
from crmcli.errors import BadValue

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from crmcli.domain.filter_tree import FilterContext, Op, Path, Value

MEASURED = frozenset(
    {Kind.MONEY, Kind.PERCENT, Kind.INTEGER, Kind.DURATION, Kind.DATE, Kind.TIME, Kind.DUE},
)


class Written(NamedTuple):
    """A value as it stands in the filter."""

    text: str
    column: int
    quoted: bool
    end: int = 0  # where it ends, counted from 0


def read_value(path: Path, op: Op, written: Written, context: FilterContext) -> Value:
    """The written value by the field's kind; raises BadValue when it isn't one."""
    text, field = written.text, path.field
    if field is None:
        return _loose(text, context)
    if field.kind is Kind.USER and not written.quoted and text.lower() == "me":
        return _text(context.me)
    if field.kind is Kind.CHOICE and op == "=":
        return _choice(text, field)
    reader = _READERS.get(field.kind)
    return reader(text, field, context) if reader else _text(text)


def named_by(path: Path, op: Op) -> str | None:
    """The noun, segment or campaign, of which the value must name a record; None where it is any text."""
    field = path.field
    if field is None or op != "=":
        return None
    return "segment" if field.kind is Kind.SEGMENT else "campaign" if field.noun == "membership" else None


def named(noun: str, text: str, context: FilterContext) -> Text:
    """The record that is named, by its uid where it can be looked up; raises BadValue where there is none."""
    return _text(context.named(noun, text) if context.named else text)


def _text(text: str) -> Text:
    return Text(text, fold(text))


def _choice(text: str, field: Field) -> Text:
    for choice in field.choices:
        if loosened(choice) == loosened(text):
            return _text(choice)
    suggestion = did_you_mean(nearest(text.lower()[:100], list(field.choices)))
    raise BadValue(
        field.option, f"'{one_line(text)}' is not a choice{suggestion}", hint=f"one of {', '.join(field.choices)}"
    )


def _amount(text: str, field: Field, context: FilterContext) -> Amount:
    from crmcli.domain.money import read_money

    money = read_money(text, context.currency, field.option, context.locale)
    return Amount(float(money.number), money.currency if _bare_number(text) is None else None)


def _number(text: str, field: Field, _context: FilterContext) -> float:
    from crmcli.domain.money import read_number

    return float(read_number(text.removeprefix("#"), field.option))


def _bare_number(text: str) -> float | None:
    from crmcli.domain.money import read_number

    try:
        return float(read_number(text))
    except BadValue:
        return None


def _minutes(text: str, field: Field, _context: FilterContext) -> float:
    from crmcli.domain.durations import read_duration

    return float(read_duration(text, field.option))


def _span(text: str, field: Field, context: FilterContext) -> Span:
    return _span_of(text, field.option, context.now)


def _span_of(text: str, option: str, now: datetime) -> Span:
    from datetime import timedelta

    from crmcli.domain.periods import span

    start, end = span(text, now, option)
    last = (end - timedelta(microseconds=1)).astimezone(now.tzinfo)
    return Span(start, end, start.astimezone(now.tzinfo).date(), last.date())


def _loose(text: str, context: FilterContext) -> Loose:
    try:
        when = _span_of(text, "custom", context.now)
    except BadValue:
        when = None
    return Loose(text, fold(text), _bare_number(text), when)


_READERS: dict[Kind, Callable[[str, Field, FilterContext], Value]] = {
    Kind.MONEY: _amount,
    Kind.PERCENT: _number,
    Kind.INTEGER: _number,
    Kind.DURATION: _minutes,
    Kind.DATE: _span,
    Kind.TIME: _span,
    Kind.DUE: _span,
}
