"""One process that embeds for another: texts go in as JSON lines, vectors come out as bytes.

The process gets an empty environment and an empty folder: it knows no key and no checkout. It ends when its input
does, so it never outlives who started it.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import numpy as np
from numpy.typing import NDArray

import yantra_bot
from yantra_bot.errors import Transient, UserError

Floats = NDArray[np.float32]

NICENESS = 10
# The product that runs, wherever it lies: isolated mode looks neither at the folder nor at the environment.
_BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from yantra_bot.retrieval.embedding.companion import main; main(sys.argv[2])"
)


class Companion:
    """A running process with a model of its own. Ends with the `with` block, or as soon as `stopping` is set."""

    def __init__(self, model: Path, stopping: threading.Event) -> None:
        self._stopping = stopping
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-I", "-X", "utf8", "-c", _BOOT),
                *(str(Path(yantra_bot.__file__).parent.parent), str(model.resolve())),
            ],
            env={"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"},
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._watch = threading.Thread(target=self._end_when_stopped, daemon=True)
        self._watch.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process and wait for it."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                if stream is not None:
                    stream.close()
        self._watch.join()

    def embed(self, texts: Sequence[str], tokens: int) -> Floats | None:
        """Return the texts' vectors, float32 [texts, dimension]; None when it was stopped meanwhile.

        Raises UserError, saying the cure, when the model is unfit, Transient when the process ended by itself.
        """
        entry, output = self._process.stdin, self._process.stdout
        assert entry is not None  # noqa: S101  (both were asked for as pipes)
        assert output is not None  # noqa: S101  (see above)
        with suppress(OSError):  # a process that is gone says so by what it answers: nothing
            entry.write(json.dumps({"texts": list(texts), "tokens": tokens}).encode() + b"\n")
            entry.flush()
        said = json.loads(output.readline() or b"{}")
        if "problem" in said:
            raise UserError(said["problem"])
        data = output.read(said["bytes"]) if "bytes" in said else b""
        if "bytes" not in said or len(data) != said["bytes"]:
            if self._stopping.is_set():
                return None
            code = self._process.wait()
            raise Transient(f"a process that embeds ended by itself with {code}; the next indexing goes on from there")
        return np.frombuffer(data, np.float32).reshape(len(texts), -1)

    def _end_when_stopped(self) -> None:
        while self._process.poll() is None:
            if self._stopping.wait(0.2):
                self._process.kill()
                return


def main(model: str) -> None:
    """Answer requests from standard input until it ends."""
    os.nice(NICENESS)
    serve(Path(model), sys.stdin.buffer, sys.stdout.buffer)


def serve(model: Path, requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer each line of `requests` by a line that says how many bytes of float32 follow, or what the problem is."""
    from yantra_bot.retrieval.embedding.embedder import load_embedder

    try:
        embedder = load_embedder(model, threads=1)
    except UserError as problem:
        answers.write(json.dumps({"problem": str(problem)}).encode() + b"\n")
        answers.flush()
        return
    for line in requests:
        asked = json.loads(line)
        data = embedder.embed(asked["texts"], limit=asked["tokens"]).tobytes()
        answers.write(json.dumps({"bytes": len(data)}).encode() + b"\n" + data)
        answers.flush()
