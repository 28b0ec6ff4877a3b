"""`yantra graph`: builds the code graph of a folder and asks it. One module a kind of question.

Every command takes `--repo`, `--store` and `--json`; where no graph exists it is built first.
"""

import logging
import sys

import click
import structlog

from yantra_bot.cli.graph.files import export, show
from yantra_bot.cli.graph.impact import dependants, impact
from yantra_bot.cli.graph.keeping import build, query, stats, update
from yantra_bot.cli.graph.symbols import callees, callers, path, references, symbol, tests
from yantra_bot.cli.graph.whole import api, api_diff, cycles, dead, entries


@click.group()
def graph() -> None:
    """Who calls what: build the code graph of a folder and ask it."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


for _command in (
    *(build, update, stats, query),
    *(symbol, references, callers, callees, dependants, impact, path, tests),
    *(cycles, dead, entries, api, api_diff),
    *(export, show),
):
    graph.add_command(_command)
