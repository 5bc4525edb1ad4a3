"""What only some reports can be asked: the flags of their commands, and the fields of a form, come from here."""

from __future__ import annotations

from crmcli.domain.attribution import MODELS
from crmcli.domain.frozen import NamedTuple
from crmcli.errors import BadValue


class Option(NamedTuple):
    """A question within a report's question.

    Kinds: text; number, a whole one, not below ``least``; yes, which is asked or not; choice, one of ``choices``; owner,
    pipeline and campaign, which are completed. ``short`` is its name in a form.
    """

    flag: str
    short: str
    about: str
    kind: str = "text"
    metavar: str = ""
    choices: tuple[str, ...] = ()
    least: int | None = None


# By the names that Question.options and Inquiry.options know them by.
OPTIONS: dict[str, Option] = {
    "owner": Option("--owner", "owner", "Only what is theirs; me for your own.", "owner", "USER"),
    "ref": Option("--about", "about", "Only this record, and what belongs to it.", metavar="REF"),
    "all": Option("--all", "all", "Not just the weightiest.", "yes"),
    "pipeline": Option("--pipeline", "pipeline", "Of this one; usually the first that has deals.", "pipeline", "NAME"),
    "days": Option("--days", "days", "Untouched for so many days, whatever the stage allows.", "number", "N"),
    "most": Option("--limit", "limit", "List at most so many; usually 1,000, 0 for all.", "number", "N", least=0),
    "simulate": Option(
        "--simulate", "simulate", "Draw so many possible futures; usually 10,000, 0 for none.", "number", "N", least=0
    ),
    "seed": Option("--seed", "seed", "Of the draws; usually 1. The same seed, the same answer.", "number", "S"),
    "attribution": Option(
        "--attribution", "attribution", "Whom a deal is owed to: own (default), first, last or linear.", "choice", "MODEL",
        MODELS,
    ),
    "horizon": Option("--horizon", "horizon", "How far to look ahead: 39w, 90d, 6m, 1y. Usually 52w.", metavar="TIME"),
    "discount": Option(
        "--discount", "discount", "What money to come loses a year: 10%. Usually nothing.", metavar="RATE"
    ),
    "fewest": Option(
        "--min-customers", "min customers", "Only products that so many bought together; usually 5.", "number", "N", least=1
    ),
    "confidence": Option("--min-confidence", "min confidence", "Only rules as sure as this: 30%.", metavar="SHARE"),
    "campaign": Option(
        "--campaign", "campaign", "Its members that it was not sent to yet; usually everybody.", "campaign", "NAME"
    ),
    "source_of": Option(
        "--from", "from", "What counts as bought: imported purchases (default where there are any) or won deals.", "choice",
        "purchases|deals", ("purchases", "deals"),
    ),
}  # fmt: skip


def flag_of(name: str) -> str:
    """The flag of an option, or of anything else that a report is asked."""
    return OPTIONS[name].flag if name in OPTIONS else f"--{name.replace('_', '-')}"


def option_value(name: str, text: str) -> str | int | bool | None:
    """What was typed for an option; None where nothing was. Raises BadValue for what is no number."""
    option, typed = OPTIONS[name], text.strip()
    if not typed:
        return None
    if option.kind == "yes":
        return True if typed == "yes" else None
    if option.kind != "number":
        return typed
    try:
        number = int(typed.replace(",", ""))
    except ValueError:
        number = None
    if number is None or (option.least is not None and number < option.least):
        floor = f", {option.least} or more" if option.least is not None else ""
        raise BadValue(name, f"{typed!r} is no whole number{floor}")
    return number
