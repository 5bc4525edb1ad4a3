"""What is shown in place of a table with no rows: why there are none, and what to press."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from crmcli.domain.fields import PLURAL

_IMPORT = {"contact": "crm import contacts FILE.csv", "company": "crm import companies FILE.csv",
           "deal": "crm import deals FILE.csv"}  # fmt: skip


class EmptyTable(Static):
    """A few words in the middle of the table."""

    def __init__(self, noun: str) -> None:
        super().__init__()
        self._noun = noun
        self.said = ""  # loading, nothing or no match

    def loading(self) -> None:
        """The first answer is on its way."""
        self.said = "loading"
        self.update(Content.styled(f"reading {PLURAL[self._noun]} …", "dim"))

    def nothing(self) -> None:
        """The store holds none."""
        self.said = "nothing"
        self.update(
            Content.assemble(
                (f"No {PLURAL[self._noun]} yet", "bold"), "\n\n",
                ("n", "bold $accent"), "  add the first one\n",
                ("?", "bold $accent"), "  all the keys     \n\n",
                ("or from the shell", "dim"), "\n\n", _IMPORT[self._noun], "\ncrm demo",
            )  # fmt: skip
        )

    def no_match(self) -> None:
        """A filter, or the words typed, hide them all."""
        self.said = "no match"
        self.update(
            Content.assemble(
                (f"No {self._noun} matches", "bold"), "\n\n",
                ("/  ", "bold $accent"), "  change the filter  \n",
                ("f  ", "bold $accent"), "  find other words   \n",
                ("esc", "bold $accent"), "  show them all again",
            )  # fmt: skip
        )
