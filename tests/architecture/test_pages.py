"""The pages say what is: their blocks run, their answers are the program's, their links lead somewhere."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.architecture.blocks import ROOT, TUTORIAL_SURROUNDINGS, Block, Shell, blocks_of, readable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    *sorted(str(p.relative_to(ROOT)) for p in ROOT.glob("docs/**/*.md")),
)


def _run(shell: Shell, page: str, block: Block) -> str:
    done = shell.run(block.text)
    assert 0 == done.returncode, f"{page}:{block.line}\n{block.text}\n{done.stdout}"
    return done.stdout


def test_readme_first_block_sets_up_and_ends_on_the_demo() -> None:
    """The first command needs nothing but Python and pip, and shows something at once."""
    first = next(block.text.strip() for block in blocks_of("README.md") if block.language == "sh")
    assert "python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/crm demo" == first


def test_readme_second_block_runs_the_whole_test_suite() -> None:
    """The second command is the one that .ci/run takes from here."""
    second = [block.text.strip() for block in blocks_of("README.md") if block.language == "sh"][1]
    assert (
        second == "python3 -m venv .venv && .venv/bin/pip install -q '.[test]' && .venv/bin/python -m pytest -q -n auto"
    )


def test_ci_runs_the_readme_command_and_every_wall() -> None:
    """Nothing that a developer runs is missing there."""
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert "README.md" in script
    for command in ('ruff" check', 'ruff" format --check', "mypy", "lint-imports"):
        assert command in script
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


def test_tutorial_answers_are_those_of_the_program(tmp_path: Path) -> None:
    """Each block runs, and the text below it is what the program answers on that Monday (`just answers` writes it)."""
    shell = Shell(tmp_path, **TUTORIAL_SURROUNDINGS)
    blocks = blocks_of("docs/tutorial.md")
    compared = 0
    for block, below in zip(blocks, [*blocks[1:], Block("", (), "", 0)], strict=True):
        if block.language == "sh":
            answer = _run(shell, "docs/tutorial.md", block)
            if below.language == "text":
                assert below.text == readable(answer), f"docs/tutorial.md:{below.line}"
                compared += 1
    assert compared > 8


def test_cookbook_blocks_run(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Each block runs in the order of the page on an empty store."""
    shell = Shell(tmp_path, CRM_NOW="2026-11-23T09:00:00Z")
    ran = 0
    for block in blocks_of("docs/how-to/cookbook.md"):
        if block.language == "sh" and "maven" not in block.words:
            if "postgresql" in block.words:
                team: Callable[[], str] = request.getfixturevalue("postgresql")
                shell.environment["TEAM_STORE"] = team()
            _run(shell, "docs/how-to/cookbook.md", block)
            ran += 1
    assert ran > 10


def test_cookbook_import_of_a_real_sales_team(tmp_path: Path, shared: Path) -> None:
    """The documented command line brings in 8,800 deals; a second run changes nothing; undo takes them back."""
    shell = Shell(tmp_path)
    shutil.copy(shared / "crm_maven" / "sales_pipeline.csv", shell.folder)
    block = next(block for block in blocks_of("docs/how-to/cookbook.md") if "maven" in block.words)
    _run(shell, "docs/how-to/cookbook.md", block)
    script = "import json, sys; print({row['stage']: row['count'] for row in json.load(sys.stdin)})"
    counts = f'crm --format json pipeline --pipeline maven | python3 -c "{script}"'
    expected = "{'Prospecting': 500, 'Engaging': 1589, 'Won': 4238, 'Lost': 2473}\n"
    assert expected == shell.run(counts).stdout
    again = next(line for line in block.text.splitlines() if line.startswith("crm import"))
    assert 0 == shell.run(again).returncode
    assert expected == shell.run(counts).stdout


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files_that_are_there(page: str) -> None:
    """A relative link names a file of the repository."""
    folder = (ROOT / page).parent
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", (ROOT / page).read_text("utf-8")):
        assert (folder / target).exists(), f"{page}: {target}"


def test_changelog_has_this_version() -> None:
    """What is released is described."""
    from crmcli import __version__

    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_every_core_dependency_is_justified() -> None:
    """Each has its line in the explanation."""
    import tomllib

    page = (ROOT / "docs" / "explanation" / "architecture.md").read_text("utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = [re.split(r"[^\w-]", requirement)[0] for requirement in project["dependencies"]]
    assert [] == [name for name in names if f"| {name} |" not in page]


def test_readme_picture_is_the_real_board() -> None:
    """The picture was made by the board's own screenshot, not drawn."""
    picture = (ROOT / "docs" / "images" / "board.svg").read_text("utf-8")
    assert picture.startswith("<svg") or "<svg" in picture[:200]
    assert "negotiation" in picture
