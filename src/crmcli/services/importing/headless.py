"""Files whose first row is a record rather than titles: it would be lost as if it said what the others are."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from crmcli.domain.fields import PLURAL
from crmcli.errors import UsageError
from crmcli.io.headers import CUSTOM, letters, match_headers

if TYPE_CHECKING:
    from typing import BinaryIO

    from crmcli.io.table import Table
    from crmcli.services.importing.plan import Plan

_EMAIL = re.compile(r"[^\s@<>]+@[\w-]+(?:\.[\w-]+)+|.*<[^\s@<>]+@[\w-]+(?:\.[\w-]+)+>")
_PHONE = re.compile(r"(?:\+|00)[\d\s().\-/]{6,22}")
_NUMBER_OR_DATE = re.compile(
    r"[-+]?[\d.,\s]*\d[\d.,\s]*%?|\d{4}[-./]\d{1,2}[-./]\d{1,2}(?:[T ].*)?|\d{1,2}[-./]\d{1,2}[-./]\d{2,4}"
)
_FORMATS = ("csv", "xlsx", "xls", "ods")


def refuse_headless(plan: Plan, table: Table, file: Path | BinaryIO) -> None:
    """Raise UsageError when what should be titles is an address or a phone, or numbers and dates beside no known title."""
    if not plan.reading.header or table.targets is not None or table.format not in _FORMATS:
        return
    said = {letters(setting.rpartition("=")[0]) for setting in plan.map}
    titles = [title.strip() for title in table.headers if letters(title) not in said]
    found = next((title for title in titles if _EMAIL.fullmatch(title) or _PHONE.fullmatch(title)), None)
    if found is None and not said and not _knows_any(plan.noun, table):
        found = next((title for title in titles if _NUMBER_OR_DATE.fullmatch(title)), None)
    if found is not None:
        name = shlex.quote(str(file)) if isinstance(file, Path) else "-"
        raise UsageError(
            f"the first row holds {found!r}: it is a record, not titles",
            hint=f"crm import {PLURAL[plan.noun]} {name} --no-header reads it as one",
        )


def _knows_any(noun: str, table: Table) -> bool:
    """Whether any title means a field."""
    return any(not target.startswith(CUSTOM) for target in match_headers(noun, table.headers).values())
