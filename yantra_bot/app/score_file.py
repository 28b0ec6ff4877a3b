"""Where the score file lies that workers are started with, and which one it has to be."""

from pathlib import Path

from yantra_bot.domain.scores import ScoreModel
from yantra_bot.errors import UserError
from yantra_bot.scoring.score_file import find_pin, hash_file
from yantra_bot.settings import Settings


def find_score_file(settings: Settings) -> Path | None:
    """Return the file that the operator named; None: there is no learned score.

    One that is not there, or is none, stops nothing: each score says what is wrong with it.
    """
    return None if settings.score_file is None else settings.score_file.expanduser().absolute()


def find_score_model(settings: Settings) -> ScoreModel | None:
    """Return that file with the hash that a setting or the file beside it names, else with the one it has now."""
    file = find_score_file(settings)
    return None if file is None else ScoreModel(file, settings.score_sha256 or find_pin(file) or _hash(file))


def _hash(file: Path) -> str:
    try:
        return hash_file(file)
    except UserError:
        return ""  # whoever reads it says what is wrong with it
