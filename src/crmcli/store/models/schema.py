"""The whole schema with its foreign keys: what migrations are compared with."""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint, MetaData
from sqlmodel import SQLModel

from crmcli.store.models import (
    activities,
    analysis,
    audiences,
    campaigns,
    companies,
    consents,
    deals,
    exchange,
    labels,
    ledger,
    mailings,
    people,
    screens,
    sequences,
)

ROOTS: dict[str, type[people.Contact | companies.Company | deals.Deal | activities.Activity]] = {
    "contact": people.Contact,
    "company": companies.Company,
    "deal": deals.Deal,
    "activity": activities.Activity,
}


def metadata() -> MetaData:
    """Every table, each column that points somewhere carrying its foreign key."""
    for table in SQLModel.metadata.tables.values():
        known = {tuple(key.column_keys) for key in table.foreign_key_constraints}
        for column in table.columns:
            target = column.info.get("references")
            if target and (column.name,) not in known:
                table.append_constraint(ForeignKeyConstraint([column.name], [target]))
    return SQLModel.metadata


def model_of(table: str) -> type[SQLModel]:
    """The model whose rows are kept in ``table``."""
    modules = (
        people, companies, deals, activities, ledger, labels, exchange, screens,
        audiences, campaigns, consents, mailings, sequences, analysis,
    )  # fmt: skip
    models = (item for module in modules for item in vars(module).values() if hasattr(item, "__table__"))
    found: type[SQLModel] = next(model for model in models if model.__table__.name == table)
    return found
