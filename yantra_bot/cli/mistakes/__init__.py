"""`yantra mistakes`: looks into the memory of mistakes, carries lessons elsewhere, and deletes them.

It works beside a running server: the store takes one writer at a time.
"""

import click

from yantra_bot.cli.mistakes.changing import clear, upkeep
from yantra_bot.cli.mistakes.looking import list_lessons, search, show, stats
from yantra_bot.cli.mistakes.moving import export, import_lessons


@click.group()
def mistakes() -> None:
    """Look into the memory of mistakes, and change it."""


for command in (list_lessons, show, search, stats, export, import_lessons, upkeep, clear):
    mistakes.add_command(command)
