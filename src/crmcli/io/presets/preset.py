"""What is known of another program's export: how it is told, where its columns go, and how its cells are brought into form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.io.headers import letters, unnumbered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Cell = str | tuple[str, ...]
Cells = dict[str, Cell]


class Step(NamedTuple):
    """A change of a row's cells: ``titles`` are the columns it reads, ``into`` the targets that it makes besides.

    ``make`` is asked once for a file, with the columns of it that are there by their titles (all of them for ``*``), and
    gives the change, or None where there is none to make. ``about`` is what it reads, in place of many columns' names.
    """

    titles: tuple[str, ...]
    make: Callable[[Mapping[str, str]], Callable[[Cells, Cells], None] | None]
    into: tuple[str, ...] = ()
    about: str = ""


class Preset(NamedTuple):
    """An export of another program; ``fields`` are titles by target, ``-`` for what is left out.

    What is ``exact`` was written by this program: each value stands as it is kept, and none is turned or means nothing.
    """

    name: str
    about: str
    noun: str
    signatures: tuple[str, ...]  # titles; a file that has all of any one is such an export
    fields: Mapping[str, str] = {}
    source: str | None = None
    steps: tuple[Step, ...] = ()
    defaults: Mapping[str, str] = {}
    stages: Mapping[str, str] = {}  # what its usual stages are called in a store that has the usual ones
    noise: str = ""  # what the only cell of a row begins with when the row is no record
    format: str = ""  # told by the kind of file instead of its titles
    members: Mapping[str, str] = {}  # targets by what the titles of an object's members begin with
    exact: bool = False
    together: str = ""  # the object whose members are wanted in one cell
    undoing: Mapping[str, tuple[Step, ...]] = {}  # what comes before ``steps`` by the file's kind: csv, tsv

    def placed(self, headers: Iterable[str]) -> dict[str, str]:
        """The targets of the columns that the preset knows."""
        known = self._known
        found = {}
        for header in headers:
            target = known.get(letters(header)) or known.get(unnumbered(header))
            for start, into in self.members.items():
                if target is None and header.startswith(start):
                    target = into + header.removeprefix(start) if into.endswith(".") else into
            if target is not None:
                found[header] = target
        return found

    @property
    def _known(self) -> dict[str, str]:
        return {letters(title): target for target, titles in self.fields.items() for title in listed(titles)}


def listed(titles: str) -> tuple[str, ...]:
    """The titles in a text that parts them by commas."""
    return tuple(filter(None, (" ".join(title.split()) for title in titles.split(","))))
