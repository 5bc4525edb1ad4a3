"""The reference is the program's own word: made anew, it is what lies in docs/reference."""

from __future__ import annotations

from functools import cache

import pytest

from tests.architecture.blocks import ROOT, commands, generator


@cache
def made() -> dict[str, str]:
    """Every page as the program writes it now."""
    pages: dict[str, str] = generator().pages()
    return pages


def page(name: str) -> str:
    """A page of the reference."""
    return (ROOT / "docs" / "reference" / name).read_text("utf-8")


PAGES = (
    "commands.md", "reports.md", "json.md", "filters.md", "settings.md", "exit-codes.md", "schema.md", "keys.md", "sql.md", "formats.md",
)  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_page_is_what_the_code_says_now(name: str) -> None:
    """If this fails, run `just docs`."""
    assert made()[name].rstrip("\n") + "\n" == page(name)


def test_no_page_is_left_over() -> None:
    """Every file of the reference is generated."""
    assert set(made()) == {path.name for path in (ROOT / "docs" / "reference").iterdir()}


def test_every_command_is_there() -> None:
    """Each noun and verb has its heading."""
    headings = {line.lstrip("# ") for line in page("commands.md").splitlines() if line.startswith("##")}
    assert [] == [words for words, _ in commands() if words not in headings]


def test_every_report_is_there_with_its_figures() -> None:
    """Each has its heading, and no column of a table stands there without a word."""
    from crmcli.reports.catalogue import QUESTIONS

    text = page("reports.md")
    sections = {each.name: text.partition(f"\n### {each.name}\n")[2].partition("\n### ")[0] for each in QUESTIONS}
    assert [] == [name for name, section in sections.items() if "| column |" not in section]
    assert [] == [line for line in text.splitlines() if line.startswith("|") and line.endswith("|  |")]


def test_every_setting_and_variable_is_there() -> None:
    """Each has its row."""
    from crmcli import config

    text = page("settings.md")
    assert [] == [setting.name for setting in config.SETTINGS if f"`{setting.name}`" not in text]
    assert [] == [variable for variable in config._VARIABLES if f"`{variable}`" not in text]


def test_every_exit_code_is_there() -> None:
    """Each code and each error's word."""
    from crmcli.errors import ExitCode

    text = page("exit-codes.md")
    assert [] == [code for code in ExitCode if f"| {int(code)} |" not in text]


def test_every_json_key_is_there() -> None:
    """Each key of each noun."""
    from crmcli.domain.records import VIEWS, picture_fields, record_fields

    text = page("json.md")
    keys = {key for noun in VIEWS for key in (*record_fields(noun), *picture_fields(noun))}
    assert [] == sorted(key for key in keys if f"`{key}`" not in text)


def test_every_filter_field_is_there() -> None:
    """Each field of each noun."""
    from crmcli.domain.filter_fields import FILTERED

    text = page("filters.md")
    assert [] == sorted({f.name for fields in FILTERED.values() for f in fields if f"`{f.name}`" not in text})


def test_every_table_and_column_is_there() -> None:
    """Each table of the schema has its heading, each column its row."""
    from crmcli.store.models.schema import metadata

    text = page("schema.md")
    for name, table in metadata().tables.items():
        section = text.partition(f"## {name}\n")[2].partition("\n## ")[0]
        assert [] == [column.name for column in table.columns if f"`{column.name}`" not in section]


def test_every_format_is_there() -> None:
    """Each format that is read or written, with its endings."""
    from crmcli.io.opening import FORMATS
    from crmcli.render.files import ENDINGS

    text = page("formats.md")
    read, _, written = text.partition("## What is written")
    for name, endings in {name: each.endings for name, each in FORMATS.items()}.items():
        assert [] == [word for word in (f"| `{name}` |", *(f"`{ending}`" for ending in endings)) if word not in read]
    assert [] == [name for name in ENDINGS if f"| `{name}` |" not in written]


def test_every_preset_is_there_with_its_columns() -> None:
    """Each preset has its row and, where it knows columns, its table."""
    from crmcli.io.presets import presets

    text = page("formats.md")
    for name, preset in presets().items():
        section = text.partition(f"### {name}\n")[2].partition("\n#")[0]
        assert f"| `{name}` | {preset.about} |" in text
        assert [] == [target for target in preset.fields if target != "-" and f"`{target}`" not in section]


def test_every_property_of_cards_is_there() -> None:
    """What the reader of cards knows is read or dropped by the page."""
    from crmcli.io.vcard import READERS, SILENT, SKIPPED, TARGETS

    section = page("formats.md").partition("## vCard\n")[2].partition("\n## ")[0]
    read, _, dropped = section.partition("| dropped property |")
    assert [] == [name for name in READERS if f"`{name}`" not in read]
    assert [] == [name for name in (*SILENT, *SKIPPED) if f"`{name}`" not in dropped]
    assert [] == [name for name in TARGETS if f"`{name}`" not in read]


def test_every_field_an_import_fills_is_there() -> None:
    """Each field of each noun, with those of calendars."""
    from crmcli.domain.fields import FIELDS, PLURAL
    from crmcli.io.calendar import TARGETS
    from crmcli.io.headers import targets_of

    text = page("formats.md")
    for noun in FIELDS:
        section = text.partition(f"### Fields of {PLURAL[noun]}\n")[2].partition("\n#")[0]
        assert [] == [name for name in targets_of(noun) if f"`{name}`" not in section]
    calendar = text.partition("## iCalendar\n")[2].partition("\n## ")[0]
    assert [] == [name for name in TARGETS if name != "type" and f"`{name}`" not in calendar]
