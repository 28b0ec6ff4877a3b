"""Counting tokens: exactness beside tiktoken's own encodings, and time, warm and cold.

    python -m benchmarks.tokens

Times are processor time. Warm is one file of 1,000 lines. Cold is a process that has not counted before: importing
tiktoken, reading the rank file, building the encoding, and counting that file; the interpreter's start is left out.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.aims import Aim, at_most, print_aims
from benchmarks.measuring import median, percentile
from yantra_bot import artefacts
from yantra_bot.retrieval.tokens import CL100K, O200K, Tokenizer, Vocabulary

ROOT = Path(__file__).resolve().parent.parent
COLD = """
import sys, time
from pathlib import Path
from yantra_bot.retrieval.tokens import CL100K, O200K, Tokenizer
text = Path(sys.argv[2]).read_text()
began = time.process_time()
Tokenizer(Path(sys.argv[1]), O200K if sys.argv[3] == O200K.name else CL100K).count(text)
print(1_000 * (time.process_time() - began))
"""
ROUNDS = 9


def sample(lines: int) -> str:
    """Return so many lines of this repository."""
    texts = (path.read_text("utf-8") for path in sorted((ROOT / "yantra_bot").rglob("*.py")))
    return "\n".join("\n".join(texts).splitlines()[:lines])


def cold(folder: Path, vocabulary: Vocabulary, file: Path) -> float:
    """Return the milliseconds to the first count of a new process, median."""
    command = [sys.executable, "-c", COLD, str(folder), str(file), vocabulary.name]
    taken = [float(subprocess.run(command, check=True, capture_output=True, text=True).stdout) for _ in range(ROUNDS)]
    return median(taken)


def differences(folder: Path, vocabulary: Vocabulary) -> tuple[int, int]:
    """Return how many files were counted by tiktoken too, and how many counts differ."""
    os.environ["TIKTOKEN_CACHE_DIR"] = str(folder)
    import tiktoken

    ours, theirs = Tokenizer(folder, vocabulary), tiktoken.get_encoding(vocabulary.name)
    paths = [
        path for path in sorted(ROOT.rglob("*.py")) if ".venv" not in path.parts and ".artefacts" not in path.parts
    ]
    texts = [path.read_text("utf-8", "replace") for path in paths]
    counts = zip(ours.count_batch(texts), texts, strict=True)
    return len(texts), sum(count != len(theirs.encode(text, disallowed_special=())) for count, text in counts)


def main() -> None:
    folder = artefacts.path("token-ranks")
    text = sample(1_000)
    file = Path(artefacts.path("token-ranks")).parent / "benchmark-sample.txt"
    file.write_text(text)
    aims: list[Aim] = []
    heads = "tokens of 1,000 lines | warm, p50 ms | warm, p95 ms | cold, ms | 100 files, ms a file | files | differ"
    print(f"| encoding | {heads} |")
    print("|---|---|---|---|---|---|---|---|")
    for vocabulary in (CL100K, O200K):
        tokenizer = Tokenizer(folder, vocabulary)
        tokenizer.load()
        taken = []
        for _ in range(100):
            began = time.process_time()
            tokens = tokenizer.count(text)
            taken.append(1_000 * (time.process_time() - began))
        began = time.process_time()
        tokenizer.count_batch([text] * 100)
        batch = 10 * (time.process_time() - began)
        first = cold(folder, vocabulary, file)
        files, differ = differences(folder, vocabulary)
        p95 = percentile(taken, 0.95)
        figures = f"{tokens:,} | {median(taken):.2f} | {p95:.2f} | {first:.0f} | {batch:.2f} | {files} | {differ}"
        print(f"| {vocabulary.name} | {figures} |", flush=True)
        aims += [
            at_most(f"{vocabulary.name}: warm, p95", p95, 10, "ms"),
            at_most(f"{vocabulary.name}: cold", first, 100, "ms", digits=0),
            Aim(f"{vocabulary.name}: counts that differ from tiktoken's", "0", str(differ), differ == 0),
        ]
    file.unlink()
    print_aims(aims)


if __name__ == "__main__":
    main()
