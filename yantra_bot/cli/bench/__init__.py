"""`yantra bench`: the bot held against tasks whose answers somebody else knows. Measures; claims nothing."""

import click

from yantra_bot.cli.bench.swe import swe


@click.group()
def bench() -> None:
    """Have the bot work through a benchmark's tasks, with the model that is configured."""


bench.add_command(swe)
