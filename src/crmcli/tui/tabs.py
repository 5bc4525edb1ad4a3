"""The screens with a tab of their own, in the order of their numbers; each is loaded when it is first wanted."""

from __future__ import annotations

from crmcli.domain.frozen import NamedTuple


class Tab(NamedTuple):
    """A screen: its name, what its tab says, and where its class is."""

    name: str
    label: str
    module: str
    attribute: str
    about: str


TABS = (
    Tab("today", "Today", "today", "TodayScreen", "what needs me now"),
    Tab("board", "Board", "board", "BoardScreen", "deals by stage"),
    Tab("contacts", "Contacts", "records", "ContactsScreen", "people"),
    Tab("companies", "Companies", "records", "CompaniesScreen", "organisations"),
    Tab("deals", "Deals", "records", "DealsScreen", "deals as a table"),
    Tab("activity", "Activity", "activity", "ActivityScreen", "everything done and planned"),
    Tab("campaigns", "Campaigns", "campaigns", "CampaignsScreen", "what campaigns have brought"),
    Tab("reports", "Reports", "reports", "ReportsScreen", "figures and charts"),
    Tab("history", "History", "history", "HistoryScreen", "every change, and undo"),
)
RECORD = Tab("record", "Record", "record", "RecordScreen", "one record with everything around it")
BY_NAME = {tab.name: tab for tab in (*TABS, RECORD)}


def number_of(name: str) -> int:
    """The number of a tab, 0 for a screen that has none."""
    return next((number for number, tab in enumerate(TABS, 1) if tab.name == name), 0)
