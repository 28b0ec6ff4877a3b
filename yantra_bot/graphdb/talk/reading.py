"""Reads a project's talk: threads go in, entities and relations come out. Rules alone; no model is asked. Pure.

A model may add what rules cannot see: it implements `Extractor`, and whoever has one passes it in.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from yantra_bot.domain.graph import Problem, Symbol
from yantra_bot.domain.talk import (
    Entity,
    EntityKind,
    Message,
    Reach,
    Relation,
    RelationKind,
    Seen,
    SourceKind,
    Talk,
    Thread,
)
from yantra_bot.graphdb.talk.gazetteer import Gazetteer, load_gazetteer
from yantra_bot.graphdb.talk.mentions import MAX_TEXT, find_mentions
from yantra_bot.graphdb.talk.merging import Collected, Record, merge
from yantra_bot.graphdb.talk.privacy import mask, mask_link
from yantra_bot.graphdb.talk.relations import read_relations
from yantra_bot.graphdb.talk.sentences import Surroundings, read_sentences
from yantra_bot.graphdb.talk.spotted import Spotted, key_of
from yantra_bot.graphdb.talk.spotting import Spotter
from yantra_bot.graphdb.talk.symbols import SymbolIndex

MAX_MESSAGES = 20_000
MAX_TOTAL = 50_000_000
"""Characters of all messages together."""
PARTICIPANT = 0.5
AUTHOR = 0.99

_ENTITY_KINDS = {
    SourceKind.ISSUE: EntityKind.ISSUE,
    SourceKind.PULL_REQUEST: EntityKind.PULL_REQUEST,
    SourceKind.COMMIT: EntityKind.COMMIT,
    SourceKind.PAGE: EntityKind.DOCUMENT,
    SourceKind.THREAD: EntityKind.EVENT,
}
_CLOSING = frozenset({SourceKind.PULL_REQUEST, SourceKind.COMMIT})
"""Where GitHub closes an issue that a keyword names."""


class Extractor(Protocol):
    """Finds further entities in a masked text, as a model may. What it returns counts with its own confidence."""

    def spot(self, text: str) -> Sequence[Spotted]: ...


@dataclass(slots=True)
class _Reader:
    """What is carried from message to message."""

    spotter: Spotter
    extractor: Extractor | None = None
    collected: Collected = field(default_factory=Collected)

    def read(self, thread: Thread) -> None:
        repository = thread.repository
        subject = _subject(thread)
        project = Spotted(EntityKind.PROJECT, repository, 0, 0, 0.95, repository) if repository else None
        for place, message in enumerate(thread.messages):
            note = _Note(self.collected, thread.reach, message.time, mask_link(message.link))
            author = self._author(message)
            note.entity(subject, mask(thread.title) if place == 0 else "")
            if project is not None:
                note.entity(project, "")
                note.relation(subject, project, RelationKind.PART_OF, AUTHOR)
            if author is not None:
                note.entity(author, author.said)
                if place == 0:
                    note.relation(author, subject, RelationKind.CREATES, AUTHOR)
            text = mask(f"{thread.title}\n\n{message.text}" if place == 0 else message.text)[:MAX_TEXT]
            self._read_text(text, thread, note, Surroundings(author, project, subject))
        self._join_participants(thread)
        for symbol in thread.touches:
            note = _Note(self.collected, thread.reach, thread.messages[0].time, mask_link(thread.messages[0].link))
            touched = Spotted(EntityKind.SYMBOL, symbol, 0, 0, AUTHOR)
            note.entity(touched, "")
            note.relation(subject, touched, RelationKind.TOUCHES, AUTHOR)

    def _author(self, message: Message) -> Spotted | None:
        handle = mask(message.author).strip().lstrip("@")
        if not handle or handle.endswith("[bot]"):
            return None
        name = self.spotter.people.get(handle.lower(), handle if " " in handle else f"@{handle}")
        return Spotted(EntityKind.PERSON, name, 0, 0, AUTHOR, f"@{handle}" if " " not in handle else handle)

    def _read_text(self, text: str, thread: Thread, note: "_Note", around: Surroundings) -> None:
        spotted = self.spotter.spot(text, thread.repository)
        if self.extractor is not None:
            spotted = sorted([*spotted, *self.extractor.spot(text)], key=lambda one: one.start)
        subject = around.thread
        closed = {one.start for one in find_mentions(text, thread.repository) if one.closes and thread.kind in _CLOSING}
        for one in spotted:
            note.entity(one, one.said)
            if subject is not None and one.key != subject.key:
                kind = RelationKind.FIXES if one.start in closed else RelationKind.MENTIONS
                note.relation(subject, one, kind, one.confidence)
        for sentence in read_sentences(text, spotted, around):
            for said in read_relations(text, sentence, subject):
                note.relation(said.source, said.target, said.kind, said.confidence)

    def _join_participants(self, thread: Thread) -> None:
        """Let those who speak in one thread work together."""
        first: Spotted | None = None
        for message in thread.messages:
            author = self._author(message)
            if author is None:
                continue
            first = first or author
            if author.key != first.key:
                note = _Note(self.collected, thread.reach, message.time, mask_link(message.link))
                note.relation(first, author, RelationKind.WORKS_WITH, PARTICIPANT)


@dataclass(frozen=True, slots=True)
class _Note:
    """Writes down what one message says. All that comes in is masked."""

    collected: Collected
    reach: Reach
    time: float
    link: str

    def entity(self, one: Spotted, said: str) -> None:
        self._note(self.collected.entity(one.kind, one.name), one.confidence, said)

    def relation(self, source: Spotted, target: Spotted, kind: RelationKind, confidence: float) -> None:
        if source.key != target.key:
            for one in (source, target):
                self.collected.names.setdefault(one.key, (one.kind, one.name))
                if one.key not in self.collected.entities:
                    self.entity(one, one.said)
            self._note(self.collected.relation(source.key, target.key, kind), confidence, "")

    def _note(self, record: Record, confidence: float, said: str) -> None:
        record.note(confidence, reach=self.reach, time=self.time, link=self.link, said=said[:200])


def _subject(thread: Thread) -> Spotted:
    kind = _ENTITY_KINDS[thread.kind]
    is_numbered = kind in {EntityKind.ISSUE, EntityKind.PULL_REQUEST}
    name = f"{thread.repository}#{thread.name}" if is_numbered else thread.name
    return Spotted(kind, mask(name), 0, 0, AUTHOR)


def read_talk(
    threads: Iterable[Thread],
    symbols: Iterable[Symbol] = (),
    *,
    gazetteer: Gazetteer | None = None,
    extractor: Extractor | None = None,
) -> Talk:
    """Return the entities and relations of all threads; `symbols` are those that code in them may name.

    Never raises for what a thread contains. What exceeds the limits is left out, and told as a problem.
    """
    problems: list[Problem] = []
    kept = list(_bounded(threads, problems))
    if not kept:
        return Talk(problems=tuple(problems), absence="no issues, pull requests or pages were given")
    spotter = Spotter(gazetteer or load_gazetteer(), SymbolIndex(symbols), _people(kept), _numbers(kept))
    for thread in kept:
        for message in thread.messages:
            spotter.learn(mask(message.text[:MAX_TEXT]))
    reader = _Reader(spotter, extractor)
    for thread in kept:
        reader.read(thread)
    entities, relations = merge(reader.collected, spotter.people)
    return Talk(entities, relations, tuple(problems))


def _bounded(threads: Iterable[Thread], problems: list[Problem]) -> Iterator[Thread]:
    messages = size = 0
    for thread in threads:
        if not thread.messages:
            continue
        messages += len(thread.messages)
        size += sum(min(len(message.text), MAX_TEXT) for message in thread.messages)
        if messages > MAX_MESSAGES or size > MAX_TOTAL:
            problems.append(
                Problem(thread.name, "talk cut", f"more than {MAX_MESSAGES} messages or {MAX_TOTAL} letters")
            )
            return
        if any(len(message.text) > MAX_TEXT for message in thread.messages):
            problems.append(Problem(thread.name, "too long", f"only {MAX_TEXT} letters of a message were read"))
        yield thread


def _people(threads: Iterable[Thread]) -> dict[str, str]:
    found: dict[str, str] = {}
    for thread in threads:
        for message in thread.messages:
            name = " ".join(mask(message.author_name).split())
            if message.author and name and "[" not in name:
                found.setdefault(message.author.lower().lstrip("@"), name)
    return found


def _numbers(threads: Iterable[Thread]) -> dict[str, EntityKind]:
    kinds = {SourceKind.ISSUE: EntityKind.ISSUE, SourceKind.PULL_REQUEST: EntityKind.PULL_REQUEST}
    return {
        f"{thread.repository}#{thread.name}".lower(): kinds[thread.kind] for thread in threads if thread.kind in kinds
    }


def hide(talk: Talk, allowed: Iterable[Reach]) -> Talk:
    """Return what somebody may see who may read these reaches alone: nothing is left of what was said elsewhere.

    Confidence and spellings are of everything that was said; where they could betray something, read the allowed
    threads alone.
    """
    reaches = set(allowed)
    entities = [_hidden(entity, reaches) for entity in talk.entities]
    kept = [entity for entity in entities if entity is not None]
    keys = {entity.key for entity in kept}
    relations = [
        replace(relation, seen=seen)
        for relation in talk.relations
        if (seen := _seen(relation, reaches)) and relation.source in keys and relation.target in keys
    ]
    return Talk(tuple(kept), tuple(relations), talk.problems, talk.absence)


def _hidden(entity: Entity, reaches: set[Reach]) -> Entity | None:
    seen = _seen(entity, reaches)
    if not seen:
        return None
    return replace(entity, seen=seen, aliases=entity.aliases if len(seen) == len(entity.seen) else ())


def _seen(one: Entity | Relation, reaches: set[Reach]) -> tuple[Seen, ...]:
    return tuple(seen for seen in one.seen if seen.reach in reaches)


def find_entity(talk: Talk, kind: EntityKind, name: str) -> Entity | None:
    """Return an entity by its kind and name; None when there is none."""
    key = key_of(kind, name)
    return next((entity for entity in talk.entities if entity.key == key), None)
