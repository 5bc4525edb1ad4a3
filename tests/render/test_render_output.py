"""The door to stdout and stderr: formats, notes, errors, questions, and what it imports."""

from __future__ import annotations

import io
import json
import subprocess
import sys

import pytest

from crmcli.errors import Ambiguous, BadValue, CrmError, FilterError, NotFound, UsageError
from crmcli.render.diagnostics import Diagnostics, Progress
from crmcli.render.output import Output
from tests.render.render_views import Rendered, make_contact


def test_format_is_table_on_a_terminal_and_tsv_in_a_pipe() -> None:
    assert Rendered(is_terminal=True).format == "table"
    assert Rendered(is_terminal=False).format == "tsv"


def test_unknown_format_lists_those_there_are() -> None:
    with pytest.raises(UsageError, match="no format xml") as caught:
        Rendered("xml")
    assert caught.value.hint == "table, tsv, csv, json, jsonl, yaml, markdown, ids"


def test_uid_stands_alone() -> None:
    output = Rendered(is_terminal=True)
    output.uid("ct_1")
    assert (output.out, output.err) == ("ct_1\n", "")


def test_text_ends_in_one_newline() -> None:
    output = Rendered()
    output.text("a path")
    output.text("a script\n")
    assert output.out == "a path\na script\n"


@pytest.mark.parametrize(
    ("count", "note"), [(2, ""), (3, ""), (4, "showing the first 3; --limit 0 for all\n"), (0, "")]
)
def test_a_cut_list_says_so(count: int, note: str) -> None:
    output = Rendered("ids")
    output.many("contact", (make_contact(n) for n in range(count)), cut=3)
    assert (min(count, 3), note) == (output.out.count("\n"), output.err)


def test_a_cut_list_says_of_how_many() -> None:
    output = Rendered("ids")
    output.many("contact", (make_contact(n) for n in range(4)), cut=3, total=8800)
    assert output.err == "showing the first 3 of 8,800; --limit 0 for all\n"


@pytest.mark.parametrize(
    ("noun", "filtered", "note"),
    [
        ("contact", False, "no contacts yet (try: crm contact add NAME)\n"),
        ("contact", True, "no contacts match\n"),
        ("cost", False, "no costs yet (try: crm campaign cost add NAME AMOUNT)\n"),
        ("member", True, "no members match\n"),
        ("search", False, "nothing found\n"),
        ("today", False, "nothing needs you today\n"),
        ("stage", False, "nothing yet\n"),
    ],
)
def test_an_empty_table_says_what_to_do_on_stderr(noun: str, filtered: bool, note: str) -> None:
    output = Rendered("table")
    output.many(noun, [], filtered=filtered)
    assert ("", note) == (output.out, output.err)


def test_quiet_keeps_notes_back_but_not_warnings() -> None:
    output = Rendered("table", quiet=True)
    output.many("contact", [])
    output.note("note")
    output.message("done")
    output.warn("careful")
    assert output.err == "crm: warning: careful\n"


def test_details_are_for_verbose_only() -> None:
    quiet, verbose = Rendered(), Rendered(verbose=True)
    quiet.detail("why")
    verbose.detail("why")
    assert (quiet.err, verbose.err) == ("", "why\n")


@pytest.mark.parametrize(
    ("error", "lines"),
    [
        (NotFound("no deal 7", hint="crm deal list"), "crm: error: no deal 7 (try: crm deal list)\n"),
        (BadValue("email", "no @ in it"), "crm: error: email: no @ in it\n"),
        (NotFound("no contact a\nb\x1b[2J"), "crm: error: no contact a⏎b␛[2J\n"),
        (
            Ambiguous("two contacts are called Жана", details=("  #1 Жана", "  #2 Жана\x1b")),
            "crm: error: two contacts are called Жана\n  #1 Жана\n  #2 Жана␛\n",
        ),
        (
            FilterError("unknown field", text="nmae = 王", column=1),
            "crm: error: unknown field at column 1\n  nmae = 王\n  ^\n",
        ),
        (
            FilterError("unknown operator", text="王小 \x1b ?? 1", column=6),
            "crm: error: unknown operator at column 6\n  王小 ␛ ?? 1\n         ^\n",
        ),
    ],
)
def test_an_error_is_one_line_and_its_details(error: CrmError, lines: str) -> None:
    output = Rendered()
    output.error(error)
    assert ("", lines) == (output.out, output.err)


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_with_json_an_error_is_an_object(form: str) -> None:
    output = Rendered(form)
    output.error(Ambiguous("two \u202e", hint="its uid", details=("#1", "#2")))
    expected = {"code": "ambiguous", "message": "two \u202e", "hint": "its uid", "details": ["#1", "#2"]}
    assert {"error": expected} == json.loads(output.err)
    assert output.err.count("\n") == 1
    assert "\u202e" not in output.err


def test_json_errors_without_details_have_three_keys() -> None:
    output = Rendered("json")
    output.error(NotFound("no deal 7"))
    assert json.loads(output.err) == {"error": {"code": "not_found", "message": "no deal 7", "hint": None}}


@pytest.mark.parametrize(
    ("answer", "yes"), [("y\n", True), ("Yes\n", True), ("n\n", False), ("\n", False), ("", False)]
)
def test_confirm_takes_only_a_yes(answer: str, yes: bool) -> None:
    output = Rendered(stdin=answer, can_ask=True)
    assert yes is output.confirm("delete 3 contacts?")
    ended = "" if answer else "\n"  # an end of input leaves no line open
    assert (output.out, output.err) == ("", f"delete 3 contacts? [y/N] {ended}")


def test_with_no_one_to_ask_confirm_names_the_flag() -> None:
    output = Rendered(stdin="y\n")
    assert not output.can_ask
    with pytest.raises(UsageError) as caught:
        output.confirm("delete 3 contacts?", flag="--force")
    assert caught.value.hint == "--force"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_drawn_on_a_terminal_and_wiped() -> None:
    terminal = Terminal()
    with Diagnostics(terminal).progress("reading", 10) as progress:
        progress.advance(5)
    assert terminal.getvalue().startswith("\r\x1b[Kreading ████")
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_a_line_said_meanwhile_stands_by_itself() -> None:
    """The bar makes room for it and comes back with the next step."""
    terminal = Terminal()
    diagnostics = Diagnostics(terminal)
    with diagnostics.progress("sending", 10) as progress:
        progress.advance(5)
        diagnostics.note("one was refused")
        progress.advance(1)
    _, said = terminal.getvalue().split("sending", 1)
    assert "\r\x1b[Kone was refused\n\r\x1b[Ksending" in said


def test_progress_elsewhere_is_silent() -> None:
    stream = io.StringIO()
    with Diagnostics(stream).progress("reading") as progress:
        progress.advance()
    assert stream.getvalue() == ""


def test_progress_without_a_total_counts() -> None:
    progress = Progress(io.StringIO(), "reading", None, shown=False)
    progress.advance(1500)
    assert progress.line() == "reading 1,500"


@pytest.mark.parametrize(
    ("variables", "colored"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False), ({"NO_COLOR": ""}, True)],
)
def test_colour_obeys_the_environment(
    variables: dict[str, str], colored: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert colored is Rendered(is_terminal=True, color=None).color


def test_width_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "57")
    assert Rendered(width=None).width == 57
    monkeypatch.setenv("COLUMNS", "many")
    assert Rendered(width=None).width == 80


def test_output_is_utf8_on_any_machine_and_survives_half_a_character() -> None:
    raw = io.BytesIO()
    output = Output(io.TextIOWrapper(raw, encoding="ascii"), io.StringIO(), format="csv")
    output.many("contact", [make_contact(name="Жана \udc80")], ["name"])
    assert "name\r\nЖана \\udc80\r\n".encode() == raw.getvalue()


LIST = """
import io, sys
sys.path.insert(0, {folder!r})
from crmcli.render.output import Output
from crmcli.domain.views import SearchHit
from crmcli.errors import NotFound
output = Output(io.StringIO(), io.StringIO(), format={form!r}, width=80)
output.many("search", [SearchHit("ct_1", 1, "contact", "Jane", "Jane Doe")])
output.error(NotFound("no deal 7"))
print(*[name for name in {heavy!r} if name in sys.modules])
"""
HEAVY = ["rich", "json", "csv", "yaml", "babel", "decimal", "zoneinfo", "dataclasses", "difflib", "shutil", "pydantic"]


@pytest.mark.parametrize(("form", "allowed"), [("tsv", ""), ("ids", ""), ("table", "rich")])
def test_a_plain_list_imports_nothing_heavy(form: str, allowed: str) -> None:
    """Start-up stays fast: a TSV list loads no rich, json, csv, yaml or babel, a table of rich its widths alone."""
    source = LIST.format(folder=sys.path[0], form=form, heavy=[*HEAVY, "rich.console", "rich.table"])
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert done.stdout.strip() in ("", allowed)
