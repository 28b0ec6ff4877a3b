"""The service of collective learning: takes patterns, hands out versions, seals ids. It answers strangers.

Order of looks: size, form, week, version, seal, signature, content; what fails one is told no more than which. It
learns nobody's address by name and writes none down.
"""

import asyncio
import hashlib
import json
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from yantra_bot.collective import identity
from yantra_bot.collective.messages import (
    BASE,
    ENROLMENT,
    MOST_BYTES,
    PATTERNS_PATH,
    SEALS_PATH,
    SIGNATURE,
    UPDATE_PATH,
    SealAnswer,
    read_seal_request,
    read_submission,
    seal_key_message,
    signed_part,
)
from yantra_bot.collective.screening import MOST_PATTERNS
from yantra_bot.collective.store import ALL, FIRST, Store, Version
from yantra_bot.collective.updates import KEPT_CHANGES, Manifest, is_first, write_update
from yantra_bot.errors import Transient, UserError
from yantra_bot.ports import Clock

BODY_SECONDS: Final = 10.0
SUBMISSIONS_AN_HOUR: Final = 60
BODIES_AT_ONCE: Final = 32
_MOST_REMEMBERED: Final = 10_000
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """What the service learns for, and whom it hears."""

    features: int
    base: str
    enrolment_keys: Sequence[str]


class Service:
    """Handles the requests."""

    def __init__(self, store: Store, key: Ed25519PrivateKey, settings: ServiceSettings, clock: Clock) -> None:
        self._store, self._key, self._settings, self._clock = store, key, settings, clock
        self._enrolled: Mapping[str, str] = {identity.name_enrolled(one): one for one in settings.enrolment_keys}
        self._recent: dict[str, deque[float]] = {}
        self._bodies = asyncio.Semaphore(BODIES_AT_ONCE)
        self._signed: tuple[int, bytes] = (0, b"")

    def build(self) -> web.Application:
        """Return the application."""
        app = web.Application(client_max_size=MOST_BYTES, middlewares=[_refuse])
        app.router.add_post(PATTERNS_PATH, self.take)
        app.router.add_post(SEALS_PATH, self.seal)
        app.router.add_get(UPDATE_PATH, self.hand_out)
        app.router.add_get("/healthz", _healthy)
        return app

    async def take(self, request: web.Request) -> web.Response:
        """Take a submission; the same one again stores nothing and is answered alike."""
        body = await self._read(request)
        said = read_submission(body)
        now = self._clock.now()
        if not identity.is_open(said.week, now):
            return _answer(409, {"problem": "week", "week": identity.week_of(now)})
        if (said.features, said.base) != (self._settings.features, self._settings.base):
            return _answer(409, {"problem": "version"})
        sealer = await asyncio.to_thread(self._sealer, said.week)
        if not identity.is_sealed(sealer.public, said.id, int(said.seal, 16)):
            return _answer(401, {"problem": "seal"})
        if not identity.is_signed(said.id, _one(request, SIGNATURE), signed_part(PATTERNS_PATH, body)):
            return _answer(401, {"problem": "signature"})
        if not self._may(said.id, now):
            return web.json_response({"problem": "rate"}, status=429, headers={"Retry-After": "3600"})
        patterns = said.read()
        new = await asyncio.to_thread(self._store.add, said.week, said.id, patterns, at=now, most=MOST_PATTERNS)
        return _answer(202, {"stored": new})

    async def seal(self, request: web.Request) -> web.Response:
        """Seal a week's id blindly for who is enrolled; one a week each, and the same one as often as it is asked."""
        body = await self._read(request)
        name = _one(request, ENROLMENT)
        key = self._enrolled.get(name)
        expected = identity.sign_enrolled(key or "nobody", signed_part(SEALS_PATH, body))
        if not identity.is_same(expected, _one(request, SIGNATURE)) or key is None:
            return _answer(401, {"problem": "enrolment"})
        said = read_seal_request(body)
        now = self._clock.now()
        if not identity.is_open(said.week, now):
            return _answer(409, {"problem": "week", "week": identity.week_of(now)})
        sealer = await asyncio.to_thread(self._sealer, said.week)
        asked, sealed = int(said.blinded, 16), ""
        if asked:  # a first question, with 0, is for the key alone
            if not await asyncio.to_thread(self._store.grant, said.week, name, said.blinded):
                return _answer(429, {"problem": "one a week"})
            sealed = _digits(await asyncio.to_thread(sealer.seal, asked))
        modulus = _digits(sealer.public.modulus)
        signature = self._key.sign(seal_key_message(said.week, modulus)).hex()
        told = SealAnswer(week=said.week, modulus=modulus, signature=signature, sealed=sealed)
        return web.Response(body=told.model_dump_json().encode(), content_type="application/json")

    async def hand_out(self, request: web.Request) -> web.Response:
        """Hand out the version that an id is to have; 204 where there is none newer than what it has."""
        who, have = request.query.get("id", "")[: identity.ID_DIGITS], request.query.get("have", "0")
        headers = {BASE: f"{self._settings.features} {self._settings.base}"}
        chosen = choose_version(await asyncio.to_thread(self._store.versions), who)
        if chosen is None or not (have.isascii() and have.isdigit()) or chosen.version <= int(have[:9]):
            return web.Response(status=204, headers=headers)
        data = await asyncio.to_thread(self._sign, chosen)
        return web.Response(body=data, headers=headers, content_type="application/octet-stream")

    def _sign(self, version: Version) -> bytes:
        if self._signed[0] != version.version:
            manifest = Manifest(
                version=version.version,
                features=self._settings.features,
                base=self._settings.base,
                issued=int(version.at),
                digest=hashlib.sha256(version.weights).hexdigest(),
                changes=self._store.changes(KEPT_CHANGES),
            )
            self._signed = (version.version, write_update(self._key, manifest, version.weights))
        return self._signed[1]

    def _sealer(self, week: int) -> identity.Sealer:
        return identity.Sealer(week, self._store.seal_pem(week, identity.make_pem))

    async def _read(self, request: web.Request) -> bytes:
        async with self._bodies, asyncio.timeout(BODY_SECONDS):
            return await request.read()

    def _may(self, client: str, now: float) -> bool:
        """Return whether an id may say more this hour. Only sealed ids are remembered, so nobody can fill it."""
        if len(self._recent) > _MOST_REMEMBERED:
            self._recent = {name: times for name, times in self._recent.items() if times[-1] > now - 3_600}
        times = self._recent.setdefault(client, deque(maxlen=SUBMISSIONS_AN_HOUR))
        if len(times) == SUBMISSIONS_AN_HOUR and times[0] > now - 3_600:
            return False
        times.append(now)
        return True


def choose_version(versions: Sequence[Version], who: str) -> Version | None:
    """Return the newest version that an id is to have; `versions` are the newest first."""
    for one in versions:
        if one.stage == ALL or (one.stage == FIRST and who and is_first(who, one.version)):
            return one
    return None


def _one(request: web.Request, name: str) -> str:
    found = request.headers.getall(name, [])
    return found[0] if len(found) == 1 else ""


def _digits(number: int) -> str:
    return f"{number:0{identity.SEAL_DIGITS}x}"


def _answer(status: int, said: Mapping[str, object]) -> web.Response:
    return web.Response(status=status, text=json.dumps(said), content_type="application/json")


@web.middleware
async def _refuse(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except UserError as error:
        _log.info("a submission was refused", problem=str(error))
        return _answer(400, {"problem": "form"})
    except (Transient, TimeoutError) as error:
        _log.warning("a submission could not be taken", problem=str(error))
        return web.json_response({"problem": "later"}, status=503, headers={"Retry-After": "60"})


async def _healthy(_request: web.Request) -> web.Response:
    return web.Response(text="ok\n")
