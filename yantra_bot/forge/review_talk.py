"""What people said in the reviews of a pull request: threads with their replies, and reviews' summaries. Reads only."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from yantra_bot.domain.follow_up import ReviewSummary, ReviewTalk, ReviewThread, Said, summary_tag
from yantra_bot.domain.redaction import redact
from yantra_bot.domain.repository import Actor
from yantra_bot.forge.answers import reading
from yantra_bot.forge.client import Client
from yantra_bot.forge.comments import mark_of, read_actor
from yantra_bot.forge.place import Place
from yantra_bot.forge.review_threads import NO_STATE, ReviewThreads, ThreadState

MAX_BODY: Final = 8_000
MAX_HUNK: Final = 3_000
STATES: Final = {"CHANGES_REQUESTED": True, "COMMENTED": False}
"""Reviews that say something to be done or answered; and whether they ask for changes."""

_COMMENTS: Final = "/repos/{owner}/{repo}/pulls/{number}/comments{?per_page}"
_REVIEWS: Final = "/repos/{owner}/{repo}/pulls/{number}/reviews{?per_page}"
_CONVERSATION: Final = "/repos/{owner}/{repo}/issues/{number}/comments{?per_page}"


class ReviewTalks:
    """The reviews of one repository's pull requests, as talk."""

    def __init__(self, client: Client, place: Place, me: Callable[[], Awaitable[Actor]]) -> None:
        self._client, self._place, self._me = client, place, me
        self._threads = ReviewThreads(client, place)

    async def read(self, number: int) -> ReviewTalk:
        """Return what was said on a pull request."""
        me = await self._me()
        comments = await self._list(_COMMENTS, number, "review comments")
        states = await self._threads.states(number) if comments else {}
        with reading(f"The review comments of #{number}"):
            firsts = [one for one in comments if not one.get("in_reply_to_id")]
            threads = tuple(_read_thread(first, comments, states, me) for first in firsts)
        return ReviewTalk(threads, await self._summaries(number, me))

    async def _summaries(self, number: int, me: Actor) -> tuple[ReviewSummary, ...]:
        reviews = await self._list(_REVIEWS, number, "reviews")
        with reading(f"The reviews of #{number}"):
            said = [one for one in reviews if one["state"] in STATES and str(one.get("body") or "").strip()]
            found = [_read_summary(one) for one in said if read_actor(one["user"]).id != me.id]
        if not found:
            return ()
        talk = await self._list(_CONVERSATION, number, "comments")
        own = [str(one.get("body") or "").lstrip() for one in talk if read_actor(one.get("user")).id == me.id]
        return tuple(one for one in found if not any(text.startswith(mark_of(summary_tag(one.id))) for text in own))

    async def _list(self, template: str, number: int, what: str) -> list[Any]:
        asked = {**await self._place.names(), "number": number, "per_page": 100}
        return await self._client.get_all(template, asked, what=f"The {what} of #{number}")


def _read_thread(first: Any, comments: Sequence[Any], states: dict[int, ThreadState], me: Actor) -> ReviewThread:
    number = int(first["id"])
    replies = [one for one in comments if one.get("in_reply_to_id") == number]
    return ReviewThread(
        number,
        str(first["path"]),
        tuple(_read_said(one, me) for one in (first, *replies)),
        line=int(first.get("line") or 0),
        start_line=int(first.get("start_line") or 0),
        is_of_base=first.get("side") == "LEFT",
        hunk=redact(str(first.get("diff_hunk") or ""))[-MAX_HUNK:],
        is_resolved=states.get(number, NO_STATE).is_resolved,
    )


def _read_said(data: Any, me: Actor) -> Said:
    author = read_actor(data["user"])
    return Said(int(data["id"]), author, str(data["body"] or "")[:MAX_BODY], author.id == me.id)


def _read_summary(data: Any) -> ReviewSummary:
    body = str(data["body"] or "")[:MAX_BODY]
    return ReviewSummary(int(data["id"]), read_actor(data["user"]), body, STATES[str(data["state"])])
