"""Spots entities in a text by rules: names that are known, forms that speak for themselves, words beside a name. Pure.

The text is masked already. What stands in code blocks, quotes and addresses is not read as prose.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from yantra_bot.domain.talk import EntityKind
from yantra_bot.graphdb.talk.gazetteer import Gazetteer, Known
from yantra_bot.graphdb.talk.mentions import Mention, MentionKind, blank, code_spans, find_mentions
from yantra_bot.graphdb.talk.names import find_documents, find_events, find_organisations, find_people, find_projects
from yantra_bot.graphdb.talk.spotted import Spotted
from yantra_bot.graphdb.talk.symbols import SymbolIndex

_QUOTED = re.compile(r"^ {0,3}>[^\n]*", re.MULTILINE)
_COMMENT = re.compile(r"<!--.{0,20000}?-->", re.DOTALL)
_ACRONYM = re.compile(r"\b((?:[A-Za-z][\w-]{0,30} ){1,6})\(([A-Z][A-Z0-9]{1,6})s?\)")
_NUMBERED = {MentionKind.ISSUE: EntityKind.ISSUE, MentionKind.PULL_REQUEST: EntityKind.PULL_REQUEST}
_BOT = re.compile(r"(?:\[bot\]|-bot|^bot)$", re.IGNORECASE)
_SURE = {
    EntityKind.TECHNOLOGY: 0.85,
    EntityKind.TOOL: 0.85,
    EntityKind.CONCEPT: 0.75,
    EntityKind.ORGANISATION: 0.85,
    EntityKind.LOCATION: 0.85,
}


@dataclass(slots=True)
class Spotter:
    """Knows what all texts have in common: the symbols, the names, the participants, which number is a pull request."""

    gazetteer: Gazetteer
    index: SymbolIndex = field(default_factory=SymbolIndex)
    people: Mapping[str, str] = field(default_factory=dict)
    """What each participant is called in full, by handle."""
    numbers: Mapping[str, EntityKind] = field(default_factory=dict)
    """Whether `owner/name#12` is an issue or a pull request, as far as it is known."""
    acronyms: dict[str, str] = field(default_factory=dict)

    def learn(self, text: str) -> None:
        """Take note of the acronyms that a text explains, such as `Model View Controller (MVC)`."""
        for found in _ACRONYM.finditer(text):
            words = found[1].split()[-len(found[2]) :]
            initials = "".join(word[0] for word in words).upper()
            if initials == found[2] and found[2].lower() not in self.gazetteer.names:
                self.acronyms.setdefault(found[2], " ".join(words).lower())

    def spot(self, text: str, repository: str = "") -> list[Spotted]:
        """Return the entities of a text, in order and without overlap; the surer and longer one wins."""
        # What is quoted was said, and counted, elsewhere.
        text = blank(text, [match.span() for match in _QUOTED.finditer(text)])
        mentions = find_mentions(text, repository)
        found = [spotted for mention in mentions for spotted in self._from_mention(mention, text)]
        spans = code_spans(text)
        spans += [match.span() for match in _COMMENT.finditer(text)]
        spans += [(mention.start, mention.end) for mention in mentions]
        found += find_documents(blank(text, [*code_spans(text), *((one.start, one.end) for one in found)]))
        prose = blank(text, [*spans, *((one.start, one.end) for one in found)])
        found += self._from_prose(prose)
        return _without_overlap(found)

    def _from_mention(self, mention: Mention, text: str) -> Iterator[Spotted]:
        place = mention.start, mention.end
        said = text[mention.start : mention.end]
        if mention.kind in {MentionKind.ISSUE, MentionKind.PULL_REQUEST, MentionKind.ISSUE_OR_PULL}:
            known = self.numbers.get(mention.name.lower())
            kind = known or _NUMBERED.get(mention.kind, EntityKind.ISSUE)
            yield Spotted(kind, mention.name, *place, 0.99 if known or mention.kind in _NUMBERED else 0.7, said)
        elif mention.kind is MentionKind.COMMIT:
            yield Spotted(EntityKind.COMMIT, mention.name, *place, 0.9 if len(mention.name) > 9 else 0.6, said)
        elif mention.kind is MentionKind.PERSON and not _BOT.search(mention.name):
            name = self.people.get(mention.name.lower(), f"@{mention.name}")
            yield Spotted(EntityKind.PERSON, name, *place, 0.95, said)
        elif mention.kind is MentionKind.TEAM:
            yield Spotted(EntityKind.ORGANISATION, f"@{mention.name}", *place, 0.8, said)
        elif mention.kind in {MentionKind.CODE, MentionKind.PLACE}:
            yield from self._from_code(mention, said)

    def _from_code(self, mention: Mention, said: str) -> Iterator[Spotted]:
        if mention.kind is MentionKind.PLACE:
            found = self.index.at_line(mention.name, mention.line, mention.function)
        else:
            found = self.index.resolve(mention.name)
        for key, confidence in found:
            yield Spotted(EntityKind.SYMBOL, key, mention.start, mention.end, confidence, said)
        if not found and mention.kind is MentionKind.CODE:
            for _, _, known in self.gazetteer.find(mention.name):
                yield self._known(known, mention.start, mention.end, said)
                break

    def _from_prose(self, prose: str) -> Iterator[Spotted]:
        for start, end, known in self.gazetteer.find(prose):
            yield self._known(known, start, end, prose[start:end])
        for acronym, name in self.acronyms.items():
            if acronym not in prose:
                continue
            for found in re.finditer(rf"\b{re.escape(acronym)}s?\b", prose):
                yield Spotted(EntityKind.CONCEPT, name, *found.span(), 0.75, acronym)
        yield from find_people(prose, self.gazetteer.first_names, self.people.values())
        yield from find_organisations(prose)
        yield from find_projects(prose)
        yield from find_events(prose)

    @staticmethod
    def _known(known: Known, start: int, end: int, said: str) -> Spotted:
        return Spotted(known.kind, known.name, start, end, _SURE[known.kind], said)


def _without_overlap(spotted: Iterable[Spotted]) -> list[Spotted]:
    """Return what was spotted, in order; of two that overlap the longer one, then the surer one.

    Several readings of the very same code are kept: each is a candidate.
    """
    kept: list[Spotted] = []
    for one in sorted(spotted, key=lambda each: (each.start - each.end, -each.confidence, each.start, each.name)):
        around = [other for other in kept if one.start < other.end and other.start < one.end]
        is_reading = bool(around) and all(
            (other.start, other.end, other.kind, one.kind) == (one.start, one.end, EntityKind.SYMBOL, EntityKind.SYMBOL)
            for other in around
        )
        if not around or is_reading:
            kept.append(one)
    return sorted(kept, key=lambda each: (each.start, -each.confidence, each.name))
