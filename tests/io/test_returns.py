"""What came back, from bytes: bounces of every kind of server, complaints, machines, people, and those who leave."""

from __future__ import annotations

from base64 import encodebytes
from contextlib import suppress
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.domain.bounces import is_about_recipient, is_hard
from crmcli.domain.leaving import asks_to_leave
from crmcli.domain.return_addresses import message_id, return_path, unsubscribe_address
from crmcli.errors import BadValue
from crmcli.io.mail.returns import may_be_return, read_return

UID = "ms_01M8116AF7S2WJ9FQCPSQZ10Q5"
TOKEN = "5b30a821cc0b9a76d4e1c081"
ID = message_id(UID, "acme.com")
RETURN = return_path("news@acme.com", TOKEN)
LEAVE = unsubscribe_address("news@acme.com", TOKEN)
COPY = f"Return-Path: <{RETURN}>\nMessage-ID: {ID}\nTo: jane@x.com\nSubject: Hello\n\nhi\n"


class Case(NamedTuple):
    """A mail in which only the headers given matter, and what it is read as."""

    headers: str
    body: str
    kind: str
    is_hard: bool = False
    named: tuple[str, ...] = ("jane@x.com",)


def report(status: str, diagnostic: str, copy: str = COPY, *, action: str = "failed", encoding: str = "7bit") -> str:
    """The body of a report on delivery as RFC 3464 has it."""
    block = f"Reporting-MTA: dns; mx.x.com\n\nFinal-Recipient: rfc822; jane@x.com\nAction: {action}\nStatus: {status}\n"
    block += f"Diagnostic-Code: smtp; {diagnostic}\n"
    if encoding == "base64":
        block, copy = (encodebytes(text.encode()).decode() for text in (block, copy))
    return (
        "--B\nContent-Type: text/plain\n\nThis is the mail system.\n"
        f"--B\nContent-Type: message/delivery-status\nContent-Transfer-Encoding: {encoding}\n\n{block}\n"
        f"--B\nContent-Type: message/rfc822\nContent-Transfer-Encoding: {encoding}\n\n{copy}\n--B--\n"
    )


REPORT = 'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\nMIME-Version: 1.0\n'
POSTFIX = f"From: MAILER-DAEMON@mx.acme.com\nReturn-Path: <>\nAuto-Submitted: auto-replied\n{REPORT}"
FEEDBACK = 'From: staff@isp.com\nContent-Type: multipart/report; report-type=feedback-report; boundary="B"\n'
EXCHANGE_TEXT = (
    "Your message did not reach some or all of the intended recipients.\n\n   Subject: Hello\n   Sent: 21.11.2026\n\n"
    "The following recipient(s) could not be reached:\n\n   jane@x.com on 21.11.2026\n"
    "   The e-mail account does not exist at the organization this message was sent to.\n   <mail.x.com #5.1.1>\n"
)
QMAIL = (
    "Hi. This is the qmail-send program at x.com.\nI'm afraid I wasn't able to deliver your message to the following"
    " addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<jane@x.com>:\n"
    "{}\n\n--- Below this line is a copy of the message.\n\n" + COPY
)
EXIM = (
    "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to"
    " one or more of its recipients. This is a permanent error. The following address(es) failed:\n\n  jane@x.com\n    {}\n\n"
    "------ This is a copy of the message, including all the headers. ------\n\n" + COPY
)
CASES = {
    "postfix": Case(POSTFIX, report("5.1.1", "550 5.1.1 <jane@x.com>: user unknown"), "bounce", is_hard=True),
    "full": Case(POSTFIX, report("5.2.2", "552 5.2.2 over quota"), "bounce"),
    "expired": Case(POSTFIX, report("4.4.1", "connect to mx.x.com[10.1.1.1]:25: timed out"), "bounce"),
    "generic": Case(POSTFIX, report("5.0.0", "452 4.2.2 The email account is over quota"), "bounce"),
    "blocked": Case(POSTFIX, report("5.7.1", "554 5.7.1 blocked using spamhaus"), "bounce"),
    "delayed": Case(POSTFIX, report("4.4.1", "timed out", action="delayed"), "other", named=()),
    "base64": Case(POSTFIX, report("5.1.1", "550 5.1.1 unknown", encoding="base64"), "bounce", is_hard=True),
    "gmail": Case(
        f"From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\nX-Failed-Recipients: jane@x.com\n{REPORT}",
        report("5.1.1", "550-5.1.1 The email account that you tried to reach does not exist. gsmtp"), "bounce", is_hard=True,
    ),
    "nested": Case(
        'From: postmaster@acme.com\nSubject: Fwd: Undelivered\nContent-Type: multipart/mixed; boundary="A"\n',
        f"--A\nContent-Type: text/plain\n\nsee below\n--A\nContent-Type: message/rfc822\n\n{POSTFIX}\n"
        + report("5.1.1", "550 5.1.1 no such user") + "\n--A--\n", "bounce", is_hard=True,
    ),
    "qmail": Case(
        "From: MAILER-DAEMON@x.com\nSubject: failure notice\n", QMAIL.format("Sorry, no mailbox here by that name. (#5.1.1)"),
        "bounce", is_hard=True,
    ),
    "qmail full": Case(
        "From: MAILER-DAEMON@x.com\nSubject: failure notice\n", QMAIL.format("user is over quota"), "bounce",
    ),
    "exim": Case(
        "From: Mail Delivery System <Mailer-Daemon@x.com>\nX-Failed-Recipients: jane@x.com\n"
        "Subject: Mail delivery failed: returning message to sender\n",
        EXIM.format("550 unrouteable address"), "bounce", is_hard=True,
    ),
    "exchange": Case(
        f"From: System Administrator <postmaster@x.com>\nTo: {RETURN}\nSubject: Undeliverable: Hello\n", EXCHANGE_TEXT,
        "bounce", is_hard=True,
    ),
    "german": Case(
        f"From: postmaster@x.de\nTo: {RETURN}\nSubject: Unzustellbar: Hallo\n",
        "Diese E-Mail-Adresse wurde nicht gefunden: jane@x.com\n", "bounce", is_hard=True,
    ),
    "russian": Case(
        f"From: mailer-daemon@yandex.ru\nTo: {RETURN}\nSubject: =?utf-8?B?0J3QtdC00L7RgdGC0LDQstC70LXQvdC90L7QtQ==?=\n",
        "Почтовый ящик получателя jane@x.com переполнен.\n", "bounce",
    ),
    "chinese": Case(
        f"From: PostMaster@qq.com\nTo: {RETURN}\nSubject: =?utf-8?B?6YCA5L+h?=\n", "jane@x.com 邮箱不存在\n", "bounce", is_hard=True,
    ),
    "nobody": Case(
        f"Return-Path: <>\nFrom: x@x.com\nX-Original-To: {RETURN}\nSubject: ?\n", "550 5.1.1 jane@x.com unknown\n", "bounce",
        is_hard=True,
    ),
    "complaint": Case(
        FEEDBACK, "--B\nContent-Type: text/plain\n\nabuse\n--B\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n"
        f"Original-Rcpt-To: jane@x.com\n\n--B\nContent-Type: message/rfc822\n\n{COPY}\n--B--\n", "complaint",
    ),
    "complaint by headers": Case(
        FEEDBACK, "--B\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nOriginal-Rcpt-To: <jane@x.com>\n\n"
        f"--B\nContent-Type: text/rfc822-headers\n\nMessage-ID: {ID}\nReturn-Path: <{RETURN}>\n--B--\n", "complaint",
    ),
    "arrived": Case(
        f"From: MAILER-DAEMON@x.com\nTo: {RETURN}\n{REPORT}", report("2.0.0", "250 taken", action="relayed"), "other", named=(),
    ),
    "not spam": Case(
        FEEDBACK, "--B\nContent-Type: message/feedback-report\n\nFeedback-Type: not-spam\n\n--B--\n", "other", named=(),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(CASES))
@pytest.mark.parametrize("eol", ["\n", "\r\n"])
def test_what_servers_send_back(name: str, eol: str) -> None:
    """Every server's way of saying it is read as the same, with the message that it is about."""
    case = CASES[name]
    told = read_return(f"{case.headers}\n{case.body}".replace("\n", eol).encode())
    assert (case.kind, case.is_hard) == (told.kind, told.is_hard)
    assert case.kind == "other" or TOKEN in told.tokens or UID in told.uids
    assert set(case.named) <= set(told.addresses)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("qmail", "Sorry, no mailbox here by that name. (#5.1.1)"), ("exchange", "<mail.x.com #5.1.1>"),
        ("exim", "550 unrouteable address"),
    ],
)  # fmt: skip
def test_why_is_in_the_servers_words(name: str, said: str) -> None:
    """Also where the number stands at their end."""
    case = CASES[name]
    assert said == read_return(f"{case.headers}\n{case.body}".encode()).reason


RECEIPT = "Content-Type: multipart/report; report-type=disposition-notification; boundary=B\n"
PEOPLE = {
    "reply": (f"From: Jane <jane@x.com>\nIn-Reply-To: {ID}\nSubject: Re: Hello\n", "Yes, call me.", "reply"),
    "references": (f"From: jane@x.com\nReferences: <a@b> {ID} <c@d>\n", "Again", "reply"),
    "away": (f"From: jane@x.com\nIn-Reply-To: {ID}\nAuto-Submitted: auto-replied\n", "I am away", "auto_reply"),
    "away, German": (f"From: jane@x.com\nIn-Reply-To: {ID}\nSubject: Abwesenheitsnotiz: Hello\n", "weg", "auto_reply"),
    "away, Polish": (f"From: jane@x.com\nTo: {RETURN}\nSubject: Odpowiedź automatyczna: Hello\n", "x", "auto_reply"),
    **{
        f"away, {subject}": (f"From: jane@x.com\nIn-Reply-To: {ID}\nSubject: {subject}: Hello\n", "x", "auto_reply")
        for subject in (
            "Automatiskt svar", "Automatisk svar", "Automaattinen vastaus", "Automatická odpověď", "Răspuns automat",
            "Automatikus válasz", "Otomatik Yanıt", "Αυτόματη απάντηση", "رد تلقائي", "תשובה אוטומטית", "自动回复",
            "自動応答", "자동 회신", "Automatski odgovor", "Автоматична відповідь", "Автоматический ответ",
        )
    },
    "away, to nobody": (f"Return-Path: <>\nFrom: jane@x.com\nTo: {RETURN}\nX-Autoreply: yes\n", "x", "auto_reply"),
    "asks for a proof": (f"Return-Path: <>\nFrom: jane@x.com\nTo: {RETURN}\nSubject: Please confirm\n", "click", "auto_reply"),
    "receipt": (
        f"From: jane@x.com\nReferences: {ID}\n{RECEIPT}", "--B\n\nread\n--B--\n", "auto_reply",
    ),
    "leaves": (f"From: jane@x.com\nTo: {LEAVE}\nSubject: unsubscribe\n", "", "unsubscribe"),
    "leaves, folded": (f"From: jane@x.com\nDelivered-To: {LEAVE.upper()}\nTo: list@acme.com\n", "sent by a program", "unsubscribe"),
    "leaves by answering": (f"From: jane@x.com\nIn-Reply-To: {ID}\nSubject: Re: Hello\n", "Please unsubscribe me!\n\n> hi", "unsubscribe"),
    "leaves by subject": ("From: jane@x.com\nTo: news@acme.com\nSubject: UNSUBSCRIBE\n", "", "unsubscribe"),
    "stays": (f"From: jane@x.com\nIn-Reply-To: {ID}\nSubject: Re: Hello\n", "Where can I unsubscribe from paper?", "reply"),
    "quotes": (f"From: jane@x.com\nIn-Reply-To: {ID}\nSubject: Re: Hello\n", "> unsubscribe\nThanks, but why?", "reply"),
    "stranger": ("From: zed@x.com\nTo: news@acme.com\nSubject: hi\n", "there", "other"),
    "odd id": ("From: zed@x.com\nIn-Reply-To: <ms_99@acme.com>\nSubject: hi\n", "there", "other"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(PEOPLE))
def test_what_people_and_their_machines_send(name: str) -> None:
    """An answer, a machine's answer, a farewell, or nothing of ours; the headers alone say what to fetch."""
    headers, body, kind = PEOPLE[name]
    told = read_return(f"{headers}\n{body}".encode())
    assert kind == told.kind
    assert may_be_return(f"{headers}\n".encode()) is (kind != "other")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00\x01",
        b"From: x\n\n" + bytes(range(256)) * 50,
        POSTFIX.encode() + b"\n--B\nContent-Type: message/delivery-status\n\n\xff\xe9Final-Recipient\n--B\n",
        b"Content-Type: multipart/report; boundary=\n\n--\n",
        b"Content-Type: multipart/report; report-type==?utf-8?b?###?=; boundary=B\n\n--B",
    ],
)
def test_junk_is_nothing(content: bytes) -> None:
    """What is no mail, or broken in every way, is nothing that came back."""
    assert "other" == read_return(content).kind


@given(st.binary(max_size=400))
def test_no_bytes_break_it(junk: bytes) -> None:
    """Whatever stands in a report, there is an answer or a refusal in words."""
    content = POSTFIX.encode() + b"\n--B\nContent-Type: message/delivery-status\n\n" + junk + b"\n--B--\n"
    with suppress(BadValue):  # which says why
        assert read_return(content).kind in ("bounce", "other")


@pytest.mark.parametrize(
    ("said", "hard"),
    [
        ("550 5.1.1 user unknown", True), ("5.2.2 mailbox full", False), ("552 message size exceeds", False),
        ("550 5.4.1 Recipient address rejected: Access denied", True), ("5.4.7 message expired", False),
        ("550 5.7.1 Message rejected as spam", False), ("550 5.7.1 recipient not allowed", True), ("421 try again", False),
        ("550 No such user here", True), ("host 10.5.1.1 said nothing", None), ("version 5.1.2.3", None), ("", None),
        ("User unknown", True), ("Le compte n'existe pas", True), ("Postfach ist voll", False), ("Skrzynka jest pełna", False),
        ("пользователь не найден", True), ("メールボックスがいっぱいです", False), ("5.6.0 content rejected", False),
        ("550 5.1.8 Sender address rejected: Domain not found", False), ("550 5.7.606 Access denied, banned sending IP", False),
        ("550 sender verify failed", False), ("554 5.7.1 Relay access denied", False),
    ],
)  # fmt: skip
def test_whether_a_server_means_never(said: str, hard: bool | None) -> None:
    """Never, not now, or nothing that could be told."""
    assert hard is is_hard(said)


@pytest.mark.parametrize(
    ("said", "gone"),
    [
        ("550 5.1.1 no such user here", True), ("550 5.2.1 mailbox disabled", True), ("550 No such user here", True),
        ("550 5.1.2 bad", True), ("550 Requested action not taken: mailbox unavailable", True), ("550 5.7.1 not allowed", False),
        ("550 5.1.8 sender domain", False), ("552 5.2.2 over quota", False), ("550 relaying denied", False),
        ("550 no", False), ("451 4.1.1 later", False), ("550 5.1.1 blocked using spamhaus", False),
    ],
)  # fmt: skip
def test_whether_a_server_knows_nobody(said: str, gone: bool) -> None:
    """Only what says so speaks against an address; that the sender is not liked does not."""
    assert gone is is_about_recipient(said)


@pytest.mark.parametrize(
    ("subject", "text", "leaves"),
    [
        ("", "STOP", True), ("AW: Hallo", "Abmelden", True), ("Re: x", "Отпишете ме, моля", True), ("x", "退订", True),
        ("x", "Me désabonner svp", True), ("Re: Fwd: unsubscribe", "whatever", True), ("x", "إلغاء الاشتراك", True),
        ("x", "take me off the list", True), ("x", "Stop by any time", False), ("x", "Remove the second chapter", False),
        ("x", "I will unsubscribe if the price rises", False), ("", "", False), ("x", "unsubscribe " * 40, False),
    ],
)  # fmt: skip
def test_who_wants_to_leave(subject: str, text: str, leaves: bool) -> None:
    """Those who say no more than that, in whichever language."""
    assert leaves is asks_to_leave(subject, text)
