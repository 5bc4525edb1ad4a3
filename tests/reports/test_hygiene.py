"""The hygiene report: every fault is counted, and every command it gives runs and shows or mends what was counted."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import pytest

from crmcli.context import AppContext
from crmcli.domain.countries import is_country, likely_country

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

    Crm = Callable[..., Result]


@pytest.fixture
def untidy(crm_on: Crm, monkeypatch: pytest.MonkeyPatch) -> Crm:
    """A store with one of every fault."""
    crm_on("contact", "add", "Jane Doe", "--email", "jane@acme.com", "--phone", "+359 88 123 4567", "--owner", "ana")
    kept = ("--set", "email_original=not an address", "--set", "phone_original=call me")
    crm_on("contact", "add", "Joan Roe", "--company", "Beta", "--owner", "ana", *kept)
    crm_on("contact", "add", "Jill Poe", "--email", "jill@beta.org", "--company", "Beta")
    crm_on("company", "add", "Acme", "--website", "acme.com", "--country", "Bulgria", "--owner", "ana")
    crm_on("company", "add", "Acme Shop", "--website", "shop.acme.com", "--country", "Германия", "--owner", "ana")
    crm_on("company", "add", "Acme Immobilien", "--country", "Qqqq")
    crm_on("deal", "add", "Late", "--expected-close", "2026-12-01", "--company", "Beta", "--owner", "ana")
    crm_on("contact", "add", "Old One", "--email", "old@x.com", "--company", "Beta")
    crm_on("contact", "add", "Old, One", "--phone", "+359 88 765 4321", "--company", "Beta")
    app = AppContext()
    with app.desk.writing("test") as uow:
        from crmcli.store.models.companies import Company
        from crmcli.store.models.people import ContactEmail

        uow.find(ContactEmail, key="old@x.com")[0].invalid = 1
        uow.find(Company, name="Acme Immobilien")[0].owner_id = None
    monkeypatch.setenv("CRM_NOW", "2027-03-21T12:00:00Z")
    return crm_on


def report(crm: Crm) -> dict[str, dict[str, Any]]:
    rows: Any = crm("report", "hygiene", "--format", "json").json()
    return {row["check"]: row for row in rows}


def test_every_fault_is_counted(untidy: Crm) -> None:
    counts = {check: row["count"] for check, row in report(untidy).items()}
    expected = {
        "e-mails marked as invalid": 1, "e-mails kept as they came": 1, "phones kept as they came": 1,
        "company without an owner": 1, "deals past their close date": 1, "open deals without a next step": 1,
        "open deals silent for 90 days": 1, "contacts silent for 90 days": 5, "contacts without a company": 1,
        "companies without people": 3, "odd country Bulgria": 1, "odd country Qqqq": 1,
        "companies sharing a domain, unlinked": 1, "contacts at a company's domain, unlinked": 1,
        "likely duplicates: contact": 1,
    }  # fmt: skip
    assert expected == {check: counts.get(check) for check in expected}
    assert set(counts) <= {
        *expected,
        "contact without an owner",
        "contacts without e-mail and phone",
        "deal without an owner",
    }


def test_every_command_runs(untidy: Crm) -> None:
    """As written, without a terminal; a list shows as many as were counted."""
    for row in report(untidy).values():
        words = shlex.split(row["command"])
        assert "crm" == words[0]
        answer = untidy(*words[1:])
        assert answer.code == 0, (row["command"], answer.stderr)
        if words[2] == "edit":
            assert untidy("undo").code == 0
        if words[2] == "list":
            assert row["count"] == len(untidy(*words[1:], "--format", "json").json())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "check",
    ["odd country Bulgria", "companies sharing a domain, unlinked", "contacts at a company's domain, unlinked",
     "company without an owner", "e-mails marked as invalid"],
)  # fmt: skip
def test_what_mends_mends(untidy: Crm, check: str) -> None:
    """After the command the fault is gone."""
    assert untidy(*shlex.split(report(untidy)[check]["command"])[1:]).code == 0
    assert check not in report(untidy)


def test_a_tidy_store_has_no_rows(crm_on: Crm) -> None:
    assert [] == crm_on("report", "hygiene", "--format", "json").json()


def test_no_store_is_made_to_look_into(crm: Crm, tmp_path: Path) -> None:
    assert [] == crm("report", "hygiene", "--format", "json").json()
    assert not (tmp_path / "crm.db").exists()


@pytest.mark.parametrize(
    "name", ["Bulgaria", "БЪЛГАРИЯ", "bg", "USA", "Deutschland", "Польша", "中国", "United Kingdom", "BGR"]
)
def test_countries_are_known(name: str) -> None:
    assert is_country(name)


@pytest.mark.parametrize(
    ("name", "likely"),
    [
        ("Bulgria", "Bulgaria"), ("Germny", "Germany"), ("Qqqq", None), ("Narnia", None), ("Sweeden", "Sweden"),
        ("Austrila", None), ("Untied Kingdom", "United Kingdom"), ("Guin", None), ("Irln", None),
    ],
)  # fmt: skip
def test_other_texts_are_not(name: str, likely: str | None) -> None:
    assert (False, likely) == (is_country(name), likely_country(name))
