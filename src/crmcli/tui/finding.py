"""What the search box finds: records by their words, screens, reports, campaigns and commands by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold
from crmcli.errors import NotFound
from crmcli.tui.keys.registry import palette_keys
from crmcli.tui.tabs import TABS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crmcli.tui.keys.registry import Scopes
    from crmcli.tui.session import Session

RECORDS = ("contact", "company", "deal", "activity")
COMMAND_SIGN = ">"
_MOST = 40
_MOST_RECENT = 12
_NAME = {"contact": "name", "company": "name", "deal": "title", "activity": "subject"}
_FIELD_OF_NEW = {"contact": "name", "company": "name", "deal": "title"}
# What the verbs say of themselves, and the nouns they go with; the first ones are wanted most.
_VERBS = (
    ("open", RECORDS, "go to its page"),
    ("done", ("activity",), "it is done"),
    ("snooze", ("activity",), "put it off"),
    ("log", RECORDS, "log a call, a meeting, a note …"),
    ("task", RECORDS, "plan a task for it"),
    ("stage", ("deal",), "move it to a stage you choose"),
    ("win", ("deal",), "the deal is won"),
    ("lose", ("deal",), "the deal is lost, and why"),
    ("change", RECORDS, "change its fields in a form"),
    ("tag", RECORDS, "put tags on it, or take them off with -"),
    ("assign", RECORDS, "give it to someone"),
    ("outside", RECORDS, "open its website, mail or phone"),
    ("remove", RECORDS, "delete it; undo brings it back"),
)


class Hit(NamedTuple):
    """Something found: its kind (a noun, screen, report, campaign, command, verb, new or heading), name, and more about it.

    ``ref`` is what its kind knows it by: a uid, a name, an action.
    """

    kind: str
    ref: str
    name: str
    about: str = ""
    number: int = 0


def records_found(session: Session, text: str) -> list[Hit]:
    """The records most likely meant, the best first."""
    return [Hit(hit.noun, hit.id, hit.name, hit.excerpt, hit.number) for hit in session.search.quick(text, _MOST)]


def found(session: Session, text: str) -> list[Hit]:
    """Everything that fits the text, best first; without any record, what could be made of it."""
    records = records_found(session, text)
    campaigns = [
        Hit("campaign", each.value, each.value, each.about)
        for each in session.completing.values("campaign", text.strip(), 4)
    ]
    others = [*places_found(text), *campaigns]
    folded = fold(text).strip()
    near = [hit for hit in others if _distance(hit.name, folded) < 2]
    far = [hit for hit in others if _distance(hit.name, folded) >= 2]
    return [*near, *records, *far] + ([] if records else list(offers(text)))


def places_found(text: str) -> list[Hit]:
    """The screens and reports whose names, or words about them, begin with the words."""
    from crmcli.reports.catalogue import QUESTIONS

    words = fold(text).split()
    screens = (Hit("screen", tab.name, tab.label, tab.about, number) for number, tab in enumerate(TABS, 1))
    reports = (Hit("report", question.name, question.name, question.about) for question in QUESTIONS)
    return [hit for hit in (*screens, *reports) if words and _holds(f"{hit.name} {hit.kind}", words)]


def commands_found(scopes: Scopes, changed: Mapping[str, str], text: str) -> list[Hit]:
    """The commands of a screen whose names, or words about them, begin with the words; each with its keys."""
    words = fold(text).split()
    found = [
        Hit("command", key.action, key.label, f"{shown}  {key.about}")
        for _, key, shown in palette_keys(scopes, changed)
    ]
    return [hit for hit in found if _holds(f"{hit.name} {hit.about}", words)]


def offers(text: str) -> Iterator[Hit]:
    """What could be made of words that nothing was found for."""
    name = " ".join(text.split())
    if name:
        yield Hit("heading", "", "nothing is called that yet")
        for noun in _FIELD_OF_NEW:
            yield Hit("new", noun, name, f"add a {noun}")


def given_for(noun: str, name: str) -> dict[str, str]:
    """What the form of a new record begins with."""
    from crmcli.domain.people import looks_like

    if noun == "contact" and looks_like(name) == "email":
        return {"name": name.partition("@")[0], "emails": name}
    return {_FIELD_OF_NEW[noun]: name}


def verbs_for(noun: str, text: str) -> list[Hit]:
    """What can be done with a record of that noun, narrowed by words."""
    words = fold(text).split()
    return [
        Hit("verb", verb, verb, about)
        for verb, nouns, about in _VERBS
        if noun in nouns and _holds(f"{verb} {about}", words)
    ]


def recent(session: Session, refs: Iterable[str]) -> list[Hit]:
    """The records of these ``noun:uid`` that are still there."""
    hits: list[Hit] = []
    for ref in dict.fromkeys(refs):
        noun, _, uid = ref.partition(":")
        if noun not in RECORDS or len(hits) >= _MOST_RECENT:
            continue
        try:
            view = session.records(noun).get(uid)
        except NotFound:
            continue
        hits.append(Hit(noun, view.id, getattr(view, _NAME[noun]) or noun, _told(noun, view), view.number))
    return [Hit("heading", "", "recently seen"), *hits] if hits else []


def _told(noun: str, view: Any) -> str:  # noqa: ANN401 - the noun's view
    """What tells a record from others of its name."""
    match noun:
        case "contact":
            parts = (view.title, *(link.name for link in view.companies))
        case "company":
            parts = (view.industry, view.country)
        case "deal":
            parts = (view.stage, view.company.name if view.company is not None else None)
        case _:
            parts = (view.type.replace("_", " "), *(link.name for link in view.contacts))
    return " · ".join(part for part in parts if part)


def _distance(name: str, folded: str) -> int:
    """How far a name is from what was typed: the same, beginning so, words of it beginning so, or found elsewhere."""
    own = fold(name)
    if own == folded:
        return 0
    if own.startswith(folded):
        return 1
    return 2 if _holds(own, folded.split()) else 3


def _holds(text: str, words: Sequence[str]) -> bool:
    own = [piece for word in fold(text).split() for piece in (word, *word.replace("/", " ").replace("-", " ").split())]
    return all(any(mine.startswith(word) for mine in own) for word in words)
