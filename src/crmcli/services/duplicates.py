"""Records that may be one: found, said to be two, and made one when it is certain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.matching import DEFAULT_THRESHOLD
from crmcli.domain.records import as_record
from crmcli.domain.views import DuplicatePair, Link
from crmcli.errors import Refused
from crmcli.store.queries import matching as queries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from crmcli.domain.matching import Firm, Person, Score
    from crmcli.services.desk import Desk
    from crmcli.services.merging import Merging
    from crmcli.store.reader import Reader

NOUNS = ("contact", "company")
# Who is to be made one without being looked at must not differ from anyone of the others.
_AGREED = 0.5
_BEGINNING = 4


class Cluster(NamedTuple):
    """Records that are certainly one: the keeper's number, and the pairs by which the others join it."""

    noun: str
    keeper: int
    pairs: tuple[DuplicatePair, ...]  # the keeper first in each


class Duplicates:
    """Finds pairs, and settles them."""

    def __init__(self, desk: Desk, services: Mapping[str, Merging]) -> None:
        self.desk = desk
        self._services = services

    # -- finding

    def find(
        self, noun: str | None = None, threshold: float = DEFAULT_THRESHOLD, limit: int | None = None
    ) -> list[DuplicatePair]:
        """The pairs that score at least the threshold, the surest first; those said to be two are left out."""
        with self.desk.reading() as reader:
            found = [pair for each in ((noun,) if noun else NOUNS) for pair in scored(reader, each, threshold)]
        found.sort(key=lambda pair: (-pair.score, pair.type, pair.a_number, pair.b_number))
        return found if limit is None else found[:limit]

    def like(self, noun: str, number: int) -> list[DuplicatePair]:
        """The records that one may be a double of, the surest first; only a few likely ones are looked at."""
        with self.desk.reading() as reader:
            numbers = _nearby(reader, noun, number)
            if not numbers:
                return []
            known = queries.distinct_pairs(reader, noun)
            found = [pair for pair in _compared(reader, noun, number, numbers) if _numbers(pair) not in known]
        return sorted(found, key=lambda pair: (-pair.score, pair.a_number))

    # -- settling

    def differ(self, noun: str, one: int, other: int) -> int:
        """Remember that two records are two, so that they are not asked about again; the change set's number."""
        from crmcli.store.models.exchange import DistinctPair

        low, high = sorted((one, other))
        if low == high:
            raise Refused(f"{noun} #{low} is one record")
        with self.desk.writing("dupes different", f"{noun} #{low} and #{high}") as uow:
            if not uow.find(DistinctPair, noun=noun, a_id=low, b_id=high):
                uow.add(DistinctPair(noun=noun, a_id=low, b_id=high, by=uow.user_id, at=uow.now))
        return self.desk.store.committed or 0

    def certain(self, noun: str | None, threshold: float) -> list[Cluster]:
        """What could be made one without being looked at: chains joined, nobody in them said or seen to be another."""
        with self.desk.reading() as reader:
            return [cluster for each in ((noun,) if noun else NOUNS) for cluster in _clusters(reader, each, threshold)]

    def merge_certain(self, clusters: Sequence[Cluster]) -> int:
        """Make each cluster one record, all in one undo step; how many records were merged away."""
        merged = sum(len(cluster.pairs) for cluster in clusters)
        if not merged:
            return 0
        done: list[tuple[str, Any]] = []
        with self.desk.writing("dupes --auto", f"{merged} duplicates") as uow:
            for cluster in clusters:
                for pair in cluster.pairs:
                    merge = self._services[cluster.noun].merge_in(uow, cluster.keeper, pair.b_number)
                    done.append((cluster.noun, merge.record))
        for noun, record in done:
            self.desk.hooks.after(f"{noun}-edit", as_record(record))
        return merged


def scored(reader: Reader, noun: str, threshold: float) -> Iterator[DuplicatePair]:
    """Every pair of a noun that scores at least the threshold."""
    known = queries.distinct_pairs(reader, noun)
    for one, other, score in _scores(reader, _profiles(reader, noun), noun, threshold):
        if (one.number, other.number) not in known:
            yield _pair(noun, one, other, score)


def _profiles(reader: Reader, noun: str, numbers: Sequence[int] | None = None) -> list[Any]:
    from crmcli.domain.profiles import firm_of, person_of

    if noun == "contact":
        return [person_of(kept) for kept in queries.kept_people(reader, numbers)]
    return [firm_of(kept) for kept in queries.kept_firms(reader, numbers)]


def _scores(reader: Reader, profiles: Sequence[Any], noun: str, threshold: float) -> Iterator[tuple[Any, Any, Score]]:
    from crmcli.domain import blocking
    from crmcli.domain.profiles import crowds_of

    crowds = crowds_of(profiles)
    candidates = blocking.people(profiles) if noun == "contact" else blocking.firms(profiles)
    compare = _comparison(noun)
    for one, other in candidates:
        reader.refuse_called_off()
        score = compare(one, other, crowds)
        if score.value >= threshold:
            yield one, other, score


def _comparison(noun: str) -> Callable[[Any, Any, Mapping[str, int]], Score]:
    from crmcli.domain.matching import firm_score, person_score

    return person_score if noun == "contact" else firm_score


def _pair(noun: str, one: Person | Firm, other: Person | Firm, score: Score) -> DuplicatePair:
    names = Link(one.uid, one.name), Link(other.uid, other.name)
    return DuplicatePair(noun, *names, score.value, score.reasons, one.number, other.number)


def _numbers(pair: DuplicatePair) -> tuple[int, int]:
    return min(pair.a_number, pair.b_number), max(pair.a_number, pair.b_number)


# -- the few who may be like one


def _nearby(reader: Reader, noun: str, number: int) -> list[int]:
    """Records that indexes find beside one: of its name, its words in either script, its company, domain or phone."""
    mine = _profiles(reader, noun, [number])
    if not mine:
        return []
    ways = _near_person(reader, mine[0]) if noun == "contact" else _near_firm(reader, mine[0])
    return [each for each in dict.fromkeys(n for way in ways for n in way) if each != number]


def _near_person(reader: Reader, person: Person) -> Iterator[Iterable[int]]:
    from crmcli.domain.transliteration import cyrillic_spellings, spellings

    written = (*spellings(person.name), *cyrillic_spellings(person.name))
    spelled = [text.replace(",", " ").replace(".", " ").split() for text in written]
    yield queries.of_email(reader, person.emails)
    turned = (" ".join(name[shift:] + name[:shift]) for name in spelled for shift in range(min(len(name), 3)))
    yield queries.alike_by_name(reader, "contact", list(dict.fromkeys(turned)))
    yield queries.alike_by_words(reader, "contact", _distinct(_beginnings(name) for name in spelled if len(name) > 1))
    yield queries.colleagues(reader, person.number)


def _beginnings(name: Sequence[str]) -> list[str]:
    """How the words begin: enough for the index to find them, and little enough for their ends to differ."""
    return [word[:_BEGINNING] for word in name]


def _distinct(names: Iterable[list[str]]) -> list[tuple[str, ...]]:
    return list(dict.fromkeys(map(tuple, names)))


def _near_firm(reader: Reader, firm: Firm) -> Iterator[Iterable[int]]:
    from crmcli.domain.company_names import bare_words
    from crmcli.domain.transliteration import cyrillic_spellings, spellings

    bare = bare_words(firm.name)
    other = [text.split() for name in bare for text in cyrillic_spellings(" ".join(name))]
    written = (*spellings(firm.name), *cyrillic_spellings(firm.name), *map(" ".join, other))
    yield queries.alike_by_name(reader, "company", list(dict.fromkeys(written)))
    yield queries.alike_by_words(reader, "company", _distinct(map(_beginnings, (*bare, *other))))
    yield queries.of_website(reader, firm.domains)
    yield queries.of_phone(reader, "company", firm.number)


def _compared(reader: Reader, noun: str, number: int, numbers: Sequence[int]) -> Iterator[DuplicatePair]:
    profiles = _profiles(reader, noun, [number, *numbers])
    compare = _comparison(noun)
    mine = next((profile for profile in profiles if profile.number == number), None)
    if mine is None:  # deleted since its neighbours were looked for
        return

    def score(other: Any, crowds: Mapping[str, int]) -> Score:  # noqa: ANN401 - a person or a company, as mine is
        return compare(other, mine, crowds) if other.number < number else compare(mine, other, crowds)

    # A crowd only takes from a score, so it is counted for those alone who may be one without it.
    likely = [each for each in profiles if each is not mine and score(each, {}).value >= DEFAULT_THRESHOLD]
    crowds = _crowds_in_store(reader, noun, mine, likely) if likely else {}
    for other in likely:
        if (found := score(other, crowds)).value >= DEFAULT_THRESHOLD:
            yield _pair(noun, other, mine, found)


def _crowds_in_store(reader: Reader, noun: str, mine: Any, others: Sequence[Any]) -> dict[str, int]:  # noqa: ANN401
    """The crowds as they are among all records, of the names and the shared phones of a few."""
    from crmcli.domain.matching import name_key
    from crmcli.domain.profiles import crowds_of

    shared = set(mine.phones) & {phone for each in others for phone in each.phones}
    if shared and noun == "contact":
        # A person's number is theirs alone but for copies that were kept beside others' records, which no index has.
        return crowds_of(_profiles(reader, noun))
    names = {name_key(each) for each in (mine, *others)} - {""}
    crowds = {name: queries.namesakes(reader, noun, name) for name in names}
    return crowds | {phone: queries.sharers(reader, phone) for phone in shared}


# -- what is certain


def _clusters(reader: Reader, noun: str, threshold: float) -> Iterator[Cluster]:
    profiles = _profiles(reader, noun)
    known = queries.distinct_pairs(reader, noun)
    ranked = sorted(
        _scores(reader, profiles, noun, threshold),
        key=lambda found: (-found[2].value, found[0].number, found[1].number),
    )
    ranked = [found for found in ranked if (found[0].number, found[1].number) not in known]
    joined = _Joined(noun, known)
    for one, other, score in ranked:
        joined.join(one, other, score)
    yield from joined.clusters(reader)


class _Joined:
    """Records joined into clusters, the surest pair first."""

    def __init__(self, noun: str, known: set[tuple[int, int]]) -> None:
        self.noun = noun
        self._known = known
        self._compare = _comparison(noun)
        self._cluster: dict[int, list[Any]] = {}
        self._scores: dict[tuple[int, int], Score] = {}

    def join(self, one: Any, other: Any, score: Score) -> None:  # noqa: ANN401 - two people or two companies
        """Join the clusters of two records, unless someone in one of them is somebody else than someone in the other."""
        self._scores[one.number, other.number] = score
        mine, theirs = (self._cluster.setdefault(record.number, [record]) for record in (one, other))
        if mine is theirs or not all(self._agree(a, b) for a in mine for b in theirs):
            return
        mine += theirs
        for record in theirs:
            self._cluster[record.number] = mine

    def _agree(self, one: Any, other: Any) -> bool:  # noqa: ANN401
        low, high = (one, other) if one.number < other.number else (other, one)
        if (low.number, high.number) in self._known:
            return False
        return self._score(low, high).value >= _AGREED

    def _score(self, low: Any, high: Any) -> Score:  # noqa: ANN401
        pair = low.number, high.number
        if pair not in self._scores:
            self._scores[pair] = self._compare(low, high, {})
        return self._scores[pair]

    def clusters(self, reader: Reader) -> Iterator[Cluster]:
        """Each cluster of two or more, under the fullest of its records, the oldest of those that are as full."""
        for members in {id(members): members for members in self._cluster.values()}.values():
            if len(members) < 2:
                continue
            full = {record.number: queries.fullness(reader, self.noun, record.number) for record in members}
            keeper, *others = sorted(members, key=lambda record: (-full[record.number], record.number))
            pairs = (_pair(self.noun, keeper, other, self._between(keeper, other)) for other in others)
            yield Cluster(self.noun, keeper.number, tuple(pairs))

    def _between(self, one: Any, other: Any) -> Score:  # noqa: ANN401
        return self._score(*sorted((one, other), key=lambda record: int(record.number)))
