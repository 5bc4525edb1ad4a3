"""The board's own dark and light, and what a terminal of sixteen colours gets instead."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="crm-dark",
    primary="#5aa9e6",
    secondary="#8fb8de",
    accent="#ffb454",
    warning="#e6b450",
    error="#f07178",
    success="#7fd88f",
    foreground="#d7dce3",
    background="#14171c",
    surface="#1b1f26",
    panel="#252b35",
    dark=True,
    variables={"footer-key-foreground": "#ffb454", "footer-background": "#1b1f26", "border": "#5aa9e6",
               "border-blurred": "#3a4350"},
)  # fmt: skip
LIGHT = Theme(
    name="crm-light",
    primary="#185fcf",
    secondary="#4c6a92",
    accent="#a04f00",
    warning="#8a5a00",
    error="#c62f3c",
    success="#17722f",
    foreground="#181c26",
    background="#eef0f3",
    surface="#ffffff",
    panel="#dfe3e9",
    dark=False,
    variables={"footer-key-foreground": "#a04f00", "footer-background": "#dfe3e9", "border": "#185fcf",
               "border-blurred": "#b4bcc8"},
)  # fmt: skip
_FEW_COLORS = (None, "standard")


def has_few(color_system: str | None) -> bool:
    """Whether a terminal has too few colours for shades: what is told by one alone is not seen there."""
    return color_system in _FEW_COLORS


def theme_for(color_system: str | None, *, dark: bool = True) -> str:
    """The name of the theme for a terminal: its own palette where it has but sixteen colours, else ours."""
    if has_few(color_system):
        return "ansi-dark" if dark else "ansi-light"
    return DARK.name if dark else LIGHT.name


def opposite(name: str, *, dark: bool) -> str:
    """The light theme that goes with a dark one and the other way round; ``dark`` says which it is."""
    return f"ansi-{'light' if dark else 'dark'}" if name.startswith("ansi-") else (LIGHT.name if dark else DARK.name)
