"""The services that are watched, with what their repositories' rules say now: where, by what, under which name.

Rules that were read stay in use while the forge cannot be asked: production has to be watched all the more then.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from yantra_bot.domain.alerts import Service
from yantra_bot.domain.environment import Environment
from yantra_bot.domain.monitoring import Watch
from yantra_bot.domain.repository import Repository
from yantra_bot.errors import Transient, UserError, YantraError
from yantra_bot.monitor.services import Services
from yantra_bot.ports import Clock, ForgeFactory
from yantra_bot.runs.rules import PATH, parse_rules
from yantra_bot.runs.watching.places import Places

RULES_SECONDS: Final = 60.0
AT_ONCE: Final = 4


@dataclass(frozen=True, slots=True)
class Watched:
    """One service, as it is watched."""

    service: Service
    repository: Repository
    environment: Environment
    watch: Watch
    target: str
    """Name of its Deployment."""


class WatchedServices:
    """Reads rules, and remembers them for a while."""

    def __init__(self, services: Services, places: Places, forge: ForgeFactory, clock: Clock) -> None:
        self._services, self._places, self._forge, self._clock = services, places, forge, clock
        self._known: dict[str, tuple[float, Watched | UserError]] = {}
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def all(self) -> Mapping[Service, Watched | YantraError]:
        """Return each service of the operator's with how it is watched, or why it is not."""
        services = self._services.all
        return dict(zip(services, await asyncio.gather(*map(self._of, services)), strict=True))

    async def _of(self, service: Service) -> Watched | YantraError:
        at, known = self._known.get(service.name, (float("-inf"), None))
        now = self._clock.now()
        if known is not None and 0 <= now - at < RULES_SECONDS:
            return known
        try:
            async with self._turn:
                found: Watched | UserError = await self._read(service)
        except UserError as problem:
            found = problem
        except YantraError as problem:
            return problem if known is None else known
        self._known[service.name] = (now, found)
        return found

    async def _read(self, service: Service) -> Watched:
        origin = await self._places.origin(service)
        if origin is None:
            raise UserError(f"{service.repository} cannot be reached. Cure: install the App there.")
        data = await self._forge(origin.repository, origin.installation_id).read_file(PATH)
        rules = parse_rules(data)
        if not rules.enabled:
            raise UserError(f"{PATH} of {service.repository} switches me off.")
        environment = rules.deploy.environments.get(service.environment)
        if environment is None:
            known = ", ".join(rules.deploy.environments) or "none"
            raise UserError(
                f"{PATH} of {service.repository} has no environment {service.environment} (it has: {known}). "
                "Cure: correct YANTRA_SERVICES, or the rules."
            )
        target = rules.deploy.service or origin.repository.name
        return Watched(service, origin.repository, environment, rules.monitor.of(environment.name), target)


def explain(problem: BaseException) -> str:
    """Return one line of why a service could not be looked at."""
    if isinstance(problem, TimeoutError):
        return "It took too long."
    return " ".join(str(problem).split())[:300] if isinstance(problem, YantraError | Transient) else "A fault of ours."
