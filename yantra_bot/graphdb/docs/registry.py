"""The registry of a project's documentation: every feature, decision, change and task that its Markdown names.

Markdown is the only source: nothing is stored, the pages are read anew each time. Reading never raises for what a page
contains; what was cut or cannot be read is a problem of the registry.
"""

import os
import re
import stat
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from yantra_bot.domain.graph import Problem
from yantra_bot.domain.project_docs import Duplicate, Entry, EntryKind, Registry
from yantra_bot.graphdb.docs.changes import is_changelog_title, read_changes
from yantra_bot.graphdb.docs.decisions import is_record, read_decisions, read_record
from yantra_bot.graphdb.docs.features import read_features
from yantra_bot.graphdb.docs.markdown import Page, read_page
from yantra_bot.graphdb.docs.tasks import read_tasks
from yantra_bot.graphdb.docs.text import heading_text, same_title

MAX_PAGES = 500
MAX_BYTES = 4 * 1024 * 1024
MAX_TOTAL_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 6
MAX_FOLDERS = 2_000

_ENDINGS = (".md", ".markdown", ".mdown")
_SKIPPED = frozenset(
    [
        *["node_modules", "vendor", "third_party", "site-packages", "__pycache__", "dist", "build", "target", "venv"],
        *["test", "tests", "__tests__", "testdata", "fixtures"],
    ]
)
"""Folders whose pages are about something else than the project."""
_NOT_ALNUM = re.compile(r"[\W_]+")


def read_registry(root: Path) -> Registry:
    """Return what the Markdown under the folder `root` says; links are not followed, hidden folders left out."""
    problems: list[Problem] = []
    pages: dict[str, str] = {}
    left = MAX_TOTAL_BYTES
    for path in find_pages(root, problems):
        if left <= 0:
            problems.append(Problem(path, "too much", f"more than {MAX_TOTAL_BYTES} bytes of pages before it"))
            break
        text = _read_text(root / path, path, problems)
        left -= len(text or "")
        if text is not None:
            pages[path] = text
    registry = read_pages(pages)
    return replace(registry, problems=(*problems, *registry.problems))


def find_pages(root: Path, problems: list[Problem]) -> list[str]:
    """Return the paths of the Markdown pages under `root`, relative to it, nearest first; what is left out is told."""
    found: list[str] = []
    level, visited = [("", root)], 0
    for _ in range(MAX_DEPTH + 1):
        below: list[tuple[str, Path]] = []
        for prefix, folder in level:
            visited += 1
            if visited > MAX_FOLDERS:
                problems.append(Problem(prefix, "too many folders", f"more than {MAX_FOLDERS}"))
                return found
            names, folders = _list_folder(folder)
            found += [prefix + name for name in names]
            below += [(f"{prefix}{name}/", folder / name) for name in folders]
        if len(found) > MAX_PAGES:
            problems.append(
                Problem("", "too many pages", f"only the nearest {MAX_PAGES} of at least {len(found)} were read")
            )
            return found[:MAX_PAGES]
        level = below
    return found


def _list_folder(folder: Path) -> tuple[list[str], list[str]]:
    """Return the names of the pages and of the folders in it, sorted; nothing where it cannot be listed."""
    pages, folders = [], []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith(".") or entry.name in _SKIPPED:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.name)
                elif entry.name.lower().endswith(_ENDINGS) and entry.is_file(follow_symlinks=False):
                    pages.append(entry.name)
    except OSError:
        return [], []
    return sorted(pages), sorted(folders)


def _read_text(file: Path, path: str, problems: list[Problem]) -> str | None:
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return None
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        problems.append(Problem(path, "vanished", error.strerror or ""))
        return None
    if b"\0" in data[:8_192]:
        problems.append(Problem(path, "not text", "it has null bytes"))
        return None
    if len(data) > MAX_BYTES:
        problems.append(Problem(path, "too long", f"only the first {MAX_BYTES} bytes were read"))
    return data[:MAX_BYTES].decode("utf-8", "replace")


def read_pages(pages: Mapping[str, str]) -> Registry:
    """Return what pages say, given their text by path."""
    entries: list[Entry] = []
    problems: list[Problem] = []
    for path in sorted(pages):
        page = read_page(path, pages[path])
        entries += read_entries(page)
        if page.is_cut:
            problems.append(Problem(path, "too long", "a line, the page or its number of items was cut"))
    entries = _link_tasks(entries)
    return Registry(tuple(entries), tuple(find_duplicates(entries)), tuple(problems), tuple(sorted(pages)))


def read_entries(page: Page) -> list[Entry]:
    """Return everything that one page says, by line. What a page is decides what is looked for in it."""
    if is_record(page):
        return [read_record(page), *read_tasks(page)]
    stem = page.path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    first = heading_text(page, 0) if page.headings else ""
    if is_changelog_title(stem) or is_changelog_title(first):
        return read_changes(page)
    found = [*read_features(page), *read_decisions(page), *read_tasks(page)]
    for index in range(len(page.headings)):
        if is_changelog_title(heading_text(page, index)):
            found += read_changes(page, within=index)
    return _drop_repeated(sorted(found, key=lambda entry: entry.line))


def _drop_repeated(entries: Iterable[Entry]) -> list[Entry]:
    """Keep one entry for a line; a task is a task wherever it stands."""
    kept: dict[int, Entry] = {}
    for entry in entries:
        if entry.line not in kept or entry.kind is EntryKind.TASK:
            kept[entry.line] = entry
    return list(kept.values())


def find_duplicates(entries: Iterable[Entry]) -> list[Duplicate]:
    """Return what is said twice: equal titles of a kind, and numbers that two decisions of one folder have.

    Changes are compared within one version, tasks within one milestone.
    """
    groups: defaultdict[tuple[EntryKind, str, str], list[Entry]] = defaultdict(list)
    numbers: defaultdict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        scope = entry.group + entry.parent if entry.kind in {EntryKind.CHANGE, EntryKind.TASK} else ""
        if same_title(entry.title):
            groups[entry.kind, same_title(entry.title), scope].append(entry)
        if entry.kind is EntryKind.DECISION and entry.number:
            numbers[entry.path.rpartition("/")[0], entry.number].append(entry)
    said = [Duplicate(kind, same[0].title, _keys(same)) for (kind, _, _), same in groups.items() if len(same) > 1]
    counted = [
        Duplicate(EntryKind.DECISION, f"number {number}", _keys(same))
        for (_, number), same in numbers.items()
        if len(same) > 1
    ]
    return said + counted


def _keys(entries: Iterable[Entry]) -> tuple[str, ...]:
    return tuple(entry.key for entry in entries)


def _link_tasks(entries: list[Entry]) -> list[Entry]:
    """Replace numbers and titles that tasks depend on by keys: of the same page first, else of the only one."""
    names: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.kind is EntryKind.TASK:
            for name in {entry.number, _plain_name(entry.number), same_title(entry.title)} - {""}:
                names[name].append(entry)
    return [
        replace(entry, depends_on=tuple(_resolve(entry, name, names) for name in entry.depends_on))
        if entry.depends_on
        else entry
        for entry in entries
    ]


def _plain_name(number: str) -> str:
    return _NOT_ALNUM.sub(" ", number).strip().casefold()


def _resolve(entry: Entry, name: str, names: Mapping[str, list[Entry]]) -> str:
    candidates = names.get(name) or names.get(_plain_name(name)) or names.get(same_title(name)) or []
    near = [other for other in candidates if other.path == entry.path and other.key != entry.key]
    chosen = near or [other for other in candidates if other.key != entry.key]
    return chosen[0].key if len(chosen) == 1 else name
