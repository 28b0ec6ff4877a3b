"""A service of collective learning over a real connection, with a clock turned by hand, and who speaks to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import aiohttp
import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.collective_world import make_world
from yantra_bot.collective import identity
from yantra_bot.collective.client import Client, ClientSettings
from yantra_bot.collective.credentials import MOST_REST, Credentials
from yantra_bot.collective.messages import (
    CREDENTIAL,
    DIGEST,
    PATTERNS_PATH,
    SIGNATURE,
    digest_of,
    signed_part,
    write_submission,
)
from yantra_bot.collective.outbox import Origin, read_secret
from yantra_bot.collective.pattern import Pattern
from yantra_bot.collective.service import Service, ServiceSettings
from yantra_bot.collective.store import Store
from yantra_bot.webhooks.server import DoorLimits, listen

BASE, FEATURES = "0123456789ab", 1
NOW = 2_970.0 * identity.WEEK_SECONDS + 86_400.0
"""A day into a week."""
ENROLLED = "first-installation-0123456789"
OTHERS = tuple(f"installation-{number}-0123456789abcdef" for number in range(12))
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PUBLIC = identity.id_of(KEY)


class Clock:
    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += seconds


@dataclass
class Town:
    """A service with its clock and store, and a way to make clients of it."""

    url: str
    store: Store
    clock: Clock
    folder: Path

    def client(self, name: str = "one", **changes: str) -> Client:
        told = ClientSettings(self.url, PUBLIC, ENROLLED)
        return Client(self.folder / name, replace(told, **changes), self.clock)

    async def settle(self, client: Client) -> None:
        """Have what is due drawn, and let it rest."""
        credentials = Credentials(client.outbox.folder, self.clock)
        for _ in range(2):
            while credentials.due():
                assert await client.exchange() == 0
            if credentials.usable() is None:
                self.clock.at += MOST_REST

    async def post(self, path: str, body: bytes, **headers: str) -> tuple[int, str]:
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.url + path, data=body, headers=headers) as said,
        ):
            return said.status, await said.text()


@asynccontextmanager
async def open_town(
    folder: Path, *, limits: DoorLimits | None = None, proxies: tuple[str, ...] = (), body_seconds: float = 10.0
) -> AsyncIterator[Town]:
    """Open a service and the town around it."""
    store, clock = Store(folder / "patterns.db"), Clock()
    told = ServiceSettings(FEATURES, BASE, (ENROLLED, *OTHERS), proxies)
    served = Service(store, KEY, told, clock, body_seconds=body_seconds)
    async with listen(served.build(), host="127.0.0.1", port=0, limits=limits) as port:
        yield Town(f"http://127.0.0.1:{port}", store, clock, folder)


def draw(count: int = 20, seed: int = 1) -> list[Pattern]:
    chance = np.random.default_rng(seed)
    return make_world(chance, clients=1).draw(0, count, chance)


def fill(client: Client, patterns: list[Pattern], *, base: str = BASE) -> None:
    for one in patterns:
        client.outbox.put(one, Origin(FEATURES, base))


@dataclass(frozen=True)
class Speaker:
    """Who may speak, as an attacker has it in hands."""

    key: Ed25519PrivateKey
    credential: identity.Credential

    def heads(self, body: bytes, path: str = PATTERNS_PATH) -> dict[str, str]:
        header, digest = self.credential.to_header(), digest_of(body)
        signature = self.key.sign(signed_part(path, digest, header)).hex()
        return {CREDENTIAL: header, DIGEST: digest, SIGNATURE: signature}


async def speak(town: Town, name: str = "one", **changes: str) -> Speaker:
    client = town.client(name, **changes)
    fill(client, draw(1, seed=77))
    await town.settle(client)
    credential = Credentials(town.folder / name, town.clock).usable()
    assert credential is not None
    return Speaker(identity.key_of_week(read_secret(town.folder / name), credential.week), credential)


def write(patterns: list[Pattern]) -> bytes:
    return write_submission(tuple(patterns), features=FEATURES, base=BASE)
