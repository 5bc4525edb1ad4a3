"""Mail on the timelines: who it is from and for, which conversation it is of, and that it comes once."""

from __future__ import annotations

import io
import os
from itertools import pairwise, permutations
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmcli.context import AppContext, Flags
from crmcli.errors import BadValue, NotFound
from crmcli.services.correspondence import Tally, Wish
from crmcli.services.records import Query
from tests.once import once

if TYPE_CHECKING:
    from pathlib import Path

ME = "me@acme.com"


def mail(
    name: str,
    sender: str = "jane@client.example",
    to: str = ME,
    *,
    links: str = "",
    subject: str = "",
    more: str = "",
    body: str = "text",
) -> str:
    """A message whose id begins with its name, and which answers those that ``links`` names."""
    answers = "".join(f" <{each}@x>" for each in links.split())
    return (
        f"Message-ID: <{name}@x>\nFrom: {sender}\nTo: {to}\nDate: Sat, 14 Nov 2026 10:00:00 +0000\n"
        f"Subject: {subject or name}\n{f'References:{answers}' if links else 'X-None: 1'}\n{more}\n{body}\n"
    )


def add(app: AppContext, nouns: str, raw: dict[str, Any]) -> None:
    """Add a record."""
    service = getattr(app, nouns)
    service.add(service.draft(raw))


def take(app: AppContext, *messages: str, **wish: Any) -> Tally:
    """Import these messages."""
    service, tally = app.correspondence, Tally()
    wanted = Wish((ME,), **wish)
    box = service.box(io.BytesIO("".join(f"From x Sat Nov 14 10:00:00 2026\n{each}\n" for each in messages).encode()))
    service.take(box, wanted, service.own_addresses(wanted), tally)
    return tally


def stored(app: AppContext) -> dict[str, Any]:
    """The stored messages by subject."""
    return {str(view.subject): view for view in app.activities.list(Query())}


def threads(app: AppContext) -> dict[str, str | None]:
    """The threads of the stored messages by subject."""
    return {subject: view.thread for subject, view in stored(app).items()}


@pytest.fixture
@once
def jane(app: AppContext) -> AppContext:
    """A store in which Jane of Client is known, by two addresses."""
    add(
        app, "contacts", {"name": "Jane", "emails": ["jane@client.example", "jd@home.example"], "companies": ["Client"]}
    )
    return app


# -- what a message becomes


def test_a_message_becomes_an_activity_with_all_that_it_says(jane: AppContext) -> None:
    tally = take(jane, mail("a", more="List-Id: <l.x.org>\n", subject="Оферта", body="първи\nвтори"))
    (view,) = stored(jane).values()
    assert (tally.read, tally.created) == (1, 1)
    assert (view.type, view.subject, view.body, view.status, view.direction) == (
        "email", "Оферта", "първи\nвтори", "done", "in",
    )  # fmt: skip
    assert (view.at.isoformat(), view.done_at) == ("2026-11-14T10:00:00+00:00", view.at)
    assert ([each.name for each in view.contacts], view.company.name) == (["Jane"], "Client")
    assert (view.external_id, view.thread, view.owner, view.outcome) == ("mail:a@x", "a@x", "maria", None)
    assert view.custom_fields == {"list": "l.x.org"}


def test_attachments_are_listed_a_line_each(jane: AppContext) -> None:
    body = '--b\n\nsee\n--b\nContent-Type: a/b; name="one.pdf"\n\nxx\n--b\nContent-Type: a/b; name="two.pdf"\n\nxxx\n--b--\n'
    take(jane, mail("a", more="Content-Type: multipart/mixed; boundary=b\n", body=body))
    (view,) = stored(jane).values()
    assert (view.body, view.attachments) == ("see", "one.pdf (2 B)\ntwo.pdf (3 B)")


def test_a_message_that_says_nothing_is_stored_all_the_same(jane: AppContext) -> None:
    text = "From: jane@client.example\nDate: Sat, 14 Nov 2026 10:00:00 +0000\n\n"
    assert take(jane, text).created == 1
    assert list(stored(jane)) == ["(no subject)"]
    assert take(jane, text).unchanged == 1


def test_the_longest_text_is_stored_and_found(jane: AppContext) -> None:
    take(jane, mail("a", body="needle " + "word " * 300_000))
    (view,) = stored(jane).values()
    assert len(view.body) == 1_000_000
    assert len(list(jane.search.find("needle"))) == 1


# -- whose it is


@pytest.mark.parametrize(
    ("sender", "to", "direction"),
    [
        ("jane@client.example", ME, "in"),
        ("Me <ME@Acme.com>", "jane@client.example", "out"),
        ("me+offers@acme.com", "JD@home.example", "out"),
        ("other@acme.com", "jd@home.example", "in"),
    ],
)
def test_the_direction_is_told_by_the_owners_addresses(jane: AppContext, sender: str, to: str, direction: str) -> None:
    take(jane, mail("a", sender, to))
    (view,) = stored(jane).values()
    assert (view.direction, [each.name for each in view.contacts]) == (direction, ["Jane"])


def test_everybody_known_is_linked_the_sender_first(jane: AppContext) -> None:
    for name in ("Bob", "Cec"):
        add(jane, "contacts", {"name": name, "emails": [f"{name.lower()}@x.example"]})
    take(jane, mail("a", to=f"{ME}, bob@x.example, ghost@x.example", more="Cc: cec@x.example, jd@home.example\n"))
    (view,) = stored(jane).values()
    assert [each.name for each in view.contacts] == ["Jane", "Bob", "Cec"]


def test_messages_of_nobody_known_are_left_out_and_counted(jane: AppContext) -> None:
    messages = [mail("a", "ghost@nowhere.example"), mail("b"), mail("c", ME, "ghost@nowhere.example")]
    tally = take(jane, *messages)
    assert (tally.created, tally.unmatched, list(stored(jane))) == (1, 2, ["b"])
    tally = take(jane, *messages, keep=True)
    assert (tally.created, tally.unchanged, tally.unmatched) == (2, 1, 0)
    assert stored(jane)["a"].contacts == ()


def test_contacts_are_made_of_people_and_of_nobody_else(jane: AppContext) -> None:
    tally = take(
        jane,
        mail("a", "=?utf-8?B?0JDQvdC90LA=?= <anna@new.example>", f"{ME}, third@new.example"),
        mail("b", "anna@new.example"),
        mail("c", ME, "Ben <ben@new.example>", more="Cc: cy+x@new.example, me+x@acme.com\n"),
        mail("d", "no-reply@shop.example"),
        mail("e", "poster@list.example", more="List-Id: <l.x>\n"),
        mail("f", "away@new.example", more="Auto-Submitted: auto-replied\n"),
        create=True,
    )
    people = {view.name: view.emails for view in jane.contacts.list(Query())}
    assert people.keys() - {"Jane"} == {"Анна", "Ben", "cy"}
    assert (tally.created, tally.contacts, tally.unmatched) == (3, 3, 3)
    assert [each.name for each in stored(jane)["b"].contacts] == ["Анна"]


def test_a_company_is_known_by_its_website(jane: AppContext) -> None:
    add(jane, "companies", {"name": "Silver", "websites": ["silver.example"]})
    add(jane, "companies", {"name": "Own", "websites": ["acme.com"]})
    add(jane, "companies", {"name": "Free", "websites": ["gmail.com"]})
    tally = take(
        jane,
        mail("a", "x@mail.silver.example"),
        mail("b", "colleague@acme.com"),
        mail("c", "somebody@gmail.com"),
        mail("d", to=f"{ME}, y@silver.example"),
    )
    assert (tally.created, tally.unmatched) == (2, 2)
    found = stored(jane)
    assert (found["a"].company.name, found["a"].contacts) == ("Silver", ())
    assert found["d"].company.name == "Client"  # the sender's own comes first


def test_a_new_contact_works_where_the_domain_says(jane: AppContext) -> None:
    add(jane, "companies", {"name": "Silver", "websites": ["silver.example"]})
    take(jane, mail("a", "New <new@silver.example>"), create=True)
    (person,) = [view for view in jane.contacts.list(Query()) if view.name == "New"]
    assert [each.name for each in person.companies] == ["Silver"]
    assert stored(jane)["a"].company.name == "Silver"


def test_a_deal_takes_it_all(jane: AppContext) -> None:
    add(jane, "deals", {"title": "Big one", "company": "Client"})
    tally = take(jane, mail("a"), mail("b", "ghost@nowhere.example"), deal="Big one")
    assert tally.created == 2
    assert {(view.deal.name, view.company.name) for view in stored(jane).values()} == {("Big one", "Client")}
    with pytest.raises(NotFound):
        take(jane, mail("c"), deal="No such deal")
    assert "c" not in stored(jane)


def test_the_owners_addresses_come_from_the_settings_too(store_url: str, home: Path) -> None:
    own = home / ".config" / "crm" / "crm.toml"
    app = AppContext(Flags(store=store_url, user="boss@acme.com", config=str(own)))
    own.parent.mkdir(parents=True)
    own.write_text('[mail]\naddresses = ["Me@Acme.com"]\n')
    service = app.correspondence
    assert service.own_addresses(Wish()) == {"me@acme.com", "boss@acme.com"}
    assert service.own_addresses(Wish(("x@y.example",))) == {"x@y.example", "boss@acme.com"}
    with pytest.raises(BadValue, match="owner-address"):
        service.own_addresses(Wish(("nobody",)))


# -- once


def test_a_message_in_two_boxes_comes_once(jane: AppContext) -> None:
    assert take(jane, mail("a"), mail("b"), mail("a")).unchanged == 1
    assert take(jane, mail("b"), mail("c")).created == 1
    assert take(jane, mail("a"), mail("b"), mail("c")).created == 0
    assert sorted(stored(jane)) == ["a", "b", "c"]


def test_doing_it_again_changes_nothing_at_all(jane: AppContext) -> None:
    messages = [mail("a"), mail("b", links="a"), mail("u", "ghost@x.example", links="q b"), mail("c", links="u")]
    take(jane, *messages)
    before = [view.id for view in jane.history.list(limit=50)]
    tally = take(jane, *messages)
    assert (tally.created, tally.unchanged, tally.unmatched) == (0, 3, 1)
    assert [view.id for view in jane.history.list(limit=50)] == before


def test_what_was_deleted_stays_so_and_what_was_undone_can_come_again(jane: AppContext) -> None:
    take(jane, mail("a"), mail("b", links="a"))
    jane.activities.remove("mail:b@x")
    tally = take(jane, mail("a"), mail("b", links="a"))
    assert (tally.created, tally.unchanged) == (0, 2)
    take(jane, mail("c"))
    jane.history.undo()
    assert take(jane, mail("c")).created == 1
    assert sorted(stored(jane)) == ["a", "c"]


def test_undo_takes_back_messages_people_and_threads(jane: AppContext) -> None:
    take(jane, mail("b", links="a"))
    take(jane, mail("a", links="r"), mail("n", "new@x.example"), create=True)
    assert threads(jane) == {"a": "r@x", "b": "r@x", "n": "n@x"}
    jane.history.undo()
    assert threads(jane) == {"b": "a@x"}
    assert [view.name for view in jane.contacts.list(Query())] == ["Jane"]


def test_a_trial_changes_nothing(jane: AppContext) -> None:
    tally = take(jane, mail("a"), mail("b", "new@x.example"), create=True, dry_run=True)
    assert (tally.created, tally.contacts) == (2, 1)
    assert (stored(jane), len(list(jane.contacts.list(Query())))) == ({}, 1)


def test_a_trial_makes_no_store(tmp_path: Path) -> None:
    app = AppContext(Flags(store=str(tmp_path / "none.db")))
    assert take(app, mail("a"), create=True, dry_run=True).created == 1
    assert not (tmp_path / "none.db").exists()


# -- conversations

TALK = {"0": "", "1": "0", "2": "0 1", "3": "1 2"}


@pytest.mark.parametrize("order", list(permutations("012")))
@pytest.mark.parametrize("at_once", [True, False])
def test_a_conversation_is_one_thread_whatever_comes_first(
    jane: AppContext, order: tuple[str, ...], at_once: bool
) -> None:
    messages = [mail(name, links=str(int(name) - 1) if name != "0" else "") for name in order]
    for batch in [messages] if at_once else [[each] for each in messages]:
        take(jane, *batch)
    assert threads(jane) == dict.fromkeys("012", "0@x")


def test_threads_join_when_a_message_shows_that_they_are_one(jane: AppContext) -> None:
    take(jane, mail("a"), mail("b"))
    take(jane, mail("c", links="b"))
    assert threads(jane) == {"a": "a@x", "b": "b@x", "c": "b@x"}
    take(jane, mail("d", links="a c"))
    assert set(threads(jane).values()) == {"a@x"}


def test_a_message_that_is_not_stored_still_joins_its_thread(jane: AppContext) -> None:
    take(jane, mail("a"), mail("b", "ghost@x.example", links="a"), mail("c", links="b"))
    assert threads(jane) == {"a": "a@x", "c": "a@x"}


def test_messages_that_answer_each_other_in_a_ring(jane: AppContext) -> None:
    take(jane, mail("a", links="b"), mail("b", links="a"), mail("c", links="c"))
    found = threads(jane)
    assert found["a"] == found["b"]
    assert found["c"] == "c@x"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(sorted(TALK)), cuts=st.sets(st.integers(1, 3)))
def test_any_order_in_any_number_of_imports_gives_one_thread(
    tmp_path_factory: pytest.TempPathFactory, order: list[str], cuts: set[int]
) -> None:
    app = AppContext(Flags(store=str(tmp_path_factory.mktemp("talk") / "x.db"), quiet=True))
    places = [0, *sorted(cuts), 4]
    for start, end in pairwise(places):
        take(app, *(mail(name, links=TALK[name]) for name in order[start:end]), keep=True)
    assert threads(app) == dict.fromkeys(TALK, "0@x")


# -- machines


def test_automatic_answers_are_told_apart(jane: AppContext) -> None:
    tally = take(
        jane, mail("a", ME, "jane@client.example"), mail("b", links="a", more="Auto-Submitted: auto-replied\n")
    )
    view = stored(jane)["b"]
    assert (tally.auto_replies, view.outcome, view.direction, view.thread) == (1, "auto-reply", "in", "a@x")
    assert [each.name for each in view.contacts] == ["Jane"]


BOUNCE = """Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

sorry
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx

Final-Recipient: rfc822; {}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user

--b
Content-Type: text/rfc822-headers

Message-ID: <a@x>

--b--
"""


@pytest.mark.parametrize("failed", ["jd@home.example", "forwarded@elsewhere.example"])
def test_a_bounce_is_linked_to_whom_it_is_about_and_to_what_bounced(jane: AppContext, failed: str) -> None:
    head, _, body = BOUNCE.format(failed).partition("\n\n")
    report = mail("b", "MAILER-DAEMON@mx.acme.com", more=f"{head}\n", body=body)
    tally = take(jane, mail("a", ME, "jane@client.example"))
    tally = take(jane, report)
    view = stored(jane)["b"]
    assert (tally.bounces, view.outcome, view.thread) == (1, "bounced: 550 5.1.1 no such user", "a@x")
    assert ([each.name for each in view.contacts], view.direction) == (["Jane"], "in")


def test_a_bounce_of_nobody_known_makes_no_contact(jane: AppContext) -> None:
    head, _, body = BOUNCE.format("gone@elsewhere.example").partition("\n\n")
    tally = take(jane, mail("b", "MAILER-DAEMON@mx.acme.com", more=f"{head}\n", body=body), create=True)
    assert (tally.created, tally.unmatched, tally.contacts) == (0, 1, 0)


# -- what can't be taken


def take_from(app: AppContext, origin: Path) -> Tally:
    """Import what lies there, of whomever it is."""
    service, tally = app.correspondence, Tally()
    service.take(service.box(origin), Wish(keep=True), frozenset(), tally)
    return tally


@pytest.mark.parametrize(
    ("name", "changed", "at"),
    [
        ("m/b.eml", 1794643200, "2026-11-14T08:00:00+00:00"),
        ("m/b.eml", 1900000000, "2026-11-21T12:00:00+00:00"),  # a file of tomorrow
        ("m/b.eml", 0, "2026-11-21T12:00:00+00:00"),
        ("m/cur/1794643200.M1.host:2,S", 1794000000, "2026-11-14T08:00:00+00:00"),
        ("m/cur/b", 1794000000, "2026-11-06T21:20:00+00:00"),
        ("m/new/1900000000.M1.host", 1794000000, "2026-11-06T21:20:00+00:00"),
    ],
)
def test_a_message_without_a_date_goes_by_its_file(
    jane: AppContext, tmp_path: Path, name: str, changed: int, at: str
) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text("From: jane@client.example\n\nno date\n")
    os.utime(path, (changed, changed))
    tally = take_from(jane, tmp_path / "m")
    assert (tally.created, tally.rejected) == (1, 0)
    assert [view.at.isoformat() for view in stored(jane).values()] == [at]
    again = take_from(jane, tmp_path / "m")
    assert (again.created, again.unchanged, again.undated) == (0, 1, 0)


def test_messages_without_a_date_are_counted_and_what_is_no_mail_is_rejected(jane: AppContext, tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "a.eml").write_text(mail("a"))
    (tmp_path / "m" / "b.eml").write_text("From: jane@client.example\n\nno date\n")
    (tmp_path / "m" / "c.eml").write_text("nothing of the kind")
    tally = take_from(jane, tmp_path / "m")
    assert (tally.read, tally.created, tally.undated, tally.rejected) == (3, 2, 1, 1)
    assert [(place.rpartition("/")[2], reason) for place, reason in tally.rejections] == [("c.eml", "is no mail")]
    assert list(tally.doubts()) == ["1 message without a date of its own goes by that of its file, or of this import"]


def test_a_message_with_the_id_of_another_is_left_out_and_told_of(jane: AppContext) -> None:
    """In one import by what they say, against the store by the subject; the same one twice is nothing to tell."""
    one, other = mail("a", subject="Оферта"), mail("a", subject="Оферта", body="of something else")
    both = take(jane, one, one, other)
    assert (both.created, both.unchanged, both.same_id) == (1, 2, 1)
    assert (take(jane, one).same_id, take(jane, one, other).same_id) == (0, 1)
    renamed = take(jane, mail("a", subject="Invoice"), one)
    assert (renamed.created, renamed.unchanged, renamed.same_id) == (0, 2, 1)
    assert list(renamed.doubts()) == ["1 message has the id of another that says something else, and was left out"]
    assert [view.body for view in stored(jane).values()] == ["text"]


def test_a_message_without_a_subject_is_the_same_one_again(jane: AppContext) -> None:
    text = "Message-ID: <a@x>\nFrom: jane@client.example\n\nhello\n"
    assert take(jane, text).created == 1
    again = take(jane, text)
    assert (again.unchanged, again.same_id) == (1, 0)


def test_ids_are_compared_across_batches(jane: AppContext) -> None:
    messages = [mail(str(number)) for number in range(150)]
    tally = take(jane, *messages, mail("3", subject="3", body="of something else"))
    assert (tally.created, tally.unchanged, tally.same_id) == (150, 1, 1)


def test_a_message_without_a_date_on_a_pipe_arrives_now(jane: AppContext) -> None:
    service, tally = jane.correspondence, Tally()
    service.take(service.box(io.BytesIO(b"From: jane@client.example\n\nhello\n")), Wish(), frozenset(), tally)
    (view,) = stored(jane).values()
    assert (tally.undated, tally.rejected) == (1, 0)
    assert view.at.isoformat() == "2026-11-21T12:00:00+00:00"


def test_more_messages_than_a_batch_holds(jane: AppContext) -> None:
    messages = [mail(str(number), links=str(number - 1) if number % 7 else "") for number in range(250)]
    tally = take(jane, *messages)
    assert (tally.read, tally.created) == (250, 250)
    found = threads(jane)
    assert found["6"] == "0@x"
