"""Money is exact, and amounts are read as people write them or refused with both readings."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.domain.money import (
    CURRENCIES,
    Money,
    exponent,
    read_currency,
    read_money,
    read_number,
    total,
)
from crmcli.errors import BadValue

minors = st.integers(min_value=0, max_value=10**15)
currencies = st.sampled_from(sorted(CURRENCIES))
NNBSP = "\u202f"
NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("text", "minor", "currency"),
    [
        ("12500", 1250000, "EUR"),
        (" 12500 ", 1250000, "EUR"),
        ("12500.50", 1250050, "EUR"),
        ("12.5", 1250, "EUR"),
        ("0", 0, "EUR"),
        ("0.5", 50, "EUR"),
        (".5", 50, "EUR"),
        ("+5", 500, "EUR"),
        ("12.5k", 1250000, "EUR"),
        ("12.5 K", 1250000, "EUR"),
        ("12,5k", 1250000, "EUR"),
        ("2.5m", 250000000, "EUR"),
        ("2.125m", 212500000, "EUR"),
        ("10 bn", 10**12, "EUR"),
        ("1.5 mln zł", 150000000, "PLN"),
        ("12,5 тыс. руб.", 1250000, "RUB"),
        ("5MUSD", 500000000, "USD"),
        ("12.5k€", 1250000, "EUR"),
        ("€12.5k", 1250000, "EUR"),
        ("5k$", 500000, "USD"),
        ("€12,500", 1250000, "EUR"),
        ("12,500", 1250000, "EUR"),
        ("1,234,567.89", 123456789, "EUR"),
        ("1.234.567,89", 123456789, "EUR"),
        ("1.250.000", 125000000, "EUR"),
        ("12500 EUR", 1250000, "EUR"),
        ("12500eur", 1250000, "EUR"),
        ("EUR 12 500,50", 1250050, "EUR"),
        (f"12{NNBSP}500,50{NBSP}€", 1250050, "EUR"),
        ("12.500,00 €", 1250000, "EUR"),
        ("1'234.50", 123450, "EUR"),
        ("1\u2019234.50", 123450, "EUR"),
        ("CHF 250.-", 25000, "CHF"),
        ("12,-", 1200, "EUR"),
        ("12,50,000 INR", 125000000, "INR"),
        ("0,500", 50, "EUR"),
        ("0.500", 50, "EUR"),
        ("1234,500", 123450, "EUR"),
        ("1234.500", 123450, "EUR"),
        ("12 500.500", 1250050, "EUR"),
        ("12.3400", 1234, "EUR"),
        ("100 лв", 10000, "BGN"),
        ("100лв.", 10000, "BGN"),
        ("1 200 zł", 120000, "PLN"),
        ("1 000 000,00 Kč", 100000000, "CZK"),
        ("£5", 500, "GBP"),
        ("$5", 500, "USD"),
        ("US$1,000.00", 100000, "USD"),
        ("¥500", 500, "JPY"),
        ("￥500", 500, "JPY"),
        ("€5 EUR", 500, "EUR"),
        ("12.567 KWD", 12567, "KWD"),
        ("12.500 KWD", 12500, "KWD"),
        ("500.00 JPY", 500, "JPY"),
        ("٣٬٥٠٠", 350000, "EUR"),
        ("٣٫٥ ر.س", 350, "SAR"),
        ("１２５００", 1250000, "EUR"),
        ("\u200f12500\u200e", 1250000, "EUR"),
        ("10000000000000", 10**15, "EUR"),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, minor: int, currency: str) -> None:
    assert Money(minor, currency) == read_money(text, "EUR")


@pytest.mark.parametrize(
    ("text", "default", "currency"),
    [
        ("$5", "CAD", "CAD"),
        ("$5", "MXN", "MXN"),
        ("$5", "BGN", "USD"),
        ("¥5", "CNY", "CNY"),
        ("¥5", "EUR", "JPY"),
        ("5 kr", "SEK", "SEK"),
        ("5 kr.", "DKK", "DKK"),
        ("5", "PLN", "PLN"),
    ],
)
def test_a_shared_sign_means_the_default_currency_when_it_can(text: str, default: str, currency: str) -> None:
    assert currency == read_money(text, default).currency


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", '"" is not an amount'),
        ("abc", '"abc" is not an amount'),
        ("nan", '"nan" is not an amount'),
        ("inf", '"inf" is not an amount'),
        ("1e5", '"1e5" is not an amount'),
        ("10²", '"²" is not an ISO 4217 currency'),
        ("5 %", '"5 %" is not an amount'),
        ("(5", '"(5" is not an amount'),
        ("-$-5", '"-$-5" is not an amount'),
        ("EUR", '"EUR" is not an amount'),
        ("12\n13 x 5", '"12 13 x 5" is not an amount'),
        ("-5", '"-5" is below zero'),
        ("\u22125", '"\u22125" is below zero'),
        ("$-5", '"$-5" is below zero'),
        ("(5)", '"(5)" is below zero'),
        ("12.345,678", '"12.345,678" has more decimals than EUR allows'),
        ("0.005", '"0.005" has more decimals than EUR allows'),
        ("5.5 JPY", '"5.5 JPY" has more decimals than JPY allows'),
        ("12 XXQ", '"XXQ" is not an ISO 4217 currency'),
        ("500 kr", '"kr" is several currencies'),
        ("€5 USD", '"€5 USD" names two currencies'),
        ("1,2,3", '"1,2,3" is not a number: its digits are grouped unevenly'),
        ("12 50", '"12 50" is not a number: its digits are grouped unevenly'),
        ("1.5.2", '"1.5.2" is not a number: its digits are grouped unevenly'),
        ("1,234.567.890", '"1,234.567.890" is not a number: its digits are grouped unevenly'),
        ("10000000000000.01", '"10000000000000.01" is too large'),
        ("9" * 70, '"' + "9" * 59 + '…" is too large'),
        ("9" * 10_000, '"' + "9" * 59 + '…" is not an amount'),
    ],
)
def test_what_is_no_amount_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(BadValue) as refused:
        read_money(text, "EUR")
    assert ("value", reason) == (refused.value.field, refused.value.reason)


@pytest.mark.parametrize(
    ("text", "reason", "hint"),
    [
        ("12.500", '"12.500" could be 12500 or 12.5', "write 12500 or 12.5"),
        ("€1.250", '"€1.250" could be 1250 or 1.25', "write 1250 or 1.25"),
        ("12.500 JPY", '"12.500 JPY" could be 12500 or 12.5', "write 12500 or 12.5"),
        ("2,125m", '"2,125m" could be 2125000 or 2125000000', "write 2125000 or 2125000000"),
    ],
)
def test_an_ambiguous_amount_is_refused_with_both_readings(text: str, reason: str, hint: str) -> None:
    with pytest.raises(BadValue) as refused:
        read_money(text, "EUR")
    assert (reason, hint) == (refused.value.reason, refused.value.hint)


def test_a_refusal_names_the_field_it_was_read_for() -> None:
    with pytest.raises(BadValue, match=r"^annual-revenue: ") as refused:
        read_money("lots", "EUR", field="annual-revenue")
    assert refused.value.field == "annual-revenue"


@given(minors, currencies)
def test_plain_text_reads_back_to_the_same_money(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert money == read_money(money.plain, currency)


@given(minors, st.sampled_from(["EUR", "BGN", "PLN"]))
def test_continental_grouping_reads_back_to_the_same_money(minor: int, currency: str) -> None:
    whole, cents = divmod(minor, 100)
    grouped = f"{whole:,}".replace(",", ".")
    assert Money(minor, currency) == read_money(f"{grouped},{cents:02d} {currency}", "USD")


@given(st.text(max_size=90))
def test_no_text_does_anything_but_read_or_be_refused(text: str) -> None:
    try:
        money = read_money(text, "EUR")
    except BadValue as refused:
        line = refused.message
    else:
        line = money.plain
        assert 0 <= money.minor <= 10**15
        assert money.currency in CURRENCIES
    assert "\n" not in line


@pytest.mark.parametrize(
    ("money", "number", "plain"),
    [
        (Money(1250000, "EUR"), 12500, "12500"),
        (Money(1250050, "EUR"), 12500.5, "12500.50"),
        (Money(5, "EUR"), 0.05, "0.05"),
        (Money(0, "EUR"), 0, "0"),
        (Money(-150, "EUR"), -1.5, "-1.50"),
        (Money(500, "JPY"), 500, "500"),
        (Money(12567, "KWD"), 12.567, "12.567"),
        (Money(12500, "KWD"), 12.5, "12.500"),
    ],
)
def test_money_shows_its_major_units(money: Money, number: float, plain: str) -> None:
    assert (number, plain) == (money.number, money.plain)
    assert type(number) is type(money.number)


@pytest.mark.parametrize(
    ("minor", "percent", "expected"),
    [(380000, 90, 342000), (1, 50, 0), (3, 50, 2), (5, 50, 2), (1, 51, 1), (-1, 50, 0), (-3, 50, -2), (99, 0, 0)],
)
def test_a_share_rounds_half_to_even(minor: int, percent: int, expected: int) -> None:
    assert Money(expected, "EUR") == Money(minor, "EUR").share(percent)


@given(st.integers(-(10**15), 10**15), st.integers(0, 100))
def test_a_share_is_the_exact_share_rounded(minor: int, percent: int) -> None:
    assert round(Fraction(minor * percent, 100)) == Money(minor, "EUR").share(percent).minor


def test_weighted_value_of_the_check_vector() -> None:
    """3800 at 90 % and 22500 at 20 % weigh 7920 together."""
    weighted = total([read_money("3800", "EUR").share(90), read_money("22500", "EUR").share(20)])
    assert {"EUR": Money(792000, "EUR")} == weighted


def test_totals_never_mix_currencies() -> None:
    sums = total([Money(1, "EUR"), Money(5, "USD"), Money(2, "EUR")])
    assert [("EUR", Money(3, "EUR")), ("USD", Money(5, "USD"))] == list(sums.items())
    assert total([]) == {}


@pytest.mark.parametrize(("currency", "digits"), [("EUR", 2), ("JPY", 0), ("ISK", 0), ("KWD", 3), ("CLF", 4)])
def test_the_minor_unit_follows_the_currency(currency: str, digits: int) -> None:
    assert digits == exponent(currency)


def test_currencies_and_minor_units_agree_with_babel() -> None:
    """Babel's CLDR figures know every code, and the same digits where banks and CLDR agree."""
    from babel.core import get_global
    from babel.numbers import list_currencies

    fractions = get_global("currency_fractions")
    iso = {
        code: exponent(code) for code in ("EUR", "USD", "GBP", "BGN", "JPY", "KRW", "VND", "BHD", "KWD", "OMR", "CLF")
    }
    assert {"XCG", "ZWG"} >= CURRENCIES - list_currencies()
    assert iso == {code: fractions.get(code, fractions["DEFAULT"])[0] for code in iso}


@pytest.mark.parametrize(("code", "expected"), [("EUR", "EUR"), (" eur ", "EUR"), ("pln", "PLN")])
def test_a_currency_code_is_read_in_any_case(code: str, expected: str) -> None:
    assert expected == read_currency(code)


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("BGM", "did you mean BGN?"),
        ("US", "did you mean USD?"),
        ("€", "did you mean EUR?"),
        ("euro", "did you mean EUR?"),
        ("dollars", "give its three letters, as EUR"),
        ("", "give its three letters, as EUR"),
    ],
)
def test_an_unknown_currency_is_refused_with_the_nearest(code: str, hint: str) -> None:
    with pytest.raises(BadValue) as refused:
        read_currency(code)
    assert ("currency", hint) == (refused.value.field, refused.value.hint)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("10k", 10_000),
        ("2.5m", 2_500_000),
        ("2.5555k", 2555.5),
        ("1,250", 1250),
        ("1,250.5", 1250.5),
        ("12.5", 12.5),
        ("12,5", 12.5),
        ("12.500", 12.5),
        ("1.0", 1),
        ("0.1", 0.1),
        ("007", 7),
        ("-5", -5),
        ("-0.5", -0.5),
        ("5%", 5),
        ("2.5 %", 2.5),
        ("٤٢", 42),
    ],
)
def test_numbers_are_read(text: str, number: float) -> None:
    read = read_number(text)
    assert (number, type(number)) == (read, type(read))


@pytest.mark.parametrize("text", ["", "abc", "1e5", "nan", "inf", "5 EUR", "1 2", "--5", "0x10", "5%%"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(BadValue, match=r"^lead-score: .* is not a number"):
        read_number(text, field="lead-score")


@given(st.integers(-(10**15), 10**15))
def test_an_integer_reads_back(number: int) -> None:
    assert number == read_number(str(number)) == read_number(f"{number:,}")


@pytest.mark.parametrize("locale", ["bg_BG", "pl-PL", "de_DE.UTF-8"])
def test_a_lone_comma_is_two_readings_where_decimals_follow_one(locale: str) -> None:
    with pytest.raises(BadValue, match=r"could be 1230 or 1\.23"):
        read_money("1,230", "EUR", locale=locale)
    assert Money(123456, "EUR") == read_money("1.234,56", "EUR", locale=locale)
    assert Money(1250000, "EUR") == read_money("12,5k", "EUR", locale=locale)


@pytest.mark.parametrize("locale", [None, "en_US", "xx_nowhere"])
def test_a_lone_comma_groups_thousands_elsewhere(locale: str | None) -> None:
    assert Money(1250000, "EUR") == read_money("€12,500", "EUR", locale=locale)
