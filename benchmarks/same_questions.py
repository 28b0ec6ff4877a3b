"""Questions that ask the same: how often an answer would be given to another question, and how often one is found.

    python -m benchmarks.same_questions

benchmarks/data/question_pairs.jsonl holds 200 pairs with the word whether both ask the same, written by somebody who
had not seen how they are told apart. Those that do not differ in as little as one word; those that do are said in other
words altogether. The first half was looked at; of the second the builder saw the figures printed here, and, by mistake,
eight single questions. A false hit is a pair that asks two things and is taken for one. Beside them stand pairs made
here of the second half's questions: each with a word exchanged for one of another question, with two of its words
exchanged for one another, or with a `not` put in; and every two questions of different pairs.
"""

import itertools
import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.aims import at_least, at_most, print_aims
from benchmarks.measuring import median, percentile
from yantra_bot import artefacts
from yantra_bot.agent.explaining.likeness import read_form
from yantra_bot.retrieval.embedding.embedder import Embedder, load_embedder
from yantra_bot.runs.questions import LEAST_LIKE, TOKENS

DATA = Path(__file__).parent / "data" / "question_pairs.jsonl"
MODEL = "embedding-model"
SEED = 20261128
MUTANTS_EACH = 10
LOUD = 3
"""Words of more letters are exchanged: the others say little."""
QUIET = ("does", "were", "have", "there", "Does", "Were", "Have", "There", "will", "Will", "been")
Told = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two questions, and whether they ask the same."""

    a: str
    b: str
    same: bool


@dataclass(frozen=True, slots=True)
class Found:
    """Of pairs: how many ask two things and how many of those were taken for one; the same of those that ask one."""

    different: int
    false: int
    same: int
    hits: int


def read_pairs() -> tuple[list[Pair], list[Pair]]:
    """Return the half that was looked at, and the half that is measured."""
    rows = [Pair(**json.loads(line)) for line in DATA.read_text(encoding="utf-8").splitlines()]
    return rows[: len(rows) // 2], rows[len(rows) // 2 :]


def have_one_form(a: str, b: str) -> bool:
    """Say whether two questions have one form."""
    one, other = read_form(a), read_form(b)
    return one is not None and other is not None and one.key == other.key


class Meanings:
    """How near two questions are to a sentence model."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._kept: dict[str, np.ndarray] = {}

    def __call__(self, a: str, b: str) -> float:
        """Return the cosine of two questions."""
        for text in (a, b):
            if text not in self._kept:
                self._kept[text] = self._embedder.embed_query(text, limit=TOKENS)
        return float(self._kept[a] @ self._kept[b])


def count(pairs: Sequence[Pair], told: Told) -> Found:
    """Return how a way of telling does on pairs."""
    verdicts = [(one.same, told(one.a, one.b)) for one in pairs]
    return Found(
        sum(not same for same, _ in verdicts),
        sum(hit and not same for same, hit in verdicts),
        sum(same for same, _ in verdicts),
        sum(hit and same for same, hit in verdicts),
    )


def choose_threshold(pairs: Sequence[Pair], near: Callable[[str, str], float]) -> float:
    """Return the least cosine above that of every pair that asks two things."""
    return max(near(one.a, one.b) for one in pairs if not one.same)


def change(questions: Sequence[str]) -> list[Pair]:
    """Return questions beside themselves with one thing changed."""
    chance = random.Random(SEED)
    words = sorted({word for question in questions for word in question.strip("?").split() if len(word) > LOUD})
    return [
        Pair(question, _change(question, words, chance), same=False)
        for question in questions
        for _ in range(MUTANTS_EACH)
    ]


def _change(question: str, words: Sequence[str], chance: random.Random) -> str:
    own = question.strip("?").split()
    loud = [at for at, word in enumerate(own) if len(word) > LOUD and word not in QUIET]
    way = chance.randrange(3)
    if way == 0 and loud:
        own[chance.choice(loud)] = chance.choice([word for word in words if word not in own])
    elif way == 1 and len({own[at] for at in loud}) > 1:
        one = chance.choice(loud)
        other = chance.choice([at for at in loud if own[at] != own[one]])
        own[one], own[other] = own[other], own[one]
    else:
        own.insert(chance.randrange(1, len(own)), "not")
    return " ".join(own)


def cross(pairs: Sequence[Pair]) -> list[Pair]:
    """Return every two questions of different pairs, but for those that are the same text."""
    texts = [(number, text) for number, one in enumerate(pairs) for text in (one.a, one.b)]
    both = itertools.combinations(texts, 2)
    return [Pair(a, b, same=False) for (one, a), (other, b) in both if one != other and a != b]


def main() -> None:
    embedder = load_embedder(artefacts.path(MODEL), threads=1)
    near = Meanings(embedder)
    seen, blind = read_pairs()
    least = choose_threshold(seen, near)
    ways: dict[str, Told] = {
        f"meaning alone, cosine > {least:.3f} (no false hit in the first half)": lambda a, b: near(a, b) > least,
        "form alone": have_one_form,
        f"form, and cosine ≥ {LEAST_LIKE}: as built": lambda a, b: have_one_form(a, b) and near(a, b) >= LEAST_LIKE,
    }
    print("| half | way | false hits | hits |\n|---|---|---|---|")
    for half, pairs in (("first", seen), ("second", blind)):
        for way, told in ways.items():
            found = count(pairs, told)
            print(f"| {half} | {way} | {found.false} of {found.different} | {found.hits} of {found.same} |", flush=True)
    built = count(blind, list(ways.values())[-1])
    questions = [text for one in blind for text in (one.a, one.b)]
    made = {"changed in one place": change(questions), "of different pairs": cross(blind)}
    print("\n| pairs made of the second half | false hits of the form alone |\n|---|---|")
    lost, total = built.false, built.different
    for name, pairs in made.items():
        found = count(pairs, have_one_form)
        lost, total = lost + found.false, total + found.different
        print(f"| {name} | {found.false} of {found.different:,} |")
    print(f"\n{say_sure(built)}")
    taken = time_decisions(embedder, questions)
    print(f"\nA decision: {median(taken):.1f} ms of processor time, p95 {percentile(taken, 0.95):.1f} ms.")
    print_aims(
        [
            at_most(
                "false hits among pairs that ask two things, second half", 100 * built.false / built.different, 1, "%"
            ),
            at_most("false hits among all pairs that ask two things", 100 * lost / total, 1, "%", digits=2),
            at_least("hits among pairs that ask the same, second half", built.hits / built.same, 0.1),
            at_most("a decision, processor time, p95", percentile(taken, 0.95), 100, "ms"),
        ]
    )


def say_sure(found: Found) -> str:
    """Return how far the written pairs alone prove the share of false hits, where there is none: the rule of three."""
    if found.false:
        return f"{found.false} of {found.different} written pairs are taken for one though they are not."
    return (
        f"No false hit among {found.different} written pairs proves, at 95 %, no more than a share below "
        f"{300 / found.different:.1f} % of questions that were made to be mistaken."
    )


def time_decisions(embedder: Embedder, questions: Sequence[str]) -> list[float]:
    """Return the milliseconds of processor time that each question takes: its form and its vector."""
    taken = []
    for question in questions:
        began = time.process_time()
        read_form(question)
        embedder.embed_query(question, limit=TOKENS)
        taken.append(1_000 * (time.process_time() - began))
    return taken


if __name__ == "__main__":
    main()
