"""Where the index of the export of OSV lies that the settings name."""

import hashlib
from pathlib import Path

from yantra_bot.settings import Settings
from yantra_bot.validation.security.dependencies import Advisories


def find_advisories(settings: Settings, cache: Path) -> Advisories | None:
    """Return the export and the place of its index below `cache`; None where no export is named."""
    if settings.advisories_folder is None:
        return None
    export = settings.advisories_folder.absolute()
    name = hashlib.sha256(str(export).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return Advisories(cache / "advisories" / f"{name}.sqlite", export)
