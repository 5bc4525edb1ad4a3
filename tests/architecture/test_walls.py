"""The rooms keep to their walls."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.architecture.blocks import ROOT


def test_import_contracts_hold() -> None:
    """import-linter's contracts in pyproject.toml, all of them."""
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert 0 == done.returncode, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def _files() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode == 0:
        return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]
    kept = ("src", "tests", "docs", "benchmarks", ".ci")
    passing = {"__pycache__", ".hypothesis"}
    named = [p for folder in kept for p in (ROOT / folder).rglob("*") if p.is_file() and not passing & {*p.parts}]
    return [str(path.relative_to(ROOT)) for path in (*named, *(p for p in ROOT.iterdir() if p.is_file()))]


# Put together here, so that this file does not hold what it looks for.
_HOSTS = "|".join(("pypi" + r"\.org", "files" + r"\.pythonhosted", "index" + "-url", "artifact" + "ory"))
_PLACES = "|".join(("/ro" + "ot/", "/wo" + "rk/", "/ho" + r"me/\w", "/Us" + r"ers/\w", "/tmp" + r"/\w"))


@pytest.mark.parametrize("what", [_HOSTS, _PLACES], ids=["package hosts", "places on a machine"])
def test_no_file_names(what: str) -> None:
    """What holds on one machine only does not belong in the repository."""
    named = []
    for name in _files():
        try:
            text = (ROOT / name).read_text("utf-8")
        except UnicodeDecodeError:
            continue
        named += [f"{name}: {found.group()}" for found in re.finditer(what, text)]
    assert [] == named
