"""A stored request of Slack's as what somebody did. Pure; raises UserError for what Slack does not send."""

import html
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from yantra_bot.domain.chat import ChatPlace
from yantra_bot.domain.chat_events import ChatCommand, ChatForm, ChatHeard, ChatMention, ChatPress
from yantra_bot.domain.events import Ignored
from yantra_bot.errors import UserError
from yantra_bot.webhooks.slack_intake import SlackKind

MOST_WORDS: Final = 20_000
_ID = re.compile(r"[A-Z0-9]{1,32}", re.ASCII)
_TS = re.compile(r"[0-9]{1,12}\.[0-9]{1,8}", re.ASCII)
_MARKED = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")

Json = Mapping[str, Any]


def parse(kind: str, body: bytes) -> ChatHeard | Ignored:
    """Return what a stored request says. Raises UserError where a part that matters is missing or of another shape."""
    try:
        payload = json.loads(body)
        match kind:
            case SlackKind.EVENT:
                return _mention(payload)
            case SlackKind.COMMAND:
                return _command(payload)
            case SlackKind.ACTION if payload["type"] == "view_submission":
                return _form(payload)
            case SlackKind.ACTION:
                return _press(payload)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise UserError(f"Slack's request has another shape than its documentation says ({error!r}).") from error
    return Ignored("a request of no use")


def plain_words(text: str) -> str:
    """Return a message as its author typed it: no entities, and links as their addresses."""
    return html.unescape(_MARKED.sub(_typed, text[:MOST_WORDS]))


def _typed(found: re.Match[str]) -> str:
    sign, what, shown = found[1], found[2], found[3]
    if sign == "#":
        return f"#{shown or what}"
    if sign:
        return f"@{shown or what}"
    return shown or what.removeprefix("mailto:") if what.startswith(("mailto:", "tel:")) else what


def _mention(payload: Json) -> ChatHeard | Ignored:
    event = payload["event"]
    own = [one["user_id"] for one in payload.get("authorizations") or () if one.get("is_bot")]
    address = re.compile(
        rf"^[ \t]*<@{own[0] if own and _ID.fullmatch(own[0]) else '[A-Z0-9]+'}(?:\|[^>]*)?>[:,]?", re.MULTILINE
    )
    found = address.search(event["text"])
    if found is None:
        return Ignored("the bot is mentioned in passing")
    stamp = _ts(event["ts"])
    thread = _ts(event["thread_ts"]) if event.get("thread_ts") else stamp
    place = ChatPlace(_id(payload["team_id"]), _id(event["channel"]), _id(event["user"]), thread)
    return ChatMention(place, plain_words(event["text"][found.end() :]).strip())


def _command(payload: Json) -> ChatCommand:
    place = ChatPlace(
        _id(payload["team_id"]),
        _id(payload["channel_id"]),
        _id(payload["user_id"]),
        answer_url=str(payload.get("response_url") or ""),
    )
    return ChatCommand(place, plain_words(str(payload.get("text") or "")).strip(), str(payload["trigger_id"]))


def _press(payload: Json) -> ChatPress:
    action, message = payload["actions"][0], payload.get("message") or {}
    stamp = _ts(payload["container"]["message_ts"])
    place = ChatPlace(
        _id(payload["team"]["id"]),
        _id(payload["container"]["channel_id"]),
        _id(payload["user"]["id"]),
        thread=_ts(message["thread_ts"]) if message.get("thread_ts") else stamp,
        answer_url=str(payload.get("response_url") or ""),
    )
    return ChatPress(place, str(action["action_id"]), str(action.get("value") or ""))


def _form(payload: Json) -> ChatForm:
    view = payload["view"]
    told = json.loads(view.get("private_metadata") or "{}")
    place = ChatPlace(
        _id(payload["team"]["id"]),
        _id(told["channel"]),
        _id(payload["user"]["id"]),
        answer_url=str(told.get("answer_url") or ""),
    )
    values: dict[str, str] = {}
    for name, block in view["state"]["values"].items():
        for element in block.values():
            chosen = element.get("selected_option") or {}
            value = element.get("value") or chosen.get("value")
            if value:
                values[str(name)] = str(value)[:MOST_WORDS]
    return ChatForm(place, str(view["callback_id"]), values)


def _id(value: Any) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise ValueError("no id of Slack's")
    return value


def _ts(value: Any) -> str:
    if not isinstance(value, str) or not _TS.fullmatch(value):
        raise ValueError("no time of a message")
    return value
