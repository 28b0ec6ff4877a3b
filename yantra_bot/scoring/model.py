"""A score file with all that it takes to score symbols of a graph: features, neighbours, the inside of functions."""

import base64
import hashlib
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
from tree_sitter import Node

from yantra_bot.domain.graph import Language, Symbol
from yantra_bot.domain.scores import BugChance, BugClass, Lesson, SuspectPlace, SymbolScore
from yantra_bot.graphdb.view import GraphView
from yantra_bot.scoring.batch import Batch, Floats, InnerGraph
from yantra_bot.scoring.held_back import symbol_graph
from yantra_bot.scoring.known_view import KnownView
from yantra_bot.scoring.layout import BY_NAME, FEATURE_VERSION, STRUCTURE
from yantra_bot.scoring.network import Output
from yantra_bot.scoring.numbers import is_readable, write_numbers
from yantra_bot.scoring.score_file import ScoreFile

PLACES: Final = 3
BUGS: Final = 3
IMPORTS: Final = 3
EXPECTED: Final = 0.5
"""From this probability on code is said to import a module."""
_VERSION: Final = 12
_BUGS: Final = tuple(BugClass)
_BRANCHES: Final = BY_NAME["structure"].start + STRUCTURE.index(
    "branches, inner functions left out (cyclomatic complexity less one)"
)
_COMPLEX: Final = (2, 5, 10, 20)
"""Cyclomatic complexity up to which the complexity of a lesson is 1, 2, 3, 4; beyond it is 5."""
Read = Callable[[str], bytes | None]
StepsOf = Callable[[Node, Language], tuple[str, ...]]


def read_scorer(file: Path, digest: str = "") -> "ModelScorer":
    """Return what scores by a file with that hash. Raises UserError, with the cure, as `ScoreFile.read` does."""
    return ModelScorer(ScoreFile.read(file, features=FEATURE_VERSION, digest=digest))


class ModelScorer:
    """A `Scorer` by the weights of a file."""

    def __init__(self, file: ScoreFile, steps_of: StepsOf | None = None) -> None:
        """`steps_of` names the logic steps of a function; None: it gives no lessons."""
        self._file, self._steps_of = file, steps_of
        self._known: KnownView | None = None

    def teaching(self, steps_of: StepsOf) -> "ModelScorer":
        """Return one by the same weights that gives lessons."""
        return ModelScorer(self._file, steps_of)

    @property
    def model(self) -> str:
        return self._file.version[:_VERSION]

    def score(self, view: GraphView, read: Read, rows: Sequence[int]) -> Sequence[SymbolScore | None]:
        """Return what the weights say of each row; None of a language they have not seen, or of what is too long."""
        known = self._know(view, read)
        found: dict[int, SymbolScore] = {}
        read_rows, batch = self._read(known, rows)
        if read_rows:
            with np.errstate(all="ignore"):  # what overflows is no probability, which is seen and said later
                output = self._file.network.score(batch)
                own = batch.symbols.features[batch.symbols.scored]
                found = dict(zip(read_rows, self._tell(known, read_rows, batch, output, own), strict=True))
        return [found.get(row) for row in rows]

    def embed(self, view: GraphView, read: Read, rows: Sequence[int]) -> Sequence[Floats | None]:
        """Return [128] of length 1 for each row, near each other for code that is read alike; None as in `score`."""
        read_rows, batch = self._read(self._know(view, read), rows)
        if not read_rows:
            return [None] * len(rows)
        with np.errstate(all="ignore"):
            found = dict(zip(read_rows, self._file.network.score(batch).embedding, strict=True))
        return [found.get(row) for row in rows]

    def lesson(self, view: GraphView, read: Read, row: int) -> Lesson | None:
        """Return what can be learned of a row; None where nobody wants to know, or of what is too large for it."""
        known, language = self._know(view, read), view.symbol(row).language
        node = known.function(view.symbol(row))
        if self._steps_of is None or node is None or language is None:
            return None
        read_rows, batch = self._read(known, [row])
        if not read_rows:
            return None
        with np.errstate(all="ignore"):  # as above
            numbers = write_numbers(batch, self._file.network.score(batch).embedding[0])
        if numbers is None or not is_readable(numbers):
            return None
        branches = np.expm1(4.0 * float(batch.symbols.features[batch.symbols.scored[0], _BRANCHES]))
        complexity = 1 + int(np.searchsorted(_COMPLEX, round(branches) + 1))
        origin = hashlib.sha256(view.symbol(row).path.encode("utf-8", "replace")).hexdigest()[:16]
        return Lesson(language, complexity, self._steps_of(node, language), base64.b64encode(numbers).decode(), origin)

    def _know(self, view: GraphView, read: Read) -> KnownView:
        known = self._known
        if known is None or known.view is not view:
            known = KnownView(view, read)
        elif known.read is not read:  # another task of the same run, with a budget of its own: the graph is the same
            known = KnownView(view, read, known)
        self._known = known
        return known

    def _read(self, known: KnownView, rows: Sequence[int]) -> tuple[list[int], Batch]:
        """Return those of the rows that the model can read, with what it reads of them."""
        languages = self._file.about.languages
        read = [row for row in rows if known.view.symbol(row).language in languages]
        inner = {row: graph for row in read if (graph := known.inner(row)) is not None}
        around = known.neighbours.around(list(inner))
        return list(inner), Batch(symbol_graph(known.features, around), tuple(inner.values()))

    def _tell(
        self, known: KnownView, rows: Sequence[int], batch: Batch, output: Output, own: Floats
    ) -> list[SymbolScore]:
        about = self._file.about
        faulty, passing = about.faulty.probability(output.faulty), about.passing.probability(output.passing)
        baseline, bugs = about.baseline.probability(own), _softmax(output.bugs)
        starts = np.cumsum([0, *map(len, batch.inner)])
        told = []
        for place, row in enumerate(rows):
            symbol = known.view.symbol(row)
            suspicion = output.suspicion[starts[place] : starts[place + 1]]
            told.append(
                SymbolScore(
                    key=symbol.key,
                    name=symbol.name,
                    path=symbol.path,
                    line=symbol.span.line,
                    end_line=symbol.span.end_line,
                    language=Language(symbol.language or ""),
                    faulty=float(faulty[place]),
                    baseline=float(baseline[place]),
                    passing=float(passing[place]) if about.has_passing else None,
                    bugs=_likeliest(bugs[place] * faulty[place]),
                    places=_places(batch.inner[place], suspicion),
                    imports=self._missing(known, symbol, output.imports[place]),
                )
            )
        return told

    def _missing(self, known: KnownView, symbol: Symbol, logits: Floats) -> tuple[str, ...]:
        """Return modules that code like this imports and whose name its file does not have at all."""
        order = np.argsort(-logits, kind="stable")
        named = self._file.about.imports
        likely = (named[one] for one in order.tolist() if one < len(named) and _logistic(logits[one]) >= EXPECTED)
        missing = (one for one in likely if not known.names(symbol.path, one.partition(".")[0]))
        return tuple(islice(missing, IMPORTS))


def _likeliest(chances: Floats) -> tuple[BugChance, ...]:
    order = np.argsort(-chances, kind="stable")[:BUGS].tolist()
    return tuple(BugChance(_BUGS[one], float(chances[one])) for one in order)


def _places(inner: InnerGraph, suspicion: Floats) -> tuple[SuspectPlace, ...]:
    """Return where most of a symbol's suspicion lies, the most suspicious first, each line and column once."""
    shares = _softmax(suspicion[None, :])[0]
    found: dict[tuple[int, int], float] = {}
    for one in np.argsort(-shares, kind="stable").tolist():
        line, column = inner.places[one].tolist()
        found.setdefault((line, column), float(shares[one]))
        if len(found) == PLACES:
            break
    return tuple(SuspectPlace(line, column, share) for (line, column), share in found.items())


def _softmax(logits: Floats) -> Floats:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)


def _logistic(logit: float) -> float:
    return float(1 / (1 + np.exp(-min(60.0, max(-60.0, float(logit))))))
