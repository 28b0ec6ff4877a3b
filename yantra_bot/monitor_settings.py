"""Settings of watching production: what alerts, which services there are, where logs lie. A part of `settings`."""

import re
from pathlib import Path
from typing import Final

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from yantra_bot.errors import SettingsError
from yantra_bot.memory_settings import Secrets
from yantra_bot.model_settings import Words

LEAST_SECRET: Final = 16
_SERVICE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)
_PLACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}/[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)


class MonitorSettings(BaseSettings):
    """What may be set about watching production. Without `services` nothing is watched, and no alert is heard."""

    model_config = SettingsConfigDict(use_attribute_docstrings=True)

    services: Words = ()
    """Services that are watched, `NAME=OWNER/REPO/ENVIRONMENT`, with one of the environments of the repository's rules;
    an alert names a service, and nothing in it can name a repository. Default none: no alert is heard."""
    service_labels: Words = ("service", "app", "job")
    """Labels of an alert (tags, for Sentry) whose value is a service's name, the first that names one of `services`."""
    alert_tokens: Secrets = ()
    """Bearer tokens of Alertmanager that are valid now, comma separated. With one, /webhooks/alertmanager is open."""
    alert_secrets: Secrets = ()
    """Secrets that senders of other alerts sign with, comma separated. With one, /webhooks/alerts is open."""
    sentry_secrets: Secrets = ()
    """Client secrets of Sentry's internal integrations, comma separated. With one, /webhooks/sentry is open."""
    probe_seconds: float = Field(default=15, ge=1, le=3600)
    """How often services are probed and measured, in seconds."""
    log_polling_seconds: float = Field(default=60, ge=1, le=3600)
    """How often services' logs are read, in seconds."""
    loki_url: str = ""
    """Base address of the Loki that `logs: {loki: …}` of repositories' rules are asked of. Default: none."""
    loki_token: SecretStr = SecretStr("")
    """Bearer token for it. Default: none is sent."""
    cloudwatch_log_groups: Words = ()
    """Services whose logs lie in AWS CloudWatch Logs, `SERVICE=LOG-GROUP`. Default: none."""
    cloudwatch_region: str = ""
    """Region of these log groups, such as eu-central-1."""
    cloudwatch_key_id: SecretStr = SecretStr("")
    """Access key id of an AWS user who may logs:FilterLogEvents, and nothing else."""
    cloudwatch_secret_key: SecretStr = SecretStr("")
    """That user's secret access key."""
    cloudwatch_url: str = ""
    """Another address of CloudWatch Logs, such as that of a private endpoint. Default: the region's public one."""
    cloud_logging_filters: Words = ()
    """Services whose logs lie in Google Cloud Logging, `SERVICE=FILTER` in its query language. Default: none."""
    cloud_logging_key_file: Path | None = None
    """Key file (JSON) of a Google service account that has the role Logs Viewer, and no other; its project is read."""
    cloud_logging_url: str = "https://logging.googleapis.com"
    """Base address of the Cloud Logging API."""


def check_monitor_settings(settings: MonitorSettings) -> None:
    """Raise SettingsError where a service is not written as one, a secret can be guessed, or a door leads nowhere."""
    names = [_check_service(entry) for entry in settings.services]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise SettingsError(f"YANTRA_SERVICES names {twice} twice. Cure: give each service a name of its own.")
    _check_places(settings.services)
    doors = {
        "ALERT_TOKENS": settings.alert_tokens,
        "ALERT_SECRETS": settings.alert_secrets,
        "SENTRY_SECRETS": settings.sentry_secrets,
    }
    for name, secrets in doors.items():
        if any(len(secret.get_secret_value()) < LEAST_SECRET for secret in secrets):
            raise SettingsError(
                f"YANTRA_{name} has a secret that can be guessed (under {LEAST_SECRET} characters). "
                "Cure: make one with `openssl rand -hex 32` and give it to the sender too."
            )
        if secrets and not names:
            raise SettingsError(
                f"YANTRA_{name} opens a door, and YANTRA_SERVICES names no service that an alert could be about. "
                "Cure: set it, such as shop=acme/shop/production."
            )


def _check_places(services: tuple[str, ...]) -> None:
    """Raise SettingsError where two names are of one place: each probe, alert and incident would be there twice."""
    seen: dict[str, str] = {}
    for entry in services:
        name, _, place = entry.partition("=")
        # To GitHub, names of owners and repositories are the same however they are capitalised.
        repository, _, environment = place.rpartition("/")
        other = seen.setdefault(f"{repository.lower()}/{environment}", name)
        if other != name:
            raise SettingsError(
                f"YANTRA_SERVICES has two names, {other} and {name}, for {place}: all that is heard of it would be "
                "there twice. Cure: keep one of them, the one that its alerts bear in a label of "
                "YANTRA_SERVICE_LABELS."
            )


def _check_service(entry: str) -> str:
    """Return the name of one entry of `services`."""
    name, _, place = entry.partition("=")
    if not _SERVICE.fullmatch(name) or not _PLACE.fullmatch(place):
        raise SettingsError(
            f"YANTRA_SERVICES has {entry!r}. Cure: write each as NAME=OWNER/REPO/ENVIRONMENT, such as "
            "shop=acme/shop/production."
        )
    return name
