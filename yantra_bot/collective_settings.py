"""The operator's settings of learning together; `settings.Settings` has them with all others. Off by default."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from yantra_bot.errors import SettingsError
from yantra_bot.memory_settings import Secrets
from yantra_bot.model_settings import Words


class CollectiveSettings(BaseSettings):
    """What may be set about sharing what was learned, and about running the service that others share with."""

    model_config = SettingsConfigDict(use_attribute_docstrings=True)

    collective: bool = False
    """Share patterns with a service and use the model that it learns from all: numbers and words of closed lists, never
    code, text, names or paths (docs/collective.md). Default off: nothing is sent or asked for."""
    collective_url: str = ""
    """Address of the service, https. Needed where `collective` is on."""
    collective_key: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")
    """The service's public key, 64 hexadecimal digits, as its operator told it: what another key signed is not used."""
    collective_enrolment_key: SecretStr = SecretStr("")
    """What the service's operator gave this installation, so that it is heard."""

    collective_signing_key_file: Path | None = None
    """For `yantra collective serve` alone: file with the private key that updates are signed by, PEM; refused when
    others may read it. `yantra collective keys FILE` makes one."""
    collective_enrolment_keys: Secrets = ()
    """For the service: the keys of installations that are heard, comma separated; `yantra collective enrol` makes
    one. One that is removed is not heard from the week after the next on."""
    collective_base: str = Field(default="", pattern=r"^([0-9a-f]{12})?$")
    """For the service: the score file that patterns are of, the first 12 digits of its hash."""
    collective_proxies: Words = ("127.0.0.1", "::1")
    """For the service: addresses of the TLS proxies before it, comma separated; whom they name last in X-Forwarded-For
    is who asks. Others have 16 connections and 4 bodies at once."""
    collective_patterns: int = Field(default=1_000, gt=0)
    """For the service: so many new patterns begin a training; a week does in any case."""


def check_collective_settings(settings: CollectiveSettings) -> None:
    """Raise SettingsError where sharing is on and is not told with whom."""
    for name, value in (
        ("URL", settings.collective_url),
        ("KEY", settings.collective_key),
        ("ENROLMENT_KEY", settings.collective_enrolment_key.get_secret_value()),
    ):
        if settings.collective and not value:
            raise SettingsError(
                f"YANTRA_COLLECTIVE_{name} is empty, and YANTRA_COLLECTIVE is on. Cure: set it to what who runs the "
                "service told you, or leave YANTRA_COLLECTIVE out."
            )
