"""`yantra graph export|show`: the graph as a file for another program, and a symbol's neighbourhood to look at."""

import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import click

from yantra_bot.cli.answers import print_json
from yantra_bot.cli.console import count
from yantra_bot.cli.graph.options import depth_option, graph_options, open_view, pick, place_options
from yantra_bot.cli.graph.source import Place, index, open_graph
from yantra_bot.domain.graph import Graph
from yantra_bot.errors import UserError
from yantra_bot.graphdb.callgraph import export_callgraph
from yantra_bot.graphdb.discovery import Source, read_source
from yantra_bot.graphdb.drawing import find_neighbourhood
from yantra_bot.graphdb.drawing_page import draw_page
from yantra_bot.graphdb.drawing_svg import draw_svg
from yantra_bot.graphdb.export import write_cypher, write_graphml, write_json
from yantra_bot.graphdb.scip import write_scip

_WRITERS: dict[str, Callable[[Graph, TextIO], None]] = {
    "json": write_json,
    "graphml": write_graphml,
    "cypher": write_cypher,
}


@click.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--format", "kind", type=click.Choice(["callgraph", *_WRITERS, "scip"]), required=True)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="The file to write. Default: standard output."
)
@place_options
def export(folder: Path | None, *, kind: str, out: Path | None, repo: Path, store: Path | None, as_json: bool) -> None:
    """Write the graph of FOLDER (default: the repository) for another program. Names are relative to it."""
    root = (folder or repo).resolve()
    graph = index(root) if folder is not None or kind == "callgraph" else open_graph(Place.of(repo, store)).to_graph()
    with _opened(out) as stream:
        if kind == "callgraph":
            stream.write((json.dumps(export_callgraph(graph), indent=1) + "\n").encode())
        elif kind == "scip":
            write_scip(
                graph, stream, root=root.as_uri(), version=version("yantra-bot"), read=lambda path: _bytes(root, path)
            )
        else:
            text = io.TextIOWrapper(stream, encoding="utf-8", errors="replace", newline="\n")
            _WRITERS[kind](graph, text)
            text.detach()  # flushed, and not closed
    if as_json and out is not None:
        print_json({"file": str(out), "symbols": len(graph.symbols), "edges": len(graph.edges)})


def _bytes(root: Path, path: str) -> bytes | None:
    found = read_source(root, path)
    return found.data if isinstance(found, Source) else None


@contextmanager
def _opened(out: Path | None) -> Iterator[BinaryIO]:
    if out is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        with out.open("wb") as stream:
            yield stream
    except OSError as refused:
        raise UserError(f"{out} cannot be written: {refused.strerror}.") from refused


@click.command()
@click.argument("name")
@depth_option(2)
@click.option("--nodes", type=click.IntRange(1, 500), default=60, show_default=True, help="Most symbols on each side.")
@click.option("--svg", type=click.Path(dir_okay=False, path_type=Path), help="The picture. Default: graph.svg.")
@click.option(
    "--html", type=click.Path(dir_okay=False, path_type=Path), help="The page to explore. Default: graph.html."
)
@graph_options
def show(
    name: str,
    *,
    depth: int,
    nodes: int,
    svg: Path | None,
    html: Path | None,
    repo: Path,
    store: Path | None,
    as_json: bool,
    stale: bool,
) -> None:
    """Draw what needs a symbol and what it needs, as an SVG picture and as an interactive page."""
    view = open_view(repo, store, stale=stale)
    row = pick(view, name, as_json=as_json)[0]
    shown = find_neighbourhood(view, row, depth=depth, limit=nodes)
    if svg is None and html is None:
        svg, html = Path("graph.svg"), Path("graph.html")
    written: list[str] = []
    for file, text in ((svg, draw_svg(shown)), (html, draw_page(shown, repository=repo.resolve().name))):
        if file is not None:
            with _opened(file) as stream:
                stream.write(text.encode())
            written.append(str(file))
    _tell(written, len(shown.nodes), shown.left_out, as_json=as_json)


def _tell(written: list[str], drawn: int, left_out: int, *, as_json: bool) -> None:
    if as_json:
        told: dict[str, Any] = {"files": written, "symbols": drawn, "left_out": left_out}
        print_json(told)
        return
    rest = f", {left_out} more are within reach (see --nodes)" if left_out else ""
    click.echo(f"{count(drawn, 'symbol')} drawn in {' and '.join(written)}{rest}.")
