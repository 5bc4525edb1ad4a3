"""Addresses that lead out of the program: websites, mail, phones. Only known kinds are opened, and never by a shell."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.errors import CrmError, Refused
from crmcli.render.safe import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from textual.app import App

    from crmcli.tui.screens.place import Place
    from crmcli.tui.session import Session
    from crmcli.tui.targets import Target

SCHEMES = ("http", "https", "mailto", "tel", "sip")
_LONGEST = 2000
_MOST = 50
_ADDRESS = re.compile(r"\b(?:https?://|mailto:|tel:|sip:)[^\s<>\"'`\x00-\x20\x7f-\x9f]+", re.IGNORECASE)
_PROFILES = {
    "linkedin": "https://www.linkedin.com/in/", "x": "https://x.com/", "bluesky": "https://bsky.app/profile/",
    "telegram": "https://t.me/",
}  # fmt: skip


class Way(NamedTuple):
    """A way out: its address, and what it is."""

    address: str
    about: str


def checked(address: str) -> str:
    """The address, if it may be opened: of a known kind, and with nothing in it that a program could take otherwise.

    Raises:
        Refused: it may not.
    """
    from urllib.parse import quote, urlsplit

    text = address.strip()
    scheme, colon, rest = text.partition(":")
    if not colon or scheme.lower() not in SCHEMES:
        raise Refused(
            f"{scheme if colon else text[:60]!r} is nothing that is opened from here", hint=f"only {', '.join(SCHEMES)}"
        )
    if len(text) > _LONGEST or not text.isprintable() or not rest.strip("/"):
        raise Refused("that is no address that can be opened")
    quoted = f"{scheme.lower()}:{quote(rest, safe='/:?#[]@!$&()*+,;=%~._-')}"
    try:
        host = urlsplit(quoted).hostname
    except ValueError as error:
        raise Refused("that is no address that can be opened") from error
    if scheme.lower() in ("http", "https") and not host:
        raise Refused("that is no address that can be opened")
    return quoted


def addresses_in(text: str) -> tuple[str, ...]:
    """The addresses that stand in a text, each once."""
    found = (match.group().rstrip(".,;:!?)]}") for match in _ADDRESS.finditer(text))
    return tuple(dict.fromkeys(found))[:_MOST]


def ways_of(noun: str, view: Any) -> tuple[Way, ...]:  # noqa: ANN401 - the noun's view
    """The ways out of a record: its own addresses first, then those in its texts."""
    ways = [*_own(noun, view), *(Way(address, "in its text") for address in addresses_in("\n".join(_texts(view))))]
    return tuple({way.address: way for way in reversed(ways)}.values())[::-1]


def _own(noun: str, view: Any) -> Iterator[Way]:  # noqa: ANN401
    from urllib.parse import quote

    if noun == "company":
        for website in view.websites:
            yield Way(website if "://" in website else f"https://{website}", "website")
    for email in getattr(view, "emails", ()):
        yield Way(f"mailto:{quote(email, safe='@+')}", "mail")
    for phone in getattr(view, "phones", ()):
        yield Way("tel:" + "".join(c for c in phone if c.isdigit() or c == "+"), f"phone {phone}")
    for network, before in _PROFILES.items():
        handle = getattr(view, network, None)
        if handle:
            yield Way(handle if "://" in handle else before + quote(handle.lstrip("@"), safe=""), network)


def _texts(view: Any) -> Iterator[str]:  # noqa: ANN401
    for name in ("location", "note", "body", "next_step", "address"):
        text = getattr(view, name, None)
        if isinstance(text, str):
            yield text
    yield from (value for value in (getattr(view, "custom_fields", None) or {}).values() if isinstance(value, str))


def ways(session: Session, targets: Sequence[Target]) -> tuple[Way, ...]:
    """The ways out of records; those of a deal and of an activity are also those of its people and its company."""
    found: list[Way] = []
    for target in targets[:_MOST]:
        view = session.records(target.noun).get(target.id)
        found += ways_of(target.noun, view)
        if target.noun in ("deal", "activity"):
            found += _around(session, view)
    return tuple({way.address: way for way in found}.values())[:_MOST]


def _around(session: Session, view: Any) -> Iterable[Way]:  # noqa: ANN401
    for link in view.contacts:
        yield from (
            way._replace(about=f"{way.about}, {link.name}") for way in ways_of("contact", session.contacts.get(link.id))
        )
    if view.company is not None:
        company = session.companies.get(view.company.id)
        yield from (way._replace(about=f"{way.about}, {company.name}") for way in ways_of("company", company))


def go_outside(place: Place, found: Sequence[Way]) -> None:
    """Open the only way there is, or let the user pick one."""
    if not found:
        place.notify("no website, mail or phone here", severity="warning", timeout=3)
    elif len(found) == 1:
        go(place, found[0].address)
    else:
        from crmcli.tui.modals.picker import Choice, Picker

        def picked(address: str | None) -> None:
            if address is not None:
                go(place, address)

        place.app.push_screen(Picker("open", [Choice(way.address, about=way.about) for way in found]), picked)


def go(place: Place, address: str) -> None:
    """Open one address, and say so."""
    try:
        open_outside(place.app, address)
    except CrmError as error:
        place.notify(
            visible(f"{error.message}; {error.advice}" if error.hint else error.message),
            severity="warning",
            markup=False,
        )
    else:
        place.notify(visible(f"opening {address}"), markup=False, timeout=3)


def open_outside(app: App[Any], address: str) -> None:
    """Hand an address to the desktop, or to the browser that shows this program.

    Raises:
        Refused: it may not be opened, or nothing here can open it.
    """
    address = checked(address)
    if app.is_web:
        app.open_url(address)
        return
    command = _opener()
    if command is None:
        raise Refused(f"nothing here can open {address}", hint="y copies it")
    try:
        subprocess.Popen(  # noqa: S603 - a fixed program and one checked address, no shell
            [*command, address], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        raise Refused(f"can't start {command[0]}: {error.strerror}") from error


def _opener() -> list[str] | None:
    """The desktop's own program that opens an address."""
    if sys.platform == "darwin":
        names: tuple[list[str], ...] = (["open"],)
    elif sys.platform == "win32":
        names = (["rundll32", "url.dll,FileProtocolHandler"],)
    else:
        names = (["xdg-open"], ["gio", "open"], ["wslview"])
    for name, *arguments in names:
        found = shutil.which(name)
        if found:
            return [found, *arguments]
    return None
