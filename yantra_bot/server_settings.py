"""What a server has to be told before it starts, beside what every setting says of itself."""

from pydantic import SecretStr

from yantra_bot.collective_settings import check_collective_settings
from yantra_bot.errors import SettingsError
from yantra_bot.monitor_settings import check_monitor_settings
from yantra_bot.settings import PREFIX, Settings
from yantra_bot.slack_settings import check_slack_settings

INSECURE_DEFAULTS = frozenset({"secret", "changeme", "change-me", "password", "webhook", "yantra", "development"})


def check_server_settings(settings: Settings) -> None:
    """Raise SettingsError for what a server must have; the command line does without."""
    if not settings.webhook_secrets:
        raise SettingsError(
            f"{PREFIX}WEBHOOK_SECRETS is empty: anybody could give orders. Cure: set it to the App's secret."
        )
    for secret in settings.webhook_secrets:
        _check_secret(secret.get_secret_value())
    if not settings.github_app_id:
        raise SettingsError(f"{PREFIX}GITHUB_APP_ID is empty. Cure: set it to the number of the GitHub App.")
    read_app_key(settings)
    check_slack_settings(settings)
    check_monitor_settings(settings)
    check_collective_settings(settings)


def _check_secret(secret: str) -> None:
    if len(secret) < 16 or secret.lower() in INSECURE_DEFAULTS:
        raise SettingsError(
            f"{PREFIX}WEBHOOK_SECRETS has a secret that can be guessed (under 16 characters, or a well-known one). "
            "Cure: make one with `openssl rand -hex 32` and set it in the GitHub App too."
        )


def read_app_key(settings: Settings) -> SecretStr:
    """Return the App's private key; raise SettingsError when it is missing or readable for others."""
    if settings.github_app_key.get_secret_value():
        return settings.github_app_key
    file = settings.github_app_key_file
    if file is None:
        raise SettingsError(f"{PREFIX}GITHUB_APP_KEY_FILE is empty. Cure: set it to the App's private key file (PEM).")
    try:
        if file.stat().st_mode & 0o077:
            raise SettingsError(f"{PREFIX}GITHUB_APP_KEY_FILE can be read by others. Cure: chmod 600 {file}")
        return SecretStr(file.read_text())
    except OSError as error:
        raise SettingsError(f"{PREFIX}GITHUB_APP_KEY_FILE cannot be read: {error.strerror}. Cure: {file}") from error
