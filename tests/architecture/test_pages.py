"""The pages say what is: their blocks run, their answers are the program's, their links lead somewhere."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.architecture.blocks import ROOT, TUTORIAL_SURROUNDINGS, Block, Shell, blocks_of, readable, unknown_words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    *sorted(str(p.relative_to(ROOT)) for p in ROOT.glob("docs/**/*.md")),
)
HOW_TO = tuple(page for page in PAGES if page.startswith("docs/how-to/"))


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


def test_tutorial_answers_are_those_of_the_program(tmp_path: Path, quick_crm: str) -> None:
    """Each block runs, and the text below it is what the program answers on that Monday (`just answers` writes it)."""
    shell = Shell(tmp_path, quick_crm, **TUTORIAL_SURROUNDINGS)
    blocks = blocks_of("docs/tutorial.md")
    compared = 0
    for block, below in zip(blocks, [*blocks[1:], Block("", (), "", 0)], strict=True):
        if block.language == "sh":
            answer = _run(shell, "docs/tutorial.md", block)
            if below.language == "text":
                assert below.text == readable(answer), f"docs/tutorial.md:{below.line}"
                compared += 1
    assert compared > 8


@pytest.mark.parametrize("page", HOW_TO)
def test_how_to_blocks_run(page: str, tmp_path: Path, quick_crm: str, request: pytest.FixtureRequest) -> None:
    """Each block runs in the order of its page on an empty store."""
    shell = Shell(tmp_path, quick_crm, CRM_NOW="2026-11-23T09:00:00Z")
    ran = 0
    for block in blocks_of(page):
        if block.language == "sh" and "maven" not in block.words:
            if "postgresql" in block.words:
                team: Callable[[], str] = request.getfixturevalue("postgresql")
                shell.environment["TEAM_STORE"] = team()
            _run(shell, page, block)
            ran += 1
    assert ran > 0


@pytest.mark.parametrize("page", HOW_TO)
def test_lines_for_other_programs_are_real(page: str) -> None:
    """What stands there for cron, systemd, mutt and procmail names verbs and options that there are."""
    shown = "\n".join(block.text for block in blocks_of(page) if block.language == "text")
    assert [] == unknown_words(shown)


def test_a_wrong_line_would_be_found() -> None:
    """The check above sees an option and a verb that there are not."""
    assert ["crm import mail --sinc"] == unknown_words("*/5 * * * *  crm -q import mail - --sinc -7d --quiet >> log")
    assert ["crm improt mail"] == unknown_words("| crm improt mail")


def test_every_block_says_what_it_is() -> None:
    """A block is run (sh), or shows what is not for a shell here (text); none is left without a word."""
    loose = [(page, block.line) for page in HOW_TO for block in blocks_of(page) if block.language not in ("sh", "text")]
    assert [] == loose


def test_import_of_a_real_sales_team(tmp_path: Path, quick_crm: str, shared: Path) -> None:
    """The documented command line brings in 8,800 deals; a second run changes nothing; undo takes them back."""
    shell = Shell(tmp_path, quick_crm)
    shutil.copy(shared / "crm_maven" / "sales_pipeline.csv", shell.folder)
    block = next(block for block in blocks_of("docs/how-to/importing.md") if "maven" in block.words)
    _run(shell, "docs/how-to/importing.md", block)
    script = "import json, sys; print({row['stage']: row['count'] for row in json.load(sys.stdin)})"
    counts = f'crm --format json pipeline --pipeline maven | python3 -c "{script}"'
    expected = "{'Prospecting': 500, 'Engaging': 1589, 'Won': 4238, 'Lost': 2473}\n"
    assert expected == shell.run(counts).stdout
    again = next(line for line in block.text.splitlines() if line.startswith("crm import"))
    assert 0 == shell.run(again).returncode
    assert expected == shell.run(counts).stdout


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files_that_are_there(page: str) -> None:
    """A relative link names a file of the repository, and a heading of it where it names one."""
    folder = (ROOT / page).parent
    prose = re.sub(r"^```.*?^```", "", (ROOT / page).read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target, anchor in re.findall(r"\]\((?!https?://)([^)#]*)#?([^)]*)\)", prose):
        file = folder / target if target else ROOT / page
        assert file.exists(), f"{page}: {target}"
        assert not anchor or anchor in _anchors(file), f"{page}: {target}#{anchor}"


def _anchors(page: Path) -> set[str]:
    """What the headings of a page are linked by."""
    titles = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_how_to_is_in_the_index() -> None:
    """The cookbook leads to each of the others, and the index to all."""
    index, cookbook = ((ROOT / "docs" / name).read_text("utf-8") for name in ("index.md", "how-to/cookbook.md"))
    names = [page.rpartition("/")[2] for page in HOW_TO]
    assert [] == [name for name in names if f"how-to/{name}" not in index]
    assert [] == [name for name in names if name != "cookbook.md" and f"({name}" not in cookbook]


def test_changelog_has_this_version() -> None:
    """What is released is described."""
    from crmcli import __version__

    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_every_core_dependency_is_justified() -> None:
    """Each has its line in the explanation."""
    import tomllib

    page = (ROOT / "docs" / "explanation" / "architecture.md").read_text("utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = {re.split(r"[^\w-]", requirement)[0] for requirement in project["dependencies"]}
    told = {name for row in re.findall(r"^\| ([\w, -]+) \|", page, re.MULTILINE) for name in row.split(", ")}
    assert set() == names - told


def test_readme_picture_is_the_real_board() -> None:
    """The picture was made by the board's own screenshot, not drawn."""
    picture = (ROOT / "docs" / "images" / "board.svg").read_text("utf-8")
    assert picture.startswith("<svg") or "<svg" in picture[:200]
    assert "negotiation" in picture
