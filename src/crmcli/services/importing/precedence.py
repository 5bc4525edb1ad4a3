"""Who wins where both the record and the row say something: a rule for each field.

Without a rule a cell replaces a field of one value and adds to a field of several. Whatever the rule, an empty cell
changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.fields import FIELDS, NETWORKS, Field, Kind
from crmcli.errors import BadValue, UsageError
from crmcli.io.headers import CUSTOM, resolve_target

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmcli.services.importing.plan import Plan

FILL = "fill-only"
REPLACE = "overwrite"
APPEND = "append"
_ALL = "all"
_LONG = ("note", "body")  # the texts that --append all adds to, besides fields of several values


class Precedence:
    """The rules of one import by field, custom fields as ``custom.KEY``."""

    def __init__(self, rules: Mapping[str, str], custom: str | None = None) -> None:
        self._rules = rules
        self._custom = custom

    def of(self, name: str) -> str | None:
        """The rule of a field; None for the usual one."""
        return self._rules.get(name)

    def of_custom(self, key: str) -> str | None:
        """The rule of a custom field; None for the usual one."""
        return self._rules.get(CUSTOM + key, self._custom)


def precedence_of(plan: Plan) -> Precedence:
    """The rules that a plan asks for; a field that is named goes before ``all``.

    Raises BadValue for a field that the noun does not have or that can't be added to, UsageError for two rules of one.
    """
    named: dict[str, str] = {}
    sweeping: str | None = None
    for rule, words in ((FILL, plan.fill_only), (REPLACE, plan.overwrite), (APPEND, plan.append)):
        for name in _named(plan.noun, rule, words):
            if named.setdefault(name, rule) != rule:
                raise UsageError(f"{name} is in --{named[name]} and in --{rule}")
        if _ALL in words:
            if sweeping is not None:
                raise UsageError(f"--{sweeping} all and --{rule} all can't both be", hint="name the fields of one")
            sweeping = rule
    everything = dict.fromkeys(_everything(plan.noun, sweeping), sweeping) if sweeping else {}
    return Precedence({**everything, **named}, None if sweeping == APPEND else sweeping)


def _named(noun: str, rule: str, words: Sequence[str]) -> list[str]:
    names = [target for word in words if word != _ALL and (target := resolve_target(noun, word, flag=rule)) is not None]
    for name in names:
        field = next((field for field in FIELDS[noun] if field.name == name), None)
        if field is None and not name.startswith(CUSTOM):
            raise BadValue(rule, f"{name} is not a field that a record keeps as such")
        if rule == APPEND and field is not None and not _grows(field):
            raise BadValue(rule, f"{name} holds one value, which nothing can be added to")
    return names


def _everything(noun: str, rule: str) -> list[str]:
    fields = [field for field in FIELDS[noun] if not field.computed]
    return [field.name for field in fields if rule != APPEND or field.many or field.name in _LONG]


def _grows(field: Field) -> bool:
    return field.many or (field.kind is Kind.TEXT and field.name not in (*NETWORKS, "name", "currency", "campaign"))
