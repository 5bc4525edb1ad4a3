"""People, deals, activities, labels and the change log."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

revision = "0001"
down_revision = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.Text().with_variant(TIMESTAMP(timezone=True), "postgresql")
JSON = sa.JSON().with_variant(JSONB(), "postgresql")
LIVE: dict[str, Any] = {
    "sqlite_where": sa.text("deleted_at IS NULL"),
    "postgresql_where": sa.text("deleted_at IS NULL"),
}


def upgrade() -> None:
    _app_user()
    _campaign()
    _custom_field()
    _pipeline()
    _tag()
    _change_set()
    _company()
    _contact()
    _stage()
    _tagging()
    _change()
    _company_phone()
    _company_website()
    _contact_company()
    _contact_email()
    _contact_handle()
    _contact_phone()
    _contact_relation()
    _deal()
    _activity()
    _deal_contact()
    _stage_change()
    _activity_contact()


def _app_user() -> None:
    op.create_table(
        "app_user",
        sa.Column("id", BIG, nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("login_key", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("login_key"),
        sqlite_autoincrement=True,
    )


def _campaign() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", BIG, nullable=False),
        sa.Column("deleted_at", MOMENT, nullable=True),
        sa.Column("deleted_in", BIG, nullable=True),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("uid"),
        sqlite_autoincrement=True,
    )
    op.create_index("live_campaign_name_key", "campaign", ["name_key"], unique=True, **LIVE)


def _custom_field() -> None:
    op.create_table(
        "custom_field",
        sa.Column("id", BIG, nullable=False),
        sa.Column("noun", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("custom_field_key", "custom_field", ["noun", "key"], unique=True)


def _pipeline() -> None:
    op.create_table(
        "pipeline",
        sa.Column("id", BIG, nullable=False),
        sa.Column("deleted_at", MOMENT, nullable=True),
        sa.Column("deleted_in", BIG, nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("live_pipeline_name_key", "pipeline", ["name_key"], unique=True, **LIVE)


def _tag() -> None:
    op.create_table(
        "tag",
        sa.Column("id", BIG, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
        sqlite_autoincrement=True,
    )


def _change_set() -> None:
    op.create_table(
        "change_set",
        sa.Column("id", BIG, nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("command", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("undo_of", BIG, nullable=True),
        sa.Column("undone_by", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["undo_of"],
            ["change_set.id"],
        ),
        sa.ForeignKeyConstraint(
            ["undone_by"],
            ["change_set.id"],
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["app_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("uid"),
        sqlite_autoincrement=True,
    )


def _company() -> None:
    op.create_table(
        "company",
        sa.Column("id", BIG, nullable=False),
        sa.Column("deleted_at", MOMENT, nullable=True),
        sa.Column("deleted_in", BIG, nullable=True),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("owner_id", BIG, nullable=True),
        sa.Column("external_source", sa.String(), nullable=True),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("custom", JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", BIG, nullable=True),
        sa.Column("created_in", BIG, nullable=True),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("updated_by", BIG, nullable=True),
        sa.Column("merged_into", BIG, nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("industry", sa.String(), nullable=True),
        sa.Column("size", sa.String(), nullable=True),
        sa.Column("annual_revenue", BIG, nullable=True),
        sa.Column("revenue_currency", sa.String(), nullable=True),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("region", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("parent_id", BIG, nullable=True),
        sa.Column("type", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["app_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["app_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["company.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by"],
            ["app_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("uid"),
        sqlite_autoincrement=True,
    )
    op.create_index("company_name", "company", ["name_key"], unique=False, postgresql_using="hash")
    op.create_index(op.f("ix_company_created_in"), "company", ["created_in"], unique=False)
    op.create_index(op.f("ix_company_owner_id"), "company", ["owner_id"], unique=False)
    op.create_index(op.f("ix_company_parent_id"), "company", ["parent_id"], unique=False)
    op.create_index(
        "live_company_external_source_external_id", "company", ["external_source", "external_id"], unique=True, **LIVE
    )


def _contact() -> None:
    op.create_table(
        "contact",
        sa.Column("id", BIG, nullable=False),
        sa.Column("deleted_at", MOMENT, nullable=True),
        sa.Column("deleted_in", BIG, nullable=True),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("owner_id", BIG, nullable=True),
        sa.Column("external_source", sa.String(), nullable=True),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("custom", JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", BIG, nullable=True),
        sa.Column("created_in", BIG, nullable=True),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("updated_by", BIG, nullable=True),
        sa.Column("merged_into", BIG, nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("given", sa.String(), nullable=True),
        sa.Column("family", sa.String(), nullable=True),
        sa.Column("prefix", sa.String(), nullable=True),
        sa.Column("suffix", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("lifecycle", sa.String(), nullable=True),
        sa.Column("lead_status", sa.String(), nullable=True),
        sa.Column("lead_score", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("birthday", sa.Date(), nullable=True),
        sa.Column("anniversary", sa.Date(), nullable=True),
        sa.Column("locale", sa.String(), nullable=True),
        sa.Column("timezone", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["app_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["app_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by"],
            ["app_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("uid"),
        sqlite_autoincrement=True,
    )
    op.create_index("contact_name", "contact", ["name_key"], unique=False, postgresql_using="hash")
    op.create_index(op.f("ix_contact_birthday"), "contact", ["birthday"], unique=False)
    op.create_index(op.f("ix_contact_created_in"), "contact", ["created_in"], unique=False)
    op.create_index(op.f("ix_contact_owner_id"), "contact", ["owner_id"], unique=False)
    op.create_index(
        "live_contact_external_source_external_id", "contact", ["external_source", "external_id"], unique=True, **LIVE
    )


def _stage() -> None:
    op.create_table(
        "stage",
        sa.Column("id", BIG, nullable=False),
        sa.Column("deleted_at", MOMENT, nullable=True),
        sa.Column("deleted_in", BIG, nullable=True),
        sa.Column("pipeline_id", BIG, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("probability", sa.Integer(), nullable=False),
        sa.Column("rot_days", sa.Integer(), nullable=True),
        sa.Column("forecast_category", sa.String(), nullable=False),
        sa.Column("required", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["pipeline_id"],
            ["pipeline.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_stage_pipeline_id"), "stage", ["pipeline_id"], unique=False)
    op.create_index("live_stage_pipeline_id_name_key", "stage", ["pipeline_id", "name_key"], unique=True, **LIVE)


def _tagging() -> None:
    op.create_table(
        "tagging",
        sa.Column("id", BIG, nullable=False),
        sa.Column("tag_id", BIG, nullable=False),
        sa.Column("noun", sa.String(), nullable=False),
        sa.Column("record_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["tag_id"],
            ["tag.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("tagging_record", "tagging", ["noun", "record_id", "tag_id"], unique=True)
    op.create_index("tagging_tag", "tagging", ["tag_id", "noun", "record_id"], unique=False)


def _change() -> None:
    op.create_table(
        "change",
        sa.Column("id", BIG, nullable=False),
        sa.Column("set_id", BIG, nullable=False),
        sa.Column("noun", sa.String(), nullable=False),
        sa.Column("record_id", BIG, nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("row_id", BIG, nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("before", JSON, nullable=True),
        sa.Column("after", JSON, nullable=True),
        sa.ForeignKeyConstraint(
            ["set_id"],
            ["change_set.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("change_record", "change", ["noun", "record_id", "set_id"], unique=False)
    op.create_index(op.f("ix_change_set_id"), "change", ["set_id"], unique=False)


def _company_phone() -> None:
    op.create_table(
        "company_phone",
        sa.Column("id", BIG, nullable=False),
        sa.Column("deleted_at", MOMENT, nullable=True),
        sa.Column("deleted_in", BIG, nullable=True),
        sa.Column("company_id", BIG, nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["company.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_company_phone_company_id"), "company_phone", ["company_id"], unique=False)
    op.create_index(op.f("ix_company_phone_key"), "company_phone", ["key"], unique=False)


def _company_website() -> None:
    op.create_table(
        "company_website",
        sa.Column("id", BIG, nullable=False),
        sa.Column("deleted_at", MOMENT, nullable=True),
        sa.Column("deleted_in", BIG, nullable=True),
        sa.Column("company_id", BIG, nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["company.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_company_website_company_id"), "company_website", ["company_id"], unique=False)
    op.create_index("live_company_website_key", "company_website", ["key"], unique=True, **LIVE)


def _contact_company() -> None:
    op.create_table(
        "contact_company",
        sa.Column("id", BIG, nullable=False),
        sa.Column("contact_id", BIG, nullable=False),
        sa.Column("company_id", BIG, nullable=False),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["company.id"],
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_contact_company_company_id"), "contact_company", ["company_id"], unique=False)
    op.create_index(op.f("ix_contact_company_contact_id"), "contact_company", ["contact_id"], unique=False)


def _contact_email() -> None:
    op.create_table(
        "contact_email",
        sa.Column("id", BIG, nullable=False),
        sa.Column("deleted_at", MOMENT, nullable=True),
        sa.Column("deleted_in", BIG, nullable=True),
        sa.Column("contact_id", BIG, nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("invalid", sa.Integer(), nullable=False),
        sa.Column("opted_out", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_contact_email_contact_id"), "contact_email", ["contact_id"], unique=False)
    op.create_index("live_contact_email_key", "contact_email", ["key"], unique=True, **LIVE)


def _contact_handle() -> None:
    op.create_table(
        "contact_handle",
        sa.Column("id", BIG, nullable=False),
        sa.Column("deleted_at", MOMENT, nullable=True),
        sa.Column("deleted_in", BIG, nullable=True),
        sa.Column("contact_id", BIG, nullable=False),
        sa.Column("network", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_contact_handle_contact_id"), "contact_handle", ["contact_id"], unique=False)
    op.create_index("live_contact_handle_network_key", "contact_handle", ["network", "key"], unique=True, **LIVE)


def _contact_phone() -> None:
    op.create_table(
        "contact_phone",
        sa.Column("id", BIG, nullable=False),
        sa.Column("deleted_at", MOMENT, nullable=True),
        sa.Column("deleted_in", BIG, nullable=True),
        sa.Column("contact_id", BIG, nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("invalid", sa.Integer(), nullable=False),
        sa.Column("opted_out", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_contact_phone_contact_id"), "contact_phone", ["contact_id"], unique=False)
    op.create_index("live_contact_phone_key", "contact_phone", ["key"], unique=True, **LIVE)


def _contact_relation() -> None:
    op.create_table(
        "contact_relation",
        sa.Column("id", BIG, nullable=False),
        sa.Column("contact_id", BIG, nullable=False),
        sa.Column("other_id", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
        ),
        sa.ForeignKeyConstraint(
            ["other_id"],
            ["contact.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_contact_relation_contact_id"), "contact_relation", ["contact_id"], unique=False)
    op.create_index(op.f("ix_contact_relation_other_id"), "contact_relation", ["other_id"], unique=False)


def _deal() -> None:
    op.create_table(
        "deal",
        sa.Column("id", BIG, nullable=False),
        sa.Column("deleted_at", MOMENT, nullable=True),
        sa.Column("deleted_in", BIG, nullable=True),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("owner_id", BIG, nullable=True),
        sa.Column("external_source", sa.String(), nullable=True),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("custom", JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", BIG, nullable=True),
        sa.Column("created_in", BIG, nullable=True),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("updated_by", BIG, nullable=True),
        sa.Column("merged_into", BIG, nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("title_key", sa.String(), nullable=False),
        sa.Column("value", BIG, nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("pipeline_id", BIG, nullable=False),
        sa.Column("stage_id", BIG, nullable=False),
        sa.Column("stage_since", MOMENT, nullable=False),
        sa.Column("probability", sa.Integer(), nullable=True),
        sa.Column("expected_close", sa.Date(), nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("lost_reason", sa.String(), nullable=True),
        sa.Column("lost_note", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("campaign_id", BIG, nullable=True),
        sa.Column("next_step", sa.String(), nullable=True),
        sa.Column("type", sa.String(), nullable=True),
        sa.Column("company_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
        ),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["company.id"],
        ),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["app_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["app_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["pipeline_id"],
            ["pipeline.id"],
        ),
        sa.ForeignKeyConstraint(
            ["stage_id"],
            ["stage.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by"],
            ["app_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("uid"),
        sqlite_autoincrement=True,
    )
    op.create_index("deal_stage", "deal", ["stage_id", "deleted_at", "value"], unique=False)
    op.create_index("deal_title", "deal", ["title_key"], unique=False, postgresql_using="hash")
    op.create_index(op.f("ix_deal_campaign_id"), "deal", ["campaign_id"], unique=False)
    op.create_index("deal_closed", "deal", ["closed_at", "expected_close"], unique=False)
    op.create_index(op.f("ix_deal_company_id"), "deal", ["company_id"], unique=False)
    op.create_index(op.f("ix_deal_created_in"), "deal", ["created_in"], unique=False)
    op.create_index(op.f("ix_deal_expected_close"), "deal", ["expected_close"], unique=False)
    op.create_index(op.f("ix_deal_owner_id"), "deal", ["owner_id"], unique=False)
    op.create_index(op.f("ix_deal_pipeline_id"), "deal", ["pipeline_id"], unique=False)
    op.create_index(op.f("ix_deal_value"), "deal", ["value"], unique=False)
    op.create_index(
        "live_deal_external_source_external_id", "deal", ["external_source", "external_id"], unique=True, **LIVE
    )


def _activity() -> None:
    op.create_table(
        "activity",
        sa.Column("id", BIG, nullable=False),
        sa.Column("deleted_at", MOMENT, nullable=True),
        sa.Column("deleted_in", BIG, nullable=True),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("owner_id", BIG, nullable=True),
        sa.Column("external_source", sa.String(), nullable=True),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("custom", JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", BIG, nullable=True),
        sa.Column("created_in", BIG, nullable=True),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("updated_by", BIG, nullable=True),
        sa.Column("merged_into", BIG, nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("body", sa.String(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("duration", sa.Integer(), nullable=True),
        sa.Column("direction", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("priority", sa.String(), nullable=False),
        sa.Column("location", sa.String(), nullable=True),
        sa.Column("recurrence", sa.String(), nullable=True),
        sa.Column("remind_before", sa.Integer(), nullable=True),
        sa.Column("company_id", BIG, nullable=True),
        sa.Column("deal_id", BIG, nullable=True),
        sa.Column("campaign_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
        ),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["company.id"],
        ),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["app_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["deal_id"],
            ["deal.id"],
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["app_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by"],
            ["app_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("uid"),
        sqlite_autoincrement=True,
    )
    op.create_index("activity_at", "activity", ["at", "id"], unique=False)
    op.create_index("activity_status_due", "activity", ["status", "due_on"], unique=False)
    op.create_index(op.f("ix_activity_campaign_id"), "activity", ["campaign_id"], unique=False)
    op.create_index(op.f("ix_activity_company_id"), "activity", ["company_id"], unique=False)
    op.create_index(op.f("ix_activity_created_in"), "activity", ["created_in"], unique=False)
    op.create_index(op.f("ix_activity_deal_id"), "activity", ["deal_id"], unique=False)
    op.create_index(op.f("ix_activity_owner_id"), "activity", ["owner_id"], unique=False)
    op.create_index(
        "live_activity_external_source_external_id", "activity", ["external_source", "external_id"], unique=True, **LIVE
    )


def _deal_contact() -> None:
    op.create_table(
        "deal_contact",
        sa.Column("id", BIG, nullable=False),
        sa.Column("deal_id", BIG, nullable=False),
        sa.Column("contact_id", BIG, nullable=False),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
        ),
        sa.ForeignKeyConstraint(
            ["deal_id"],
            ["deal.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_deal_contact_contact_id"), "deal_contact", ["contact_id"], unique=False)
    op.create_index(op.f("ix_deal_contact_deal_id"), "deal_contact", ["deal_id"], unique=False)


def _stage_change() -> None:
    op.create_table(
        "stage_change",
        sa.Column("id", BIG, nullable=False),
        sa.Column("deal_id", BIG, nullable=False),
        sa.Column("from_stage_id", BIG, nullable=True),
        sa.Column("to_stage_id", BIG, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", BIG, nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by"],
            ["app_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["deal_id"],
            ["deal.id"],
        ),
        sa.ForeignKeyConstraint(
            ["from_stage_id"],
            ["stage.id"],
        ),
        sa.ForeignKeyConstraint(
            ["to_stage_id"],
            ["stage.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_stage_change_deal_id"), "stage_change", ["deal_id"], unique=False)


def _activity_contact() -> None:
    op.create_table(
        "activity_contact",
        sa.Column("id", BIG, nullable=False),
        sa.Column("activity_id", BIG, nullable=False),
        sa.Column("contact_id", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activity.id"],
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_activity_contact_activity_id"), "activity_contact", ["activity_id"], unique=False)
    op.create_index(op.f("ix_activity_contact_contact_id"), "activity_contact", ["contact_id"], unique=False)
