"""Campaigns with budgets, goals, members and what they did; segments, templates, messages, consents and sequences."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0005"
down_revision = "0004"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.Text().with_variant(TIMESTAMP(timezone=True), "postgresql")
LIVE = sa.text("deleted_at IS NULL")
ACTIVE = sa.text("status = 'active'")


def upgrade() -> None:
    _template()
    _campaign()
    _segment()
    _campaign_cost()
    _campaign_goal()
    _campaign_variant()
    _consent()
    _segment_member()
    _segment_snapshot()
    _sequence()
    _suppression()
    _campaign_member()
    _segment_snapshot_member()
    _sequence_step()
    _campaign_event()
    _enrolment()
    _message()
    _returned_mail()
    op.add_column("activity", sa.Column("reminded_at", MOMENT, nullable=True))


def _campaign() -> None:
    for name, default in (("kind", "other"), ("status", "active"), ("audience", ""), ("settings", "{}")):
        op.add_column("campaign", sa.Column(name, sa.String(), server_default=default, nullable=False))
    for name in ("code", "code_key", "objective", "currency"):
        op.add_column("campaign", sa.Column(name, sa.String(), nullable=True))
    for name in ("starts_on", "ends_on"):
        op.add_column("campaign", sa.Column(name, sa.Date(), nullable=True))
    for name in ("budget", "expected_cost", "expected_revenue"):
        op.add_column("campaign", sa.Column(name, BIG, nullable=True))
    op.add_column("campaign", sa.Column("expected_response", sa.Float(), nullable=True))
    for name in ("send_at", "started_at", "ended_at", "created_at", "updated_at"):
        op.add_column("campaign", sa.Column(name, MOMENT, nullable=True))
    whole = "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"
    for name, table in (("parent_id", "campaign"), ("template_id", "template"), ("owner_id", "app_user")):
        # SQLite adds a column with its foreign key only in words.
        op.execute(f"ALTER TABLE campaign ADD COLUMN {name} {whole} REFERENCES {table} (id)")
    op.create_index(
        "live_campaign_code_key", "campaign", ["code_key"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE
    )


def _template() -> None:
    op.create_table(
        "template",
        sa.Column("id", BIG, nullable=False),
        sa.Column("deleted_at", MOMENT, nullable=True),
        sa.Column("deleted_in", BIG, nullable=True),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("preheader", sa.String(), nullable=True),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("markdown", sa.String(), nullable=True),
        sa.Column("html", sa.String(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("uid"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "live_template_name_key_locale",
        "template",
        ["name_key", "locale"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )


def _segment() -> None:
    op.create_table(
        "segment",
        sa.Column("id", BIG, nullable=False),
        sa.Column("deleted_at", MOMENT, nullable=True),
        sa.Column("deleted_in", BIG, nullable=True),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("filter", sa.String(), nullable=True),
        sa.Column("formula", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("owner_id", BIG, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("uid"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "live_segment_name_key", "segment", ["name_key"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE
    )


def _campaign_cost() -> None:
    op.create_table(
        "campaign_cost",
        sa.Column("id", BIG, nullable=False),
        sa.Column("deleted_at", MOMENT, nullable=True),
        sa.Column("deleted_in", BIG, nullable=True),
        sa.Column("campaign_id", BIG, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("amount", BIG, nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", BIG, nullable=True),
        sa.ForeignKeyConstraint(["by"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_campaign_cost_campaign_id"), "campaign_cost", ["campaign_id"])


def _campaign_goal() -> None:
    op.create_table(
        "campaign_goal",
        sa.Column("id", BIG, nullable=False),
        sa.Column("deleted_at", MOMENT, nullable=True),
        sa.Column("deleted_in", BIG, nullable=True),
        sa.Column("campaign_id", BIG, nullable=False),
        sa.Column("metric", sa.String(), nullable=False),
        sa.Column("target", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_campaign_goal_campaign_id"), "campaign_goal", ["campaign_id"])
    op.create_index(
        "live_campaign_goal_campaign_id_metric",
        "campaign_goal",
        ["campaign_id", "metric"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )


def _campaign_variant() -> None:
    op.create_table(
        "campaign_variant",
        sa.Column("id", BIG, nullable=False),
        sa.Column("deleted_at", MOMENT, nullable=True),
        sa.Column("deleted_in", BIG, nullable=True),
        sa.Column("campaign_id", BIG, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("template_id", BIG, nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("is_winner", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"]),
        sa.ForeignKeyConstraint(["template_id"], ["template.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_campaign_variant_campaign_id"), "campaign_variant", ["campaign_id"])
    op.create_index(
        "live_campaign_variant_campaign_id_name_key",
        "campaign_variant",
        ["campaign_id", "name_key"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )


def _consent() -> None:
    op.create_table(
        "consent",
        sa.Column("id", BIG, nullable=False),
        sa.Column("contact_id", BIG, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("token", sa.String(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", BIG, nullable=True),
        sa.ForeignKeyConstraint(["by"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token"),
        sqlite_autoincrement=True,
    )
    op.create_index("consent_contact", "consent", ["contact_id", "channel", "at"])


def _segment_member() -> None:
    op.create_table(
        "segment_member",
        sa.Column("id", BIG, nullable=False),
        sa.Column("segment_id", BIG, nullable=False),
        sa.Column("contact_id", BIG, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"]),
        sa.ForeignKeyConstraint(["segment_id"], ["segment.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_segment_member_contact_id"), "segment_member", ["contact_id"])
    op.create_index("segment_member_contact", "segment_member", ["segment_id", "contact_id"], unique=True)


def _segment_snapshot() -> None:
    op.create_table(
        "segment_snapshot",
        sa.Column("id", BIG, nullable=False),
        sa.Column("segment_id", BIG, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("campaign_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"]),
        sa.ForeignKeyConstraint(["segment_id"], ["segment.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_segment_snapshot_segment_id"), "segment_snapshot", ["segment_id"])


def _sequence() -> None:
    op.create_table(
        "sequence",
        sa.Column("id", BIG, nullable=False),
        sa.Column("deleted_at", MOMENT, nullable=True),
        sa.Column("deleted_in", BIG, nullable=True),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("campaign_id", BIG, nullable=False),
        sa.Column("segment_id", BIG, nullable=True),
        sa.Column("stage_id", BIG, nullable=True),
        sa.Column("stage_since", MOMENT, nullable=True),
        sa.Column("stop_on_reply", sa.Integer(), nullable=False),
        sa.Column("again", sa.Integer(), nullable=False),
        sa.Column("owner_id", BIG, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"]),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["segment_id"], ["segment.id"]),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("uid"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "live_sequence_name_key", "sequence", ["name_key"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE
    )


def _suppression() -> None:
    op.create_table(
        "suppression",
        sa.Column("id", BIG, nullable=False),
        sa.Column("deleted_at", MOMENT, nullable=True),
        sa.Column("deleted_in", BIG, nullable=True),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("contact_id", BIG, nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("campaign_id", BIG, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", BIG, nullable=True),
        sa.ForeignKeyConstraint(["by"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"]),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("uid"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_suppression_contact_id"), "suppression", ["contact_id"])
    op.create_index(
        "live_suppression_kind_key_channel",
        "suppression",
        ["kind", "key", "channel"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )


def _campaign_member() -> None:
    op.create_table(
        "campaign_member",
        sa.Column("id", BIG, nullable=False),
        sa.Column("campaign_id", BIG, nullable=False),
        sa.Column("contact_id", BIG, nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("variant_id", BIG, nullable=True),
        sa.Column("segment_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"]),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"]),
        sa.ForeignKeyConstraint(["segment_id"], ["segment.id"]),
        sa.ForeignKeyConstraint(["variant_id"], ["campaign_variant.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("campaign_member_contact", "campaign_member", ["campaign_id", "contact_id"], unique=True)
    op.create_index("campaign_member_status", "campaign_member", ["campaign_id", "status", "id"])
    op.create_index(op.f("ix_campaign_member_contact_id"), "campaign_member", ["contact_id"])


def _segment_snapshot_member() -> None:
    op.create_table(
        "segment_snapshot_member",
        sa.Column("id", BIG, nullable=False),
        sa.Column("snapshot_id", BIG, nullable=False),
        sa.Column("contact_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"]),
        sa.ForeignKeyConstraint(["snapshot_id"], ["segment_snapshot.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_segment_snapshot_member_contact_id"), "segment_snapshot_member", ["contact_id"])
    op.create_index(
        "segment_snapshot_member_contact", "segment_snapshot_member", ["snapshot_id", "contact_id"], unique=True
    )


def _sequence_step() -> None:
    op.create_table(
        "sequence_step",
        sa.Column("id", BIG, nullable=False),
        sa.Column("deleted_at", MOMENT, nullable=True),
        sa.Column("deleted_in", BIG, nullable=True),
        sa.Column("sequence_id", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("template_id", BIG, nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("filter", sa.String(), nullable=True),
        sa.Column("otherwise", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["sequence_id"], ["sequence.id"]),
        sa.ForeignKeyConstraint(["template_id"], ["template.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_sequence_step_sequence_id"), "sequence_step", ["sequence_id"])


def _campaign_event() -> None:
    op.create_table(
        "campaign_event",
        sa.Column("id", BIG, nullable=False),
        sa.Column("campaign_id", BIG, nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("detail", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"]),
        sa.ForeignKeyConstraint(["member_id"], ["campaign_member.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("campaign_event_member", "campaign_event", ["member_id", "at"])
    op.create_index("campaign_event_status", "campaign_event", ["campaign_id", "status", "member_id"])


def _enrolment() -> None:
    op.create_table(
        "enrolment",
        sa.Column("id", BIG, nullable=False),
        sa.Column("sequence_id", BIG, nullable=False),
        sa.Column("contact_id", BIG, nullable=False),
        sa.Column("deal_id", BIG, nullable=True),
        sa.Column("member_id", BIG, nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("step_id", BIG, nullable=True),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"]),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"]),
        sa.ForeignKeyConstraint(["member_id"], ["campaign_member.id"]),
        sa.ForeignKeyConstraint(["sequence_id"], ["sequence.id"]),
        sa.ForeignKeyConstraint(["step_id"], ["sequence_step.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "enrolment_active",
        "enrolment",
        ["sequence_id", "contact_id"],
        unique=True,
        sqlite_where=ACTIVE,
        postgresql_where=ACTIVE,
    )
    op.create_index("enrolment_due", "enrolment", ["status", "due_at"])
    op.create_index(op.f("ix_enrolment_contact_id"), "enrolment", ["contact_id"])
    op.create_index(op.f("ix_enrolment_sequence_id"), "enrolment", ["sequence_id"])


def _message() -> None:
    op.create_table(
        "message",
        sa.Column("id", BIG, nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("campaign_id", BIG, nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("contact_id", BIG, nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("variant_id", BIG, nullable=True),
        sa.Column("template_id", BIG, nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("address_key", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("claimed_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("reply", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"]),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"]),
        sa.ForeignKeyConstraint(["member_id"], ["campaign_member.id"]),
        sa.ForeignKeyConstraint(["template_id"], ["template.id"]),
        sa.ForeignKeyConstraint(["variant_id"], ["campaign_variant.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token"),
        sa.UniqueConstraint("uid"),
        sqlite_autoincrement=True,
    )
    op.create_index("message_address", "message", ["campaign_id", "address_key"])
    op.create_index("message_contact", "message", ["contact_id", "sent_at"])
    op.create_index("message_once", "message", ["member_id", "step"], unique=True)
    op.create_index("message_queue", "message", ["campaign_id", "status", "due_at"])
    op.create_index("message_sent", "message", ["account", "sent_at"])


def _returned_mail() -> None:
    op.create_table(
        "returned_mail",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("message_id", BIG, nullable=True),
        sa.Column("campaign_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"]),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_returned_mail_campaign_id"), "returned_mail", ["campaign_id"])
