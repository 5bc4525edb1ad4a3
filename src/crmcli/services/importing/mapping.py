"""Where each column of a file goes: a field, a linked record's field, or a custom field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.fields import find_field
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold
from crmcli.errors import BadValue, UsageError
from crmcli.io.headers import CUSTOM, apply_mapping, match_headers, resolve_target
from crmcli.services.importing.cells import EMPTY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from crmcli.services.importing.plan import Plan

Cell = str | tuple[str, ...]


class Target(NamedTuple):
    """Where a column goes: a field of the record, of the record linked by ``link``, or a custom field."""

    name: str
    link: str = ""
    custom: bool = False

    def __str__(self) -> str:
        """The target as ``--map`` takes it."""
        return f"{CUSTOM}{self.name}" if self.custom else f"{self.link}.{self.name}" if self.link else self.name


class Columns(NamedTuple):
    """Each header with its target, and what fills a target that a row leaves empty.

    A known system's cells are brought into form by ``shape``; it adds cells, and a target for each, as rows have them.
    What is ``exact`` stands as it is to be kept; of any other file the texts of ``nothing`` count as empty.
    """

    targets: dict[str, Target]
    defaults: dict[Target, str]
    shape: Callable[[Mapping[str, Cell]], dict[str, Cell]] | None = None
    exact: bool = False
    nothing: frozenset[str] = EMPTY

    @property
    def custom(self) -> list[str]:
        """The custom fields that columns fill."""
        return [target.name for target in self.targets.values() if target.custom]


def columns_of(plan: Plan, headers: Sequence[str], placed: Mapping[str, str] | None = None) -> Columns:
    """The targets of a file's columns, after the user's words on top of those that are ``placed``, or of the titles'.

    Raises BadValue for a column or field that does not exist.
    """
    overrides = pairs("map", plan.map, "COLUMN=FIELD")
    base = match_headers(plan.noun, headers) if placed is None else placed
    final = apply_mapping(headers, base, overrides, noun=plan.noun)
    left_out = {header for header in headers if header not in base and header not in overrides}
    defaults = {}
    for name, value in pairs("default", plan.default, "FIELD=VALUE", first=True).items():
        target = resolve_target(plan.noun, name, flag="default")
        if target is None or not value.strip():
            raise BadValue("default", f"{name}={value} fills nothing")
        defaults[target_of(plan.noun, target)] = value
    return Columns({h: target_of(plan.noun, target) for h, target in final.items() if h not in left_out}, defaults)


def pairs(flag: str, settings: Iterable[str], shape: str, *, first: bool = False) -> dict[str, str]:
    """``LEFT=RIGHT`` settings by their left side, cut at the last ``=`` or else at the ``first``."""
    found = {}
    for setting in settings:
        left, equals, right = setting.partition("=") if first else setting.rpartition("=")
        if not equals or not left.strip() or not (right.strip() or first):
            raise BadValue(flag, f"{setting!r} is not {shape}")
        found[left.strip()] = right.strip()
    return found


def stage_names(plan: Plan) -> dict[str, str]:
    """Our names of stages by theirs, folded."""
    if plan.stage_map and plan.noun != "deal":
        raise UsageError("--stage-map is for deals")
    return {fold(theirs): ours for theirs, ours in pairs("stage-map", plan.stage_map, "THEIRS=OURS").items()}


def target_of(noun: str, text: str) -> Target:
    """The target that is written ``text``."""
    if text.startswith(CUSTOM):
        return Target(text.removeprefix(CUSTOM), custom=True)
    link, dot, last = text.rpartition(".")
    if not dot:
        return Target(last)
    if last == "name":  # a linked record's name is how a row refers to it
        field = find_field(noun, link)
        return Target(field.name if field else link)
    return Target(last, link)
