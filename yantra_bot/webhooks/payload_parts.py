"""What many of GitHub's payloads hold in the same shape: who, where, and words of a known form. Pure."""

import re

from yantra_bot.domain.events import Origin
from yantra_bot.domain.repository import Actor, Repository
from yantra_bot.webhooks.payload import Fields

OWNER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,99})", re.ASCII)
NAME = re.compile(r"(?!\.\.?$)[A-Za-z0-9._-]{1,100}", re.ASCII)
ACTION = re.compile(r"[a-z_]{1,64}", re.ASCII)


def read_origin(payload: Fields) -> Origin:
    """Read the installation and the repository that every event of a repository names."""
    repository = payload.object("repository")
    return Origin(
        installation_id=payload.object("installation").number("id"),
        repository=Repository(
            id=repository.number("id"),
            owner=repository.object("owner").matching("login", OWNER),
            name=repository.matching("name", NAME),
        ),
    )


def read_actor(user: Fields) -> Actor:
    """Read who somebody is."""
    login = user.word("login")
    return Actor(id=user.number("id"), login=login, is_bot=user.word("type") == "Bot" or login.endswith("[bot]"))
