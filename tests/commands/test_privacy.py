"""A person's own data: all of it on request, none of it after ``forget``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.once import once

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

    Crm = Callable[..., Result]

TRACES = ("Jane", "Qwerty", "jane@acme", "888123456", "secretly")


@pytest.fixture
@once
def filled(crm_on: Crm) -> Crm:
    """A store in which Jane Qwerty is known in every way, and Bob beside her."""
    crm_on("contact", "add", "Jane Qwerty", "--email", "jane@acme.example", "--phone", "+359 888 123 456", "--company", "Acme",
           "--title", "CTO", "--tag", "vip", "--note", "secretly likes tea", "--set", "shoe=Qwerty 38")  # fmt: skip
    crm_on("contact", "add", "J. Qwerty", "--email", "jane@acme-old.example")
    crm_on("contact", "merge", "jane@acme.example", "jane@acme-old.example")
    crm_on("contact", "add", "Bob", "--email", "bob@x.example")
    crm_on("contact", "edit", "jane@acme.example", "--title", "CEO of Qwerty")
    crm_on("deal", "add", "Licence for Jane Qwerty", "--value", "100 EUR", "--contact", "jane@acme.example")
    crm_on("deal", "edit", "1", "--next-step", "call jane@acme.example")
    crm_on("log", "call", "Jane said secretly yes", "--contact", "jane@acme.example")
    crm_on(
        "log", "meeting", "Jane Qwerty and Bob agreed", "--contact", "jane@acme.example", "--contact", "bob@x.example"
    )
    return crm_on


def test_everything_that_is_kept_is_handed_out(filled: Crm) -> None:
    """Records, merged records, addresses taken off, deals, activities and the log, as one object."""
    found = filled("contact", "export-all", "jane@acme.example").json()
    assert "Jane Qwerty" == found["contact"]["name"]
    assert ["J. Qwerty"] == [merged["name"] for merged in found["merged"]]
    assert ["jane@acme.example", "jane@acme-old.example"] == [email["value"] for email in found["emails"]]
    assert ["Licence for Jane Qwerty"] == [deal["title"] for deal in found["deals"]]
    assert {"Jane said secretly yes", "Jane Qwerty and Bob agreed"} == {
        a["body"] or a["subject"] for a in found["activities"]
    }
    assert "contact edit" in {line["command"] for line in found["history"]}
    assert {"name": "Acme"}.items() <= {"name": found["companies"][0]["company"]}.items()


def test_forgetting_leaves_the_numbers_and_no_trace(filled: Crm, tmp_path: Path) -> None:
    """The name is nowhere in the whole store, its history included; the deal still counts."""
    done = filled("contact", "forget", "jane@acme.example", "--confirm", "jane qwerty", "--format", "json")
    assert (0, 2, 1) == (done.code, done.json()["records"], done.json()["activities"])
    dump = json.dumps([filled("sql", f"select * from {table}", "--format", "json").json() for table in (
        "contact", "contact_email", "contact_phone", "activity", "deal", "change", "change_set", "tag"
    )])  # fmt: skip
    assert [] == [trace for trace in TRACES if trace.lower() in dump.lower()]
    assert [100.0] == [deal["value"] for deal in filled("deal", "list", "--format", "json").json()]
    assert 2 == len(filled("activity", "list", "--format", "ids").lines)
    assert 3 == filled("contact", "show", "jane@acme.example").code
    assert [] == filled("search", "qwerty", "--format", "json").json()
    assert "(forgotten) and Bob agreed" in filled("activity", "list", "--format", "json").stdout
    assert 0 == filled("store", "check").code


def test_forgetting_is_for_good(filled: Crm) -> None:
    """Undo passes over it, and refuses it by number."""
    filled("contact", "forget", "jane@acme.example", "--confirm", "Jane Qwerty")
    number = filled("history", "--format", "json").json()[0]["number"]
    found = filled("undo", str(number))
    assert (5, True) == (found.code, "nobody can take it back" in found.stderr)
    filled("undo")
    assert "Qwerty" not in filled("contact", "list", "--format", "json").stdout


def test_the_name_must_be_typed(filled: Crm) -> None:
    """Without it, or with another, nothing happens."""
    assert 2 == filled("contact", "forget", "jane@acme.example").code
    assert 5 == filled("contact", "forget", "jane@acme.example", "--confirm", "Bob").code
    assert 0 == filled("contact", "show", "jane@acme.example").code


def test_former_names_go_too(crm_on: Crm) -> None:
    """Whatever the person was called, wherever it is written: other people's notes, reasons for a loss, summaries."""
    crm_on(
        "contact",
        "add",
        "Zed Zorb",
        "--email",
        "zed@zorb.example",
        "--phone",
        "+359 888 123 456",
        "--tag",
        "pal-of-zorb",
    )
    crm_on("contact", "edit", "1", "--name", "Zed Zorb-Old")
    crm_on("contact", "edit", "1", "--name", "Иван Зорбов")
    crm_on("contact", "add", "Eva", "--note", "married to ИВАН  Зорбов (zed@zorb.example, +359888123456)")
    crm_on("contact", "edit", "2", "--title", "was with Zed Zorb")
    crm_on("deal", "add", "Pilot", "--contact", "1")
    crm_on("deal", "lose", "Pilot", "--reason", "price", "--note", "Zed Zorb left")
    crm_on("log", "call", "иван зорбов каза", "--contact", "Eva")
    crm_on("log", "call", "gone", "--contact", "Eva", "--at", "2026-01-01")
    crm_on("activity", "rm", "2")
    assert 0 == crm_on("contact", "forget", "1", "--confirm", "Иван Зорбов").code
    tables = ("contact", "activity", "deal", "stage_change", "change", "change_set", "contact_phone", "tag")
    dump = json.dumps([crm_on("sql", f"select * from {table}", "--format", "json").json() for table in tables])
    dump = (
        dump.replace("\\\\u", "\\u").encode().decode("unicode_escape").lower()
    )  # the log of one engine is JSON in ASCII
    assert [] == [word for word in ("zed zorb", "zorb.example", "888123456", "888 123", "зорбов") if word in dump]
    assert 0 == crm_on("store", "check").code


def test_nothing_of_theirs_is_undone_or_restored(filled: Crm) -> None:
    """Each is refused, and says why."""
    uid = filled("contact", "show", "jane@acme.example", "--format", "json").json()["id"]
    number = next(s["number"] for s in filled("history", "--format", "json").json() if s["command"] == "contact edit")
    filled("contact", "forget", "jane@acme.example", "--confirm", "Jane Qwerty")
    assert (5, True) == ((found := filled("undo", str(number))).code, "was forgotten since" in found.stderr)
    assert (5, True) == ((found := filled("contact", "restore", uid)).code, "was forgotten" in found.stderr)


def test_an_old_copy_brings_nobody_back(filled: Crm) -> None:
    """After a restore the forgotten are forgotten again."""
    copy = filled("store", "backup").stdout.strip()
    assert copy in filled("contact", "forget", "jane@acme.example", "--confirm", "Jane Qwerty").stderr
    back = filled("store", "restore", copy, "--yes")
    assert (0, True) == (back.code, "went again" in back.stderr)
    assert 3 == filled("contact", "show", "jane@acme.example").code


def test_no_byte_of_the_file_tells(crm: Crm, tmp_path: Path) -> None:
    """Free pages and the log beside the file are clean too."""
    crm("contact", "add", "Zebulon Quirk", "--email", "zebulon@quirk.example", "--note", "marmalade")
    crm("contact", "edit", "zebulon@quirk.example", "--note", "marmalade and more")
    crm("contact", "forget", "zebulon@quirk.example", "--confirm", "Zebulon Quirk")
    files = [path for path in tmp_path.rglob("*.db*") if path.is_file()]
    assert files
    found = b"".join(path.read_bytes() for path in files).lower()
    assert [] == [word for word in (b"zebulon", b"quirk", b"marmalade") if word in found]
