"""The tools that look: read a file, list files, search. They change nothing."""

from collections import Counter
from itertools import groupby
from typing import Any

from yantra_bot.agent.rendering import MAX_RESULT, cut_line, escape, number_lines
from yantra_bot.agent.search import Query, search
from yantra_bot.agent.text import Document, decode
from yantra_bot.domain.globs import select
from yantra_bot.domain.paths import check_path, find_twin
from yantra_bot.errors import UserError
from yantra_bot.sandbox.tree import Entry, EntryKind, Tree

MAX_LINES = 1_000
MAX_LISTED = 400
MAX_MATCHES = 100
MAX_SEARCH_LINE = 300


class ReadingTools:
    """Looks at a tree. Methods take checked arguments and return text; they raise UserError."""

    def __init__(self, tree: Tree, *, ripgrep: str | None) -> None:
        self._tree = tree
        self._ripgrep = ripgrep

    def read_file(self, arguments: dict[str, Any]) -> str:
        """Return the lines asked for, as many as fit, with a heading that says which of how many they are."""
        path = check_path(arguments["path"])
        document = self._read(path)
        lines = document.text.removesuffix("\n").split("\n") if document.text else []
        first = arguments.get("start_line", 1)
        last = min(arguments.get("end_line", len(lines)), len(lines))
        if not lines:
            return f"{path} is empty."
        if first > last:
            raise UserError(f"{path} has {len(lines)} lines, so there are none from {first} to {last}. Ask for others.")
        shown = _fit([line.removesuffix("\r") for line in lines[first - 1 : min(last, first - 1 + MAX_LINES)]])
        end = first - 1 + len(shown)
        heading = f"{path}, lines {first}-{end} of {len(lines)}{_describe(document)}"
        more = f"\n[Not shown: lines {end + 1}-{last}. Ask for start_line {end + 1}.]" if end < last else ""
        return f"{heading}\n{number_lines(shown, first)}{more}"

    def list_files(self, arguments: dict[str, Any]) -> str:
        """Return paths, a line each; where there are too many, how many each folder has besides."""
        folder = _read_folder(arguments.get("path", ""))
        if folder and self._tree.exists(folder):
            raise UserError(f"{folder} is a file. Show it with read_file.")
        listing = self._tree.walk(folder)
        entries = listing.entries
        if "glob" in arguments:
            chosen = set(select((entry.path for entry in entries), arguments["glob"]))
            entries = tuple(entry for entry in entries if entry.path in chosen)
        if not entries:
            return "No file there matches." if "glob" in arguments else "There is no file there."
        shown = [_show(entry) for entry in entries[:MAX_LISTED]]
        if len(entries) > MAX_LISTED:
            shown.append(_count_folders(entries[MAX_LISTED:], folder))
        if listing.skipped:
            shown.append(f"[{listing.skipped} names left out: they cannot be named safely.]")
        return "\n".join(shown)

    def search(self, arguments: dict[str, Any]) -> str:
        """Return matching lines under the path of their file; matches have a colon behind the number."""
        found = search(
            self._tree,
            Query(
                pattern=arguments["pattern"],
                is_regex=arguments.get("regex", False),
                ignore_case=arguments.get("ignore_case", False),
                path=_read_folder(arguments.get("path", "")),
                glob=arguments.get("glob", ""),
                context=arguments.get("context", 0),
                most=MAX_MATCHES,
            ),
            ripgrep=self._ripgrep,
        )
        if not found.lines:
            return "Nothing was found in time." if found.is_cut else "No line matches."
        parts: list[str] = []
        size = 0
        for path, lines in groupby(found.lines, key=lambda line: line.path):
            part = escape(path)
            for line in lines:
                sign = ":" if line.is_match else "-"
                part += f"\n{line.number:>6}{sign}\t{escape(cut_line(line.text, MAX_SEARCH_LINE))}"
            size += len(part)
            if size > MAX_RESULT:
                return "\n".join([*parts, "[There is more. Narrow it with path or glob.]"])
            parts.append(part)
        more = ["[There is more. Narrow it with path or glob.]"] if found.is_cut else []
        return "\n".join([*parts, *more])

    def _read(self, path: str) -> Document:
        if self._tree.kind(path) is None and (near := self._find_like(path)):
            raise UserError(f"There is no file {path}. Near it: {near}.")
        return decode(self._tree.read_bytes(path))

    def _find_like(self, path: str) -> str:
        name = path.rsplit("/", 1)[-1]
        files = self._tree.walk().files
        same = [other for other in files if other.rsplit("/", 1)[-1] == name]
        twin = find_twin(path, files)
        return ", ".join(escape(other) for other in ([twin] if twin else same[:5]))


def _read_folder(path: str) -> str:
    return "" if path.strip("./") == "" and ".." not in path and not path.startswith("/") else check_path(path)


def _fit(lines: list[str]) -> list[str]:
    size = 0
    for number, line in enumerate(lines):
        size += len(cut_line(line)) + 8
        if size > MAX_RESULT and number:
            return lines[:number]
    return lines


def _describe(document: Document) -> str:
    notes = []
    if document.encoding != "utf-8" or document.mark:
        notes.append(document.encoding + (" with a byte order mark" if document.mark else ""))
    if "\r\n" in document.text:
        notes.append("CRLF line endings, kept by edits")
    if not document.text.endswith("\n"):
        notes.append("no line end after the last line")
    return f" ({'; '.join(notes)})" if notes else ""


def _show(entry: Entry) -> str:
    kind = "" if entry.kind is EntryKind.FILE else f"  ({entry.kind}, cannot be opened)"
    return escape(entry.path) + kind


def _count_folders(entries: tuple[Entry, ...], folder: str) -> str:
    depth = folder.count("/") + 1 if folder else 0
    counts = Counter("/".join(entry.path.split("/")[: depth + 1]) for entry in entries)
    shown = "\n".join(f"  {escape(name)}: {count}" for name, count in sorted(counts.items())[:100])
    return f"[{len(entries)} more files. Narrow it with path or glob. They are in:\n{shown}]"
