"""Somebody to whom a message is written: all that a template may know of the person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Recipient(NamedTuple):
    """A contact as templates see it; ``number`` and ``member`` are the store's own numbers and shown to none."""

    number: int
    id: str
    name: str
    given_name: str
    family_name: str
    prefix: str
    title: str
    email: str
    company: str
    locale: str
    timezone: str
    custom: Mapping[str, object]
    member: int = 0
    variant: int | None = None
