"""Text measured in terminal cells: a Chinese character or an emoji takes two, a combining mark none."""

from __future__ import annotations


def width(text: str) -> int:
    """How many cells the text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def cut(text: str, limit: int) -> str:
    """The text in at most ``limit`` cells, with ``…`` for what was left out."""
    if len(text) <= limit and text.isascii():
        return text
    if text.isascii():
        return text[: max(limit - 1, 0)] + "…" * (limit > 0)
    if width(text) <= limit:
        return text
    return head(text, limit - 1) + "…" * (limit > 0)


def head(text: str, limit: int) -> str:
    """The longest beginning of the text that fits into ``limit`` cells and ends on a whole character."""
    from rich.cells import get_character_cell_size

    taken = end = 0
    for end, character in enumerate(text):  # noqa: B007 - the place is used after the loop
        taken += get_character_cell_size(character)
        if taken > limit:
            break
    else:
        end = len(text)
    # A joined emoji is narrower, one with a variation selector wider, than the sum of its characters.
    while end and (width(text[:end]) > limit or text[end - 1] == "\u200d"):
        end -= 1
    return text[:end]


def pad(text: str, cells: int, align: str = "left") -> str:
    """The text filled with spaces, or cut, to exactly ``cells``."""
    text = cut(text, cells)
    space = " " * (cells - width(text))
    return space + text if align == "right" else text + space


def wrap(text: str, limit: int) -> list[str]:
    """The lines of the text, each broken between words to fit into ``limit`` cells; a longer word is broken inside.

    Where there is no room at all, each cell is a line.
    """
    lines: list[str] = []
    limit = max(limit, 1)
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            joined = f"{line} {word}" if line else word
            if width(joined) <= limit:
                line = joined
                continue
            if line:
                lines.append(line)
            *whole, line = _pieces(word, limit)
            lines += whole
        lines.append(line)
    return lines


def _pieces(word: str, limit: int) -> list[str]:
    pieces = []
    while width(word) > limit:
        piece = head(word, limit) or word[:1]
        pieces.append(piece)
        word = word[len(piece) :]
    return [*pieces, word]
