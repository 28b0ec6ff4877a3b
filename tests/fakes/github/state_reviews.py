"""Reviews of pull requests in the test GitHub's state, and what was uploaded for code scanning. No HTTP, no JSON."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the rest of the state holds these
    from tests.fakes.github.state import Reaction, User


@dataclass(eq=False)
class ReviewComment:
    """A comment on a line of the diff. `reply_to` is the first comment of its thread, None for that one itself."""

    id: int
    user: "User"
    body: str
    path: str
    line: int
    start_line: int | None
    side: str
    commit_id: str
    created_at: str
    updated_at: str
    review_id: int
    diff_hunk: str
    reply_to: int | None = None
    reactions: "list[Reaction]" = field(default_factory=list)


@dataclass(eq=False)
class Review:
    """One submitted review."""

    id: int
    user: "User"
    body: str
    state: str
    commit_id: str
    submitted_at: str


@dataclass(eq=False)
class Thread:
    """A conversation on a line: it begins with a comment and may be resolved."""

    id: str
    first: ReviewComment
    is_resolved: bool = False
    resolved_by: "User | None" = None


@dataclass(eq=False)
class Talk:
    """All reviews of one pull request."""

    reviews: list[Review] = field(default_factory=list)
    comments: list[ReviewComment] = field(default_factory=list)
    threads: list[Thread] = field(default_factory=list)

    def thread_of(self, comment: ReviewComment) -> Thread:
        first = comment.reply_to or comment.id
        return next(one for one in self.threads if one.first.id == first)

    def remove(self, comment: ReviewComment) -> None:
        """Delete a comment as GitHub does: the replies to a first one stay, its thread goes."""
        self.comments.remove(comment)
        self.threads = [one for one in self.threads if one.first is not comment]


@dataclass(frozen=True)
class Upload:
    """Findings that were handed to code scanning."""

    id: str
    commit_sha: str
    ref: str
    sarif: dict[str, object]
