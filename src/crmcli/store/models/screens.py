"""What people keep of the screens they look at."""

from sqlmodel import Field

from crmcli.store.models.columns import Mortal, link, live


class SavedView(Mortal, table=True):
    """A list's filter, order and columns under a name that everybody knows; empty texts mean the usual."""

    __tablename__ = "saved_view"
    __table_args__ = (live("saved_view", "noun", "name_key"),)
    uid: str = Field(unique=True)
    noun: str
    name: str
    name_key: str
    filter: str = ""
    sort: str = ""
    reverse: int = 0
    columns: str = "[]"  # names in JSON: a custom field's may hold a comma
    owner_id: int | None = link("app_user.id", optional=True)
