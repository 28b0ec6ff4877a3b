"""How long a context takes to assemble, and what it holds: trees of a thousand, ten thousand, a hundred thousand lines.

    python -m benchmarks.context [--django PATH] [--sizes 1000 10000] [--tasks 60]

The trees are Django's packages. A task is the docstring of a function; what a search would find for it is made by
counting words, outside of the time. Each assembly reads its files anew; the graph and the token ranks are loaded.
"""

import argparse
import math
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import mean
from typing import Any

from benchmarks.aims import Aim, at_most, print_aims
from benchmarks.machine import describe_machine
from benchmarks.measuring import give, percentile, resident, run_apart
from benchmarks.trees import find_django, make_tree
from yantra_bot import artefacts
from yantra_bot.domain.paths import is_test
from yantra_bot.graphdb.discovery import Reader, discover
from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.view import GraphView
from yantra_bot.retrieval.chunking import cut_file
from yantra_bot.retrieval.chunks import Chunk, ChunkKind
from yantra_bot.retrieval.context.assemble import Material, assemble
from yantra_bot.retrieval.context.explain import count_tokens
from yantra_bot.retrieval.context.parts import Level
from yantra_bot.retrieval.hits import Found, Hit, Reason, ReasonKind
from yantra_bot.retrieval.tokens import Tokenizer
from yantra_bot.retrieval.words import split_words

ME = "benchmarks.context"
SIZES = (1_000, 10_000, 100_000)
TASKS = 60
BUDGETS = (8_000, 32_000, 160_000)
GOALS = {1_000: 50.0, 10_000: 100.0}
"""Milliseconds for the median of the largest budget, by lines."""
TOP = 20
SPREAD = 2.0
"""What stands for the best score: with it about as many hits count as in a real search."""


class Finder:
    """Finds functions by the words they share with a text."""

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        self.chunks = [chunk for chunk in chunks if chunk.kind is ChunkKind.FUNCTION]
        self._places: defaultdict[str, list[int]] = defaultdict(list)
        for place, chunk in enumerate(self.chunks):
            for word in set(split_words(f"{chunk.path} {chunk.name} {chunk.text}")):
                self._places[word].append(place)

    def find(self, text: str) -> Found:
        """Return what a search would."""
        scores: defaultdict[int, float] = defaultdict(float)
        for word in sorted(set(split_words(text))):
            holding = self._places.get(word, [])
            for place in holding:
                scores[place] += math.log(1 + len(self.chunks) / len(holding))
        ranked = sorted(scores, key=lambda place: (-scores[place], place))
        best = max(scores.values(), default=1.0)
        why = (Reason(ReasonKind.WORDS, "words", 1.0),)
        hits = [Hit(self.chunks[place], SPREAD * scores[place] / best, why) for place in ranked]
        code = [hit for hit in hits if not is_test(hit.chunk.path)]
        return Found(tuple(code[:TOP]), (), tuple(hit for hit in hits if is_test(hit.chunk.path))[:TOP])


def choose_tasks(chunks: Sequence[Chunk], count: int) -> list[str]:
    """Return docstrings, spread evenly over the functions that have a long one."""
    told = [chunk.doc for chunk in chunks if len(chunk.doc) > 80 and not is_test(chunk.path)]
    return told[:: max(len(told) // count, 1)][:count]


def measure_folder(root: Path, count: int) -> None:
    """Assemble contexts in a folder, for each budget, and give what that took."""
    before = resident()
    view = GraphView.of(Indexer(root, processes=1).build())
    graph = resident() - before
    chunks = [chunk for path in sorted(discover(root).stamps) for chunk in cut_file(path, Reader(root)(path) or b"")]
    finder, tokenizer = Finder(chunks), Tokenizer(artefacts.path("token-ranks"))
    tokenizer.load()
    tasks = [(text, finder.find(text)) for text in choose_tasks(finder.chunks, count)]
    before, highest = resident(), resident("VmHWM")
    rows = [_assemble_all(root, view, tokenizer, tasks, budget) for budget in BUDGETS]
    grown = max(resident(), resident("VmHWM") if resident("VmHWM") > highest else 0) - before
    give(rows=rows, graph=graph, grown=max(grown, 0.0), functions=len(finder.chunks))


def _assemble_all(
    root: Path, view: GraphView, tokenizer: Tokenizer, tasks: Sequence[tuple[str, Found]], budget: int
) -> dict[str, float]:
    took, tokens, code = [], [], []
    for text, found in tasks:
        began = time.perf_counter()
        context = assemble(Material(text, found, Reader(root), view), tokenizer, budget)
        took.append((time.perf_counter() - began) * 1000)
        tokens.append(count_tokens(context))
        code.append(sum(part.tokens for part in context.of(Level.CODE)))
    return {
        "budget": budget,
        "median": percentile(took, 0.5),
        "p95": percentile(took, 0.95),
        "tokens": mean(tokens),
        "code": mean(code),
        "tasks": len(took),
    }


def measure(django: Path, size: int, tasks: int) -> dict[str, Any]:
    """Return what assembling in a tree of about so many lines took, in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="yantra-benchmark-", dir=Path.cwd()) as folder:
        lines = make_tree(Path(folder), django, size)
        return run_apart(ME, "--folder", folder, "--tasks", str(tasks)) | {"lines": lines, "size": size}


def show(found: dict[str, Any]) -> Iterator[str]:
    """Yield the rows of one tree."""
    for row in found["rows"]:
        cells = [f"{found['lines']:,}", f"{found['functions']:,}", f"{row['budget']:,}", row["tasks"]]
        cells += [f"{row[name]:,.0f}" for name in ("median", "p95", "tokens", "code")]
        yield " | ".join(["", *map(str, cells), f"{found['graph']:.0f}", f"{found['grown']:.0f}", ""]).strip()


def find_aims(trees: Sequence[dict[str, Any]]) -> Iterator[Aim]:
    """Yield the aims: the median of the largest budget, for the sizes that have one."""
    for found in trees:
        goal = GOALS.get(found["size"])
        if goal is not None:
            yield at_most(f"assembly in {found['size']:,} lines, median", found["rows"][-1]["median"], goal, "ms")


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--django", type=Path, help="a folder of Django's sources; by default it is downloaded")
    words.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    words.add_argument("--tasks", type=int, default=TASKS)
    words.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    chosen = words.parse_args()
    if chosen.folder:
        measure_folder(chosen.folder, chosen.tasks)
        return
    print(describe_machine(f"python -m {ME}"))
    django = (chosen.django or find_django()).resolve()
    trees = [measure(django, size, chosen.tasks) for size in chosen.sizes]
    print("Times in ms, wall, one process; tokens are means; memory in MB: the graph's, and what assembling added.\n")
    print("| lines | functions | budget | tasks | median | p95 | tokens | of these level 1 | graph | added |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for found in trees:
        print("\n".join(show(found)), flush=True)
    print_aims(find_aims(trees))


if __name__ == "__main__":
    main()
