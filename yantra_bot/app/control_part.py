"""The settings that the control process is given, ready for the pipe: all but the door's own."""

from typing import Any, Final

from pydantic import BaseModel, ConfigDict, SecretStr

from yantra_bot.server_settings import read_app_key
from yantra_bot.settings import Settings

DOORS_OWN: Final = {
    "webhook_secrets": (),
    "slack_signing_secrets": (),
    "alert_tokens": (),
    "alert_secrets": (),
    "sentry_secrets": (),
    "github_app_key_file": None,
    "collective_enrolment_keys": (),
    "collective_signing_key_file": None,
}
"""What control is not given."""


class ControlPart(BaseModel):
    """The settings that control is given: all but the door's secrets."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    values: dict[str, Any]

    def __repr__(self) -> str:
        return "ControlPart(…)"

    @classmethod
    def of(cls, settings: Settings) -> "ControlPart":
        values = {name: _reveal(value) for name, value in settings if name not in DOORS_OWN}
        values |= {"github_app_key": read_app_key(settings).get_secret_value(), "state_folder": settings.home}
        return cls(values=values)

    def settings(self) -> Settings:
        return Settings(**{**self.values, **DOORS_OWN})


def _reveal(value: Any) -> Any:
    """Return what a secret is, or each of several: it goes to the child by a pipe, and nowhere else."""
    if isinstance(value, tuple):
        return tuple(_reveal(one) for one in value)
    return value.get_secret_value() if isinstance(value, SecretStr) else value
