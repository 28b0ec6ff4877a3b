"""numpy's threads in a process that embeds."""

from pathlib import Path

import pytest

from tests.fakes.sentence_models import make_model
from yantra_bot.retrieval.embedding.blas import find_openblas, use_one_thread
from yantra_bot.retrieval.embedding.embedder import load_embedder


def test_a_process_with_a_model_multiplies_with_one_thread(tmp_path: Path) -> None:
    """Loading a model leaves numpy one thread, so that busy cores do not make its threads wait for each other."""
    load_embedder(make_model(tmp_path / "model"))
    found = find_openblas()
    if found is None:
        pytest.skip("this numpy does not carry OpenBLAS")
    library, name = found
    assert use_one_thread()
    assert getattr(library, name.replace("set", "get", 1))() == 1
