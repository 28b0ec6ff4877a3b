"""A browser in a sandbox."""

import pytest

from tests.fakes.browser_world import BrowserWorld
from tests.fakes.sandbox_world import SandboxWorld
from yantra_bot.validation.browser.program import Browser


@pytest.fixture
def web(sandbox_world: SandboxWorld, browser: Browser) -> BrowserWorld:
    return BrowserWorld(sandbox_world, browser)
