"""Merges what was spotted into entities: one for all spellings, handles and abbreviations of a name. Pure."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from yantra_bot.domain.talk import Entity, EntityKind, Reach, Relation, RelationKind, Seen
from yantra_bot.graphdb.talk.spotted import key_of

MAX_LINKS = 5
MAX_ALIASES = 10
SUREST = 0.99

_LOOSE = re.compile(r"[\s._-]+")
_WITH_CASE = frozenset({EntityKind.SYMBOL, EntityKind.DOCUMENT})
_NUMBERED = frozenset({EntityKind.ISSUE, EntityKind.PULL_REQUEST})


@dataclass(slots=True)
class Record:
    """What is known of an entity or a relation so far."""

    doubt: float = 1.0
    """The chance that every single mention is wrong."""
    best: float = 0.0
    spellings: Counter[str] = field(default_factory=Counter)
    seen: dict[Reach, list[float]] = field(default_factory=dict)
    """Mentions, first and last, by reach."""
    links: dict[Reach, list[str]] = field(default_factory=dict)

    def note(self, confidence: float, *, reach: Reach, time: float, link: str, said: str = "") -> None:
        self.doubt *= 1 - min(max(confidence, 0.0), SUREST) * 0.5
        self.best = max(self.best, confidence)
        if said:
            self.spellings[said] += 1
        sums = self.seen.setdefault(reach, [0, time, time])
        sums[0] += 1
        sums[1], sums[2] = min(sums[1], time), max(sums[2], time)
        links = self.links.setdefault(reach, [])
        if link and link not in links and len(links) < MAX_LINKS:
            links.append(link)

    def join(self, other: "Record") -> None:
        self.doubt *= other.doubt
        self.best = max(self.best, other.best)
        self.spellings += other.spellings
        for reach, (count, first, last) in other.seen.items():
            sums = self.seen.setdefault(reach, [0, first, last])
            sums[0] += count
            sums[1], sums[2] = min(sums[1], first), max(sums[2], last)
            links = self.links.setdefault(reach, [])
            links += [link for link in other.links.get(reach, []) if link not in links][: MAX_LINKS - len(links)]

    @property
    def confidence(self) -> float:
        """The best of all mentions, raised by the others."""
        return round(min(max(self.best, 1 - self.doubt), SUREST), 3)

    def seen_by_reach(self) -> tuple[Seen, ...]:
        order = [reach for reach in Reach if reach in self.seen]
        return tuple(
            Seen(reach, int(self.seen[reach][0]), self.seen[reach][1], self.seen[reach][2], tuple(self.links[reach]))
            for reach in order
        )


Names = dict[str, tuple[EntityKind, str]]


@dataclass(slots=True)
class Collected:
    """Everything that was spotted, by key, before duplicates are merged."""

    names: Names = field(default_factory=dict)
    entities: dict[str, Record] = field(default_factory=dict)
    relations: dict[tuple[str, str, RelationKind], Record] = field(default_factory=dict)

    def entity(self, kind: EntityKind, name: str) -> Record:
        key = key_of(kind, name)
        self.names.setdefault(key, (kind, name))
        return self.entities.setdefault(key, Record())

    def relation(self, source: str, target: str, kind: RelationKind) -> Record:
        return self.relations.setdefault((source, target, kind), Record())


def merge(collected: Collected, people: Mapping[str, str]) -> tuple[tuple[Entity, ...], tuple[Relation, ...]]:
    """Return entities and relations, duplicates merged. `people` is what participants are called, by handle."""
    roots = find_duplicates(collected, people)
    entities: dict[str, Record] = {}
    for key, record in collected.entities.items():
        entities.setdefault(roots[key], Record()).join(record)
    relations: dict[tuple[str, str, RelationKind], Record] = {}
    for (source, target, kind), record in collected.relations.items():
        ends = roots[source], roots[target]
        if kind is RelationKind.WORKS_WITH and ends[0] > ends[1]:
            ends = ends[1], ends[0]
        if ends[0] != ends[1]:
            relations.setdefault((*ends, kind), Record()).join(record)
    return (
        tuple(_entity(key, record, collected.names) for key, record in sorted(entities.items())),
        tuple(
            Relation(source, target, kind, record.confidence, record.seen_by_reach())
            for (source, target, kind), record in sorted(relations.items())
        ),
    )


def _entity(key: str, record: Record, names: Names) -> Entity:
    kind, name = names[key]
    aliases = [said for said, _ in record.spellings.most_common() if said not in {name, key}]
    return Entity(key, kind, name, record.confidence, record.seen_by_reach(), tuple(aliases[:MAX_ALIASES]))


def find_duplicates(collected: Collected, people: Mapping[str, str]) -> dict[str, str]:
    """Return for each key the key of the entity that it is merged into."""
    roots = {key: key for key in collected.names}
    _merge_spellings(collected, roots)
    _merge_handles(collected, people, roots)
    _merge_first_names(collected, roots)
    _merge_kinds(collected, roots)
    return {key: _root(roots, key) for key in roots}


def _root(roots: Mapping[str, str], key: str) -> str:
    while roots[key] != key:
        key = roots[key]
    return key


def _join(roots: dict[str, str], key: str, into: str) -> None:
    first, second = _root(roots, key), _root(roots, into)
    if first != second:
        roots[first] = second


def _merge_spellings(collected: Collected, roots: dict[str, str]) -> None:
    """Merge names that differ in case, spaces, dots and dashes alone, into the one that is said most often."""
    groups: defaultdict[tuple[EntityKind, str], list[str]] = defaultdict(list)
    for key, (kind, name) in collected.names.items():
        if kind not in _WITH_CASE:
            loose = name.lower() if kind in _NUMBERED or kind is EntityKind.EVENT else _LOOSE.sub("", name.lower())
            groups[kind, loose.lstrip("@") if kind is EntityKind.PERSON else loose].append(key)
    for keys in groups.values():
        best = max(keys, key=lambda one: (_count(collected, one), one))
        for key in keys:
            _join(roots, key, best)


def _count(collected: Collected, key: str) -> float:
    return sum(count for count, _, _ in collected.entities[key].seen.values()) if key in collected.entities else 0


def _merge_handles(collected: Collected, people: Mapping[str, str], roots: dict[str, str]) -> None:
    for handle, name in people.items():
        person, known = key_of(EntityKind.PERSON, f"@{handle}"), key_of(EntityKind.PERSON, name)
        if person in roots and known in roots:
            _join(roots, person, known)


def _merge_first_names(collected: Collected, roots: dict[str, str]) -> None:
    """Merge a first name alone into the only person with that first name."""
    full: defaultdict[str, set[str]] = defaultdict(set)
    for key, (kind, name) in collected.names.items():
        if kind is EntityKind.PERSON and " " in name:
            full[name.split()[0].lower()].add(_root(roots, key))
    for key, (kind, name) in collected.names.items():
        if kind is EntityKind.PERSON and " " not in name and not name.startswith("@"):
            bearers = full.get(name.lower(), set())
            if len(bearers) == 1:
                _join(roots, key, next(iter(bearers)))


def _merge_kinds(collected: Collected, roots: dict[str, str]) -> None:
    """Merge what was taken for an issue into the pull request of its number, and a guess into what a list knows."""
    for key, (kind, name) in collected.names.items():
        if kind is EntityKind.ISSUE:
            pull = key_of(EntityKind.PULL_REQUEST, name)
            if pull in roots:
                _join(roots, key, pull)
        elif kind in {EntityKind.PROJECT, EntityKind.ORGANISATION}:
            for surer in (EntityKind.TECHNOLOGY, EntityKind.TOOL):
                if key_of(surer, name) in roots:
                    _join(roots, key, key_of(surer, name))
