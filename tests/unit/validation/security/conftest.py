"""The real scanner, placed where real sandboxes can reach it."""

import pytest

from tests.fakes.sandbox_world import SandboxWorld, is_root
from yantra_bot import artefacts
from yantra_bot.validation.security.scanner import Scanner, find_scanner, place_scanner


@pytest.fixture(scope="session")
def scanner(sandbox_world: SandboxWorld) -> Scanner:
    """semgrep's engine; skipped, loudly, where it could not be fetched."""
    if not artefacts.available("semgrep"):
        pytest.skip("NO SCANNER: the artefact semgrep is missing. Cure: make setup")
    found = find_scanner(artefacts.path("semgrep"))
    return place_scanner(found, sandbox_world.folder / "tools", is_for_other_user=is_root())
