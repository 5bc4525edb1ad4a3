"""The decimal mark of a column comes from all of its values; shares and thousands are told apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.domain.booleans import read_boolean
from crmcli.domain.countries import country_code
from crmcli.domain.money import Money, decimal_marks, named_currency, read_money, read_number
from crmcli.domain.number_columns import NumberColumn, NumberFormat
from crmcli.errors import BadValue


def form_of(*texts: str, shares: bool = False) -> NumberFormat:
    """The format of a column of those values."""
    column = NumberColumn()
    for text in texts:
        (column.see_share if shares else column.see)(text)
    return column.form


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("€1.234,56", ","), ("$1,234.56", "."), ("1 234,56 zł", ","), ("1'234.50 CHF", "."), ("(1,234.00)", "."),
        ("12.5k", "."), ("1.234.567", ","), ("1,234,567", "."), ("1.234", ".,"), ("1,234", ".,"), ("0.125", "."),
        ("1234.567", "."), ("1234", ""), ("12,50,000", "."), ("abc", ""), ("USD 100", ""), ("1.2", "."), ("5,5 %", ","),
    ],
)  # fmt: skip
def test_a_number_shows_its_decimal_mark_or_may_have_either(text: str, marks: str) -> None:
    assert set(marks) == set(decimal_marks(text))


@pytest.mark.parametrize(
    ("texts", "form"),
    [
        (("€1.234,56", "1.234"), NumberFormat(",")),
        (("1,234.56", "1,234"), NumberFormat(".")),
        (("1.234", "5.678"), NumberFormat(",", sure=False)),
        (("1,234", "5"), NumberFormat(".", sure=False)),
        (("1.234", "1,234"), NumberFormat()),
        (("100", "200"), NumberFormat()),
        (("1.5", "1,5"), NumberFormat()),
        (("1.5",) * 30 + ("1,5",), NumberFormat(".")),
        ((), NumberFormat()),
    ],
)
def test_a_column_has_one_decimal_mark(texts: tuple[str, ...], form: NumberFormat) -> None:
    assert form == form_of(*texts)


@pytest.mark.parametrize(
    ("texts", "fractions"),
    [
        (("0.25", "0.5", "1", "0"), True),
        (("0,25", "0,5"), True),
        (("0.25", "75"), False),
        (("0.25%", "0.5%"), False),
        (("0", "1"), False),
        (("12.5 %",), False),
    ],
)
def test_percentages_may_be_fractions_of_one(texts: tuple[str, ...], fractions: bool) -> None:
    assert fractions is form_of(*texts, shares=True).fractions


def test_percentages_have_no_thousands() -> None:
    assert form_of("12,500", "37,250", shares=True) == NumberFormat(",")


@pytest.mark.parametrize(
    ("text", "decimal", "minor"),
    [("1.234", ",", 123_400), ("1,234", ".", 123_400), ("1.234,5", ",", 123_450), ("1,5", ",", 150), ("7", ",", 700)],
)
def test_money_is_read_by_the_mark_of_its_column(text: str, decimal: str, minor: int) -> None:
    assert Money(minor, "EUR") == read_money(text, "EUR", decimal=decimal, locale="de_DE")


@pytest.mark.parametrize(("text", "decimal"), [("1.234.567", "."), ("1,23", "."), ("1,234,567.5", ",")])
def test_a_number_that_contradicts_its_column_is_refused(text: str, decimal: str) -> None:
    with pytest.raises(BadValue, match="grouped unevenly"):
        read_money(text, "EUR", decimal=decimal)


@given(st.integers(0, 10**11), st.sampled_from([".", ","]))
def test_numbers_of_either_mark_read_back(cents: int, decimal: str) -> None:
    other = "," if decimal == "." else "."
    text = f"{cents // 100:,}.{cents % 100:02d}".translate(str.maketrans({",": other, ".": decimal}))
    assert read_money(text, "EUR", decimal=decimal).minor == cents
    assert read_number(text, decimal=decimal) == pytest.approx(cents / 100)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("EUR", "EUR"),
        ("usd", "USD"),
        ("€", "EUR"),
        ("лв.", "BGN"),
        ("US Dollar (USD)", "USD"),
        ("$", "CAD"),
        ("zł", "PLN"),
    ],
)
def test_a_cell_names_a_currency(text: str, code: str) -> None:
    assert code == named_currency(text, "CAD")


def test_a_code_says_which_dollar() -> None:
    assert read_money("$100 CAD", "EUR") == Money(10_000, "CAD")
    with pytest.raises(BadValue, match="two currencies"):
        read_money("$100 EUR", "USD")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Bulgaria", "BG"), ("България", "BG"), ("bg", "BG"), ("BGR", "BG"), ("USA", "US"), ("U.S.A.", "US"),
        ("United States", "US"), ("США", "US"), ("Deutschland", "DE"), ("Niemcy", "DE"), ("Германия", "DE"),
        ("Allemagne", "DE"), ("Alemania", "DE"), ("UK", "GB"), ("Côte d’Ivoire", "CI"), ("Cote d'Ivoire", "CI"),
        ("Bosnia and Herzegovina", "BA"), ("Bosnia & Herzegovina", "BA"), ("Czech Republic", "CZ"), ("中国", "CN"),
        ("The Netherlands", "NL"), ("United States of America (USA)", "US"), ("Nowhere", None), ("", None), ("EU", None),
        ("12", None), ("840", None),
    ],
)  # fmt: skip
def test_a_country_goes_by_many_names(text: str, code: str | None) -> None:
    assert code == country_code(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("TRUE", True),
        ("да", True),
        ("Sí", True),
        ("x", True),
        ("☑", True),
        ("No", False),
        ("нет", False),
        ("0", False),
        ("maybe", None),
        ("", None),
    ],
)
def test_yes_and_no_in_seven_languages(text: str, said: bool | None) -> None:
    assert said is read_boolean(text)
