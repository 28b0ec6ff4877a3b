"""Comments of a whole repository since a time, to find those that were never delivered. Nothing is kept."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from yantra_bot.forge.answers import reading
from yantra_bot.forge.client import Client
from yantra_bot.forge.comments import read_actor
from yantra_bot.forge.place import Place
from yantra_bot.monitor_ports import UnheardComment

MOST: Final = 300
"""The newest ones: at most three requests."""
_COMMENTS: Final = "/repos/{owner}/{repo}/issues/comments{?sort,direction,per_page,since}"
_NUMBER: Final = re.compile(r"/issues/(\d{1,12})$")
_PULL: Final = re.compile(r"/pull/\d+")


class Unheard:
    """Reads one repository's comments."""

    def __init__(self, client: Client, place: Place) -> None:
        self._client, self._place = client, place

    async def since(self, at: float) -> Sequence[UnheardComment]:
        """Return the comments that were changed since a time, newest first. Raises as `Client`."""
        names = await self._place.names()
        since = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        asked = {**names, "sort": "updated", "direction": "desc", "per_page": 100, "since": since}
        what = "The list of comments"
        found = await self._client.get_some(_COMMENTS, asked, what=what, limit=MOST)
        with reading(what):
            return tuple(_read(one) for one in found if one.get("user") and _NUMBER.search(str(one["issue_url"])))


def _read(data: Any) -> UnheardComment:
    number = _NUMBER.search(str(data["issue_url"]))
    assert number is not None, "it was looked at"  # noqa: S101 (narrows a type)
    return UnheardComment(
        id=int(data["id"]),
        issue_number=int(number[1]),
        is_pull_request=_PULL.search(str(data["html_url"])) is not None,
        body=str(data["body"] or ""),
        author=read_actor(data["user"]),
        updated_at=str(data["updated_at"]),
        at=datetime.fromisoformat(str(data["created_at"])).timestamp(),
        is_edited=data["updated_at"] != data["created_at"],
        is_seen=int((data.get("reactions") or {}).get("eyes") or 0) > 0,
    )
