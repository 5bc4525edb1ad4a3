"""What an import was asked to do, and where each column of its file goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.fields import find_field
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold
from crmcli.errors import BadValue, UsageError
from crmcli.io.headers import CUSTOM, apply_mapping, match_headers, resolve_target
from crmcli.io.opening import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ON_DUPLICATE = ("skip", "update", "fail")


class Plan(NamedTuple):
    """What an import was asked to do, as told: settings are ``COLUMN=FIELD``, ``FIELD=VALUE`` and ``THEIRS=OURS``."""

    noun: str
    map: Sequence[str] = ()
    default: Sequence[str] = ()
    stage_map: Sequence[str] = ()
    on_duplicate: str = "skip"
    dry_run: bool = False
    skip_errors: bool = False
    reading: Reading = Reading()
    source: str | None = None
    currency: str | None = None
    hooks: bool = False
    preset: str | None = None  # a known system's export, or a saved map
    date_format: str | None = None  # as strptime writes it, for every column of dates


class Target(NamedTuple):
    """Where a column goes: a field of the record, of the record linked by ``link``, or a custom field."""

    name: str
    link: str = ""
    custom: bool = False

    def __str__(self) -> str:
        """The target as ``--map`` takes it."""
        return f"{CUSTOM}{self.name}" if self.custom else f"{self.link}.{self.name}" if self.link else self.name


class Columns(NamedTuple):
    """Each header with its target, and what fills a target that a row leaves empty."""

    targets: dict[str, Target]
    defaults: dict[Target, str]

    @property
    def custom(self) -> list[str]:
        """The custom fields that columns fill."""
        return [target.name for target in self.targets.values() if target.custom]


def columns_of(plan: Plan, headers: Sequence[str]) -> Columns:
    """The targets of a file's columns; raises BadValue for a column or field that does not exist."""
    overrides = pairs("map", plan.map, "COLUMN=FIELD")
    placed = apply_mapping(headers, match_headers(plan.noun, headers), overrides, noun=plan.noun)
    defaults = {}
    for name, value in pairs("default", plan.default, "FIELD=VALUE", first=True).items():
        target = resolve_target(plan.noun, name, flag="default")
        if target is None or not value.strip():
            raise BadValue("default", f"{name}={value} fills nothing")
        defaults[_target(plan.noun, target)] = value
    return Columns({header: _target(plan.noun, target) for header, target in placed.items()}, defaults)


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


def _target(noun: str, text: str) -> Target:
    if text.startswith(CUSTOM):
        return Target(text.removeprefix(CUSTOM), custom=True)
    link, dot, last = text.rpartition(".")
    if not dot:
        return Target(last)
    if last == "name":  # a linked record's name is how a row refers to it
        field = find_field(noun, link)
        return Target(field.name if field else link)
    return Target(last, link)
