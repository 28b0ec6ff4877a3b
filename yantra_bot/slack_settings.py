"""The operator's settings of Slack; `settings.Settings` has them with all others."""

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from yantra_bot.errors import SettingsError
from yantra_bot.memory_settings import Secrets
from yantra_bot.model_settings import Words

LEAST_SECRET = 16


class SlackSettings(BaseSettings):
    """What may be set about Slack. Without a bot token there is none."""

    model_config = SettingsConfigDict(use_attribute_docstrings=True)

    slack_signing_secrets: Secrets = ()
    """Signing secrets of the Slack app that are valid now, comma separated. With one, /webhooks/slack is open."""
    slack_bot_token: SecretStr = SecretStr("")
    """The Slack app's bot token (xoxb-…), with which the bot speaks there. None: no Slack."""
    slack_app_token: SecretStr = SecretStr("")
    """An app-level token (xapp-…) with connections:write: Slack is listened to by Socket Mode, and needs no address of
    this server. Use either this or slack_signing_secrets."""
    slack_teams: Words = ()
    """Ids of the workspaces (T…) whose people may speak to the bot; nobody else is heard."""
    slack_users: Words = ()
    """Ids of the people (U…) who may speak to the bot. Default: everybody of those workspaces but guests."""
    slack_alert_channel: str = ""
    """Id of the channel (C…) that hears of what nobody may miss, such as a roll-back that failed. Default: none."""
    slack_url: str = "https://slack.com/api/"
    """Base of Slack's Web API; https://slack-gov.com/api/ for GovSlack."""
    slack_hooks_url: str = "https://hooks.slack.com"
    """Where answers to one person may be left; nothing is sent to another host, whatever a request names."""


def has_slack(settings: SlackSettings) -> bool:
    """Say whether the bot speaks in Slack."""
    return bool(settings.slack_bot_token.get_secret_value())


def check_slack_settings(settings: SlackSettings) -> None:
    """Raise SettingsError where something of Slack is set, and something that it needs is not."""
    hears = bool(settings.slack_signing_secrets or settings.slack_app_token.get_secret_value())
    if not has_slack(settings):
        if hears:
            raise SettingsError(
                "YANTRA_SLACK_BOT_TOKEN is empty, so nothing could be answered in Slack. Cure: set it to the app's bot "
                "token (xoxb-…), or remove the other settings of Slack."
            )
        return
    if not hears:
        raise SettingsError(
            "Slack is not listened to. Cure: set YANTRA_SLACK_SIGNING_SECRETS, or YANTRA_SLACK_APP_TOKEN (xapp-…)."
        )
    if not settings.slack_teams:
        raise SettingsError(
            "YANTRA_SLACK_TEAMS is empty, so nobody in Slack would be heard. Cure: set it to your workspace's id (T…)."
        )
    if any(len(secret.get_secret_value()) < LEAST_SECRET for secret in settings.slack_signing_secrets):
        raise SettingsError(
            "YANTRA_SLACK_SIGNING_SECRETS has a secret that can be guessed. Cure: copy the app's from Slack's page."
        )
