"""Who Slack's people are, read live, and windows that ask them: implements the ports ChatPeople and Windows."""

from collections.abc import Mapping
from typing import Any

from yantra_bot.chat_ports import ChatProfile
from yantra_bot.slack.api import SlackApi, SlackRefused

_NOBODY = frozenset({"user_not_found", "user_not_visible", "users_not_found"})
_TOO_LATE = frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "trigger_expired"})


class SlackPeople:
    """Asks Slack about its people, and them for what is missing."""

    def __init__(self, api: SlackApi) -> None:
        self._api = api

    async def profile(self, user: str) -> ChatProfile | None:
        """Return what Slack says of somebody; whoever it says too little of counts as a guest."""
        try:
            answer = await self._api.ask("users.info", user=user)
        except SlackRefused as refused:
            if refused.code in _NOBODY:
                return None
            raise
        told = answer.get("user")
        if not isinstance(told, Mapping) or not isinstance(told.get("team_id"), str):
            return None
        is_member = told.get("is_restricted") is False and told.get("is_ultra_restricted") is False
        return ChatProfile(
            team=told["team_id"],
            user=str(told.get("id", "")),
            name=str(told.get("name") or user),
            is_guest=not is_member or bool(told.get("is_stranger")),
            is_bot=bool(told.get("is_bot")),
            is_gone=bool(told.get("deleted")),
        )

    async def open(self, trigger: str, window: Mapping[str, Any]) -> bool:
        """Show a window; False where what caused it is more than three seconds ago, or has opened one."""
        try:
            await self._api.call("views.open", {"trigger_id": trigger, "view": window})
        except SlackRefused as refused:
            if refused.code in _TOO_LATE:
                return False
            raise
        return True
