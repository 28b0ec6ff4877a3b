"""The scene of a review's story: a repository in which a pull request breaks a caller, and what stands on it."""

from typing import Any

from tests.fakes.github.state import CheckRun, Issue
from tests.fakes.github.state_reviews import ReviewComment
from tests.stories.scene import Scene
from yantra_bot.domain.reviewed import Reviewed
from yantra_bot.domain.run import Ending
from yantra_bot.runs.codec import decode_envelope

RULES = "review:\n  run-tests: false\n  run-tools: false\n"
SCAN = "def scan(text):\n    return text.split()\n\n\ndef first(text):\n    return scan(text)[0]\n"
USE = "from scan import scan\n\n\ndef count(text):\n    return len(scan(text))\n"
BREAKS = SCAN.replace("def scan(text):", "def scan(text, separator):").replace("scan(text)[0]", 'scan(text, ",")[0]')
FIXED = USE.replace("scan(text)", 'scan(text, ",")')
LIBRARY: dict[str, str | bytes | None] = {"scan.py": SCAN, "use.py": USE, ".github/yantra.yml": RULES}


class Pulls:
    """A scene with a pull request in it."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.github = scene.github
        self.repository = scene.let_in(self.github.add_repository("octo/scan", files=LIBRARY))
        scene.repository = self.repository
        self.pull: Issue = scene.issue

    async def open(self, files: dict[str, str | bytes | None] | None = None, **how: Any) -> Issue:
        """Have alice open a pull request that breaks a caller."""
        changed = {"scan.py": BREAKS} if files is None else files
        self.pull = self.scene.issue = await self.github.open_pull_request(
            self.repository, changed, by=how.pop("by", "alice"), **how
        )
        return self.pull

    async def ending(self, *, of: int = 1) -> Ending:
        return await self.scene.ending(of=of)

    @property
    def remarks(self) -> list[ReviewComment]:
        return [one for one in self.github.talk_of(self.pull).comments if one.reply_to is None]

    @property
    def replies(self) -> list[ReviewComment]:
        return [one for one in self.github.talk_of(self.pull).comments if one.reply_to is not None]

    @property
    def summaries(self) -> list[str]:
        return [one for one in self.scene.said(self.pull) if "<!-- yantra:review -->" in one]

    @property
    def checks(self) -> list[CheckRun]:
        return [one for one in self.repository.check_runs if one.name == "Yantra review"]

    @property
    def check(self) -> CheckRun:
        """The check at the head."""
        assert self.pull.pull is not None
        (found,) = [one for one in self.checks if one.head_sha == self.pull.pull.head_sha]
        return found

    def is_resolved(self, remark: ReviewComment) -> bool:
        return self.github.talk_of(self.pull).thread_of(remark).is_resolved

    @property
    def head(self) -> str:
        assert self.pull.pull is not None
        return self.pull.pull.head_sha

    async def fix(self) -> str:
        """Push what mends the caller."""
        return await self.github.push_again(self.pull, {"use.py": FIXED}, by="alice")

    async def push_on(self, text: str = "note\n") -> str:
        """Push what changes nothing about the finding."""
        return await self.github.push_again(self.pull, {"NOTES.md": text}, by="alice")

    def reviewed(self, run: int = 0) -> Reviewed:
        """Return what the worker of a run answered, by the run's place among the newest."""
        (envelope,) = [one.envelope for one in self.scene.steps(run) if one.name.startswith("review#")]
        found: Reviewed = decode_envelope(envelope or "", Reviewed)
        return found
