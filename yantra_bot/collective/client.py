"""An installation's side: fetches the version it is to have, and sends what waits. Nothing here is in a hurry.

What the service says is a stranger's: sizes are bounded, redirects are not followed, and only what the pinned key
signed is used. Nothing is sent to a service that learns for other weights than these.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypedDict
from urllib.parse import urlsplit

import aiohttp
import structlog

from yantra_bot.collective import identity, updates
from yantra_bot.collective.head import Head
from yantra_bot.collective.messages import (
    BASE,
    ENROLMENT,
    MOST_PATTERNS,
    PATTERNS_PATH,
    SEALS_PATH,
    SIGNATURE,
    UPDATE_PATH,
    USER_AGENT,
    SealAnswer,
    SealRequest,
    read_seal_answer,
    seal_key_message,
    signed_part,
    write_submission,
)
from yantra_bot.collective.outbox import Origin, Outbox, read_secret
from yantra_bot.errors import Permanent, SettingsError, Transient, UserError, YantraError
from yantra_bot.ports import Clock
from yantra_bot.scoring.whole import write_whole

LEAST_TO_SEND: Final = 8
"""Fewer wait for more: what is sent at once cannot be tied to one run by its time."""
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


class _Speaker(TypedDict):
    week: int
    identity: str
    seal: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service said."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Client:
    """Speaks to the service. `folder` keeps the outbox, the secret, the week's seal, the version in use."""

    def __init__(self, folder: Path, settings: ClientSettings, clock: Clock) -> None:
        """Raise SettingsError for an address without TLS that is not this machine's own."""
        parts = urlsplit(settings.url)
        if parts.scheme != "https" and (parts.scheme != "http" or parts.hostname not in ("127.0.0.1", "::1")):
            raise SettingsError("collective_url has to begin with https://. Cure: correct it, or set collective=false.")
        self.outbox = Outbox(folder)
        self._folder, self._settings, self._clock = folder, settings, clock

    async def exchange(self) -> int:
        """Fetch what is new, send what waits; return how many patterns arrived. Raises YantraError.

        An installation that never had anything to share asks for nothing.
        """
        own = self.outbox.origin()
        if own is None:
            return 0
        if await self._fetch(own) != f"{own.features} {own.base}":
            raise Permanent("The service learns for other features or weights, and is sent nothing. Cure: upgrade.")
        waiting = sorted(self.outbox.waiting(), key=lambda one: one.digest)  # the order of runs is nobody's business
        sent = 0
        while len(waiting) - sent >= LEAST_TO_SEND:
            batch = tuple(waiting[sent : sent + MOST_PATTERNS])
            speaker = await self._speaker()
            await self._send(write_submission(batch, features=own.features, base=own.base, **speaker))
            self.outbox.remove({one.digest for one in batch})
            sent += len(batch)
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

    async def _fetch(self, own: Origin) -> str:
        """Take a newer version if there is one; return what the service learns for."""
        who = identity.id_of(identity.key_of_week(read_secret(self._folder), identity.week_of(self._clock.now())))
        newest = self.newest()
        answer = await self._ask("GET", f"{UPDATE_PATH}?id={who}&have={newest}", most=updates.MOST_BYTES)
        if answer.status == 200:
            manifest, _ = self._check(answer.body, own, newest=newest)
            write_whole(self._folder / "model.bin", answer.body)
            write_whole(self._folder / "newest", b"%d" % manifest.version)
            _log.info("a shared model was taken", version=manifest.version)
        elif answer.status != 204:
            raise Transient(f"The service of collective learning answers {answer.status}. Cure: wait.")
        return answer.headers.get(BASE, "")

    def _check(self, data: bytes, own: Origin, *, newest: int) -> tuple[updates.Manifest, Head]:
        key = self._settings.key
        return updates.read_update(data, key=key, features=own.features, base=own.base, newest=newest)

    async def _speaker(self) -> _Speaker:
        week = identity.week_of(self._clock.now())
        who = identity.id_of(identity.key_of_week(read_secret(self._folder), week))
        return {"week": week, "identity": who, "seal": await self._seal(week, who)}

    async def _seal(self, week: int, who: str) -> str:
        """Return this week's seal; asked for once."""
        path = self._folder / "seal"
        held = path.read_text().split() if path.exists() else []
        if held[:2] == [str(week), who]:
            return held[2]
        public = self._seal_key(await self._ask_seal(SealRequest(week=week, blinded=_digits(0))), week)
        blinding = self._folder / "blinding"  # kept, so that a kill between asking and hearing costs no week
        kept = blinding.read_text().split() if blinding.exists() else []
        if kept[:2] == [str(week), who]:
            blinded = identity.Blinded(int(kept[2], 16), int(kept[3], 16))
        else:
            blinded = identity.blind(public, who)
            write_whole(blinding, f"{week} {who} {blinded.asked:x} {blinded.factor:x}".encode())
        answer = await self._ask_seal(SealRequest(week=week, blinded=_digits(blinded.asked)))
        if self._seal_key(answer, week) != public or not answer.sealed:
            raise Permanent("The service's seal key changed within a week. Cure: tell who runs it.")
        seal = _digits(identity.unblind(public, blinded, int(answer.sealed, 16), who))
        write_whole(path, f"{week} {who} {seal}".encode())
        return seal

    def _seal_key(self, answer: SealAnswer, week: int) -> identity.SealKey:
        is_theirs = identity.is_signed(self._settings.key, answer.signature, seal_key_message(week, answer.modulus))
        if answer.week != week or not is_theirs:
            raise Permanent(
                "A seal key is not signed by the pinned key. Cure: check collective_url and collective_key."
            )
        return identity.SealKey(week, int(answer.modulus, 16))

    async def _ask_seal(self, said: SealRequest) -> SealAnswer:
        body, key = said.model_dump_json().encode(), self._settings.enrolment_key
        headers = {
            ENROLMENT: identity.name_enrolled(key),
            SIGNATURE: identity.sign_enrolled(key, signed_part(SEALS_PATH, body)),
        }
        return read_seal_answer((await self._told("POST", SEALS_PATH, body=body, headers=headers)).body)

    async def _send(self, body: bytes) -> None:
        week = json.loads(body)["week"]
        key = identity.key_of_week(read_secret(self._folder), week)
        headers = {SIGNATURE: key.sign(signed_part(PATTERNS_PATH, body)).hex()}
        await self._told("POST", PATTERNS_PATH, body=body, headers=headers)

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
                return Answer(answer.status, {BASE: answer.headers.get(BASE, "")}, bytes(data))
        except (aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError) as error:
            raise Transient(
                f"The service of collective learning cannot be reached ({type(error).__name__})."
            ) from error


def _digits(number: int) -> str:
    return f"{number:0{identity.SEAL_DIGITS}x}"
