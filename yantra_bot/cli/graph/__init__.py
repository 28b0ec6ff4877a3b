"""`yantra graph`: builds the code graph of a folder and asks it. One module a kind of question.

Every command takes `--repo`, `--store` and `--json`; where no graph exists it is built first. A command's module is
imported when it is called: the other commands of `yantra` need neither arrays nor an engine.
"""

import logging
import sys
from importlib import import_module

import click
import structlog

_MODULES = {
    "build": "keeping",
    "update": "keeping",
    "stats": "keeping",
    "query": "keeping",
    "symbol": "symbols",
    "references": "symbols",
    "callers": "symbols",
    "callees": "symbols",
    "path": "symbols",
    "tests": "symbols",
    "impact": "impact",
    "dependants": "impact",
    "cycles": "whole",
    "dead": "whole",
    "entries": "whole",
    "api": "whole",
    "api-diff": "whole",
    "history": "history",
    "export": "files",
    "show": "files",
}


class _Group(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _MODULES:
            return None
        module = import_module(f"{__name__}.{_MODULES[cmd_name]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command


@click.group(cls=_Group)
def graph() -> None:
    """Who calls what: build the code graph of a folder and ask it."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
