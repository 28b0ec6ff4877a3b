"""`yantra search`: names the functions and files that a text is about, each with its reasons."""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, TextIO

import click
from rich.console import Console
from rich.progress import Progress
from rich.text import Text

from yantra_bot.cli.answers import json_option, print_json
from yantra_bot.cli.console import make_console
from yantra_bot.cli.searching import MAX_COMMITS, Models, index_meaning, open_repository, open_search, open_trees
from yantra_bot.errors import UserError
from yantra_bot.retrieval.corpus import Corpus
from yantra_bot.retrieval.cues import MAX_TEXT
from yantra_bot.retrieval.embedding.indexing import Progress as Indexed
from yantra_bot.retrieval.git_trees import Pasts
from yantra_bot.retrieval.hits import FileHit, Found, Hit, Reason
from yantra_bot.retrieval.search import Searcher
from yantra_bot.sandbox.output import escape

LEAST_RANKED: Final = 30
"""Of files and of functions in a line of a batch."""
MOST_REASONS: Final = 3
BEHIND: Final = 2.0
"""How far behind the best function a class or a table is still shown."""
FOLDER: Final = click.Path(file_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True)
class Task:
    """A line of a batch."""

    id: str
    sha: str
    query: str


@click.command()
@click.argument("path", required=False, type=FOLDER)
@click.argument("text", required=False)
@click.option("--rev", help="Search the tree of this revision instead of the files as they are.")
@click.option("--top", default=10, show_default=True, type=click.IntRange(1, 200), help="How many of each to name.")
@click.option("--batch", type=click.Path(dir_okay=False, path_type=Path), help="A file with a task a line, as JSON.")
@click.option("--repo", type=FOLDER, help="With --batch: the repository of the tasks.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="With --batch: where answers are written.")
@click.option("--index", "indexes", is_flag=True, help="Embed all of PATH first, so that meaning alone finds too.")
@json_option
def search(
    path: Path | None,
    text: str | None,
    *,
    rev: str | None,
    top: int,
    batch: Path | None,
    repo: Path | None,
    out: Path | None,
    indexes: bool,
    as_json: bool,
) -> None:
    """Name the functions and files of PATH that TEXT is about: an issue, an error message, a traceback, a question.

    With --batch, each line of the file is {"id", "sha", "query"}; each line of --out is {"id", "files", "functions"},
    best first, searched in the tree of that commit and with nothing of what came after it.
    """
    if batch is not None:
        if repo is None or out is None or path is not None:
            raise click.UsageError("--batch needs --repo and --out, and neither PATH nor TEXT.")
        answer_batch(batch, repo, out)
        return
    if path is None or (text is None and not indexes):
        raise click.UsageError('Name a folder and a text: yantra search . "login fails after a redirect"')
    text = _read_text() if text == "-" else text
    if text is not None and not text.strip():
        raise UserError("The text is empty. Say what to look for: an issue's title and body, or an error message.")
    opened = open_search(path, rev)
    if indexes:
        index(opened.corpus)
    if text is None:
        return
    found = opened.searcher.search(text, top)
    notes = (*opened.notes, *found.notes)
    if as_json:
        print_json(describe(found, notes))
    else:
        show(make_console(), found, notes)


def answer_batch(batch: Path, repo: Path, out: Path) -> None:
    """Write the answer to every task. Raises UserError for what is no task, or names an unknown commit."""
    tasks = list(_read_tasks(batch))
    repository = open_repository(repo)
    if repository is None:
        raise UserError(f"{repo} is no git repository. Clone it with its history first.")
    models = Models.find()
    commits = {sha: repository.commit(sha) for sha in dict.fromkeys(task.sha for task in tasks)}
    with open_trees(repository) as trees, _open_answers(out) as answers:
        if not tasks:
            return
        pasts = Pasts(repository.git, tuple(commits.values()), trees.counting, max_commits=MAX_COMMITS)
        with Progress(console=Console(stderr=True), transient=True) as progress:
            for task in progress.track(tasks, description="Searching"):
                commit = commits[task.sha]
                searcher = models.search(trees.corpus(commit), pasts.of(commit))
                answers.write(json.dumps({"id": task.id, **rank(searcher, task.query)}) + "\n")


def index(corpus: Corpus) -> None:
    """Embed what has no vector yet, with a line of progress; say how it ended."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("Embedding", total=None)

        def tell(now: Indexed) -> None:
            bar.update(task, completed=now.done, total=now.total)

        ended = index_meaning(corpus, tell)
    console.print(Text(ended.describe()))


def _open_answers(out: Path) -> TextIO:
    try:
        return out.open("w", encoding="utf-8")
    except OSError as refused:
        raise UserError(
            f"{out} cannot be written: {refused.strerror}. Name a file in a folder that is there."
        ) from refused


def _read_text() -> str:
    """Return standard input, whatever its bytes are: what is no UTF-8 becomes a replacement character."""
    return sys.stdin.buffer.read(4 * MAX_TEXT).decode("utf-8", "replace")


def rank(searcher: Searcher, query: str) -> dict[str, list[str]]:
    """Return the paths and the function keys of an answer, best first, filled up where a text says nothing."""
    found = searcher.search(query, LEAST_RANKED)
    code = searcher.shelf.groups.code
    files = dict.fromkeys([*(hit.path for hit in found.files), *code.paths[:LEAST_RANKED]])
    functions = dict.fromkeys(
        [
            *(hit.chunk.plain_key for hit in found.functions),
            *(code.chunks[row].plain_key for row in code.is_function.nonzero()[0][:LEAST_RANKED]),
        ]
    )
    return {"files": list(files)[:LEAST_RANKED], "functions": list(functions)[:LEAST_RANKED]}


def _read_tasks(batch: Path) -> Iterator[Task]:
    try:
        # Not splitlines: a line separator of Unicode may stand in a query.
        lines = batch.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as refused:
        raise UserError(f"{batch} cannot be read: {refused}.") from refused
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                said = json.loads(line)
                yield Task(str(said["id"]), str(said["sha"]), str(said["query"]))
            except (ValueError, KeyError, TypeError, RecursionError) as wrong:
                raise UserError(
                    f'{batch}, line {number}: this is no task. Write {{"id": …, "sha": …, "query": …}}.'
                ) from wrong


def describe(found: Found, notes: tuple[str, ...]) -> dict[str, Any]:
    """Return an answer as JSON has it."""
    return {
        "functions": [_describe_hit(hit) for hit in found.functions],
        "definitions": [_describe_hit(hit) for hit in found.definitions],
        "files": [_describe_file(hit) for hit in found.files],
        "tests": [_describe_hit(hit) for hit in found.tests],
        "others": [_describe_hit(hit) for hit in found.others],
        "notes": list(notes),
    }


def _describe_file(hit: FileHit) -> dict[str, Any]:
    return {"path": hit.path, "score": round(hit.score, 4), "reasons": _tell(hit.reasons)}


def _describe_hit(hit: Hit) -> dict[str, Any]:
    chunk = hit.chunk
    return {
        "key": chunk.key,
        "path": chunk.path,
        "line": chunk.start or chunk.first,
        "last_line": chunk.last,
        "score": round(hit.score, 4),
        "reasons": _tell(hit.reasons),
    }


def _tell(reasons: tuple[Reason, ...]) -> list[dict[str, Any]]:
    return [asdict(reason) for reason in reasons]


def show(console: Console, found: Found, notes: tuple[str, ...]) -> None:
    """Print an answer for a person."""
    _show_hits(console, "Functions", found.functions)
    best = found.functions[0].score if found.functions else 0.0
    _show_hits(console, "Classes and tables", [hit for hit in found.definitions if hit.score > best - BEHIND][:3])
    _show_files(console, found.files)
    _show_hits(console, "Tests", found.tests[:5])
    _show_hits(console, "Elsewhere", found.others[:5])
    for note in notes:
        console.print(Text(_show(note), style="yellow"))


def _show_files(console: Console, files: tuple[FileHit, ...]) -> None:
    if files:
        console.print(Text("Files", style="bold"))
    for number, hit in enumerate(files, start=1):
        console.print(Text(f"{number:>3}  {_show(hit.path)}"), soft_wrap=True)


def _show_hits(console: Console, title: str, hits: Sequence[Hit]) -> None:
    if hits:
        console.print(Text(title, style="bold"))
    for number, hit in enumerate(hits, start=1):
        chunk = hit.chunk
        line = Text(f"{number:>3}  ")
        line.append(_show(chunk.name or chunk.path), style="cyan")
        line.append(f"  {_show(chunk.path)}:{chunk.start or chunk.first}", style="dim")
        console.print(line, soft_wrap=True)
        for reason in hit.reasons[:MOST_REASONS]:
            said = Text(f"     {reason.share:>4.0%} {reason.kind}: {_show(reason.words)}", style="dim")
            console.print(said, no_wrap=True, overflow="ellipsis")


def _show(text: str) -> str:
    """Return what a repository says on one line, its control and invisible characters written out."""
    return escape(text).replace("\n", " ").replace("\t", " ")
