"""Somebody made up, for previews of messages to nobody in particular."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.recipients import Recipient

if TYPE_CHECKING:
    from collections.abc import Mapping


def made_up(locale: str, custom: Mapping[str, object]) -> Recipient:
    """Somebody of whom everything is known; the custom fields hold what they hold of somebody else."""
    return Recipient(
        number=0,
        id="",
        name="Jane Doe",
        given_name="Jane",
        family_name="Doe",
        prefix="Ms",
        title="Head of Sales",
        email="jane.doe@example.com",
        company="Example Ltd",
        locale=locale,
        timezone="Europe/London",
        custom=custom,
    )
