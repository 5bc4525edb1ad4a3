"""What an import can be told, by the names of the options: from the command line, or from a file that plans several."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmcli.domain.text import word_set
from crmcli.errors import UsageError
from crmcli.io.opening import Reading
from crmcli.services.importing.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TEXTS = word_set(
    "format_in encoding delimiter sheet table query preset source currency mode on_duplicate rejects save_map"
)
PAIRS = word_set("map default stage_map")
LISTS = word_set("date_format key fill_only overwrite append")
SWITCHES = word_set("no_header update skip_errors hooks create_contacts")
NUMBERS = word_set("max_errors")
NAMES = tuple(sorted((*TEXTS, *PAIRS, *LISTS, *SWITCHES, *NUMBERS)))


def plan_of(noun: str, given: Mapping[str, Any]) -> Plan:
    """The plan for records of a noun that the options ask for; raises UsageError for two that contradict each other."""
    reading = Reading(
        given.get("format_in"),
        given.get("encoding"),
        given.get("delimiter"),
        not given.get("no_header"),
        given.get("sheet"),
        given.get("table"),
        given.get("query"),
    )
    said = {name: given[name] for name in Plan._fields if given.get(name) is not None}
    several = {name: _listed(given.get(name)) for name in ("key", "fill_only", "overwrite", "append")}
    rejects = None if given.get("rejects") is None else Path(given["rejects"])
    mode = _mode(given.get("mode"), given.get("on_duplicate"), update=bool(given.get("update")))
    plan = Plan(noun)._replace(**{**said, **several, "rejects": rejects, "reading": reading, "mode": mode})
    return plan._replace(create_links=True if given.get("create_contacts") else plan.create_links)


def _listed(settings: Sequence[str] | None) -> tuple[str, ...]:
    """``a,b`` and repeated options as one list."""
    return tuple(name.strip() for each in settings or () for name in each.split(",") if name.strip())


def _mode(mode: str | None, on_duplicate: str | None, *, update: bool) -> str | None:
    if update and ((mode or "upsert") != "upsert" or (on_duplicate or "update") != "update"):
        raise UsageError("--update is --mode upsert", hint="leave one of them out")
    return "upsert" if update else mode
