"""`yantra codex`: the learned score and the generator: trains them, measures them, says what they are worth."""

import click

from yantra_bot.cli.codex.looking import forget, info, rollback, standing, versions
from yantra_bot.cli.codex.training import evaluate, export, train


@click.group()
def codex() -> None:
    """Train the learned score and the generator, and see what they are worth."""


for command in (train, evaluate, export, info, standing, versions, rollback, forget):
    codex.add_command(command)
