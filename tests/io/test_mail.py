"""Messages from bytes, and the boxes they lie in."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.domain.threads import Threads
from crmcli.errors import BadValue, CrmError, NotFound, UsageError
from crmcli.io.mail import mbox
from crmcli.io.mail.boxes import open_box
from crmcli.io.mail.charsets import decoded, harmless
from crmcli.io.mail.flowed import unflowed
from crmcli.io.mail.headers import addresses, ids, moment, words
from crmcli.io.mail.html_text import text_of
from crmcli.io.mail.imap import from_utf7, read_url, utf7
from crmcli.io.mail.messages import Message, read_message

if TYPE_CHECKING:
    from pathlib import Path

SAID = datetime(2026, 11, 14, 8, 0, tzinfo=UTC)
HEAD = "From: Jane <jane@client.example>\nTo: me@acme.com\nDate: Sat, 14 Nov 2026 10:00:00 +0200\n"


def message(text: str | bytes, headers: str = HEAD) -> Message:
    """The message of these headers and this rest."""
    return read_message(headers.encode() + (text if isinstance(text, bytes) else text.encode()))


# -- headers


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain", "plain"),
        ("=?utf-8?B?0JzQsNGA0LjRjw==?=", "Мария"),
        ("=?koi8-r?Q?=F0=D2=C9=D7=C5=D4?= tail", "Привет tail"),
        ("=?utf-8?Q?a_b?= =?utf-8?Q?_c?=", "a b c"),
        ("=?utf-8?B?0JzQ?= =?utf-8?B?sNGA?=", "Мар"),  # a letter cut between two words
        ("Re: =?gb2312?B?xOO6ww==?=", "Re: 你好"),
        ("=?x-unknown?Q?caf=C3=A9?=", "café"),
        ("=?utf-8?B?####?=", ""),
        ("=?utf-8?B?w6k?=", "é"),  # without its padding
        ("folded\r\n\tline", "folded line"),
        ("bell\a and nul\0", "bell␇ and nul"),
        (b"\xd0\x9c".decode("ascii", "surrogateescape"), "М"),
        (b"Zwei\xdfig".decode("ascii", "surrogateescape"), "Zweißig"),
    ],
)
def test_a_header_is_read_however_it_was_encoded(raw: str, shown: str) -> None:
    assert words(raw) == shown


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("jane@x.com", [("", "jane@x.com")]),
        ('"Doe, Jane" <Jane@X.com>, Bob <bob@y.org>', [("Doe, Jane", "Jane@x.com"), ("Bob", "bob@y.org")]),
        ("=?utf-8?Q?=D0=96?= <z@x.com>", [("Ж", "z@x.com")]),
        ("Team: a@x.com, b@x.com;, c@x.com", [("", "a@x.com"), ("", "b@x.com"), ("", "c@x.com")]),
        ("undisclosed-recipients:;", []),
        ("'jane@x.com' <jane@x.com>", [("", "jane@x.com")]),
        ("Jane jane@x.com [mailto:jane@x.com]", [("", "jane@x.com")]),
        ("info@xn--80akhbyknj4f.com", [("", "info@испытание.com")]),
        ("a@x.com, A@X.COM", [("", "a@x.com")]),
        ("nobody", []),
        ("<@>, <a@>, @b, ,,;", []),
    ],
)
def test_addresses_are_found_however_they_were_written(value: str, found: list[tuple[str, str]]) -> None:
    assert [(each.name, each.email.value) for each in addresses([value])] == found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("<a@x>", ("a@x",)),
        ("<a@x> <b@y>\n <a@x>", ("a@x", "b@y")),
        ("Your message of Monday <a@x>", ("a@x",)),
        ("<a\n @x>", ("a@x",)),
        ("a@x", ("a@x",)),
        ("nothing here", ()),
        ("<>", ()),
    ],
)
def test_ids_are_told_from_the_words_around_them(value: str, found: tuple[str, ...]) -> None:
    assert ids(value) == found


def test_an_id_without_end_gets_a_short_name() -> None:
    (found,) = ids(f"<{'a' * 5000}@x>")
    assert len(found) < 60
    assert ids(f"<{'a' * 5000}@x>") == (found,)


@pytest.mark.parametrize(
    ("value", "at"),
    [
        ("Sat, 14 Nov 2026 10:00:00 +0200", SAID),
        ("14 Nov 2026 08:00:00", SAID),
        ("Sat, 14 Nov 2026 00:00:00 -0800 (PST)", SAID),
        ("Thu, 01 Jan 1970 00:00:00 +0000", None),
        ("yesterday", None),
        ("", None),
        ("Sat, 99 Nov 2026 10:00:00 +0200", None),
        ("Fri, 31 Dec 9999 23:59:59 -2300", None),
    ],
)
def test_a_date_is_read_or_there_is_none(value: str, at: datetime | None) -> None:
    assert moment(value) == at


# -- dates of messages


def test_a_message_without_a_date_is_dated_by_the_nearest_server_then_by_its_box() -> None:
    received = (
        "Received: from a by b; Sat, 14 Nov 2026 10:00:00 +0200\nReceived: x; Fri, 13 Nov 2026 10:00:00 +0200\n\n"
    )
    assert read_message(received.encode()).at == SAID
    assert read_message(b"Subject: x\n\n", SAID).at == SAID
    assert read_message(b"Subject: x\n\n").at is None


def test_a_date_that_lies_ahead_is_not_believed() -> None:
    text = b"Date: Sat, 14 Nov 2099 10:00:00 +0200\nReceived: by b; Sat, 14 Nov 2026 10:00:00 +0200\n\n"
    assert read_message(text, None, datetime(2026, 11, 22, tzinfo=UTC)).at == SAID


# -- text


def test_the_plain_alternative_is_kept() -> None:
    found = message(
        'Content-Type: multipart/alternative; boundary="b"\n\n--b\nContent-Type: text/plain\n\nplain\n'
        "--b\nContent-Type: text/html\n\n<p>html</p>\n--b--\n"
    )
    assert (found.text, found.files) == ("plain", ())


def test_html_is_read_where_the_plain_alternative_says_nothing() -> None:
    found = message(
        'Content-Type: multipart/alternative; boundary="b"\n\n--b\nContent-Type: text/plain\n\n  \n'
        "--b\nContent-Type: text/html\n\n<p>html</p>\n--b--\n"
    )
    assert found.text == "html"


@pytest.mark.parametrize(
    ("charset", "encoded", "text"),
    [
        ("utf-8", "Здравей".encode(), "Здравей"),
        ("windows-1251", "Здравей".encode("cp1251"), "Здравей"),
        ("us-ascii", "Здравей".encode(), "Здравей"),
        ("iso-8859-1", "“smart”".encode("cp1252"), "“smart”"),
        ("gb2312", "镕".encode("gb18030"), "镕"),
        ("no-such-thing", "Łódź".encode(), "Łódź"),
        ("utf-8", "Müller schöne Grüße".encode("cp1252"), "Müller schöne Grüße"),
        ("base64", b"plain", "plain"),
        ("unicode_escape", rb"\u0041", r"\u0041"),
    ],
)
def test_text_is_decoded_by_what_it_is_not_by_what_it_says(charset: str, encoded: bytes, text: str) -> None:
    head = f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n\n".encode()
    assert message(head + encoded).text == text


def test_controls_in_a_text_are_made_visible() -> None:
    assert message(b"\nred \x1b[31m\x00 tab\there").text == "red ␛[31m tab\there"
    assert harmless("a\ud800b\r\nc\rd") == "a\ufffdb\nc\nd"


def test_a_very_long_text_is_cut_with_a_remark() -> None:
    text = message("\n" + "word " * 300_000).text
    assert len(text) == 1_000_000
    assert text.endswith("[… cut: the message has 1,499,999 characters]")


def test_flowed_lines_become_paragraphs() -> None:
    text = "one \ntwo\n> quoted \n> more\n>> deeper \n-- \nJane \nDoe"
    assert unflowed(text, delete_space=False) == "one two\n> quoted more\n>> deeper \n-- \nJane Doe"
    assert unflowed("да \nма", delete_space=True) == "дама"
    assert message("Content-Type: text/plain; format=flowed\n\none \ntwo\n").text == "one two"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Dear <b>Jane</b>,</p><p>see <a href='https://a.example/x'>this</a></p>",
         "Dear Jane,\n\nsee this <https://a.example/x>"),
        ("a<br>b<br><br>c", "a\nb\n\nc"),
        ("<ul><li>one<li>two</ul>", "- one\n- two"),
        ("<style>p{}</style><script>alert(1)</script>seen<title>no</title>", "seen"),
        ("<blockquote>theirs<blockquote>older</blockquote></blockquote>mine", "> theirs\n\n> > older\n\nmine"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a  b\nc"),
        ("<pre>x\n  y</pre>", "x\n  y"),
        ("&lt;b&gt; &amp; &#1046;", "<b> & Ж"),
        ("<a href='https://a.example'>https://a.example</a>", "https://a.example"),
        ("<a href='javascript:alert(1)'>x</a>", "x"),
        ("<img alt='logo' src='x'>", "logo"),
        ("</p></div></blockquote>x", "x"),
        ("<![if mso]>office<![endif]> x", "office x"),
    ],
)  # fmt: skip
def test_html_becomes_text_that_reads_well(html: str, text: str) -> None:
    assert text_of(html) == text


@given(st.text(st.sampled_from("<>/!-[]&;ab =\"'\n\0"), max_size=200))
def test_any_html_is_some_text(html: str) -> None:
    assert isinstance(text_of(html), str)


# -- attachments


@pytest.mark.parametrize(
    ("headers", "listed"),
    [
        ('Content-Disposition: attachment; filename="offer.pdf"', "offer.pdf (6 B)"),
        ("Content-Disposition: attachment; filename*=utf-8''%D0%BE%D1%84%D0%B5%D1%80%D1%82%D0%B0.pdf", "оферта.pdf (6 B)"),
        ('Content-Disposition: attachment; filename="=?utf-8?B?0L7RhNC10YDRgtCwLnBkZg==?="', "оферта.pdf (6 B)"),
        ('Content-Disposition: attachment; filename*0="off"; filename*1="er.pdf"', "offer.pdf (6 B)"),
        ('Content-Disposition: attachment; filename="../../etc/passwd"', "passwd (6 B)"),
        ('Content-Disposition: attachment; filename="C:\\\\windows\\\\evil.exe"', "evil.exe (6 B)"),
        ("Content-Disposition: attachment; filename*=no-such''%FF.pdf", "ÿ.pdf (6 B)"),
        ('Content-Disposition: attachment; filename=".."', "unnamed application/pdf (6 B)"),
        ("", "unnamed application/pdf (6 B)"),
        ('Content-Disposition: attachment; filename="a\x1b[2J.pdf"', "a␛[2J.pdf (6 B)"),
    ],
)  # fmt: skip
def test_an_attachment_is_listed_by_name_and_size(headers: str, listed: str) -> None:
    found = message(
        'Content-Type: multipart/mixed; boundary="b"\n\n--b\n\ntext\n--b\nContent-Type: application/pdf\n'
        f"Content-Transfer-Encoding: base64\n{headers}\n\nAAAA\nAAAA\n--b--\n"
    )
    assert (found.text, list(map(str, found.files))) == ("text", [listed])


def test_sizes_are_reckoned_as_they_are_decoded() -> None:
    import base64

    for size in (0, 1, 2, 3, 1000, 12_345, 2_500_000):
        body = base64.encodebytes(b"x" * size).decode()
        found = message(
            'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: a/b; name=f\n'
            f"Content-Transfer-Encoding: base64\n\n{body}\n--b--\n"
        )
        assert [each.size for each in found.files] == [size]
    assert str(found.files[0]) == "f (2.5 MB)"


def test_a_forwarded_message_is_listed_by_its_subject() -> None:
    found = message(
        'Content-Type: multipart/mixed; boundary="b"\n\n--b\n\nsee below\n--b\nContent-Type: message/rfc822\n\n'
        "Subject: old/news\nFrom: x@y.z\n\ninner text\n--b--\n"
    )
    assert found.text == "see below"
    assert list(map(str, found.files)) == ["old-news.eml (10 B)"]


# -- who wrote it

REPORT = """Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b

Sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.acme.com

Final-Recipient: rfc822; gone@client.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}

--b
Content-Type: {copy}

Message-ID: <m1@acme.com>
To: gone@client.example
Subject: hello

--b--
"""
ROBOT = "From: MAILER-DAEMON@mx.acme.com\nTo: me@acme.com\nDate: Sat, 14 Nov 2026 10:00:00 +0200\n"


@pytest.mark.parametrize(
    ("action", "status", "said", "outcome"),
    [
        ("failed", "5.1.1", "550 5.1.1 <gone@client.example> no such user", "bounced: 550 5.1.1 <gone@client.example> no such user"),
        ("failed", "5.0.0", "user unknown", "bounced: 5.0.0 user unknown"),
        ("Failed (permanent)", "5.2.2", "", "bounced: 5.2.2"),
        ("delayed", "4.4.1", "no answer", "delayed: 4.4.1 no answer"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("copy", ["message/rfc822", "text/rfc822-headers"])
def test_a_report_tells_whom_the_message_did_not_reach(
    action: str, status: str, said: str, outcome: str, copy: str
) -> None:
    found = message(REPORT.format(action=action, status=status, said=said, copy=copy), ROBOT)
    assert found.failure is not None
    assert found.failure.outcome == outcome
    assert [email.value for email in found.failure.recipients] == ["gone@client.example"]
    assert found.failure.original == "m1@acme.com"
    assert found.links == ("m1@acme.com",)
    assert not found.auto_reply


def test_a_report_of_success_is_no_bounce() -> None:
    text = REPORT.format(action="delivered", status="2.0.0", said="250 ok", copy="message/rfc822")
    assert message(text, ROBOT).failure is None


def test_the_bounce_of_a_program_that_knows_no_standard() -> None:
    found = message(
        "Subject: failure notice\nReturn-Path: <>\n\nHi. This is the qmail-send program at mx.acme.com.\n\n"
        "<gone@client.example>:\n550 5.1.1 no such user here\n\n--- Below this line is a copy of the message.\n\n"
        "Return-Path: <me@acme.com>\nMessage-ID: <m1@acme.com>\nTo: gone@client.example\nCc: other@client.example\n",
        ROBOT,
    )
    assert found.failure is not None
    assert found.failure.outcome == "bounced: 550 5.1.1 no such user here"
    assert [email.value for email in found.failure.recipients] == ["gone@client.example"]
    assert found.failure.original == "m1@acme.com"


def test_the_failed_recipients_of_a_header() -> None:
    found = message("X-Failed-Recipients: gone@client.example\nSubject: Mail delivery failed\n\nsorry", ROBOT)
    assert found.failure is not None
    assert [email.value for email in found.failure.recipients] == ["gone@client.example"]


def test_a_person_who_writes_about_failure_did_not_bounce() -> None:
    assert message("Subject: Undelivered goods\n\n550 boxes").failure is None


@pytest.mark.parametrize(
    "headers",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-replied (vacation); x=y",
        "X-Autoreply: yes",
        "X-Autoresponder: me",
        "Precedence: auto_reply",
        "X-Auto-Response-Suppress: All\nSubject: Automatic reply: offer",
        "X-Auto-Response-Suppress: All\nSubject: =?utf-8?Q?Abwesenheitsnotiz:_x?=",
        "Auto-Submitted: auto-generated\nSubject: Автоответ: отпуск",
        "Auto-Submitted: auto-generated\nSubject: Автоматичен отговор: оферта",
        "Precedence: bulk\nSubject: Réponse automatique : bonjour",
        "Return-Path: <>\nSubject: Out of Office",
        "Subject: Automatic reply: offer",
        "Subject: Out of Office AutoReply: offer",
        "Subject: =?utf-8?Q?Abwesenheitsnotiz:_Angebot?=",
        "Subject: Automatische Antwort: Angebot",
        "Subject: Réponse automatique : offre",
        "Subject: Respuesta automática: oferta",
        "Subject: Odpowiedź automatyczna: oferta",
        "Subject: Автоматический ответ: предложение",
        "Subject: Автоматичен отговор: оферта",
        "In-Reply-To: <a@x>\nSubject: Out of office: back on Monday",
        "In-Reply-To: <a@x>\nSubject: Abwesenheit",
        "In-Reply-To: <a@x>\nSubject: Im Urlaub – bis Montag",
        "References: <a@x>\nSubject: Absent du bureau",
        "In-Reply-To: <a@x>\nSubject: Fuera de la oficina",
        "In-Reply-To: <a@x>\nSubject: Nieobecność: urlop",
        "In-Reply-To: <a@x>\nSubject: Вне офиса",
        "In-Reply-To: <a@x>\nSubject: Извън офиса: до понеделник",
    ],
)
def test_automatic_answers_are_told_apart(headers: str) -> None:
    assert message(f"{headers}\n\nI am away").auto_reply


@pytest.mark.parametrize(
    "headers",
    [
        "Auto-Submitted: no",
        "Auto-Submitted: auto-generated\nSubject: invoice 12",
        "X-Autoreply: no",
        "Precedence: bulk\nSubject: news",
        "X-Auto-Response-Suppress: OOF\nSubject: Meeting",
        "Subject: Out of office supplies",
        "In-Reply-To: <a@x>\nSubject: Out of office supplies",
        "Subject: Out of office: Friday",
        "Subject: Abwesenheitsnotiz einrichten",
        "Subject: Re: Abwesenheitsnotiz: Angebot",
        "In-Reply-To: <a@x>\nSubject: Re: Absence",
        "Subject: Отсутствие",
        "Return-Path: <>\nSubject: Re: Automatic reply: offer",
    ],
)
def test_what_people_write_is_no_automatic_answer(headers: str) -> None:
    assert not message(f"{headers}\n\nhello").auto_reply


def test_a_list_is_noted() -> None:
    assert message("List-Id: Developers <dev.lists.acme.com>\n\nhello").list_id == "dev.lists.acme.com"


# -- ids


def test_a_message_without_an_id_gets_the_same_one_in_every_box() -> None:
    one = read_message(f"{HEAD}Status: RO\nX-UID: 7\n\nhello\n".encode())
    other = read_message(f"X-Mozilla-Status: 1\n{HEAD}\nhello\n\n".replace("\n", "\r\n").encode())
    assert one.id.endswith("@no-message-id")
    assert message("\nhello").id == one.id == read_message(f"{HEAD}\nhello\n".encode()).id
    assert message("\nhello!").id != one.id
    assert other.id == one.id


def test_an_address_is_not_taken_for_the_id_of_a_message() -> None:
    found = message("In-Reply-To: message of jane <jane@client.example>\nReferences: <a@x>\n\n")
    assert found.links == ("a@x",)


# -- anything


@given(st.binary(max_size=2000))
def test_any_bytes_are_a_message_or_an_error_of_ours(content: bytes) -> None:
    try:
        found = read_message(content)
    except CrmError:
        return
    assert found.id
    "".join((found.subject, found.text, *found.links, *map(str, found.files))).encode()


_LINES = st.sampled_from([
    b"Content-Type: multipart/mixed; boundary=b", b"Content-Type: multipart/report; report-type=delivery-status; boundary=b",
    b"Content-Type: text/html; charset=\xff", b"Content-Type: message/rfc822", b"Content-Type: message/delivery-status",
    b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: x-uuencode", b"--b", b"--b--", b"", b"", b"",
    b"Content-Disposition: attachment; filename*0*=utf-8''a; filename*1=b", b"Content-Type: text/plain; charset*=x'y'z",
    b"From: =?utf-8?B?4?= <a@b.c>", b"From: \"", b"Date: 31 Feb 2026", b"Message-ID: <\xff@x>", b"Subject: =?utf-7?Q?+?=",
    b"Action: failed", b"Final-Recipient: x", b"begin 644 x", b"end", b"\x00\xff", b"Content-Type: multipart/alternative",
    b"Auto-Submitted: \xd0", b"X-Failed-Recipients: a@b.c, \xff", b"Received: ;;", b"In-Reply-To: <<>>", b" folded",
])  # fmt: skip


@given(st.lists(_LINES, max_size=40))
def test_any_broken_structure_is_a_message_or_an_error_of_ours(lines: list[bytes]) -> None:
    try:
        found = read_message(b"\n".join(lines))
    except CrmError:
        return
    "".join((found.subject, found.text, *map(str, found.files))).encode()


def test_parts_within_parts_without_end_are_an_error_of_ours() -> None:
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3000))
    with pytest.raises(BadValue, match="can't be read"):
        read_message(deep)


@pytest.mark.parametrize(
    "piece",
    [
        "<b>x</b>",
        "<a href='https://a.example'>x",
        "<blockquote>",
        "<td>x",
        "x&amp;",
        "<pre>\n",
        "<!--",
        "<![x",
        "<x ",
        "<a b='",
        "<![CDATA[>",
    ],
)
def test_a_page_without_end_is_read_in_good_time(piece: str) -> None:
    """In a time that grows with its length, not with the square of it."""
    assert isinstance(text_of(piece * 50_000), str)


@given(
    st.binary(max_size=200), st.sampled_from(["utf-8", "utf-7", "utf-16", "hz", "idna", "rot13", "x\0y", "cp037", None])
)
def test_any_bytes_in_any_charset_are_some_text(content: bytes, charset: str | None) -> None:
    harmless(decoded(content, charset)).encode()


def test_the_nasty_messages_of_the_standard_library_are_all_read(shared: Path) -> None:
    files = sorted((shared / "mail").glob("msg_*.txt"))
    found = [read_message(file.read_bytes()) for file in files]
    assert len(found) == 48
    assert len([each for each in found if each.sender]) == 39
    assert len([each for each in found if each.at]) == 30
    assert [f.name for f, each in zip(files, found, strict=True) if each.failure] == [
        "msg_16.txt",
        "msg_25.txt",
        "msg_43.txt",
    ]
    assert sum(len(each.files) for each in found) == 33


# -- boxes

BOX = b"""From jane@client.example Sat Nov 14 10:00:00 2026
From: jane@client.example
Subject: one

>From here on
>>From there
From the beginning it was not a separator.
From me@acme.com Sat Nov 14 10:00:00 2026 quoted without a header below

From - Sat Nov 14 08:00:00 2026
Subject: two
Content-Length: 99999

body

From 1234567890@xxx Sat Nov 14 08:00:00 +0000 2026
Subject: three

From nobody
Subject: four

end
"""


def subjects(origin: Path | io.BytesIO) -> list[str]:
    """The subjects in a box."""
    return [read_message(raw.content).subject for raw in open_box(origin).messages()]


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_an_mbox_is_taken_apart_where_messages_begin(tmp_path: Path, ends: bytes) -> None:
    path = tmp_path / "x.mbox"
    path.write_bytes(BOX.replace(b"\n", ends))
    first, second, third, fourth = open_box(path).messages()
    assert [first.place, fourth.place] == [f"{path}, message 1", f"{path}, message 4"]
    assert read_message(first.content).text.splitlines()[:3] == [
        "From here on",
        ">From there",
        "From the beginning it was not a separator.",
    ]
    assert (second.arrived, third.arrived, fourth.arrived) == (SAID, SAID, None)
    assert subjects(path) == ["one", "two", "three", "four"]


def test_the_same_box_packed_or_piped_holds_the_same_messages(tmp_path: Path) -> None:
    wanted = ["one", "two", "three", "four"]
    (tmp_path / "x.mbox.gz").write_bytes(gzip.compress(BOX))
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("Takeout/Mail/all.mbox", BOX)
        archive.writestr("single.eml", f"{HEAD}Subject: single\n\n")
    assert subjects(io.BytesIO(BOX)) == wanted
    assert subjects(tmp_path / "x.mbox.gz") == wanted
    assert subjects(io.BytesIO(gzip.compress(BOX))) == wanted
    assert subjects(tmp_path / "x.zip") == [*wanted, "single"]


@given(
    st.lists(
        st.lists(
            st.sampled_from(["From you", ">From me", "text", "", "From a@b Sat Nov 14 10:00:00 2026"]), max_size=6
        ),
        min_size=1,
        max_size=5,
    )
)
def test_what_is_written_with_quotes_comes_back(bodies: list[list[str]]) -> None:
    """mboxrd: a quote mark more before each line that begins with From, after any quote marks."""
    written = b""
    for number, body in enumerate(bodies):
        quoted = [f">{line}" if line.lstrip(">").startswith("From ") else line for line in body]
        lines = ["From x@y Sat Nov 14 10:00:00 2026", f"Subject: {number}", "", *quoted, ""]
        written += ("\n".join(lines) + "\n").encode()
    found = [raw.content.decode() for raw in mbox.split(mbox.lines_of(io.BytesIO(written)), "x")]
    assert [text.partition("\n\n")[2].rstrip("\n") for text in found] == [
        "\n".join(body).rstrip("\n") for body in bodies
    ]


def test_a_message_beyond_measure_is_told_of_and_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mbox, "LARGEST", 1_000_000)
    path = tmp_path / "x.mbox"
    path.write_bytes(b"From a@b Sat Nov 14 10:00:00 2026\nSubject: big\n\n" + b"x" * 2_000_000 + b"\n\n" + BOX)
    big, *others = open_box(path).messages()
    assert (big.content, big.fault) == (b"", "is larger than 1 MB")
    assert len(others) == 4


def test_a_maildir_is_read_in_the_order_of_arrival_and_left_as_it_is(tmp_path: Path) -> None:
    for folder in ("cur", "new", "tmp"):
        (tmp_path / folder).mkdir()
    (tmp_path / "new" / "1794643300.M1.host").write_bytes(b"Subject: later\n\n")
    (tmp_path / "cur" / "1794643200.M2.host:2,S").write_bytes(b"Subject: earlier\n\n")
    (tmp_path / "cur" / ".hidden").write_bytes(b"x")
    (tmp_path / "tmp" / "1794643100.M3.host").write_bytes(b"Subject: not delivered\n\n")
    before = sorted(path.name for path in tmp_path.rglob("*"))
    found = list(open_box(tmp_path).messages())
    assert [read_message(raw.content).subject for raw in found] == ["earlier", "later"]
    assert found[0].arrived == SAID
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


def test_a_message_that_moved_while_a_maildir_is_read_is_found(tmp_path: Path) -> None:
    (tmp_path / "cur").mkdir()
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "1794643200.M1.host").write_bytes(b"Subject: moved\n\n")
    box = open_box(tmp_path)
    (tmp_path / "new" / "1794643200.M1.host").rename(tmp_path / "cur" / "1794643200.M1.host:2,S")
    assert [read_message(raw.content).subject for raw in box.messages()] == ["moved"]


def test_a_folder_of_single_messages(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "b.eml").write_bytes(b"\xef\xbb\xbfSubject: b\r\n\r\n")
    (tmp_path / "deep" / "a.EML").write_bytes(b"\n\nSubject: a\n\n")
    (tmp_path / "note.txt").write_bytes(b"no mail")
    (tmp_path / "c.eml").write_bytes(b"no mail either")
    found = list(open_box(tmp_path).messages())
    assert [(raw.place.rpartition("/")[2], raw.fault) for raw in found] == [
        ("b.eml", ""), ("c.eml", "is no mail"), ("a.EML", ""),
    ]  # fmt: skip
    assert subjects(tmp_path)[0] == "b"


@pytest.mark.parametrize("folder", ["cur", "new", "mails"])
def test_a_folder_in_which_nothing_is_named_as_mail_is_read_by_how_its_files_begin(tmp_path: Path, folder: str) -> None:
    """A part of a Maildir too, whose names tell when the messages came."""
    place = tmp_path / folder
    place.mkdir()
    (place / "1794643200.M1.host:2,S").write_bytes(b"Return-Path: <a@b.example>\r\nSubject: one\r\n\r\n")
    (place / "2.txt").write_bytes(b"\nX-Note: 1\n folded\nSubject: two\nno gap before the text\n")
    (place / "3").write_bytes(b"From a@b Sat Nov 14 10:00:00 2026\nSubject: three\n\n")
    (place / "4.vcf").write_bytes(b"BEGIN:VCARD\nFN:Jane\nEND:VCARD\n")
    (place / "notes.txt").write_bytes(b"Milk: two\n\nSubject: later\n")
    (place / "empty").touch()
    (place / ".DS_Store").write_bytes(b"Subject: hidden\n\n")
    box = open_box(place)
    found = list(box.messages())
    assert [read_message(raw.content).subject for raw in found] == ["one", "two", "three"]
    assert box.others == 3
    assert found[0].arrived == (None if folder == "mails" else SAID)


def test_a_maildir_without_what_was_seen_is_one(tmp_path: Path) -> None:
    for folder in ("new", "tmp"):
        (tmp_path / folder).mkdir()
    (tmp_path / "tmp" / "1794643100.M3.host").write_bytes(b"Subject: not delivered\n\n")
    (tmp_path / "new" / "1794643200.M1.host").write_bytes(b"Subject: there\n\n")
    assert subjects(tmp_path) == ["there"]


@pytest.mark.parametrize("seconds", [SAID.timestamp(), 0])
def test_a_message_comes_with_the_time_of_its_file(tmp_path: Path, seconds: float) -> None:
    """Not with the zero that some copies leave."""
    (tmp_path / "cur").mkdir()
    for path in (tmp_path / "x.eml", tmp_path / "cur" / "x"):
        path.write_bytes(b"Subject: x\n\n")
        os.utime(path, (seconds, seconds))
    filed = SAID if seconds else None
    assert [raw.filed for raw in open_box(tmp_path / "x.eml").messages()] == [filed]
    assert [raw.filed for raw in open_box(tmp_path).messages()] == [filed]


def test_what_is_no_mail_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"%PDF-1.4 nothing\n")
    with pytest.raises(UsageError, match="is no mail"):
        list(open_box(path).messages())
    with pytest.raises(UsageError, match="holds no mail"):
        open_box(tmp_path)
    (tmp_path / "x.vcf").write_bytes(b"BEGIN:VCARD\nFN:Jane\nEND:VCARD\n")
    with pytest.raises(UsageError, match="holds no mail"):
        open_box(tmp_path)
    with pytest.raises(NotFound):
        open_box(tmp_path / "missing")
    with pytest.raises(UsageError, match="is empty"):
        open_box(io.BytesIO())
    path.write_bytes(gzip.compress(BOX)[:-20])
    with pytest.raises(UsageError, match="cannot read"):
        list(open_box(path).messages())


def test_an_empty_mailbox_holds_no_messages(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert list(open_box(tmp_path / "empty").messages()) == []


@given(st.binary(max_size=500))
def test_any_bytes_are_a_box_or_an_error_of_ours(content: bytes) -> None:
    try:
        found = list(open_box(io.BytesIO(content)).messages())
    except CrmError:
        return
    assert all(raw.place.startswith("standard input") for raw in found)


# -- servers


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("INBOX", "INBOX"),
        ("Gesendet & mehr", "Gesendet &- mehr"),
        ("Отправленные", "&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-"),
    ],
)
def test_the_spelling_of_folders(name: str, spelled: str) -> None:
    assert utf7(name) == spelled
    assert from_utf7(spelled) == name


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30))
def test_any_folder_has_a_spelling(name: str) -> None:
    assert utf7(name).isascii()
    assert from_utf7(utf7(name)) == name


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("imap://me@mail.acme.com/INBOX", ("mail.acme.com", 993, "tls", "me", "INBOX")),
        ("imaps://me@acme.com@mail.acme.com", ("mail.acme.com", 993, "tls", "me@acme.com", "INBOX")),
        (
            "imap://me%40acme.com@mail.acme.com:1993/%D0%96/a%20b",
            ("mail.acme.com", 1993, "tls", "me@acme.com", "Ж/a b"),
        ),
        ("imap+starttls://me@h.example/Sent", ("h.example", 143, "starttls", "me", "Sent")),
        ("imap+plain://me@localhost/", ("localhost", 143, "none", "me", "INBOX")),
    ],
)
def test_the_url_of_a_folder(url: str, server: tuple[str, int, str, str, str]) -> None:
    assert tuple(read_url(url)) == server


@pytest.mark.parametrize(
    "url",
    [
        "imap://me:secret@mail.acme.com/INBOX",
        "imap://mail.acme.com/INBOX",
        "imap://me@/INBOX",
        "imap+plain://me@mail.acme.com/INBOX",
        "imap://me@mail.acme.com:port/INBOX",
        "imap://me@mail.acme.com/a%0d%0aLOGOUT",
    ],
)
def test_a_url_that_is_incomplete_or_unsafe_is_refused(url: str) -> None:
    with pytest.raises(UsageError) as raised:
        read_url(url)
    assert "secret" not in f"{raised.value.message} {raised.value.hint}"


# -- threads


@given(st.permutations(range(7)))
def test_a_conversation_is_one_thread_in_whatever_order_it_comes(order: list[int]) -> None:
    answers = {0: None, 1: 0, 2: 1, 3: 1, 4: 2, 5: 4, 6: 0}
    threads = Threads()
    for number in order:
        answered = answers[number]
        threads.join([*([] if answered is None else [str(answered)]), str(number)])
    assert {threads.of(str(number)) for number in order} == {"0"}


def test_a_thread_that_is_kept_gives_its_name() -> None:
    threads = Threads()
    assert threads.join(["new", "old"], kept={"old"}) == "old"
    assert threads.of("new") == "old"
