"""The repository that contexts are assembled from."""

from pathlib import Path

import pytest

from tests.fakes.context_world import BANK, ContextWorld


@pytest.fixture
def bank(tmp_path: Path) -> ContextWorld:
    return ContextWorld(tmp_path, dict(BANK))
