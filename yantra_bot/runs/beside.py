"""Gathers what stands beside the code of a stored graph: what led to its commit, and what the forge tells of the talk.

Control's side. Nothing here may fail a graph: what cannot be had is left out, and the graph keeps the reason, which
`stats` says.
"""

import asyncio
from pathlib import Path
from typing import Final

import structlog

from yantra_bot.domain.beside import Beside
from yantra_bot.domain.repository import RepositoryFacts
from yantra_bot.domain.talk import Reach, Thread
from yantra_bot.errors import YantraError
from yantra_bot.ports import Forge, Remote

THREADS: Final = 200
SECONDS: Final = 120.0
"""How long the forge may take to tell them."""
GENERATIONS: Final = 5_000
"""How far back the past is fetched; of what is there, as many commits are read."""

_log = structlog.get_logger()


async def gather_beside(
    forge: Forge, remote: Remote, facts: RepositoryFacts, commit: str
) -> tuple[Path | None, Beside]:
    """Return a repository with what led to a commit, None where it cannot be had, and what the forge tells."""
    reach = Reach.SHARED if facts.is_private else Reach.PUBLIC
    name = facts.repository.full_name
    past, no_past = await _find_past(remote, commit, name)
    threads, no_threads = await _list_threads(forge, reach, name)
    return past, Beside(threads, no_threads, no_past, reach)


async def _find_past(remote: Remote, commit: str, name: str) -> tuple[Path | None, str]:
    try:
        return await remote.past(commit, depth=GENERATIONS), ""
    except YantraError as problem:
        return None, _say("no git history", _in_a_line(problem), name)


async def _list_threads(forge: Forge, reach: Reach, name: str) -> tuple[tuple[Thread, ...] | None, str]:
    try:
        async with asyncio.timeout(SECONDS):
            return tuple(await forge.list_threads(limit=THREADS, reach=reach)), ""
    except TimeoutError:
        return None, _say("no issues", f"the forge did not tell them within {SECONDS:.0f} s", name)
    except YantraError as problem:
        return None, _say("no issues", _in_a_line(problem), name)


def _say(lost: str, reason: str, name: str) -> str:
    _log.warning(
        f"graph with {lost}", repository=name, problem=reason, cure="see the problem; the next push asks again"
    )
    return f"{lost}: {reason}"


def _in_a_line(problem: YantraError) -> str:
    return " ".join(str(problem).split())[:400].removesuffix(".")
