"""What is shown in place of a table with no rows: why there are none, and what to press."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from crmcli.domain.fields import PLURAL

if TYPE_CHECKING:
    from collections.abc import Sequence

_IMPORT = {"contact": "crm import contacts FILE.csv", "company": "crm import companies FILE.csv",
           "deal": "crm import deals FILE.csv"}  # fmt: skip


class EmptyTable(Static):
    """A few words in the middle of the table."""

    def __init__(self, noun: str) -> None:
        super().__init__()
        self._noun = noun
        self.said = ""  # loading, nothing or no match

    def reading(self) -> None:
        """The first answer is on its way."""
        self.said = "loading"
        self.update(Content.styled(f"reading {PLURAL[self._noun]} …", "dim"))

    def unread(self, what: str) -> None:
        """The store can't be reached."""
        self.said = "unread"
        self._say(f"✗ {what}", (("r", "read it again"), ("q", "leave        ")))

    def nothing(self) -> None:
        """The store holds none."""
        self.said = "nothing"
        keys = (("n", "add the first one"), ("?", "all the keys     "))
        self._say(f"No {PLURAL[self._noun]} yet", keys, f"{_IMPORT[self._noun]}\ncrm demo")

    def no_match(self) -> None:
        """A filter, or the words typed, hide them all."""
        self.said = "no match"
        keys = (("/  ", "change the filter  "), ("f  ", "find other words   "), ("esc", "show them all again"))
        self._say(f"No {self._noun} matches", keys)

    def _say(self, title: str, keys: Sequence[tuple[str, str]], shell: str = "") -> None:
        lines = [Content.styled(title, "bold"), Content("")]
        lines += [Content.assemble((key, "bold $accent"), f"  {about}") for key, about in keys]
        if shell:
            lines += [Content(""), Content.styled("or from the shell", "dim"), Content(""), Content(shell)]
        self.update(Content("\n").join(lines))
