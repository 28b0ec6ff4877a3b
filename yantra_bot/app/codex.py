"""Opens the generator where the operator wants it. Nothing is loaded before a task is there to be outlined."""

from functools import cache
from typing import Final

import structlog

from yantra_bot.app.home import Home
from yantra_bot.codex.generator import Generator, read_generator
from yantra_bot.codex.outline import outline
from yantra_bot.codex.whole import Whole, write_whole
from yantra_bot.codex_settings import CodexMode
from yantra_bot.errors import YantraError
from yantra_bot.runs.distilling import Pairs, Sketching
from yantra_bot.runs.generator_outcomes import Outcomes
from yantra_bot.settings import Settings

_UNUSABLE: Final = (YantraError, OSError, ValueError, TypeError, ArithmeticError, MemoryError)
"""What reading a damaged file may come to: none of it is to end a run, still less control."""


def open_codex(settings: Settings, home: Home) -> Sketching | None:
    """Return what outlines tasks and keeps what passed; None where it is off."""
    if settings.codex is CodexMode.OFF:
        return None
    path = settings.codex_file or home.generator

    @cache
    def load() -> Generator | None:
        try:
            return read_generator(path)
        except _UNUSABLE as problem:
            structlog.get_logger().warning("no outlines", problem=str(problem))
            return None

    def sketch(task: str, files: str) -> str:
        generator = load()
        return outline(generator, task, files) if generator is not None else ""

    if settings.codex is not CodexMode.FIRST:
        return Sketching(sketch, Pairs(home.pairs))
    outcomes = Outcomes(home.generator_outcomes)

    def write(task: str, files: str) -> Whole | None:
        generator = load()
        if generator is None:
            return None
        return write_whole(generator, task, files, threshold=outcomes.threshold(generator.version))

    return Sketching(sketch, Pairs(home.pairs), write, outcomes)
