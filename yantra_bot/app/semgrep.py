"""Where semgrep is installed on this machine: an environment of its own, never the product's."""

from pathlib import Path

from yantra_bot import artefacts
from yantra_bot.settings import Settings

ARTEFACT = "semgrep"


def find_environment(settings: Settings) -> Path | None:
    """Return the environment that semgrep is installed in; None where none was set or made."""
    if settings.semgrep_folder is not None:
        return settings.semgrep_folder
    return artefacts.path(ARTEFACT) if artefacts.available(ARTEFACT) else None
