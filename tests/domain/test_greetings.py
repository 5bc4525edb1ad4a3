"""How letters begin, by language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.domain.greetings import LANGUAGES, greeting


@pytest.mark.parametrize(
    ("locale", "informal", "formal", "nobody"),
    [
        ("en_GB", "Dear Jane", "Dear Jane Doe", "Hello"),
        ("bg_BG", "Здравейте, Jane", "Здравейте, Jane Doe", "Здравейте"),
        ("de_AT", "Hallo Jane", "Guten Tag Jane Doe", "Guten Tag"),
        ("ja", "Jane様", "Jane Doe様", "ご担当者様"),
        ("xx_YY", "Dear Jane", "Dear Jane Doe", "Hello"),
        ("", "Dear Jane", "Dear Jane Doe", "Hello"),
    ],
)
def test_by_language(locale: str, informal: str, formal: str, nobody: str) -> None:
    """An unknown language is greeted in English, somebody without a name without one."""
    assert informal == greeting(locale, "Jane", "Doe", "", "Jane Doe")
    assert formal == greeting(locale, "Jane", "Doe", "", "Jane Doe", formal=True)
    assert nobody == greeting(locale, "", "", "", "") == greeting(locale, "", "", "", "", formal=True)


@pytest.mark.parametrize(
    ("locale", "prefix", "expected"),
    [
        ("de", "Frau", "Sehr geehrte Frau Doe"),
        ("de", "Herr", "Sehr geehrter Herr Doe"),
        ("de", "Dr.", "Guten Tag Dr. Doe"),
        ("en", "Mrs.", "Dear Ms Doe"),
        ("bg", "г-н", "Уважаеми г-н Doe"),
        ("pl", "Pani", "Szanowna Pani"),
        ("fr", "Mme", "Bonjour Madame Doe"),
        ("hi", "Mr", "आदरणीय Jane Doe"),
    ],
)
def test_a_prefix_says_how_one_is_addressed(locale: str, prefix: str, expected: str) -> None:
    assert expected == greeting(locale, "Jane", "Doe", prefix, "Jane Doe", formal=True)


def test_the_languages_that_are_promised() -> None:
    wanted = {
        "bg",
        "pl",
        "de",
        "fr",
        "es",
        "it",
        "ru",
        "uk",
        "zh",
        "ja",
        "ar",
        "hi",
        "tr",
        "pt",
        "nl",
        "cs",
        "ro",
        "el",
        "en",
    }
    assert wanted == set(LANGUAGES)


@given(st.sampled_from(LANGUAGES), st.text(max_size=20), st.booleans())
def test_any_name_goes_in_as_it_is(language: str, name: str, formal: bool) -> None:
    """Also one with braces in it."""
    assert name in greeting(language, name, "", "", name, formal=formal)
