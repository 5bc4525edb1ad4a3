"""Text from records made harmless: for a terminal that obeys escapes, for a spreadsheet that obeys formulas."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - spreadsheets read the wide ones too
_BIDI = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_LINE_ENDS = (0x2028, 0x2029)


def visible(text: str, *, keep_newlines: bool = False) -> str:
    """The text with everything a terminal would obey made visible; zero-width joiners stay, for emoji and Persian.

    Control characters become their Unicode pictures (``␛``), C1 controls and direction marks their code (``<U+009B>``),
    lone surrogates ``�``. A newline becomes ``⏎``, unless newlines are kept; then a tab becomes spaces.
    """
    if text.isprintable():
        return text
    text = text.replace("\r\n", "\n")
    if keep_newlines:
        return "\n".join(line.expandtabs(4).translate(_pictures()) for line in text.split("\n"))
    return text.translate(_pictures())


def tsv_cell(text: str) -> str:
    r"""The text as a cell of tab-separated values: as on a terminal, with tab and newline as ``\t`` and ``\n``.

    A backslash that would be read as part of such a mark is doubled; a cell that begins with a quote is quoted as in CSV.
    """
    if is_tsv_cell(text):
        return text
    text = _mark().sub(r"\\\\", text.replace("\r\n", "\n")).replace("\t", "\\t").replace("\n", "\\n")
    shown = visible(text)
    return '"' + shown.replace('"', '""') + '"' if shown.startswith('"') else shown


def is_tsv_cell(text: str) -> bool:
    """Whether a text, or each of several that are joined here, is surely such a cell as it is."""
    return text.isprintable() and "\\" not in text and '"' not in text


def json_text(text: str) -> str:
    """The JSON text with every character a terminal would obey escaped, which changes nothing for who reads it."""
    return text if text.isprintable() else text.translate(_escapes())


def spreadsheet_safe(cell: str) -> str:
    """The cell with an apostrophe before it if a spreadsheet would take it for a formula.

    What begins with an apostrophe before a formula gets another, so that an import takes off what was put there.
    """
    return "'" + cell if cell.lstrip("'").startswith(_FORMULA) else cell


@cache
def _mark() -> re.Pattern[str]:
    import re

    return re.compile(r"\\(?=[tn\\\n\t])")


@cache
def _pictures() -> dict[int, str]:
    shown = {code: chr(0x2400 + code) for code in range(0x20)}
    shown |= {code: f"<U+{code:04X}>" for code in (*range(0x80, 0xA0), *_BIDI)}
    shown |= dict.fromkeys((0x0A, *_LINE_ENDS), "⏎")
    shown[0x7F] = "␡"
    return shown | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


@cache
def _escapes() -> dict[int, str]:
    codes = (0x7F, *range(0x80, 0xA0), *_BIDI, *_LINE_ENDS, *range(0xD800, 0xE000))
    return {code: f"\\u{code:04x}" for code in codes}
