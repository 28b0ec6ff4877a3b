"""`yantra context`: prints what a model would be shown of a folder for a task, or why each part of it is there."""

import logging
import sys
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.text import Text

from yantra_bot import artefacts
from yantra_bot.app.logs import set_up_logging
from yantra_bot.cli.answers import json_option, print_json
from yantra_bot.cli.console import make_console
from yantra_bot.cli.default_branch import find_instructions
from yantra_bot.cli.graph.options import clean
from yantra_bot.cli.searching import open_search
from yantra_bot.cli.trees import open_tree
from yantra_bot.errors import UserError
from yantra_bot.retrieval.context.assemble import Material, assemble
from yantra_bot.retrieval.context.explain import Line, Look, context_record, explain
from yantra_bot.retrieval.context.parts import Context
from yantra_bot.retrieval.context.purse import split_budget
from yantra_bot.retrieval.tokens import Tokenizer

DEFAULT_BUDGET: Final = 16_000
FOLDER: Final = click.Path(file_okay=False, path_type=Path)
_STYLES: Final = {Look.TITLE: "bold", Look.PART: "cyan", Look.REASON: "", Look.NOTE: "yellow", Look.TOTAL: "dim"}


@click.command()
@click.argument("path", type=FOLDER)
@click.argument("text")
@click.option("--explain", "is_explained", is_flag=True, help="Print the parts with tokens and reasons, not the texts.")
@click.option("--budget", default=DEFAULT_BUDGET, show_default=True, type=int, help="Tokens of the prompt in all.")
@click.option("--rev", help="Of the tree of this revision instead of the files as they are.")
@json_option
def context(path: Path, text: str, *, is_explained: bool, budget: int, rev: str | None, as_json: bool) -> None:
    """Print the context that fits TEXT best, an issue or an error, out of the code in PATH; - reads it from a pipe.

    What maintainers ask comes first, from the default branch; everything below it is data.
    """
    text = sys.stdin.read() if text == "-" else text
    if not text.strip():
        raise UserError("The text is empty. Say what is to be done: an issue's title and body, or an error message.")
    split_budget(budget)
    set_up_logging(level=logging.ERROR)
    made = make_context(path, text, budget=budget, rev=rev)
    if as_json:
        print_json(context_record(made, is_explained=is_explained))
    elif is_explained:
        show_explanation(make_console(), made)
    else:
        click.echo("\n".join(clean_line(line) for line in made.text.split("\n")))
        for note in made.notes:
            click.echo(clean(note), err=True)


def make_context(path: Path, text: str, *, budget: int, rev: str | None) -> Context:
    """Search, read and assemble. Raises UserError for what is no folder, no revision, or too small a budget."""
    opened = open_search(path, rev)
    instructions, said = find_instructions(path)
    with open_tree(path, rev) as tree:
        found = opened.searcher.search(text)
        chunks = [chunk for terms in opened.corpus.files.values() for chunk in terms.chunks]
        notes = (*opened.notes, *tree.notes, said)
        material = Material(text, found, tree.read, tree.view, instructions, chunks, notes)
        return assemble(material, Tokenizer(artefacts.path("token-ranks")), budget)


def show_explanation(console: Console, made: Context) -> None:
    """Print the explanation; in a terminal, lines are broken between words, and go on below where they began."""
    for line in explain(made):
        _show(console, line)


def _show(console: Console, line: Line) -> None:
    text = clean(line.text)
    style = _STYLES[line.look]
    room = console.width - line.indent
    if not console.is_terminal or room < _LEAST_ROOM:
        console.print(Text(f"{line.before}{text}", style), soft_wrap=True, highlight=False)
        return
    for place, row in enumerate(Text(text, style).wrap(console, room)):
        before = line.before if place == 0 else " " * line.indent
        console.print(Text.assemble((before, "dim"), row), highlight=False, soft_wrap=True)


_LEAST_ROOM: Final = 20


def clean_line(line: str) -> str:
    """Return a line of a context as it may stand on a terminal; tabs stay."""
    return "\t".join(clean(part) for part in line.split("\t"))
