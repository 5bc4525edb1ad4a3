"""The addresses that tie what comes back to the message it answers: Message-ID, return path and unsubscribe address.

A message has a ``uid``, which everybody may see, and a ``token`` that nobody can guess. Both are letters and digits, so
that they survive mail servers which change the case of a local part.
"""

from __future__ import annotations

import re

from crmcli.domain.frozen import NamedTuple

_MESSAGE_ID = re.compile(r"<?(ms_[0-7][0-9A-HJKMNP-TV-Z]{25})@[^\s<>@]+>?", re.IGNORECASE)
_PLUS = re.compile(r"<?[^\s<>@+]+\+(b|u)-([a-z0-9]{16,40})@[^\s<>@]+>?", re.IGNORECASE)


class Returned(NamedTuple):
    """What an address of ours says: ``bounce`` or ``unsubscribe``, and of which message."""

    purpose: str
    token: str


def message_id(uid: str, domain: str) -> str:
    """The Message-ID of a message."""
    return f"<{uid.lower()}@{domain}>"


def uid_in(text: str) -> str | None:
    """The uid of our message that a Message-ID, In-Reply-To or References line names."""
    found = _MESSAGE_ID.search(text)
    return None if found is None else f"ms_{found.group(1)[3:].upper()}"


def return_path(address: str, token: str) -> str:
    """Where a message is returned to when it can't be delivered: ``news+b-TOKEN@acme.com``."""
    return _plus(address, "b", token)


def unsubscribe_address(address: str, token: str) -> str:
    """Where a mail takes its sender off the list: ``news+u-TOKEN@acme.com``."""
    return _plus(address, "u", token)


def unsubscribe_link(page: str, address: str, token: str) -> str:
    """The link in a message that takes its reader off the list: the page with ``{token}`` in it, else a mail to write."""
    if not page:
        return f"mailto:{unsubscribe_address(address, token)}?subject=unsubscribe"
    return page_link(page, token)


def page_link(page: str, token: str) -> str:
    """The address of a page for one token: in place of ``{token}``, else as a parameter."""
    if "{token}" in page:
        return page.replace("{token}", token)
    return f"{page}{'&' if '?' in page else '?'}token={token}"


def read_returned(address: str) -> Returned | None:
    """What an address that a mail was sent to says, None for one that is not made here."""
    found = _PLUS.search(address)
    if found is None:
        return None
    return Returned("bounce" if found.group(1).lower() == "b" else "unsubscribe", found.group(2).lower())


def _plus(address: str, purpose: str, token: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}+{purpose}-{token}@{domain}"
