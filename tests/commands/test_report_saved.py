"""``crm report save|saved|run|forget|send``: reports under a name of their own, and by mail."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.mail_server import MailServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import Result

    Crm = Callable[..., Result]


_DEALS = """title,value,owner,stage,created_at,closed_at
One,1000,ana,won,2026-10-01,2026-11-10
Two,3000,boris,won,2026-09-01,2026-10-10
"""


@pytest.fixture
def selling(crm_on: Crm, tmp_path: Path) -> Crm:
    """Two deals won by two people, this month and the month before."""
    (tmp_path / "deals.csv").write_text(_DEALS, "utf-8")
    assert 0 == crm_on("import", "deals", str(tmp_path / "deals.csv")).code
    return crm_on


def names_and_values(answer: Result) -> list[tuple[Any, Any]]:
    rows: Any = answer.json()
    return [(row["owner"], row["value"]) for row in rows]


def test_a_saved_report_is_asked_as_it_was_saved(selling: Crm) -> None:
    """With its options, for everyone, and options given now count before those."""
    kept = selling("report", "save", "Monday", "won", "--by", "owner", "--period", "2026-11")
    assert (0, "saved Monday: crm report run Monday\n") == (kept.code, kept.stderr)
    assert [("ana", 1000)] == names_and_values(selling("report", "run", "monday", "--format", "json"))
    again = selling("--as", "kasia", "report", "run", "MONDAY", "--period", "2026-10", "--format", "json")
    assert [("boris", 3000)] == names_and_values(again)


def test_saved_reports_are_listed_with_the_command_they_stand_for(selling: Crm) -> None:
    selling(
        "report", "save", "my deals", "won", "--filter", "owner = me", "--compare", "year", "--period", "this month"
    )
    selling("report", "save", "idle", "stale", "--days", "30")
    listed: Any = selling("report", "saved", "--format", "json").json()
    assert ["idle", "my deals"] == [each["name"] for each in listed]
    assert ["crm report stale --days 30", "maria"] == [listed[0]["command"], listed[0]["owner"]]
    import shlex

    words = shlex.split(listed[1]["command"])
    assert 0 == selling(*words[1:]).code
    assert {"--filter", "owner = me", "--compare", "year", "--period", "this month"} < set(words)


def test_saving_again_replaces_and_forgetting_can_be_undone(selling: Crm) -> None:
    """Which is told, unless it is the same report."""
    selling("report", "save", "boss", "won", "--by", "owner")
    again = selling("report", "save", "Boss", "won", "--by", "owner")
    assert "saved Boss: crm report run Boss\n" == again.stderr
    replaced = selling("report", "save", "BOSS", "lost", "--format", "json")
    assert "replaced Boss, which was crm report won --by owner (crm undo takes it back)\n" == replaced.stderr
    selling("undo")
    assert ["won"] == [each["report"] for each in selling("report", "saved", "--format", "json").json()]  # type: ignore[union-attr, call-overload, index]
    selling("report", "save", "Boss", "lost")
    assert ["lost"] == [each["report"] for each in selling("report", "saved", "--format", "json").json()]  # type: ignore[union-attr, call-overload, index]
    assert "forgot Boss (crm undo takes it back)\n" == selling("report", "forget", "boss").stderr
    assert 3 == selling("report", "run", "boss").code
    selling("undo")
    assert 0 == selling("report", "run", "boss").code


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["save", "x", "wonn"], 2, "did you mean won?"),
        (["save", "x", "won", "--by", "rainfall"], 2, "deals have no 'rainfall'"),
        (["save", "x", "won", "--period", "someday"], 2, "someday"),
        (["save", "x", "won", "--horizon", "3"], 2, "no such option"),
        (["save", " ", "won"], 2, "a name has 1 to 100 characters"),
        (["run", "x"], 3, "no saved report x"),
    ],
)
def test_what_can_not_be_asked_is_not_saved(selling: Crm, words: list[str], code: int, said: str) -> None:
    refused = selling("report", *words)
    assert code == refused.code
    assert said in refused.stderr
    assert [] == selling("report", "saved", "--format", "json").json()


@pytest.fixture
def mails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """A mail server that the settings name."""
    with MailServer() as server:
        (tmp_path / "mail.toml").write_text(server.settings, "utf-8")
        monkeypatch.setenv("CRM_CONFIG", str(tmp_path / "mail.toml"))
        yield server


def test_a_report_goes_out_as_text_with_its_file(selling: Crm, mails: MailServer) -> None:
    """To each address once, as what a program sends, with figures that can be read without opening anything."""
    selling("report", "save", "Monday", "won", "--by", "owner", "--period", "2026")
    sent = selling("report", "send", "Monday", "--to", "Boss@acme.com", "--to", "ana@acme.com", "--to", "ana@acme.com")
    assert (0, "") == (sent.code, sent.stdout)
    assert {"Boss@acme.com": 1, "ana@acme.com": 1} == dict(mails.mailboxes)
    message = mails.message("ana@acme.com")
    assert ("won deals by owner (2026)", "auto-generated") == (message["Subject"], message["Auto-Submitted"])
    body = message.get_body(("plain",)).get_content()
    assert "boris" in body
    assert "n = 2" in body
    (file,) = message.iter_attachments()
    assert ("won.html", "text/html") == (file.get_filename(), file.get_content_type())
    assert "<script" not in file.get_content()


def test_any_report_can_be_sent_with_a_workbook(selling: Crm, mails: MailServer) -> None:
    sent = selling("report", "send", "won", "--by", "owner", "--to", "boss@acme.com", "--attach", "xlsx")
    assert 0 == sent.code, sent.stderr
    (file,) = mails.message("boss@acme.com").iter_attachments()
    assert ("won.xlsx", b"PK") == (file.get_filename(), file.get_content()[:2])


def test_a_report_is_written_as_it_is_mailed(selling: Crm, mails: MailServer, tmp_path: Path) -> None:
    """To a file, in place of the old one, and to people; the same figures as ``report NAME --output`` writes."""
    selling("report", "save", "Monday", "won", "--by", "owner", "--period", "2026")
    file, same = tmp_path / "monday.csv", tmp_path / "same.csv"
    file.write_text("of last week", "utf-8")
    sent = selling("report", "send", "monday", "--output", str(file))
    assert (0, "", f"wrote {file}\n") == sent
    assert (0, "", "") == selling("-q", "report", "run", "monday", "--output", str(same))
    assert same.read_bytes() == file.read_bytes()
    assert "boris" in file.read_text("utf-8")
    assert {} == dict(mails.mailboxes)
    both = selling("report", "send", "Monday", "--to", "boss@acme.com", "--output", str(file), "--period", "2026-11")
    assert (0, f"wrote {file}\nsent won to boss@acme.com\n") == (both.code, both.stderr)
    assert "boris" not in file.read_text("utf-8")
    (attached,) = mails.message("boss@acme.com").iter_attachments()
    assert "won.html" == attached.get_filename()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--output", "won.pdf"], "a file that ends in .html"),
        (["--output", "nowhere/won.md"], "can't write"),
        (["--output", "won.md", "--attach", "xlsx"], "--attach says what a mail brings"),
        (["--output", "won.md", "--chart"], "--chart does not go with a report that is sent"),
        (["--output", "won.md", "--to", "boss@acme.com", "--attach", "pdf"], "no file of kind 'pdf'"),
        (["--output", "won.md", "--to", "boss@acme.com", "--by", "rainfall"], "rainfall"),
        (["--output", "nowhere/won.md", "--to", "boss@acme.com"], "can't write"),
        ([], "--to ADDRESS, or written to --output FILE"),
    ],
)
def test_what_can_not_be_written_is_not_mailed_either(
    selling: Crm, mails: MailServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    refused = selling("report", "send", "won", *words)
    assert (2, "") == (refused.code, refused.stdout)
    assert said in refused.stderr
    assert ([], {}) == (list(tmp_path.rglob("*won*")), dict(mails.mailboxes))


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--to", "nowhere"], 2, "nowhere"),
        (["--to", "unknown@acme.com"], 5, "was not mailed"),
        (["--to", "boss@acme.com", "--attach", "pdf"], 2, "pdf"),
        ([], 2, "--to"),
    ],
)
def test_a_mail_that_can_not_go_is_an_error(
    selling: Crm, mails: MailServer, words: list[str], code: int, said: str
) -> None:
    refused = selling("report", "send", "won", *words)
    assert code == refused.code
    assert said in refused.stderr
    assert {} == dict(mails.mailboxes)


def test_a_dry_run_sends_nothing(selling: Crm, mails: MailServer) -> None:
    assert (
        "would send won to boss@acme.com\n"
        == selling("report", "send", "won", "--to", "boss@acme.com", "--dry-run").stderr
    )
    assert "would write no.md\n" == selling("report", "send", "won", "--output", "no.md", "--dry-run").stderr
    assert (False, {}) == (Path("no.md").exists(), dict(mails.mailboxes))


@pytest.mark.parametrize("look", [["--output", "won.html"], ["--chart"], ["--drill", "--row", "ana"]])
def test_how_an_answer_looks_is_not_kept_and_not_swallowed(selling: Crm, look: list[str]) -> None:
    refused = selling("report", "save", "x", "won", *look)
    assert 2 == refused.code
    assert f"{look[0]} is not kept with a report" in refused.stderr
    assert [] == selling("report", "saved", "--format", "json").json()
