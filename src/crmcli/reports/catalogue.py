"""The reports there are, what each can be asked, and the one way to ask any of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.text import nearest
from crmcli.errors import UsageError
from crmcli.reports.inquiry import understood
from crmcli.reports.questions import ALSO, CAMPAIGN_GROUPS, CUSTOMER_GROUPS, CUSTOMERS, DATA, MARKETING, OVERVIEW, SALES

if TYPE_CHECKING:
    from crmcli.reports.inquiry import Asked, Inquiry, Sources
    from crmcli.reports.questions import Question
    from crmcli.reports.report import Report
    from crmcli.services.desk import Desk

SECTIONS = (
    ("overview", OVERVIEW),
    ("sales", SALES),
    ("customers", CUSTOMERS),
    ("marketing", MARKETING),
    ("data", DATA),
)
QUESTIONS: tuple[Question, ...] = tuple(question for _, section in SECTIONS for question in section)
BY_NAME = {question.name: question for question in QUESTIONS}


def question_named(name: str) -> Question:
    """The report of that name; raises UsageError with the nearest."""
    found = BY_NAME.get(name.strip().lower().replace("_", "-"))
    if found is None:
        near = nearest(name, list(BY_NAME))
        hint = f"did you mean {near}?" if near else f"one of {', '.join(BY_NAME)}"
        raise UsageError(f"no report {name!r}", hint=hint)
    return found


def answer(sources: Sources, asked: Asked) -> Report:
    """The report that is asked for; raises UsageError, BadValue or FilterError for what can't be asked."""
    question = question_named(asked.name)
    _refuse_what_it_takes_not(question, asked)
    inquiry = understood(sources.desk, asked if asked.by else asked._replace(by=question.by), question.usual)
    report = _worked_out(question, sources, inquiry)
    if not asked.compare or question.beside:
        return report
    from crmcli.reports.compare import aligned, compared, labels
    from crmcli.reports.period import compared_with

    span = compared_with(inquiry.period, asked.compare, inquiry.now)
    then = _worked_out(question, sources, inquiry._replace(span=span))
    was, now = (labels(inquiry.by, days, sources.desk.fiscal_start) for days in (span.days, inquiry.period.days))
    return compared(report, aligned(then, inquiry.by, was, now), now)


def _worked_out(question: Question, sources: Sources, inquiry: Inquiry) -> Report:
    from importlib import import_module

    from crmcli.reports.copied import answered
    from crmcli.reports.unrated import as_known

    module, _, function = question.answer.partition(":")
    work_out = getattr(import_module(module), function)
    return as_known(answered(sources, lambda asked: work_out(asked, inquiry)))


def _refuse_what_it_takes_not(question: Question, asked: Asked) -> None:
    given = {
        "--period": (asked.period or asked.since or asked.until, question.dated),
        "--compare": (asked.compare, question.dated),
        "--by": (asked.by, question.groups),
        "--filter": (asked.filter, question.noun),
    }
    for flag, (value, takes) in given.items():
        if value and not takes:
            why = dict(question.refuses).get(flag)
            raise UsageError(f"report {question.name} takes no {flag}{f': {why}' if why else ''}")
    for name in asked.options:
        if name not in question.options:
            from crmcli.reports.options import flag_of

            raise UsageError(f"report {question.name} takes no {flag_of(name)}")


def group_names(desk: Desk, noun: str) -> list[str]:
    """What the records of a noun can be told apart by in a report, their custom fields last."""
    from crmcli.store.queries.activity_groups import activity_group_names
    from crmcli.store.queries.groups import deal_group_names
    from crmcli.store.queries.lead_groups import lead_group_names
    from crmcli.store.queries.purchases_by import customer_group_names

    if noun == "campaign":
        return list(CAMPAIGN_GROUPS)
    own = CUSTOMER_GROUPS.get(noun, ())
    names = {
        **dict.fromkeys(("deal", "forecast"), deal_group_names),
        "activity": activity_group_names,
        **dict.fromkeys(("contact", "response"), lead_group_names),
    }
    with desk.reading() as reader:
        known = names.get(noun, customer_group_names)(reader)
    # What means something else in this report goes by its other name, if it has one.
    others = {"segment": "contact.segment", "product": ""}
    found = (others.get(name, f"custom.{name}") if name in own else name for name in known)
    return [*own, *filter(None, found), *ALSO.get(noun, ())]
