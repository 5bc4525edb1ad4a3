"""The blocks of a Markdown page, and a shell to run them in as a reader would."""

from __future__ import annotations

import importlib.util
import os
import re
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
    """A folder, an empty home and the program on the path."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder / "work"
        self.folder.mkdir()
        home, programs = folder / "reader", folder / "bin"
        home.mkdir()
        programs.mkdir()
        for name in ("crm", "python3"):
            words = "-m crmcli " if name == "crm" else ""
            (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {words}"$@"\n')
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
