"""`yantra monitor metrics`: what a running server measured of the services last, for Prometheus or as JSON."""

import click

from yantra_bot.app.home import Home
from yantra_bot.cli.answers import json_option
from yantra_bot.errors import UserError
from yantra_bot.monitor.exports import read_json, to_json, to_prometheus
from yantra_bot.settings import read_settings


@click.command()
@json_option
def metrics(*, as_json: bool) -> None:
    """Print what was measured of the services last, as Prometheus's text: times in seconds, shares from 0 to 1."""
    path = Home(read_settings().home).services
    try:
        reports = read_json(path.read_text())
    except FileNotFoundError:
        raise UserError(
            "Nothing was measured yet. Cure: set YANTRA_SERVICES and let `yantra serve` run for a while."
        ) from None
    except (OSError, ValueError):
        raise UserError(
            f"{path} cannot be read. Cure: it is written anew within seconds while a server runs."
        ) from None
    click.echo(to_json(reports) if as_json else to_prometheus(reports), nl=False)
