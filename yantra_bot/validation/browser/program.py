"""Where the browser and what drives it lie: the system's Chromium, and Playwright in an environment of its own.

Nothing is started here, and no browser is ever downloaded. Chromium is shown to a sandbox with the rest of /usr; of
Playwright's environment a copy is made where the sandbox's user could not read it.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from yantra_bot.errors import UserError
from yantra_bot.sandbox.interpreter import is_open_to_all, make_once
from yantra_bot.sandbox.limits import GIB, MIB, Limits

PROGRAMS = (
    Path("/usr/lib/chromium/chromium"),
    Path("/usr/lib64/chromium-browser/chromium-browser"),
    Path("/usr/lib/chromium-browser/chromium-browser"),
)
"""Where Debian, Fedora and derivatives of Debian put the program itself; what is on PATH is a script around it."""
CURE = "sudo apt-get install chromium"
DRIVER_CURE = "`make setup` in a checkout, else `python -m yantra_bot.artefacts`"

LIMITS = Limits(
    wall_seconds=150.0,
    cpu_seconds=240.0,
    memory_bytes=2 * GIB,
    processes=384,
    file_bytes=64 * MIB,
    output_bytes=2 * MIB,
    temporary_bytes=256 * MIB,
    workspace_bytes=256 * MIB,
    files=50_000,
)
"""A browser and the site that it looks at, together. Narrower than what tests may use, in everything but memory, which
is the same: one page takes some 130 threads in a dozen processes and 350 MB. The filter of system calls is that of
every other command: see ARCHITECTURE.md, "The browser"."""


class BrowserMissing(UserError):
    """There is no browser here, or nothing that drives one. Cure: the message says it; no page is tried meanwhile."""


@dataclass(frozen=True, slots=True)
class Browser:
    """Chromium's own program, which lies below /usr, and the folder of packages that holds Playwright."""

    program: Path
    packages: Path


def find_browser(environment: Path | None, programs: Sequence[Path] = PROGRAMS) -> Browser:
    """Return the browser of this machine, driven by the Playwright of a virtual environment. Raises BrowserMissing."""
    program = next((one for one in programs if one.is_file()), None)
    if program is None:
        raise BrowserMissing(f"Chromium is not installed. Cure: {CURE}.")
    drivers = sorted(environment.glob("lib/python3.*/site-packages/playwright")) if environment else []
    if not drivers:
        raise BrowserMissing(f"Playwright, which drives the browser, is not installed. Cure: {DRIVER_CURE}.")
    return Browser(program, drivers[-1].parent.resolve())


def find_no_browser() -> Browser:
    """Stand for a place where no page is ever tried. Raises BrowserMissing."""
    raise BrowserMissing("This program was started without a browser.")


def place_browser(browser: Browser, cache: Path, *, is_for_other_user: bool) -> Browser:
    """Return the browser with a driver that the sandbox's user can read: as it is, or a copy below `cache`, made once.

    `is_for_other_user`: whether sandboxes run as a user other than this process's; `cache` then has to be a folder that
    the other user can reach.
    """
    if not is_for_other_user or is_open_to_all(browser.packages):
        return browser
    facts = (browser.packages / "playwright" / "__init__.py").stat()
    target = cache / f"playwright-{facts.st_mtime_ns:x}-{facts.st_ino:x}"

    def fill(draft: Path) -> None:
        shutil.copytree(browser.packages, draft, ignore=shutil.ignore_patterns("__pycache__"))

    return Browser(browser.program, make_once(target, fill))
