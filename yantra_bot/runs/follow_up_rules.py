"""The part `follow_up:` of a repository's rules, parsed. Pure. It can only switch off what the operator allows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from yantra_bot.errors import UserError

KEYS: Final = ("ci", "reviews")
Refuse = Callable[[str, str], UserError]
"""Makes the error of a key: its name, and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class FollowUpSettings:
    """What of the bot's own pull requests is followed up by itself."""

    ci: bool = True
    """Failing checks."""
    reviews: bool = True
    """What people say in reviews."""


def parse_follow_up(value: Any, refuse: Refuse) -> FollowUpSettings:
    """Return the settings; raise what `refuse` makes for a key that is wrong."""
    if value is None:
        return FollowUpSettings()
    if not isinstance(value, dict):
        raise refuse("", "has to hold keys and values, such as `ci: false`")
    for key, flag in value.items():
        if key not in KEYS:
            raise refuse(str(key), f"is not known. Known are: {', '.join(KEYS)}")
        if not isinstance(flag, bool):
            raise refuse(str(key), "has to be true or false")
    return FollowUpSettings(**value)
