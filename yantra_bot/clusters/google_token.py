"""A token of a Google service account, by its key: asked for with a signed claim, kept until shortly before its end."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import jwt
from yarl import URL

from yantra_bot.clusters.log_requests import ask, read_base
from yantra_bot.errors import SettingsError, Transient
from yantra_bot.ports import Clock

SETTING: Final = "YANTRA_CLOUD_LOGGING_KEY_FILE"
NAME: Final = "Google's token server"
GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LIFETIME: Final = 3_600
SKEW: Final = 60
"""Seconds by which our clock may be ahead of Google's."""
EARLY_SECONDS: Final = 120.0


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """What a key file says."""

    project: str
    email: str
    key_id: str
    private_key: str = field(repr=False)
    token_url: URL


def read_account(path: Path) -> ServiceAccount:
    """Return the account of a key file. Raises SettingsError that says the cure and holds nothing of the key."""
    try:
        found = json.loads(path.read_text())
        if found["type"] != "service_account":
            raise SettingsError(
                f"{SETTING} is of the type {str(found['type'])[:40]!a}. Cure: make a service account's."
            )
        account = ServiceAccount(
            str(found["project_id"]),
            str(found["client_email"]),
            str(found["private_key_id"]),
            str(found["private_key"]),
            read_base(str(found["token_uri"]), f"token_uri of {SETTING}"),
        )
        jwt.get_algorithm_by_name("RS256").prepare_key(account.private_key)
    except OSError as problem:
        raise SettingsError(f"{SETTING} cannot be read ({type(problem).__name__}). Cure: name a key file.") from None
    except (KeyError, TypeError, ValueError, jwt.InvalidKeyError):
        raise SettingsError(f"{SETTING} is no service account's key. Cure: download its JSON anew.") from None
    return account


class GoogleToken:
    """Gives a token of one account for one scope."""

    def __init__(self, account: ServiceAccount, scope: str, clock: Clock) -> None:
        self._account, self._scope, self._clock = account, scope, clock
        self._token, self._until = "", 0.0

    async def get(self) -> str:
        """Return a token that is valid for a while. Raises Transient, UserError."""
        now = self._clock.now()
        if not self._token or now >= self._until:
            claims = {
                "iss": self._account.email,
                "scope": self._scope,
                "aud": str(self._account.token_url),
                "iat": int(now) - SKEW,
                "exp": int(now) - SKEW + LIFETIME,
            }
            signed = jwt.encode(claims, self._account.private_key, "RS256", headers={"kid": self._account.key_id})
            form = urlencode({"grant_type": GRANT, "assertion": signed}).encode()
            headers = {"content-type": "application/x-www-form-urlencoded"}
            self._keep(await ask(NAME, "POST", self._account.token_url, headers=headers, body=form), now)
        return self._token

    def _keep(self, answer: Any, now: float) -> None:
        try:
            self._token = str(answer["access_token"])
            self._until = now + float(answer["expires_in"]) - EARLY_SECONDS
        except (KeyError, TypeError, ValueError):
            raise Transient(f"{NAME} answers with no token.") from None
