"""What is said in Slack: implements the port Chat. A message is posted once for each mark, then edited.

Whether a post that was cut off got through is found out by the mark that it carries as metadata. An answer for one
person alone cannot be looked up: where a kill falls between saying and noting it, it may be said twice.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, Protocol

from yantra_bot.domain.chat import ChatMessage, ChatPlace
from yantra_bot.errors import Permanent, Transient
from yantra_bot.ports import Clock
from yantra_bot.replies.slack_blocks import MOST_BLOCKS, Rendered, render, render_text
from yantra_bot.slack.api import ABSENT, SlackApi, SlackRefused

METADATA: Final = "yantra_mark"
LOOK_BACK_SECONDS: Final = 300.0
"""How much Slack's clock may differ from ours."""
PAGE: Final = "200"
MOST_PAGES: Final = 5
_USER: Final = re.compile(r"[UW][A-Z0-9]{2,31}", re.ASCII)
_QUIET: Final = {"unfurl_links": False, "unfurl_media": False}


class BegunPost(Protocol):
    """What is known of a message from before."""

    @property
    def begun_at(self) -> float:
        """When it was begun, in Unix time."""

    @property
    def place(self) -> ChatPlace | None:
        """Where it stands; None where that is not known."""


class PostBook(Protocol):
    """Keeps which message stands under which mark."""

    def begin_post(self, mark: str, *, at: float) -> BegunPost:
        """Note that one is about to be posted; return what is known of it from before."""

    def find_post(self, mark: str) -> BegunPost | None:
        """Return what is known of a mark; None where nothing was begun."""

    def keep_post(self, mark: str, place: ChatPlace) -> None:
        """Keep where it stands."""


class SlackChat:
    """Speaks in one Slack."""

    def __init__(self, api: SlackApi, book: PostBook, clock: Clock, *, hooks_url: str) -> None:
        self._api, self._book, self._clock, self._hooks_url = api, book, clock, hooks_url

    async def put(self, place: ChatPlace, message: ChatMessage, *, mark: str) -> ChatPlace:
        """Edit the message that `place` names or that stands under `mark`, or post it; return its place."""
        return await self._put(place, render(message), mark)

    async def reply(self, place: ChatPlace, text: str, *, mark: str) -> None:
        """Answer in the thread of a place; to the one user where that was asked in private, or there is none."""
        said = render_text(text)
        if self._has_said(mark):
            return
        above = self._book.find_post(place.under) if place.under else None
        if above is not None and above.place is not None:
            thread = above.place.thread or above.place.message
            there = replace(above.place, thread=thread, message="", user=place.user, under="")
            await self._post(there, _calling(place.user, said), mark)
            return
        is_private = bool(place.answer_url) or not (place.thread or place.message)
        if place.user and is_private:
            await self._whisper(place, said, mark)
        else:
            await self._post(replace(place, thread=place.thread or place.message, message=""), said, mark)

    def _has_said(self, mark: str) -> bool:
        post = self._book.find_post(mark)
        return post is not None and post.place is not None

    async def _put(self, place: ChatPlace, said: Rendered, mark: str) -> ChatPlace:
        known = self._book.find_post(mark)
        standing = place if place.message else known.place if known is not None else None
        if standing is None:
            return await self._post(place, said, mark)
        await self._api.call(
            "chat.update",
            {"channel": standing.channel, "ts": standing.message, **_body(said), "metadata": _metadata(mark)},
        )
        return replace(place, channel=standing.channel, thread=standing.thread, message=standing.message)

    async def _post(self, place: ChatPlace, said: Rendered, mark: str) -> ChatPlace:
        """Post, unless an earlier try got through; where the bot may not speak, to the person alone."""
        now = self._clock.now()
        before = self._book.begin_post(mark, at=now)
        if before.begun_at < now and (found := await self._find(place, mark, since=before.begun_at)) is not None:
            self._book.keep_post(mark, found)
            return await self._put(found, said, mark)
        try:
            posted = await self._post_to(place, said, mark)
        except SlackRefused as refused:
            if refused.code not in ABSENT or not place.user or place.channel == place.user:
                raise
            posted = await self._post_to(ChatPlace(place.team, place.user, place.user), said, mark)
        self._book.keep_post(mark, posted)
        return posted

    async def _post_to(self, place: ChatPlace, said: Rendered, mark: str) -> ChatPlace:
        arguments = {"channel": place.channel, **_body(said), **_QUIET, "metadata": _metadata(mark)}
        if place.thread:
            arguments["thread_ts"] = place.thread
        answer = await self._api.call("chat.postMessage", arguments)
        channel, message = answer.get("channel"), answer.get("ts")
        if not isinstance(channel, str) or not isinstance(message, str):
            raise Transient("Slack did not say where the message stands. It is looked up.")
        return replace(place, channel=channel, message=message)

    async def _find(self, place: ChatPlace, mark: str, *, since: float) -> ChatPlace | None:
        """Return the message that carries a mark, None where there is none, or where that cannot be read."""
        method = "conversations.replies" if place.thread else "conversations.history"
        asked = {"channel": place.channel, "limit": PAGE, "include_all_metadata": "true"}
        asked |= {
            "oldest": f"{max(0.0, since - LOOK_BACK_SECONDS):.6f}",
            **({"ts": place.thread} if place.thread else {}),
        }
        cursor = ""
        for _ in range(MOST_PAGES):
            try:
                answer = await self._api.ask(method, **asked, **({"cursor": cursor} if cursor else {}))
            except Permanent:  # it may not be read: told twice is better than not at all
                return None
            for message in answer.get("messages", ()):
                if _mark_of(message) == mark:
                    return replace(place, message=str(message["ts"]))
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                break
        return None

    async def _whisper(self, place: ChatPlace, said: Rendered, mark: str) -> None:
        """Say something that one person alone sees: by the address that came with the command, else in the channel."""
        if place.answer_url:
            try:
                body = {"response_type": "ephemeral", "replace_original": False, **_body(said)}
                await self._api.post_answer(place.answer_url, body, hooks_url=self._hooks_url)
            except Permanent:  # it is too old, was used often enough, or is none of Slack's
                await self._whisper_in_channel(place, said, mark)
        else:
            await self._whisper_in_channel(place, said, mark)
        self._book.keep_post(mark, place)

    async def _whisper_in_channel(self, place: ChatPlace, said: Rendered, mark: str) -> None:
        try:
            await self._api.call("chat.postEphemeral", {"channel": place.channel, "user": place.user, **_body(said)})
        except SlackRefused as refused:
            if refused.code not in ABSENT:
                raise
            await self._post_to(ChatPlace(place.team, place.user, place.user), said, mark)


def _calling(user: str, said: Rendered) -> Rendered:
    """Return what is said with somebody called by it: neither an edit nor a thread alone tells anybody."""
    if not _USER.fullmatch(user):
        return said
    section = {"type": "section", "text": {"type": "mrkdwn", "text": f"<@{user}>", "verbatim": True}}
    return Rendered(f"<@{user}> {said.text}", (section, *said.blocks[: MOST_BLOCKS - 1]))


def _body(said: Rendered) -> dict[str, Any]:
    return {"text": said.text, "blocks": list(said.blocks), "parse": "none"}


def _metadata(mark: str) -> dict[str, Any]:
    return {"event_type": METADATA, "event_payload": {"mark": mark}}


def _mark_of(message: Any) -> str:
    metadata = message.get("metadata") if isinstance(message, Mapping) else None
    if not isinstance(metadata, Mapping) or metadata.get("event_type") != METADATA:
        return ""
    payload = metadata.get("event_payload")
    return str(payload.get("mark", "")) if isinstance(payload, Mapping) else ""
