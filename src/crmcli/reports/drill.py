"""From a figure to the records behind it: filters that select exactly what a row of a report counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.fields import COMPANY_SIZES, DEAL_TYPES
from crmcli.domain.text import fold
from crmcli.reports.report import Drill

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from crmcli.reports.period import Window

MONTH = "month"
# Of one filter: it is at most 100,000 characters long, and a number in it seldom longer than eight with its comma.
MOST_NUMBERS = 10_000
_DEAL_PATHS = {
    "owner": "owner", "company": "company.name", "source": "source", "campaign": "campaign", "type": "type",
    "reason": "lost_reason", "pipeline": "pipeline", "region": "company.region", "country": "company.country",
    "industry": "company.industry", "size": "company.size", "stage": "stage", "contact": "contact.name",
    "segment": "contact.segment", MONTH: "closed_at",
}  # fmt: skip
_ACTIVITY_PATHS = {
    "type": "type",
    "owner": "owner",
    "company": "company.name",
    "contact": "contact.name",
    "direction": "direction",
    "outcome": "outcome",
    "campaign": "campaign",
    "region": "company.region",
    "country": "company.country",
    "industry": "company.industry",
    "size": "company.size",
    "segment": "contact.segment",
    MONTH: "at",
}

_CONTACT_PATHS = {name: name for name in ("owner", "source", "lifecycle", "lead_status")}
_PURCHASE_PATHS = {name: name for name in ("product", "source")}


def path_of(noun: str, by: str) -> str:
    """What a filter on deals, activities, contacts or purchases calls the field that a report is grouped by."""
    paths = {"deal": _DEAL_PATHS, "contact": _CONTACT_PATHS, "purchase": _PURCHASE_PATHS}
    known = paths.get(noun, _ACTIVITY_PATHS)
    if by in known:
        return known[by]
    link, _, key = by.partition(".")
    if noun == "deal" and link == "company" and key:
        return _DEAL_PATHS.get(key, f"company.custom.{_name(key)}")
    return f"custom.{_name(key if link == 'custom' and key else by)}"


def written(path: Sequence[str]) -> str:
    """Links and a field as a filter names them."""
    return ".".join((*path[:-1], _name(path[-1])))


def _name(key: str) -> str:
    """A custom key as it can stand in a filter, dots and all."""
    plain = all(c.isalnum() or c in "_-" for c in key)
    return key if plain else "`" + key.replace("\\", "\\\\").replace("`", "\\`") + "`"


def equal(path: str, value: str | None) -> str:
    """The condition that a field has a value, or none."""
    return f"{path} = {quoted(value)}" if value else f"{path} is empty"


def quoted(value: str) -> str:
    """A text as a value of the filter language."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("'", "\\'").replace("`", "\\`") + '"'


def joined(*conditions: str) -> str:
    """All the conditions that say something; one that may hold an OR must come in parentheses."""
    return " AND ".join(condition for condition in conditions if condition)


def grouped(filter_text: str | None) -> str:
    """A user's own filter as one condition among others."""
    return f"({filter_text})" if filter_text and filter_text.strip() else ""


def within(field: str, span: Window, now: datetime) -> str:
    """The condition that a moment lies in a window: in days where it begins and ends with them."""
    if span.bounds is None:
        return ""
    from datetime import datetime as moments
    from datetime import timedelta

    start, end = span.bounds
    after = moments.fromisoformat(start).astimezone(now.tzinfo) if not start.startswith("0001-") else None
    before = moments.fromisoformat(end).astimezone(now.tzinfo) if not end.startswith("9999-") else None
    if any(each is not None and (each.hour or each.minute or each.second) for each in (after, before)):
        return f"{field} >= {start} AND {field} < {end}"
    first = after.date().isoformat() if after else ""
    last = (before - timedelta(days=1)).date().isoformat() if before else ""
    if first and last:
        return f"{field} between {first} and {last}"
    return f"{field} >= {first}" if first else f"{field} <= {last}"


def in_currency(code: str, base: str | None) -> str:
    """The condition that a deal counts in a currency; one that names none counts in the base currency."""
    named = equal("currency", code)
    return f"({named} OR currency is empty)" if code == base else named


def numbered(noun: str, numbers: Iterable[int]) -> Drill | None:
    """The records of these numbers, in as many filters as they take; None when there are none."""
    every = sorted(set(numbers))
    return together(_of_few(noun, every[at : at + MOST_NUMBERS]) for at in range(0, len(every), MOST_NUMBERS))


def _of_few(noun: str, numbers: Sequence[int]) -> Drill:
    return Drill(noun, f"number in ({', '.join(map(str, numbers))})" if len(numbers) > 1 else f"number = {numbers[0]}")


def together(drills: Iterable[Drill | None]) -> Drill | None:
    """Several ways to records as one; None where there is none."""
    found = [one._replace(more=()) for each in drills if each is not None for one in (each, *each.more)]
    return found[0]._replace(more=tuple(found[1:])) if found else None


def unclear(labels: Collection[str | None]) -> frozenset[str | None]:
    """The labels that a filter can't tell from each other, since it ignores case and accents, or can't name."""
    alike: dict[str, list[str | None]] = {}
    for label in set(labels):
        alike.setdefault(fold(label or ""), []).append(label)
    shared = {label for folded, found in alike.items() for label in found if len(found) > 1}
    return frozenset(shared | {label for label in labels if label and not fold(label)})


def is_odd(path: str, label: str | None, noun: str = "deal") -> bool:
    """Whether the label is none of the words that the field takes."""
    if label is None:
        return False
    words = {"deal.type": DEAL_TYPES, "company.size": COMPANY_SIZES}.get(path if "." in path else f"{noun}.{path}")
    return not label or (words is not None and label not in words)
