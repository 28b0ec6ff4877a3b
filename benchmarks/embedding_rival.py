"""Searching vectors: a plain array beside LanceDB's flat scan, on the same vectors in the same process.

    PYTHON benchmarks/embedding_rival.py ROWS

PYTHON has numpy and lancedb, nothing of the product. Prints one JSON object for `python -m benchmarks.embedding`.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

import numpy as np

WIDTH, LIMIT, ROUNDS = 384, 50, 21


def time_it(do: Callable[[], object]) -> float:
    """Return the median of milliseconds."""
    found = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        do()
        found.append((time.perf_counter() - began) * 1e3)
    return statistics.median(found)


def search(vectors: Any, query: Any) -> Any:
    """Search as the product does: all cosines, then the best of them."""
    scores = vectors @ query
    border = np.partition(scores, len(scores) - LIMIT)[len(scores) - LIMIT]
    rows = np.flatnonzero(scores >= border)
    return rows[np.argsort(-scores[rows])]


def main() -> None:
    import lancedb
    import pyarrow as pa

    rows = int(sys.argv[1])
    random = np.random.default_rng(1)
    centres = random.normal(size=(200, WIDTH))
    vectors = (centres[random.integers(0, 200, rows)] + random.normal(size=(rows, WIDTH))).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    query = vectors[7] + vectors[9]
    with tempfile.TemporaryDirectory() as folder:
        arrow = pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), WIDTH)
        numbers = pa.array(np.arange(rows))
        table = lancedb.connect(folder).create_table("chunks", pa.table({"row": numbers, "vector": arrow}))

        def ask() -> Any:
            return table.search(query).distance_type("dot").select(["row"]).limit(LIMIT).to_arrow()

        same = set(ask()["row"].to_pylist()) & set(search(vectors, query).tolist())
        found = {
            "rows": rows,
            "array": time_it(lambda: search(vectors, query)),
            "lance": time_it(ask),
            "same": len(same) / LIMIT,
        }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
