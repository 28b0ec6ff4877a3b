"""Numbers of a service out of the operator's Prometheus. Implements the port Metrics.

What is filled into a query is checked letter by letter, so that nothing can end a string of PromQL.
"""

import re
from typing import Final

from yantra_bot.clusters.prometheus import Place, fill
from yantra_bot.clusters.prometheus_door import NoNumber, PrometheusDoor, read_number
from yantra_bot.domain.environment import Environment
from yantra_bot.domain.monitoring import MetricName
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.repository import Repository
from yantra_bot.errors import Transient, UserError

_SERVICE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)


class ServiceMetrics:
    """Asks one Prometheus."""

    def __init__(self, door: PrometheusDoor) -> None:
        self._door = door

    async def value(
        self,
        name: MetricName,
        query: str,
        repository: Repository,
        environment: Environment,
        *,
        at: float | None = None,
        service: str = "",
    ) -> float | None:
        service = service or repository.name
        if "{service}" in query and not _SERVICE.fullmatch(service):
            raise UserError(f"{service[:60]!a} is no name of a service that could be asked about.")
        try:
            filled = fill(query.replace("{service}", service), Place(environment.namespace, "", ()))
            return read_number(await self._door.query(filled, at=at))
        except NoNumber as gap:
            if gap.verdict is Verdict.ERROR:
                raise Transient(f"{name} cannot be measured: {gap}") from gap
            return None
