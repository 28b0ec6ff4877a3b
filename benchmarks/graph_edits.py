"""One changed file after another: how soon the view knows, how soon the store, and what settling corrects.

It is a part of `python -m benchmarks.graph_speed`. The files are Django's own, chosen at random; each gets a real edit:
a function more that calls another one, a changed body, a call more. A touch counts as done when the view was asked for
the edited symbol and what it calls.
"""

import ast
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

from benchmarks.measuring import give, resident, time_it
from yantra_bot.graphdb.facts_cache import FactsCache
from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.kuzu_store import GraphStore
from yantra_bot.graphdb.live import LiveGraph
from yantra_bot.graphdb.overlay import Diff
from yantra_bot.graphdb.view import GraphView

FOLLOWED = 20
"""So many edits are followed by the store, the others by the view alone."""
KINDS = ("a function more", "a changed body", "a call more")


@dataclass(frozen=True, slots=True)
class Edit:
    """The new text of a file, and the name and the callee to ask for afterwards."""

    path: str
    text: str
    kind: str
    name: str
    callee: str | None


def make_edits(tree: Path, paths: list[str], count: int, seed: int = 7) -> Iterator[Edit]:
    """Yield so many edits of different files."""
    rng = random.Random(seed)
    made = 0
    for path in rng.sample(paths, len(paths)):
        if made == count:
            return
        edit = _edit(path, (tree / path).read_text("utf-8"), KINDS[made % 3], rng)
        if edit is not None:
            made += 1
            yield edit


def _edit(path: str, text: str, kind: str, rng: random.Random) -> Edit | None:
    try:
        body = ast.parse(text).body
    except SyntaxError:
        return None
    # A name that is assigned again stands for something else: a call of it is no call of the function.
    assigned = {name.id for node in body for name in ast.walk(node) if _is_stored(name)}
    functions = [
        node
        for node in body
        if isinstance(node, ast.FunctionDef) and not node.decorator_list and node.name not in assigned
    ]
    classes = [node for node in body if isinstance(node, ast.ClassDef)]
    methods = [node for one in classes for node in one.body if isinstance(node, ast.FunctionDef) and len(node.body) > 1]
    if not functions or not methods:
        return None
    callee, changed = rng.choice(functions), rng.choice(methods)
    if kind == KINDS[0]:
        added = f"\n\ndef added_by_an_edit(*values):\n    return {callee.name}(*values)\n"
        return Edit(path, text + added, kind, "added_by_an_edit", callee.name)
    # Behind the first statement, which may be a docstring.
    lines, at, indent = text.splitlines(keepends=True), changed.body[1].lineno - 1, " " * changed.body[1].col_offset
    is_call = kind == KINDS[2]
    lines.insert(at, f"{indent}{callee.name}()\n" if is_call else f"{indent}edited = sorted(repr(7))\n")
    return Edit(path, "".join(lines), kind, changed.name, callee.name if is_call else None)


def _is_stored(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def measure_edits(tree: Path, store_folder: Path, count: int) -> None:
    """Give every figure; the store's folder holds the facts and the graph of the tree as it is."""
    cache = FactsCache(store_folder / "facts.sqlite")
    indexer = Indexer(tree, cache=cache)
    update, look = time_it(indexer.refresh)
    live, opened = time_it(lambda: LiveGraph(indexer))
    store = GraphStore.open(store_folder / "graph")
    # The store was saved by the build from the same files.
    live.view.generation = store.generation()
    figures = _Figures(tree, live, store)
    unchanged = [time_it(lambda path=path: live.touch(path))[1].wall for path in list(live.view.files)[:200]]
    edits = list(make_edits(tree, [path for path in live.view.files if path.endswith(".py")], count))
    for number, edit in enumerate(edits):
        figures.take(edit, is_followed=number < FOLLOWED)
    edges = live.view.edge_count
    corrections, settled = time_it(live.settle)
    again, second = time_it(indexer.refresh)
    give(
        parsed_unchanged=len([path for path in (*update.parsed, *again.parsed) if path in indexer.digests]),
        files=len(live.view.files), look=look, opened=opened,
        unchanged=unchanged, touches=figures.touches, follows=figures.follows, worked=figures.worked,
        kinds=figures.kinds, edges=edges, settled=settled, second=second, corrected=_count(corrections),
        corrected_inside=_count(corrections, {edit.path for edit in edits}), resident=resident(), wrong=figures.wrong,
    )  # fmt: skip
    cache.close()


class _Figures:
    def __init__(self, tree: Path, live: LiveGraph, store: GraphStore) -> None:
        self._tree, self._live, self._store = tree, live, store
        self.touches: list[float] = []
        self.worked: list[float] = []
        self.follows: list[float] = []
        self.kinds: list[str] = []
        self.wrong: list[str] = []
        """Edits after which the view did not answer with what was written."""

    def take(self, edit: Edit, *, is_followed: bool) -> None:
        (self._tree / edit.path).write_text(edit.text, "utf-8")

        def touch() -> tuple[Diff, bool]:
            changes = self._live.touch(edit.path)
            return changes, is_answered(self._live.view, edit)

        (changes, answered), took = time_it(touch)
        self.touches.append(took.wall)
        self.worked.append(took.cpu)
        self.kinds.append(edit.kind)
        if not answered:
            self.wrong.append(f"{edit.path}: {edit.kind}")
        if is_followed:
            generation, behind = time_it(lambda: self._store.follow(self._live.view, changes))
            self._live.view.generation = generation
            self.follows.append(took.wall + behind.wall)


def is_answered(view: GraphView, edit: Edit) -> bool:
    """Ask the view for the edited symbol; say whether it calls what was written."""
    rows = [row for row in view.in_file(edit.path) if view.symbol(row).name == edit.name]
    called = {view.symbol(int(target)).name for row in rows for target in view.targets(view.edges_out(row))}
    return bool(rows) and (edit.callee is None or edit.callee in called)


def _count(changes: Diff, paths: set[str] | None = None) -> int:
    """Return how many edges were added or taken away, in all files or some."""
    wanted = [change for change in changes if paths is None or change.path in paths]
    return sum(len(set(change.edges_added) ^ set(change.edges_removed)) for change in wanted)


def prepare(django: Path, folder: Path) -> Path:
    """Copy the tree to where it may be edited."""
    return Path(shutil.copytree(django, folder / "tree"))
