"""``crm suppress``: addresses, domains and people whom no campaign reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.returned import prepared, sent, settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

    Crm = Callable[..., Result]


def listed(crm: Crm, *flags: str) -> list[tuple[str, str, str, str]]:
    """Kind, value, channel and reason of all that is suppressed."""
    rows: Any = crm("suppress", "list", *flags, "--format", "json").json()
    return [(row["kind"], row["value"], row["channel"], row["reason"]) for row in rows]


def test_addresses_domains_and_people(crm_on: Crm) -> None:
    """Each by what it looks like; twice is harmless, rm lifts, undo takes back."""
    crm_on("contact", "add", "Jane Doe", "--email", "jane@acme.com")
    done = crm_on("suppress", "add", "Bob@X.com", "@spam.example", "trap.example", "Jane Doe", "contact:jane@acme.com")
    assert (0, "", "4 suppressed, 1 suppressed already\n") == done
    everything = [
        ("address", "Bob@x.com", "all", "manual"), ("domain", "spam.example", "all", "manual"),
        ("domain", "trap.example", "all", "manual"), ("contact", "Jane Doe", "all", "manual"),
    ]  # fmt: skip
    assert sorted(everything) == sorted(listed(crm_on))
    assert "0 suppressed, 2 suppressed already\n" == crm_on("suppress", "add", "bob@x.com", "1").stderr
    assert crm_on("suppress", "add", "bob@x.com", "--channel", "email", "--reason", "complaint").uid.startswith("su_")
    assert [("address", "bob@x.com", "email", "complaint")] == listed(crm_on, "--reason", "complaint")
    assert [("contact", "Jane Doe", "all", "manual")] == listed(crm_on, "--kind", "contact")
    assert crm_on("suppress", "rm", "bob@x.com", "spam.example", "Jane Doe").stderr.startswith("lifted 4 suppressions")
    assert [("domain", "trap.example", "all", "manual")] == listed(crm_on)
    assert crm_on("undo").code == 0
    assert 5 == len(listed(crm_on))
    assert "trap.example" in crm_on("history", "change:2", "--format", "json").stdout


def test_why(crm_on: Crm) -> None:
    """Everything that speaks against an address, that of its domain and of its owner too."""
    crm_on("contact", "add", "Jane", "--email", "jane@mail.acme.com", "--email", "jd@home.net")
    assert (0, "kind\tvalue\tchannel\treason\tnote\tat\n") == crm_on("suppress", "check", "jane@mail.acme.com")[:2]
    assert "nothing speaks against" in crm_on("suppress", "check", "jane@mail.acme.com", tty=True).stderr
    crm_on("suppress", "add", "acme.com", "--note", "a competitor")
    crm_on("suppress", "add", "contact:jd@home.net", "--channel", "phone")
    crm_on("consent", "withdraw", "Jane", "--source", "by letter")
    assert "acme.com" in crm_on("suppress", "check", "jane@mail.acme.com", tty=True).stdout
    assert "acme.com" in crm_on("suppress", "list", tty=True).stdout
    found: Any = crm_on("suppress", "check", "JANE@mail.acme.com", "--format", "json").json()
    assert [
        ("domain", "acme.com", "all", "manual", "a competitor"), ("contact", "Jane", "phone", "manual", None),
        ("consent", "Jane", "email", "withdrawn", "by letter"),
    ] == [(each["kind"], each["value"], each["channel"], each["reason"], each["note"]) for each in found]  # fmt: skip
    by_mail: Any = crm_on("suppress", "check", "jd@home.net", "--channel", "email", "--format", "json").json()
    assert ["withdrawn"] == [each["reason"] for each in by_mail]


def test_no_campaign_reaches_them(crm: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address, a domain above it, a person; a suppression for the phone stops no mail."""
    settings(tmp_path, monkeypatch)
    prepared(crm, "Jane", "Bob", "Eve")
    crm("contact", "add", "Ann", "--email", "ann@mail.acme.com")
    crm("suppress", "add", "jane@x.com", "acme.com", "Bob")
    crm("suppress", "add", "eve@x.com", "--channel", "phone")
    assert ["Eve"] == list(sent(crm, tmp_path))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a@b.com\n\nacme.org\na@b.com\n", ["a@b.com", "acme.org"]),
        ("\ufeffemail,why\na@b.com,x\nb@b.com,y\n", ["a@b.com", "b@b.com"]),
        ("name;email\nA;a@b.com\n", ["a@b.com"]),
        ("Email\na@b.com\n", ["a@b.com"]),
        ("жана@пример.рф\n", ["жана@пример.рф"]),
    ],
)
def test_a_file(crm: Crm, tmp_path: Path, text: str, found: list[str]) -> None:
    """One a line, or a column of a table; from standard input as well."""
    (tmp_path / "left.csv").write_text(text, "utf-8")
    assert crm("suppress", "add", "--file", "left.csv", "--reason", "unsubscribed").code == 0
    assert sorted(found) == sorted(value for _, value, _, _ in listed(crm))
    again = crm("suppress", "add", "--file", "-", stdin=text.encode())
    assert f"0 suppressed, {len(found)} suppressed already" in again.stderr


def test_a_file_with_rubbish(crm: Crm, tmp_path: Path) -> None:
    """What is nothing is told, the rest is done."""
    (tmp_path / "left.txt").write_bytes(b"a@b.com\nno such thing\nx@\xff\xfe\n@@@\nc@d.org\n")
    done = crm("suppress", "add", "--file", "left.txt")
    assert (7, "2 suppressed" in done.stderr, "3 of 5 lines were rejected" in done.stderr) == (done.code, True, True)
    assert 2 == len(listed(crm))


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("add",), 2, "suppress whom?"),
        (("add", "Nobody"), 3, "no contact Nobody"),
        (("add", "a@b"), 2, "email"),
        (("add", "a@b.com", "--reason", "spam"), 2, "reason"),
        (("add", "a@b.com", "--channel", "pigeon"), 2, "channel"),
        (("add", "--file", "none.txt"), 3, "no file none.txt"),
        (("rm", "a@b.com"), 3, "a@b.com is not suppressed"),
        (("rm", "su_01J8"), 3, "not suppressed"),
        (("check", "nonsense"), 2, "email"),
        (("list", "--kind", "planet"), 2, "kind"),
    ],
)
def test_what_is_refused(crm: Crm, words: tuple[str, ...], code: int, told: str) -> None:
    """Every mistake is named."""
    done = crm("suppress", *words)
    assert (code, "") == (done.code, done.stdout)
    assert told in done.stderr


def test_brought_back_is_refused_while_there_is_another(crm: Crm) -> None:
    """Undoing rm after the same was suppressed anew is a conflict in words."""
    crm("suppress", "add", "a@b.com")
    crm("suppress", "rm", "a@b.com")
    crm("suppress", "add", "a@b.com")
    done = crm("undo", "2")
    assert (4, "a@b.com" in done.stderr) == (done.code, True)
