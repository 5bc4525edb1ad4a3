"""Paragraphs that were broken into lines to travel (RFC 3676) as paragraphs again."""

from __future__ import annotations


def unflowed(text: str, *, delete_space: bool) -> str:
    """The text with each line that ends in a space joined to the next one of the same depth of quotes."""
    lines: list[list[str]] = []
    open_depth: int | None = None  # of the paragraph that the last line leaves open
    for line in text.replace("\r\n", "\n").split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        content = line[depth:].removeprefix(" ")
        flows = content.endswith(" ") and content != "-- "
        kept = content[:-1] if flows and delete_space else content
        if open_depth == depth and content != "-- ":
            lines[-1].append(kept)
        else:
            lines.append([f"{'>' * depth} " if depth and content else ">" * depth, kept])
        open_depth = depth if flows else None
    return "\n".join(map("".join, lines))
