"""The Protocol of reviews on a forge, part of `ports`: what the story of a review needs to post and to read back."""

from collections.abc import Sequence
from typing import Protocol

from yantra_bot.domain.remarks import NewRemark, Posted, Remark


class Reviews(Protocol):
    """Reviews of one repository's pull requests. It has no way to approve, and none to ask for changes."""

    async def remarks(self, number: int) -> Sequence[Remark]:
        """Return the bot's own remarks on a pull request, each with what became of its thread."""

    async def post(self, number: int, *, commit: str, body: str, remarks: Sequence[NewRemark]) -> Posted:
        """Post remarks on lines of the diff at `commit` as one comment review; those that stand already are left out.

        A line that the forge takes no remark on is told in the result, and the others are posted all the same.
        """

    async def resolve(self, number: int, remark: Remark, *, reason: str) -> bool:
        """Resolve a remark's thread; where that is not permitted say `reason` in it, once, and return False."""

    async def reopen(self, remark: Remark) -> bool:
        """Undo `resolve`; return whether that was permitted."""

    async def reply(self, number: int, comment_id: int, *, tag: str, body: str) -> int:
        """Say something in the thread of a remark, once for each `tag`; return the comment's id."""

    async def react(self, comment_id: int, reaction: str) -> None:
        """Put a reaction on a comment of a review; again is no error."""

    async def upload_sarif(self, sarif: bytes, *, commit: str, ref: str) -> str:
        """Hand findings to the forge's code scanning; return its name of the upload. Raises Permanent where refused."""
