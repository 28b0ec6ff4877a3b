"""Learning in use without what it needs."""

import importlib.util
from pathlib import Path

import pytest

from yantra_bot.app.online import WITHOUT_TORCH, run_update


@pytest.mark.skipif(importlib.util.find_spec("torch") is not None, reason="torch is installed")
async def test_without_torch_it_says_so_and_nothing_breaks(tmp_path: Path) -> None:
    """With the cure."""
    assert await run_update(tmp_path / "b", tmp_path / "h", tmp_path / "v") == WITHOUT_TORCH
    assert list(tmp_path.iterdir()) == []
