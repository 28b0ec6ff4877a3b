"""`yantra settings`: every setting with its default and meaning, for a terminal or as the page docs/settings.md."""

import click

from yantra_bot.settings import describe

INTRODUCTION = """# Settings

Environment variables, or keys in `yantra.toml` (there without the prefix `YANTRA_`, in small letters), which is read
from where `YANTRA_CONFIG` says, or from the working directory unless that lies in a git repository, whose authors could
set anything with it. Variables win. An unknown name or a wrong value stops the start. `ANTHROPIC_API_KEY`,
`OPENAI_API_KEY` and `ANTHROPIC_BASE_URL` are taken too. This page is printed by `yantra settings --markdown`.

| setting | default | meaning |
|---|---|---|"""


@click.command()
@click.option("--markdown", is_flag=True, help="Print the page docs/settings.md.")
def settings(markdown: bool) -> None:
    """List every setting, its default and what it is for."""
    if markdown:
        click.echo(INTRODUCTION)
    for name, default, meaning in describe():
        text = " ".join(meaning.split())
        if markdown:
            click.echo(f"| `{name}` | {f'`{default}`' if default else ''} | {text} |")
        else:
            click.echo(f"{name}={default}\n    {text}")
