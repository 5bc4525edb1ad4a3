"""What all commands have alike: how they are called, and how they say that they were called wrongly."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.architecture.blocks import commands, is_group

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

    Crm = Callable[..., Result]

GROUPS = [words for words, command in commands() if is_group(command)]


def test_bare_crm_is_its_help(crm: Crm) -> None:
    """An answer on stdout, exit 0."""
    assert crm("--help") == crm()
    assert (0, "") == (crm().code, crm().stderr)


@pytest.mark.parametrize("words", [(), ("contact",), ("contact", "list"), ("import", "deals"), ("today",)])
def test_help_is_a_word_too(crm: Crm, words: tuple[str, ...]) -> None:
    """`crm help NOUN VERB` is `crm NOUN VERB --help`."""
    assert crm(*words, "--help") == crm("help", *words)


@pytest.mark.parametrize("words", GROUPS)
def test_no_summary_is_cut_at_eighty_columns(crm: Crm, monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    """What a verb does is said in whole words."""
    monkeypatch.setenv("COLUMNS", "80")
    _, _, verbs = crm(*words.split()[1:], "--help").stdout.partition("\nCommands:\n")
    assert "" != verbs.strip()
    assert "..." not in verbs


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("contact", "list", "--as", "boris"), "crm --as boris contact list"),
        (("contact", "list", "--store=x.db", "--tag", "a b"), "crm --store=x.db contact list --tag 'a b'"),
        (("contact", "-v", "list"), "crm -v contact list"),
        (("today", "--no-color", "--all"), "crm --no-color today --all"),
    ],
)
def test_a_global_option_that_stands_too_late_is_shown_where_it_belongs(
    crm: Crm, words: tuple[str, ...], hint: str
) -> None:
    """The whole line, ready to be copied."""
    found = crm(*words)
    assert (2, "") == (found.code, found.stdout)
    assert found.stderr.endswith(f"goes before the noun (try: {hint})\n")


def test_the_format_may_stand_between_noun_and_verb(crm: Crm) -> None:
    """As before the noun and after the verb."""
    assert [] == crm("contact", "-o", "json", "list").json()


@pytest.mark.parametrize("asked", [("-ojson",), ("-o", "json"), ("-qojson",), ("-qo", "json"), ("--format=jsonl",)])
def test_an_error_is_json_however_json_was_asked_for(crm: Crm, asked: tuple[str, ...]) -> None:
    """Also when the words could not all be read."""
    assert '{"error": {"code": "usage"' == crm(*asked, "contact", "shw").stderr[:26]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("contact", "list", "--limit", "abc"), "'abc' is not a whole number ≥ 0 (try: crm contact list --help)"),
        (("contact", "list", "--offset", "-3"), "'-3' is not a whole number ≥ 0"),
        (("pipeline", "stage-add", "x", "--rot-days", "q"), "'q' is not a whole number (try"),
        (("contact", "list", "--limit"), "requires an argument (try: crm contact list --help)"),
        (("contact", "add"), 'a person needs a name (try: crm contact add "Jane Doe")'),
        (("deal", "add"), 'a deal needs a title (try: crm deal add "Acme pilot")'),
    ],
)
def test_a_wrong_call_is_told_in_plain_words(crm: Crm, words: tuple[str, ...], message: str) -> None:
    """Exit 2, with a remedy that is about this very command."""
    found = crm(*words)
    assert (2, "") == (found.code, found.stdout)
    assert message in found.stderr


def test_a_hint_that_begins_with_try_is_not_doubled(crm: Crm, tmp_path: object) -> None:
    """`(try and the remedy)`, not `(try: try …)`."""
    found = crm("import", "contacts", "-", "--delimiter", "ab", stdin="name\nEwa\n")
    assert "(try , or ;" in found.stderr


def _run(command: str) -> subprocess.CompletedProcess[str]:
    line = command.replace("crm", f"{sys.executable} -m crmcli", 1)
    return subprocess.run(["bash", "-c", line], env=dict(os.environ), capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "command", ["crm contact list >&-", "crm contact add Full >&-", "crm contact list 1</dev/null"]
)
def test_a_closed_stdout_is_one_line(crm: Crm, command: str) -> None:
    """Exit 6, and nothing is stored that can't be answered for."""
    crm("pipeline", "list")
    done = _run(command)
    assert (6, 1) == (done.returncode, len(done.stderr.splitlines()))
    assert "can't write the answer" in done.stderr
    assert "[]" == crm("contact", "list", "-o", "json").stdout.strip()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no full device here")  # noqa: PTH110
def test_a_full_disk_under_the_answer_does_not_hide_that_the_change_was_stored(crm: Crm) -> None:
    """The message says so, and how to take it back."""
    done = _run("crm contact add Full > /dev/full")
    said = "crm: error: can't write the answer: no space left on device; change #1 was stored (try: crm undo 1 takes it back)\n"
    assert (6, said) == (done.returncode, done.stderr)
    assert ["Full"] == [found["name"] for found in crm("contact", "list", "-o", "json").json()]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "words",
    [
        ("contact", "add", "Jane Roe", "--company", "Acme"),
        ("sql", "select 1"),
        ("dupes",),
        ("export", "contacts", "--output", "{}/x.csv"),
        ("report", "hygiene"),
        ("store", "backup", "{}/b.db"),
        ("contact", "edit", "1", "--title", "CTO"),
        ("import", "mail", "{}/a.eml", "--owner-address", "me@y.org"),
    ],
    ids=lambda words: "-".join(words[:2]),
)
@pytest.mark.parametrize("flag", ["--quiet", "-q"])
def test_any_verb_can_be_told_to_be_quiet(crm: Crm, tmp_path: Path, words: tuple[str, ...], flag: str) -> None:
    """After the verb as before the noun; errors are still told."""
    crm("contact", "add", "Jane Roe", "--email", "jane@x.com", "--company", "Acme")
    (tmp_path / "a.eml").write_text(
        "From: jane@x.com\nTo: me@y.org\nSubject: Hi\nDate: Fri, 20 Nov 2026 10:00:00 +0000\n\nHi\n"
    )
    found = crm(*(word.format(tmp_path) for word in words), flag)
    assert (0, "") == (found.code, found.stderr)
    assert "no contact 99" in crm("contact", "show", "99", flag).stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("contact", "unmerge"), "crm contact has no verb 'unmerge' (did you mean crm unmerge?)"),
        (("contact", "marge"), "crm contact has no verb 'marge' (did you mean crm contact merge?)"),
        (("export", "contact"), "crm export has no verb 'contact' (did you mean crm export contacts?)"),
        (("contact", "qqqq"), "crm contact has no verb 'qqqq' (try: crm contact --help)"),
        (("contcat",), "no command 'contcat' (did you mean crm contact?)"),
    ],
)
def test_an_unknown_word_is_answered_with_what_may_be_meant(crm: Crm, words: tuple[str, ...], said: str) -> None:
    assert f"crm: error: {said}\n" == crm(*words).stderr
