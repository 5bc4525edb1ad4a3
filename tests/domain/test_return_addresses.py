"""What comes back says which message it answers."""

from __future__ import annotations

import pytest

from crmcli.domain.return_addresses import (
    Returned,
    message_id,
    read_returned,
    return_path,
    uid_in,
    unsubscribe_address,
)

UID, TOKEN = "ms_01J8ZV0000000000000000ABCD", "k3j4h5g6f7d8s9a0"


@pytest.mark.parametrize("text", [f"<{UID.lower()}@acme.com>", f"re: <x@y> <{UID}@acme.com>", f"{UID}@ACME.COM"])
def test_a_message_id_of_ours_gives_the_uid_in_any_case(text: str) -> None:
    assert UID == uid_in(text)


@pytest.mark.parametrize("text", ["", "<abc@acme.com>", "ms_1@acme.com", "<ms_@acme.com>"])
def test_other_message_ids_give_nothing(text: str) -> None:
    assert uid_in(text) is None


def test_a_message_id_is_made_of_the_uid() -> None:
    assert f"<{UID.lower()}@acme.com>" == message_id(UID, "acme.com")


def test_the_return_path_carries_the_token_and_is_read_back() -> None:
    made = return_path("news@acme.com", TOKEN)
    assert (f"news+b-{TOKEN}@acme.com", Returned("bounce", TOKEN)) == (made, read_returned(made.upper()))


def test_the_unsubscribe_address_replaces_what_was_after_a_plus() -> None:
    made = unsubscribe_address("news+spring@acme.com", TOKEN)
    assert (f"news+u-{TOKEN}@acme.com", Returned("unsubscribe", TOKEN)) == (made, read_returned(f"<{made}>"))


@pytest.mark.parametrize("text", ["", "news@acme.com", "news+x-k3j4h5g6f7d8s9a0@acme.com", "news+b-short@acme.com"])
def test_other_addresses_are_not_ours(text: str) -> None:
    assert read_returned(text) is None
