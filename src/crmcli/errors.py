"""What can go wrong, as one tree; each leaf carries the exit code and the code word a script may rely on.

CrmError ................. 1 bug          (never raised itself)
├── UsageError ........... 2 usage        wrong flags or words
│   ├── BadValue ......... 2 bad_value    a field's value cannot be read or is out of range
│   ├── FilterError ...... 2 bad_filter   a filter cannot be read; points at the column
│   └── ConfigError ...... 2 bad_config   crm.toml holds a wrong type
├── NotFound ............. 3 not_found
├── Conflict ............. 4 conflict
│   ├── Duplicate ........ 4 duplicate    the value belongs to another live record
│   ├── Ambiguous ........ 4 ambiguous    more than one record answers to the name
│   └── Stale ............ 4 stale        someone changed it since
├── Refused .............. 5 refused      a rule says no
│   ├── Lacking .......... 5 refused      a stage requires what a deal does not have
│   ├── HookRefused ...... 5 hook_refused a pre-hook says no
│   └── TemplateFailed ... 5 template_failed a template can't be written for somebody; says why
├── StoreError ........... 6 store        the store can't be used
│   ├── StoreLocked ...... 6 locked
│   ├── NewerSchema ...... 6 newer_schema
│   └── StoreUnreachable . 6 unreachable
├── PartlyDone ........... 7 partly_done  some rows were rejected; the summary says which
└── Interrupted .......... 130 interrupted
"""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar, NamedTuple


class ExitCode(IntEnum):
    """What a script may rely on in ``$?``."""

    DONE = 0
    BUG = 1
    USAGE = 2
    NOT_FOUND = 3
    CONFLICT = 4
    REFUSED = 5
    STORE = 6
    PARTLY_DONE = 7
    INTERRUPTED = 130


# What hints begin with that say by themselves what they are.
_SPOKEN = (
    "try ",
    "did you mean ",
    "there are",
    "it has ",
    "it holds ",
    "the columns are",
    "fields of ",
    "custom fields of ",
)


class CrmError(Exception):
    """An error a user can act on: one line, a hint of the remedy, and further lines of detail if there are any."""

    exit_code: ClassVar[ExitCode] = ExitCode.BUG
    code: ClassVar[str] = "bug"

    def __init__(self, message: str, *, hint: str | None = None, details: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details

    @property
    def advice(self) -> str:
        """The hint as it stands behind the message: ``try:`` before a remedy, nothing before a question or an offer."""
        hint = self.hint or ""
        return hint if hint.startswith(_SPOKEN) else f"try: {hint}"


class UsageError(CrmError):
    """The command was called wrongly."""

    exit_code = ExitCode.USAGE
    code = "usage"


class BadValue(UsageError):
    """A field's value cannot be read or is out of range; ``field`` is the field's flag without its dashes."""

    code = "bad_value"

    def __init__(self, field: str, reason: str, *, hint: str | None = None) -> None:
        super().__init__(f"{field}: {reason}", hint=hint)
        self.field = field
        self.reason = reason


class FilterError(UsageError):
    """A filter cannot be read; ``column`` counts characters from 1 in ``text``."""

    code = "bad_filter"

    def __init__(self, message: str, *, text: str, column: int, hint: str | None = None) -> None:
        super().__init__(
            f"{message} at column {column}", hint=hint, details=(f"  {text}", "  " + " " * (column - 1) + "^")
        )
        self.text = text
        self.column = column


class ConfigError(UsageError):
    """A setting has the wrong type or value; the message names file and line."""

    code = "bad_config"


class NotFound(CrmError):
    """No record answers to the reference."""

    exit_code = ExitCode.NOT_FOUND
    code = "not_found"


class Conflict(CrmError):
    """What was asked for collides with what is there."""

    exit_code = ExitCode.CONFLICT
    code = "conflict"


class Duplicate(Conflict):
    """The value already belongs to another live record."""

    code = "duplicate"


class Ambiguous(Conflict):
    """More than one record answers to the reference; the details list them."""

    code = "ambiguous"


class FieldConflict(NamedTuple):
    """A field that two changed at once, as texts: what the one saw, what the other made of it, what the one wants."""

    field: str
    seen: str | None
    theirs: str | None
    ours: str | None


class Stale(Conflict):
    """The record was changed since by someone else; ``conflicts`` are the fields that would be overwritten."""

    code = "stale"

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        details: tuple[str, ...] = (),
        conflicts: tuple[FieldConflict, ...] = (),
    ) -> None:
        super().__init__(message, hint=hint, details=details)
        self.conflicts = conflicts


class Refused(CrmError):
    """A rule of the business says no."""

    exit_code = ExitCode.REFUSED
    code = "refused"


class Lacking(Refused):
    """A stage requires fields that a deal does not have; ``fields`` are all that are asked for on the way to where it is to go."""

    def __init__(self, message: str, stage: str, fields: tuple[str, ...], *, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.stage = stage
        self.fields = fields


class HookRefused(Refused):
    """A pre-hook exited non-zero or ran out of time."""

    code = "hook_refused"


class TemplateFailed(Refused):
    """A template can't be written for somebody; ``reason`` says why, without the template's name."""

    code = "template_failed"

    def __init__(self, name: str, reason: str, *, hint: str | None = None) -> None:
        super().__init__(f"template {name}: {reason}", hint=hint)
        self.reason = reason


class StoreError(CrmError):
    """The store can't be used."""

    exit_code = ExitCode.STORE
    code = "store"


class StoreLocked(StoreError):
    """Another process kept the store locked for longer than the busy timeout."""

    code = "locked"


class NewerSchema(StoreError):
    """The store was written by a newer version of the program."""

    code = "newer_schema"


class StoreUnreachable(StoreError):
    """The file or server can't be opened."""

    code = "unreachable"


class PartlyDone(CrmError):
    """Some rows were rejected; the rest is done."""

    exit_code = ExitCode.PARTLY_DONE
    code = "partly_done"


class Interrupted(CrmError):
    """The user pressed Ctrl-C; the store is as it was."""

    exit_code = ExitCode.INTERRUPTED
    code = "interrupted"
