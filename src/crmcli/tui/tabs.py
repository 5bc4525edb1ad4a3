"""The screens with a tab of their own, in the order of their numbers; each is loaded when it is first wanted."""

from __future__ import annotations

from crmcli.domain.frozen import NamedTuple


class Tab(NamedTuple):
    """A screen: its name, what its tab says, where its class is, and what the tab says where there is little room."""

    name: str
    label: str
    module: str
    attribute: str
    about: str
    short: str = ""


TABS = (
    Tab("today", "Today", "today", "TodayScreen", "what needs me now"),
    Tab("board", "Board", "board", "BoardScreen", "deals by stage"),
    Tab("contacts", "Contacts", "records", "ContactsScreen", "people", "Cont"),
    Tab("companies", "Companies", "records", "CompaniesScreen", "organisations", "Comp"),
    Tab("deals", "Deals", "records", "DealsScreen", "deals as a table"),
    Tab("activity", "Activity", "activity", "ActivityScreen", "everything done and planned", "Act"),
    Tab("campaigns", "Campaigns", "campaigns", "CampaignsScreen", "plans, people, sending and results", "Camp"),
    Tab("reports", "Reports", "reports", "ReportsScreen", "figures and charts", "Rep"),
    Tab("history", "History", "history", "HistoryScreen", "every change, and undo", "Hist"),
)
RECORD = Tab("record", "Record", "record", "RecordScreen", "one record with everything around it")
BY_NAME = {tab.name: tab for tab in (*TABS, RECORD)}

# The screens that open with a filter, and what it selects there.
FILTERED = {"board": "deal", "contacts": "contact", "companies": "company", "deals": "deal", "activity": "activity"}


def number_of(name: str) -> int:
    """The number of a tab, 0 for a screen that has none."""
    return next((number for number, tab in enumerate(TABS, 1) if tab.name == name), 0)
