"""The scene of a follow-up's story: the bot has opened a pull request, and something happens to it."""

import contextlib
from typing import Any

from tests.fakes.github import git_repository
from tests.fakes.github.state import Issue
from tests.stories.library import FINISH, HEAD, SHELL_FILES, SHELL_FIX, call, turn
from tests.stories.scene import Scene
from yantra_bot.domain.run import Ending

OWN = "This is your own pull request"
NOTE = call("edit_file", '{path = "calc.sh", search = "add()", replace = "# sums\\nadd()"}')
MENDED = call("finish", '{title = "docs: say what add does", summary = "A comment was missing.", confidence = 0.95}')
FIRST = turn("fix", SHELL_FIX) + turn("end", FINISH)


def script(*shown: str, mend: str = NOTE) -> str:
    """Return a script that opens the pull request, and mends it once these texts were shown."""
    wanted = ", ".join(f"'{one}'" for one in (OWN, *shown))
    when = f"{{shown = [{wanted}]}}"
    return HEAD + turn("mend", mend, when=when) + turn("mended", MENDED, when=when) + FIRST


class OwnPull:
    """A scene in which the bot works in a library that is quick to test."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.github = scene, scene.github
        scene.values |= {"follow_up_quiet_seconds": 0.1, "review_pull_requests": False}
        self.repository = scene.work_in(SHELL_FILES, script=script())
        self.issue = self.pull = scene.issue

    def play(self, *shown: str, mend: str = NOTE) -> None:
        """Let the model mend the pull request once all of these patterns were shown."""
        self.scene.play(script(*shown, mend=mend))

    async def open(self) -> Issue:
        """Have the bot open its pull request; what is said from then on is looked for there."""
        await self.scene.comment("@yantra implement", on=self.issue)
        await self.scene.ending()
        (self.pull,) = self.scene.pull_requests()
        self.scene.issue = self.pull
        return self.pull

    @property
    def head(self) -> str:
        assert self.pull.pull is not None
        return self.pull.pull.head_sha

    async def fail(self, name: str = "lint", **how: Any) -> None:
        """Have a check fail on the head."""
        await self.github.end_check(self.repository, how.pop("sha", self.head), name, "failure", **how)

    async def ending(self, *, of: int = 2) -> Ending:
        return await self.scene.ending(of=of)

    @property
    def wishes(self) -> int:
        """How much waits to be followed up."""
        with contextlib.closing(self.scene.records()) as records:
            return len(records.follow_up_wishes(now=1e12, limit=100))

    def git(self, *words: str) -> str:
        return git_repository.run_git(self.repository.git_dir, *words).strip()

    @property
    def commits(self) -> list[str]:
        """The commits of the pull request's branch, oldest first."""
        assert self.pull.pull is not None
        return self.git("rev-list", "--reverse", self.pull.pull.head_ref).split()
