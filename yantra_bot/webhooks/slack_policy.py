"""Who in a chat is listened to at all: full members of the operator's workspaces. Pure.

What somebody may then do is the forge's to say, by the account that theirs is tied to (see `policy`).
"""

from dataclasses import dataclass

from yantra_bot.chat_ports import ChatProfile
from yantra_bot.domain.chat import ChatPlace


@dataclass(frozen=True, slots=True)
class ChatRules:
    """What the operator allows."""

    teams: frozenset[str]
    users: frozenset[str] = frozenset()
    """Empty: everybody of those teams."""


def judge_place(place: ChatPlace, rules: ChatRules) -> str:
    """Return why nothing said there is heard, whoever says it; empty where it is."""
    if place.team not in rules.teams:
        return "I do not listen in this workspace."
    if rules.users and place.user not in rules.users:
        return "Only people on my operator's list may give me commands here."
    return ""


def judge_person(profile: ChatProfile | None, place: ChatPlace, rules: ChatRules) -> str:
    """Return why somebody is not listened to, empty where they are. Nobody's name or address decides."""
    if profile is None or profile.user != place.user or profile.is_gone or profile.is_bot:
        return "Only people give me commands."
    if profile.team not in rules.teams:
        return "People of other workspaces give me no commands, in a shared channel either."
    if profile.is_guest:
        return "Guests give me no commands."
    return ""
