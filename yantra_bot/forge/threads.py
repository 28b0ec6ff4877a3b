"""The newest issues and pull requests of a repository with their comments, as threads for the code graph. Reads only.

All of it was written by strangers: it is cut to size and cleaned of what no text holds, and nothing of it is obeyed.
"""

import re
from datetime import datetime
from typing import Any, Final

from yantra_bot.domain.talk import Message, Reach, SourceKind, Thread
from yantra_bot.forge.answers import reading
from yantra_bot.forge.client import Client
from yantra_bot.forge.comments import read_actor
from yantra_bot.forge.place import Place

MAX_COMMENTS: Final = 500
"""The newest ones of the whole repository: at most five requests."""
MAX_TITLE: Final = 300
MAX_TEXT: Final = 20_000
"""Characters of one body or comment; the rest is dropped."""
MAX_TOTAL: Final = 2_000_000
"""Characters of all that is kept; what is newest is kept first."""
PER_PAGE: Final = 100

_ISSUES: Final = "/repos/{owner}/{repo}/issues{?state,sort,direction,per_page}"
_COMMENTS: Final = "/repos/{owner}/{repo}/issues/comments{?sort,direction,per_page}"
_NEWEST: Final = {"sort": "updated", "direction": "desc", "per_page": PER_PAGE}
_OWN: Final = "<!-- yantra:"
_NO_TEXT: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_LINK: Final = re.compile(r"https?://[^\s\x00-\x20\x7f<>\"]{1,500}")
_NUMBER: Final = re.compile(r"/issues/(\d{1,12})$")


class Threads:
    """The talk of one repository.

    Nothing is remembered from one call to the next but by ETag: a page that has not changed costs no request of the
    limit, and what was edited, moved or deleted is never kept.
    """

    def __init__(self, client: Client, place: Place) -> None:
        self._client = client
        self._place = place

    async def newest(self, *, limit: int, reach: Reach) -> tuple[Thread, ...]:
        """Return the `limit` issues and pull requests that were updated last, the newest first. Raises as `Client`."""
        names = await self._place.names()
        what = "The list of issues"
        asked = {**names, **_NEWEST, "state": "all"}
        issues = await self._client.get_some(_ISSUES, asked, what=what, limit=limit)
        comments = []
        if any(isinstance(one, dict) and one.get("comments") for one in issues):
            comments = await self._client.get_some(
                _COMMENTS, {**names, **_NEWEST}, what="The list of comments", limit=MAX_COMMENTS
            )
        with reading(what):
            return _fit(_read(issues, comments, "/".join(names.values()), reach))


def _read(issues: list[Any], comments: list[Any], repository: str, reach: Reach) -> list[Thread]:
    said: dict[int, list[Message]] = {}
    for one in reversed(comments):  # the oldest first, as they were said
        found = _NUMBER.search(str(one["issue_url"]))
        if found is not None and not _is_noise(one):
            said.setdefault(int(found[1]), []).append(_message(one))
    threads = []
    for one in issues:
        kind = SourceKind.PULL_REQUEST if "pull_request" in one else SourceKind.ISSUE
        number = int(one["number"])
        messages = (_message(one), *said.get(number, ()))
        title = " ".join(_clean(one["title"], MAX_TITLE).split())
        threads.append(Thread(kind, str(number), title, messages, repository, reach))
    return threads


def _is_noise(comment: Any) -> bool:
    """Tell whether a machine wrote it, ourselves included."""
    return read_actor(comment["user"]).is_bot or str(comment["body"] or "").lstrip().startswith(_OWN)


def _message(data: Any) -> Message:
    author = read_actor(data["user"])
    link = str(data["html_url"])
    return Message(
        text=_clean(data["body"] or "", MAX_TEXT),
        author="" if author.is_bot else _clean(author.login, 100),
        time=datetime.fromisoformat(str(data["created_at"])).timestamp(),
        link=link if _LINK.fullmatch(link) else "",
    )


def _clean(text: Any, most: int) -> str:
    return _NO_TEXT.sub(" ", str(text)[:most])


def _fit(threads: list[Thread]) -> tuple[Thread, ...]:
    """Return the first threads that are not too much together."""
    size = 0
    for place, thread in enumerate(threads):
        size += len(thread.title) + sum(len(one.text) + len(one.link) + len(one.author) for one in thread.messages)
        if size > MAX_TOTAL:
            return tuple(threads[:place])
    return tuple(threads)
