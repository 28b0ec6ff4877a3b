"""Search: time to index a tree, to take one commit's changes, and to answer, with the memory it needs.

    python -m benchmarks.search_speed

The tree is Django's own code and tests, 100,000 lines. Searches are warm: the index is made, the embeddings of the rows
that are compared are kept, and the text's own embedding is computed in each (where the model was fetched). The past is
left out: Django's distribution has none.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.aims import at_most, print_aims
from benchmarks.machine import describe_machine
from benchmarks.measuring import Took, give, percentile, resident, run_apart, time_it
from benchmarks.trees import find_django, make_tree
from yantra_bot import artefacts
from yantra_bot.retrieval.corpus import Corpus
from yantra_bot.retrieval.embedding.embedder import Embedder, load_embedder
from yantra_bot.retrieval.embedding.vectors import VectorCache
from yantra_bot.retrieval.folders import read_folder
from yantra_bot.retrieval.meaning import Meaning
from yantra_bot.retrieval.search import Searcher

LINES = 100_000
CHANGED = 10
"""Files that the commit changes."""
ROUNDS = 5
MODEL = "embedding-model"
TEXTS = (
    "QuerySet.values() crashes after annotate with a subquery",
    "Template filter truncatechars breaks HTML entities",
    "Session cookie is not deleted when the session is empty and the domain is set",
    "makemigrations does not notice a changed default of a field",
    "ModelForm ignores help_text of a ManyToManyField",
    'Traceback (most recent call last):\n  File "django/db/models/query.py", line 420, in get\nValueError: no',
    "Cached views send the wrong Vary header for anonymous users",
    "URL resolver reverses a path with a wrong language prefix",
    "Deadlock in `bulk_create` with `ignore_conflicts=True` on several databases",
    "Password hasher's iterations are too few. " * 60,
)


def measure(tree: Path, kept: Path) -> None:
    """Measure in this process and hand over the figures."""
    before = resident()
    (corpus, _), read = time_it(lambda: read_folder(tree, None))
    searcher, built = time_it(lambda: Searcher(corpus))
    changed = sorted(path for path in corpus.files if path.endswith(".py"))[:: max(1, len(corpus.files) // CHANGED)]
    _, again = time_it(lambda: take_commit(corpus, tree, changed[:CHANGED]))
    for text in TEXTS:
        searcher.search(text)
    lexical = time_searches(searcher)
    lean = resident()
    meant, filled = measure_meaning(corpus, kept)
    give(
        read=read,
        built=built,
        again=again,
        chunks=len(corpus.groups.code) + len(corpus.groups.tests) + len(corpus.groups.others),
        rows=len(corpus.groups.code),
        lexical=lexical,
        meant=meant,
        filled=filled,
        lean=lean - before,
        whole=resident() - before,
    )


def take_commit(corpus: Corpus, tree: Path, paths: Sequence[str]) -> Searcher:
    """Read files whose content changed and make them searchable."""
    for number, path in enumerate(paths):
        corpus.put(path, (tree / path).read_bytes() + f"\n\ndef added_{number}(value):\n    return value\n".encode())
    return Searcher(corpus)


def measure_meaning(corpus: Corpus, kept: Path) -> tuple[list[tuple[float, float]], int]:
    """Return the seconds of warm searches with embeddings, and how many vectors were made beforehand."""
    if not artefacts.available(MODEL):
        return [], 0
    embedder = load_embedder(artefacts.path(MODEL))
    fill(corpus, embedder, kept)
    cache = VectorCache(kept, Meaning.name(embedder), embedder.dimension)
    return time_searches(Searcher(corpus, similarity=Meaning(embedder, cache, fills=False))), len(cache)


def fill(corpus: Corpus, embedder: Embedder, kept: Path) -> None:
    """Keep the vectors of all rows that the texts compare."""
    cache = VectorCache(kept, Meaning.name(embedder), embedder.dimension)
    searcher = Searcher(corpus, similarity=Meaning(embedder, cache, fills=True))
    for text in TEXTS:
        searcher.search(text)
        cache.refresh()


def time_searches(searcher: Searcher) -> list[tuple[float, float]]:
    """Return seconds of wall time and of the processor, some of each text."""
    took = [time_it(lambda text=text: searcher.search(text))[1] for _ in range(ROUNDS) for text in TEXTS]
    return [(one.wall, one.cpu) for one in took]


def row(name: str, took: Took | None, note: str = "") -> str:
    """Return a row of the table."""
    return f"| {name} | {took.wall:.2f} | {took.cpu:.2f} | {note} |" if took else f"| {name} | - | - | {note} |"


def main() -> None:
    """Print the section."""
    if len(sys.argv) == 3:
        return measure(Path(sys.argv[1]), Path(sys.argv[2]))
    print(describe_machine("python -m benchmarks.search_speed"))
    with TemporaryDirectory(prefix="yantra-benchmark-") as folder:
        tree, kept = Path(folder) / "tree", Path(folder) / "vectors"
        lines = make_tree(tree, find_django(), LINES)
        found = run_apart("benchmarks.search_speed", tree, kept)
    read, built, again = (Took(**found[name]) for name in ("read", "built", "again"))
    print(
        f"\n{lines:,} lines of Python: {found['chunks']:,} chunks, {found['rows']:,} of them code outside of tests.\n"
    )
    print("| what | wall s | CPU s | |\n|---|---|---|---|")
    print(row("index from nothing: reading, cutting, counting", read))
    print(row("… and every array for searching", built))
    print(row(f"a commit of {CHANGED} files, searchable again", again))
    print("\n| warm search | p50 ms | p95 ms | p50 CPU ms | p95 CPU ms | n |\n|---|---|---|---|---|---|")
    for name, said in (("lexical", "without embeddings"), ("meant", "with the text's embedding")):
        walls, cpus = ([1000 * one[which] for one in found[name]] for which in (0, 1))
        if walls:
            figures = (percentile(values, share) for values in (walls, cpus) for share in (0.5, 0.95))
            print(f"| {said} | {' | '.join(f'{figure:.0f}' for figure in figures)} | {len(walls)} |")
    print(f"\nMemory: {found['lean']:.0f} MB for the index and its searches, {found['whole']:.0f} MB with the model.")
    times = [1000 * wall for wall, _ in found["meant"] or found["lexical"]]
    print_aims(
        [
            at_most("lexical index of 100,000 lines", read.wall + built.wall, 5.0, "s"),
            at_most("searchable again after a commit", again.wall, 1.0, "s"),
            at_most("warm search, p50", percentile(times, 0.5), 50.0, "ms"),
            at_most("warm search, p95", percentile(times, 0.95), 100.0, "ms"),
        ]
    )
    return None


if __name__ == "__main__":
    main()
