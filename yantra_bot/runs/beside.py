"""Gathers what stands beside the code of a stored graph: the issues and pull requests of the forge. Control's side.

Nothing here may fail a graph: what cannot be had is left out, and the graph keeps the reason, which `stats` says.
"""

import asyncio
from typing import Final

import structlog

from yantra_bot.domain.beside import Beside
from yantra_bot.domain.repository import RepositoryFacts
from yantra_bot.domain.talk import Reach
from yantra_bot.errors import YantraError
from yantra_bot.ports import Forge

THREADS: Final = 200
SECONDS: Final = 120.0
"""How long the forge may take to tell them."""

_log = structlog.get_logger()


async def gather_beside(forge: Forge, facts: RepositoryFacts) -> Beside:
    """Return what the forge tells of a repository's talk, or why it does not."""
    reach = Reach.SHARED if facts.is_private else Reach.PUBLIC
    try:
        async with asyncio.timeout(SECONDS):
            threads = await forge.list_threads(limit=THREADS, reach=reach)
    except TimeoutError:
        reason = f"the forge did not tell them within {SECONDS:.0f} s"
    except YantraError as problem:
        reason = _in_a_line(problem)
    else:
        return Beside(tuple(threads), reach=reach)
    _log.warning(
        "graph without issues",
        repository=facts.repository.full_name,
        problem=reason,
        cure="see the problem; the next push asks again",
    )
    return Beside(None, f"no issues: {reason}", reach=reach)


def _in_a_line(problem: YantraError) -> str:
    return " ".join(str(problem).split())[:400].removesuffix(".")
