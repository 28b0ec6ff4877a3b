"""Answers for programs: JSON on standard output and nothing else, of a failure too. It formats nothing for people."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

import click

from yantra_bot.errors import YantraError

Command = TypeVar("Command", bound=Callable[..., Any])


def print_json(value: object) -> None:
    """Print JSON that holds no control character, whatever the names are, and that every terminal can show."""
    click.echo(json.dumps(value, ensure_ascii=True, indent=2))


def json_option(command: Command) -> Command:
    """Add `--json`, with which an expected failure is told on standard output too, as `{"error": …}`."""

    @wraps(command)
    def answer(*arguments: Any, **options: Any) -> Any:
        try:
            return command(*arguments, **options)
        except YantraError as failed:
            if options["as_json"]:
                print_json({"error": str(failed)})
            raise

    as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
    return cast(Command, as_json(answer))
