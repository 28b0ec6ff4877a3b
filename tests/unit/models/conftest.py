"""Every test of the models runs with the vendors out of reach."""

import pytest

from tests.fakes.models.guard import forbid_paid_calls


@pytest.fixture(autouse=True)
def refused(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The vendors' names that something tried to look up; autouse, so that nothing here can cost money."""
    return forbid_paid_calls(monkeypatch)
