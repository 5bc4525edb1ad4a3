"""Names that users give."""

from __future__ import annotations

import pytest

from crmcli.domain.naming import in_shell, read_name
from crmcli.errors import BadValue


@pytest.mark.parametrize(
    "name",
    [
        "Spring", "Пролет „2026“", "عرض الربيع", "می\u200cخواهم", "Family 👨\u200d👩\u200d👧", "a\u00a0b", "{{ x }}", "[bold]",
        "O'Neil \"x\"", "x" * 100,
    ],
)  # fmt: skip
def test_a_name_may_be_in_any_script(name: str) -> None:
    assert name == read_name(f" {name} ", 100, "cp")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "a name has 1 to 100 characters"),
        (" \n ", "a name has 1 to 100 characters"),
        ("x" * 101, "a name has 1 to 100 characters"),
        ("two\nlines", "a name is one line, without control characters"),
        ("two\u2028lines", "a name is one line, without control characters"),
        ("\x1b[31mred", "a name is one line, without control characters"),
        ("\u200b", "a name has 1 to 100 characters"),
        ("#7", "'#7' would be read as something else"),
        ("CP_1", "'CP_1' would be read as something else"),
        ("nul\0", "a name is one line, without control characters"),
        ("\ud800", "a name is one line, without control characters"),
    ],
)
def test_a_name_is_one_line_that_can_be_shown(name: str, reason: str) -> None:
    with pytest.raises(BadValue) as refused:
        read_name(name, 100, "cp")
    assert ("name", reason) == (refused.value.field, refused.value.reason)


@pytest.mark.parametrize(
    ("name", "typed"),
    [("hello", "hello"), ("Hello 2", "'Hello 2'"), ("$HOME", "'$HOME'"), ("O'Neil", "'O'\"'\"'Neil'")],
)
def test_a_name_in_a_hint_can_be_pasted_into_a_shell(name: str, typed: str) -> None:
    assert typed == in_shell(name)
