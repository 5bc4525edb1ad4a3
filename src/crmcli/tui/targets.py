"""What a verb works on: the record at the cursor, or all that are marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Target(NamedTuple):
    """A record: its noun, uid, number and name; ``view`` is what the screen shows of it, if it has it."""

    noun: str
    id: str
    number: int
    name: str
    view: Any = None


def numbers_of(targets: Sequence[Target]) -> list[int]:
    """The numbers of the records, which a bulk verb takes however many they are."""
    return [target.number for target in targets]


def unseen(targets: Sequence[Target]) -> list[Target]:
    """The same, whatever was seen of them."""
    return [target._replace(view=None) for target in targets]


def told(targets: Sequence[Target]) -> str:
    """The records in a few words: ``#12 Jane Doe`` or ``3 contacts``."""
    from crmcli.domain.fields import PLURAL

    if len(targets) == 1:
        return f"#{targets[0].number} {targets[0].name}"
    return f"{len(targets)} {PLURAL[targets[0].noun]}" if targets else "nothing"
