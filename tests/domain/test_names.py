"""Names are joined and taken apart in the order of their script and of their locale."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.domain.names import Name, join_name, split_name, turned


@pytest.mark.parametrize(
    ("full", "locale", "name"),
    [
        ("Nagy János", "hu_HU", Name("János", "Nagy")),
        ("Nagy János Péter", "hu", Name("János Péter", "Nagy")),
        ("Nguyen Van An", "vi-VN", Name("Van An", "Nguyen")),
        ("Madonna", "hu_HU", Name("Madonna", None)),
        ("Jane Doe", "en_US", Name("Jane", "Doe")),
        ("Nguyễn Văn An", None, Name("Văn An", "Nguyễn")),
        ("An Nguyễn", None, Name("An", "Nguyễn")),
        ("すずき 一郎", None, Name("一郎", "すずき")),
        ("Иванова Мария Петровна", "ru_RU", Name("Мария Петровна", "Иванова")),
        ("Vincent van 't Hoff", None, Name("Vincent", "van 't Hoff")),
        ("Dr.-Ing. Hans Müller", None, Name("Hans", "Müller", "Dr.-Ing.")),
        ("mgr inż. Jan Kowalski", None, Name("Jan", "Kowalski", "mgr inż.")),
        ("инж. Петър Петров", None, Name("Петър", "Петров", "инж.")),
        ("Jane Doe, LL.M.", None, Name("Jane", "Doe", None, "LL.M.")),
    ],
)
def test_a_name_comes_apart_in_its_locale(full: str, locale: str | None, name: Name) -> None:
    assert name == split_name(full, locale)


@pytest.mark.parametrize(
    ("parts", "locale", "whole"),
    [
        (("Jane", "", "Doe"), None, "Jane Doe"),
        (("Jane", "Q.", "Doe"), "en_US", "Jane Q. Doe"),
        (("小明", "", "王"), None, "王小明"),
        (("민준", "", "김"), "en_US", "김민준"),
        (("János", "", "Nagy"), "hu_HU", "Nagy János"),
        (("János", "Péter", "Nagy"), "hu_HU", "Nagy János Péter"),
        (("An", "Văn", "Nguyễn"), None, "Nguyễn Văn An"),
        (("Jane", "", ""), "hu_HU", "Jane"),
        (("", "", "Doe"), None, "Doe"),
    ],
)
def test_a_name_is_joined_in_its_order(parts: tuple[str, str, str], locale: str | None, whole: str) -> None:
    assert whole == join_name(*parts, locale)


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ("Doe, Jane", "Jane Doe"),
        ("Doe, Jane, PhD", "Jane Doe"),
        ("van der Berg, Dr. Jane", "Jane van der Berg"),
        ("Иванов, Иван Иванович", "Иван Иванович Иванов"),
        ("王, 小明", "王小明"),
        ("Jane Doe", None),
        ("Doe, Jr.", None),
        ("John Smith, PhD", None),
        ("Acme, Inc.", None),
        ("Ромашка, ООО", None),
        ("Doe,", None),
        (", Jane", None),
    ],
)
def test_a_name_of_a_list_is_turned_round(listed: str, said: str | None) -> None:
    found = turned(listed)
    assert said == (found and found[0])


def test_a_turned_name_keeps_its_titles() -> None:
    assert turned("van der Berg, Dr. Jane, Jr.") == ("Jane van der Berg", Name("Jane", "van der Berg", "Dr.", "Jr."))


@given(
    st.sampled_from(["Jane", "Мария", "Łucja"]),
    st.sampled_from(["Doe", "Иванова", "Żak"]),
    st.sampled_from(["hu", "en", None]),
)
def test_what_was_joined_comes_apart(given_name: str, family: str, locale: str | None) -> None:
    assert split_name(join_name(given_name, "", family, locale), locale) == Name(given_name, family)


@pytest.mark.parametrize(
    "family", ["Doe", "Jr.", "MD", "M.D.", "III", "小明", "Nguyễn", "van", "Jane\uff0c", "P.h.D", "-"]
)
@pytest.mark.parametrize(
    "given_name", ["Jane", "Dr.", "DR", "M.", "Fr", "小", "すずき", "Nguyễn", "Jane\uff0c", "\uff0cX", "-"]
)
def test_two_words_are_told_apart_as_any_number_is(given_name: str, family: str) -> None:
    """A comma with nothing after it says nothing."""
    name = f"{given_name} {family}"
    for locale in (None, "hu_HU", "en_US", "zh"):
        assert (locale, split_name(name, locale)) == (locale, split_name(f"{name} ,", locale))
