"""One engine for words on documents that were split before: `python lexical_engines.py ENGINE DATA`, prints JSON.

A part of `python -m benchmarks.lexical`. Each engine runs in a process of its own, the rivals in environments that have
nothing of the product; so nothing is imported at the top but the standard library.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

K1, B, TOP = 1.5, 0.75, 10
Ask = Callable[[Sequence[int]], list[int]]


def build_ours(documents: list[list[int]]) -> tuple[Ask, Callable[[dict[int, list[int]]], Ask]]:
    """Return what asks the product's arrays, and what asks them after changes: the others' counts are kept."""
    from collections import Counter

    import numpy as np

    from yantra_bot.retrieval.lexical import Lexical
    from yantra_bot.retrieval.terms import Postings

    words = 1 + max(max(document, default=0) for document in documents)
    counters = [Counter(document) for document in documents]

    def ask_of(index: Lexical) -> Ask:
        def ask(query: Sequence[int]) -> list[int]:
            scores = index.score(dict.fromkeys(query, 1.0))
            best = np.argpartition(-scores, TOP)[:TOP]
            return [int(row) for row in best[np.lexsort((best, -scores[best]))]]

        return ask

    def change(changes: dict[int, list[int]]) -> Ask:
        for row, document in changes.items():
            counters[row] = Counter(document)
        return ask_of(Lexical(Postings.of(counters), len(counters), words, k1=K1, b=B))

    return change({}), change


def build_bm25s(documents: list[list[int]]) -> tuple[Ask, Callable[[dict[int, list[int]]], Ask]]:
    """The same of bm25s: it takes no changes, all is indexed again."""
    import bm25s

    def change(changes: dict[int, list[int]]) -> Ask:
        for row, document in changes.items():
            documents[row] = document
        index = bm25s.BM25(k1=K1, b=B, method="lucene")
        index.index([[f"w{word}" for word in document] for document in documents], show_progress=False)

        def ask(query: Sequence[int]) -> list[int]:
            found, _ = index.retrieve([[f"w{word}" for word in query]], k=TOP, show_progress=False)
            return [int(row) for row in found[0]]

        return ask

    return change({}), change


def build_tantivy(documents: list[list[int]]) -> tuple[Ask, Callable[[dict[int, list[int]]], Ask]]:
    """The same of tantivy, in memory; its k1 is 1.2 and cannot be set."""
    import tantivy

    schema = tantivy.SchemaBuilder()
    schema.add_text_field("row", stored=True, tokenizer_name="raw", index_option="basic")
    schema.add_text_field("text", tokenizer_name="whitespace", index_option="freq")
    index = tantivy.Index(schema.build())

    def change(changes: dict[int, list[int]]) -> Ask:
        writer = index.writer(heap_size=128_000_000, num_threads=1)
        for row, document in changes.items():
            writer.delete_documents_by_term("row", str(row))
            text = " ".join(f"w{word}" for word in document)
            writer.add_document(tantivy.Document(row=str(row), text=text))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        searcher = index.searcher()

        def ask(query: Sequence[int]) -> list[int]:
            parsed = index.parse_query(" ".join(f"w{word}" for word in query), ["text"])
            return [int(searcher.doc(place)["row"][0]) for _, place in searcher.search(parsed, TOP).hits]

        return ask

    return change(dict(enumerate(documents))), change


ENGINES: dict[str, Any] = {"ours": build_ours, "bm25s": build_bm25s, "tantivy": build_tantivy}


def resident() -> float:
    """Return the resident size of this process in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS"))) / 1024


def main() -> None:
    """Print seconds and answers."""
    data = json.loads(Path(sys.argv[2]).read_text())
    before = resident()
    began = time.process_time()
    ask, change = ENGINES[sys.argv[1]](data["documents"])
    built = time.process_time() - began
    memory = resident() - before
    ask(data["queries"][0])
    taken, answers = [], []
    for query in data["queries"]:
        began = time.process_time()
        answers.append(ask(query))
        taken.append(time.process_time() - began)
    began = time.process_time()
    change({int(row): document for row, document in data["changes"].items()})(data["queries"][0])
    changed = time.process_time() - began
    print(json.dumps({"built": built, "changed": changed, "taken": taken, "answers": answers, "memory": memory}))


if __name__ == "__main__":
    main()
