"""Phone numbers written plainly, digits and what parts them, read at a fraction of the price.

The rules are those that phonenumbers holds for each country, brought into one expression. Both readers answer exactly
what ``people.read_phone`` does, or None where it has to look for itself.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import Matched

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from phonenumbers.phonemetadata import NumberFormat

_ABROAD = re.compile(r"\+[1-9][0-9 ().\-]{3,40}[0-9]")
_AT_HOME = re.compile(r"\(?[0-9][0-9 ().\-]{3,40}[0-9]")
_BETWEEN_DIGITS = dict.fromkeys(map(ord, "+ ().-"))
_LONGEST = 17
_NEVER = "(?!)"


def plain_phone(text: str) -> Matched | None:
    """A number that begins with ``+`` and its country's, and has nothing in it that is dialled only there."""
    if not _ABROAD.fullmatch(text):
        return None
    digits = text.translate(_BETWEEN_DIGITS)
    plan = _PLANS[digits[:3]]
    return plan.written(digits[len(plan.code) :]) if plan else None


def plain_local_phone(text: str, country: str) -> Matched | None:
    """A number as it is dialled in a country, with the prefix for another area or without."""
    if not _AT_HOME.fullmatch(text) or (home := _home(country)) is None:
        return None
    digits = text.translate(_BETWEEN_DIGITS)
    if digits.startswith(("00", home.plan.code)) or home.abroad.match(digits):
        return None
    prefix = home.prefix.match(digits)
    if prefix is None:
        return home.plan.written(digits)
    number = digits[prefix.end() :]
    return home.plan.written(number) if home.assigned.fullmatch(number) else None


class _Home(NamedTuple):
    """What tells numbers dialled within a country: its prefixes for other areas and for abroad, and its numbers."""

    plan: _Plan
    prefix: re.Pattern[str]
    abroad: re.Pattern[str]
    assigned: re.Pattern[str]


@cache
def _home(country: str) -> _Home | None:
    """How numbers are dialled in a country; None where it shares its code, or a prefix says more than where to."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

    here = PhoneMetadata.metadata_for_region(country.upper(), None)
    if here is None or here.country_code is None or COUNTRY_CODE_TO_REGION_CODE[here.country_code][0] != here.id:
        return None
    plan = _PLANS[str(here.country_code)]
    prefix = re.compile(here.national_prefix_for_parsing or _NEVER)
    if plan is None or prefix.groups or here.national_prefix_transform_rule:
        return None
    assigned = (here.general_desc and here.general_desc.national_number_pattern) or _NEVER
    return _Home(plan, prefix, re.compile(here.international_prefix or _NEVER), re.compile(assigned))


class _Plan(NamedTuple):
    """How the numbers under one calling code are written, made of what phonenumbers knows of it.

    The ``shape`` has a branch for each layout, in its order, and an empty group at the end of each branch tells which
    one it was; a number that may begin with a prefix dialled only at home is not of this shape.
    """

    code: str
    lengths: frozenset[int]
    shape: re.Pattern[str]
    layouts: dict[int, tuple[tuple[int, ...], str]]

    def written(self, number: str) -> Matched | None:
        """The national number as it is kept; None for one that has to be looked at closely."""
        found = self.shape.fullmatch(number)
        if found is None or len(number) not in self.lengths or found.lastindex is None:
            return None
        groups, layout = self.layouts[found.lastindex]
        return Matched(f"+{self.code} {layout % found.group(*groups)}", f"+{self.code}{number}")


class _Plans(dict[str, _Plan | None]):
    """The plans by the first three digits of a number, each made when it is first needed."""

    def __missing__(self, digits: str) -> _Plan | None:
        from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

        codes = (digits[:count] for count in (1, 2, 3))
        code = next((code for code in codes if int(code) in COUNTRY_CODE_TO_REGION_CODE), None)
        self[digits] = plan = _plan(code) if code else None
        return plan


_PLANS = _Plans()


def _plan(code: str) -> _Plan | None:
    """The plan of a calling code; None where any number at all may begin with a prefix, seen or not."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

    region = COUNTRY_CODE_TO_REGION_CODE[int(code)][0]
    country = PhoneMetadata.metadata_for_region_or_calling_code(int(code), region)
    assert country is not None  # every code has one
    prefix = re.compile(country.national_prefix_for_parsing or _NEVER)
    if prefix.match(""):
        return None
    groups, branches, layouts = prefix.groups, [], {}
    for pattern, layout in _branches(country.intl_number_format or country.number_format):
        first, groups = groups + 1, groups + re.compile(pattern).groups + 1
        branches.append(f"{pattern}()")
        layouts[groups] = (tuple(range(first, groups)), layout)
    shape = re.compile(f"(?!{prefix.pattern})(?!00)(?:{'|'.join(branches)})")
    return _Plan(code, _lengths(int(code)), shape, layouts)


def _branches(formats: Iterable[NumberFormat]) -> Iterator[tuple[str, str]]:
    """Each layout's pattern and its text with ``%s`` for each group; what no layout fits is written in one go."""
    for form in formats:
        leading = f"(?={form.leading_digits_pattern[-1]})" if form.leading_digits_pattern else ""
        yield f"{leading}{form.pattern}(?!.)", re.sub(r"\\\d", "%s", str(form.format))
    yield r"(\d+)", "%s"


def _lengths(code: int) -> frozenset[int]:
    """How many digits a number may have under a calling code, the area's included."""
    from phonenumbers import PhoneNumber, ValidationResult, is_possible_number_with_reason

    possible = ValidationResult.IS_POSSIBLE
    return frozenset(
        count
        for count in range(2, _LONGEST + 1)
        if is_possible_number_with_reason(PhoneNumber(code, int("1" * count))) == possible
    )
