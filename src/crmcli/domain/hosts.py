"""Hosts and URLs: what is read of them wherever an address, a website or a profile is given."""

from __future__ import annotations

import unicodedata

from crmcli.domain.frozen import NamedTuple

# IDNA takes the East Asian full stops for dots.
_DOTS = str.maketrans({"\u3002": ".", "\uff61": "."})


def _is_label(label: str) -> bool:
    return (
        0 < len(label) < 64
        and label[0] != "-" != label[-1]
        and all(c.isalnum() or c in "-_" or unicodedata.category(c)[0] == "M" for c in label)
    )


def _readable(label: str) -> str:
    """The label with punycode turned back into the letters it stands for, where it stands for any."""
    if not label.startswith("xn--"):
        return label
    try:
        letters = label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label
    same = unicodedata.normalize("NFKC", letters).lower() == letters
    return letters if same and not letters.isascii() and _is_label(letters) else label


def read_host(text: str) -> str | None:
    """The host in lower case with readable letters; None when the text is no host with a dot in it."""
    host = text if text.isascii() else unicodedata.normalize("NFKC", text.translate(_DOTS))
    labels = [_readable(label) for label in host.lower().split(".")]
    return ".".join(labels) if len(labels) > 1 and all(map(_is_label, labels)) else None


def is_numeric_host(host: str) -> bool:
    """Whether the host ends in a number, as an IP address does and no domain."""
    return host.rpartition(".")[2].isdecimal()


def website_host(text: str) -> str | None:
    """The host of a website without ``www.``; None when it is neither a domain nor an IPv4 address."""
    host = read_host(text.rstrip("."))
    while host and host.startswith("www.") and "." in host[4:]:
        host = host[4:]
    if host is None or (is_numeric_host(host) and not _is_ipv4(host)):
        return None
    return host


def _is_ipv4(host: str) -> bool:
    octets = host.split(".")
    return len(octets) == 4 and all(o.isascii() and o.isdecimal() and len(o) < 4 and int(o) < 256 for o in octets)


def is_path(path: str) -> bool:
    """Whether the path can stand in a URL."""
    return len(path) <= 2000 and not any(c.isspace() or c in '\\<>"' or unicodedata.category(c)[0] == "C" for c in path)


class Url(NamedTuple):
    """The parts of a URL as written; what is not there is empty."""

    scheme: str
    host: str
    port: str
    path: str
    query: str
    fragment: str


def take_apart(text: str) -> Url:
    """The parts of what may be a URL, its scheme missing or not; nothing is checked."""
    scheme, found, rest = text.partition("://")
    if not (found and scheme.isalnum()):
        scheme, rest = "", text.removeprefix("//")
    rest, _, fragment = rest.partition("#")
    rest, _, query = rest.partition("?")
    authority, _, path = rest.partition("/")
    host, _, port = authority.partition(":")
    return Url(scheme.lower(), host, port, path.strip("/"), query, fragment)


def percent_decoded(text: str) -> str:
    """The text with ``%C3%A9`` turned back into ``é``."""
    if "%" not in text:
        return text
    from urllib.parse import unquote

    return unicodedata.normalize("NFC", unquote(text))
