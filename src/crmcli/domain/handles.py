"""Social handles: who someone is on a network, out of a handle or the URL of a profile."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.hosts import Url, percent_decoded, take_apart
from crmcli.domain.text import Matched, bare, match_key, quoted, word_set
from crmcli.errors import BadValue

if TYPE_CHECKING:
    import re


class _Network(NamedTuple):
    label: str
    hosts: tuple[str, ...]
    shape: str
    profile: str


_LINKEDIN_PAGES = ("company", "school", "showcase")
_NETWORKS = {
    "linkedin": _Network(
        "LinkedIn",
        ("linkedin.com",),
        r"[\w&'\u2019-]{2,100}|(?:company|school|showcase)/[\w.&'\u2019-]{1,100}",
        "https://www.linkedin.com/",
    ),
    "x": _Network("X", ("x.com", "twitter.com"), r"[A-Za-z0-9_]{1,15}", "https://x.com/"),
    "bluesky": _Network(
        "Bluesky",
        ("bsky.app", "bsky.social"),
        r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]|did:(?:plc|web):[a-z0-9.%-]+",
        "https://bsky.app/profile/",
    ),
    "telegram": _Network(
        "Telegram",
        ("t.me", "telegram.me", "telegram.dog"),
        r"[A-Za-z][A-Za-z0-9_]{3,31}",
        "https://t.me/",
    ),
}
# First words of a path that lead to a page of the network itself.
_NOT_PROFILES = {
    "x": word_set("home i search share hashtag explore settings messages notifications login signup tos"),
    "telegram": word_set("joinchat addstickers addemoji addtheme share proxy socks c iv login"),
}


@cache
def _shape(network: str) -> re.Pattern[str]:
    import re

    return re.compile(_NETWORKS[network].shape)


def read_handle(network: str, text: str) -> Matched:
    """The handle in ``@handle``, a bare handle or a profile URL of ``network``; raises BadValue for anything else.

    A LinkedIn page that is no person's keeps its kind: ``company/acme``. A Bluesky name without a domain is completed.
    """
    written = bare(text)
    label = _NETWORKS[network].label
    found = _profile(written)
    if found and found[0] != network:
        other = _NETWORKS[found[0]].label
        raise BadValue(network, f"{quoted(text)} is a profile on {other}, not on {label}")
    handle = found[1] if found else _written_handle(network, written)
    if not _is_handle(network, handle):
        reason = f"{quoted(text)} is not a handle on {label}"
        raise BadValue(network, reason, hint=f"give the handle or {profile_url(network, 'NAME')}")
    return Matched(handle, match_key(handle))


def _written_handle(network: str, text: str) -> str:
    handle = text.removeprefix("@")
    if network == "linkedin":
        return _linkedin_handle(handle.strip("/").split("/")) or handle
    return _bluesky_handle(handle) if network == "bluesky" else handle


def _is_handle(network: str, handle: str) -> bool:
    if network == "linkedin":  # vowel signs are marks, which \w leaves out
        handle = "".join(c for c in handle if unicodedata.category(c)[0] != "M")
    return _shape(network).fullmatch(handle) is not None


def network_of(url: str) -> str | None:
    """The network whose profile the URL leads to; None for any other text."""
    found = _profile(bare(url))
    return found[0] if found and _is_handle(*found) else None


def profile_url(network: str, handle: str) -> str:
    """The address of the profile that ``handle`` names."""
    if not handle.isascii():
        from urllib.parse import quote

        handle = quote(handle)
    person = "in/" if network == "linkedin" and not handle.startswith(tuple(f"{p}/" for p in _LINKEDIN_PAGES)) else ""
    return f"{_NETWORKS[network].profile}{person}{handle}"


def _profile(text: str) -> tuple[str, str] | None:
    """The network and the unchecked handle of a profile URL."""
    url = take_apart(text)
    if url.scheme == "tg":
        domain = _argument(url.query, "domain") if url.host.lower() == "resolve" else ""
        return ("telegram", domain) if domain else None
    network, subdomain = _network_at(url.host.lower())
    if network is None or url.scheme not in ("", "http", "https"):
        return None
    handle = _handle_at(network, subdomain, url)
    return (network, handle) if handle else None


def _network_at(host: str) -> tuple[str | None, str]:
    """The network that owns the host, and what stands before the network's own name in it."""
    if "@" in host:
        return None, ""
    for name, network in _NETWORKS.items():
        for own in network.hosts:
            if host == own or host.endswith("." + own):
                return name, host[: -len(own)].rstrip(".").removeprefix("www.")
    return None, ""


def _handle_at(network: str, subdomain: str, url: Url) -> str | None:
    if network == "x" and url.fragment.startswith("!/"):
        url = url._replace(path=url.fragment[2:])
    parts = [percent_decoded(part) for part in url.path.split("/") if part]
    if network == "linkedin":
        return _linkedin_handle([p for p in parts if p != "mwlite"])
    if network == "bluesky":
        return _bluesky_profile(subdomain, url.host, parts)
    if not parts:
        return subdomain if network == "telegram" and subdomain != "www" else None
    if network == "x" and parts[0] == "intent":
        return _argument(url.query, "screen_name")
    if network == "telegram" and parts[0] == "s":
        parts = parts[1:] or ["s"]
    handle = parts[0].removeprefix("@")
    return None if handle.lower() in _NOT_PROFILES[network] else handle


def _linkedin_handle(parts: list[str]) -> str | None:
    if len(parts) < 2:
        return None
    page = parts[0].lower()
    if page in _LINKEDIN_PAGES:
        return f"{page}/{parts[1]}"
    return parts[1] if page == "in" else None


def _bluesky_profile(subdomain: str, host: str, parts: list[str]) -> str | None:
    if host.lower().endswith("bsky.social"):
        return host.lower().removeprefix("www.") if subdomain not in ("", "www") else None
    if len(parts) < 2 or parts[0] != "profile":
        return None
    return _bluesky_handle(parts[1].removeprefix("@"))


def _bluesky_handle(handle: str) -> str:
    lowered = handle.lower()
    return lowered if "." in lowered or ":" in lowered else f"{lowered}.bsky.social"


def _argument(query: str, name: str) -> str:
    found = (value for key, _, value in (pair.partition("=") for pair in query.split("&")) if key == name)
    return percent_decoded(next(found, ""))
