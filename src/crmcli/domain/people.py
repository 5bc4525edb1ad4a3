"""How people and organisations are reached: e-mail, phone and website, and telling which of them a text is."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from crmcli.domain.handles import network_of
from crmcli.domain.hosts import is_numeric_host, is_path, percent_decoded, read_host, take_apart, website_host
from crmcli.domain.text import Matched, bare, match_key, quoted
from crmcli.errors import BadValue

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber


# --- e-mail ------------------------------------------------------------------------------------------------------


def read_email(text: str) -> Matched:
    """The e-mail address in ``text``, also out of ``mailto:…`` and ``Name <…>``; raises BadValue for anything else.

    The value keeps the local part as written; the key is casefolded whole.
    """
    address = _unwrapped(bare(text))
    local, _, domain = address.rpartition("@")
    host = read_host(domain)
    fault = _email_fault(address, local, host)
    if fault or host is None:
        reason = f"{quoted(text)} is not an e-mail address: {fault}"
        raise BadValue("email", reason, hint="write it as name@example.com")
    value = f"{local}@{host}"
    return Matched(value, match_key(value))


def _unwrapped(text: str) -> str:
    if text.endswith(">"):
        text = text[text.rfind("<") + 1 : -1].strip()
    if text[:7].lower() == "mailto:":
        text = percent_decoded(text[7:].partition("?")[0])
    return text


def _email_fault(address: str, local: str, host: str | None) -> str | None:
    if address.count("@") != 1:
        return "there is more than one @" if local else "there is no @"
    if any(c.isspace() or unicodedata.category(c)[0] == "C" for c in address):
        return "it holds spaces or invisible characters"
    if not all(local.split(".")) or any(c in '()<>[],;:\\"' for c in local):
        return "the part before the @ is not a mailbox"
    if host is None or "_" in host or is_numeric_host(host):
        return "the part after the @ is not a domain"
    return "it is too long" if len(address) > 254 or len(local) > 64 else None


def name_from_email(address: str) -> str:
    """The mailbox of an address, without a ``+tag``: what a stub record is called."""
    local = _unwrapped(bare(address)).rpartition("@")[0]
    return local.partition("+")[0] or local


# --- phone -------------------------------------------------------------------------------------------------------

_EXTENSION_WORDS = frozenset({"x", "ext", "extn", "extension", "доб", "int", "anexo"})


def read_phone(text: str, default_country: str | None) -> Matched:
    """The phone number in ``text``; raises BadValue for what no country could dial.

    The value is the international format, the key E.164 with ``;ext=`` after it when there is an extension. Numbers
    not yet in service count too (is possible, rather than is assigned), so a new number range never locks a user out.
    """
    written = _western_digits(bare(text))
    spoken = written[4:].lstrip("/") if written[:4].lower() == "tel:" else written
    number = _dialled(spoken, default_country.upper() if default_country else None)
    if number is None:
        raise BadValue("phone", f"{quoted(text)} is not a phone number", hint=_phone_hint(spoken, default_country))
    from phonenumbers import PhoneNumberFormat, format_number

    return Matched(format_number(number, PhoneNumberFormat.INTERNATIONAL), _e164(number))


def _e164(number: PhoneNumber) -> str:
    from phonenumbers import PhoneNumberFormat, format_number

    key = format_number(number, PhoneNumberFormat.E164)
    return f"{key};ext={number.extension}" if number.extension else key


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


def show_phone(kept: str, display: str, default_country: str | None) -> str:
    """A kept number (or its key) as ``display`` says: international, e164, or national (at home; international abroad)."""
    import phonenumbers as pn

    try:
        number = pn.parse(kept, None)
    except pn.NumberParseException:
        return kept
    if display == "e164":
        return _e164(number)
    home = bool(default_country) and pn.country_code_for_region(str(default_country).upper()) == number.country_code
    national = display == "national" and home
    return pn.format_number(number, pn.PhoneNumberFormat.NATIONAL if national else pn.PhoneNumberFormat.INTERNATIONAL)


# --- websites ----------------------------------------------------------------------------------------------------


def read_website(text: str) -> Matched:
    """The website in ``text`` by host and path: no scheme, no ``www.``, no query; raises BadValue for anything else."""
    url = take_apart(bare(text))
    host = website_host(url.host)
    sound = url.scheme in ("", "http", "https") and (not url.port or (url.port.isascii() and url.port.isdecimal()))
    if host is None or not sound or not is_path(url.path):
        raise BadValue("website", f"{quoted(text)} is not a website", hint="write it as example.com")
    port = "" if url.port in ("", "80", "443") else f":{url.port}"
    rest = f"{port}/{url.path}" if url.path else port
    return Matched(host + rest, match_key(host) + rest)


# --- references --------------------------------------------------------------------------------------------------


def looks_like(text: str) -> str:
    """What a reference is by its looks alone: ``email``, ``phone``, ``handle_url``, ``website`` or ``text``."""
    written = bare(text)
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
    url = take_apart(text)
    if url.scheme not in ("", "http", "https") or not (url.port.isdecimal() or not url.port):
        return False
    host = website_host(url.host)
    return host is not None and (len(host.rpartition(".")[2]) > 1 or bool(url.scheme)) and is_path(url.path)
