"""Issues, their comments and reactions. One comment a tag, found again by its hidden mark and edited in place."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from yantra_bot.domain.repository import Actor, Comment, Issue, Reaction
from yantra_bot.errors import Permanent
from yantra_bot.forge.answers import Refused, reading
from yantra_bot.forge.client import Client
from yantra_bot.forge.markdown import fit_body
from yantra_bot.forge.once import find_or_create
from yantra_bot.forge.place import Place
from yantra_bot.ports import Clock

GHOST = Actor(0, "ghost", is_bot=False)
"""Who wrote what a deleted account left behind."""

MOST_REACTIONS = 300
"""Reactions that are read of a comment; a flood of strangers' must not cost more."""

_TAG = re.compile(r"[A-Za-z0-9._:/-]{1,100}")
_ISSUE = "/repos/{owner}/{repo}/issues/{number}"
_COMMENTS = "/repos/{owner}/{repo}/issues/{number}/comments{?per_page}"
_ISSUE_REACTIONS = "/repos/{owner}/{repo}/issues/{number}/reactions"
_COMMENT = "/repos/{owner}/{repo}/issues/comments/{comment_id}"
_LIST_REACTIONS = "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions{?per_page}"
_COMMENT_REACTIONS = "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions"


class Comments:
    """The talk on issues and pull requests."""

    def __init__(self, client: Client, place: Place, me: Callable[[], Awaitable[Actor]], clock: Clock) -> None:
        """`me` tells who the bot is: only its own comments are ever edited."""
        self._client = client
        self._place = place
        self._me = me
        self._clock = clock
        self._posted: dict[tuple[int, str], int] = {}
        self._writing = asyncio.Lock()

    async def issue(self, number: int) -> Issue:
        """Return an issue, or a pull request seen as one, with all its comments."""
        what = f"Issue #{number}"
        data = await self._client.get(_ISSUE, {**await self._place.names(), "number": number}, what=what)
        comments = await self._list(number) if data.get("comments") else []
        with reading(what):
            return Issue(
                number=int(data["number"]),
                title=str(data["title"]),
                body=str(data["body"] or ""),
                author=read_actor(data["user"]),
                is_open=data["state"] == "open",
                is_locked=bool(data.get("locked")),
                is_pull_request="pull_request" in data,
                labels=tuple(_read_label(label) for label in data["labels"]),
                comments=tuple(comments),
            )

    async def put(self, number: int, *, tag: str, body: str) -> int:
        """Edit the bot's comment with this tag, or post it; return its id.

        Text over GitHub's limit is cut. Raises Permanent where nobody may write: a locked or vanished issue.
        """
        text = fit_body(f"{mark_of(tag)}\n{body.replace(mark_of(tag), '').lstrip()}")
        async with self._writing:
            known = self._posted.get((number, tag))
            if known is not None and await self._edit(known, text):
                return known
            self._posted.pop((number, tag), None)
            comment = await find_or_create(
                lambda: self._find(number, tag), lambda: self._post(number, text), self._clock
            )
            if comment.body != text and not await self._edit(comment.id, text):
                comment = await self._post(number, text)
            self._posted[number, tag] = comment.id
            return comment.id

    async def react(self, comment_id: int, reaction: str) -> None:
        """Put a reaction on a comment; on one that was deleted meanwhile it is nothing."""
        await self._react(_COMMENT_REACTIONS, {"comment_id": comment_id}, reaction)

    async def react_to_issue(self, number: int, reaction: str) -> None:
        """Put a reaction on the issue itself."""
        await self._react(_ISSUE_REACTIONS, {"number": number}, reaction)

    async def reactions(self, comment_id: int) -> tuple[Reaction, ...]:
        """Return the oldest reactions to a comment, a bounded number; none where it was deleted meanwhile."""
        what = "The reactions to a comment"
        variables = {**await self._place.names(), "comment_id": comment_id, "per_page": 100}
        try:
            items = await self._client.get_some(_LIST_REACTIONS, variables, what=what, limit=MOST_REACTIONS)
        except Refused as error:
            if error.status not in {404, 410}:
                raise
            return ()
        with reading(what):
            return tuple(Reaction(read_actor(item["user"]), str(item["content"])) for item in items)

    async def _react(self, template: str, variables: dict[str, int], reaction: str) -> None:
        try:
            # GitHub answers 200 when the reaction is there already, so that sending it twice does no harm.
            await self._client.write(
                "POST",
                template,
                {**await self._place.names(), **variables},
                {"content": reaction},
                what="A reaction",
                repeatable=True,
            )
        except Refused as error:
            if error.status not in {403, 404, 410}:
                raise
            structlog.get_logger().info("reaction left out", reason=str(error))

    async def _list(self, number: int) -> list[Comment]:
        what = f"The comments of #{number}"
        items = await self._client.get_all(
            _COMMENTS,
            {**await self._place.names(), "number": number, "per_page": 100},
            what=what,
        )
        with reading(what):
            return [_read_comment(item) for item in items]

    async def _find(self, number: int, tag: str) -> Comment | None:
        me = await self._me()
        mark = mark_of(tag)
        own = (each for each in await self._list(number) if each.author.id == me.id)
        return next((each for each in own if each.body.lstrip().startswith(mark)), None)

    async def _edit(self, comment_id: int, text: str) -> bool:
        """Replace the text; False when somebody deleted the comment."""
        try:
            await self._client.write(
                "PATCH",
                _COMMENT,
                {**await self._place.names(), "comment_id": comment_id},
                {"body": text},
                what="The progress comment",
                repeatable=True,
            )
        except Refused as error:
            if error.status == 404:
                return False
            raise _explain(error) from error
        return True

    async def _post(self, number: int, text: str) -> Comment:
        what = f"A comment on #{number}"
        try:
            data = await self._client.write(
                "POST",
                _COMMENTS,
                {**await self._place.names(), "number": number},
                {"body": text},
                what=what,
                repeatable=False,
            )
        except Refused as error:
            raise _explain(error) from error
        with reading(what):
            return Comment(int(data["id"]), read_actor(data["user"]), text)


def mark_of(tag: str) -> str:
    """Return the hidden mark of a tag; raise ValueError for a tag that could break out of it."""
    if not _TAG.fullmatch(tag) or "--" in tag:
        raise ValueError(f"{tag!r} is no tag. Use letters, digits, dots, colons, slashes and single dashes.")
    return f"<!-- yantra:{tag} -->"


def read_actor(data: Any) -> Actor:
    """Return who this is; a deleted account is the ghost."""
    if data is None:
        return GHOST
    return Actor(int(data["id"]), str(data["login"]), is_bot=data.get("type") == "Bot")


def _read_comment(data: Any) -> Comment:
    return Comment(int(data["id"]), read_actor(data["user"]), str(data["body"] or ""))


def _read_label(data: Any) -> str:
    return data if isinstance(data, str) else str(data["name"])


def _explain(error: Refused) -> Permanent:
    if error.status == 403 and "lock" in error.said.lower():
        return Refused("The issue is locked, so nothing is said there. Unlock it to hear more.", status=403)
    return error
