"""The yantra command: thin, one file a verb group."""

import io
import os
import sys

import click

from yantra_bot.errors import SettingsError, YantraError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="yantra-bot")
def cli() -> None:
    """An issue comment becomes a tested pull request."""


def run() -> None:
    """Run the command line; an expected failure is one sentence on standard error, and exit status 1 (settings: 78)."""
    from yantra_bot.cli.docs import docs
    from yantra_bot.cli.graph import graph
    from yantra_bot.cli.implement import implement
    from yantra_bot.cli.runs import runs
    from yantra_bot.cli.serve import serve
    from yantra_bot.cli.settings import settings

    for command in (serve, implement, graph, runs, settings, docs):
        cli.add_command(command)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a character that a terminal cannot show ends nothing
    try:
        cli()
    except YantraError as error:
        click.echo(str(error), err=True)
        sys.exit(os.EX_CONFIG if isinstance(error, SettingsError) else 1)
