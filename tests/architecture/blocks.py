"""The blocks of a Markdown page, and a shell to run them in as a reader would."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
# A Monday morning, on a terminal of a sort.
TUTORIAL_SURROUNDINGS = {"CRM_NOW": "2026-11-23T09:00:00Z", "CRM_FORMAT": "table", "NO_COLOR": "1"}
_FENCED = re.compile(r"^```(\w*)([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_UID = re.compile(r"\b(ct|co|dl|ac|ch)_[0-9A-HJKMNP-TV-Z]{26}\b")


@cache
def generator() -> ModuleType:
    """docs/generate.py, which writes the reference."""
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def commands() -> list[tuple[str, Any]]:
    """Every command with its words, groups among them, as the reference walks through them."""
    return [(words, command) for words, command, _ in generator().tree()]


def is_group(command: Any) -> bool:
    """Whether a command holds verbs."""
    return hasattr(command, "list_commands")


_LINE = re.compile(r"""(?<![\w/.-])crm ((?:"[^"\n]*"|'[^'\n]*'|[^\n"'<>|&])*)""")
_GLOBAL = {
    "--store", "--db", "--config", "--format", "-o", "--as", "--quiet", "-q", "--verbose", "-v", "--no-color", "--version", "--help",
}  # fmt: skip


def unknown_words(text: str) -> list[str]:
    """The verbs and options in the ``crm`` lines of a text that the program does not have."""
    wrong = []
    for found in _LINE.finditer(text):
        words = shlex.split(found[1], comments=True)
        path = _path(words)
        flags = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
        wrong += [] if path else [f"crm {found[1]}"]
        wrong += [f"crm {' '.join(path)} {flag}" for flag in flags if path and flag not in _GLOBAL | _flags(path)]
    return wrong


def _path(words: list[str]) -> tuple[str, ...]:
    """The command that the words name, after any global options."""
    path: tuple[str, ...] = ()
    for word in words:
        if (*path, word) in _known():
            path = (*path, word)
        elif path:
            break
    return path


@cache
def _known() -> dict[tuple[str, ...], Any]:
    return {tuple(words.split()[1:]): command for words, command in commands()}


@cache
def _flags(path: tuple[str, ...]) -> set[str]:
    """The options of a command; a group that is called alone passes them to a verb, which may be written as one."""
    below = {words: command for words, command in _known().items() if words[: len(path)] == path}
    own = {name for command in below.values() for each in command.params for name in (*each.opts, *each.secondary_opts)}
    if any((command.context_settings or {}).get("ignore_unknown_options") for command in below.values()):
        beside = {words for words in _known() if words[:-1] == path[:-1]} - {path}  # a report's options go through it
        own |= {name for words in beside for each in _known()[words].params for name in each.opts}
    return own | {f"--{words[-1]}" for words in below if words != path}


class Block(NamedTuple):
    """A fenced block: its language, the words behind it, its text, and where it begins."""

    language: str
    words: tuple[str, ...]
    text: str
    line: int


def blocks_of(page: str) -> list[Block]:
    """The fenced blocks of a page of the repository."""
    source = (ROOT / page).read_text("utf-8")
    return [
        Block(m[1], tuple(m[2].split()), m[3], source.count("\n", 0, m.start()) + 1) for m in _FENCED.finditer(source)
    ]


class Shell:
    """A folder, an empty home and the program on the path: the given command line, else a Python of its own each time."""

    def __init__(self, folder: Path, crm: str = f'"{sys.executable}" -m crmcli', **environment: str) -> None:
        self.folder = folder / "work"
        self.folder.mkdir()
        home, programs = folder / "reader", folder / "bin"
        home.mkdir()
        programs.mkdir()
        for name, command in (("crm", crm), ("python3", f'"{sys.executable}"')):
            (programs / name).write_text(f'#!/bin/sh\nexec {command} "$@"\n')
            (programs / name).chmod(0o755)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("CRM_", "XDG_", "LC_"))}
        self.environment = kept | {
            "HOME": str(home), "PATH": f"{programs}:{kept['PATH']}", "LANG": "C.UTF-8", "TZ": "UTC", "LOGNAME": "maria",
            "COLUMNS": "112", "PYTHONUNBUFFERED": "1",
        } | environment  # fmt: skip

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        """Run a block; stdout and stderr come together, as on a terminal."""
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", check=False, timeout=300,
        )  # fmt: skip


def readable(answer: str) -> str:
    """An answer without what differs from one run to the next: the random end of a uid."""
    return _UID.sub(lambda m: f"{m[1]}_01KB…", answer)
