"""Every command explains itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.architecture.blocks import commands, is_group, unknown_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Result

COMMANDS = commands()
VERBS = [words for words, command in COMMANDS if not is_group(command)]


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_answers_on_stdout(crm: Callable[..., Result], flag: str) -> None:
    """Help is an answer: on stdout, exit code 0, with the usage and a sentence."""
    for words, _ in COMMANDS:
        result = crm(*words.split()[1:], flag)
        assert (words, 0, "") == (words, result.code, result.stderr)
        assert words in result.stdout
        assert len(result.lines) > 4, words


def test_every_verb_has_an_example(crm: Callable[..., Result]) -> None:
    """Help ends with at least one command line that begins with the very command."""
    for words in VERBS:
        _, _, examples = crm(*words.split()[1:], "--help").stdout.partition("Examples:")
        assert [line for line in examples.splitlines() if words in line] != [], words


def test_examples_name_options_that_there_are() -> None:
    """No example has been left behind by its command."""
    for words, command in COMMANDS:
        assert (words, []) == (words, unknown_words(command.epilog or ""))


def test_every_option_says_what_it_does() -> None:
    """No option stands there without a word."""
    for words, command in COMMANDS:
        silent = [option.opts for option in command.params if option.param_type_name == "option" and not option.help]
        assert (words, []) == (words, silent)


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
