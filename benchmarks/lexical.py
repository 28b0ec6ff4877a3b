"""The engine for words: the product's own arrays beside bm25s and tantivy, on the same words of the same tree.

    python -m benchmarks.lexical

The tree is Django's own code and tests, 100,000 lines; its chunks are split into words once, by the product, and handed
to each engine as they are, so that engines are compared and not ways of splitting. Each runs in a process of its own,
the others in environments that are installed by version. Seconds are of the processor.
"""

import json
import os
import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.aims import at_least, at_most, print_aims
from benchmarks.graph_rivals import install
from benchmarks.machine import describe_machine
from benchmarks.measuring import percentile
from benchmarks.trees import find_django, make_tree
from yantra_bot.retrieval.folders import read_folder
from yantra_bot.retrieval.words import split_words

LINES = 100_000
QUERIES = 200
QUERY_WORDS = 8
CHANGED = 100
"""Chunks that a commit changes."""
RIVALS = {
    "bm25s": ("bm25s==0.3.16", "numpy==2.2.6"),
    "tantivy": ("tantivy==0.27.0",),
}
SCRIPT = Path(__file__).with_name("lexical_engines.py")
DECISION = """
The product keeps its own arrays: they give bm25s' ranking with k1 and b free, five fields of a chunk are indexed apart
with a b of each, the weights of a query's words are free as well, and a commit costs the arrays alone, the counts of
files that stay being kept. bm25s has neither fields nor changes: every commit is an index from nothing. tantivy takes
changes faster than these arrays and answers as fast, but its k1 is fixed at 1.2 (SPEC 2 asks for 1.5), it rounds
lengths, and it gives the best few rows where the fusion needs the score of every row."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What an engine came to. Seconds of the processor, MB."""

    built: float
    changed: float
    taken: list[float]
    answers: list[list[int]]
    memory: float

    def row(self, name: str, truth: "Ran") -> str:
        """Return a row of the table."""
        p50, p95 = (1000 * percentile(self.taken, share) for share in (0.5, 0.95))
        figures = f"{self.built:.2f} | {self.changed:.3f} | {p50:.2f} | {p95:.2f} | {self.memory:.0f}"
        return f"| {name} | {figures} | {agreement(self, truth):.3f} |"


def agreement(one: Ran, other: Ran) -> float:
    """Return the share of the best ten that both name, over all queries."""
    shared = [len(set(a) & set(b)) / max(len(b), 1) for a, b in zip(one.answers, other.answers, strict=True)]
    return sum(shared) / len(shared)


def make_data(tree: Path) -> dict[str, Any]:
    """Return documents as numbers of words, queries out of them, and what a commit makes of some documents."""
    corpus, _ = read_folder(tree, None)
    groups = corpus.groups
    number = corpus.counting.words.number
    texts = [
        f"{chunk.path} {chunk.name} {chunk.around} {chunk.text}"
        for group in (groups.code, groups.tests, groups.others)
        for chunk in group.chunks
    ]
    documents = [[number(word) for word in split_words(text)] for text in texts]
    chance = random.Random(7)
    asked = [chance.choice(documents) for _ in range(QUERIES)]
    queries = [sorted(set(chance.sample(one, min(QUERY_WORDS, len(one))))) for one in asked]
    rows = chance.sample(range(len(documents)), CHANGED)
    changes = {row: [*documents[row], *documents[chance.randrange(len(documents))][:10]] for row in rows}
    return {"documents": documents, "queries": queries, "changes": changes}


def run(engine: str, data: Path) -> Ran | None:
    """Return what an engine came to; None where it could not be installed here."""
    python = Path(sys.executable) if engine == "ours" else install(engine, RIVALS[engine])
    if python is None:
        return None
    environment = dict(os.environ)
    if engine == "ours":
        environment["PYTHONPATH"] = str(SCRIPT.parent.parent)
    done = subprocess.run(
        [str(python), str(SCRIPT), engine, str(data)], env=environment, check=True, capture_output=True, text=True
    )
    return Ran(**json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Print the section."""
    print(describe_machine("python -m benchmarks.lexical"))
    with TemporaryDirectory(prefix="yantra-benchmark-") as folder:
        tree, data = Path(folder) / "tree", Path(folder) / "data.json"
        lines = make_tree(tree, find_django(), LINES)
        made = make_data(tree)
        data.write_text(json.dumps(made))
        found = {engine: run(engine, data) for engine in ("ours", *RIVALS)}
    ours = found["ours"]
    if ours is None:
        raise AssertionError("the product is always here")
    print(f"\n{lines:,} lines, {len(made['documents']):,} chunks, {QUERIES} queries of {QUERY_WORDS} words.")
    print("\n| engine | index s | 100 changed chunks s | query p50 ms | p95 ms | memory MB | top 10 shared with ours |")
    print("|---|---|---|---|---|---|---|")
    for engine, ran in found.items():
        print(f"{engine} could not be installed here." if ran is None else ran.row(engine, ours))
    print(DECISION)
    aims = [
        at_most("100 changed chunks", ours.changed, 1.0, "s"),
        at_most("index of 100,000 lines", ours.built, 5.0, "s"),
    ]
    if (rival := found["bm25s"]) is not None:
        aims.append(at_least("top 10 shared with bm25s, same k1 and b", agreement(ours, rival), 0.98))
    print_aims(aims)


if __name__ == "__main__":
    main()
