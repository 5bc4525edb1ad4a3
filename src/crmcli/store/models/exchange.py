"""What data exchange remembers: imports on their way, pairs known to be two, people who were forgotten."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from crmcli.store.models.columns import Big, Moment, Row, link


class ImportRun(Row, table=True):
    """An import that stores as it goes and is not finished: where ``--resume`` goes on."""

    __tablename__ = "import_run"
    source: str = Field(unique=True)  # noun and source name, as contact:leads
    fingerprint: str  # of the file and the plan, so that no other file is taken for the rest of this one
    rows_done: int = Field(default=0, sa_type=Big)
    set_id: int = link("change_set.id")
    at: datetime = Field(sa_type=Moment)


class DistinctPair(Row, table=True):
    """Two records that look alike and were said to be two; ``a_id`` is the lower number."""

    __tablename__ = "distinct_pair"
    __table_args__ = (Index("distinct_pair_records", "noun", "a_id", "b_id", unique=True),)
    noun: str
    a_id: int = Field(sa_type=Big)
    b_id: int = Field(sa_type=Big)
    by: int | None = link("app_user.id", optional=True)
    at: datetime = Field(sa_type=Moment)

    @property
    def record_id(self) -> int:
        """The record whose history tells of it."""
        return self.a_id


class Forgotten(Row, table=True):
    """A person whose data was erased on request: the uid that stays, so that an old backup is purged again."""

    uid: str = Field(unique=True)
    by: int | None = link("app_user.id", optional=True)
    at: datetime = Field(sa_type=Moment)
