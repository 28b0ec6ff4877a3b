"""Reviews of pull requests: remarks on lines, their threads, findings for code scanning. Implements the port Reviews.

Each remark carries a hidden mark with its finding's fingerprint and is found again by it. Reviews are comments: this
module knows no way to approve and none to ask for changes.
"""

import base64
import gzip
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import structlog

from yantra_bot.domain.findings import Side
from yantra_bot.domain.remarks import NewRemark, Posted, Remark
from yantra_bot.domain.repository import Actor, Comment
from yantra_bot.errors import Permanent
from yantra_bot.forge.answers import Refused, reading
from yantra_bot.forge.client import Client
from yantra_bot.forge.comments import mark_of, read_actor
from yantra_bot.forge.markdown import fit_body
from yantra_bot.forge.once import find_or_create
from yantra_bot.forge.place import Place
from yantra_bot.forge.review_threads import NO_STATE, ReviewThreads, ThreadState
from yantra_bot.ports import Clock

MAX_SARIF: Final = 10 * 1024 * 1024
"""Bytes of an upload, compressed."""
MAX_REPLY: Final = 2_000
"""Characters of a reply that are read."""

_MARK: Final = re.compile(r"\s*<!-- yantra:remark:([0-9a-f]{8,64}) -->")
_COMMENTS: Final = "/repos/{owner}/{repo}/pulls/{number}/comments{?per_page}"
_REVIEWS: Final = "/repos/{owner}/{repo}/pulls/{number}/reviews"
_REPLIES: Final = "/repos/{owner}/{repo}/pulls/{number}/comments/{comment_id}/replies"
_REACTIONS: Final = "/repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions{?content,per_page}"
_SARIFS: Final = "/repos/{owner}/{repo}/code-scanning/sarifs"


class Reviews:
    """The reviews of one repository's pull requests."""

    def __init__(
        self, client: Client, place: Place, me: Callable[[], Awaitable[Actor]], clock: Clock, *, scanning: Client
    ) -> None:
        """`me` tells who the bot is: nobody else's comment is ever taken for a remark.

        `scanning` has the one permission that code scanning needs.
        """
        self._scanning = scanning
        self._client = client
        self._place = place
        self._me = me
        self._clock = clock
        self._threads = ReviewThreads(client, place)

    async def remarks(self, number: int) -> tuple[Remark, ...]:
        """Return the bot's remarks on a pull request, the oldest first."""
        me = await self._me()
        comments = await self._list(number)
        own = [(one, mark) for one in comments if (mark := _mark(one, me)) and not one.get("in_reply_to_id")]
        states = await self._threads.states(number) if own else {}
        return tuple([await self._read(one, mark, comments, states, me) for one, mark in own])

    async def post(self, number: int, *, commit: str, body: str, remarks: Sequence[NewRemark]) -> Posted:
        """Post the remarks that do not stand yet, all in one review."""
        missing = await self._missing(number, remarks)
        if not missing:
            return Posted()
        try:
            await find_or_create(
                lambda: self._find_all(number, missing),
                lambda: self._post_review(number, commit, body, missing),
                self._clock,
            )
        except Refused as error:
            if error.status != 422 or "commit_id" in error.said:  # the head was forced away: no line will be taken
                raise
            structlog.get_logger().info("remarks are posted one by one", number=number, reason=str(error))
            return await self._post_singly(number, commit, missing)
        return Posted(len(missing))

    async def resolve(self, number: int, remark: Remark, *, reason: str) -> bool:
        """Resolve a remark's thread, or say in it why it could be."""
        try:
            await self._threads.resolve(remark.thread_id)
        except Permanent as error:
            structlog.get_logger().info("thread not resolved", number=number, reason=str(error))
        else:
            return True
        if not remark.says_fixed:
            await self.reply(number, remark.comment_id, tag=_fixed_tag(remark.fingerprint), body=reason)
        return False

    async def reopen(self, remark: Remark) -> bool:
        """Have a resolved thread be open again."""
        try:
            await self._threads.reopen(remark.thread_id)
        except Permanent as error:
            structlog.get_logger().info("thread not opened again", reason=str(error))
            return False
        return True

    async def reply(self, number: int, comment_id: int, *, tag: str, body: str) -> int:
        """Say something in the thread of a comment, unless it was said already; return the comment's id."""
        mark = mark_of(tag)
        text = fit_body(f"{mark}\n{body.replace(mark, '').lstrip()}")
        me = await self._me()

        async def find() -> int | None:
            return next((int(one["id"]) for one in await self._list(number) if _is_own(one, me, mark)), None)

        async def create() -> int:
            what = f"A reply in a review of #{number}"
            variables = {**await self._place.names(), "number": number, "comment_id": comment_id}
            data = await self._client.write("POST", _REPLIES, variables, {"body": text}, what=what, repeatable=False)
            with reading(what):
                return int(data["id"])

        return await find_or_create(find, create, self._clock)

    async def react(self, comment_id: int, reaction: str) -> None:
        """Put a reaction on a comment of a review; on one that was deleted meanwhile it is nothing."""
        variables = {**await self._place.names(), "comment_id": comment_id}
        try:
            await self._client.write(
                "POST", _REACTIONS, variables, {"content": reaction}, what="A reaction", repeatable=True
            )
        except Refused as error:
            if error.status not in {403, 404, 410}:
                raise
            structlog.get_logger().info("reaction left out", reason=str(error))

    async def upload_sarif(self, sarif: bytes, *, commit: str, ref: str) -> str:
        """Hand findings to code scanning; what is of the same commit and tool takes the place of what was there."""
        packed = gzip.compress(sarif, mtime=0)
        if len(packed) > MAX_SARIF:
            raise Permanent(f"The findings have {len(packed)} bytes, more than code scanning takes.")
        what = "The findings for code scanning"
        data = {"commit_sha": commit, "ref": ref, "sarif": base64.b64encode(packed).decode()}
        names = await self._place.names()
        answer = await self._scanning.write("POST", _SARIFS, names, data, what=what, repeatable=True)
        with reading(what):
            return str(answer["id"])

    async def _list(self, number: int) -> list[Any]:
        """Return every comment of every review of a pull request, the oldest first."""
        variables = {**await self._place.names(), "number": number, "per_page": 100}
        return await self._client.get_all(_COMMENTS, variables, what=f"The review comments of #{number}")

    async def _read(
        self, data: Any, fingerprint: str, comments: Sequence[Any], states: dict[int, ThreadState], me: Actor
    ) -> Remark:
        with reading("A review comment"):
            number = int(data["id"])
            state = states.get(number, NO_STATE)
            replies = tuple(_read_reply(one) for one in comments if one.get("in_reply_to_id") == number)
            is_down = bool((data.get("reactions") or {}).get("-1"))
            path = str(data["path"])
            body = str(data["body"] or "").partition("-->")[2].strip()[:MAX_REPLY]
        said = mark_of(_fixed_tag(fingerprint))
        return Remark(
            fingerprint,
            number,
            path,
            body,
            state.id,
            state.is_resolved,
            state.resolved_by,
            thumbs_down=await self._thumbs_down(number) if is_down else (),
            replies=replies,
            says_fixed=any(one.author.id == me.id and one.body.startswith(said) for one in replies),
        )

    async def _thumbs_down(self, comment_id: int) -> tuple[str, ...]:
        what = "The reactions to a remark"
        asked = {**await self._place.names(), "comment_id": comment_id, "content": "-1", "per_page": 100}
        items = await self._client.get_all(_REACTIONS, asked, what=what)
        with reading(what):
            actors = [read_actor(one["user"]) for one in items]
        return tuple(actor.login for actor in actors if not actor.is_bot)

    async def _missing(self, number: int, remarks: Sequence[NewRemark]) -> list[NewRemark]:
        me = await self._me()
        there = {_mark(one, me) for one in await self._list(number)}
        return [one for one in remarks if one.fingerprint not in there]

    async def _find_all(self, number: int, remarks: Sequence[NewRemark]) -> bool | None:
        return None if await self._missing(number, remarks) else True

    async def _post_review(self, number: int, commit: str, body: str, remarks: Sequence[NewRemark]) -> bool:
        data = {
            "commit_id": commit,
            "body": fit_body(body),
            "event": "COMMENT",
            "comments": [_show(one) for one in remarks],
        }
        variables = {**await self._place.names(), "number": number}
        what = f"The review of #{number}"
        await self._client.write("POST", _REVIEWS, variables, data, what=what, repeatable=False)
        return True

    async def _post_singly(self, number: int, commit: str, remarks: Sequence[NewRemark]) -> Posted:
        refused: list[str] = []
        for remark in remarks:
            try:
                await self._put_one(number, commit, remark)
            except Refused as error:
                if error.status != 422:
                    raise
                refused.append(remark.fingerprint)
        return Posted(len(remarks) - len(refused), tuple(refused))

    async def _put_one(self, number: int, commit: str, remark: NewRemark) -> None:
        await find_or_create(
            lambda: self._find_all(number, [remark]), lambda: self._post_one(number, commit, remark), self._clock
        )

    async def _post_one(self, number: int, commit: str, remark: NewRemark) -> bool:
        variables = {**await self._place.names(), "number": number}
        data = {"commit_id": commit, **_show(remark)}
        await self._client.write("POST", _COMMENTS, variables, data, what=f"A remark on #{number}", repeatable=False)
        return True


def _fixed_tag(fingerprint: str) -> str:
    return f"fixed:{fingerprint}"


def _show(remark: NewRemark) -> dict[str, Any]:
    side = "LEFT" if remark.side is Side.BASE else "RIGHT"
    mark = mark_of(f"remark:{remark.fingerprint}")
    shown: dict[str, Any] = {
        "path": remark.path,
        "line": remark.line,
        "side": side,
        "body": fit_body(f"{mark}\n{remark.body.lstrip()}"),
    }
    if 0 < remark.start_line < remark.line:
        shown |= {"start_line": remark.start_line, "start_side": side}
    return shown


def _mark(data: Any, me: Actor) -> str:
    """Return the fingerprint in a comment of ours; empty in any other."""
    found = _MARK.match(str(data.get("body") or "")) if _user_id(data) == me.id else None
    return found[1] if found else ""


def _is_own(data: Any, me: Actor, mark: str) -> bool:
    return _user_id(data) == me.id and str(data.get("body") or "").lstrip().startswith(mark)


def _user_id(data: Any) -> int:
    return int((data.get("user") or {}).get("id") or 0)


def _read_reply(data: Any) -> Comment:
    return Comment(int(data["id"]), read_actor(data["user"]), str(data["body"] or "")[:MAX_REPLY])
