"""How a repository's integration tests are run: a command, and the services that it needs. Values only."""

from dataclasses import dataclass
from enum import StrEnum


class Service(StrEnum):
    """A service that is started for the tests, fresh and empty, and ended with them."""

    POSTGRESQL = "postgresql"


@dataclass(frozen=True, slots=True)
class IntegrationRules:
    """What the maintainers want run; nothing where there is no command."""

    command: tuple[str, ...] = ()
    services: tuple[Service, ...] = ()
    timeout_seconds: float = 300.0
    """Of one run, the start of the services included."""
