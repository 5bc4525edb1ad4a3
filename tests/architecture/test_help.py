"""Every command explains itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.architecture.blocks import commands, is_group, unknown_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Result

COMMANDS = commands()
VERBS = [words for words, command in COMMANDS if not is_group(command)]


@pytest.mark.parametrize("words", [words for words, _ in COMMANDS])
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_answers_on_stdout(crm: Callable[..., Result], words: str, flag: str) -> None:
    """Help is an answer: on stdout, exit code 0, with the usage and a sentence."""
    result = crm(*words.split()[1:], flag)
    assert (0, "") == (result.code, result.stderr)
    assert words in result.stdout
    assert len(result.lines) > 4


@pytest.mark.parametrize("words", VERBS)
def test_every_verb_has_an_example(crm: Callable[..., Result], words: str) -> None:
    """Help ends with at least one command line that begins with the very command."""
    _, _, examples = crm(*words.split()[1:], "--help").stdout.partition("Examples:")
    assert [line for line in examples.splitlines() if words in line] != []


@pytest.mark.parametrize(("words", "command"), COMMANDS)
def test_examples_name_options_that_there_are(words: str, command: Any) -> None:
    """No example has been left behind by its command."""
    assert [] == unknown_words(command.epilog or "")


@pytest.mark.parametrize(("words", "command"), COMMANDS)
def test_every_option_says_what_it_does(words: str, command: Any) -> None:
    """No option stands there without a word."""
    silent = [option.opts for option in command.params if option.param_type_name == "option" and not option.help]
    assert [] == silent


def test_help_lists_every_noun(crm: Callable[..., Result]) -> None:
    """`crm --help` is the registry."""
    from crmcli.commands.registry import ENTRIES

    text = crm("--help").stdout
    assert [] == [name for name in ENTRIES if f"  {name} " not in text]


@pytest.mark.parametrize("words", [words for words, command in COMMANDS if is_group(command)])
def test_no_line_of_a_list_of_verbs_is_cut(crm: Callable[..., Result], words: str) -> None:
    """What a verb does fits beside it: the first sentence is short."""
    _, _, verbs = crm(*words.split()[1:], "--help").stdout.partition("Commands:")
    assert [] == [line for line in verbs.splitlines() if line.endswith("...")]
