"""The methods of the Web API, each a function of the state and its arguments; a refusal is raised by its word."""

import time
from collections.abc import Callable
from typing import Any

from tests.fakes.slack.state import BOT, BOT_USER, TEAM, Channel, Message, State, View, Whisper

Arguments = dict[str, Any]


class Refusal(Exception):
    """`ok: false`, with Slack's word for it."""


def find_channel(state: State, arguments: Arguments) -> Channel:
    name = str(arguments.get("channel", ""))
    if name in state.users:
        return state.direct(name)
    channel = state.channels.get(name)
    if channel is None or (channel.is_private and BOT_USER not in channel.members):
        raise Refusal("channel_not_found")
    return channel


def post_message(state: State, arguments: Arguments) -> Arguments:
    channel = find_channel(state, arguments)
    if channel.is_archived:
        raise Refusal("is_archived")
    thread = str(arguments.get("thread_ts", ""))
    if thread and channel.find(thread) is None:
        raise Refusal("thread_not_found")
    message = Message(
        state.ts(), BOT_USER, arguments.get("text", ""), arguments.get("blocks", []), thread,
        arguments.get("metadata", {}),
    )  # fmt: skip
    channel.messages.append(message)
    return {"channel": channel.id, "ts": message.ts, "message": show(message)}


def update(state: State, arguments: Arguments) -> Arguments:
    channel = find_channel(state, arguments)
    message = channel.find(str(arguments.get("ts")))
    if message is None:
        raise Refusal("message_not_found")
    if message.user != BOT_USER:
        raise Refusal("cant_update_message")
    message.text, message.blocks = arguments.get("text", ""), arguments.get("blocks", [])
    message.metadata = arguments.get("metadata", message.metadata)
    message.edits += 1
    return {"channel": channel.id, "ts": message.ts, "text": message.text}


def post_ephemeral(state: State, arguments: Arguments) -> Arguments:
    channel = find_channel(state, arguments)
    if BOT_USER not in channel.members:
        raise Refusal("not_in_channel")
    if arguments.get("user") not in channel.members:
        raise Refusal("user_not_in_channel")
    state.whispers.append(
        Whisper(channel.id, arguments["user"], arguments.get("text", ""), arguments.get("blocks", []))
    )
    return {"message_ts": state.ts()}


def users_info(state: State, arguments: Arguments) -> Arguments:
    user = state.users.get(str(arguments.get("user")))
    if user is None:
        raise Refusal("user_not_found")
    return {
        "user": {
            "id": user.id, "team_id": user.team, "name": user.name, "deleted": user.deleted,
            "is_bot": user.is_bot, "is_restricted": user.is_restricted,
            "is_ultra_restricted": user.is_ultra_restricted,
            **({"is_stranger": True} if user.is_stranger else {}),
            "profile": {"display_name": user.name, "email": f"{user.name}@example.com"},
        }
    }  # fmt: skip


def show(message: Message) -> Arguments:
    shown: Arguments = {"type": "message", "ts": message.ts, "user": message.user, "text": message.text}
    if message.user == BOT_USER:
        shown["bot_id"] = BOT
    if message.thread_ts:
        shown["thread_ts"] = message.thread_ts
    return shown | ({"metadata": message.metadata} if message.metadata else {})


def _list(messages: list[Message], arguments: Arguments) -> Arguments:
    """Answer a page, the newest first for history."""
    limit, start = int(arguments.get("limit", 100)), int(arguments.get("cursor") or 0)
    page = messages[start : start + limit]
    following = str(start + limit) if len(messages) > start + limit else ""
    return {"messages": [show(one) for one in page], "response_metadata": {"next_cursor": following}}


def history(state: State, arguments: Arguments) -> Arguments:
    channel = find_channel(state, arguments)
    if BOT_USER not in channel.members:
        raise Refusal("not_in_channel")
    return _list([one for one in reversed(channel.messages) if not one.thread_ts], arguments)


def replies(state: State, arguments: Arguments) -> Arguments:
    channel = find_channel(state, arguments)
    if BOT_USER not in channel.members:
        raise Refusal("not_in_channel")
    thread = str(arguments.get("ts"))
    if channel.find(thread) is None:
        raise Refusal("thread_not_found")
    return _list([one for one in channel.messages if thread in (one.ts, one.thread_ts)], arguments)


def open_view(state: State, arguments: Arguments) -> Arguments:
    trigger = state.triggers.get(str(arguments.get("trigger_id")))
    if trigger is None:
        raise Refusal("invalid_trigger_id")
    if trigger.is_used:
        raise Refusal("exchanged_trigger_id")
    if time.monotonic() - trigger.made_at > state.trigger_seconds:
        raise Refusal("expired_trigger_id")
    trigger.is_used = True
    view = View(f"V{state.number():08d}", trigger.user, arguments["view"], f"{state.number()}.hash")
    state.views.append(view)
    return {"view": {"id": view.id, "hash": view.hash, **view.view}}


def auth_test(_state: State, _arguments: Arguments) -> Arguments:
    return {"team_id": TEAM, "user_id": BOT_USER, "bot_id": BOT, "user": "yantra", "team": "Home"}


METHODS: dict[str, Callable[[State, Arguments], Arguments]] = {
    "auth.test": auth_test,
    "chat.postMessage": post_message,
    "chat.update": update,
    "chat.postEphemeral": post_ephemeral,
    "users.info": users_info,
    "conversations.history": history,
    "conversations.replies": replies,
    "views.open": open_view,
}
