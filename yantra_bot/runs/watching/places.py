"""Where a service's repository is on the forge: asked by name, and remembered while the forge cannot be asked."""

import asyncio
from typing import Final

from yantra_bot.chat_ports import Directory
from yantra_bot.domain.alerts import Service
from yantra_bot.domain.events import Origin
from yantra_bot.domain.repository import Repository
from yantra_bot.errors import Transient
from yantra_bot.webhooks.policy import is_allowed_repository

WAIT_SECONDS: Final = 3.0
"""How long the forge is waited for where the answer of before will do."""


class Places:
    """Finds repositories by the names of the operator's settings."""

    def __init__(
        self, directory: Directory, *, repositories: tuple[str, ...] = (), wait_seconds: float = WAIT_SECONDS
    ) -> None:
        """`repositories` are those of the operator's list, empty for all."""
        self._directory, self._repositories, self._wait = directory, repositories, wait_seconds
        self._known: dict[str, Origin] = {}

    async def origin(self, service: Service) -> Origin | None:
        """Return the repository of a service, and the installation that it is reached by; None where there is none.

        Raises Transient where the forge cannot be asked, and it was not found before.
        """
        # That something is wrong in production has to be stored all the more while the forge is down too.
        known = self._known.get(service.repository)
        try:
            async with asyncio.timeout(None if known is None else self._wait):
                found = await self._directory.find(service.repository)
        except (Transient, TimeoutError):
            if known is None:
                raise
            return known
        self._known.pop(service.repository, None)
        for origin in found:
            if is_allowed_repository(origin.repository, self._repositories):
                self._known[service.repository] = origin
                return origin
        return None

    async def find(self, service: Service) -> Repository | None:
        """Return the repository of a service alone."""
        origin = await self.origin(service)
        return None if origin is None else origin.repository
