"""Puts learning together together: an installation's side in control, and the service with its training process."""

import asyncio
import os
import random
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, Final

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from yantra_bot.app.home import Home
from yantra_bot.clock import SystemClock
from yantra_bot.collective.client import Client, ClientSettings
from yantra_bot.collective.service import Service, ServiceSettings
from yantra_bot.collective.store import FIRST, Store
from yantra_bot.collective_settings import check_collective_settings
from yantra_bot.errors import SettingsError, YantraError
from yantra_bot.ports import Clock
from yantra_bot.settings import PREFIX, Settings
from yantra_bot.webhooks.server import DoorLimits, listen

EXCHANGE_SECONDS: Final = 6 * 3_600.0
"""Between two exchanges, give or take half of it, so that the time of one tells nothing of a run."""
LOOK_SECONDS: Final = 3_600.0
WEEK_SECONDS: Final = 7 * 86_400.0
JOB_SECONDS: Final = 3_600.0
SHORTEST_KEY: Final = 24
HEAD_SECONDS: Final = 10.0
CONNECTIONS_EACH: Final = 16
"""Of one address, but for a proxy's."""
_log = structlog.get_logger()


def open_client(settings: Settings, home: Home, clock: Clock) -> Client | None:
    """Return the installation's side; None where it is off. Raises SettingsError for what it has to be told."""
    if not settings.collective:
        return None
    check_collective_settings(settings)
    enrolment_key = settings.collective_enrolment_key.get_secret_value()
    told = ClientSettings(settings.collective_url, settings.collective_key, enrolment_key)
    return Client(home.collective, told, clock)


def sharing(settings: Settings, home: Home, clock: Clock) -> Sequence[Coroutine[Any, Any, None]]:
    """Return what shares for as long as control runs; nothing where it is off."""
    client = open_client(settings, home, clock)
    return [] if client is None else [share(client, clock)]


async def share(client: Client, clock: Clock) -> None:
    """Exchange now and again until cancelled; a service that is away is asked again later."""
    while True:
        await clock.sleep(EXCHANGE_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311 (spreads load, hides nothing)
        try:
            sent = await client.exchange()
            _log.info("patterns shared", patterns=sent, version=client.newest())
        except (YantraError, OSError) as problem:
            _log.warning("patterns not shared", problem=str(problem))
        except Exception:  # noqa: BLE001 (a service says what it likes: nothing of it may end control)
            _log.exception("sharing patterns failed")


async def serve_collective(
    settings: Settings, stop: asyncio.Event, *, features: int, on_listening: Callable[[int], None]
) -> None:
    """Run the service until `stop` is set. Raises SettingsError for what it has to be told."""
    key = read_signing_key(settings.collective_signing_key_file)
    enrolled = tuple(one.get_secret_value() for one in settings.collective_enrolment_keys)
    if not enrolled or min(len(one) for one in enrolled) < SHORTEST_KEY:
        raise SettingsError(
            f"{PREFIX}COLLECTIVE_ENROLMENT_KEYS is empty, or has a key that can be guessed. Cure: `yantra collective "
            "enrol` makes one for each installation."
        )
    if not settings.collective_base:
        raise SettingsError(f"{PREFIX}COLLECTIVE_BASE is empty. Cure: set it to the version of the score file.")
    folder = Home(settings.home).lay_out().collective
    folder.mkdir(mode=0o700, exist_ok=True)
    store, clock = Store(folder / "patterns.sqlite"), SystemClock()
    told = ServiceSettings(features, settings.collective_base, enrolled, settings.collective_proxies)
    limits = DoorLimits(idle_seconds=HEAD_SECONDS, each=CONNECTIONS_EACH, exempt=frozenset(settings.collective_proxies))
    training = asyncio.create_task(train(store, folder / "patterns.sqlite", clock, each=settings.collective_patterns))
    try:
        app = Service(store, key, told, clock).build()
        async with listen(app, host=settings.host, port=settings.port, limits=limits) as port:
            on_listening(port)
            await stop.wait()
    finally:
        training.cancel()
        await asyncio.gather(training, return_exceptions=True)


async def train(store: Store, path: Path, clock: Clock, *, each: int) -> None:
    """Look hourly whether a training, or a decision on a version, is due, and have it done in a process of its own."""
    tried = -each
    while True:
        try:
            count = await asyncio.to_thread(store.count)
            if is_due(store, now=clock.now(), new=count - tried, each=each):
                tried = count
                await run_job(path, clock.now())
        except (YantraError, OSError) as problem:
            _log.warning("the central model was not trained", problem=str(problem))
        await clock.sleep(LOOK_SECONDS)


def is_due(store: Store, *, now: float, new: int, each: int) -> bool:
    """Return whether there is something to do: a version to decide on, enough new patterns, or a week gone by."""
    versions = store.versions()
    last = max([one.at for one in versions] + [one.at for one in store.changes(1)], default=0)
    return any(one.stage == FIRST for one in versions) or new >= each or now - last >= WEEK_SECONDS


async def run_job(path: Path, now: float) -> None:
    """Run the training in its own process, without this one's environment; it ends it after an hour."""
    job = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "yantra_bot.collective.job", str(path), repr(now)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        env={"PATH": os.environ.get("PATH", ""), "OPENBLAS_NUM_THREADS": "1"},
    )
    try:
        async with asyncio.timeout(JOB_SECONDS):
            said, _ = await job.communicate()
    finally:
        if job.returncode is None:
            job.kill()
            await job.wait()
    _log.info("central training", status=job.returncode, said=said.decode(errors="replace").strip()[:300])


def read_signing_key(file: Path | None) -> Ed25519PrivateKey:
    """Return the service's private key; raise SettingsError where it is missing, open to others, or none."""
    name = f"{PREFIX}COLLECTIVE_SIGNING_KEY_FILE"
    if file is None:
        raise SettingsError(f"{name} is empty. Cure: make a key with `yantra collective keys FILE`, and name it there.")
    try:
        if file.stat().st_mode & 0o077:
            raise SettingsError(f"{name} can be read by others. Cure: chmod 600 {file}")
        key = load_pem_private_key(file.read_bytes(), password=None)
    except OSError as error:
        raise SettingsError(f"{name} cannot be read: {error.strerror}. Cure: {file}") from error
    except (ValueError, TypeError) as error:
        raise SettingsError(f"{name} holds no key. Cure: make one with `yantra collective keys FILE`.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise SettingsError(f"{name} holds a key of another kind. Cure: make one with `yantra collective keys FILE`.")
    return key
