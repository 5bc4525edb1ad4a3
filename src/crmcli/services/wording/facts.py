"""What a template sees: documented values under documented names, and nothing behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from crmcli.domain.recipients import Recipient
    from crmcli.domain.template_words import Occasion, Sender


class Facts:
    """Values by name, without one attribute that a template could reach by another way."""

    __slots__ = ("group", "held")

    def __init__(self, group: str, held: Mapping[str, object]) -> None:
        self.group = group
        self.held = held

    def __str__(self) -> str:
        """Nothing that could be written into a message."""
        raise TypeError(f"{self.group} is several values, as {self.group}.{next(iter(self.held), 'KEY')}")


def contact_facts(recipient: Recipient, keys: Mapping[str, str]) -> Facts:
    """What ``contact.…`` says; ``keys`` are the custom fields that there are, each empty."""
    held = {
        "name": recipient.name,
        "given_name": recipient.given_name,
        "family_name": recipient.family_name,
        "prefix": recipient.prefix,
        "title": recipient.title,
        "email": recipient.email,
        "company": recipient.company,
        "locale": recipient.locale,
        "timezone": recipient.timezone,
        "custom": Facts("contact.custom", {**keys, **recipient.custom}),
    }
    return Facts("contact", held)


def sender_facts(sender: Sender) -> Facts:
    """What ``sender.…`` says."""
    return Facts("sender", {name: getattr(sender, name) for name in ("name", "email", "company", "address")})


def campaign_facts(occasion: Occasion) -> Facts:
    """What ``campaign.…`` says."""
    return Facts("campaign", occasion._asdict())


def every(contact: Facts, sender: Facts, campaign: Facts, unsubscribe: str, today: date) -> dict[str, object]:
    """All variables of a message."""
    return {
        "contact": contact,
        "sender": sender,
        "campaign": campaign,
        "unsubscribe_url": unsubscribe,
        "today": today,
    }
