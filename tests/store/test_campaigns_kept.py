"""What campaigns keep, in a dump and in a backup: every row of every table of theirs, on either engine."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from crmcli.context import AppContext, Flags
from crmcli.domain.return_addresses import message_id
from crmcli.store.backup import backup, restore
from crmcli.store.checks import findings
from crmcli.store.transfer import TABLES, rows_of, snapshot
from tests.mail_server import MailServer
from tests.returned import Gone, mail, mbox

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

MARKETING = (
    "campaign", "campaign_variant", "campaign_cost", "campaign_goal", "campaign_member", "campaign_event", "template",
    "message", "returned_mail", "segment", "segment_member", "segment_snapshot", "segment_snapshot_member", "consent",
    "suppression", "sequence", "sequence_step", "enrolment",
)  # fmt: skip
LINES: tuple[tuple[str, ...], ...] = (
    ("contact", "add", "Łukasz Żak", "--email", "lukasz@zak.pl"),
    ("contact", "add", "Елена Тодорова", "--email", "elena@todorova.bg"),
    ("contact", "add", "王伟", "--email", "wei@example.cn"),
    ("segment", "add", "mailed", "--filter", "email is not empty"),
    ("segment", "add", "two", "lukasz@zak.pl", "elena@todorova.bg"),
    ("segment", "add", "both", "--formula", "mailed - two"),
    ("segment", "snapshot", "two"),
    ("template", "add", "hello", "--subject", "Здравей {{ contact.name }}", "--text", "letter.txt"),
    ("template", "add", "hello", "--locale", "pl", "--subject", "Cześć", "--text", "letter.txt"),
    # The part stands before the whole: its number is the smaller one.
    ("campaign", "add", "Part", "--segment", "mailed", "--template", "hello", "--goal", "responses=2"),
    ("campaign", "add", "Whole", "--budget", "1,000 EUR", "--window", "09:00-17:00 mon-fri", "--cap", "2/7d"),
    ("campaign", "edit", "Part", "--parent", "Whole"),
    ("campaign", "cost", "add", "Whole", "250 EUR", "--note", "druk; \"ulotki\"\t字"),
    ("campaign", "variant", "add", "Part", "A", "--subject", "A {{ contact.name }}"),
    ("campaign", "variant", "add", "Part", "B", "--subject", "B {{ contact.name }}", "--share", "2"),
    ("consent", "grant", "lukasz@zak.pl", "--channel", "email", "--source", "form"),
    ("suppress", "add", "@competitor.example", "--note", "asked"),
    ("sequence", "add", "Welcome", "--segment", "two"),
    ("sequence", "step", "add", "Welcome", "wait", "3d"),
    ("sequence", "step", "add", "Welcome", "mail", "--template", "hello"),
    ("sequence", "enrol", "Welcome", "wei@example.cn"),
    ("campaign", "send", "Part", "--yes"),
    ("campaign", "respond", "Part", "elena@todorova.bg", "--note", "да"),
)  # fmt: skip


def of(url: str) -> AppContext:
    """The application over a store, as the tests' user."""
    return AppContext(Flags(store=url, user="maria", quiet=True), origin="test")


def rows(app: AppContext) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, whichever engine keeps it."""
    with snapshot(app.store) as reader:
        return {table: list(rows_of(reader, table)) for table in TABLES}


@pytest.fixture
def full(crm_on: Callable[..., Result], store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppContext:
    """A store in which every table of campaigns holds something."""
    (tmp_path / "letter.txt").write_text("{{ unsubscribe_url }}", "utf-8")
    with MailServer() as server:
        (tmp_path / "crm.toml").write_text(server.settings, "utf-8")
        monkeypatch.setenv("CRM_CONFIG", str(tmp_path / "crm.toml"))
        for words in LINES:
            done = crm_on(*words)
            assert 0 == done.code, (words, done.stderr)
    app = of(store_url)
    gone = rows(app)["message"][0]
    back = mail(gone["address"], "да", about=Gone(message_id(gone["uid"], "acme.com"), gone["token"]))
    done = crm_on("campaign", "collect", "--mbox", mbox(tmp_path, back))
    assert 0 == done.code, done.stderr
    assert [] == [table for table in MARKETING if not rows(app)[table]]
    return app


def sound(app: AppContext) -> AppContext:
    """The same, in which nothing is wrong and a part still knows what it is a part of."""
    with app.store.reader() as reader:
        assert [] == list(findings(reader))
    parent = app.campaigns.get("Part").parent
    assert parent is not None
    assert "Whole" == parent.name
    return app


@pytest.mark.parametrize("there", ["sqlite", "postgresql"])
def test_a_dump_holds_what_campaigns_keep(
    full: AppContext, there: str, tmp_path: Path, postgresql: Callable[[], str]
) -> None:
    """Row by row, from either engine into either; who was mailed is known there too."""
    other = of(str(tmp_path / "other.db") if there == "sqlite" else postgresql())
    other.carrying.take(io.BytesIO("".join(full.carrying.out()).encode()))
    assert rows(full) == rows(sound(other))


def test_a_backup_holds_what_campaigns_keep(full: AppContext, tmp_path: Path) -> None:
    """Everything is as it was, whatever was done since."""
    before = rows(full)
    copy = backup(full.store, tmp_path / "copy")
    full.campaigns.remove("Part")
    full.segments.remove("both")
    full.contacts.add(full.contacts.draft({"name": "Ewa"}))
    restore(full.store, copy)
    assert before == rows(sound(full))
