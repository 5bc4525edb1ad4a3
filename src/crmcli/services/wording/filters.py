"""The filters of templates: greeting, dates and money as the person's country writes them, and words for nothing."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jinja2 import pass_context
from jinja2.exceptions import TemplateRuntimeError
from jinja2.runtime import Undefined

from crmcli.domain.greetings import greeting as greeted
from crmcli.services.wording.facts import Facts

if TYPE_CHECKING:
    from babel import Locale
    from jinja2.runtime import Context

LOCALE, CURRENCY = "_locale", "_currency"  # what every rendering is given beside the variables
_MOST_PLACES = 12
_STYLES = ("short", "medium", "long", "full")


@pass_context
def greeting(context: Context, whom: object, manner: str = "informal") -> str:
    """``contact | greeting``: how a letter to the person begins."""
    if not isinstance(whom, Facts) or whom.group != "contact":
        raise TemplateRuntimeError("greeting is for contact: contact | greeting")
    if manner not in ("informal", "formal"):
        raise TemplateRuntimeError(f"no greeting {manner!r}: formal or informal")
    given, family, prefix, name = (str(whom.held[key]) for key in ("given_name", "family_name", "prefix", "name"))
    return greeted(str(context.resolve(LOCALE)), given, family, prefix, name, formal=manner == "formal")


@pass_context
def date_words(context: Context, day: object, style: str = "long") -> str:
    """``today | date``: the day as the person's country writes it; nothing for an empty value."""
    if _is_nothing(day):
        return ""
    if style not in _STYLES:
        raise TemplateRuntimeError(f"no date style {style!r}: {', '.join(_STYLES)}")
    from babel.dates import format_date

    return format_date(_day(day), style, locale=_babel(context.resolve(LOCALE)))


@pass_context
def money(context: Context, amount: object, currency: str = "") -> str:
    """The amount as the person's country writes it, in the writer's currency if none is said; nothing for an empty value."""
    if _is_nothing(amount):
        return ""
    from babel.numbers import format_currency

    code = str(currency or context.resolve(CURRENCY)).upper()
    return format_currency(_number(amount), code, locale=_babel(context.resolve(LOCALE)))


@pass_context
def number(context: Context, value: object) -> str:
    """``12000.5 | number``: the number as the person's country writes it; nothing for an empty value."""
    if _is_nothing(value):
        return ""
    from babel.numbers import format_decimal

    return format_decimal(_number(value), locale=_babel(context.resolve(LOCALE)))


def default(value: Any, instead: object = "") -> object:  # noqa: ANN401 - whatever a template holds
    """The value, else what to say when it is empty or not there, as ``your company`` for nobody's."""
    return instead if isinstance(value, Undefined) or _is_nothing(value) else value


def rounded(value: object, places: int = 0) -> object:
    """A number to so many decimals, rounded half to even as everywhere: ``contact.custom.score | round(1)``."""
    if type(places) is not int or not 0 <= places <= _MOST_PLACES:
        raise TemplateRuntimeError(f"round takes 0 to {_MOST_PLACES} decimals")
    found = round(_number(value), places)
    return found if places else int(found)


def _is_nothing(value: object) -> bool:
    return value is None or value in ("", [])


def _day(value: object) -> date:
    if isinstance(value, date):
        return value
    try:
        return datetime.fromisoformat(str(value).strip()).date()
    except ValueError:
        raise TemplateRuntimeError(f"{_told(value)} is no date as 2026-12-01") from None


def _number(value: object) -> Any:  # noqa: ANN401 - a Decimal
    from decimal import Decimal, InvalidOperation

    try:
        found = Decimal(str(value).strip())
    except InvalidOperation:
        raise TemplateRuntimeError(f"{_told(value)} is no number") from None
    if not found.is_finite() or abs(found.adjusted()) > 30:
        raise TemplateRuntimeError(f"{_told(value)} is no number that can be written out")
    return found


def _told(value: object) -> str:
    return repr(str(value)[:40])


@lru_cache(maxsize=64)
def _babel(name: str) -> Locale:
    """The person's locale as far as it is known: ``bg_XX`` is Bulgarian, an unknown one English with ISO habits."""
    from babel import Locale, UnknownLocaleError

    for wanted in (name, name.partition("_")[0]):
        try:
            return Locale.parse(wanted)
        except (UnknownLocaleError, ValueError, TypeError):
            continue
    return Locale("en", "GB")
