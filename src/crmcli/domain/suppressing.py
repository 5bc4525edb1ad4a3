"""Addresses and domains that nobody writes to any more: how they are named, and how they are known again."""

from __future__ import annotations

from crmcli.domain.frozen import NamedTuple

_DIGEST = "sha256:"


class Target(NamedTuple):
    """What is suppressed: an address or a domain, as it is shown and as it is matched."""

    kind: str
    value: str
    key: str


def read_target(text: str) -> Target | None:
    """The address or domain that a text is: ``jane@acme.com``, ``@acme.com``, ``acme.com``; None when it is neither.

    Raises BadValue for what looks like an address and can't be one.
    """
    from crmcli.domain.hosts import is_numeric_host, read_host
    from crmcli.domain.people import read_email

    bare = text.strip()
    local, at, _ = bare.rpartition("@")
    if at and local:
        email = read_email(bare)
        return Target("address", email.value, email.key)
    host = read_host(bare.removeprefix("@").rstrip("."))
    if host is None or is_numeric_host(host):
        return None
    return Target("domain", host, host)


def digest(key: str) -> str:
    """What the address of somebody who was forgotten is known again by; the address can't be read from it."""
    from hashlib import sha256

    return _DIGEST + sha256(f"suppressed address: {key}".encode()).hexdigest()


def domains(key: str) -> list[str]:
    """The domain of an address and those above it: ``mail.acme.com``, ``acme.com``, ``com``."""
    labels = key.rpartition("@")[2].split(".")
    return [".".join(labels[start:]) for start in range(len(labels))]
