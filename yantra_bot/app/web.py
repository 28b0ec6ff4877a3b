"""What of the web a model may read, out of the settings."""

from pydantic import SecretStr

from yantra_bot.runs.workshop import Web
from yantra_bot.settings import Settings
from yantra_bot.web.addresses import read_sites
from yantra_bot.web.pages import Pages


def open_web(settings: Settings) -> Web | None:
    """Return what reads pages of the operator's hosts; None where there are none. Raises SettingsError."""
    sites = read_sites(settings.fetch_hosts)
    if not sites:
        return None
    secrets = tuple(value.get_secret_value() for _, value in settings if isinstance(value, SecretStr))
    return Web(tuple(settings.fetch_hosts), Pages(sites, secrets=secrets, ca_file=settings.ca_file))
