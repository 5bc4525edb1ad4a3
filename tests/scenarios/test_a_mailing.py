"""A mailing to real people's records, from the import to the mailboxes, counted against the file itself."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

from tests.mail_server import MailServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest


def test_leads_get_a_letter(
    crm: Callable[..., Any], shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those whom the segment means get one each, by their own name; what the dry run says is what happens."""
    path = shared / "hubspot_like" / "hubspot_contacts.csv"
    with path.open(encoding="utf-8", newline="") as file:
        leads = {row["Email"]: row["First Name"] for row in csv.DictReader(file) if row["Lifecycle Stage"] == "Lead"}
    assert crm("import", "contacts", path, "--skip-errors").code in (0, 7)
    assert crm("segment", "add", "leads", "--filter", "lifecycle = lead and email is not empty").code == 0
    text = "Dear {{ contact.given_name }},\n\n{{ unsubscribe_url }}\n"
    assert (
        crm("template", "add", "letter", "--subject", "For {{ contact.given_name }}", "--text", "-", stdin=text).code
        == 0
    )
    assert crm("campaign", "add", "Leads", "--segment", "leads", "--template", "letter").code == 0
    with MailServer() as server:
        (tmp_path / "crm.toml").write_text(server.settings, "utf-8")
        monkeypatch.setenv("CRM_CONFIG", str(tmp_path / "crm.toml"))
        tried: Any = crm("campaign", "send", "Leads", "--dry-run", "--format", "json").json()
        first = json.loads(crm("campaign", "send", "Leads", "--yes", "--limit", "30").stdout)
        second = json.loads(crm("campaign", "send", "Leads", "--yes").stdout)
    assert (30, 0) == (first["sent"], second["left"])
    assert first["sent"] + second["sent"] == len(server.mailboxes) == sum(server.mailboxes.values()) > 100
    assert {row["address"] for row in tried if row["status"] == "send"} == set(server.mailboxes) == set(leads)
    subjects = {row["address"]: row["subject"] for row in tried}
    assert all(server.message(to)["Subject"] == f"For {name}" == subjects[to] for to, name in leads.items())
