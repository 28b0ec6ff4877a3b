"""The first indexing in the background: progress, stopping, going on after, and what ends it."""

import io
import json
import multiprocessing
import os
import select
import signal
import threading
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pytest

from tests.fakes.sentence_models import WIDTH, make_model
from yantra_bot.errors import Transient, UserError
from yantra_bot.retrieval.chunks import Chunk, ChunkKind
from yantra_bot.retrieval.embedding.companion import Companion, serve
from yantra_bot.retrieval.embedding.embedder import load_embedder
from yantra_bot.retrieval.embedding.indexing import BATCH, Indexing, Progress
from yantra_bot.retrieval.embedding.semantic import SemanticIndex
from yantra_bot.retrieval.embedding.texts import describe
from yantra_bot.retrieval.embedding.vectors import VectorCache

TOKENS = 32
COUNT = 3 * BATCH + 5
CHUNKS = [
    Chunk(f"m{n}.py", "read", ChunkKind.FUNCTION, 1, 2, "def read():", "", f"def read():\n    return file, {n}")
    for n in range(COUNT)
]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("models") / "model")


@pytest.fixture
def index(tmp_path: Path) -> SemanticIndex:
    found = SemanticIndex(VectorCache(tmp_path / "vectors", "m", WIDTH))
    found.show(CHUNKS)
    return found


def test_all_missing_chunks_are_embedded_as_they_would_be_here(index: SemanticIndex, model: Path) -> None:
    """Two processes fill the index with the very vectors of this process, and say how far they are."""
    told: list[Progress] = []
    indexing = Indexing(index, CHUNKS, model, tokens=TOKENS, processes=2, tell=told.append)
    assert indexing.progress.total == COUNT
    indexing.start()
    assert indexing.wait(60)
    assert index.missing == []
    assert "complete" in indexing.progress.describe()
    assert not indexing.progress.is_running
    assert max(one.done for one in told) == COUNT
    embedder = load_embedder(model)
    query = embedder.embed_query("read the file 1")
    wanted = embedder.embed([describe(one, TOKENS) for one in CHUNKS], limit=TOKENS) @ query
    assert np.abs(index.scores(query) - wanted).max() < 1e-5


def test_it_can_be_stopped_and_goes_on_later(index: SemanticIndex, model: Path) -> None:
    """A stop keeps the batches that were done; the next indexing does only the rest."""
    first = threading.Event()

    def see(progress: Progress) -> None:
        if progress.done:
            first.set()

    indexing = Indexing(index, CHUNKS, model, tokens=TOKENS, processes=1, tell=see)
    indexing.start()
    assert first.wait(60)
    indexing.stop()
    indexing.stop()
    done = indexing.progress.done
    assert done >= BATCH
    assert len(index.missing) == COUNT - done
    assert indexing.progress.problem == ""
    again = Indexing(index, CHUNKS, model, tokens=TOKENS, processes=1)
    assert again.progress.total == COUNT - done
    again.start()
    assert again.wait(60)
    assert index.missing == []


def test_with_nothing_missing_nothing_is_started(index: SemanticIndex, model: Path) -> None:
    """A tree whose chunks all have vectors costs no process."""
    index.fill([one.digest for one in CHUNKS], np.ones((COUNT, WIDTH), np.float32))
    indexing = Indexing(index, CHUNKS, model, tokens=TOKENS)
    indexing.start()
    assert indexing.wait(0)
    assert indexing.progress == Progress(0, 0, indexing.progress.seconds, is_running=False)


def test_an_unfit_model_ends_it_with_the_reason(index: SemanticIndex, tmp_path: Path) -> None:
    """Search goes on without vectors, and the sentence for people says the cure."""
    indexing = Indexing(index, CHUNKS, tmp_path / "nothing", tokens=TOKENS, processes=1)
    indexing.start()
    assert indexing.wait(60)
    assert "There is no embedding model" in indexing.progress.problem
    assert f"lacks {COUNT} of {COUNT}" in indexing.progress.describe()
    assert len(index.missing) == COUNT


def test_a_process_that_is_killed_says_so(model: Path) -> None:
    """A process that dies under its work is no answer but an error that passes."""
    with Companion(model, threading.Event()) as companion:
        assert companion.embed(["read"], TOKENS) is not None
        os.kill(companion._process.pid, signal.SIGKILL)
        with pytest.raises(Transient, match="-9"):
            companion.embed(["read"], TOKENS)


def test_a_stop_ends_a_process_under_its_work(model: Path) -> None:
    """A stopped companion gives no vectors and no error."""
    stopping = threading.Event()
    with Companion(model, stopping) as companion:
        stopping.set()
        companion._watch.join()
        assert companion.embed(["read"], TOKENS) is None


def test_a_companion_gets_nothing_of_its_parent(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the environment and no folder reaches the process, and it is of low priority."""
    monkeypatch.setenv("YANTRA_SECRET", "token")
    with Companion(model, threading.Event()) as companion:
        companion.embed(["read"], TOKENS)
        place = Path(f"/proc/{companion._process.pid}")
        assert b"YANTRA_SECRET" not in (place / "environ").read_bytes()
        assert (place / "cwd").readlink() == Path("/")
        assert int((place / "stat").read_text().rpartition(")")[2].split()[16]) >= 10


def test_requests_are_answered_one_after_the_other(model: Path, tmp_path: Path) -> None:
    """The process's own side: a line and bytes for each request; an unfit model is one line."""
    asked = b"".join(json.dumps({"texts": ["read"] * n, "tokens": 8}).encode() + b"\n" for n in (1, 2))
    answers = io.BytesIO()
    serve(model, io.BytesIO(asked), answers)
    answers.seek(0)
    for count in (1, 2):
        size = json.loads(answers.readline())["bytes"]
        assert size == count * WIDTH * 4
        assert len(answers.read(size)) == size
    bad = io.BytesIO()
    serve(tmp_path, io.BytesIO(asked), bad)
    assert "config.json" in json.loads(bad.getvalue())["problem"]


def test_a_companion_with_an_unfit_model_raises_the_cure(tmp_path: Path) -> None:
    """What the process found wrong with the model is raised here."""
    with Companion(tmp_path, threading.Event()) as companion, pytest.raises(UserError, match="Cure"):
        companion.embed(["read"], TOKENS)


def hold_a_companion(model: Path, ready: Connection) -> None:
    with Companion(model, threading.Event()) as companion:
        companion.embed(["read"], TOKENS)
        ready.send(companion._process.pid)
        ready.recv()


def test_a_companion_ends_with_who_started_it(model: Path) -> None:
    """Where a process is killed, those that embed for it end by themselves."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    parent = context.Process(target=hold_a_companion, args=(model, theirs), daemon=True)
    parent.start()
    watched = os.pidfd_open(ours.recv())
    try:
        parent.kill()
        parent.join()
        assert select.select([watched], [], [], 60)[0] == [watched]
    finally:
        os.close(watched)
