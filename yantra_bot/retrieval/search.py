"""Searches one tree for what a text is about: asks every retriever, weighs what they say, and tells why of each hit.

It reads no disk, asks no git and no model service. What could not be asked is named in the notes, never guessed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from yantra_bot.retrieval.chunks import Chunk, ChunkKind
from yantra_bot.retrieval.corpus import Corpus, Group
from yantra_bot.retrieval.filing import measure_files
from yantra_bot.retrieval.hits import FileHit, Found, Hit, Reason, ReasonKind
from yantra_bot.retrieval.lexical import Lexical, Scores
from yantra_bot.retrieval.links import Links
from yantra_bot.retrieval.past import Past
from yantra_bot.retrieval.places import lift_places, lower_aside
from yantra_bot.retrieval.query import Query, read_query
from yantra_bot.retrieval.reasons import Teller, say_words
from yantra_bot.retrieval.signals import RANK_BASE, Columns, Shelf, measure, rank
from yantra_bot.retrieval.spreading import spread
from yantra_bot.retrieval.terms import Ints
from yantra_bot.retrieval.weights import Model, load_model

POOL: Final = 60
"""Rows that are compared by meaning."""
MOST_UNKNOWN: Final = 0.5
"""Of the pool without an embedding; where more is missing, meaning would only favour what was embedded first."""
TOP: Final = 20
NEAREST: Final = 20
"""Rows that meaning alone may bring into the second look."""
RERANKED: Final = 20
_FUNCTIONS: Final = frozenset({ChunkKind.FUNCTION})
_DEFINED: Final = frozenset({ChunkKind.CLASS, ChunkKind.VALUE})
Rerank = Callable[[str, Sequence[str]], npt.NDArray[np.float32]]
"""Returns how well each text fits a query, by a model that reads both together."""
Nearest = Callable[[str, Sequence[Chunk], int], list[int]]
"""Returns the rows that are nearest to a text by meaning, best first; none where not all have an embedding yet."""
Similarity = Callable[[str, Sequence[Chunk]], npt.NDArray[np.float32] | None]
"""Returns how near each chunk is to a text by its embedding, -1 to 1; NaN for one without, None for none at all."""


@dataclass(frozen=True)
class Ranking:
    """The numbers behind an answer: columns and scores of rows and of files."""

    columns: Columns
    scores: Scores
    file_columns: Columns
    file_scores: Scores
    has_meaning: bool


class Searcher:
    """Searches one tree as it is now. Make another one after a change of the corpus."""

    def __init__(
        self,
        corpus: Corpus,
        past: Past | None = None,
        *,
        links: Links | None = None,
        similarity: Similarity | None = None,
        nearest: Nearest | None = None,
        reranker: Rerank | None = None,
        model: Model | None = None,
        without: frozenset[ReasonKind] = frozenset(),
    ) -> None:
        """`without` leaves parts of the search out; `notes` of an answer name what was not there to be asked."""
        self.corpus = corpus
        self.shelf = Shelf(corpus.groups, None if ReasonKind.PAST in without else past, corpus.counting, links)
        self._similarity, self._nearest, self._reranker = similarity, nearest, reranker
        model = model or load_model()
        self._model = model.without(without)

    def search(self, text: str, top: int = TOP) -> Found:
        """Return the best functions, files, tests and other pieces for a text, at most `top` each."""
        query = read_query(text, self.corpus.counting, self.shelf.past)
        notes = self._notes(query)
        code = self.shelf.groups.code
        if not len(code) or not self._has_ends(query):
            return Found(tests=self._tests(query, top), others=self._others(query, top), notes=notes)
        ranking = self.rank(query)
        if self._similarity is not None and not ranking.has_meaning:
            notes = (*notes, "No embeddings of these functions are at hand yet: meaning was not compared.")
        teller = Teller(
            self.shelf, query, ranking.columns, self._model.meant if ranking.has_meaning else self._model.again
        )
        defined = best_rows(code, ranking.scores, top, _DEFINED)
        rows = self._rerank(text, best_rows(code, ranking.scores, max(top, RERANKED)))[:top]
        return Found(
            functions=tuple(self._hit(row, ranking, teller) for row in rows),
            files=self._files(ranking, teller, top),
            tests=self._tests(query, top),
            others=self._others(query, top),
            notes=notes,
            definitions=tuple(self._hit(row, ranking, teller) for row in defined),
        )

    def _has_ends(self, query: Query) -> bool:
        """Say whether there is anything to begin from: a word, a place, or a name like `all` that is no word."""
        cues = query.cues
        return bool(not query.is_empty or cues.places or cues.frames or self.shelf.numbers(cues.identifiers))

    def rank(self, query: Query) -> Ranking:
        """Return columns and scores of every row and file of code."""
        code = self.shelf.groups.code
        columns = measure(self.shelf, query)
        scores = lower_aside(self._model.rows.score(columns), columns["aside"])
        pool = self._choose_pool(query.text, scores)
        columns |= spread(scores, self.shelf.links, code.class_rows, code.file_rows)
        has_meaning = self._compare_meaning(query.text, columns, pool)
        again = (self._model.meant if has_meaning else self._model.again).score(columns)
        # The pool stays above all others: only its own order is judged anew.
        floor = float(scores[pool[:POOL]].min())
        scores[pool] = floor + 1e-6 + again[pool] - float(again[pool].min())
        scores = lift_places(code, query.cues, scores)
        file_columns = measure_files(columns, scores, code.file_rows, code.paths)
        file_scores = lower_aside(self._model.files.score(file_columns), file_columns["row_aside"])
        return Ranking(columns, scores, file_columns, file_scores, has_meaning)

    def _choose_pool(self, text: str, scores: Scores) -> Ints:
        """Return the rows of the second look: the best of the first one, and the nearest by meaning."""
        pool = np.argsort(-scores, kind="stable")[:POOL]
        if self._nearest is None:
            return pool
        near = self._nearest(text, self.shelf.groups.code.chunks, NEAREST)
        known = set(pool.tolist())
        more = [row for row in near if row not in known]
        return np.concatenate([pool, np.array(more, np.int64)])

    def _rerank(self, text: str, rows: list[int]) -> list[int]:
        """Return the first rows in an order that a re-ranking model has a say in: their two ranks are fused."""
        first = rows[:RERANKED]
        if self._reranker is None or len(first) < 2:
            return rows
        fits = self._reranker(
            text, [chunk.header + "\n" + chunk.text for chunk in self.shelf.groups.code.at(np.array(first))]
        )
        by_model = rank(np.asarray(fits, np.float64))
        fused = {row: 1 / (RANK_BASE + place) + by_model[place] / (RANK_BASE + 1) for place, row in enumerate(first)}
        return [*sorted(first, key=lambda row: -fused[row]), *rows[RERANKED:]]

    def _compare_meaning(self, text: str, columns: Columns, pool: Ints) -> bool:
        near = None if self._similarity is None else self._similarity(text, self.shelf.groups.code.at(pool))
        return near is not None and place_meaning(columns, pool, near)

    def _hit(self, row: int, ranking: Ranking, teller: Teller) -> Hit:
        return Hit(self.shelf.groups.code.chunks[row], float(ranking.scores[row]), teller.tell(row))

    def _files(self, ranking: Ranking, teller: Teller, top: int) -> tuple[FileHit, ...]:
        code = self.shelf.groups.code
        best = np.argsort(-ranking.file_scores, kind="stable")[:top]
        return tuple(
            FileHit(code.paths[file], float(ranking.file_scores[file]), teller.tell_file(int(file), ranking.scores))
            for file in best
        )

    def _tests(self, query: Query, top: int) -> tuple[Hit, ...]:
        group, index = self.shelf.groups.tests, self.shelf.tests
        scores = index.score(query.weighed)
        return _by_words(group, index, scores, best_rows(group, scores, top), query)

    def _others(self, query: Query, top: int) -> tuple[Hit, ...]:
        group, index = self.shelf.groups.others, self.shelf.others
        scores = index.score(query.weighed)
        return _by_words(group, index, scores, np.argsort(-scores, kind="stable")[:top].tolist(), query)

    def _notes(self, query: Query) -> tuple[str, ...]:
        notes = []
        if query.is_empty:
            notes.append("No word of the text stands in the repository.")
        if not len(self.shelf.groups.code):
            notes.append("There is no code in a language that is read.")
        if self.shelf.past is None or not len(self.shelf.past):
            notes.append("No past was read: what commits say was not asked.")
        if self._similarity is None:
            notes.append("No embedding model is at hand: meaning was not compared.")
        return tuple(notes)


def _by_words(group: Group, index: Lexical, scores: Scores, rows: Sequence[int], query: Query) -> tuple[Hit, ...]:
    """Return the hits among rows that were found by words alone."""
    return tuple(
        Hit(
            group.chunks[row],
            float(scores[row]),
            (Reason(ReasonKind.WORDS, say_words(query, group.whole, index.rarity, row), 1.0),),
        )
        for row in rows
        if scores[row] > 0
    )


def place_meaning(columns: Columns, pool: Ints, near: npt.NDArray[np.floating[Any]]) -> bool:
    """Add the columns of meaning for the rows of the pool; False where too few of them have an embedding."""
    if not len(near) or np.isnan(near).mean() > MOST_UNKNOWN:
        return False
    middle = float(np.nanmedian(near))
    known = np.where(np.isnan(near), middle, near)
    count = len(next(iter(columns.values())))
    columns["meaning"], columns["rank_meaning"] = np.zeros(count), np.zeros(count)
    columns["meaning"][pool] = (known - middle) / max(float(known.max()) - middle, 1e-9)
    columns["rank_meaning"][pool] = rank(columns["meaning"][pool])
    return True


def best_rows(group: Group, scores: Scores, top: int, kinds: frozenset[ChunkKind] = _FUNCTIONS) -> list[int]:
    """Return the best rows of some kinds, each name once."""
    found: list[int] = []
    seen: set[str] = set()
    for row in np.argsort(-scores, kind="stable"):
        chunk = group.chunks[row]
        key = chunk.plain_key
        if chunk.kind in kinds and key not in seen:
            seen.add(key)
            found.append(int(row))
            if len(found) == top:
                break
    return found
