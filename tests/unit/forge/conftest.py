"""The workbench for tests of the forge."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.fakes.forge_bench import Bench, open_bench


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncGenerator[Bench, None]:
    async with open_bench(tmp_path) as opened:
        yield opened
