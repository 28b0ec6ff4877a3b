"""Tells a comment that was read as its delivery would have told it: what is parsed here then is the same. Pure."""

import json
from typing import Any, Final

from yantra_bot.domain.events import Origin
from yantra_bot.domain.repository import Actor
from yantra_bot.monitor_ports import UnheardComment

COMMENT: Final = "issue_comment"
"""Name of the event."""


def retell(origin: Origin, comment: UnheardComment) -> bytes:
    """Return the body of the delivery; its sender is who wrote the comment."""
    repository = origin.repository
    issue: dict[str, Any] = {"number": comment.issue_number, "title": ""}
    if comment.is_pull_request:
        issue["pull_request"] = {}
    told = {
        "action": "created",
        "issue": issue,
        "comment": {
            "id": comment.id,
            "body": comment.body,
            "updated_at": comment.updated_at,
            "user": _user(comment.author),
        },
        "repository": {
            "id": repository.id,
            "name": repository.name,
            "full_name": repository.full_name,
            "owner": {"login": repository.owner},
        },
        "sender": _user(comment.author),
        "installation": {"id": origin.installation_id},
    }
    return json.dumps(told).encode()


def _user(actor: Actor) -> dict[str, Any]:
    return {"id": actor.id, "login": actor.login, "type": "Bot" if actor.is_bot else "User"}
