"""Stores as the tests of the store want them: bare, old, and full of records."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from crmcli.clock import Clock
from crmcli.services.pipelines import seeds
from crmcli.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MOMENT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def schema() -> None:
    """Here a new store is made by the migrations themselves."""


@pytest.fixture(autouse=True)
def sessions() -> None:
    """Here each connection to PostgreSQL is a new session."""


@pytest.fixture
def bare_url(request: pytest.FixtureRequest, tmp_path: Path, store_url: str) -> str:
    """A place on each engine where there is no store yet."""
    if not store_url.startswith("postgresql"):
        return str(tmp_path / "bare" / "crm.db")
    import psycopg

    with psycopg.connect(store_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return store_url


@pytest.fixture
def store_at(bare_url: str) -> Callable[[str], Store]:
    """Make a store of an older schema, with rows in it, on each engine."""

    def make(version: str) -> Store:
        from crmcli.store.engine import transaction
        from crmcli.store.migrations.steps import upgrade

        store = opened(bare_url)
        with transaction(store) as connection:
            upgrade(connection, version)
            fill(connection)
        return store

    return make


def opened(url: str, **settings: Any) -> Store:
    """A store by its path or URL, its clock stopped."""
    stages = seeds(("lead", "qualified", "proposal", "negotiation", "won", "lost"), "won", "lost")
    return Store(url, clock=Clock(UTC, MOMENT), seeds=stages, **settings)


def fill(connection: Any) -> None:
    """Rows of every kind, as the first schema has them."""
    from sqlalchemy import insert

    from crmcli.store.models import activities, companies, deals, labels, ledger, people

    mortal = {"created_at": MOMENT, "updated_at": MOMENT, "version": 1, "custom": {}}
    rows: list[tuple[Any, dict[str, Any]]] = [
        (ledger.AppUser, {"id": 1, "login": "maria", "login_key": "maria", "created_at": MOMENT}),
        (ledger.ChangeSet, {"id": 1, "uid": f"ch_{'0' * 26}", "at": MOMENT, "user_id": 1, "command": "contact add",
                            "origin": "cli", "summary": "Łukasz Żak", "records": 1}),
        (deals.Pipeline, {"id": 1, "name": "sales", "name_key": "sales", "position": 0}),
        (deals.Stage, {"id": 1, "pipeline_id": 1, "name": "lead", "name_key": "lead", "position": 0, "kind": "open",
                       "probability": 10, "rot_days": 30, "forecast_category": "pipeline", "required": ""}),
        (companies.Company, mortal | {"id": 1, "uid": f"co_{'0' * 26}", "name": "Żywiec", "name_key": "zywiec",
                                      "country": "Poland"}),
        (people.Contact, mortal | {"id": 1, "uid": f"ct_{'0' * 26}", "name": "Łukasz Żak", "name_key": "lukasz zak",
                                   "note": "любит чай", "custom": {"segment": "smb"}, "owner_id": 1, "created_in": 1}),
        (people.ContactEmail, {"id": 1, "contact_id": 1, "value": "lukasz@zak.pl", "key": "lukasz@zak.pl", "position": 0,
                               "invalid": 0, "opted_out": 0}),
        (people.ContactCompany, {"id": 1, "contact_id": 1, "company_id": 1, "position": 0}),
        (deals.Deal, mortal | {"id": 1, "uid": f"dl_{'0' * 26}", "title": "Piwo", "title_key": "piwo", "value": 100,
                               "currency": "PLN", "pipeline_id": 1, "stage_id": 1, "stage_since": MOMENT}),
        (deals.StageChange, {"id": 1, "deal_id": 1, "to_stage_id": 1, "at": MOMENT}),
        (activities.Activity, mortal | {"id": 1, "uid": f"ac_{'0' * 26}", "kind": "call", "subject": "Rozmowa",
                                        "at": MOMENT, "status": "done", "priority": "normal", "deal_id": 1}),
        (labels.Tag, {"id": 1, "name": "vip", "key": "vip"}),
        (labels.Tagging, {"id": 1, "tag_id": 1, "noun": "contact", "record_id": 1}),
    ]  # fmt: skip
    for model, row in rows:
        connection.execute(insert(model), [row])
    if connection.dialect.name == "postgresql":
        for model, _ in rows:
            name = model.__table__.name
            connection.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), 10)")
