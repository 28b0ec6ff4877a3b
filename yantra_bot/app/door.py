"""The door process: webhooks in, pages out. Holds webhook secrets and nothing else; works on nothing."""

import asyncio
import contextlib
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry
from pydantic import BaseModel, ConfigDict, SecretStr

from yantra_bot.app.home import Home
from yantra_bot.clock import SystemClock
from yantra_bot.dashboard.pictures import PICTURE_HEADERS, find_media
from yantra_bot.dashboard.run_page import HEADERS, render
from yantra_bot.errors import Permanent, SettingsError, Transient
from yantra_bot.runs.deploying.telling import NOTE as DEPLOYMENT
from yantra_bot.runs.records import Records
from yantra_bot.settings import Settings
from yantra_bot.webhooks.alert_door import (
    ALERTMANAGER_PATH,
    ALERTS_PATH,
    SENTRY_PATH,
    AlertmanagerDoor,
    SentryDoor,
    SignedDoor,
)
from yantra_bot.webhooks.github_door import GitHubDoor
from yantra_bot.webhooks.inbox import open_inbox
from yantra_bot.webhooks.metrics import DoorMetrics
from yantra_bot.webhooks.policy import Rules, WorkedOn, screen
from yantra_bot.webhooks.server import build_app, serve
from yantra_bot.webhooks.slack_door import SLACK_PATH, SlackDoor

MIN_FREE_BYTES = 8 * 1024 * 1024
"""Room on the disk below which this installation asks for no more work."""
HEARTBEAT_SECONDS = 1.0
STALE_SECONDS = 15.0

_log = structlog.get_logger()


class DoorPart(BaseModel):
    """The settings that the door is given: no key of an App, a model or a cluster is among them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    state_folder: Path
    host: str
    port: int
    webhook_secrets: tuple[str, ...]
    handle: str
    repositories: tuple[str, ...]
    allowed_bots: tuple[int, ...]
    slack_signing_secrets: tuple[str, ...] = ()
    alert_tokens: tuple[str, ...] = ()
    alert_secrets: tuple[str, ...] = ()
    sentry_secrets: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return "DoorPart(…)"

    @classmethod
    def of(cls, settings: Settings) -> "DoorPart":
        return cls(
            state_folder=settings.home,
            host=settings.host,
            port=settings.port,
            webhook_secrets=_reveal(settings.webhook_secrets),
            handle=settings.handle,
            repositories=settings.repositories,
            allowed_bots=settings.allowed_bots,
            slack_signing_secrets=_reveal(settings.slack_signing_secrets),
            alert_tokens=_reveal(settings.alert_tokens),
            alert_secrets=_reveal(settings.alert_secrets),
            sentry_secrets=_reveal(settings.sentry_secrets),
        )


def _reveal(secrets: Sequence[SecretStr]) -> tuple[str, ...]:
    return tuple(secret.get_secret_value() for secret in secrets)


async def run_door(part: DoorPart, stop: asyncio.Event, *, on_listening: Callable[[int], None]) -> None:
    """Serve until `stop` is set, then let requests in flight finish."""
    home, clock = Home(part.state_folder).lay_out(), SystemClock()
    inbox = await open_inbox(home.inbox, clock=clock)
    metrics = DoorMetrics(CollectorRegistry(), shared_folder=home.metrics)
    rules = Rules(
        bot_id=0,
        handle=part.handle,
        label=part.handle,
        repositories=part.repositories,
        allowed_bots=frozenset(part.allowed_bots),
    )
    door = GitHubDoor(
        secrets=part.webhook_secrets,
        inbox=inbox,
        clock=clock,
        metrics=metrics,
        screen=lambda event: screen(event, rules, *looks_into(home.records)),
    )
    checks = {
        "inbox": inbox.check,
        "control": lambda: check_heartbeat(home.heartbeat),
        "disk": lambda: check_disk(home.folder),
    }
    app = build_app(door, metrics=metrics, checks=checks, waiting=inbox.waiting)
    if part.slack_signing_secrets:
        slack = SlackDoor(secrets=part.slack_signing_secrets, inbox=inbox, clock=clock, metrics=metrics)
        app.router.add_post(SLACK_PATH, slack.receive)
    for path, make, secrets in (
        (ALERTMANAGER_PATH, AlertmanagerDoor, part.alert_tokens),
        (SENTRY_PATH, SentryDoor, part.sentry_secrets),
        (ALERTS_PATH, SignedDoor, part.alert_secrets),
    ):
        if secrets:
            alerts = make(secrets=secrets, inbox=inbox, clock=clock, metrics=metrics)
            app.router.add_post(path, alerts.receive)
    app.router.add_get("/runs/{run_id:[0-9a-f]{24}}", show_run(home.records))
    app.router.add_get("/runs/{run_id:[0-9a-f]{24}}/pictures/{name:[0-9a-f]{64}}", show_picture(home.records))

    def listening(port: int) -> None:
        on_listening(port)
        show_port(home.listening, port)

    try:
        await serve(
            app, host=part.host, port=part.port, stop=stop, clock=clock, on_listening=listening, drain_seconds=0.2
        )
    finally:
        await inbox.aclose()
        home.listening.unlink(missing_ok=True)


def show_port(path: Path, port: int) -> None:
    """Tell control where the door listens; where the disk refuses it, control does not ask for missed deliveries."""
    try:
        path.write_text(str(port))
    except OSError as problem:
        _log.warning("the door's port cannot be told", problem=problem.strerror, cure="make room, then start again")


def looks_into(records_path: Path) -> tuple[WorkedOn, WorkedOn]:
    """Return what tells whether a run works on an issue, and whether one has worked there.

    What cannot be read now is let in, for control to judge.
    """

    def ask(find: Callable[[Records, int, int], str | None]) -> WorkedOn:
        def tell(repository_id: int, number: int) -> bool:
            if not records_path.exists():
                return False
            try:
                with contextlib.closing(Records.open(records_path, read_only=True)) as records:
                    return find(records, repository_id, number) is not None
            except (Transient, SettingsError):
                return True

        return tell

    return ask(Records.issue_holder), ask(Records.worker_of_thread)


async def check_disk(folder: Path) -> None:
    """Raise Transient when the disk under the state is full, or nearly so."""
    free = shutil.disk_usage(folder).free
    if free < MIN_FREE_BYTES:
        raise Transient(f"{free} bytes are free on the disk of {folder}: make room there")


async def check_heartbeat(path: Path) -> None:
    """Raise Transient when control has not shown a sign of life lately."""
    try:
        age = time.time() - path.stat().st_mtime
    except FileNotFoundError:
        raise Transient("control has not started yet") from None
    if age > STALE_SECONDS:
        raise Transient(f"control was last seen {age:.0f} s ago")


def show_run(records_path: Path) -> Callable[[web.Request], "asyncio.Future[web.Response]"]:
    """Return the handler of a run's page; it opens the records for reading only."""

    def read(run_id: str) -> str | None:
        if not records_path.exists():
            return None
        records = Records.open(records_path, read_only=True)
        try:
            record = records.run(run_id)
            if record is None:
                return None
            return render(record, records.steps(run_id), deployment=records.notes(run_id).get(DEPLOYMENT))
        finally:
            records.close()

    async def handle(request: web.Request) -> web.Response:
        try:
            page = await asyncio.to_thread(read, request.match_info["run_id"])
        except (Transient, SettingsError):
            return web.Response(status=503, text="The records cannot be read now. Try again.\n")
        if page is None:
            return web.Response(status=404, text="There is no such run.\n")
        return web.Response(text=page, content_type="text/html", headers=HEADERS)

    return handle  # type: ignore[return-value]  # aiohttp takes any coroutine function


def show_picture(records_path: Path) -> Callable[[web.Request], "asyncio.Future[web.Response]"]:
    """Return the handler of one picture of a run: of those that its checks took, and of nothing else that is kept."""

    def read(run_id: str, name: str) -> tuple[bytes, str] | None:
        if not records_path.exists():
            return None
        records = Records.open(records_path, read_only=True)
        try:
            media = find_media(records.steps(run_id), name)
            return None if media is None else (records.blobs.get(name), media)
        finally:
            records.close()

    async def handle(request: web.Request) -> web.Response:
        try:
            found = await asyncio.to_thread(read, request.match_info["run_id"], request.match_info["name"])
        except (Transient, SettingsError):
            return web.Response(status=503, text="The records cannot be read now. Try again.\n")
        except (KeyError, Permanent):
            found = None
        if found is None:
            return web.Response(status=404, text="There is no such picture.\n")
        return web.Response(body=found[0], content_type=found[1], headers=PICTURE_HEADERS)

    return handle  # type: ignore[return-value]  # aiohttp takes any coroutine function
