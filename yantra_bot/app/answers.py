"""Opens the kept answers of models where the operator wants them."""

from yantra_bot.app.home import Home
from yantra_bot.ports import Clock
from yantra_bot.runs.answers import AnswerCache
from yantra_bot.settings import Settings


def open_answers(settings: Settings, home: Home, clock: Clock) -> AnswerCache | None:
    """Return the kept answers; None where none are to be kept."""
    if not settings.answer_cache_hours:
        return None
    return AnswerCache(home.answers, clock, life=settings.answer_cache_hours * 3600)
