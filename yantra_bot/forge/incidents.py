"""What incidents do on GitHub: one issue each, found again by its hidden mark; and the merge of what was agreed to."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from yantra_bot.domain.repository import Actor
from yantra_bot.errors import UserError
from yantra_bot.forge.answers import EffectUnknown, Refused, reading
from yantra_bot.forge.client import Client
from yantra_bot.forge.comments import mark_of, read_actor
from yantra_bot.forge.markdown import fit_body, fit_title
from yantra_bot.forge.once import find_or_create
from yantra_bot.forge.place import Place
from yantra_bot.ports import Clock

MOST_LOOKED_AT: Final = 100
"""Newest issues among which one of a mark is looked for: it was opened minutes ago, if at all."""
_ISSUES: Final = "/repos/{owner}/{repo}/issues{?state,sort,direction,per_page}"
_ISSUE: Final = "/repos/{owner}/{repo}/issues/{number}"
_PULL: Final = "/repos/{owner}/{repo}/pulls/{number}"
_MERGE: Final = "/repos/{owner}/{repo}/pulls/{number}/merge"
_METHODS: Final = ("merge", "squash", "rebase")
"""Ways of merging, in the order in which they are tried: a repository may allow some of them."""


class Incidents:
    """Implements the port IncidentForge."""

    def __init__(self, client: Client, place: Place, me: Callable[[], Awaitable[Actor]], clock: Clock) -> None:
        self._client, self._place, self._me, self._clock = client, place, me, clock
        self._writing = asyncio.Lock()

    async def open_issue(self, *, tag: str, title: str, body: str, labels: Sequence[str]) -> int:
        """Open an issue, or find the bot's own with this tag among the newest; return its number."""
        data = {"title": fit_title(title), "body": _marked(tag, body), "labels": list(labels)}
        async with self._writing:
            return await find_or_create(lambda: self._find(tag), lambda: self._post(data), self._clock)

    async def update_issue(self, number: int, *, tag: str, body: str) -> None:
        """Write the issue's text anew; one whose mark a person took away is theirs, and left alone."""
        issue = await self._read(number)
        text = _marked(tag, body)
        if _body(issue).lstrip().startswith(mark_of(tag)) and _body(issue) != text:
            await self._patch(number, {"body": text})

    async def close_issue(self, number: int) -> None:
        """Close it as done."""
        if (await self._read(number)).get("state") == "open":
            await self._patch(number, {"state": "closed", "state_reason": "completed"})

    async def reopen_issue(self, number: int) -> None:
        """Open it again."""
        if (await self._read(number)).get("state") != "open":
            await self._patch(number, {"state": "open", "state_reason": "reopened"})

    async def merge(self, number: int, *, head: str, title: str, message: str) -> str:
        """Merge a pull request at exactly this head, in the first way that the repository allows; return the commit."""
        merged = await self._merged(number, head)
        if merged:
            return merged
        for method in _METHODS:
            try:
                return await self._merge(number, method, head=head, title=title, message=message)
            except EffectUnknown:
                if merged := await self._merged(number, head):
                    return merged
                raise
            except Refused as refused:
                if not _is_method(refused) or method == _METHODS[-1]:
                    raise _explain(number, refused) from refused
        raise AssertionError("the last way of merging returns or raises")

    async def _merge(self, number: int, method: str, *, head: str, title: str, message: str) -> str:
        names = {**await self._place.names(), "number": number}
        data = {"sha": head, "merge_method": method}
        if method != "rebase":
            data |= {"commit_title": fit_title(title), "commit_message": message}
        what = f"The merge of #{number}"
        answer = await self._client.write("PUT", _MERGE, names, data, what=what, repeatable=False)
        with reading(what):
            return str(answer["sha"])

    async def _merged(self, number: int, head: str) -> str:
        """Return the commit by which it was merged, empty where it was not. Raises UserError for another head."""
        what = f"Pull request #{number}"
        data = await self._client.get(_PULL, {**await self._place.names(), "number": number}, what=what)
        with reading(what):
            if data.get("merged_at"):
                return str(data["merge_commit_sha"])
            if data["head"]["sha"] != head:
                raise UserError(f"#{number} has another head than the one that was watched, so that I do not merge it.")
            if data["state"] != "open":
                raise UserError(f"#{number} was closed, so that I do not merge it.")
        return ""

    async def _find(self, tag: str) -> int | None:
        me, mark, what = await self._me(), mark_of(tag), "The newest issues"
        asked = {"state": "all", "sort": "created", "direction": "desc", "per_page": MOST_LOOKED_AT}
        items = await self._client.get_some(
            _ISSUES, {**await self._place.names(), **asked}, what=what, limit=MOST_LOOKED_AT
        )
        with reading(what):
            for item in items:
                if read_actor(item["user"]).id == me.id and _body(item).lstrip().startswith(mark):
                    return int(item["number"])
        return None

    async def _post(self, data: dict[str, Any]) -> int:
        what = "An issue"
        answer = await self._client.write("POST", _ISSUES, await self._place.names(), data, what=what, repeatable=False)
        with reading(what):
            return int(answer["number"])

    async def _read(self, number: int) -> Any:
        names = {**await self._place.names(), "number": number}
        return await self._client.get(_ISSUE, names, what=f"Issue #{number}")

    async def _patch(self, number: int, data: dict[str, str]) -> None:
        names = {**await self._place.names(), "number": number}
        await self._client.write("PATCH", _ISSUE, names, data, what=f"Issue #{number}", repeatable=True)


def _marked(tag: str, body: str) -> str:
    return fit_body(f"{mark_of(tag)}\n{body.replace(mark_of(tag), '').lstrip()}")


def _body(issue: Any) -> str:
    return str(issue.get("body") or "")


def _is_method(refused: Refused) -> bool:
    """Tell whether only the way of merging was refused."""
    return refused.status == 405 and "not allowed on this repository" in refused.said.lower()


def _explain(number: int, refused: Refused) -> UserError:
    said = refused.said.lower()
    if refused.status == 409 or "head branch was modified" in said:
        return UserError(f"#{number} has another head than the one that was watched, so that I do not merge it.")
    if "conflict" in said or "not mergeable" in said:
        return UserError(f"#{number} cannot be merged: it has conflicts, or its checks do not pass. Cure: update it.")
    if refused.status in (403, 405, 422):
        return UserError(
            f"GitHub does not let me merge #{number}: {refused.said[:200] or refused.status}. Cure: approve and merge "
            "it there, or let this App by the branch's rules."
        )
    return UserError(str(refused))
