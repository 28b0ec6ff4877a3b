"""Says in words why something was found: the part of the search, what it saw, and its share. Pure."""

from functools import cached_property
from typing import Final

import numpy as np

from yantra_bot.retrieval.hits import Reason, ReasonKind
from yantra_bot.retrieval.lexical import Scores
from yantra_bot.retrieval.past import short
from yantra_bot.retrieval.places import find_rows
from yantra_bot.retrieval.query import Query
from yantra_bot.retrieval.signals import Columns, Shelf
from yantra_bot.retrieval.terms import Postings
from yantra_bot.retrieval.weights import Weights

LEAST_SHARE: Final = 0.05
MOST_WORDS: Final = 5


class Teller:
    """Tells the reasons of one search."""

    def __init__(self, shelf: Shelf, query: Query, columns: Columns, weights: Weights) -> None:
        self._shelf, self._query, self._columns, self._weights = shelf, query, columns, weights

    def tell(self, row: int) -> tuple[Reason, ...]:
        """Return why a row was found, the strongest reason first."""
        shares = self._weights.share(self._columns, row, self._average)
        reasons = [Reason(kind, self._say(kind, row), round(share, 2)) for kind, share in shares.items()]
        pointed = [Reason(ReasonKind.NAMED, "the text points at its lines", 1.0)] if row in self._pointed else []
        kept = [one for one in reasons if one.share >= LEAST_SHARE and one.words]
        return (*pointed, *sorted(kept, key=lambda one: (-one.share, one.kind)))

    def tell_file(self, file: int, scores: Scores) -> tuple[Reason, ...]:
        """Return why a file was found: why its best row was."""
        rows = self._shelf.groups.code.rows_of_file(file)
        best = rows[int(np.argmax(scores[rows.start : rows.stop]))]
        name = self._shelf.groups.code.chunks[best].name or "its top level"
        return tuple(Reason(one.kind, f"{name}: {one.words}", one.share) for one in self.tell(best))

    @cached_property
    def _average(self) -> dict[str, float]:
        return {name: float(values.mean()) for name, values in self._columns.items()}

    @cached_property
    def _pointed(self) -> frozenset[int]:
        cues, code = self._query.cues, self._shelf.groups.code
        places = [*cues.frames, *(place for place in cues.places if place.line is not None)]
        return frozenset(row for place in places for row in find_rows(code, place))

    def _say(self, kind: ReasonKind, row: int) -> str:
        chunk = self._shelf.groups.code.chunks[row]
        match kind:
            case ReasonKind.NAMED:
                return self._say_named(row)
            case ReasonKind.WORDS:
                return say_words(self._query, self._shelf.groups.code.whole, self._shelf.mild.rarity, row)
            case ReasonKind.FILE:
                return f"much in {chunk.name.rpartition('.')[0] or chunk.path} fits"
            case ReasonKind.PAST:
                return self._say_past(row)
            case ReasonKind.ACTIVITY:
                return "it was changed often of late"
            case ReasonKind.NEIGHBOURS:
                return self._say_neighbours(row)
            case ReasonKind.TESTS:
                return self._say_tests(row)
            case ReasonKind.MEANING | ReasonKind.MODEL:
                return "its meaning is near"

    def _say_named(self, row: int) -> str:
        chunk, cues = self._shelf.groups.code.chunks[row], self._query.cues
        if (chunk.owner, chunk.own_name) in cues.pairs:
            return f"the text names {chunk.owner}.{chunk.own_name}"
        if chunk.own_name in cues.identifiers or chunk.own_name in cues.words:
            return f"the text names {chunk.own_name}"
        is_named = chunk.owner in cues.identifiers or chunk.owner in cues.words
        return f"the text names its class {chunk.owner}" if is_named else ""

    def _say_past(self, row: int) -> str:
        past, keys, chunk = self._shelf.past, self._shelf.keys, self._shelf.groups.code.chunks[row]
        if past is None:
            return ""
        file = short(chunk.path)
        known = (
            (keys.function, f"{chunk.own_name} in {file}"),
            (keys.owner, f"{chunk.owner} in {file}"),
            (keys.file, file),
        )
        for rows, changed in known:
            commit = self._told[rows[row]] if rows[row] >= 0 else -1
            if commit >= 0:
                found = past.commits[commit]
                return f"{found.sha[:10]} changed {changed}: {found.message.partition(chr(10))[0][:80]}"
        return ""

    @cached_property
    def _told(self) -> list[int]:
        past = self._shelf.past
        return [] if past is None else past.tell(self._query.weighed).best.tolist()

    def _say_neighbours(self, row: int) -> str:
        links, code = self._shelf.links, self._shelf.groups.code
        words = self._columns["words_weighed"]
        callers, callees = links.sources[links.targets == row], links.targets[links.sources == row]
        for verb, rows in (("used by", callers), ("uses", callees)):
            if len(rows):
                best = int(rows[np.argmax(words[rows])])
                if words[best] > 0:
                    return f"{verb} {code.chunks[best].name or code.chunks[best].path}"
        return ""

    def _say_tests(self, row: int) -> str:
        links = self._shelf.test_links
        tests = links.sources[links.targets == row]
        if not len(tests):
            return ""
        best = int(tests[np.argmax(self._test_scores[tests])])
        return f"{self._shelf.groups.tests.chunks[best].name or 'a test'} reaches it"

    @cached_property
    def _test_scores(self) -> Scores:
        return self._shelf.tests.score(self._query.weighed)


def say_words(query: Query, said: Postings, rarity: Scores, row: int) -> str:
    """Return which words of the query a row has, the rarest first; nothing where it has none."""
    first, last = np.searchsorted(said.rows, [row, row + 1])
    found = [int(term) for term in said.terms[first:last] if int(term) in query.words]
    # A letter says little to a person, however rare it is.
    found.sort(key=lambda term: (len(query.words[term]) < 2, -rarity[term] * query.weighed[term], query.words[term]))
    words = [query.words[term] for term in found[:MOST_WORDS]]
    return f"has the words {', '.join(words)}" if words else ""
