"""`yantra graph`: builds the code graph of a folder and asks it. One module a kind of question.

Every command takes `--repo` and `--json`, and all but `api-diff`, which asks git, `--store`; where no graph exists it
is built first. A command's module is imported when it is called: the list of commands, and the other commands of
`yantra`, need neither arrays nor an engine.
"""

import logging
import sys
from importlib import import_module

import click
import structlog

_COMMANDS = {
    "build": ("keeping", "Build the graph anew: files, git history, Markdown pages."),
    "update": ("keeping", "Bring the graph up to date; only what changed is read."),
    "stats": ("keeping", "Count what there is, and name what was lost or is absent."),
    "query": ("keeping", "Run one reading statement of Cypher."),
    "symbol": ("symbols", "Show a symbol: place, signature, uses, members."),
    "references": ("symbols", "List every place that names a symbol."),
    "callers": ("symbols", "List who calls a symbol."),
    "callees": ("symbols", "List what a symbol calls."),
    "path": ("symbols", "Show the surest path along which one symbol needs another."),
    "tests": ("symbols", "List the tests that reach a symbol."),
    "impact": ("impact", "List what a change of symbols may affect."),
    "dependants": ("impact", "List what would miss symbols if they were gone."),
    "cycles": ("whole", "List rings of imports and of calls."),
    "dead": ("whole", "List code that nothing is known to use."),
    "entries": ("whole", "List where execution comes in: mains, routes, tests, …"),
    "api": ("whole", "List the public API."),
    "api-diff": ("whole", "Compare the public API of two git revisions."),
    "history": ("history", "Tell the past of a symbol or a file."),
    "export": ("files", "Write the graph for another program."),
    "show": ("files", "Draw the neighbourhood of a symbol."),
}
"""Each command's module, and its line in the list of commands."""


class _Group(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f"{__name__}.{_COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, told) for name, (_, told) in _COMMANDS.items()])


@click.group(cls=_Group)
def graph() -> None:
    """Who calls what: build the code graph of a folder and ask it."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
