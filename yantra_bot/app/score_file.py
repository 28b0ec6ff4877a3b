"""Where the score file lies that workers are started with."""

from pathlib import Path

from yantra_bot.settings import Settings


def find_score_file(settings: Settings) -> Path | None:
    """Return the file that the operator named; None: there is no learned score.

    One that is not there, or is none, stops nothing: each score says what is wrong with it.
    """
    return None if settings.score_file is None else settings.score_file.expanduser().absolute()
