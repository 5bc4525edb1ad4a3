"""Each kind of damage is found, said in words, and comes with its remedy; a whole store has no findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmcli.context import AppContext, Flags
from crmcli.store.checks import Finding, findings
from crmcli.store.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def full(app: AppContext) -> AppContext:
    """A store with a record of every noun and a life behind it."""
    return _filled(app)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def lasting(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppContext]:
    """The same on each engine, filled once; whoever does damage to it takes it back."""
    folder = tmp_path_factory.mktemp("lasting")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(folder))
        patch.chdir(folder)
        sqlite = request.param == "sqlite"
        url = str(folder / "crm.db") if sqlite else request.getfixturevalue("lasting_postgresql")()
        yield _filled(AppContext(Flags(store=url, quiet=True), origin="test"))


def _filled(app: AppContext) -> AppContext:
    desk = app
    desk.contacts.add(
        desk.contacts.draft(
            {"name": "Łukasz Żak", "emails": "lukasz@zak.pl", "phones": "+48 601 234 567", "companies": "Żywiec",
             "x": "lukaszzak", "tags": "vip", "note": "любит чай"}, ["segment=smb"],
        )
    )  # fmt: skip
    desk.companies.edit(
        "Żywiec", desk.companies.edit_draft(_changes({"websites": "zywiec.pl", "annual_revenue": "1m PLN"}))
    )
    desk.deals.add(
        desk.deals.draft({"title": "Piwo", "value": "12.5k EUR", "contacts": "lukasz@zak.pl", "tags": "vip"})
    )
    desk.deals.move("Piwo", "proposal")
    desk.deals.add(desk.deals.draft({"title": "Wino", "contacts": "lukasz@zak.pl"}))
    desk.deals.lose("Wino", "price")
    desk.activities.log(
        {"type": "call", "body": "Rozmowa", "contacts": "lukasz@zak.pl", "deal": "Piwo"}, follow_up="oferta", due="fri"
    )
    return app


def _changes(values: dict[str, str]) -> object:
    from crmcli.services.records import Changes

    return Changes(values)


def test_a_whole_store_has_no_findings(full: AppContext) -> None:
    """Nor has it after deletions, restores and undos."""
    full.contacts.remove("lukasz@zak.pl")
    full.contacts.restore("Łukasz Żak")
    full.deals.remove("Wino")
    full.history.undo()
    checked = full.keeping.check()
    assert ((), 6) == (checked.findings, checked.records)


DAMAGE = [
    ("links", "UPDATE contact SET deleted_at = created_at", "is still held, though the contact is deleted"),
    ("links", "INSERT INTO tagging (tag_id, noun, record_id) VALUES (1, 'contact', 99)", "contact 99 is missing"),
    ("links", "INSERT INTO tagging (tag_id, noun, record_id) VALUES (1, 'ship', 1)", "there are no records of 'ship'"),
    ("links", "UPDATE contact SET merged_into = 99", "merged_into 99 is missing"),
    ("links", "UPDATE stage SET deleted_at = created_at FROM contact WHERE stage.name = 'proposal'", "stage proposal is deleted"),
    ("uids", "UPDATE contact SET uid = 'ct_lost'", "'ct_lost' is not a uid"),
    ("uids", "UPDATE deal SET uid = 'ct' || substr(uid, 3) WHERE id = 1", "is not a uid"),
    ("keys", "UPDATE contact_email SET key = 'other@zak.pl'", "is matched as 'other@zak.pl'"),
    ("keys", "UPDATE contact_phone SET key = '+48601234568'", "is matched as '+48601234568'"),
    ("keys", "UPDATE contact_phone SET value = 'call me'", "is not a phone number"),
    ("keys", "UPDATE company_website SET key = 'www.zywiec.pl'", "is matched as 'www.zywiec.pl'"),
    ("keys", "UPDATE contact_handle SET key = 'other'", "is matched as 'other'"),
    ("keys", "UPDATE contact SET name_key = 'lukas'", "'Łukasz Żak' is matched as 'lukas'"),
    ("search", "DELETE FROM search_entry WHERE noun = 'contact'", "is not in the index"),
    ("search", "UPDATE contact SET note = 'pije kawę'", "is in the index as it was before"),
    ("search", "INSERT INTO search_entry (rowid, noun, record_id, name, body) VALUES (8000, 'contact', 1000, 'x', '')",
     "is in the index, though there is no such record"),
    ("money", "UPDATE deal SET currency = NULL WHERE id = 1", "a value without a currency"),
    ("money", "UPDATE deal SET value = NULL WHERE id = 1", "currency EUR without a value"),
    ("money", "UPDATE deal SET value = -1 WHERE id = 1", "the value is below zero"),
    ("money", "UPDATE company SET revenue_currency = 'XXY' WHERE annual_revenue IS NOT NULL", "'XXY' is not a currency"),
    ("stages", "DELETE FROM stage_change WHERE deal_id = 1", "has no stage history"),
    ("stages", "DELETE FROM stage_change WHERE deal_id = 1 AND from_stage_id IS NULL", "does not begin with its first stage"),
    ("stages", "UPDATE stage_change SET from_stage_id = 4 WHERE deal_id = 1 AND from_stage_id IS NOT NULL", "has a gap"),
    ("stages", "UPDATE deal SET stage_id = 1 WHERE id = 1", "ends in another stage"),
    ("stages", "UPDATE deal SET closed_at = created_at WHERE id = 1", "is in a stage that is open, but was closed"),
    ("stages", "UPDATE deal SET closed_at = NULL WHERE id = 2", "is in a stage that is lost, but was never closed"),
    ("log", "UPDATE change SET action = 'burn' WHERE id = 1", "unknown burn of"),
    ("log", "UPDATE change SET after = 'null' WHERE action = 'insert'", "does not say what was before and after"),
]  # fmt: skip


@pytest.mark.parametrize(("check", "sql", "problem"), DAMAGE, ids=[f"{d[0]}-{n}" for n, d in enumerate(DAMAGE)])
def test_damage_is_found(lasting: AppContext, check: str, sql: str, problem: str) -> None:
    """By the check that is about it, with the record or row, the problem and a remedy."""
    found = [f for f in _with_damage(lasting, sql) if problem in f.problem]
    assert found
    assert {check} == {finding.check for finding in found}
    assert all(finding.record and finding.remedy for finding in found)


def test_damage_was_taken_back(lasting: AppContext) -> None:
    """The tests above leave nothing behind for each other."""
    assert [] == _with_damage(lasting, "SELECT 1")


def test_a_pipeline_that_is_not_the_stages_is_found(full: AppContext) -> None:
    """A deal and its stage are in one pipeline."""
    full.pipelines.add("renewals", ["due", "won", "lost"], "won", "lost")
    _sql(full, "UPDATE deal SET pipeline_id = 2 WHERE id = 1")
    with full.store.reader() as reader:
        assert ["its stage belongs to another pipeline"] == [f.problem for f in findings(reader)]


def test_a_link_to_a_missing_record_is_found(full: AppContext) -> None:
    """A file may have been changed by something that does not keep foreign keys; a server never lets it."""
    path = full.store.location.path
    if path is None:
        pytest.skip("files only")
    import sqlite3

    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE deal_contact SET contact_id = 99 WHERE deal_id = 1")
        connection.execute("UPDATE deal SET company_id = 98 WHERE id = 1")
    connection.close()
    with full.store.reader() as reader:
        problems = {f.record: (f.problem, f.remedy) for f in findings(reader) if f.check == "links"}
    assert {"deal #1": ("company 98 is missing", "crm deal edit 1"),
            "deal_contact row 1": ("contact 99 is missing", "crm store check --fix")} == problems  # fmt: skip


def test_custom_fields_that_are_no_object_are_found(lasting: AppContext) -> None:
    """They are read with every list, so nothing else is looked at."""
    found = _with_damage(lasting, "UPDATE deal SET custom = '[1]' WHERE id = 2")
    assert [("custom", "deal #2", "its custom fields can't be read")] == [f[:3] for f in found]


def test_what_can_be_mended_is_mended_after_a_backup(full: AppContext) -> None:
    """The index is made anew and the dangling label goes; what needs a human stays, and is said."""
    for sql in (
        "DELETE FROM search_entry WHERE noun = 'contact'",
        "INSERT INTO search_entry (rowid, noun, record_id, name, body) VALUES (8000, 'contact', 1000, 'x', '')",
        "INSERT INTO tagging (tag_id, noun, record_id) VALUES (1, 'contact', 99)",
        "UPDATE deal SET currency = NULL WHERE id = 1",
    ):
        _sql(full, sql)
    checked = full.keeping.check(fix=True)
    assert ["a value without a currency"] == [finding.problem for finding in checked.findings]
    assert 3 == checked.mended
    assert checked.backup is not None
    assert checked.backup.exists()


def test_nothing_is_copied_when_nothing_can_be_mended(full: AppContext) -> None:
    """`--fix` on a whole store leaves no file behind."""
    assert full.keeping.check(fix=True).backup is None
    assert () == full.keeping.info().backups


def _with_damage(app: AppContext, sql: str) -> list[Finding]:
    """What is found inside a transaction that does the damage and is then taken back."""
    from crmcli.store.engine import connect

    connection = connect(app.store)
    try:
        connection.exec_driver_sql(sql)
        return list(findings(Reader(app.store.dialect, connection.connection.driver_connection, "crm.db")))
    finally:
        connection.rollback()
        connection.close()


def _sql(app: AppContext, sql: str) -> None:
    from crmcli.store.engine import transaction

    with transaction(app.store) as connection:
        connection.exec_driver_sql(sql.replace("%", "%%"))
