"""The service of collective learning: takes patterns, hands out versions, seals ids. It answers strangers.

Order of looks: week, seal, signature, rate, all of the head alone; then size, digest, form, version, content of the
body. What fails one is told no more than which, and costs no more than the looks before. Addresses are counted while a
body is read, and none is written down.
"""

import asyncio
import hashlib
import json
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from yantra_bot.collective import identity
from yantra_bot.collective.gate import BODY_SECONDS, Gate
from yantra_bot.collective.identity import Credential, Sealer
from yantra_bot.collective.messages import (
    BASE,
    CREDENTIAL,
    DIGEST,
    ENROLMENT,
    FIRST,
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
from yantra_bot.collective.releasing import is_first
from yantra_bot.collective.screening import MOST_PATTERNS
from yantra_bot.collective.store import ALL, Store, Version
from yantra_bot.collective.store import FIRST as TO_FIRST
from yantra_bot.collective.updates import KEPT_CHANGES, Manifest, write_update
from yantra_bot.errors import Transient, UserError
from yantra_bot.ports import Clock

SUBMISSIONS_AN_HOUR: Final = 60
_MOST_REMEMBERED: Final = 10_000
_SIGNED_KEPT: Final = 3
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """What the service learns for, and whom it hears."""

    features: int
    base: str
    enrolment_keys: Sequence[str]
    proxies: Collection[str] = ()
    """Addresses whose X-Forwarded-For is believed."""


class _Refused(Exception):
    """Ends a request; carries its answer."""

    def __init__(self, status: int, problem: str, **told: object) -> None:
        super().__init__(problem)
        self.answer = _answer(status, {"problem": problem, **told})


class Service:
    """Handles the requests."""

    def __init__(
        self,
        store: Store,
        key: Ed25519PrivateKey,
        settings: ServiceSettings,
        clock: Clock,
        *,
        body_seconds: float = BODY_SECONDS,
    ) -> None:
        self._store, self._key, self._settings, self._clock = store, key, settings, clock
        self._enrolled: Mapping[str, str] = {identity.name_enrolled(one): one for one in settings.enrolment_keys}
        self._recent: dict[str, deque[float]] = {}
        self._gate = Gate(settings.proxies, seconds=body_seconds)
        self._sealers: dict[int, Sealer] = {}
        self._making = asyncio.Lock()
        self._signed: dict[int, bytes] = {}

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
        now = self._clock.now()
        who = await self._recognise(request, PATTERNS_PATH, now)
        if not self._may(who.identity, now):
            return web.json_response({"problem": "rate"}, status=429, headers={"Retry-After": "3600"})
        said = read_submission(await self._gate.read(request))
        if (said.features, said.base) != (self._settings.features, self._settings.base):
            return _answer(409, {"problem": "version"})
        patterns = said.read()
        new = await asyncio.to_thread(self._store.add, who.week, who.identity, patterns, at=now, most=MOST_PATTERNS)
        return _answer(202, {"stored": new})

    async def seal(self, request: web.Request) -> web.Response:
        """Seal a week's id blindly for who is enrolled; one a week each, and the same one as often as it is asked."""
        name = _one(request, ENROLMENT)
        key = self._enrolled.get(name)
        expected = identity.sign_enrolled(key or "nobody", signed_part(SEALS_PATH, _one(request, DIGEST)))
        if not identity.is_same(expected, _one(request, SIGNATURE)) or key is None:
            return _answer(401, {"problem": "enrolment"})
        said = read_seal_request(await self._gate.read(request))
        now = self._clock.now()
        if not identity.is_sealable(said.week, now):
            return _answer(409, {"problem": "week", "week": identity.week_of(now)})
        sealer = await self._sealer(said.week)
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
        """Hand out the version that all have, or to a sealed id the one that it has first; 204 where it is not newer.

        Who asks without a credential learns whether there is one to ask with a credential for.
        """
        have, headers = request.query.get("have", "0"), {BASE: f"{self._settings.features} {self._settings.base}"}
        is_known = CREDENTIAL in request.headers
        who = (await self._recognise(request, UPDATE_PATH, self._clock.now())).identity if is_known else ""
        versions = await asyncio.to_thread(self._store.versions)
        if (waiting := next((one for one in versions if one.stage == TO_FIRST), None)) is not None:
            headers[FIRST] = str(waiting.version)
        chosen = choose_version(versions, who)
        if chosen is None or not (have.isascii() and have.isdigit()) or chosen.version <= int(have[:9]):
            return web.Response(status=204, headers=headers)
        data = await asyncio.to_thread(self._sign, chosen)
        return web.Response(body=data, headers=headers, content_type="application/octet-stream")

    def _sign(self, version: Version) -> bytes:
        if version.version not in self._signed:
            manifest = Manifest(
                version=version.version,
                features=self._settings.features,
                base=self._settings.base,
                issued=int(version.at),
                digest=hashlib.sha256(version.weights).hexdigest(),
                changes=self._store.changes(KEPT_CHANGES),
            )
            update = write_update(self._key, manifest, version.weights)
            newest = {old: data for old, data in self._signed.items() if old > version.version - _SIGNED_KEPT}
            self._signed = newest | {version.version: update}
            return update
        return self._signed[version.version]

    async def _recognise(self, request: web.Request, path: str, now: float) -> Credential:
        """Return the credential of a request, by its head alone; raise _Refused for one that is none."""
        header = _one(request, CREDENTIAL)
        said = identity.read_credential(header)
        if said is None:
            raise _Refused(401, "seal")
        if not identity.is_open(said.week, now):
            raise _Refused(409, "week", week=identity.week_of(now))
        if not identity.is_sealed((await self._sealer(said.week)).public, said.identity, int(said.seal, 16)):
            raise _Refused(401, "seal")
        message = signed_part(path, _one(request, DIGEST), header)
        if not identity.is_signed(said.identity, _one(request, SIGNATURE), message):
            raise _Refused(401, "signature")
        return said

    async def _sealer(self, week: int) -> Sealer:
        """Return a week's sealer; read once, since that takes a tenth of a second, which no stranger is to cost."""
        async with self._making:
            if week not in self._sealers:
                made = await asyncio.to_thread(lambda: Sealer(week, self._store.seal_pem(week, identity.make_pem)))
                self._sealers = {old: one for old, one in self._sealers.items() if old >= week - 2} | {week: made}
            return self._sealers[week]

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
        if one.stage == ALL or (one.stage == TO_FIRST and who and is_first(one.secret, who)):
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
    except _Refused as refused:
        return refused.answer
    except UserError as error:
        _log.info("a submission was refused", problem=str(error))
        return _answer(400, {"problem": "form"})
    except (Transient, TimeoutError) as error:
        _log.warning("a submission could not be taken", problem=str(error))
        return web.json_response({"problem": "later"}, status=503, headers={"Retry-After": "60"})


async def _healthy(_request: web.Request) -> web.Response:
    return web.Response(text="ok\n")
