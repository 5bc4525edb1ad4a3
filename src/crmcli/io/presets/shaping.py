"""Steps that presets are put together from: each brings some of a row's cells into a form that any import can read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmcli.domain.text import JsonText, Labelled, fold
from crmcli.io.headers import CUSTOM, custom_key, letters
from crmcli.io.presets.preset import Cell, Cells, Step, listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Done = Callable[[Cells, Cells], None]

_SEVERAL = re.compile(r"\s*:::\s*")
_QUOTED = re.compile(r'"((?:[^"]|"")*)"|([^,"]+)')
_GUARDED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")  # noqa: RUF001
_ESCAPE = re.compile(r"\\([tn\\])")
_VALUE = re.compile(r"(.+?) - Value", re.IGNORECASE)
# The sizes that a company can have, by the most people there.
_SIZES = ((10, "1-10"), (50, "11-50"), (200, "51-200"), (500, "201-500"), (1000, "501-1000"))
_PROFILES = {
    "linkedin": r"linkedin\.com/(?:in|pub)/",
    "x": r"(?:twitter|x)\.com/",
    "bluesky": r"bsky\.app/profile/",
    "telegram": r"(?:t|telegram)\.me/",
}
_SALESFORCE_KINDS = {"001": "company.external_id", "006": "deal.external_id", "003": "contact.external_id"}


def labelled(**titles: str) -> Step:
    """What columns hold is the ``work`` phone, the ``home`` address: the label by the column's title."""
    labels = {letters(title): label for label, several in titles.items() for title in listed(several)}

    def make(there: Mapping[str, str]) -> Done:
        by_header = {header: labels[letters(title)] for title, header in there.items()}

        def change(cells: Cells, _more: Cells) -> None:
            for header, label in by_header.items():
                cell = cells[header]
                if type(cell) is str and cell.strip():
                    cells[header] = tuple(Labelled(part, label) for part in _parts(cell))

        return change

    return Step(tuple(title for several in titles.values() for title in listed(several)), make)


def paired(*kinds: str) -> Step:
    """``Phone 1 - Value`` goes by what ``Phone 1 - Type`` or ``- Label`` says."""

    def make(there: Mapping[str, str]) -> Done:
        pairs = [(value, label) for value, label in _beside(there) if value.startswith(kinds)]

        def change(cells: Cells, _more: Cells) -> None:
            for value, label in pairs:
                name = _plain_label(cells[label])
                cell = cells[value]
                if type(cell) is str and cell.strip():
                    parts = _parts(cell)
                    cells[value] = tuple(Labelled(part, name) for part in parts) if name else tuple(parts)

        return change

    return Step(("*",), make, about=", ".join(f"{kind} - Value" for kind in kinds))


def named(kind: str, known: Mapping[str, str]) -> Step:
    """``Event 1 - Value`` goes where ``known`` sends its label, else to a custom field of that name."""

    def make(there: Mapping[str, str]) -> Done | None:
        pairs = [(value, label) for value, label in _beside(there) if value.startswith(kind)]

        def change(cells: Cells, more: Cells) -> None:
            for value, label in pairs:
                cell, name = cells[value], _plain_label(cells[label])
                if type(cell) is str and cell.strip():
                    target = known.get(fold(name)) or _custom(name or kind)
                    more.setdefault(target, cell.strip().removeprefix("--"))

        return change if pairs else None

    return Step(("*",), make, (*known.values(), f"{CUSTOM}LABEL"), f"{kind} - Value")


def profiles(titles: str, otherwise: str = "custom.website") -> Step:
    """A person's web addresses: profiles of networks we know, and others."""

    def make(there: Mapping[str, str]) -> Done:
        found = list(there.values())

        def change(cells: Cells, more: Cells) -> None:
            for header in found:
                for part in _parts(_text(cells[header])):
                    network = next((n for n, shape in _PROFILES.items() if re.search(shape, part, re.I)), otherwise)
                    more.setdefault(network, part)

        return change

    return Step(listed(titles), make, (*_PROFILES, otherwise))


def joined(target: str, *groups: str, spare: str = "") -> Step:
    """An address from its parts: each group on a line, in one text; ``spare`` has it where another was there first."""

    def make(there: Mapping[str, str]) -> Done:
        lines = [[there[title] for title in listed(group) if title in there] for group in groups]

        def change(cells: Cells, more: Cells) -> None:
            texts = (" ".join(filter(None, (_text(cells[header]) for header in line))) for line in lines)
            text = ", ".join(" ".join(text.split()) for text in texts if text)
            if text:
                more.setdefault(spare if spare and target in more else target, text)

        return change

    return Step(
        tuple(title for group in groups for title in listed(group)), make, (target, spare) if spare else (target,)
    )


def renamed(title: str, ours: Mapping[str, str], *, keep: str = "") -> Step:
    """Another program's choices in our words; ``keep`` is where the original stays."""
    known = {fold(theirs): word for theirs, word in ours.items()}

    def make(there: Mapping[str, str]) -> Done:
        header = there[title]

        def change(cells: Cells, more: Cells) -> None:
            text = _text(cells[header])
            if text and keep:
                more[keep] = text
            cells[header] = known.get(fold(text), text)

        return change

    return Step((title,), make, (keep,) if keep else ())


def closed(status: str, stage: str, keep: str = "custom.last_stage") -> Step:
    """A deal whose status says won or lost is there, wherever its stage was left."""

    def make(there: Mapping[str, str]) -> Done | None:
        if status not in there or stage not in there:
            return None
        told, where = there[status], there[stage]

        def change(cells: Cells, more: Cells) -> None:
            end = fold(_text(cells[told]))
            if end in ("won", "lost"):
                more[keep] = cells[where]
                cells[where] = f"closed {end}"

        return change

    return Step((status, stage), make, (keep,))


def blanked(text: str, titles: str) -> Step:
    """A text that stands for nothing in these columns."""

    def make(there: Mapping[str, str]) -> Done:
        found = list(there.values())

        def change(cells: Cells, _more: Cells) -> None:
            for header in found:
                if _text(cells[header]) == text:
                    cells[header] = ""

        return change

    return Step(listed(titles), make)


def instead(title: str, *others: str, empty: str = "") -> Step:
    """The value of the first of several columns that has one; a text that says as little as ``empty`` is none."""

    def make(there: Mapping[str, str]) -> Done:
        first = there.get(title)
        rest = [there[other] for other in others if other in there]

        def change(cells: Cells, _more: Cells) -> None:
            if first is not None and _text(cells[first]) in ("", empty):
                cells[first] = next((cells[header] for header in rest if _text(cells[header])), cells[first])

        return change

    return Step((title, *others), make)


def dated(title: str, *forms: str) -> Step:
    """A date in the program's own form as ISO 8601; what is in no such form stays as it is."""

    def make(there: Mapping[str, str]) -> Done:
        from datetime import datetime

        header = there[title]

        def change(cells: Cells, _more: Cells) -> None:
            for form in forms:
                try:
                    cells[header] = datetime.strptime(_text(cells[header]), form).date().isoformat()  # noqa: DTZ007
                except ValueError:
                    continue
                return

        return change

    return Step((title,), make)


def unquoted(titles: str) -> Step:
    """A list of quoted words: ``"VIP","Fair 2024"``."""

    def make(there: Mapping[str, str]) -> Done:
        found = list(there.values())

        def change(cells: Cells, _more: Cells) -> None:
            for header in found:
                text = _text(cells[header])
                if '"' in text:
                    words = (quoted.replace('""', '"') or bare for quoted, bare in _QUOTED.findall(text))
                    cells[header] = tuple(filter(None, map(str.strip, words)))

        return change

    return Step(listed(titles), make)


def ungrouped(titles: str) -> Step:
    """Labels of an address book, without the marks and groups that every contact is in."""

    def make(there: Mapping[str, str]) -> Done:
        found = list(there.values())

        def change(cells: Cells, _more: Cells) -> None:
            for header in found:
                names = [part.removeprefix("*").strip() for part in _parts(_text(cells[header]))]
                cells[header] = tuple(n for n in names if n and letters(n) not in ("mycontacts", "othercontacts"))

        return change

    return Step(listed(titles), make)


def unpacked(title: str, *, exact: bool = False) -> Step:
    """A JSON object's members, each as a custom field, whose name and kind of value are kept when ``exact``."""

    def make(there: Mapping[str, str]) -> Done:
        import json

        header = there[title]

        def cell(value: object) -> Cell:
            if isinstance(value, str):
                return value
            text = json.dumps(value, ensure_ascii=False)
            return (JsonText(text),) if exact else "" if value is None else text

        def change(cells: Cells, more: Cells) -> None:
            members = _members(_text(cells[header]))
            if members is None:
                more[_custom(title)] = cells[header]
                return
            for name, value in members.items():
                more[CUSTOM + name if exact else _custom(name)] = cell(value)

        return change

    return Step((title,), make)


def gathered(target: str, titles: str) -> Step:
    """What stands in the first of several columns that has something."""

    def make(there: Mapping[str, str]) -> Done:
        headers = list(there.values())

        def change(cells: Cells, more: Cells) -> None:
            more[target] = next((cells[header] for header in headers if _text(cells[header])), "")

        return change

    return Step(listed(titles), make, (target,))


def named_members(titles: str) -> Step:
    """The names in a list of JSON objects."""

    def make(there: Mapping[str, str]) -> Done:
        import json

        headers = list(there.values())

        def change(cells: Cells, _more: Cells) -> None:
            for header in headers:
                text = _text(cells[header])
                if text.startswith("[{"):
                    cells[header] = tuple(str(member.get("name") or "") for member in json.loads(text))

        return change

    return Step(listed(titles), make)


def sized(title: str) -> Step:
    """A number of people as one of the sizes that a company can have."""

    def make(there: Mapping[str, str]) -> Done:
        header = there[title]

        def change(cells: Cells, more: Cells) -> None:
            digits = _text(cells[header]).replace(",", "").replace(" ", "").removesuffix(".0")
            if digits.isdecimal() and int(digits):
                more["size"] = next((name for most, name in _SIZES if int(digits) <= most), "1000+")

        return change

    return Step((title,), make, ("size",))


def priced(title: str, currency: str) -> Step:
    """An amount with the currency that stands in a column of its own."""

    def make(there: Mapping[str, str]) -> Done:
        amount, code = there.get(title), there.get(currency)

        def change(cells: Cells, _more: Cells) -> None:
            if amount is not None and code is not None and _text(cells[amount]) and _text(cells[code]):
                cells[amount] = f"{_text(cells[amount])} {_text(cells[code])}"

        return change

    return Step((title, currency), make)


def unguarded() -> Step:
    """Cells without the apostrophe that keeps a spreadsheet from taking them for formulas."""

    def make(there: Mapping[str, str]) -> Done:
        headers = list(there.values())

        def change(cells: Cells, _more: Cells) -> None:
            for header in headers:
                cell = cells[header]
                if type(cell) is str and _GUARDED.match(cell):
                    cells[header] = cell[1:]

        return change

    return Step(("*",), make)


def unescaped() -> Step:
    r"""Cells with the tabs and line breaks that were written ``\t`` and ``\n``."""
    marks = {"t": "\t", "n": "\n", "\\": "\\"}

    def make(there: Mapping[str, str]) -> Done:
        headers = list(there.values())

        def change(cells: Cells, _more: Cells) -> None:
            for header in headers:
                cell = cells[header]
                if type(cell) is str and "\\" in cell:
                    cells[header] = _ESCAPE.sub(lambda found: marks[found[1]], cell)

        return change

    return Step(("*",), make)


def unless(title: str, told: str, word: str) -> Step:
    """A value that counts for nothing where another column says ``word``."""

    def make(there: Mapping[str, str]) -> Done:
        value, origin = there.get(title), there.get(told)

        def change(cells: Cells, _more: Cells) -> None:
            if value is not None and origin is not None and _text(cells[origin]) == word:
                cells[value] = ""

        return change

    return Step((title, told), make)


def marked(title: str, mark: str) -> Step:
    """Bare numbers with a mark before them, where another export's numbers would be the same."""

    def make(there: Mapping[str, str]) -> Done:
        header = there[title]

        def change(cells: Cells, _more: Cells) -> None:
            text = _text(cells[header])
            if text.isdecimal():
                cells[header] = f"{mark}-{text}"

        return change

    return Step((title,), make)


def sorted_ids(title: str) -> Step:
    """Salesforce's ids of anything: whose they are stands in their first letters."""

    def make(there: Mapping[str, str]) -> Done:
        header = there[title]

        def change(cells: Cells, more: Cells) -> None:
            if text := _text(cells[header]):
                more[_SALESFORCE_KINDS.get(text[:3], _custom(title))] = text

        return change

    return Step((title,), make, tuple(_SALESFORCE_KINDS.values()))


def several(titles: str) -> Step:
    """Ids of several records in one cell."""

    def make(there: Mapping[str, str]) -> Done:
        found = list(there.values())

        def change(cells: Cells, _more: Cells) -> None:
            for header in found:
                parts = tuple(filter(None, map(str.strip, re.split(r"[;,]", _text(cells[header])))))
                cells[header] = parts if len(parts) > 1 else "".join(parts)

        return change

    return Step(listed(titles), make)


def moment(day: str, hour: str, target: str) -> Step:
    """A day and an hour that stand in two columns."""

    def make(there: Mapping[str, str]) -> Done:
        date, time = there.get(day), there.get(hour)

        def change(cells: Cells, more: Cells) -> None:
            if date is not None:
                text = f"{_text(cells[date])} {_text(cells[time]) if time is not None else ''}".strip()
                more[target] = text

        return change

    return Step((day, hour), make, (target,))


def _beside(there: Mapping[str, str]) -> list[tuple[str, str]]:
    """The columns of values, each with the column that labels it."""
    headers = set(there.values())
    found = []
    for header in there.values():
        if match := _VALUE.fullmatch(header):
            label = next(
                (f"{match[1]} - {word}" for word in ("Label", "Type") if f"{match[1]} - {word}" in headers), ""
            )
            if label:
                found.append((header, label))
    return found


def _members(text: str) -> dict[str, object] | None:
    """The members of a JSON object; None for what is none, or holds what can't be kept as text."""
    import json

    try:
        found = json.loads(text or "{}", parse_float=_finite, parse_constant=str)
        told = json.dumps(found, ensure_ascii=False)
        told.encode()
    except (ValueError, RecursionError):
        return None
    has_nul = "\\u0000" in told and "\0" in "".join(_texts_in(found))
    return found if isinstance(found, dict) and not has_nul else None


def _finite(text: str) -> float | str:
    """A number; as text where it is too large for one."""
    number = float(text)
    return text if number in (float("inf"), -float("inf")) else number


def _texts_in(value: object) -> Iterator[str]:
    """Every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in (*value, *value.values()) if isinstance(value, dict) else value:
            yield from _texts_in(inner)


def _plain_label(cell: Cell) -> str:
    """``* Work`` is the preferred one of those for work."""
    return _text(cell).removeprefix("*").strip()


def _parts(cell: str) -> list[str]:
    return [part for part in _SEVERAL.split(cell.strip()) if part]


def _text(cell: Cell) -> str:
    return cell.strip() if isinstance(cell, str) else " ".join(cell)


def _custom(name: str) -> str:
    return CUSTOM + custom_key(name)
