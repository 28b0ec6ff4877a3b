"""Opens what is kept of models' answers where the operator wants it."""

import asyncio

from yantra_bot.app.choosing import find_sentence_model
from yantra_bot.app.home import Home
from yantra_bot.errors import SettingsError, UserError
from yantra_bot.ports import Clock
from yantra_bot.retrieval.embedding.embedder import load_embedder
from yantra_bot.runs.answers import AnswerCache
from yantra_bot.runs.questions import QuestionCache
from yantra_bot.settings import Settings


async def open_kept(settings: Settings, home: Home, clock: Clock) -> tuple[AnswerCache | None, QuestionCache | None]:
    """Return the kept answers to the same requests, and those to questions that ask the same."""
    questions = await open_questions(settings, home, clock)
    return open_answers(settings, home, clock), questions


def open_answers(settings: Settings, home: Home, clock: Clock) -> AnswerCache | None:
    """Return the kept answers; None where none are to be kept."""
    if not settings.answer_cache_hours:
        return None
    return AnswerCache(home.answers, clock, life=settings.answer_cache_hours * 3600)


async def open_questions(settings: Settings, home: Home, clock: Clock) -> QuestionCache | None:
    """Return the kept answers to questions that ask the same; None where none are to be kept.

    Raises SettingsError where there is no sentence model that is fit, or no time to keep anything for.
    """
    if not settings.similar_questions:
        return None
    folder = find_sentence_model(settings)
    if not settings.answer_cache_hours or folder is None:
        raise SettingsError(
            "YANTRA_SIMILAR_QUESTIONS needs a sentence model and time to keep answers for. Cure: `make setup` or "
            "YANTRA_EMBEDDING_MODEL_FOLDER, and YANTRA_ANSWER_CACHE_HOURS above 0."
        )
    try:
        meaning = await asyncio.to_thread(load_embedder, folder, threads=1)
    except UserError as problem:
        raise SettingsError(f"YANTRA_SIMILAR_QUESTIONS needs a sentence model that is fit: {problem}") from problem
    return QuestionCache(home.questions, clock, meaning, life=settings.answer_cache_hours * 3600)
