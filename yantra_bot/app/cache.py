"""Where a terminal's commands keep what may be deleted at any time. It loads nothing heavy: every command may ask."""

import os
from pathlib import Path

from yantra_bot.worker.slots import choose_work_folder


def default_cache() -> Path:
    """Return where a terminal's runs keep mirrors and installed environments, which may be deleted at any time."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "yantra"
    return choose_work_folder(base).parent
