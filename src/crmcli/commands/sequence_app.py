"""The noun that all verbs of sequences hang on, and how one is named."""

from __future__ import annotations

from typing import Annotated

import typer

from crmcli.commands.completing import sequences
from crmcli.commands.shape import Noun

app = Noun("Mails, tasks and waits, one step after another for each person.", no_args_is_help=True)

Ref = Annotated[str, typer.Argument(metavar="NAME", help="uid, #number or name.", autocompletion=sequences)]
