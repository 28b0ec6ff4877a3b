"""Asks the detectors of detect-secrets about a line, for the shapes that our own table does not have.

Only their pure functions are called: nothing is verified over a network, and no settings of a repository are read.
"""

from collections.abc import Callable, Iterable
from functools import cache

_DETECTORS = {
    "artifactory": ("ArtifactoryDetector", "Artifactory token"),
    "cloudant": ("CloudantDetector", "Cloudant key"),
    "discord": ("DiscordBotTokenDetector", "Discord bot token"),
    "ibm_cloud_iam": ("IbmCloudIamDetector", "IBM Cloud key"),
    "ibm_cos_hmac": ("IbmCosHmacDetector", "IBM object storage key"),
    "mailchimp": ("MailchimpDetector", "Mailchimp key"),
    "npm": ("NpmDetector", "npm token"),
    "softlayer": ("SoftlayerDetector", "SoftLayer key"),
    "square_oauth": ("SquareOAuthDetector", "Square secret"),
    "twilio": ("TwilioKeyDetector", "Twilio key"),
}


@cache
def _detectors() -> tuple[tuple[str, str, Callable[[str], Iterable[str]]], ...]:
    from importlib import import_module

    return tuple(
        (
            module.replace("_", "-"),
            title,
            getattr(import_module(f"detect_secrets.plugins.{module}"), name)().analyze_string,
        )
        for module, (name, title) in _DETECTORS.items()
    )


def ask_detectors(line: str) -> list[tuple[str, str, str]]:
    """Return triples of a kind, its title and the secret in the line."""
    return [(kind, title, value) for kind, title, ask in _detectors() for value in ask(line) if isinstance(value, str)]
