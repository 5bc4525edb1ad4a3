"""Quick readers of addresses against the careful ones: the same answer, or none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.domain.people import read_email, read_website
from crmcli.domain.plain import plain_email, plain_website
from crmcli.errors import BadValue

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmcli.domain.text import Matched

EMAILS = (
    "jane@acme.com", "Jane.Doe+News@Mail.ACME.co.uk", "o'neil_%&=~-@a-b.c-d.example", "1@2.com", "user.7@firm3.example",
    "jane@xn--bcher-kva.de", "jane@XN--bcher-kva.de", "jane@xn--0.com", "jane@a--b.com", "jane@-a.com", "jane@a-.com",
    "a@b.c", "a@b.c1", "a@1.2.3.4", "a@b.123", "a@b", "a@.com", "a@b..com", "a@b.com.", ".a@b.com", "a.@b.com",
    "a..b@c.com", "a@b@c.com", "a@@c.com", "@c.com", "a@", "a@b_c.com", "a_@b.com", "mailto:a@b.com", "<a@b.com>",
    "a@b.com\n", "\na@b.com", "a@b.com ", "\u200ba@b.com", "a@b.com\u200b", "a@b.com\0", "a@b.com;c@d.com",
    "A@\u212aelvin.com", "\u017fam@b.com", "a@b.\u212aom", "\u0661@b.com", "a@\u0661.com", "\uff21@b.com", "a@b\uff0ecom",
    "ö@b.com", "a@ö.com", "%61@b.com", "a" * 64 + "@b.com", "a" * 65 + "@b.com", "a@" + "b" * 63 + ".com",
    "a@" + "b" * 64 + ".com", "a@" + "b." * 30 + "com", "a@" + "b." * 126 + "com", "I@I.COM", "\u0130@i.com",
)  # fmt: skip
WEBSITES = (
    "acme.com", "www.acme.com", "http://acme.com", "HTTPS://WWW.Acme.COM/", "acme.com/", "acme.com//", "//acme.com",
    "http:///acme.com", "http://www.com", "www.com", "www.www.acme.com", "wwww.acme.com", "ftp://acme.com",
    "https://https://acme.com", "acme.com:80", "acme.com:8080", "acme.com?x=1", "acme.com#top", "acme.com/path",
    "xn--bcher-kva.de", "a--b.com", "192.168.0.1", "1.2.3", "3.com", "acme.c", "acme", ".com", "acme..com", "acme.com.",
    "acme.com\n", " acme.com", "a_b.com", "-a.com", "\u212aelvin.com", "acme\u3002com", "a" * 63 + ".com",
    "a" * 64 + ".com", "https://" + "a." * 30 + "com", "jane@acme.com", "httpss://acme.com", "http:/acme.com",
)  # fmt: skip
READERS = ((plain_email, read_email), (plain_website, read_website))
PIECES = st.sampled_from(
    [*"aZ0.-_+@@..::/ww%'~&=|;<> \n\0\u212a\u0130\u017fö\uff0e\u3002\u200b", "xn--", "www.", "http://", "com", "acme"]
)


def agree(text: str, plain: Callable[[str], Matched | None], careful: Callable[[str], Matched]) -> None:
    """Hold the quick answer, if there is one, against the careful one."""
    found = plain(text)
    if found is not None:
        assert found == careful(text)


@pytest.mark.parametrize("text", EMAILS + WEBSITES)
def test_a_quick_answer_is_the_careful_one(text: str) -> None:
    for plain, careful in READERS:
        agree(text, plain, careful)


@given(st.lists(PIECES, max_size=14).map("".join) | st.from_regex(r"[\w.+-]+@[\w-]+\.[\w.-]+", fullmatch=True))
def test_no_text_is_answered_otherwise(text: str) -> None:
    for plain, careful in READERS:
        agree(text, plain, careful)


@pytest.mark.parametrize("text", ["jane@acme.com", "Jane.Doe+x@Mail.Acme.co.uk", "user.7@firm-3.example"])
def test_usual_addresses_are_answered_at_once(text: str) -> None:
    assert plain_email(text) == read_email(text)


@pytest.mark.parametrize("text", ["acme.com", "www.Acme.com", "https://shop.acme.co.uk/"])
def test_usual_websites_are_answered_at_once(text: str) -> None:
    assert plain_website(text) == read_website(text)


@pytest.mark.parametrize("text", ["a." * 5000 + "@", "a-" * 5000 + "@b.com", "a@" + "b-" * 5000, "a" * 9999])
def test_long_nonsense_is_left_to_the_careful_ones(text: str) -> None:
    assert (plain_email(text), plain_website(text)) == (None, None)
    with pytest.raises(BadValue, match=re.escape("e-mail address")):
        read_email(text)
