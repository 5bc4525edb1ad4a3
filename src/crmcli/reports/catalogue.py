"""The reports there are, what each can be asked, and the one way to ask any of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple

if TYPE_CHECKING:
    from crmcli.reports.period import Window
    from crmcli.reports.report import Report
    from crmcli.services.desk import Desk
    from crmcli.services.duplicates import Duplicates


class Question(NamedTuple):
    """A report: its name, what it says, the noun that its filter is on and what it is grouped by unless told otherwise."""

    name: str
    about: str
    noun: str = ""  # none: it takes no filter
    by: str = ""
    groups: str = ""  # the noun whose groups it can be told apart by
    dated: bool = False  # whether it can be asked for a period
    nothing: str = ""  # what makes it have figures


QUESTIONS = (
    Question("pipeline", "what lies in the stages, and what goes on from them", "deal",
             nothing="add deals: n on the board, or crm import deals FILE.csv"),
    Question("won", "number, value, win rate and cycle of deals won", "deal", by="month", groups="deal", dated=True,
             nothing="a deal counts here once it is won: W on the board"),
    Question("lost", "deals lost, and why", "deal", by="reason", groups="deal", dated=True,
             nothing="a deal counts here once it is lost: X on the board, with a reason"),
    Question("activity", "what was done, and how much of it a won deal takes", "activity", by="type", groups="activity",
             dated=True, nothing="log what you do: l on a person or a deal, or crm log call \"…\""),
    Question("campaigns", "what came of each campaign: people, deals, cost and ROI", dated=True,
             nothing="plan one: crm campaign add NAME"),
    Question("stale", "open deals that nobody has touched for too long", "deal",
             nothing="nothing lies too long: every open deal was touched as often as its stage asks for"),
    Question("hygiene", "what would make the data better", nothing="no fault found: nothing missing, odd or twice"),
)  # fmt: skip
BY_NAME = {question.name: question for question in QUESTIONS}


class Asked(NamedTuple):
    """A report as it is wanted: its name, what it is grouped by, a period in words and a filter."""

    name: str
    by: str = ""
    period: str = ""
    filter: str = ""


def answer(desk: Desk, duplicates: Duplicates, asked: Asked) -> Report:
    """The report that is asked for; raises UsageError, BadValue or FilterError for what can't be asked."""
    by, where = asked.by or None, asked.filter or None
    match asked.name:
        case "pipeline":
            from crmcli.reports.pipeline import pipeline_report

            return pipeline_report(desk, None, where)
        case "won":
            from crmcli.reports.closed import won_report

            return won_report(desk, by, _span(desk, asked), where)
        case "lost":
            from crmcli.reports.closed import lost_report

            return lost_report(desk, by, _span(desk, asked), where)
        case "activity":
            from crmcli.reports.activity import activity_report

            return activity_report(desk, asked.by, _span(desk, asked), where)
        case "campaigns":
            from crmcli.reports.campaigns import campaigns_report

            return campaigns_report(desk, None, _span(desk, asked))
        case "stale":
            from crmcli.reports.stale import stale_report

            return stale_report(desk, None, where)
        case _:
            from crmcli.reports.hygiene import hygiene_report

            return hygiene_report(desk, duplicates)


def group_names(desk: Desk, noun: str) -> list[str]:
    """What the records of a noun can be told apart by in a report; for deals their custom fields too."""
    from crmcli.store.queries.reports import activity_group_names, deal_group_names

    if noun == "activity":
        return activity_group_names()
    with desk.reading() as reader:
        return deal_group_names(reader)


def _span(desk: Desk, asked: Asked) -> Window:
    from crmcli.reports.period import window

    return window(desk.clock.local(), asked.period or None)
