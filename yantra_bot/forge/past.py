"""What led to a commit, in a bare repository of its own, so that the mirror that runs read stays one commit deep.

Measured on 11 000 commits: in one repository, each fetch of a run would cut the past off, and the next graph would
fetch all of it again. Large files are not left out here: git stops telling the past at a commit that lacks one.
"""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Final

import structlog

from yantra_bot.errors import Permanent, Transient, YantraError
from yantra_bot.forge.conversation import FETCH, Conversation
from yantra_bot.forge.git_failures import Trouble, explain, trouble_of
from yantra_bot.forge.git_names import check_commit
from yantra_bot.forge.mirror import Mirror

SHALLOWER: Final = 10
"""What is too much at one depth is asked for at a tenth of it."""
LEAST: Final = 50
SECONDS: Final = 300.0
"""How long one fetch may take; the process is ended then."""
PACKED: Final = ("fetch.unpackLimit=1",)
"""What git is told: that small fetches are packs, too, which are counted and cleaned."""

_TIP: Final = "refs/yantra/past"
_DEPTH: Final = "past-depth"
"""Name of a file in the repository: the depth that could be had."""
_WHAT: Final = "Fetching the past"


class Past:
    """One repository's past."""

    def __init__(self, mirror: Mirror, conversation: Conversation) -> None:
        self._mirror = mirror
        self._conversation = conversation

    async def bring(self, commit: str, *, depth: int) -> Path:
        """Make `commit` and at most `depth` generations before it be here, fewer where they are too much.

        Returns the folder. Raises Permanent when not even `LEAST` can be had, Transient for a network that fails.
        """
        check_commit(commit)
        async with self._mirror.writing():
            tip = await self._mirror.ask("rev-parse", "--verify", "--quiet", _TIP)
            if tip.text != commit:
                await self._bring(commit, min(depth, self._known_depth() or depth))
                await self._mirror.clean()
            return self._mirror.folder

    async def _bring(self, commit: str, depth: int) -> None:
        try:
            async with asyncio.timeout(SECONDS):
                await self._fetch(commit, depth)
        except TimeoutError:
            problem: YantraError = Transient(f"{_WHAT} took longer than {SECONDS:.0f} s and was ended.")
        except Permanent as refused:
            problem = refused
        else:
            (self._mirror.folder / _DEPTH).write_text(str(depth))
            return
        if depth // SHALLOWER < LEAST:
            raise problem
        structlog.get_logger().warning("past not so deep", depth=depth, problem=str(problem), cure="none needed")
        await self._bring(commit, depth // SHALLOWER)

    async def _fetch(self, commit: str, depth: int) -> None:
        words = (*FETCH, f"--depth={depth}", "origin", f"+{commit}:{_TIP}")
        done = await self._conversation.talk(*words)
        if done.code != 0 and trouble_of(done) in {Trouble.LOCAL, Trouble.MOVED}:
            await self._mirror.renew()
            done = await self._conversation.talk(*words)
        if done.code != 0:
            raise explain(trouble_of(done), done, what=_WHAT)

    def _known_depth(self) -> int:
        """Return the depth that could be had the last time; 0 where nothing is known."""
        with suppress(OSError, ValueError):
            return int((self._mirror.folder / _DEPTH).read_text())
        return 0
