"""Names that break lesser programs: kept whole, shown harmlessly, found again, in every noun."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Result

    Crm = Callable[..., Result]

ODD = {
    "escape": "Jane\x1b[31m Red\x1b]0;owned\x07",
    "markup": "[bold red]Jane[/] [link=http://x]y[/link]",
    "newline": "Jane\nDoe",
    "rtl": "Jane \u202eeoD\u202c عمر",
    "long": "Дълго " + "я" * 9_994,
    "long and various": "".join(chr(0x4E00 + place * 7919 % 20_000) for place in range(10_000)),
    "emoji": "👩‍👩‍👧‍👦 Жана 🚀",
    "quotes": """O'Brien "Jane" \\ `x`""",
    "sql": "Robert'); DROP TABLE contact;--",
    "formula": "=HYPERLINK('x')",
    "percent": "100% _sure_ %s {0}",
    "chinese": "王小明",
    "control": "Jane\x00Doe".replace("\x00", "\x01"),
    "separators": "a,b;c\td|e",
}
NOUNS = ("contact", "company", "deal")


@pytest.fixture(params=sorted(ODD))
def odd(request: pytest.FixtureRequest) -> str:
    return ODD[request.param]


def quoted(text: str) -> str:
    """The text as a value of the filter language."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@pytest.mark.parametrize("noun", NOUNS)
def test_kept_whole_and_found_by_ref_filter_and_edit(crm_on: Crm, noun: str, odd: str) -> None:
    name = "title" if noun == "deal" else "name"
    uid = crm_on(noun, "add", f"--{name}={odd}").uid
    assert crm_on(noun, "show", uid, "--format", "json").json()[name] == odd
    assert crm_on(noun, "show", odd, "--format", "json").json()["id"] == uid
    for condition in (f"{name} = {quoted(odd)}", f"{name} ~= {quoted(odd[:60])}", f"{name} ^= {quoted(odd[:20])}"):
        assert crm_on(noun, "list", "--filter", condition, "--format", "ids").lines == [uid]
    for words in (("edit", odd, "--owner", "ana"), ("rm", odd), ("restore", odd)):
        assert crm_on(noun, *words).code == 0


@pytest.mark.parametrize("noun", NOUNS)
def test_nothing_in_a_name_reaches_the_terminal_as_a_command(crm: Crm, noun: str) -> None:
    for name in ODD.values():
        crm(noun, "add", "--title" if noun == "deal" else "--name", name)
    for form in ("table", "tsv", "csv", "markdown", "json", "yaml"):
        for words in (("list",), ("show", "1")):
            said = crm(noun, *words, "--format", form, tty=True)
            assert said.code == 0
            shown = [bad for bad in ("\x1b[31m Red", "\x1b]0", "\x07", "\u202e", "\x01") if bad in said.stdout]
            assert (form, []) == (form, shown)
    listed = crm(noun, "list", tty=True).stdout
    assert "[bold red]Jane" in listed
    assert len(ODD) + 1 == len(listed.splitlines())


def test_messages_are_harmless_too(crm: Crm) -> None:
    crm("contact", "add", "--name", ODD["escape"], "--email", "jane@acme.com")
    for words in (("edit", "1", "--title", "x"), ("rm", "--where", "number = 1", "--dry-run"), ("show", "\x1b[31mnobody"),
                  ("add", "Other", "--email", "jane@acme.com")):  # fmt: skip
        assert "\x1b[31m" not in crm("contact", *words, tty=True).stderr


@pytest.mark.parametrize(
    ("word", "kind"),
    [("drop", "sql"), ("жана", "emoji"), ("brien", "quotes"), ("王小明", "chinese"), ("дълго", "long"), ("عمر", "rtl")],
)
def test_found_by_search(crm_on: Crm, word: str, kind: str) -> None:
    from crmcli.context import AppContext

    uid = crm_on("contact", "add", "--name", ODD[kind]).uid
    assert [uid] == [hit.id for hit in AppContext().search.find(word)]


def test_odd_tags_custom_fields_and_owners(crm_on: Crm) -> None:
    for name in ODD.values():
        if len(name) < 100:
            uid = crm_on("contact", "add", "Jane", "--tag", name, "--set", f"remark={name}", "--owner", name).uid
            record = crm_on("contact", "show", uid, "--format", "json").json()
            assert ([name], {"remark": name}, name) == (record["tags"], record["custom_fields"], record["owner"])
            assert [uid] == crm_on("contact", "list", "--tag", name, "--owner", name, "--format", "ids").lines


def test_a_name_that_is_no_text_is_refused(crm: Crm) -> None:
    answer = crm("contact", "add", "--name", "Jane\x00Doe")
    assert (answer.code, answer.stdout) == (2, "")
    assert "name" in answer.stderr


@pytest.mark.parametrize(
    ("noun", "flags"),
    [
        ("contact", ("title", "address", "source", "locale", "timezone", "note")),
        ("company", ("industry", "country", "region", "address", "note")),
        ("deal", ("source", "next-step")),
    ],
)
def test_a_long_text_fits_into_every_text_field(crm_on: Crm, noun: str, flags: tuple[str, ...]) -> None:
    """No engine's index is in its way."""
    long = ODD["long and various"]
    given = [word for flag in flags for word in (f"--{flag}", long)]
    uid = crm_on(noun, "add", "Jane", *given, "--set", f"about={long}").uid
    record = crm_on(noun, "show", uid, "--format", "json").json()
    assert {record[flag.replace("-", "_")] for flag in flags} == {long}
    assert record["custom_fields"] == {"about": long}


@pytest.mark.parametrize(("flag", "noun"), [("--tag", "contact"), ("--campaign", "deal"), ("--owner", "company")])
def test_what_many_records_share_is_shorter(crm_on: Crm, flag: str, noun: str) -> None:
    answer = crm_on(noun, "add", "Jane", flag, "x" * 201)
    assert (answer.code, answer.stdout) == (2, "")
    assert flag.removeprefix("--") in answer.stderr
    assert crm_on(noun, "list", "--format", "json").json() == []
