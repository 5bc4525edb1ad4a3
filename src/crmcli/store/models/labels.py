"""Tags and custom fields: what users add to the model themselves."""

from sqlalchemy import Index
from sqlmodel import Field

from crmcli.store.models.columns import Big, Row, link


class Tag(Row, table=True):
    """A label, shown as first written."""

    name: str
    key: str = Field(unique=True)


class Tagging(Row, table=True):
    """A label on a record of any noun."""

    __table_args__ = (
        Index("tagging_record", "noun", "record_id", "tag_id", unique=True),
        Index("tagging_tag", "tag_id", "noun", "record_id"),
    )
    tag_id: int = link("tag.id")
    noun: str
    record_id: int = Field(sa_type=Big)


class CustomField(Row, table=True):
    """A custom field that some record of the noun has or had."""

    __tablename__ = "custom_field"
    __table_args__ = (Index("custom_field_key", "noun", "key", unique=True),)
    noun: str
    key: str
