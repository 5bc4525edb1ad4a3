"""``crm contact card``: a vCard for other programs, and a QR code for a telephone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.once import once

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Result

    Crm = Callable[..., Result]


@pytest.fixture
@once
def jane(crm: Crm) -> str:
    """Somebody to make a card of."""
    return crm(
        "contact", "add", "Łukasz Żak", "--email", "l@zak.pl", "--phone", "+48 22 123 45 67", "--company", "Żak"
    ).uid


def test_a_card_in_a_pipe(crm: Crm, jane: str) -> None:
    """A vCard alone, of either version, with CRLF."""
    found = crm("contact", "card", "l@zak.pl")
    assert found.stdout.startswith(
        "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Łukasz Żak\r\nN:Żak;Łukasz;;;\r\nEMAIL;PREF=1:l@zak.pl\r\n"
    )
    assert found.stdout.endswith("END:VCARD\r\n")
    assert "VERSION:3.0" in crm("contact", "card", jane, "--version", "3.0").stdout


def test_a_card_on_a_terminal(crm: Crm, jane: str) -> None:
    """The card, and a code below it."""
    shown = crm("contact", "card", jane, tty=True).stdout
    assert ("BEGIN:VCARD", True) == (shown.split("\n")[0], "▄" in shown)
    assert "▄" not in crm("contact", "card", jane, "--no-qr", tty=True).stdout
    assert "▄" in crm("contact", "card", jane, "--qr").stdout


def test_a_card_reads_back(crm: Crm, jane: str, tmp_path: object) -> None:
    """Importing it changes nothing."""
    from pathlib import Path

    path = Path(str(tmp_path)) / "l.vcf"
    path.write_text(crm("contact", "card", jane).stdout, encoding="utf-8", newline="")
    assert 0 == crm("import", "contacts", str(path)).code
    assert ["Łukasz Żak"] == [contact["name"] for contact in crm("contact", "list", "--format", "json").json()]


@pytest.mark.parametrize(("arguments", "code"), [(("nobody@x.com",), 3), (("1", "--version", "2.1"), 2)])
def test_what_cannot_be_carded(crm: Crm, jane: str, arguments: tuple[str, ...], code: int) -> None:
    """Nobody, and a version that nobody should write."""
    assert code == crm("contact", "card", *arguments).code
