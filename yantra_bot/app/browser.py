"""Where the browser lies on this machine, and its driver where workers' sandboxes can read it."""

import os

from yantra_bot import artefacts
from yantra_bot.app.home import Home
from yantra_bot.app.within_reach import own_cache
from yantra_bot.settings import Settings
from yantra_bot.validation.browser.program import PROGRAMS, Browser, find_browser, place_browser

ARTEFACT = "playwright"


def browser_of(settings: Settings, home: Home) -> Browser:
    """Return the browser for workers' sandboxes, its driver copied there if need be. Raises BrowserMissing."""
    driver = artefacts.path(ARTEFACT) if artefacts.available(ARTEFACT) else None
    found = find_browser(driver, [settings.chromium] if settings.chromium else PROGRAMS)
    return place_browser(found, own_cache(settings) or home.environments, is_for_other_user=os.geteuid() == 0)
