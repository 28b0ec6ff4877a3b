"""The memory of mistakes: time to recall and to store, its size on disk and in memory, up to 100,000 lessons.

    python -m benchmarks.memory_speed [FEWER]

Lessons are made up: words as often as in the lessons of benchmarks/data, and as many names again as there are lessons,
each of two words, with a fixed seed; no two are alike. Their vectors are made up too (an array is multiplied the same
whatever is in it); those of questions and of what is stored one by one are the sentence model's. Questions are 100 of
the blind ones of benchmarks/data. Nine of ten lessons are of the repository that is asked for, and no lesson has been
judged before (in a real life most have). Beside them stand LanceDB's own searches over the same rows, in the same
process: by vector, exact, and by words.
"""

import dataclasses
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.aims import at_most, print_aims
from benchmarks.lesson_set import read_lesson_set
from benchmarks.machine import describe_machine
from benchmarks.measuring import give, median, percentile, resident, run_apart
from yantra_bot import artefacts
from yantra_bot.clock import SystemClock
from yantra_bot.domain.lessons import Category, Lesson, Occurrence, Question, Scope, Severity, name_lesson, sign
from yantra_bot.learning.recall import recall
from yantra_bot.learning.store.mistakes import NEAREST, Mistakes
from yantra_bot.retrieval.embedding.embedder import Embedder, load_embedder

Floats = NDArray[np.float32]
MODULE: Final = "benchmarks.memory_speed"
SIZES: Final = (1_000, 10_000, 100_000)
SEED: Final = 20_261_128
OWN, OTHER = 1, 2
BATCH: Final = 5_000
STORED: Final = 60
ASKED: Final = 100


class Kept:
    """The sentence model; it makes vectors up where lessons are filled in, and knows questions that it has read."""

    def __init__(self, model: Embedder, *, makes_up: bool) -> None:
        self._model, self._makes_up = model, makes_up
        self._chance = np.random.default_rng(SEED)
        self._known: dict[str, Floats] = {}
        self.keeps = False
        self.name, self.digest = model.name, model.digest
        self.dimension, self.limit = model.dimension, model.limit

    def embed(self, texts: Sequence[str], *, limit: int | None = None) -> Floats:
        if not self._makes_up:
            return self._model.embed(texts, limit=limit)
        made = self._chance.standard_normal((len(texts), self.dimension), np.float32)
        unit: Floats = made / np.linalg.norm(made, axis=1, keepdims=True)
        return unit

    def embed_query(self, text: str, *, limit: int | None = None) -> Floats:
        if not self.keeps:
            return self._model.embed_query(text, limit=limit)
        if text not in self._known:
            self._known[text] = self._model.embed_query(text, limit=limit)
        return self._known[text]


class Writer:
    """Makes lessons up."""

    def __init__(self, count: int) -> None:
        chance = self._chance = random.Random(SEED)
        said = [word for lesson in read_lesson_set().lessons for word in f"{lesson.tried} {lesson.worked}".split()]
        words = sorted(set(said))
        names = [f"{chance.choice(words)}_{chance.choice(words)}_{number}".lower() for number in range(count)]
        often = [said.count(word) for word in words] + [0.05] * len(names)
        self._words, self._often = [*words, *names], list(accumulate(often))

    def write(self, count: int) -> str:
        return " ".join(self._chance.choices(self._words, cum_weights=self._often, k=count))

    def lesson(self, number: int) -> Lesson:
        tried, failed = self.write(25), self.write(15)
        category = self._chance.choice(list(Category))
        repository = OTHER if number % 10 == 0 else OWN
        signature = sign(category, f"{failed} {tried}")
        return Lesson(
            id=name_lesson(repository, signature),
            scope=Scope(repository, "python", "claude"),
            category=category,
            severity=Severity.MAJOR,
            tried=tried,
            failed=failed,
            worked=self.write(20),
            wrong=self.write(20),
            right=self.write(20),
            signature=signature,
            first_seen=float(number),
            last_seen=float(number),
        )


def find_model() -> Embedder:
    return load_embedder(artefacts.path("embedding-model"), threads=1)


def open_store(folder: str, model: Embedder) -> Mistakes:
    return Mistakes(folder, lambda: model, clock=SystemClock())


def fill(folder: str, count: int) -> None:
    """Fill a store and hand over what that costs on disk."""
    store, writer = open_store(folder, Kept(find_model(), makes_up=True)), Writer(count)
    began = time.perf_counter()
    for start in range(0, count, BATCH):
        store.replace([writer.lesson(number) for number in range(start, min(count, start + BATCH))])
    filled = time.perf_counter() - began
    began = time.perf_counter()
    store.optimise()
    give(filled=filled, tidied=time.perf_counter() - began, size=store.stats().size, stored=store.stats().lessons)


def measure(folder: str, count: int) -> None:
    """Measure a filled store in this process and hand the figures over."""
    figures: dict[str, Any] = {}
    bare = resident()
    imported = time.perf_counter()
    import yantra_bot.learning.store.finding  # noqa: F401 (what is measured: LanceDB and Arrow are loaded)

    figures["import"], figures["import_mb"] = time.perf_counter() - imported, resident() - bare
    before = resident()
    model = Kept(find_model(), makes_up=False)
    model.embed_query("warm")
    figures["model_mb"], before = resident() - before, resident()
    store = open_store(folder, model)
    asked = [one for pair in _pairs() for one in pair][:ASKED]
    opening = time.perf_counter()
    store.find(asked[0])
    figures["open"], figures["store_mb"] = time.perf_counter() - opening, resident() - before
    model.keeps = True
    for question in asked:
        model.embed_query(question.text)
    figures["find"] = time_each(store.find, asked)
    figures["recall"] = time_each(lambda question: recall(store.find(question), question), asked)
    figures["tenth"] = time_each(store.find, [of(one, OTHER) for one in asked])
    model.keeps = False
    figures["embedding"] = time_each(lambda question: recall(store.find(question), question), asked)
    figures["alone"] = time_each(model.embed_query, [one.text for one in asked])
    figures |= measure_writes(store, Writer(count + STORED), count, asked)
    model.keeps = True
    figures |= measure_lancedb(store, model, asked)
    give(**figures)


def measure_writes(store: Mistakes, writer: Writer, count: int, asked: Sequence[Question]) -> dict[str, Any]:
    """Store occurrences one by one, half of them of lessons that are there; then recall before any upkeep."""
    known = [one for one, _ in zip(store.lessons(repository=OWN), range(STORED), strict=False)]
    new = [writer.lesson(count + number) for number in range(STORED)]
    made = [
        Occurrence(f"occurrence {number}", known[number] if number % 2 else new[number], run=f"run {number}")
        for number in range(STORED)
    ]
    taken = time_each(lambda one: store.learn([one]), made)
    other = open_store(store.place, find_model())
    other.learn([Occurrence("of another", new[0], run="another")])
    began = time.perf_counter()
    store.find(asked[0])
    foreign = time.perf_counter() - began
    after = time_each(lambda question: recall(store.find(question), question), asked)
    return {"learn": taken, "after": after, "foreign": foreign}


def measure_lancedb(store: Mistakes, model: Kept, asked: Sequence[Question]) -> dict[str, Any]:
    """Return the times of LanceDB's own searches over the same rows; of whole rows, as many as a recall looks at."""
    import lancedb
    import pyarrow as pa

    from yantra_bot.learning.texts import join_words

    rows = lancedb.connect(store.place).open_table("mistakes")
    stored = rows.search().limit(rows.count_rows()).to_arrow()
    halves = np.frombuffer(b"".join(stored["vector"].to_pylist()), np.float16)
    vectors = pa.FixedSizeListArray.from_arrays(pa.array(halves.astype(np.float32)), model.dimension)
    plain = stored.drop_columns(["vector"]).append_column("vector", vectors)
    with TemporaryDirectory() as folder:
        table = lancedb.connect(folder).create_table("plain", plain)
        own = f"repository = {OWN}"

        def by_vector(question: Question) -> object:
            query = table.search(model.embed_query(question.text)).distance_type("cosine").where(own, prefilter=True)
            return query.select(["id", "tried", "failed", "_distance"]).limit(2 * NEAREST).to_list()

        def by_words(question: Question) -> object:
            query = rows.search(join_words(question.text), query_type="fts", fts_columns="words")
            return (
                query.where(own, prefilter=True)
                .select(["id", "tried", "failed", "_score"])
                .limit(2 * NEAREST)
                .to_list()
            )

        return {"lance_vectors": time_each(by_vector, asked[:40]), "lance_words": time_each(by_words, asked)}


def time_each(do: Callable[[Any], object], each: Sequence[Any]) -> dict[str, list[float]]:
    """Return the milliseconds of each, by the clock and of the processor, LanceDB's threads included."""
    wall, cpu = [], []
    for one in each:
        began, worked = time.perf_counter(), time.process_time()
        do(one)
        wall.append(1_000 * (time.perf_counter() - began))
        cpu.append(1_000 * (time.process_time() - worked))
    return {"wall": wall, "cpu": cpu}


def of(question: Question, repository: int) -> Question:
    return dataclasses.replace(question, repository=repository)


def _pairs() -> Iterator[tuple[Question, Question]]:
    whole = read_lesson_set()
    for one in (*whole.tuned, *whole.reported):
        # The language is left out: all lessons that were made up have one.
        yield dataclasses.replace(one.paraphrase, languages=()), dataclasses.replace(one.near_miss, languages=())


def say(taken: dict[str, list[float]]) -> str:
    return f"{median(taken['wall']):.1f} / {percentile(taken['wall'], 0.95):.1f} ({median(taken['cpu']):.1f})"


def main(sizes: Sequence[int]) -> None:
    print(describe_machine(f"python -m {MODULE}"))
    found: dict[int, dict[str, Any]] = {}
    for size in sizes:
        with TemporaryDirectory() as folder:
            found[size] = run_apart(MODULE, "fill", folder, str(size)) | run_apart(MODULE, "measure", folder, str(size))
    print_tables(found)
    most = found[max(sizes)]
    print_aims(
        [
            at_most("a recall, p95, at the most lessons", percentile(most["recall"]["wall"], 0.95), 100, "ms"),
            at_most("the same with embedding the question", percentile(most["embedding"]["wall"], 0.95), 150, "ms"),
            at_most("storing an occurrence, p95", percentile(most["learn"]["wall"], 0.95), 200, "ms"),
            at_most("on disk for each 100 lessons", most["size"] / most["stored"] * 100 / 1e6, 1, "MB", digits=2),
        ]
    )


def print_tables(found: dict[int, dict[str, Any]]) -> None:
    sizes = sorted(found)
    print("Milliseconds by the clock: median / p95 (median of the processor's time, all threads).\n")
    print(f"| | {' | '.join(f'{size:,} lessons' for size in sizes)} |\n|---|{'---|' * len(sizes)}")
    for name, key in (
        ("recall: search, judge and choose; the question's vector is known", "recall"),
        ("the same with embedding the question", "embedding"),
        ("embedding the question alone", "alone"),
        ("the search alone", "find"),
        ("the search alone, of a repository with a tenth of the lessons", "tenth"),
        (f"recall after {STORED + 1} writes without upkeep", "after"),
        ("storing one occurrence, embedded, joined and counted", "learn"),
        (f"LanceDB's own search by vector, exact, {2 * NEAREST} rows", "lance_vectors"),
        (f"LanceDB's own search by words, {2 * NEAREST} rows", "lance_words"),
    ):
        print(f"| {name} | {' | '.join(say(found[size][key]) for size in sizes)} |")
    ratio = [
        f"{median(found[size]['find']['wall']) / median(found[size]['lance_vectors']['wall']):.2f}" for size in sizes
    ]
    print(f"| our search, by both, beside LanceDB's by vector alone: ratio of medians | {' | '.join(ratio)} |")
    print(f"\n| | {' | '.join(f'{size:,} lessons' for size in sizes)} |\n|---|{'---|' * len(sizes)}")
    for name, key, unit, scale in (
        ("loading LanceDB and Arrow, once a process", "import", "s", 1.0),
        ("the first search: opening, vectors into memory", "open", "s", 1.0),
        ("the first search after another process has written", "foreign", "s", 1.0),
        ("filling by hand, without the sentence model", "filled", "s", 1.0),
        ("upkeep after that", "tidied", "s", 1.0),
        ("memory of LanceDB and Arrow", "import_mb", "MB", 1.0),
        ("memory of the sentence model", "model_mb", "MB", 1.0),
        ("memory of the open store", "store_mb", "MB", 1.0),
        ("on disk after upkeep", "size", "MB", 1e-6),
    ):
        print(f"| {name} | {' | '.join(f'{found[size][key] * scale:,.2f} {unit}' for size in sizes)} |")


if __name__ == "__main__":
    if sys.argv[1:2] in (["fill"], ["measure"]):
        {"fill": fill, "measure": measure}[sys.argv[1]](sys.argv[2], int(sys.argv[3]))
    else:
        main([int(sys.argv[1])] if len(sys.argv) > 1 else SIZES)
