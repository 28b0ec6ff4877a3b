"""Find lines in the tree: with ripgrep where it is installed, else with a pure fallback that finds the same.

ripgrep gets an argument list, no configuration, no environment and a time limit; it follows no link. What the
repository's ignore files say is ignored: they are as untrusted as the rest. Nothing here writes.
"""

import base64
import json
import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from yantra_bot.agent.text import decode
from yantra_bot.domain.globs import check_pattern, expand, select
from yantra_bot.errors import UserError
from yantra_bot.sandbox.tree import EntryKind, Tree
from yantra_bot.sandbox.walk import SKIPPED_FOLDERS

MAX_SECONDS = 10.0
MAX_FILE_BYTES = 2 * 1024 * 1024
MAX_EVENT_BYTES = 8 * 1024 * 1024
# Fixed places: a search path could name a folder that the repository fills.
_PLACES = ("/usr/bin/rg", "/usr/local/bin/rg", "/bin/rg")


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for, a line at a time."""

    pattern: str
    is_regex: bool = False
    ignore_case: bool = False
    path: str = ""
    """A file or folder to look in; empty for the whole repository."""
    glob: str = ""
    context: int = 0
    """Lines to show before and after each match."""
    most: int = 100
    """Matches after which to stop."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that was found, or one beside it."""

    path: str
    number: int
    text: str
    is_match: bool


@dataclass(frozen=True, slots=True)
class Found:
    """Lines by path and number. `is_cut` when there is more than was asked for or time ran out."""

    lines: tuple[Line, ...]
    is_cut: bool


class OutOfTimeError(Exception):
    """The time for a search is over."""


def find_ripgrep() -> str | None:
    """Return the absolute path of ripgrep, None when it is not installed."""
    return next((place for place in _PLACES if Path(place).is_file()), None)


def search(tree: Tree, query: Query, *, ripgrep: str | None, seconds: float = MAX_SECONDS) -> Found:
    """Return what matches; UserError when the pattern, the path or the glob is none."""
    if not query.pattern:
        raise UserError("The pattern is empty. Give the text to look for.")
    if "\n" in query.pattern or "\0" in query.pattern:
        raise UserError("A search looks at one line at a time. Give a pattern without a line break.")
    if query.path and tree.kind(query.path) not in {EntryKind.FILE, EntryKind.FOLDER}:
        raise UserError(f"{query.path} is no file or folder of the repository. Look it up with list_files.")
    if query.glob:
        check_pattern(query.glob)
    return _run_ripgrep(tree, query, ripgrep, seconds) if ripgrep else _search_purely(tree, query, seconds)


def _run_ripgrep(tree: Tree, query: Query, ripgrep: str, seconds: float) -> Found:
    process = subprocess.Popen(
        _arguments(query, ripgrep),
        cwd=tree.root,
        env={"LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    is_late = threading.Event()

    def stop() -> None:
        is_late.set()
        process.kill()

    timer = threading.Timer(seconds, stop)
    with process:
        timer.start()
        try:
            assert process.stdout is not None and process.stderr is not None  # noqa: S101, PT018 (both are pipes)
            found = _collect(process.stdout, query.most)
            if found.is_cut:
                process.kill()
            complaint = process.stderr.read(2_000).decode("utf-8", "replace").strip()
        finally:
            timer.cancel()
            process.kill()
    if not found.lines and process.returncode not in {0, 1} and not is_late.is_set():
        raise UserError(f"The search was refused. Correct the pattern, or search without regex.\n{complaint}")
    return Found(found.lines, found.is_cut or is_late.is_set())


def _arguments(query: Query, ripgrep: str) -> list[str]:
    options = ["--no-config", "--json", "--no-ignore", "--hidden", "--no-follow", "--sort=path", "--no-messages"]
    options += [f"--max-filesize={MAX_FILE_BYTES}", f"--context={query.context}"]
    options += [] if query.is_regex else ["--fixed-strings"]
    options += ["--ignore-case"] if query.ignore_case else ["--case-sensitive"]
    options += [f"--glob={glob}" for glob in (expand(check_pattern(query.glob)) if query.glob else ())]
    options += [f"--glob=!**/{folder}" for folder in sorted({".git", *SKIPPED_FOLDERS})]
    return [ripgrep, *options, f"--regexp={query.pattern}", "--", f"./{query.path}" if query.path else "./"]


def _collect(stream: IO[bytes], most: int) -> Found:
    lines: list[Line] = []
    matches = 0
    while event := stream.readline(MAX_EVENT_BYTES):
        line = _read_event(event)
        if line is None:
            continue
        matches += line.is_match
        if matches > most:
            return Found(tuple(lines), True)
        lines.append(line)
    return Found(tuple(lines), False)


def _read_event(event: bytes) -> Line | None:
    with suppress(ValueError, KeyError, TypeError):
        parsed = json.loads(event)
        if parsed["type"] in {"match", "context"}:
            data = parsed["data"]
            # A path that is not UTF-8 cannot be named to any tool.
            path = data["path"]["text"].removeprefix("./")
            return Line(path, data["line_number"], _text(data["lines"]).rstrip("\r\n"), parsed["type"] == "match")
    return None


def _text(field: dict[str, Any]) -> str:
    return field["text"] if "text" in field else base64.b64decode(field["bytes"]).decode("latin-1")


def _search_purely(tree: Tree, query: Query, seconds: float) -> Found:
    matcher = _compile(query)
    lines: list[Line] = []
    matches = 0
    try:
        with _time_limit(seconds):
            for path in _paths(tree, query):
                for line in _search_file(tree, path, matcher, query.context):
                    matches += line.is_match
                    if matches > query.most:
                        return Found(tuple(lines), True)
                    lines.append(line)
    except OutOfTimeError:
        return Found(tuple(lines), True)
    return Found(tuple(lines), False)


def _compile(query: Query) -> re.Pattern[str]:
    if query.is_regex and threading.current_thread() is not threading.main_thread():
        raise UserError("Regular expressions need ripgrep here, which is not installed. Search without regex.")
    try:
        return re.compile(
            query.pattern if query.is_regex else re.escape(query.pattern), re.IGNORECASE if query.ignore_case else 0
        )
    except (re.error, OverflowError, RecursionError) as error:
        raise UserError(f"The regular expression is none: {error}. Correct it, or search without regex.") from error


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Interrupt even a match that backtracks for ever. Only the main thread can be interrupted so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise OutOfTimeError

    before = signal.signal(signal.SIGALRM, stop)
    running = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, *running)


def _paths(tree: Tree, query: Query) -> list[str]:
    if query.path and tree.kind(query.path) is EntryKind.FILE:
        paths = [query.path]
    else:
        paths = [entry.path for entry in tree.walk(query.path).entries if entry.kind is EntryKind.FILE]
    return select(paths, query.glob) if query.glob else paths


def _search_file(tree: Tree, path: str, matcher: re.Pattern[str], context: int) -> Iterator[Line]:
    try:
        text = decode(tree.read_bytes(path, limit=MAX_FILE_BYTES)).text
    except UserError:
        return
    lines = [line.rstrip("\r") for line in text.removesuffix("\n").split("\n")]
    hits = [number for number, line in enumerate(lines) if matcher.search(line)]
    shown = sorted({near for hit in hits for near in range(hit - context, hit + context + 1) if 0 <= near < len(lines)})
    matched = set(hits)
    for number in shown:
        yield Line(path, number + 1, lines[number], number in matched)
