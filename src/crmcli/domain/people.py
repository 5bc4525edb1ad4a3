"""How people and organisations are named and reached: e-mail, phone, website, social handles, personal names."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import tidy
from crmcli.errors import BadValue

if TYPE_CHECKING:
    import re

    from phonenumbers import PhoneNumber


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


class Matched(NamedTuple):
    """A value as it is shown and the key it is matched by."""

    value: str
    key: str


# Byte order, zero width and direction marks: address books and chats wrap what is copied from them in these.
_MARKS = "\ufeff\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
# IDNA takes the East Asian full stops for dots.
_DOTS = str.maketrans({"\u3002": ".", "\uff61": "."})


def _bare(text: str) -> str:
    return tidy(text.strip().strip(_MARKS))


def _quoted(text: str) -> str:
    line = " ".join(text.split())
    return f'"{line if len(line) <= 60 else line[:59] + "…"}"'


def _unquoted(text: str) -> str:
    if "%" not in text:
        return text
    from urllib.parse import unquote

    return unicodedata.normalize("NFC", unquote(text))


def _key(text: str) -> str:
    return text.lower() if text.isascii() else unicodedata.normalize("NFC", text.casefold())


# --- hosts -------------------------------------------------------------------------------------------------------


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


def _read_host(text: str) -> str | None:
    """The host in lower case with readable letters; None when the text is no host with a dot in it."""
    host = text if text.isascii() else unicodedata.normalize("NFKC", text.translate(_DOTS))
    labels = [_readable(label) for label in host.lower().split(".")]
    return ".".join(labels) if len(labels) > 1 and all(map(_is_label, labels)) else None


def _is_numeric(host: str) -> bool:
    return host.rpartition(".")[2].isdecimal()


# --- e-mail ------------------------------------------------------------------------------------------------------


def read_email(text: str) -> Matched:
    """The e-mail address in ``text``, also out of ``mailto:…`` and ``Name <…>``; raises BadValue for anything else.

    The value keeps the local part as written; the key is casefolded whole.
    """
    address = _unwrapped(_bare(text))
    local, _, domain = address.rpartition("@")
    host = _read_host(domain)
    fault = _email_fault(address, local, host)
    if fault or host is None:
        reason = f"{_quoted(text)} is not an e-mail address: {fault}"
        raise BadValue("email", reason, hint="write it as name@example.com")
    value = f"{local}@{host}"
    return Matched(value, _key(value))


def _unwrapped(text: str) -> str:
    if text.endswith(">"):
        text = text[text.rfind("<") + 1 : -1].strip()
    if text[:7].lower() == "mailto:":
        text = _unquoted(text[7:].partition("?")[0])
    return text


def _email_fault(address: str, local: str, host: str | None) -> str | None:
    if address.count("@") != 1:
        return "there is more than one @" if local else "there is no @"
    if any(c.isspace() or unicodedata.category(c)[0] == "C" for c in address):
        return "it holds spaces or invisible characters"
    if not all(local.split(".")) or any(c in '()<>[],;:\\"' for c in local):
        return "the part before the @ is not a mailbox"
    if host is None or "_" in host or _is_numeric(host):
        return "the part after the @ is not a domain"
    return "it is too long" if len(address) > 254 or len(local) > 64 else None


def name_from_email(address: str) -> str:
    """The mailbox of an address, without a ``+tag``: what a stub record is called."""
    local = _unwrapped(_bare(address)).rpartition("@")[0]
    return local.partition("+")[0] or local


# --- phone -------------------------------------------------------------------------------------------------------

_EXTENSION_WORDS = frozenset({"x", "ext", "extn", "extension", "доб", "int", "anexo"})


def read_phone(text: str, default_country: str | None) -> Matched:
    """The phone number in ``text``; raises BadValue for what no country could dial.

    The value is the international format, the key E.164 with ``;ext=`` after it when there is an extension. Numbers
    not yet in service count too (is possible, rather than is assigned), so a new number range never locks a user out.
    """
    written = _western_digits(_bare(text))
    spoken = written[4:].lstrip("/") if written[:4].lower() == "tel:" else written
    number = _dialled(spoken, default_country.upper() if default_country else None)
    if number is None:
        raise BadValue("phone", f"{_quoted(text)} is not a phone number", hint=_phone_hint(spoken, default_country))
    from phonenumbers import PhoneNumberFormat, format_number

    key = format_number(number, PhoneNumberFormat.E164)
    shown = format_number(number, PhoneNumberFormat.INTERNATIONAL)
    return Matched(shown, f"{key};ext={number.extension}" if number.extension else key)


def _western_digits(text: str) -> str:
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text).replace("\uff0b", "+")


def _dialled(text: str, country: str | None) -> PhoneNumber | None:
    if not text or not (text[0] in "+(" or text[0].isdecimal()):
        return None
    abroad = text.lstrip("(")
    if abroad.startswith("00"):  # dialled so from most of the world, whatever the default country's own prefix is
        number = _possible("+" + abroad[2:].lstrip(" )-."), None)
        if number is not None:
            return number
    return _possible(text, country)


def _possible(text: str, country: str | None) -> PhoneNumber | None:
    import phonenumbers as pn

    try:
        number = pn.parse(text, country)
    except pn.NumberParseException:
        return None
    if _spells_words(text) and not (pn.is_alpha_number(text) and pn.is_valid_number(number)):
        return None
    verdict = pn.is_possible_number_with_reason(number)
    # A number without its area code is kept when it is long enough to be told from a short code.
    local = verdict == pn.ValidationResult.IS_POSSIBLE_LOCAL_ONLY and len(pn.national_significant_number(number)) >= 7
    return number if local or verdict == pn.ValidationResult.IS_POSSIBLE else None


def _spells_words(text: str) -> bool:
    words = "".join(c if c.isalpha() else " " for c in text.partition(";")[0]).casefold().split()
    return not _EXTENSION_WORDS.issuperset(words)


def _phone_hint(text: str, country: str | None) -> str | None:
    if country or text.startswith("+"):
        return "write it with its country, as in +359 2 123 4567"
    return "start it with + and the country's number, or set phone.default_country"


def show_phone(key: str, display: str, default_country: str | None) -> str:
    """The number of a key as ``display`` says: international, e164, or national (at home; international abroad)."""
    if display == "e164":
        return key
    import phonenumbers as pn

    try:
        number = pn.parse(key.replace(";ext=", " ext. "), None)
    except pn.NumberParseException:
        return key
    home = bool(default_country) and pn.country_code_for_region(str(default_country).upper()) == number.country_code
    national = display == "national" and home
    return pn.format_number(number, pn.PhoneNumberFormat.NATIONAL if national else pn.PhoneNumberFormat.INTERNATIONAL)


# --- websites ----------------------------------------------------------------------------------------------------


class _Url(NamedTuple):
    scheme: str
    host: str
    port: str
    path: str
    query: str
    fragment: str


def _take_apart(text: str) -> _Url:
    scheme, found, rest = text.partition("://")
    if not (found and scheme.isalnum()):
        scheme, rest = "", text.removeprefix("//")
    rest, _, fragment = rest.partition("#")
    rest, _, query = rest.partition("?")
    authority, _, path = rest.partition("/")
    host, _, port = authority.partition(":")
    return _Url(scheme.lower(), host, port, path.strip("/"), query, fragment)


def read_website(text: str) -> Matched:
    """The website in ``text`` by host and path: no scheme, no ``www.``, no query; raises BadValue for anything else."""
    url = _take_apart(_bare(text))
    host = _website_host(url.host)
    sound = url.scheme in ("", "http", "https") and (not url.port or (url.port.isascii() and url.port.isdecimal()))
    if host is None or not sound or not _is_path(url.path):
        raise BadValue("website", f"{_quoted(text)} is not a website", hint="write it as example.com")
    port = "" if url.port in ("", "80", "443") else f":{url.port}"
    rest = f"{port}/{url.path}" if url.path else port
    return Matched(host + rest, _key(host) + rest)


def _website_host(text: str) -> str | None:
    host = _read_host(text.rstrip("."))
    while host and host.startswith("www.") and "." in host[4:]:
        host = host[4:]
    if host is None or (_is_numeric(host) and not _is_ipv4(host)):
        return None
    return host


def _is_ipv4(host: str) -> bool:
    octets = host.split(".")
    return len(octets) == 4 and all(o.isascii() and o.isdecimal() and len(o) < 4 and int(o) < 256 for o in octets)


def _is_path(path: str) -> bool:
    return len(path) <= 2000 and not any(c.isspace() or c in '\\<>"' or unicodedata.category(c)[0] == "C" for c in path)


# --- social handles ----------------------------------------------------------------------------------------------


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
    "x": _words("home i search share hashtag explore settings messages notifications login signup tos"),
    "telegram": _words("joinchat addstickers addemoji addtheme share proxy socks c iv login"),
}


@cache
def _shape(network: str) -> re.Pattern[str]:
    import re

    return re.compile(_NETWORKS[network].shape)


def read_handle(network: str, text: str) -> Matched:
    """The handle in ``@handle``, a bare handle or a profile URL of ``network``; raises BadValue for anything else.

    A LinkedIn page that is no person's keeps its kind: ``company/acme``. A Bluesky name without a domain is completed.
    """
    written = _bare(text)
    label = _NETWORKS[network].label
    found = _profile(written)
    if found and found[0] != network:
        other = _NETWORKS[found[0]].label
        raise BadValue(network, f"{_quoted(text)} is a profile on {other}, not on {label}")
    handle = found[1] if found else _written_handle(network, written)
    if not _is_handle(network, handle):
        reason = f"{_quoted(text)} is not a handle on {label}"
        raise BadValue(network, reason, hint=f"give the handle or {profile_url(network, 'NAME')}")
    return Matched(handle, _key(handle))


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
    found = _profile(_bare(url))
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
    url = _take_apart(text)
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


def _handle_at(network: str, subdomain: str, url: _Url) -> str | None:
    if network == "x" and url.fragment.startswith("!/"):
        url = url._replace(path=url.fragment[2:])
    parts = [_unquoted(part) for part in url.path.split("/") if part]
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
    return _unquoted(next(found, ""))


# --- personal names ----------------------------------------------------------------------------------------------


class Name(NamedTuple):
    """A personal name in its parts; a part that is not known is None."""

    given: str | None
    family: str | None
    prefix: str | None = None
    suffix: str | None = None


_PREFIXES = _words(
    "mr mrs ms miss mx dr prof sir dame rev hon herr frau mme mlle sra srta dott ddr dipl-ing mgr inż hab "
    "г-н г-жа д-р проф доц инж акад пан пани"  # noqa: RUF001
)
# These are also names or words of names, and count only with their full stop.
_DOTTED_PREFIXES = _words("ing. eng. m. fr. sr. med. mag. arch. lek. ак. арх. гл.")  # noqa: RUF001
_SUFFIXES = _words("jr sr phd esq mba cpa cfa dds obe cbe мл ст")
_CAPITAL_SUFFIXES = _words("II III IV MD RN JD DO PE MA MSc BSc KC QC")
_PARTICLES = _words(
    "van von der den de da di del della delle do dos das du la le les ter ten tot af av zu zur zum vom bin bint ibn "
    "san santa st. фон ван де бин ибн بن بنت ابن أبو آل"
)
# As words of their own these are given names too, so they count only in lower case.
_LOWER_PARTICLES = _words("al el ben y e i ap")
_DASHES = ("-", "\u2010", "\u2013", "\u2014")
_PATRONYMICS = ("ович", "евич", "овна", "евна", "ична", "івна", "ївна")


def split_name(full: str) -> Name:
    """The parts of a full name: ``Dr. Jane van der Berg Jr.``, ``Berg, Jane``, ``Иванов Иван Иванович``, ``王小明``.

    A name that can't be told apart is given name alone. Every letter stays in one of the parts.
    """
    sections = [words for words in (s.split() for s in full.replace("\uff0c", ",").split(",")) if words]
    suffix: list[str] = []
    while len(sections) > 1 and all(map(_is_suffix, sections[-1])):
        suffix = sections.pop() + suffix
    if not sections:
        return Name(None, None)
    prefix, words = _without_prefix(sections[0])
    words, tail = _without_suffix(words)
    if len(sections) == 1:  # "Ms Li" is a family name, "Li" may be either
        given, family = ([], words) if prefix and len(words) == 1 else _given_and_family(words)
    else:
        family = words
        more, given = _without_prefix([word for section in sections[1:] for word in section])
        given, end = _without_suffix(given)
        prefix, tail = prefix + more, tail + end
    return Name(_joined(given), _joined(family), _joined(prefix), _joined(tail + suffix))


def _joined(words: list[str]) -> str | None:
    return " ".join(words) or None


def _is_prefix(word: str) -> bool:
    lowered = word.casefold()
    return lowered in _DOTTED_PREFIXES or lowered.rstrip(".") in _PREFIXES


def _is_suffix(word: str) -> bool:
    plain = word.replace(".", "")
    return plain.casefold() in _SUFFIXES or plain in _CAPITAL_SUFFIXES


def _without_prefix(words: list[str]) -> tuple[list[str], list[str]]:
    count = 0
    while count < len(words) - 1 and _is_prefix(words[count]):
        count += 1
    return words[:count], words[count:]


def _without_suffix(words: list[str]) -> tuple[list[str], list[str]]:
    count = len(words)
    while count > 1 and _is_suffix(words[count - 1]):
        count -= 1
    return words[:count], words[count:]


def _given_and_family(words: list[str]) -> tuple[list[str], list[str]]:
    if _family_first(words):
        return words[1:], words[:1]
    start = next((i for i in range(1, len(words) - 1) if _is_particle(words[i])), len(words) - 1)
    if start > 2 and words[start - 1] in _DASHES:  # "Nowak - Kowalska" is one family name
        start -= 2
    return (words[:start], words[start:]) if start else (words, [])


def _family_first(words: list[str]) -> bool:
    if len(words) == 2:
        return all("\u3400" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7af" for c in words[0])
    if len(words) == 3:
        return words[2].casefold().endswith(_PATRONYMICS) and not words[1].casefold().endswith(_PATRONYMICS)
    return False


def _is_particle(word: str) -> bool:
    return word.casefold() in _PARTICLES or word in _LOWER_PARTICLES


# --- references --------------------------------------------------------------------------------------------------


def looks_like(text: str) -> str:
    """What a reference is by its looks alone: ``email``, ``phone``, ``handle_url``, ``website`` or ``text``."""
    written = _bare(text)
    if _like_email(written):
        return "email"
    if _like_phone(written):
        return "phone"
    if network_of(written):
        return "handle_url"
    return "website" if _like_website(written) else "text"


def _like_email(text: str) -> bool:
    before, at, _ = text.rpartition("@")
    if text.endswith(">"):
        return bool(at) and "<" in before
    return bool(at and before) and "/" not in before and not any(c.isspace() for c in text)


def _like_phone(text: str) -> bool:
    if text[:4].lower() == "tel:":
        return True
    allowed = all(c in "+-().x\uff0b" or c.isdecimal() or c.isspace() for c in text)
    return allowed and sum(map(str.isdecimal, text)) >= 5


def _like_website(text: str) -> bool:
    url = _take_apart(text)
    if url.scheme not in ("", "http", "https") or not (url.port.isdecimal() or not url.port):
        return False
    host = _website_host(url.host)
    return host is not None and (len(host.rpartition(".")[2]) > 1 or bool(url.scheme)) and _is_path(url.path)
