"""The yantra command: thin, one file a verb group."""

import errno
import io
import os
import sys
from importlib import import_module
from typing import Final

import click

from yantra_bot.errors import SettingsError, YantraError, tell_operator

INTERRUPTED: Final = 130
"""Exit status after Ctrl-C, as of a shell's own commands."""
_NAMES: Final = frozenset(
    {
        "bench",
        "cluster",
        "codex",
        "collective",
        "context",
        "docs",
        "graph",
        "implement",
        "mistakes",
        "models",
        "monitor",
        "review",
        "runs",
        "search",
        "serve",
        "settings",
        "tests",
    }
)
"""Of the commands, each in the module of its name."""
_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


class _Commands(click.Group):
    """Loads a command when it is asked for: what another one takes is slow to load."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_NAMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _NAMES:
            return None
        command: click.Command = getattr(import_module(f"{__name__}.{cmd_name}"), cmd_name)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="yantra-bot")
def cli() -> None:
    """An issue comment becomes a tested pull request."""


def run() -> None:
    """Run the command line and end the process.

    An expected failure is one sentence on standard error, and exit status 1 (settings: 78); Ctrl-C is 130.
    """
    try:
        status = _run_commands()
        if sys.stdout is not None:  # it is None where the shell has closed it
            sys.stdout.flush()
    except (KeyboardInterrupt, click.Abort):
        status = _end("Interrupted.", INTERRUPTED)
    except click.ClickException as wrong:
        wrong.show()
        status = wrong.exit_code
    except YantraError as error:
        status = _end(tell_operator(error), os.EX_CONFIG if isinstance(error, SettingsError) else 1)
    except OSError as refused:
        if refused.errno not in _NO_ROOM or refused.filename is not None:
            raise
        _drop_output()
        status = _end(f"The output cannot be written: {refused.strerror}.", 1)
    sys.exit(status)


def _run_commands() -> int:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a character that a terminal cannot show ends nothing
    return cli.main(standalone_mode=False) or 0  # a command that ends early gives its status


def _end(message: str, status: int) -> int:
    click.echo(message, err=True)
    return status


def _drop_output() -> None:
    """Let what is left of the output go nowhere, so that the interpreter does not complain at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
