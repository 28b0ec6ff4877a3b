"""Breaks of a change between two sets of files, in short: what was found, about what, and where it breaks."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.fakes.review_world import subject_of
from yantra_bot.domain.findings import Finding
from yantra_bot.review.breaks.part import find_breaks

Files = Mapping[str, str]
Breaks = Callable[[Files, Files], list[Finding]]


@pytest.fixture
def breaks(tmp_path: Path) -> Breaks:
    """Return the findings of a change."""
    return lambda before, after: list(find_breaks(subject_of(tmp_path, before, after)))


@pytest.fixture
def told(breaks: Breaks) -> Callable[[Files, Files], list[str]]:
    """Return each finding as `rule symbol: path:line path:line`, the family left out."""

    def tell(before: Files, after: Files) -> list[str]:
        return [
            f"{one.rule.partition('/')[2]} {one.symbol}: "
            + " ".join(sorted(f"{evidence.path}:{evidence.line}" for evidence in one.evidence))
            for one in breaks(before, after)
        ]

    return tell
