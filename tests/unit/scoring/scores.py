"""Scores as they would be given, and a scorer that stands for a trained model at the port."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from yantra_bot.domain.graph import Language
from yantra_bot.domain.scores import (
    BugChance,
    BugClass,
    ChangeScore,
    ChangeSize,
    JudgedScore,
    Lesson,
    ReliabilityBin,
    Rival,
    ScoreStanding,
    SimilarCode,
    SuspectPlace,
    SymbolScore,
)
from yantra_bot.graphdb.view import GraphView
from yantra_bot.scoring.batch import Floats


def symbol(name: str = "add_tax", faulty: float = 0.7, *, path: str = "shop/tax.py", line: int = 4) -> SymbolScore:
    return SymbolScore(
        key=f"{path}::{name}",
        name=name,
        path=path,
        line=line,
        end_line=line + 4,
        language=Language.PYTHON,
        faulty=faulty,
        baseline=0.3,
        passing=0.6,
        bugs=(BugChance(BugClass.OFF_BY_ONE, 0.5),),
        places=(SuspectPlace(line + 1, 4, 0.8),),
        imports=("decimal",),
        similar=(SimilarCode("add_toll", "shop/toll.py", 9, 0.93),),
    )


EARNED = ScoreStanding(
    is_earned=True,
    reason="It is better than every plain count.",
    outcomes=120,
    bad=30,
    model_auroc=0.8,
    rivals=(Rival("the number of changed lines", 0.6, 0.1),),
    calibration_error=0.04,
    curve=(ReliabilityBin(0.1, 0.2, 80, 0.15, 0.1), ReliabilityBin(0.7, 0.8, 40, 0.75, 0.7)),
)
NOT_EARNED = ScoreStanding(is_earned=False, reason="Only 3 outcomes are known here.", outcomes=3, bad=1)
SCORE = ChangeScore("0123456789ab", (symbol(), symbol("quiet", 0.1, line=20)), size=ChangeSize(12, 3, 2, 2, 30))


def judged(standing: ScoreStanding = EARNED, *, probability: float | None = 0.42) -> JudgedScore:
    return JudgedScore(SCORE, standing, probability)


@dataclass
class FakeScorer:
    """Says what it is told to say of symbols by their names; of others 0.2."""

    said: dict[str, float] = field(default_factory=dict)
    fails: Exception | None = None
    model: str = "0123456789ab"
    asked: list[int] = field(default_factory=list)

    def embed(
        self, view: GraphView, read: Callable[[str], bytes | None], rows: Sequence[int]
    ) -> Sequence[Floats | None]:
        return [None] * len(rows)

    def score(
        self, view: GraphView, read: Callable[[str], bytes | None], rows: Sequence[int]
    ) -> Sequence[SymbolScore | None]:
        if self.fails is not None:
            raise self.fails
        self.asked.append(len(rows))
        found = [view.symbol(row) for row in rows]
        names = [one.name for one in found]
        return [
            symbol(name, self.said.get(name, 0.2), path=one.path, line=one.span.line)
            for one, name in zip(found, names, strict=True)
        ]

    def lesson(self, view: GraphView, read: Callable[[str], bytes | None], row: int) -> Lesson | None:
        return None
