"""Threads of a pull request's reviews: whether they are resolved, and resolving them. GraphQL, since REST has none."""

from dataclasses import dataclass
from typing import Any, Final

import structlog

from yantra_bot.errors import Permanent
from yantra_bot.forge.answers import Refused, reading
from yantra_bot.forge.client import Client
from yantra_bot.forge.place import Place

MAX_PAGES: Final = 50

_LIST: Final = """
query($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      reviewThreads(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { id isResolved resolvedBy { login __typename } comments(first: 1) { nodes { databaseId } } }
      }
    }
  }
}
"""
_RESOLVE: Final = """
mutation($id: ID!) { resolveReviewThread(input: {threadId: $id}) { thread { id isResolved } } }
"""
_REOPEN: Final = """
mutation($id: ID!) { unresolveReviewThread(input: {threadId: $id}) { thread { id isResolved } } }
"""


@dataclass(frozen=True, slots=True)
class ThreadState:
    """A thread: its name for GraphQL, and which person resolved it, if one did."""

    id: str = ""
    is_resolved: bool = False
    resolved_by: str = ""


NO_STATE: Final = ThreadState()
"""Of a thread that nothing is told of."""


class ReviewThreads:
    """The threads of one repository's pull requests."""

    def __init__(self, client: Client, place: Place) -> None:
        self._client = client
        self._place = place

    async def states(self, number: int) -> dict[int, ThreadState]:
        """Return each thread by the number of its first comment; none where GraphQL is refused."""
        found: dict[int, ThreadState] = {}
        after: str | None = None
        for _ in range(MAX_PAGES):
            try:
                page = await self._page(number, after)
            except Refused as error:
                structlog.get_logger().warning("threads not told", number=number, reason=str(error))
                return found
            with reading(f"The threads of #{number}"):
                found |= dict(_read(node) for node in page["nodes"] if node["comments"]["nodes"])
                if not page["pageInfo"]["hasNextPage"]:
                    return found
                after = str(page["pageInfo"]["endCursor"])
        return found

    async def resolve(self, thread: str) -> None:
        """Resolve a thread. Raises Permanent where that is not permitted."""
        await self._change(_RESOLVE, thread)

    async def reopen(self, thread: str) -> None:
        """Undo that."""
        await self._change(_REOPEN, thread)

    async def _page(self, number: int, after: str | None) -> Any:
        names = await self._place.names()
        variables = {"owner": names["owner"], "name": names["repo"], "number": number, "after": after}
        what = f"The threads of #{number}"
        data = await self._client.graphql(_LIST, variables, what=what, repeatable=True)
        with reading(what):
            return data["repository"]["pullRequest"]["reviewThreads"]

    async def _change(self, mutation: str, thread: str) -> None:
        if not thread:
            raise Permanent("The forge does not tell the name of this thread.")
        await self._client.graphql(mutation, {"id": thread}, what="The thread of a remark", repeatable=True)


def _read(node: Any) -> tuple[int, ThreadState]:
    by = node.get("resolvedBy") or {}
    person = str(by["login"]) if by.get("__typename") == "User" else ""
    return int(node["comments"]["nodes"][0]["databaseId"]), ThreadState(
        str(node["id"]), bool(node["isResolved"]), person
    )
