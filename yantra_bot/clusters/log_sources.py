"""Where each service's lines are: the operator's cloud logs, a repository's selector of Loki, else its own pods."""

from collections.abc import Mapping, Sequence

from yantra_bot.domain.alerts import Service
from yantra_bot.domain.environment import Environment
from yantra_bot.domain.monitoring import LogRule
from yantra_bot.domain.repository import Repository
from yantra_bot.monitor_ports import LogLine, LogSource


class LogSources:
    """Implements the port LogSource over all of them."""

    def __init__(
        self, services: Sequence[Service], clouds: Mapping[str, LogSource], *, loki: LogSource, pods: LogSource
    ) -> None:
        """`clouds` are by the services' names: what the operator says goes before what a repository does."""
        self._clouds = {
            (one.repository.lower(), one.environment): clouds[one.name] for one in services if one.name in clouds
        }
        self._loki, self._pods = loki, pods

    async def read(
        self,
        repository: Repository,
        environment: Environment,
        rule: LogRule,
        *,
        since: float,
        limit: int,
        target: str = "",
    ) -> Sequence[LogLine]:
        usual = self._loki if rule.loki else self._pods
        source = self._clouds.get((repository.full_name.lower(), environment.name), usual)
        return await source.read(repository, environment, rule, since=since, limit=limit, target=target)
