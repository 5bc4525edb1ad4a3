"""Money, exact to the minor unit, and how people write amounts and numbers."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import nearest, quoted, word_set
from crmcli.errors import BadValue

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable


# ISO 4217, list one, with its funds codes and the codes withdrawn since 2018 (old deals keep theirs); metals and
# test codes have no minor unit and are left out.
CURRENCIES = word_set(
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD "
    "CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS "
    "GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD "
    "KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR "
    "NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN "
    "SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XCD "
    "XCG XOF XPF YER ZAR ZMW ZWG ZWL"
)
UNCOMMON_EXPONENTS = (
    dict.fromkeys(word_set("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"), 0)
    | dict.fromkeys(word_set("BHD IQD JOD KWD LYD OMR TND"), 3)
    | dict.fromkeys(word_set("CLF UYW"), 4)
)
_SYMBOLS = {
    "€": "EUR", "euro": "EUR", "euros": "EUR", "евро": "EUR", "£": "GBP", "us$": "USD", "usd$": "USD",
    "ca$": "CAD", "c$": "CAD", "a$": "AUD", "au$": "AUD", "nz$": "NZD", "hk$": "HKD", "s$": "SGD", "nt$": "TWD",
    "mx$": "MXN", "r$": "BRL", "cn¥": "CNY", "jp¥": "JPY", "rmb": "CNY", "元": "CNY", "円": "JPY", "원": "KRW",
    "лв": "BGN", "zł": "PLN", "zl": "PLN", "kč": "CZK", "ft": "HUF", "lei": "RON", "дин": "RSD", "ден": "MKD",
    "₽": "RUB", "руб": "RUB", "₴": "UAH", "грн": "UAH", "₸": "KZT", "₺": "TRY", "tl": "TRY", "₾": "GEL", "₼": "AZN",  # noqa: RUF001
    "fr": "CHF", "sfr": "CHF", "₪": "ILS", "₹": "INR", "₩": "KRW", "₫": "VND", "₦": "NGN", "₱": "PHP", "฿": "THB",
    "₡": "CRC", "₲": "PYG", "₵": "GHS", "₮": "MNT", "د.إ": "AED", "ر.س": "SAR", "ج.م": "EGP",
}  # fmt: skip
# Signs that several currencies share: the one meant when the default currency is none of them (None: refuse), and all.
_SHARED = {
    "$": (
        "USD",
        word_set(
            "USD ARS AUD BBD BMD BND BSD BZD CAD CLP COP FJD GYD HKD JMD KYD LRD MXN NAD NZD SBD SGD SRD TTD TWD UYU "
            "XCD"
        ),
    ),
    "¥": ("JPY", word_set("JPY CNY")),
    "kr": (None, word_set("DKK ISK NOK SEK")),
}
_SCALES = {
    "k": 3, "к": 3, "тыс": 3, "тис": 3, "хил": 3, "tys": 3, "m": 6, "м": 6, "mln": 6, "mio": 6, "млн": 6,
    "bn": 9, "mrd": 9, "млрд": 9, "mld": 9,
}  # fmt: skip
_LIMIT = 10**15
_TWINS = str.maketrans({
    "\uff04": "$", "\uffe1": "£", "\uffe5": "¥", "\uff0c": ",", "\uff0e": ".", "\u066b": ".", "\u066c": ",",
    "\u2019": "'", "\u2018": "'", "\u02bc": "'", "`": "'", "\u2212": "-", "\u2013": "-", "\u2014": "-", "\uff0d": "-",
    "\uff0b": "+", "\uff05": "%", "\u066a": "%",
})  # fmt: skip


class Money(NamedTuple):
    """An amount in minor units (cents) of an ISO 4217 currency."""

    minor: int
    currency: str

    @property
    def number(self) -> int | float:
        """The amount in major units: an int when whole, else a float."""
        unit: int = 10 ** exponent(self.currency)
        return self.minor // unit if self.minor % unit == 0 else self.minor / unit

    @property
    def plain(self) -> str:
        """The amount in major units for machines: ``12500``, or ``12500.50`` with all its digits when not whole."""
        digits = exponent(self.currency)
        whole, rest = divmod(abs(self.minor), 10**digits)
        sign = "-" if self.minor < 0 else ""
        return f"{sign}{whole}.{rest:0{digits}d}" if rest else f"{sign}{whole}"

    def share(self, percent: int) -> Money:
        """So many per cent of the amount, rounded half to even to the minor unit."""
        units, rest = divmod(self.minor * percent, 100)
        up = rest > 50 or (rest == 50 and units % 2 == 1)
        return Money(units + up, self.currency)


def exponent(currency: str) -> int:
    """How many digits the currency's minor unit takes: 2 for EUR, 0 for JPY, 3 for KWD."""
    return UNCOMMON_EXPONENTS.get(currency, 2)


def total(monies: Iterable[Money]) -> dict[str, Money]:
    """The sum of each currency, in the order they first appear; amounts of different currencies never mix."""
    sums: dict[str, Money] = {}
    for money in monies:
        so_far = sums.get(money.currency)
        sums[money.currency] = Money(so_far.minor + money.minor, money.currency) if so_far else money
    return sums


def read_currency(code: str) -> str:
    """The ISO 4217 code in upper case; raises BadValue for one that is not known."""
    wanted = code.strip().upper()
    if wanted in CURRENCIES:
        return wanted
    near = _SYMBOLS.get(_symbol(code)) or _nearest_code(wanted)
    hint = f"did you mean {near}?" if near else "give its three letters, as EUR"
    raise BadValue("currency", f"{quoted(code)} is not an ISO 4217 currency", hint=hint)


def _nearest_code(wanted: str) -> str | None:
    if not 2 <= len(wanted) <= 4:
        return None
    known = sorted(CURRENCIES)
    return next((c for c in known if c[:2] == wanted[:2]), None) or nearest(wanted, known)


def named_currency(text: str, default_currency: str) -> str:
    """The currency that a cell names: ``EUR``, ``€``, ``US Dollar (USD)``; raises BadValue for one that is not known.

    A sign that several share, as ``$``, is the default currency's if it can be.
    """
    codes = {word for word in _capitals().findall(text) if word in CURRENCIES}
    return codes.pop() if len(codes) == 1 else _currency_of(text, default_currency, "currency")


def is_currency_sign(text: str) -> bool:
    """Whether the text is a sign or short word for a currency, such as ``€`` or ``zł``, also one that several share."""
    return _symbol(text) in _SYMBOLS or _symbol(text) in _SHARED


@cache
def _capitals() -> re.Pattern[str]:
    import re

    return re.compile(r"\b[A-Z]{3}\b")


def read_money(
    text: str, default_currency: str, field: str = "value", locale: str | None = None, decimal: str | None = None
) -> Money:
    """The amount in ``text``, in the currency it names or else the default; raises BadValue naming ``field``.

    Reads ``12500``, ``12.5k``, ``€12,500``, ``EUR 12 500,50``, ``12.500,00 €``, ``1'234.50``. One comma before exactly
    three digits groups thousands, but is refused as ambiguous where the ``locale`` writes decimals after one; one point
    there is refused too, unless the currency has three decimals. Where the ``decimal`` mark is known nothing is.
    """
    written = _parse(text, field, "an amount")
    if written.percent:
        raise BadValue(field, f"{quoted(text)} is not an amount")
    currency = _currency(written, default_currency, text, field)
    whole, fraction = _whole_and_fraction(written, text, field, decimal)
    digits = exponent(currency)
    if decimal is None:
        _refuse_two_readings(written, text, field, digits, locale)
    if written.negative:
        raise BadValue(field, f"{quoted(text)} is below zero")
    minor, lost = _shifted(whole, fraction, digits + written.scale)
    if lost:
        places = f"{digits} decimals" if digits else "no decimals"
        raise BadValue(
            field, f"{quoted(text)} has more decimals than {currency} allows", hint=f"{currency} has {places}"
        )
    if minor > _LIMIT:
        raise BadValue(field, f"{quoted(text)} is too large", hint=f"at most {Money(_LIMIT, currency).plain}")
    return Money(minor, currency)


def _refuse_two_readings(written: _Written, text: str, field: str, digits: int, locale: str | None) -> None:
    before, _, after = written.digits.replace(",", ".").partition(".")
    continental = bool(locale) and _is_lone_comma(written.digits) and _decimal_mark(str(locale)) == ","
    if continental or _is_ambiguous(written, digits):
        raise _two_readings(text, field, before + after, f"{before}.{after}".rstrip("0").rstrip("."))


def read_number(text: str, field: str = "number", decimal: str | None = None) -> int | float:
    """The number in ``text``: ``10k``, ``-2.5m``, ``1,250``, ``12.5``, ``5%`` (5); raises BadValue naming ``field``."""
    written = _parse(text, field, "a number")
    if written.words:
        raise BadValue(field, f"{quoted(text)} is not a number")
    whole, fraction = _whole_and_fraction(written, text, field, decimal)
    number, rest = _shifted(whole, fraction, written.scale)
    sign = "-" if written.negative else ""
    return float(f"{sign}{number}.{rest}") if rest else int(f"{sign}{number}")


# --- how it is done ----------------------------------------------------------------------------------------------


class _Written(NamedTuple):
    digits: str  # with their separators, spaces as apostrophes
    negative: bool
    scale: int  # power of ten
    percent: bool
    words: tuple[str, ...]  # what stands around the digits: currencies


@cache
def _amount() -> re.Pattern[str]:
    import re

    return re.compile(
        r"(?P<open>\()?\s*(?P<sign>[-+])?\s*(?P<before>[^\d\s+\-(),.'][^\d+\-()]*?)?\s*(?P<sign2>[-+])?\s*"
        r"(?P<digits>[.,]?\d(?:[\d.,' ]*\d)?)(?:[.,]-)?\s*(?P<after>[^\d+\-()]*?)\s*(?P<close>\))?"
    )


def _plain(text: str) -> str:
    """The text with one spelling of digits, separators and signs, without invisible marks."""
    if not text.isascii():
        text = "".join(
            str(unicodedata.decimal(c)) if c.isdecimal() else c
            for c in unicodedata.normalize("NFC", text).translate(_TWINS)
            if unicodedata.category(c) != "Cf"
        )
    return " ".join(text.split())


def _symbol(text: str) -> str:
    return text.strip().rstrip(".").casefold()


def _parse(text: str, field: str, what: str) -> _Written:
    found = _amount().fullmatch(_plain(text)) if len(text) <= 80 else None
    if found is None or bool(found["open"]) != bool(found["close"]) or (found["sign"] and found["sign2"]):
        raise BadValue(field, f"{quoted(text)} is not {what}")
    scale, rest = _scale_of((found["after"] or "").strip())
    percent = rest == "%"
    words = tuple(w for w in (found["before"], None if percent else rest) if w)
    negative = bool(found["open"]) or "-" in (found["sign"], found["sign2"])
    return _Written(found["digits"].replace(" ", "'"), negative, scale, percent, words)


def _scale_of(after: str) -> tuple[int, str]:
    """The power of ten the word after the digits stands for, and what follows it."""
    if after.casefold() in _SYMBOLS or after.upper() in CURRENCIES:
        return 0, after
    word, _, rest = after.partition(" ")
    power = _SCALES.get(_symbol(word))
    if power is not None:
        return power, rest
    glued = after[1:]  # 12.5k€, 5MUSD
    if after[:1].casefold() in _SCALES and (glued.upper() in CURRENCIES or _symbol(glued) in (*_SYMBOLS, *_SHARED)):
        return _SCALES[after[0].casefold()], glued
    return 0, after


def _currency(written: _Written, default: str, text: str, field: str) -> str:
    codes = [word.upper() for word in written.words if word.upper() in CURRENCIES]
    # A code says which of the currencies that share a sign is meant: "$100 CAD".
    named = {_currency_of(word, codes[0] if codes else default, field) for word in written.words}
    if len(named) > 1:
        raise BadValue(field, f"{quoted(text)} names two currencies")
    return named.pop() if named else default


def _currency_of(word: str, default: str, field: str) -> str:
    symbol = _symbol(word)
    if symbol in _SHARED:
        usual, sharing = _SHARED[symbol]
        meant = default if default in sharing else usual
        if meant is None:
            raise BadValue(field, f"{quoted(word)} is several currencies", hint=f"write {', '.join(sorted(sharing))}")
        return meant
    if symbol in _SYMBOLS:
        return _SYMBOLS[symbol]
    try:
        return read_currency(word)
    except BadValue as unknown:
        raise BadValue(field, unknown.reason, hint=unknown.hint) from None


def decimal_marks(text: str) -> str:
    """The marks that may stand before the decimals of a number: ``.`` or ``,``, both (``.,``), or none."""
    try:
        digits = _parse(text, "number", "a number").digits
    except BadValue:
        return ""
    found = {mark: digits.count(mark) for mark in ".," if mark in digits}
    if len(found) == 2:
        last = max(found, key=digits.rfind)
        return last if found[last] == 1 else ""
    if not found:
        return ""
    mark, count = found.popitem()
    other = ".,".replace(mark, "")
    if count > 1:
        return other
    before, _, after = digits.partition(mark)
    could_group = len(after) == 3 and before.isdecimal() and len(before) <= 3 and before[:1] != "0"
    return ".," if could_group else mark


def _whole_and_fraction(written: _Written, text: str, field: str, decimal: str | None = None) -> tuple[str, str]:
    """The digits before and after the decimal separator."""
    digits = written.digits
    point = _decimal_separator(digits) if decimal is None else decimal if decimal in digits else ""
    whole, _, fraction = digits.rpartition(point) if point else (digits, "", "")
    twice = bool(point) and point in whole
    if twice or (fraction and not fraction.isdecimal()) or not _is_grouped(whole):
        raise BadValue(field, f"{quoted(text)} is not a number: its digits are grouped unevenly")
    plain = "".join(c for c in whole if c.isdecimal())
    if decimal is None and written.scale and digits.count(",") == 1 and digits == whole:
        one, other = (int(plain) * 10**power for power in (written.scale - 3, written.scale))
        raise _two_readings(text, field, str(one), str(other))
    return plain, fraction


def _shifted(whole: str, fraction: str, places: int) -> tuple[int, str]:
    """The digits with the decimal point moved right: what stands before it, and after it without closing zeros."""
    moved = fraction.ljust(places, "0")
    return int(whole + moved[:places] or "0"), moved[places:].rstrip("0")


def _decimal_separator(digits: str) -> str:
    """The character that starts the decimals, or nothing when all separators group thousands."""
    if _is_lone_comma(digits):
        return ""
    last = max(digits.rfind(","), digits.rfind("."))
    if last < 0:
        return ""
    mark, before = digits[last], digits[:last]
    if mark in before:
        return ""
    return mark


def _is_lone_comma(digits: str) -> bool:
    """Whether the only separator is a comma that can group thousands: ``12,500``."""
    before, _, after = digits.partition(",")
    return len(after) == 3 and (before + after).isdecimal() and 0 < len(before) <= 3 and before[0] != "0"


@cache
def _decimal_mark(locale: str) -> str:
    """What stands before the decimals where the user is; a point for a locale that is not known."""
    from babel import Locale, UnknownLocaleError
    from babel.numbers import get_decimal_symbol

    try:
        return get_decimal_symbol(Locale.parse(locale.replace("-", "_").partition(".")[0]))
    except (UnknownLocaleError, ValueError):
        return "."


def _is_grouped(whole: str) -> bool:
    """Whether thousands are set off by one separator alone, evenly, or as lakhs and crores (12,50,000)."""
    marks = {c for c in whole if not c.isdecimal()}
    if not marks:
        return True
    if len(marks) > 1:
        return False
    mark = marks.pop()
    first, *middle, last = whole.split(mark)
    sizes = {len(group) for group in middle}
    even = sizes <= {3} and 0 < len(first) <= 3
    lakhs = mark == "," and sizes == {2} and 0 < len(first) <= 2
    return len(last) == 3 and (even or lakhs)


def _is_ambiguous(written: _Written, digits: int) -> bool:
    before, point, after = written.digits.partition(".")
    return (
        bool(point)
        and digits < 3
        and not written.scale
        and len(after) == 3
        and after.isdecimal()
        and before.isdecimal()
        and len(before) <= 3
        and before[0] != "0"
    )


def _two_readings(text: str, field: str, one: str, other: str) -> BadValue:
    return BadValue(field, f"{quoted(text)} could be {one} or {other}", hint=f"write {one} or {other}")
