"""One request of Slack's, looked into as little as it takes to store it once and to answer at once. Pure.

Both ways in lead through here, the door's over HTTP and Socket Mode's: what is stored is the same JSON, under the same
key, so that a request that comes twice, or by both ways, is one row.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from urllib.parse import parse_qsl

from yantra_bot.domain.events import Delivery
from yantra_bot.errors import UserError

SOURCE: Final = "slack"
MOST_FIELDS: Final = 100
SHOWN: Final = 200
JSON_TYPE: Final = "application/json"
FORM_TYPE: Final = "application/x-www-form-urlencoded"
BUSY: Final = "I could not note that down in time. If nothing follows within a minute, please say it again."

Json = Mapping[str, Any]


class SlackKind(StrEnum):
    """The sorts of requests, by Socket Mode's names for them."""

    EVENT = "events_api"
    COMMAND = "slash_commands"
    ACTION = "interactive"


@dataclass(frozen=True, slots=True)
class Intake:
    """What is done with a request. `answer` is sent at once, None for an empty one."""

    kind: SlackKind
    payload: Json
    key: str = ""
    """The same however often it comes; empty for what is not stored."""
    ignored: str = ""
    answer: Json | None = None

    def as_delivery(self, *, at: float) -> Delivery:
        """Return it as a row of the inbox."""
        body = json.dumps(self.payload, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        return Delivery(0, self.key, self.key, SOURCE, self.kind.value, body, at)


def read_request(types: Sequence[str], body: bytes) -> tuple[SlackKind, Json]:
    """Return a request's kind and payload. Raises UserError for anything that Slack does not send."""
    kind = types[0].partition(";")[0].strip().lower() if len(types) == 1 else ""
    if kind == JSON_TYPE:
        return SlackKind.EVENT, _read_json(body)
    if kind != FORM_TYPE:
        raise UserError("neither JSON nor a form")
    try:
        form = dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=MOST_FIELDS))
    except ValueError as error:
        raise UserError("no form") from error
    return (SlackKind.ACTION, _read_json(form["payload"].encode())) if "payload" in form else (SlackKind.COMMAND, form)


def _read_json(body: bytes) -> Json:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UserError("no JSON") from error
    if not isinstance(data, dict):
        raise UserError("no object")
    return data


def take(kind: SlackKind, payload: Json) -> Intake:
    """Return what is to be done with a request. Raises UserError where what identifies it is missing."""
    match kind:
        case SlackKind.EVENT:
            return _take_event(payload)
        case SlackKind.COMMAND:
            return _take_command(payload)
        case SlackKind.ACTION:
            return _take_action(payload)


def _take_event(payload: Json) -> Intake:
    if payload.get("type") == "url_verification":
        challenge = {"challenge": _text(payload, "challenge")}
        return Intake(SlackKind.EVENT, payload, ignored="the address is being set up", answer=challenge)
    event = payload.get("event")
    if payload.get("type") != "event_callback" or not isinstance(event, dict):
        return Intake(SlackKind.EVENT, payload, ignored="an event of no use")
    if why := _why_no_mention(payload, event):
        return Intake(SlackKind.EVENT, payload, ignored=why)
    # By the message and not by the event: one that is edited is told of again, under another id.
    key = _key("mention", _text(payload, "team_id"), _text(event, "channel"), _text(event, "ts"))
    return Intake(SlackKind.EVENT, payload, key)


def _why_no_mention(payload: Json, event: Json) -> str:
    """Return why nobody is meant by an event, empty where the bot is."""
    if event.get("type") != "app_mention":
        return "an event of no use"
    if event.get("bot_id") or event.get("bot_profile") or not event.get("user"):
        return "a bot wrote it"
    if event.get("subtype") or event.get("edited"):
        return "a message that was changed"
    own = [one.get("user_id") for one in payload.get("authorizations") or () if isinstance(one, dict)]
    return "the bot's own message" if event["user"] in own else ""


def _take_command(payload: Json) -> Intake:
    if payload.get("ssl_check"):
        return Intake(SlackKind.COMMAND, payload, ignored="the address is being looked at")
    key = _key("command", _text(payload, "team_id"), _text(payload, "trigger_id"))
    said = " ".join(f"{_text(payload, 'command')} {payload.get('text') or ''}".split())
    return Intake(SlackKind.COMMAND, payload, key, answer=tell_one(f"Heard: `{_harmless(said)}`"))


def _take_action(payload: Json) -> Intake:
    team, user = _part(payload, "team"), _part(payload, "user")
    who = (_text(team, "id"), _text(user, "id"))
    if payload.get("type") == "view_submission":
        view = _part(payload, "view")
        return Intake(SlackKind.ACTION, payload, _key("window", *who, _text(view, "id"), _text(view, "hash")))
    actions = payload.get("actions")
    if payload.get("type") != "block_actions" or not isinstance(actions, list) or len(actions) != 1:
        return Intake(SlackKind.ACTION, payload, ignored="a request of no use")
    action = actions[0] if isinstance(actions[0], dict) else {}
    if action.get("type") != "button":
        return Intake(SlackKind.ACTION, payload, ignored="no button")
    message = _text(_part(payload, "container"), "message_ts")
    key = _key("press", *who, message, _text(action, "action_id"), _text(action, "action_ts"))
    return Intake(SlackKind.ACTION, payload, key)


def tell_one(text: str) -> Json:
    """Return an answer that only who asked can see."""
    return {"response_type": "ephemeral", "text": text}


def _harmless(text: str) -> str:
    """Return what somebody typed as it may be shown to them: it calls nobody and formats nothing."""
    shown = text.encode("utf-8", "replace").decode().replace("`", "'")
    shown = "".join(sign for sign in shown if sign.isprintable())[:SHOWN]
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _part(payload: Json, name: str) -> Json:
    part = payload.get(name)
    if not isinstance(part, dict):
        raise UserError(f"no {name}")
    return part


def _text(payload: Json, name: str) -> str:
    value = payload.get(name)
    if not isinstance(value, str) or not value:
        raise UserError(f"no {name}")
    return value


def _key(*parts: str) -> str:
    told = json.dumps([SOURCE, *parts]).encode()
    return hashlib.sha256(told).hexdigest()
