"""`yantra collective`: learning together, as an installation and as the service."""

import asyncio
import os
import secrets
import signal
import sys
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from yantra_bot.app.collective import open_client, serve_collective
from yantra_bot.app.home import Home
from yantra_bot.app.logs import set_up_logging
from yantra_bot.clock import SystemClock
from yantra_bot.collective.identity import id_of
from yantra_bot.errors import UserError
from yantra_bot.scoring.layout import FEATURE_VERSION
from yantra_bot.settings import read_settings


@click.group()
def collective() -> None:
    """Share what was learned, without text; opt-in."""


@collective.command()
def status() -> None:
    """Say what waits to be shared, and which shared model is in use."""
    settings = read_settings()
    client = open_client(settings, Home(settings.home), SystemClock())
    if client is None:
        click.echo("Off: nothing is shared, and nothing asked for. YANTRA_COLLECTIVE=true turns it on.")
        return
    click.echo(f"{len(client.outbox.waiting())} patterns wait to be shared with {settings.collective_url}.")
    held = client.model()
    if held is None:
        click.echo("No shared model is in use.")
        return
    click.echo(f"Shared model: version {held[0].version}.")
    for change in held[0].changes:
        click.echo(f"  {change.version}: {change.said}")


@collective.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def keys(file: Path) -> None:
    """Make the service's signing key in FILE, and print the public one, which installations pin."""
    key = Ed25519PrivateKey.generate()
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise UserError(f"{file} cannot be made: {error.strerror}. Cure: name a new file.") from error
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    click.echo(id_of(key))


@collective.command()
def enrol() -> None:
    """Print a new enrolment key: add it to YANTRA_COLLECTIVE_ENROLMENT_KEYS, and tell it one installation."""
    click.echo(secrets.token_hex(24))


@collective.command()
def serve() -> None:
    """Take patterns and hand out models, until told to stop."""
    set_up_logging()
    chosen = read_settings()

    async def run() -> None:
        stop = asyncio.Event()
        for sign in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(sign, stop.set)
        await serve_collective(chosen, stop, features=FEATURE_VERSION, on_listening=_announce)

    asyncio.run(run())


def _announce(port: int) -> None:
    sys.stdout.write(f"Listening on port {port}\n")
    sys.stdout.flush()
