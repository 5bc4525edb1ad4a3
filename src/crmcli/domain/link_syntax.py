"""Links in messages that lead nowhere, as far as the way they are written can tell."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

OPENED = ("http", "https", "mailto", "tel", "sms")
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_PLACEHOLDER = re.compile(
    r"(^|\.)(example\.(com|org|net)|example|test|invalid)$|^(your|my)-?(domain|site|company)\b", re.IGNORECASE
)
_LOCAL = re.compile(r"^(localhost|127\.[\d.]+|0\.0\.0\.0|::1|.*\.(local|localhost|lan|internal))$", re.IGNORECASE)
_WHITE = re.compile(r"[\s\x00-\x20]")
_BRACKETS = ("()", "[]", "{}", "<>")


def link_fault(address: str) -> str | None:
    """What is wrong with the way a link is written, None for one that may work."""
    text = address.strip()
    if not text or text == "#":
        return "leads nowhere"
    if text.startswith("#"):
        return None  # a place in the message itself
    if _WHITE.search(text):
        return "has a space in it"
    found = _SCHEME.match(text)
    if found is None:
        return "does not begin with https://"
    scheme = found.group(1).lower()
    if scheme not in OPENED:
        return f"{scheme}: is nothing that mail programs open"
    if any(text.count(pair[0]) != text.count(pair[1]) for pair in _BRACKETS):
        return "has a bracket without its other half"
    return _web_fault(text) if scheme in ("http", "https") else _other_fault(scheme, text[found.end() :])


def _other_fault(scheme: str, rest: str) -> str | None:
    if scheme == "mailto":
        address = rest.partition("?")[0]
        local, at, host = address.rpartition("@")
        return None if local and at and host else "names no address"
    return None if any(c.isdigit() for c in rest) else "names no number"


def _web_fault(text: str) -> str | None:
    slashes = re.match(r"https?:(/*)", text, re.IGNORECASE)
    assert slashes is not None
    if slashes.group(1) != "//":
        return "does not begin with https:// and two slashes"
    if re.match(r"https?://https?(:|//|$)", text, re.IGNORECASE):
        return "begins with https:// twice"
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "is no address of the web"
    return _host_fault(host) or _escape_fault(text)


def _host_fault(host: str) -> str | None:
    if not host:
        return "names no host"
    if _LOCAL.match(host):
        return f"leads to {host}, which only this machine or network knows"
    if _PLACEHOLDER.search(host):
        return f"leads to {host}, which is a placeholder"
    if ":" in host:
        return None  # an address of six, in brackets
    if "." not in host.strip(".") or ".." in host or host.startswith((".", "-")):
        return f"{host} is no host"
    return None


def _escape_fault(text: str) -> str | None:
    return "has a % that is no escape" if re.search(r"%(?![0-9A-Fa-f]{2})", text) else None
