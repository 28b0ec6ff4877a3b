"""The Protocol of what follow-ups need of a forge, part of `ports`: a commit's checks, the bot's own pull requests."""

from collections.abc import Sequence
from typing import Protocol

from yantra_bot.domain.follow_up import CheckState, FailedCheck, ReviewTalk
from yantra_bot.domain.repository import PullRequest


class FollowUpForge(Protocol):
    """One repository's checks and the bot's own pull requests in it."""

    async def own_pull_at(self, commit: str) -> PullRequest | None:
        """Return the open pull request of the bot's, from a branch of this repository, whose head is this commit."""

    async def own_pull(self, number: int) -> PullRequest | None:
        """Return this pull request if it is the bot's, from a branch of this repository; open or not."""

    async def review_talk(self, number: int) -> ReviewTalk:
        """Return what was said in the reviews of a pull request, cut."""

    async def checks(self, commit: str) -> tuple[CheckState, ...]:
        """Return all checks at a commit as they stand now, of each name the newest."""

    async def explain(self, failed: Sequence[CheckState]) -> tuple[FailedCheck, ...]:
        """Return what can be read of why checks failed, cut and without secrets; what cannot be read is said."""

    async def difference(self, number: int) -> str:
        """Return what a pull request changes, as patches for people, cut."""

    async def body(self, number: int) -> str:
        """Return the text of a pull request as it is now."""

    async def put_body(self, number: int, body: str) -> None:
        """Replace the text of a pull request."""
