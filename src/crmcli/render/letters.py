"""Templates and messages as a person reads them: the subject on top, the wording below it as it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.render.safe import visible
from crmcli.render.tones import paint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmcli.domain.views import TemplateView


def template_lines(view: TemplateView, *, color: bool) -> Iterator[str]:
    """A wording with all its parts."""
    tail = paint(f"#{view.number}  {view.id}", "muted", color=color)
    yield f"{paint(visible(view.name), 'heading', color=color)}  {tail}"
    facts = {
        "locale": view.locale or "default",
        "others": ", ".join(each or "default" for each in view.locales if each != view.locale),
        "used by": ", ".join(view.used_by),
        "subject": view.subject,
        "preheader": view.preheader or "",
    }
    yield from _facts(facts, color=color)
    for part in ("text", "markdown", "html"):
        source = getattr(view, part)
        if source is not None:
            yield ""
            yield paint(part, "heading", color=color)
            yield visible(source.rstrip("\n"), keep_newlines=True)


def message_lines(facts: Mapping[str, str], body: str, *, color: bool) -> Iterator[str]:
    """A message: what stands above it, an empty line, and its text."""
    yield from _facts(facts, color=color)
    yield ""
    yield visible(body.rstrip("\n"), keep_newlines=True)


def _facts(facts: Mapping[str, str], *, color: bool) -> Iterator[str]:
    filled = {name: value for name, value in facts.items() if value}
    width = max(map(len, filled), default=0)
    for name, value in filled.items():
        yield f"{paint(name.ljust(width), 'muted', color=color)}  {visible(value)}"
