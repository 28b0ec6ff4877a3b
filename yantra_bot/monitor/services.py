"""Which service an alert is about: by names that the operator gave, and by nothing else that it says. Pure."""

from collections.abc import Sequence

from yantra_bot.domain.alert_events import PROJECT
from yantra_bot.domain.alerts import Alert, Service


class Services:
    """The services of the operator's settings."""

    def __init__(self, services: Sequence[Service], labels: Sequence[str]) -> None:
        """`labels` are the names of labels whose value is a service's name, in their order, before Sentry's project."""
        self._services = {service.name: service for service in services}
        self._labels = (*labels, PROJECT)

    @classmethod
    def read(cls, entries: Sequence[str], labels: Sequence[str]) -> "Services":
        """Read `NAME=OWNER/REPO/ENVIRONMENT`, as `monitor_settings` has checked them."""
        services = []
        for entry in entries:
            name, _, place = entry.partition("=")
            repository, _, environment = place.rpartition("/")
            services.append(Service(name, repository, environment))
        return cls(services, labels)

    @property
    def all(self) -> tuple[Service, ...]:
        return tuple(self._services.values())

    def named(self, name: str) -> Service | None:
        """Return the service of a name, None where the settings have none."""
        return self._services.get(name)

    def of(self, alert: Alert) -> Service | None:
        """Return the service that an alert is about: the one that it names itself, else the first of its labels'."""
        names = (alert.service, *(alert.label(label) for label in self._labels))
        return next((self._services[name] for name in names if name in self._services), None)
