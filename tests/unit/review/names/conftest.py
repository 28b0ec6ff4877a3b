"""Runs the checks of names over a change of a few files: `names(before, after)` gives the findings."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.fakes.review_world import subject_of
from yantra_bot.domain.findings import Finding
from yantra_bot.domain.review import ReviewRules
from yantra_bot.review.engine import Draft
from yantra_bot.review.names.part import check_names

Names = Callable[[Mapping[str, str], Mapping[str, str]], list[Finding]]


@pytest.fixture
def names(tmp_path: Path) -> Names:
    """Return what reviews a change; files that both sides have need be given on one side only where they differ."""

    def review(before: Mapping[str, str], after: Mapping[str, str]) -> list[Finding]:
        draft = Draft(subject_of(tmp_path, before, after), ReviewRules())
        check_names(draft)
        assert draft.gaps == []
        return draft.findings

    return review
