"""An installation's side: fetches the version it is to have, and sends what waits. Nothing here is in a hurry.

What the service says is a stranger's: sizes are bounded, redirects are not followed, and only what the pinned key
signed is used. Nothing is sent to a service that learns for other weights than these. In an exchange in which a
credential is drawn nothing is sent, and who asks for updates is not said where all get the same.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import aiohttp
import structlog

from yantra_bot.collective import identity, updates
from yantra_bot.collective.credentials import Credentials
from yantra_bot.collective.head import Head
from yantra_bot.collective.identity import Credential
from yantra_bot.collective.messages import (
    BASE,
    CREDENTIAL,
    DIGEST,
    ENROLMENT,
    FIRST,
    MOST_PATTERNS,
    PATTERNS_PATH,
    SEALS_PATH,
    SIGNATURE,
    UPDATE_PATH,
    USER_AGENT,
    SealAnswer,
    SealRequest,
    digest_of,
    read_seal_answer,
    seal_key_message,
    signed_part,
    write_submission,
)
from yantra_bot.collective.outbox import Origin, Outbox
from yantra_bot.errors import Permanent, SettingsError, Transient, UserError, YantraError
from yantra_bot.ports import Clock
from yantra_bot.scoring.whole import write_whole

LEAST_TO_SEND: Final = 8
"""Fewer wait for more: what is sent at once cannot be tied to one run by its time."""
MOST_A_WEEK: Final = 500
"""Patterns of a week, as many as the service counts: what a worker might smuggle has a bound."""
SECONDS: Final = 30.0
_MOST_ANSWER: Final = 64 * 1024
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """Where patterns go, and whom updates are believed from."""

    url: str
    key: str
    """The service's public key, 64 hexadecimal digits."""
    enrolment_key: str

    def __repr__(self) -> str:
        return f"ClientSettings(url={self.url!r}, …)"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service said."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Client:
    """Speaks to the service. `folder` keeps the outbox, the secret, the credentials, the version in use."""

    def __init__(self, folder: Path, settings: ClientSettings, clock: Clock) -> None:
        """Raise SettingsError for an address without TLS that is not this machine's own."""
        parts = urlsplit(settings.url)
        if parts.scheme != "https" and (parts.scheme != "http" or parts.hostname not in ("127.0.0.1", "::1")):
            raise SettingsError("collective_url has to begin with https://. Cure: correct it, or set collective=false.")
        self.outbox = Outbox(folder)
        self._credentials = Credentials(folder, clock)
        self._folder, self._settings, self._clock = folder, settings, clock

    async def exchange(self) -> int:
        """Fetch what is new, send what waits; return how many patterns arrived. Raises YantraError.

        An installation that never had anything to share asks for nothing.
        """
        own = self.outbox.origin()
        if own is None:
            return 0
        due, who = self._credentials.due(), self._credentials.usable()
        if await self._fetch(own, None if due else who) != f"{own.features} {own.base}":
            raise Permanent("The service learns for other features or weights, and is sent nothing. Cure: upgrade.")
        for week in due:
            await self._draw(week)
        return 0 if due or who is None else await self._send(own, who)

    async def _send(self, own: Origin, who: Credential) -> int:
        room = self._credentials.room(who.week, MOST_A_WEEK)
        waiting = sorted(self.outbox.waiting(), key=lambda one: one.digest)  # the order of runs is nobody's business
        sent = 0
        while min(len(waiting) - sent, room - sent) >= LEAST_TO_SEND:
            batch = tuple(waiting[sent : min(sent + MOST_PATTERNS, room)])
            body = write_submission(batch, features=own.features, base=own.base)
            await self._told("POST", PATTERNS_PATH, body=body, headers=self._sign(who, PATTERNS_PATH, body))
            self.outbox.remove({one.digest for one in batch})
            sent += len(batch)
            self._credentials.count(who.week, room - sent, MOST_A_WEEK)
        return sent

    def model(self) -> tuple[updates.Manifest, Head] | None:
        """Return the version in use; None where there is none that can be used. Nothing is asked for."""
        path, own = self._folder / "model.bin", self.outbox.origin()
        if own is None:
            return None
        try:
            return self._check(path.read_bytes(), own, newest=-1)
        except FileNotFoundError:
            return None
        except YantraError as problem:
            _log.warning("the shared model is not used", problem=str(problem))
            return None

    def newest(self) -> int:
        """Return the highest version that was ever taken."""
        try:
            kept = int((self._folder / "newest").read_text())
        except (FileNotFoundError, ValueError):
            kept = 0
        held = self.model()
        return max(kept, held[0].version if held else 0)

    async def _fetch(self, own: Origin, who: Credential | None) -> str:
        """Take a newer version if there is one; return what the service learns for.

        The credential is told only where there is a version that a tenth has first.
        """
        answer = await self._take_newer(own, {})
        first = answer.headers.get(FIRST, "")
        if who is not None and first.isascii() and first.isdigit() and int(first[:9]) > self.newest():
            await self._take_newer(own, self._sign(who, UPDATE_PATH))
        return answer.headers.get(BASE, "")

    async def _take_newer(self, own: Origin, headers: Mapping[str, str]) -> Answer:
        newest = self.newest()
        path = f"{UPDATE_PATH}?have={newest}"
        answer = await self._ask("GET", path, headers=headers, most=updates.MOST_BYTES)
        if answer.status == 200:
            manifest, _ = self._check(answer.body, own, newest=newest)
            write_whole(self._folder / "model.bin", answer.body)
            write_whole(self._folder / "newest", b"%d" % manifest.version)
            _log.info("a shared model was taken", version=manifest.version)
        elif answer.status != 204:
            raise Transient(f"The service of collective learning answers {answer.status}. Cure: wait.")
        return answer

    def _check(self, data: bytes, own: Origin, *, newest: int) -> tuple[updates.Manifest, Head]:
        key = self._settings.key
        return updates.read_update(data, key=key, features=own.features, base=own.base, newest=newest)

    async def _draw(self, week: int) -> None:
        """Have a week's id sealed; first the key is asked for, since what is asked is hidden by it."""
        public = self._seal_key(await self._ask_seal(SealRequest(week=week, blinded=_digits(0))), week)
        asked = self._credentials.ask(public).asked
        answer = await self._ask_seal(SealRequest(week=week, blinded=_digits(asked)))
        if self._seal_key(answer, week) != public or not answer.sealed:
            raise Permanent("The service's seal key changed within a week. Cure: tell who runs it.")
        self._credentials.keep(public, int(answer.sealed, 16))

    def _seal_key(self, answer: SealAnswer, week: int) -> identity.SealKey:
        is_theirs = identity.is_signed(self._settings.key, answer.signature, seal_key_message(week, answer.modulus))
        if answer.week != week or not is_theirs:
            raise Permanent(
                "A seal key is not signed by the pinned key. Cure: check collective_url and collective_key."
            )
        return identity.read_seal_key(week, answer.modulus)

    async def _ask_seal(self, said: SealRequest) -> SealAnswer:
        body, key = said.model_dump_json().encode(), self._settings.enrolment_key
        digest = digest_of(body)
        headers = {
            ENROLMENT: identity.name_enrolled(key),
            DIGEST: digest,
            SIGNATURE: identity.sign_enrolled(key, signed_part(SEALS_PATH, digest)),
        }
        return read_seal_answer((await self._told("POST", SEALS_PATH, body=body, headers=headers)).body)

    def _sign(self, who: Credential, path: str, body: bytes = b"") -> dict[str, str]:
        digest, header = digest_of(body), who.to_header()
        signature = self._credentials.key(who.week).sign(signed_part(path, digest, header)).hex()
        return {CREDENTIAL: header, DIGEST: digest, SIGNATURE: signature}

    async def _told(self, method: str, path: str, *, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Return an answer that is a yes; raise what a no means."""
        answer = await self._ask(method, path, body=body, headers=headers)
        if answer.status in (200, 202):
            return answer
        if answer.status in (429, 503) or answer.status >= 500:
            raise Transient(f"The service of collective learning is busy ({answer.status}). Cure: wait.")
        try:
            problem = str(json.loads(answer.body)["problem"])[:20]
        except (ValueError, KeyError, TypeError):
            problem = "?"
        cures = {"week": "set this machine's clock", "enrolment": "set collective_enrolment_key anew"}
        raise UserError(f"The service refuses: {problem!a}. Cure: {cures.get(problem, 'upgrade this installation')}.")

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        most: int = _MOST_ANSWER,
    ) -> Answer:
        told = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity", **(headers or {})}
        if body:
            told["Content-Type"] = "application/json"
        try:
            async with (
                aiohttp.ClientSession(
                    timeout=aiohttp.ClientTimeout(total=SECONDS), cookie_jar=aiohttp.DummyCookieJar(), trust_env=True
                ) as session,
                session.request(
                    method,
                    self._settings.url.rstrip("/") + path,
                    data=body or None,
                    headers=told,
                    allow_redirects=False,
                ) as answer,
            ):
                data = bytearray()
                while len(data) <= most and (part := await answer.content.readany()):
                    data += part
                if len(data) > most:
                    raise Permanent(
                        "The service of collective learning says too much at once. Cure: check its address."
                    )
                heard = {name: answer.headers.get(name, "") for name in (BASE, FIRST)}
                return Answer(answer.status, heard, bytes(data))
        except (aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError) as error:
            raise Transient(
                f"The service of collective learning cannot be reached ({type(error).__name__})."
            ) from error


def _digits(number: int) -> str:
    return f"{number:0{identity.SEAL_DIGITS}x}"
