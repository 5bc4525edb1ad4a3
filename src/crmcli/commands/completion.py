"""``crm completion``: what makes the shell complete our commands and the store's records."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from crmcli.commands.shape import Noun, PlainVerb, app_of
from crmcli.errors import StoreError

app = Noun("Completion for bash, zsh and fish.")


class Shell(StrEnum):
    """The shells that can be taught."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


@app.verb(
    "completion",
    cls=PlainVerb,
    examples=[
        "crm completion bash --install",
        "crm completion zsh > ~/.zfunc/_crm",
        "crm completion fish > ~/.config/fish/completions/crm.fish",
    ],
)
def completion(
    ctx: typer.Context,
    shell: Annotated[Shell, typer.Argument(help="The shell.")],
    install: Annotated[bool, typer.Option("--install", help="Write it where the shell looks for it.")] = False,
) -> None:
    """Print the script of a shell, or put it in place. With it TAB completes commands, records, stages and tags."""
    from typer._completion_shared import get_completion_script

    output = app_of(ctx).output
    script = get_completion_script(prog_name="crm", complete_var="_CRM_COMPLETE", shell=shell.value)
    if not install:
        output.text(script)
        return
    path = _place(shell)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(script + "\n", "utf-8")
        _announce(shell, path)
    except OSError as error:
        raise StoreError(f"can't write {error.filename or path}: {error.strerror}") from error
    output.text(str(path))
    output.note("start a new shell to use it")


def _place(shell: Shell) -> Path:
    """Where the shell finds it by itself, or from the line that ``_announce`` adds."""
    home = Path.home()
    if shell is Shell.BASH:
        return home / ".local/share/bash-completion/completions/crm"
    return home / (".zfunc/_crm" if shell is Shell.ZSH else ".config/fish/completions/crm.fish")


def _announce(shell: Shell, path: Path) -> None:
    """Tell the shell's start file, once, where the script is; fish looks there unasked."""
    lines = {
        Shell.BASH: (".bashrc", f"[ -r '{path}' ] && . '{path}'"),
        Shell.ZSH: (".zshrc", f"fpath=('{path.parent}' $fpath); autoload -Uz compinit && compinit"),
    }
    if shell not in lines:
        return
    name, line = lines[shell]
    start = Path.home() / name
    known = start.read_text("utf-8") if start.exists() else ""
    if line not in known:
        with start.open("a", encoding="utf-8") as stream:
            stream.write(f"{'' if not known or known.endswith(chr(10)) else chr(10)}{line}  # crm completion\n")
