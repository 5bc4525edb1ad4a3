"""Segments: what they hold, what keeps them, and what they refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmcli.errors import Conflict, CrmError, Duplicate, FilterError, NotFound, Refused, Stale, UsageError
from crmcli.services.records import Changes, Query
from crmcli.services.segments import Definition, People

if TYPE_CHECKING:
    from crmcli.context import AppContext

Filter = Definition


def people(app: AppContext, *names: str, tag: str | None = None) -> None:
    """People with an address each."""
    for name in names:
        email = f"{name.lower().replace(' ', '.')}@x.com"
        app.contacts.add(app.contacts.draft({"name": name, "emails": [email], "tags": [tag] if tag else None}))


def rule(app: AppContext, name: str, filter_: str) -> str:
    """A dynamic segment; its uid."""
    return app.segments.add(name, Definition(filter=filter_)).segment.id


def held(app: AppContext, ref: str) -> list[str]:
    """Who is in a segment."""
    query = Query(f'segment = "{app.segments.find(ref).uid}"', sort="number")
    return [view.name for view in app.contacts.list(query)]


def test_deleted_and_merged_people_never_count(app: AppContext) -> None:
    """In a list the one that was merged away stands for the one that was kept; undoing gives both back."""
    people(app, "Ana", "Bo", "Cy", "Di")
    app.segments.add("listed", Definition(people=People(("Ana", "Bo", "Cy"))))
    rule(app, "all", "name is not empty")
    app.contacts.merge("Di", "Ana")
    app.contacts.remove("Cy")
    assert (["Bo", "Di"], 2) == (held(app, "listed"), app.segments.get("listed").size)
    assert 2 == app.segments.get("all").size
    app.contacts.merge("Bo", "Di")
    assert ["Bo"] == held(app, "listed")
    app.history.undo()
    assert ["Bo", "Di"] == held(app, "listed")


def test_formulas_nest_and_go_on_after_a_rename(app: AppContext) -> None:
    """Names are shown, uids kept; a filter that names another segment goes on too."""
    people(app, "Ana", "Bo", tag="vip")
    people(app, "Cy", "Di")
    rule(app, "vip people", "tag = vip")
    rule(app, "bs", "name ^= b")
    rule(app, "all", "name is not empty")
    app.segments.add("f", Definition(formula="all - vip people + bs"))
    app.segments.add("g", Definition(formula="f - bs"))
    rule(app, "h", 'NOT segment = "vip people" AND name is not empty')
    assert (["Bo", "Cy", "Di"], ["Cy", "Di"], ["Cy", "Di"]) == (held(app, "f"), held(app, "g"), held(app, "h"))
    app.segments.edit("vip people", name='Über - "VIP"')
    assert 'all - "Über - \\"VIP\\"" + bs' == app.segments.get("f").formula
    assert 'NOT segment = "Über - \\"VIP\\"" AND name is not empty' == app.segments.get("h").filter
    assert (["Bo", "Cy", "Di"], ["Cy", "Di"]) == (held(app, "f"), held(app, "h"))


@pytest.mark.parametrize("way", ["formula", "filter", "itself"])
def test_a_circle_is_refused(app: AppContext, way: str) -> None:
    """However it would come about; nothing is changed."""
    rule(app, "a", "name is not empty")
    app.segments.add("b", Definition(formula="a"))
    definition = {
        "formula": Definition(formula="b"), "filter": Definition(filter="segment = b"), "itself": Definition(filter="segment = a"),
    }[way]  # fmt: skip
    with pytest.raises(Conflict, match="leads back to itself"):
        app.segments.edit("a", definition=definition)
    assert "name is not empty" == app.segments.get("a").filter


def test_include_and_exclude_widen_and_narrow_a_rule(app: AppContext) -> None:
    """Of a filter, of a formula, and of other segments alone."""
    people(app, "Ana", "Bo", "Cy", "Di")
    for letter in "abcd":
        rule(app, letter, f"name ^= {letter}")
    app.segments.add("x", Definition(filter="name in (Ana, Bo)", include=("c", "d"), exclude=("b", "d")))
    app.segments.add("y", Definition(formula="a + b", exclude=("b",)))
    app.segments.add("z", Definition(include=("a", "b"), exclude=("a",)))
    assert (["Ana", "Cy"], ["Ana"], ["Bo"]) == (held(app, "x"), held(app, "y"), held(app, "z"))
    app.segments.edit("z", definition=Definition(include=("d",)))
    app.segments.edit("x", definition=Definition(exclude=("a",)))
    assert (["Bo", "Di"], ["Cy"]) == (held(app, "z"), held(app, "x"))


def test_a_rule_that_no_longer_reads_names_its_segment(app: AppContext) -> None:
    """Where it is used, in show and in the list, which goes on to tell of the others."""
    people(app, "Ana")
    app.contacts.edit("Ana", app.contacts.edit_draft(Changes(set=["size=5"])))
    rule(app, "big", "size > 3")
    app.segments.add("f", Definition(formula="big"))
    assert 1 == app.segments.get("f").size
    with app.desk.writing("test") as uow:
        from crmcli.store.models.schema import model_of

        uow.delete(uow.find(model_of("custom_field"), key="size")[0])
        uow.keep_beside()
    for ref in ("big", "f"):
        with pytest.raises(Conflict, match="segment big can't be worked out: contact has no field 'size'"):
            held(app, ref)
    seen = app.segments.show("big")
    assert (None, None, "size > 3") == (seen.record.size, seen.reachable, seen.record.filter)
    assert "segment big can't be worked out" in (seen.record.problem or "")
    assert [("big", None), ("f", None)] == [(each.name, each.size) for each in app.segments.list()]


def test_what_is_used_is_not_taken_away(app: AppContext) -> None:
    """The refusal says by what; undo of its making is refused as well."""
    rule(app, "a", "name is not empty")
    uid = app.segments.find("a").uid
    app.segments.add("b", Definition(formula="a"))
    with pytest.raises(Refused, match="segment a is used by segment b"):
        app.segments.remove("a")
    with app.desk.writing("test") as uow:
        from crmcli.store.models.campaigns import Campaign

        uow.add(Campaign(uid="cp_1", name="Spring", name_key="spring", audience=uid))
    with pytest.raises(Refused, match="used by campaign Spring, segment b"):
        app.segments.remove("a")
    assert ("campaign Spring", "segment b") == app.segments.show("a").used_by
    making = next(each for each in app.history.list() if each.command == "segment add" and each.summary == "a")
    with pytest.raises(Stale, match="segment a is used by"):
        app.history.undo(str(making.number))


def test_each_step_can_be_undone(app: AppContext) -> None:
    """Adding, changing and taking away; a taken name is not given twice."""
    people(app, "Ana", "Bo")
    rule(app, "a", "name = Ana")
    app.segments.edit("a", definition=Definition(filter="name = Bo"), name="b", note="who")
    app.history.undo()
    assert ["Ana"] == held(app, "a")
    app.segments.remove("a")
    with pytest.raises(NotFound):
        app.segments.find("a")
    app.history.undo()
    assert ["Ana"] == held(app, "a")
    app.segments.remove("a")
    rule(app, "A", "name = Bo")
    with pytest.raises(Duplicate, match="there is a segment A already"):
        app.segments.restore("a")
    app.segments.edit("A", name="other")
    assert "a" == app.segments.restore("a").name
    changes = [line for each in app.history.list(limit=1) for line in app.history.changes(str(each.number))[0].changes]
    assert [("segment", "a", "restore")] == [(line.noun, line.name, line.action) for line in changes]


def test_snapshots_say_how_it_grew(app: AppContext) -> None:
    """With dates, who came and who went; a frozen copy stays as it was."""
    people(app, "Ana", "Bo", tag="vip")
    rule(app, "vip", "tag = vip")
    assert 2 == app.segments.take_snapshot("vip").size
    frozen = app.segments.freeze("vip")
    assert ("vip 2026-11-21", "static", 2) == (frozen.name, frozen.kind, frozen.size)
    people(app, "Cy", "Di", tag="vip")
    app.contacts.remove("Ana")
    second = app.segments.take_snapshot("vip")
    assert (3, 2, 1) == (second.size, second.came, second.went)
    people(app, "Ed", tag="vip")
    seen = app.segments.show("vip")
    assert ([2, 3], 1, 4) == ([each.size for each in seen.snapshots], seen.growth, seen.record.size)
    assert (["Bo"], ["Bo", "Cy", "Di", "Ed"]) == (held(app, frozen.name), held(app, "vip"))
    with app.desk.reading() as reader:
        rows = reader.rows("SELECT snapshot_id, contact_id FROM segment_snapshot_member ORDER BY 1, 2")
    assert [(1, 1), (1, 2), (2, 2), (2, 3), (2, 4)] == [tuple(row) for row in rows]


def test_who_can_be_reached_by_mail(app: AppContext) -> None:
    """Not without an address that works, not against their word, nor where a suppression stands in the way."""
    people(app, "Ana", "Bo", "Cy", "Di", "Ed", "Flo")
    app.contacts.add(app.contacts.draft({"name": "Nobody"}))
    rule(app, "all", "name is not empty")
    with app.desk.writing("test") as uow:
        from crmcli.store.models.consents import Consent, Suppression
        from crmcli.store.models.people import ContactEmail

        uow.find(ContactEmail, contact_id=1)[0].invalid = 1
        uow.add(Consent(contact_id=2, channel="email", status="withdrawn", at=uow.now))
        uow.add(Consent(contact_id=3, channel="sms", status="withdrawn", at=uow.now))
        for kind, key, contact, channel in (
            ("address", "di@x.com", None, "email"), ("contact", "ct", 5, "all"), ("domain", "y.com", None, "all"),
        ):  # fmt: skip
            uow.add(Suppression(uid=f"su_{key}", kind=kind, value=key, key=key, contact_id=contact, channel=channel,
                                reason="manual", at=uow.now))  # fmt: skip
    seen = app.segments.show("all")
    assert (7, 2, ["Ana", "Bo", "Cy", "Di", "Ed"]) == (
        seen.record.size,
        seen.reachable,
        [each.name for each in seen.sample],
    )


def test_me_and_days_are_those_of_whoever_asks(app: AppContext, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule is kept as it was written and worked out at each use."""
    people(app, "Ana")
    rule(app, "mine", "owner = me AND created_at > -7d")
    assert ["Ana"] == held(app, "mine")
    from crmcli.context import AppContext as Context
    from crmcli.context import Flags

    store = app.flags.store
    assert [] == held(Context(Flags(store=store, user="boris", quiet=True)), "mine")
    monkeypatch.setenv("CRM_NOW", "2027-01-01T12:00:00Z")
    assert [] == held(Context(Flags(store=store, user="maria", quiet=True)), "mine")


def test_lists_are_filled_and_thinned(app: AppContext) -> None:
    """By any reference; twice is once, and whoever is not known is told."""
    people(app, "Ana", "Bo", "Cy")
    uid = app.contacts.find("Bo").uid
    done = app.segments.add(
        "l", Definition(people=People(("ANA@x.com", uid.lower(), "Ana", "nobody", "Cy"), forgiving=True))
    )
    assert (("nobody",), 3) == (done.unknown, done.segment.size)
    app.segments.edit("l", remove=("ana@x.com", "Cy"))
    assert ["Bo"] == held(app, "l")
    app.segments.edit("l", definition=Definition(people=People(("Cy",))))
    assert ["Bo", "Cy"] == held(app, "l")
    with pytest.raises(NotFound, match="nobody"):
        app.segments.edit("l", definition=Definition(people=People(("nobody",))))
    with pytest.raises(Refused, match="is a list of people"):
        app.segments.edit("l", definition=Definition(filter="name = Ana"))
    rule(app, "r", "name = Ana")
    with pytest.raises(Refused, match="segment r is dynamic"):
        app.segments.edit("r", remove=("Ana",))


@pytest.mark.parametrize(
    ("name", "definition", "error", "words"),
    [
        ("", Filter(filter="name = x"), CrmError, "1 to 100 characters"),
        ("sg_x", Filter(filter="name = x"), CrmError, "read as something else"),
        ("#1", Filter(filter="name = x"), CrmError, "read as something else"),
        ("n", Definition(), UsageError, "who is in n"),
        ("n", Definition(filter="name = x", people=People(("x",))), UsageError, "not both"),
        ("n", Definition(filter="name = x", formula="a"), UsageError, "not both"),
        ("n", Definition(filter="nmae = x"), FilterError, "did you mean 'name'"),
        ("n", Definition(formula="nobody"), NotFound, "no segment nobody"),
        ("n", Definition(people=People((), "Nope")), CrmError, "no campaign Nope"),
        ("n", Definition(people=People(("nobody",))), NotFound, "nobody"),
        ("n", Definition(exclude=("x",)), CrmError, "nobody to leave out"),
    ],
)
def test_what_is_no_segment_is_refused(
    app: AppContext, name: str, definition: Definition, error: type[CrmError], words: str
) -> None:
    """And leaves nothing behind."""
    with pytest.raises(error, match=words):
        app.segments.add(name, definition)
    assert [] == app.segments.list()


def test_a_forgotten_person_is_on_no_list(app: AppContext) -> None:
    """The row is gone, not only out of sight."""
    people(app, "Ana Kowalska", "Bo")
    app.segments.add("l", Definition(people=People(("Ana Kowalska", "Bo"))))
    app.privacy.forget(app.privacy.named("Ana Kowalska"), "Ana Kowalska")
    with app.desk.reading() as reader:
        assert [(2,)] == [tuple(row) for row in reader.rows("SELECT contact_id FROM segment_member")]
