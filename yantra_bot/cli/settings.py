"""`yantra settings`: every setting with its default and meaning."""

import click

from yantra_bot.settings import describe


@click.command()
def settings() -> None:
    """List every setting, its default and what it is for."""
    for name, default, meaning in describe():
        click.echo(f"{name}={default}")
        click.echo(f"    {meaning}")
