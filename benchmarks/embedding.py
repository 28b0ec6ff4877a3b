"""Search by meaning: the model's speed and memory, the first index of a tree, a commit, the kept vectors, the search.

    python -m benchmarks.embedding [--lines 100000] [--tokens 96]

The tree is Django's code. LanceDB is installed by version into an environment of its own and left out where it cannot
be had. Prints Markdown tables.
"""

import argparse
import hashlib
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.aims import Aim, at_least, at_most, print_aims
from benchmarks.graph_rivals import install
from benchmarks.machine import describe_machine
from benchmarks.measuring import give, median, percentile, resident, run_apart, time_it
from benchmarks.trees import find_django, make_tree
from yantra_bot import artefacts
from yantra_bot.retrieval.chunking import cut_file
from yantra_bot.retrieval.chunks import Chunk
from yantra_bot.retrieval.embedding.embedder import Embedder, load_embedder, load_words
from yantra_bot.retrieval.embedding.folder import read_folder
from yantra_bot.retrieval.embedding.indexing import Indexing, fill_now
from yantra_bot.retrieval.embedding.semantic import SemanticIndex, name_vectors
from yantra_bot.retrieval.embedding.texts import describe
from yantra_bot.retrieval.embedding.vectors import VectorCache

LANCE = (
    "lancedb==0.40.0", "numpy==2.4.6", "pyarrow==26.0.1", "pydantic==2.14.4", "pydantic-core==2.50.5",
    "annotated-types==0.8.0", "typing-extensions==4.16.0", "typing-inspection==0.4.5", "deprecation==2.1.0",
    "packaging==26.4", "overrides==7.7.0", "tqdm==4.70.1", "lance-namespace==0.13.0",
    "lance-namespace-urllib3-client==0.13.0", "python-dateutil==4.0.0", "tzdata==2026.6", "urllib3==2.8.0",
)  # fmt: skip
QUERY = "crash when the configuration file is empty and no default is given"
CHANGED = 20


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("--lines", type=int, default=100_000)
    words.add_argument("--tokens", type=int, default=96)
    words.add_argument("--model", action="store_true", help=argparse.SUPPRESS)
    chosen = words.parse_args()
    model = artefacts.path("embedding-model")
    if chosen.model:
        measure_model(model)
        return
    print(describe_machine(f"python -m benchmarks.embedding --lines {chosen.lines} --tokens {chosen.tokens}"))
    with tempfile.TemporaryDirectory() as place:
        tree = Path(place, "tree")
        lines = make_tree(tree, find_django(), chosen.lines)
        chunks = cut_tree(tree)
        aims = print_model(model)
        aims += print_tree(model, chunks, lines, chosen.tokens, Path(place, "vectors"))
        aims += print_search()
    print_aims(aims)


def measure_model(model: Path) -> None:
    """Hand over what a process with nothing but the model takes: memory, seconds, milliseconds."""
    before = resident()
    embedder, took = time_it(lambda: load_embedder(model))
    figures = {"load": took.wall, "loaded": resident() - before, "private": resident("RssAnon")}
    texts = [describe(chunk, 256) for chunk in sample(cut_tree(Path(artefacts.__file__).parent), 48)]
    for name, text, tokens in (("short", QUERY, 64), *((f"query {n}", texts[0], n) for n in (64, 128, 256))):
        found = time_query(lambda text=text, tokens=tokens: embedder.embed_query(text, limit=tokens), 30)
        figures |= {name: median(found), f"{name} p95": percentile(found, 0.95)}
    for tokens in (64, 96, 128):
        _, took = time_it(lambda tokens=tokens: embedder.embed(texts, limit=tokens))
        figures |= {f"chunks {tokens}": len(texts) / took.wall, f"chunks {tokens} cpu": took.cpu / len(texts) * 1e3}
    words = load_words(read_folder(model))
    _, took = time_it(lambda: [words.encode(text, 96) for text in texts])
    give(**figures, words=took.wall / len(texts) * 1e3, highest=resident("VmHWM"))


def cut_tree(tree: Path) -> list[Chunk]:
    found: list[Chunk] = []
    for path in sorted(tree.rglob("*.py")):
        found += cut_file(path.relative_to(tree).as_posix(), path.read_bytes())
    return found


def sample(chunks: list[Chunk], count: int) -> list[Chunk]:
    """Return so many chunks that are long enough to fill the number of tokens that is measured."""
    long = [chunk for chunk in chunks if len(chunk.text) > 800]
    return long[:: max(1, len(long) // count)][:count]


def time_query(do: Callable[[], object], rounds: int) -> list[float]:
    do()
    return [time_it(do)[1].wall * 1e3 for _ in range(rounds)]


def print_model(model: Path) -> list[Aim]:
    """Print what the model costs in a process of its own, with the one thread that it takes."""
    found = run_apart("benchmarks.embedding", "--model")
    print("\n### The model, one thread\n\n| what | measured |\n|---|---|")

    def row(what: str, form: str, *names: str) -> None:
        print(f"| {what} | {form.format(*(found[name] for name in names))} |")

    row("loading it, digest of its files included", "{:.2f} s", "load")
    row("memory: resident more, private, highest while embedding", "{:.0f}, {:.0f}, {:.0f} MB",
        "loaded", "private", "highest")  # fmt: skip
    row("a query of 12 words, p50 and p95", "{:.1f}, {:.1f} ms", "short", "short p95")
    for tokens in (64, 128, 256):
        row(f"a query of {tokens} tokens, p50 and p95", "{:.1f}, {:.1f} ms", f"query {tokens}", f"query {tokens} p95")
    for tokens in (64, 96, 128):
        row(f"chunks of {tokens} tokens", "{:.0f}/s, {:.0f} ms cpu each", f"chunks {tokens}", f"chunks {tokens} cpu")
    row("splitting a chunk into 96 tokens", "{:.2f} ms", "words")
    print(flush=True)
    return [at_most("a short query embedded, p50", found["short"], 10, "ms")]


def print_tree(model: Path, chunks: list[Chunk], lines: int, tokens: int, place: Path) -> list[Aim]:
    """Print what the first index of a tree costs, and a commit."""
    embedder = load_embedder(model)
    index = SemanticIndex(VectorCache(place, name_vectors(embedder, tokens), embedder.dimension))
    index.show(chunks)
    indexing = Indexing(index, chunks, model, tokens=tokens)
    indexing.start()
    asked = []
    query = embedder.embed_query(QUERY)
    while not indexing.wait(1):
        asked.append(time_it(lambda: index.search(query, 50))[1].wall * 1e3)
    progress = indexing.progress
    if progress.problem:
        raise SystemExit(progress.problem)
    print(f"\n### A tree of {lines} lines, {len(chunks)} chunks, {tokens} tokens of each\n")
    print("| what | measured |\n|---|---|")
    rate = progress.total / progress.seconds
    print(f"| first index, {os.cpu_count()} processes | {progress.seconds:.0f} s, {rate:.0f} chunks/s |")
    if asked:
        print(f"| a search meanwhile, p50 | {median(asked):.1f} ms |")
    print(f"| kept on disk | {index.cache.path.stat().st_size / 1e6:.1f} MB |")
    changed = [replace(chunk, text=chunk.text + "\n    # changed\n") for chunk in sample(chunks, CHANGED)]
    after = [*chunks[: -len(changed)], *changed]
    _, shown = time_it(lambda: index.show(after))
    count, filled = time_it(lambda: fill_now(index, after, embedder, tokens=tokens))
    both = shown.wall + filled.wall
    print(f"| a commit that changes {count} chunks: all chunks shown, those embedded | {shown.wall * 1e3:.0f} + "
          f"{filled.wall * 1e3:.0f} ms |")  # fmt: skip
    again, opened = time_it(lambda: reopen(place, embedder, tokens, after))
    print(f"| opened anew from disk, nothing to embed ({len(again.missing)} missing) | {opened.wall * 1e3:.0f} ms |")
    found = time_query(lambda: index.search(embedder.embed_query(QUERY), 50), 60)
    print(f"| a search, the query's embedding included, p50 and p95 | {median(found):.1f}, "
          f"{percentile(found, 0.95):.1f} ms |", flush=True)  # fmt: skip
    print_precision(index, embedder, chunks, tokens)
    return [
        at_most(f"a commit of {count} chunks, searched by meaning", both, 1, "s", digits=2),
        at_most("a search by meaning, p95", percentile(found, 0.95), 100, "ms"),
    ]


def reopen(place: Path, embedder: Embedder, tokens: int, chunks: list[Chunk]) -> SemanticIndex:
    index = SemanticIndex(VectorCache(place, name_vectors(embedder, tokens), embedder.dimension))
    index.show(chunks)
    return index


def print_precision(index: SemanticIndex, embedder: Embedder, chunks: list[Chunk], tokens: int) -> None:
    """Print how much of the best ten is kept by half precision, over the docstrings of some chunks as queries."""
    some = sample(chunks, 400)
    whole = embedder.embed([describe(chunk, tokens) for chunk in some], limit=tokens)
    halves = whole.astype(np.float16).astype(np.float32)
    queries = embedder.embed([chunk.doc or chunk.name for chunk in some[:100]], limit=32)
    best = [np.argsort(-(vectors @ queries.T), axis=0)[:10].T for vectors in (whole, halves)]
    kept = np.mean([len(set(one) & set(two)) / 10 for one, two in zip(*best, strict=True)])
    worst = float(np.abs(whole @ queries.T - halves @ queries.T).max())
    print(
        f"| kept in half precision: best ten kept, largest change of a cosine | {kept:.3f}, {worst:.1e} |", flush=True
    )


def print_search() -> list[Aim]:
    """Print the array beside LanceDB, and the file of vectors."""
    print("\n### Searching made-up vectors of 384 numbers, the best 50\n")
    print("| rows | array | LanceDB, flat | LanceDB / array | same found |\n|---|---|---|---|---|")
    python = install("lancedb", LANCE)
    aims: list[Aim] = []
    for rows in (10_000, 100_000):
        if python is None:
            print(f"| {rows} | LanceDB cannot be had here | | | |")
            continue
        command = [str(python), str(Path(__file__).with_name("embedding_rival.py")), str(rows)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found = json.loads(done.stdout.splitlines()[-1])
        ratio = found["lance"] / found["array"]
        print(
            f"| {rows} | {found['array']:.1f} ms | {found['lance']:.1f} ms | {ratio:.1f} | {found['same']:.2f} |",
            flush=True,
        )
        aims.append(at_least(f"LanceDB's time / the array's, {rows} rows", ratio, 1, digits=1))
    print_cache()
    return aims


def print_cache() -> None:
    """Print what keeping and opening a hundred thousand vectors takes."""
    count = 100_000
    vectors = np.random.default_rng(2).normal(size=(count, 384)).astype(np.float32)
    keys = [hashlib.blake2b(str(number).encode(), digest_size=16).hexdigest() for number in range(count)]
    with tempfile.TemporaryDirectory() as folder:
        cache = VectorCache(Path(folder), "m", 384)
        began = time.perf_counter()
        for start in range(0, count, 1_000):
            cache.add(keys[start : start + 1_000], vectors[start : start + 1_000])
        added = time.perf_counter() - began
        again, opened = time_it(lambda: VectorCache(Path(folder), "m", 384))
        _, found = time_it(lambda: again.find(keys))
        size = cache.path.stat().st_size / 1e6
    print(f"\nA file of {count} kept vectors ({size:.0f} MB): written in {added:.2f} s, opened and checked in "
          f"{opened.wall:.2f} s, all looked up in {found.wall:.2f} s.")  # fmt: skip


if __name__ == "__main__":
    main()
