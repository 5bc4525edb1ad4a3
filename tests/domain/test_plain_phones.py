"""Quick readers of phone numbers against phonenumbers: the same answer, or none, for numbers of every country."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import phonenumbers as pn
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.domain.people import read_phone
from crmcli.domain.plain_phones import plain_local_phone, plain_phone

if TYPE_CHECKING:
    from collections.abc import Iterator

MARKS = ("", "", "", "", "", " ", "-", ".", "(", ")", " (", ") ", "--", "  ")
CODES = sorted(pn.COUNTRY_CODE_TO_REGION_CODE)
EXAMPLES = {
    region: [found for kind in range(11) if (found := pn.example_number_for_type(region, kind)) is not None]
    for region in sorted(pn.SUPPORTED_REGIONS)
}
NASTY = (
    "+359 88 123 4567", "+359 (0)88 123 4567", "+359 0 88 123 4567", "+48 501 234 567", "+39 06 698 1234", "+39 0",
    "+39 00 698 1234", "+44 (0)20 7946 0958", "+1 (650) 253-0000", "+1 1 650 253 0000", "+7 800 555 35 35", "+7 8 800",
    "+54 9 11 2345 6789", "+54 11 15 2345 6789", "+55 11 96123 4567", "+52 1 55 1234 5678", "+800 1234 5678",
    "+888 12", "+999 123 456", "+0 123 456 789", "+", "+1", "+12", "+123", "++359 88 123 4567", "+ 359 88 123 4567",
    "+359 88 123 4567.", "+359 88 123 4567 x12", "+359 88 123 4567;ext=12", "+359 88 123 4567#", "+359-88-123-4567 - 12",
    "+359\u00a088 123 4567", "+359 88 123 456\u0667", "\uff0b359 88 123 4567", "+359 88\n123 4567", "+359/88/1234567",
    "(+359) 88 123 4567", "+359 88 123 4567 / 68", "+1" * 20, "+" + "1" * 41, "+" + "0" * 12, "+49 " + "0" * 9,
    "088 123 4567", "(02) 123 4567", "02) 123 4567", "((02)) 123 4567", "00359 88 123 4567", "0 0359 88 123 4567",
    "359 88 123 4567", "48 501 234 567", "501 234 567", "1 650 253 0000", "(650) 253-0000", "253-0000", "112", "8 800 555",
    "0800 12345", "0" * 9, "180020 7946 0958", "011 359 88 123 4567", "8~10 359 88 123 4567", "0.8.8.1.2.3.4.5.6.7",
)  # fmt: skip


def numbers(dice: random.Random, count: int) -> Iterator[tuple[str, str]]:
    """Countries and numbers that are dialled in them, most of them a little wrong."""
    for _ in range(count):
        region = dice.choice(list(EXAMPLES))
        if dice.random() < 0.3:
            yield region, "".join(dice.choices("0123456789", k=dice.randrange(4, 15)))
            continue
        shown = pn.format_number(dice.choice(EXAMPLES[region]), pn.PhoneNumberFormat.NATIONAL)
        digits = [c for c in shown if c.isdecimal()]
        for _ in range(dice.randrange(4)):
            digits[dice.randrange(len(digits))] = dice.choice("0123456789")
        yield region, dice.choice(("", "", "0")) + "".join(digits[: -1 if dice.random() < 0.1 else None])


def parted(dice: random.Random, digits: str) -> str:
    """The digits with marks between them."""
    return digits[0] + "".join(dice.choice(MARKS) + digit for digit in digits[1:])


@pytest.mark.parametrize("seed", range(4))
def test_numbers_of_every_country_are_read_as_ever(seed: int) -> None:
    """From abroad and at home; a good part of them at once."""
    dice = random.Random(seed)
    quick = 0
    for region, digits in numbers(dice, 2000):
        abroad = "+" + parted(dice, f"{pn.country_code_for_region(region)}{digits.removeprefix('0')}")
        local = parted(dice, digits)
        answers = [(plain_phone(abroad), abroad), (plain_local_phone(local, region), local)]
        for found, text in answers:
            if found is not None:
                assert (text, found) == (text, read_phone(text, region))
                quick += 1
    assert quick > 1000


def test_every_calling_code_is_read_as_ever() -> None:
    """Those that no country has, too."""
    dice = random.Random(9)
    for code in CODES * 8:
        text = "+" + parted(dice, f"{code}{''.join(dice.choices('0123456789', k=dice.randrange(4, 12)))}")
        found = plain_phone(text)
        assert found is None or (text, found) == (text, read_phone(text, None))


@pytest.mark.parametrize(
    "country", ["BG", "bg", "PL", "US", "CA", "GB", "IT", "RU", "AR", "BR", "KZ", "VA", "XX", "001"]
)
def test_nasty_ones_are_read_as_ever(country: str) -> None:
    for text in NASTY:
        for found in (plain_phone(text), plain_local_phone(text, country)):
            assert found is None or (text, found) == (text, read_phone(text, country))


@given(st.text("+0123456789 ().-x#;/\u0661\u00a0", max_size=20), st.sampled_from(["BG", "US", "IT", "RU"]))
def test_no_text_is_answered_otherwise(text: str, country: str) -> None:
    for found in (plain_phone(text), plain_local_phone(text, country)):
        assert found is None or found == read_phone(text, country)


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("+359 88 123 4567", None), ("+48-501-234-567", None), ("+1 (650) 253-0000", None), ("+39 06 698 12345", None),
        ("+442079460958", None), ("+49 30 901820", None), ("088 123 4567", "BG"), ("501 234 567", "PL"),
        ("(650) 253-0000", "US"), ("020 7946 0958", "GB"), ("030 901820", "DE"),
    ],
)  # fmt: skip
def test_usual_numbers_are_answered_at_once(text: str, country: str | None) -> None:
    found = plain_phone(text) if country is None else plain_local_phone(text, country)
    assert found == read_phone(text, country)
