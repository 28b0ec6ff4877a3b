"""The workbench for tests of the forge."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.fakes.forge_bench import Bench, open_bench
from tests.fakes.github.judge import Judge


@pytest.fixture
async def bench(tmp_path: Path, judge: Judge | None) -> AsyncGenerator[Bench, None]:
    async with open_bench(tmp_path, judge=judge) as opened:
        yield opened
