"""What may follow what in a campaign."""

from __future__ import annotations

import pytest

from crmcli.domain.marketing import CAMPAIGN_KINDS, CHANNELS, MEMBER_STATES, campaign_move, channel_of, furthest


@pytest.mark.parametrize(
    ("current", "happened", "after"),
    [
        ("targeted", "sent", "sent"),
        ("clicked", "opened", "clicked"),
        ("replied", "bounced", "bounced"),
        ("bounced", "opened", "bounced"),
        ("unsubscribed", "responded", "unsubscribed"),
        ("unsubscribed", "converted", "converted"),
        ("converted", "complained", "converted"),
        ("skipped", "sent", "sent"),
    ],
)
def test_a_member_only_goes_forward(current: str, happened: str, after: str) -> None:
    assert after == furthest(current, happened)


@pytest.mark.parametrize("status", MEMBER_STATES)
def test_the_same_again_changes_nothing(status: str) -> None:
    assert status == furthest(status, status)


def test_a_canceled_campaign_is_never_started_again() -> None:
    assert "canceled" not in {state for verb in ("start", "resume") for state in campaign_move(verb).sources}


@pytest.mark.parametrize("kind", CAMPAIGN_KINDS)
def test_every_kind_has_a_channel_we_know_or_none(kind: str) -> None:
    assert channel_of(kind) in (*CHANNELS, "")
