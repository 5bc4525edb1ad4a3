"""``crm template``: stdout, stderr and exit codes."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

    Crm = Callable[..., Result]

_GOOD = "Hello {{ contact.given_name }},\n\nnews.\n\n{{ unsubscribe_url }}\n{{ sender.address }}\n"


@pytest.fixture
def hello(crm_on: Crm, tmp_path: Path) -> Crm:
    """A template in two languages."""
    (tmp_path / "hello.txt").write_text(_GOOD, "utf-8")
    added = crm_on("template", "add", "hello", "--subject", "Hello {{ contact.given_name }}", "--text", "hello.txt")
    assert added.uid.startswith("tp_")
    assert "" == added.stderr
    bulgarian = crm_on(
        "template", "add", "Hello", "--subject", "Здравей", "--markdown", "-", "--locale", "bg-bg", stdin="# Здрасти\n"
    )
    assert 0 == bulgarian.code
    return crm_on


def findings(crm: Crm, name: str) -> list[tuple[str, str, str]]:
    answer = crm("template", "check", name, "--format", "json")
    import json

    return [(each["severity"], each["where"], each["finding"]) for each in json.loads(answer.stdout)]


def test_templates_are_listed_by_name_and_language(hello: Crm) -> None:
    listed = hello("template", "list", "--fields", "name,locale,locales,subject")
    assert (
        "name\tlocale\tlocales\tsubject\nhello\t\t; bg_BG\tHello {{ contact.given_name }}\nhello\tbg_BG\t; bg_BG\tЗдравей\n"
    ) == listed.stdout
    assert "Здравей" in hello("template", "list", tty=True).stdout


def test_a_template_is_shown_whole(hello: Crm) -> None:
    record = hello("template", "show", "HELLO", "--format", "json").json()
    assert isinstance(record, dict)
    assert {
        "name": "hello", "locale": "", "locales": ["", "bg_BG"], "subject": "Hello {{ contact.given_name }}", "preheader": None,
        "text": _GOOD, "markdown": None, "html": None, "used_by": [],
    } == {key: value for key, value in record.items() if key not in ("id", "number", "created_at", "updated_at")}  # fmt: skip
    shown = hello("template", "show", "hello", "--locale", "bg_BG", tty=True)
    assert "# Здрасти" in shown.stdout
    assert hello("template", "show", record["id"][:-2], "--format", "ids").stdout == f"{record['id']}\n"


def test_a_name_that_there_is_not_is_answered_with_the_nearest(hello: Crm) -> None:
    assert (3, "", "crm: error: no template helo (did you mean hello?)\n") == hello("template", "show", "helo")
    assert (3, "", "crm: error: template hello has no wording in pl (it has default, bg_BG)\n") == hello(
        "template", "show", "hello", "--locale", "pl"
    )
    assert 3 == hello("template", "preview", "tp_01ARZ3NDEKTSV4RRFFQ69G5FAV").code


def test_a_name_is_taken_once_in_each_language(hello: Crm) -> None:
    again = hello("template", "add", "HELLO", "--subject", "x", "--text", "hello.txt")
    assert (4, "") == again[:2]
    assert "there is a template hello" in again.stderr


@pytest.mark.parametrize(
    ("words", "code", "reason"),
    [
        (("--subject", "x"), 2, "a template needs a wording"),
        (("--subject", " ", "--text", "hello.txt"), 2, "a message has a subject"),
        (("--subject", "x", "--text", "nowhere.txt"), 2, "text: can't read nowhere.txt"),
        (("--subject", "x", "--text", "-", "--html", "-"), 2, "standard input can be read once"),
        (("--subject", "x", "--html", "hello.txt", "--markdown", "hello.txt"), 2, "made from the Markdown"),
        (("--subject", "x", "--text", "hello.txt", "--locale", "klingon"), 2, "'klingon' is no locale"),
        (("--subject", "x", "--text", "bytes.bin"), 2, "is not in UTF-8"),
    ],
)
def test_a_bad_template_is_refused(crm: Crm, tmp_path: Path, words: tuple[str, ...], code: int, reason: str) -> None:
    (tmp_path / "hello.txt").write_text(_GOOD)
    (tmp_path / "bytes.bin").write_bytes("здравей".encode("cp1251"))
    answer = crm("template", "add", "x", *words, stdin="x")
    assert (code, "") == answer[:2]
    assert reason in answer.stderr


def test_what_can_not_be_sent_is_kept_and_told_at_once(crm: Crm) -> None:
    added = crm("template", "add", "x", "--subject", "x", "--text", "-", stdin="a\n{{ contact.nam }}\n")
    assert added.uid
    assert (
        "crm: warning: it can't be sent so: text line 2: unknown variable contact.nam (try: crm template check x)\n"
    ) == added.stderr
    refused = crm("template", "preview", "x")
    assert (5, "") == refused[:2]
    assert "template x: text line 2: unknown variable contact.nam (did you mean contact.name?)" in refused.stderr


def test_a_template_is_edited_taken_back_and_told_of(hello: Crm) -> None:
    edited = hello("template", "edit", "hello", "--subject", "Hi", "--locale", "default", "--name", "greetings")
    assert (0, "", "edited template greetings\n") == edited
    assert ["greetings", "greetings"] == hello("template", "list", "--fields", "name").lines[1:]
    (first, *_) = hello("history", "--format", "json").json()  # type: ignore[misc]
    assert ("template edit", "hello") == (first["command"], first["summary"])
    (whole,) = hello("history", f"change:{first['number']}", "--format", "json").json()  # type: ignore[misc]
    assert {("name", "hello", "greetings"), ("subject", "Hello {{ contact.given_name }}", "Hi")} <= {
        (change["field"], change["before"], change["after"]) for change in whole["changes"]
    }
    assert 0 == hello("undo").code
    assert ["hello", "hello"] == hello("template", "list", "--fields", "name").lines[1:]
    assert "nothing to change on template hello\n" == hello("template", "edit", "hello", "--text", "hello.txt").stderr
    assert 2 == hello("template", "edit", "hello").code


def test_html_takes_the_place_of_markdown(hello: Crm) -> None:
    hello("template", "edit", "hello", "--locale", "bg_BG", "--html", "-", stdin="<p>x</p>")
    record: Any = hello("template", "show", "hello", "--locale", "bg_BG", "--format", "json").json()
    assert (None, "<p>x</p>") == (record["markdown"], record["html"])
    assert 2 == hello("template", "edit", "hello", "--locale", "bg_BG", "--html", "").code


def test_a_template_is_deleted_and_brought_back(hello: Crm) -> None:
    removed = hello("template", "rm", "hello")
    assert (0, "", "deleted template hello in default, bg_BG (crm undo takes it back)\n") == removed
    assert "[]\n" == hello("template", "list", "--format", "json").stdout
    assert 2 == len(hello("template", "list", "--deleted", "--fields", "name").lines[1:])
    assert 3 == hello("template", "restore", "hello", "--locale", "pl").code
    assert (0, "", "restored template hello in bg_BG\n") == hello("template", "restore", "hello", "--locale", "bg_BG")
    assert (0, "", "restored template hello\n") == hello("template", "restore", "hello")
    assert 2 == len(hello("template", "list", "--fields", "name").lines[1:])
    assert 3 == hello("template", "restore", "hello").code


def test_what_was_deleted_does_not_come_back_over_another(hello: Crm) -> None:
    hello("template", "rm", "hello", "--locale", "default")
    hello("template", "add", "hello", "--subject", "New", "--text", "hello.txt")
    refused = hello("template", "restore", "hello")
    assert (4, "") == refused[:2]
    assert "there is another template hello by now" in refused.stderr
    assert 4 == hello("undo", "3").code


def test_a_template_is_copied(hello: Crm) -> None:
    copied = hello("template", "clone", "hello", "second")
    assert 2 == len(copied.lines)
    one = hello("template", "clone", "hello", "hello", "--into", "pl")
    assert 1 == len(one.lines)
    listed: Any = hello("template", "list", "--format", "json").json()
    assert [("hello", ""), ("hello", "bg_BG"), ("hello", "pl"), ("second", ""), ("second", "bg_BG")] == [
        (each["name"], each["locale"]) for each in listed
    ]
    assert 4 == hello("template", "clone", "hello", "second").code


def test_a_message_is_previewed(hello: Crm) -> None:
    hello("contact", "add", "Ана Петрова", "--email", "ana@x.bg", "--company", "Фирма")
    hello("contact", "edit", "ana@x.bg", "--locale", "bg_BG")
    made_up = hello("template", "preview", "hello")
    assert "for Jane Doe, who is made up; --contact REF shows it for somebody\n" == made_up.stderr
    assert "subject  Hello Jane\n" in made_up.stdout
    assert "Hello Jane,\n\nnews." in made_up.stdout
    hers = hello("template", "preview", "hello", "--contact", "ana@x.bg")
    assert ("", True) == (hers.stderr, "to       Ана Петрова <ana@x.bg>\nsubject  Здравей\n" in hers.stdout)
    english: Any = hello(
        "template", "preview", "hello", "--contact", "ana@x.bg", "--locale", "en", "--format", "json"
    ).json()
    assert ("Hello Ана", None, "") == (english["subject"], english["html"], english["locale"])
    html = hello("template", "preview", "hello", "--locale", "bg", "--html").stdout
    assert '<html lang="en"' not in html
    no_html = hello("template", "preview", "hello", "--html")
    assert (5, "") == no_html[:2]


def test_a_page_is_opened_from_a_private_file(hello: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tempfile

    seen: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda address: seen.append(address) or True)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    shown = hello("template", "preview", "hello", "--locale", "bg_BG", "--open")
    assert (0, "") == shown[:2]
    (page,) = tmp_path.glob("crm-preview-*.html")
    assert [page.as_uri()] == seen
    assert 0o600 == stat.S_IMODE(page.stat().st_mode)
    assert "Здрасти" in page.read_text("utf-8")
    monkeypatch.setattr("webbrowser.open", lambda _address: False)
    assert 5 == hello("template", "preview", "hello", "--locale", "bg_BG", "--open").code


def test_a_template_is_edited_in_an_editor(hello: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nprintf "Subject: New\\n\\nBody\\n" > "$1"\n')
    editor.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(editor))
    assert 0 == hello("template", "edit", "hello", tty=True, stdin="").code
    record: Any = hello("template", "show", "hello", "--format", "json").json()
    assert ("New", "Body\n") == (record["subject"], record["text"])
    for script, code in (("exit 3", 5), ('printf "nothing" > "$1"', 2)):
        editor.write_text(f"#!/bin/sh\n{script}\n")
        assert code == hello("template", "edit", "hello", tty=True, stdin="").code
    monkeypatch.setenv("EDITOR", str(tmp_path / "none"))
    assert 2 == hello("template", "edit", "hello", tty=True, stdin="").code
    assert "Body\n" == hello("template", "show", "hello", "--format", "json").json()["text"]  # type: ignore[index]
    assert not list(tmp_path.glob("crm-*.txt"))


def test_a_template_without_fault(crm: Crm) -> None:
    crm("config", "set", "marketing.address", "1 Main St")
    crm("template", "add", "x", "--subject", "News from Acme", "--text", "-", stdin=_GOOD)
    assert (0, "severity\twhere\tfinding\tremedy\n", "template x has no errors\n") == crm("template", "check", "x")
    assert (0, "", "template x has no errors\n") == crm("template", "check", "x", tty=True)
    assert "[]\n" == crm("template", "check", "x", "--format", "json").stdout


def test_everything_wrong_is_found(crm: Crm) -> None:
    """Errors end with 5, each in a row of its own with its line and what to do."""
    crm("contact", "add", "Ана", "--set", "plan=gold")
    source = (
        "Hi {{ contact.nam }}\n\n{{ contact.custom.plna }} {{ foo }}\n{{ contact.name | uper }}\n"
        "[a](http:/x) {{ x.upper() }}\n"
    )
    crm("template", "add", "x", "--subject", "RE: BUY NOW!!!", "--markdown", "-", stdin=source)
    answer = crm("template", "check", "x")
    assert 5 == answer.code
    assert "crm: error: template x has 5 errors (try: crm template edit x)\n" in answer.stderr
    for line in (
        "error\tmarkdown line 1\tunknown variable contact.nam\tdid you mean contact.name?",
        "error\tmarkdown line 3\tno contact has a custom field plna\tdid you mean contact.custom.plan?",
        "error\tmarkdown line 3\tunknown variable foo\tsee crm template words",
        "error\tmarkdown line 4\tunknown filter uper\tdid you mean upper?",
        "error\tmarkdown line 5\tnothing can be called\tuse a filter: {{ contact.name | upper }}",
        "warning\ttext\tno text part of its own: it is made from the HTML\t--text FILE",
        "warning\tsubject\tis in capitals, which filters take for spam\twrite it in small letters",
    ):
        assert line in answer.lines
    crm("template", "edit", "x", "--markdown", "-", stdin="[a](http:/x) ![](https://acme.com/i.png)\n\n*|FNAME|*\n")
    assert [
        ("error", "markdown line 1", "the link http:/x does not begin with https:// and two slashes"),
        ("warning", "subject", "begins like a reply or a forwarded mail, which filters and people take for a trick"),
        ("warning", "subject", "is in capitals, which filters take for spam"),
        ("warning", "subject", "has !!! or the like, which filters take for spam"),
        ("warning", "text", "no text part of its own: it is made from the HTML"),
        ("warning", "markdown", "your postal address is not set"),
        ("warning", "markdown line 3", "*|FNAME|* is sent as it is"),
        ("warning", "markdown line 1", "the picture https://acme.com/i.png has no words for those who don't see it"),
    ] == findings(crm, "x")


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"html": "<p>Hi</p>"}, ("error", "html", "no link to unsubscribe")),
        ({"html": "<p>Hi</p>"}, ("warning", "html", "no postal address of the sender")),
        ({"text": "Hi"}, ("error", "text", "no link to unsubscribe")),
        ({"text": "Hi {% if x %}\n"}, ("error", "text line 1", "unexpected end of template")),
        ({"text": "Hi\n{{ contact.name"}, ("error", "text line 2", "unexpected end of template")),
        ({"html": "<a href=''>x</a>"}, ("error", "html", "a link leads nowhere")),
        ({"html": "\n<a href='https://localhost/x'>x</a>"}, ("error", "html line 2", "the link https://localhost/x leads to localhost")),
        ({"markdown": "[b](http://a b)"}, ("error", "markdown line 1", "the link [b](http://a b) has a space in it")),
        ({"markdown": "[b](https://acme.com/(x)"}, ("error", "markdown line 1", "has a bracket without its other half")),
        ({"text": "see https://example.com/x."}, ("error", "text line 1", "https://example.com/x leads to example.com, which is")),
        ({"html": "<p>" + "x" * 110_000 + "</p>"}, ("warning", "html", "mail programs show the first 102 kB alone")),
        ({"text": "x" * 999}, ("warning", "text", "has a line of 999 bytes; mail allows 998")),
        ({"text": "{{ 'x' | money }}"}, ("error", "message", "for somebody made up: 'x' is no number")),
        ({"text": "x", "subject": "{% if contact.company == 'y' %}x{% endif %}"}, ("error", "subject", "is empty for somebody made up")),
        ({"text": "x", "subject": "{{ contact.name }}" * 12}, ("warning", "subject", "has 96 characters for somebody made up")),
        ({"text": "{{ contact.company.name }}"}, ("error", "text line 1", "unknown variable contact.company.name")),
    ],
)  # fmt: skip
def test_what_is_found(crm: Crm, tmp_path: Path, parts: dict[str, str], expected: tuple[str, str, str]) -> None:
    words = ["--subject", parts.get("subject", "News")]
    for part in ("text", "html", "markdown"):
        if part in parts:
            (tmp_path / part).write_text(parts[part], "utf-8")
            words += [f"--{part}", part]
    crm("template", "add", "x", *words)
    severity, where, finding = expected
    assert any((severity, where) == each[:2] and finding in each[2] for each in findings(crm, "x")), findings(crm, "x")


def test_links_that_a_variable_ends_are_no_fault(crm: Crm) -> None:
    source = (
        "[a]({{ unsubscribe_url }}) [b](https://acme.com/{{ contact.email | urlencode }}?x=1) <{{ unsubscribe_url }}>\n\n"
        "[c](mailto:{{ sender.email }}) [d](https://{{ contact.custom.site }}/x) <https://acme.com/a_(b)>\n"
    )
    crm("contact", "add", "Ana", "--set", "site=acme.com")
    crm("template", "add", "x", "--subject", "News", "--markdown", "-", stdin=source)
    assert [] == [each for each in findings(crm, "x") if each[0] == "error"]


def test_the_sender_stands_below_the_message(crm: Crm) -> None:
    for name, value in (
        ("smtp.from", "Мария <maria@acme.bg>"), ("marketing.company", "Акме"), ("marketing.address", "София 1000"),
        ("marketing.unsubscribe_url", "https://acme.bg/leave/{token}"),
    ):  # fmt: skip
        assert 0 == crm("config", "set", name, value).code
    crm("template", "add", "x", "--subject", "{{ sender.name }}", "--markdown", "-", stdin="Hi")
    shown: Any = crm("template", "preview", "x", "--format", "json").json()
    assert "Мария" == shown["subject"]
    assert "Hi\n\n---\n\nАкме\n\nСофия 1000\n\nUnsubscribe <https://acme.bg/leave/preview0000000000>\n" == shown["text"]


def test_the_words_are_told(crm: Crm) -> None:
    rows: Any = crm("template", "words", "--format", "json").json()
    assert {"contact.given_name", "unsubscribe_url", "greeting"} <= {row["word"] for row in rows}


def test_no_template_without_a_store(crm: Crm) -> None:
    assert (0, "[]\n") == crm("template", "list", "--format", "json")[:2]
    assert 3 == crm("template", "show", "x").code
    assert 3 == crm("template", "check", "x").code


def test_data_sends_no_escapes_to_the_terminal(crm: Crm) -> None:
    crm("template", "add", "x", "--subject", "a\x1b[31m", "--text", "-", stdin="b\x1b[31m\n")
    for words in (("list",), ("show", "x"), ("preview", "x")):
        assert "\x1b[31m" not in crm("template", *words, tty=True).stdout


def test_a_store_with_templates_is_whole(hello: Crm) -> None:
    hello("template", "rm", "hello", "--locale", "bg_BG")
    assert 0 == hello("store", "check").code


def test_a_language_is_enough_where_it_has_one_wording(hello: Crm) -> None:
    """``bg`` means bg_BG until there is another Bulgarian one; a country that there is not means none."""
    shown: Any = hello("template", "show", "hello", "--locale", "bg", "--format", "json").json()
    assert "bg_BG" == shown["locale"]
    assert 3 == hello("template", "show", "hello", "--locale", "bg_MK").code
    hello("template", "clone", "hello", "hello", "--locale", "bg", "--into", "bg_MK")
    assert 3 == hello("template", "show", "hello", "--locale", "bg").code


def test_hints_name_a_template_as_a_shell_reads_it(hello: Crm) -> None:
    """A name of two words in quotes."""
    done = hello("template", "add", "two words", "--subject", "x", "--text", "-", stdin="{{ contact.nope }}")
    assert "(try: crm template check 'two words')" in done.stderr
    assert "(try: crm template edit 'two words')" in hello("template", "check", "two words").stderr
