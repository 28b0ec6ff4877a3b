"""A corpus of a few files, and a real git repository to take pasts and trees from."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.fakes.git_project import Project
from yantra_bot.retrieval.corpus import Corpus

MakeCorpus = Callable[[Mapping[str, str]], Corpus]


@pytest.fixture
def make_corpus() -> MakeCorpus:
    """Return what cuts and counts texts by path."""

    def make(files: Mapping[str, str]) -> Corpus:
        corpus = Corpus()
        for path, text in files.items():
            corpus.put(path, text.encode())
        return corpus

    return make


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return an empty repository."""
    return Project(tmp_path / "project")
