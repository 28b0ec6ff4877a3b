"""A pull request is reviewed: by itself when it is opened and pushed to, and on command."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.fakes.github.state import CheckRun, Issue
from tests.fakes.github.state_reviews import ReviewComment
from tests.stories.scene import Scene
from yantra_bot.domain.run import Ending, Phase

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


@pytest.fixture
def pulls(scene: Scene) -> Pulls:
    scene.values["review_pull_requests"] = True
    return Pulls(scene)


@asynccontextmanager
async def serving(pulls: Pulls, **changed: Any) -> AsyncIterator[None]:
    async with pulls.scene.server(**changed):
        yield


async def test_a_pull_request_gets_one_summary_remarks_at_lines_and_a_check(pulls: Pulls) -> None:
    """A caller breaks: that is said in the conversation, at the line, and by a check that fails."""
    async with serving(pulls):
        await pulls.open()
        ending = await pulls.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    (summary,) = pulls.summaries
    assert "use.py" in summary
    (remark,) = pulls.remarks
    assert (remark.path, remark.line) == ("scan.py", 1)
    assert "use.py" in remark.body
    assert [one.state for one in pulls.github.talk_of(pulls.pull).reviews] == ["COMMENTED"]
    assert (pulls.check.status, pulls.check.conclusion) == ("completed", "failure")
    assert [one["path"] for one in pulls.check.annotations] == ["scan.py"]
    assert ending.pull_request is not None


async def test_pushing_a_fix_resolves_the_thread_and_adds_nothing_else(pulls: Pulls) -> None:
    """The summary is edited in place, the new head's check passes, no comment is added."""
    async with serving(pulls):
        await pulls.open()
        await pulls.ending()
        before = (len(pulls.scene.said(pulls.pull)), len(pulls.remarks))
        await pulls.github.push_again(pulls.pull, {"use.py": FIXED}, by="alice")
        ending = await pulls.ending(of=2)
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert (len(pulls.scene.said(pulls.pull)), len(pulls.remarks)) == before
    assert pulls.replies == []
    assert pulls.is_resolved(pulls.remarks[0])
    assert "1 remark fixed" in ending.reason
    assert pulls.check.conclusion == "success"
    assert len(pulls.checks) == 2
