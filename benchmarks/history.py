"""The past tied to today's symbols: how right it is beside parsing every old version, and how long reading takes.

    python -m benchmarks.history [REPOSITORY ...]

The truth: each version of each Python file is parsed, and the changed lines are looked up in it. A symbol counts when
it is there today under the same path and name; a symbol that was renamed has no truth here.
"""

import ast
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from yantra_bot.domain.graph import NodeKind, Span, Symbol
from yantra_bot.domain.history import Touch, TouchEvidence
from yantra_bot.graphdb.history.gitlog import RawCommit, log_arguments, parse_log
from yantra_bot.graphdb.history.host_git import HostGit
from yantra_bot.graphdb.history.reading import HistoryLimits, read_history

ROOT = Path(__file__).resolve().parent.parent
COMMITS = 2_000
Spans = tuple[tuple[int, int, str, bool], ...]


def ask(repository: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=repository, capture_output=True, check=False)
    return done.stdout.decode("utf-8", "replace")


@lru_cache(maxsize=20_000)
def spans_of(repository: Path, version: str, path: str) -> Spans:
    """Return first line, last line, qualified name and whether it is a class, of what a version of a file defines."""
    found: list[tuple[int, int, str, bool]] = []
    stack: list[tuple[ast.AST, str]]
    try:
        stack = [(ast.parse(ask(repository, "show", f"{version}:{path}")), "")]
    except (SyntaxError, ValueError):
        return ()
    while stack:
        node, prefix = stack.pop()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                name = f"{prefix}.{child.name}" if prefix else child.name
                first = min([child.lineno, *(one.lineno for one in child.decorator_list)])
                found.append((first, child.end_lineno or first, name, isinstance(child, ast.ClassDef)))
                stack.append((child, name))
            else:
                stack.append((child, prefix))
    return tuple(sorted(found, key=lambda one: (one[0], -one[1])))


def innermost(spans: Spans, first: int, last: int) -> set[str]:
    found = set()
    for line in range(first, last + 1):
        holding = [name for start, end, name, _ in spans if start <= line <= end]
        found.update(holding[-1:])
    return found


def truth_of(repository: Path, commit: RawCommit) -> Iterator[tuple[str, set[str]]]:
    """Yield each Python file of a commit with the names of what its changed lines belong to, before and after."""
    for file in commit.files:
        path = file.new_path
        if path is None or not path.endswith(".py") or len(commit.files) > 200:
            continue
        after = spans_of(repository, commit.sha, path)
        old = file.old_path or ""
        before = spans_of(repository, commit.parents[0], old) if commit.parents and old else ()
        names: set[str] = set()
        for hunk in file.hunks:
            names |= innermost(after, hunk.new_start, hunk.new_start + hunk.new_count - 1)
            if not hunk.new_count:
                names |= innermost(before, hunk.old_start, hunk.old_start + hunk.old_count - 1)
        yield path, names


def today(repository: Path) -> list[Symbol]:
    symbols = []
    for path in ask(repository, "ls-tree", "-r", "--name-only", "HEAD").splitlines():
        if path.endswith(".py"):
            for first, last, name, is_class in spans_of(repository, "HEAD", path):
                kind = NodeKind.CLASS if is_class else NodeKind.FUNCTION
                span = Span(first, 0, last, 0)
                symbols.append(Symbol(f"{path}::{name}", kind, name.rsplit(".", 1)[-1], name, path, span))
    return symbols


def measure(repository: Path) -> None:
    symbols = today(repository)
    limits = HistoryLimits(commits=COMMITS, seconds=300)
    start = time.perf_counter()
    history = read_history(HostGit(repository, seconds=300), symbols, limits=limits)
    took = time.perf_counter() - start
    keys = {symbol.key for symbol in symbols}
    found: defaultdict[str, dict[str, Touch]] = defaultdict(dict)
    for touch in history.touches:
        if touch.symbol is not None:
            found[touch.commit][touch.symbol] = touch
    counts: Counter[str] = Counter()
    by_evidence: Counter[tuple[TouchEvidence, bool]] = Counter()
    for raw in parse_log(HostGit(repository, seconds=300)(log_arguments("HEAD", max_commits=COMMITS))):
        paths: set[str] = set()
        expected = set()
        for path, names in truth_of(repository, raw):
            paths.add(path)
            expected |= {f"{path}::{name}" for name in names} & keys
        # A file that has another name today has no truth here.
        actual = {key: touch for key, touch in found[raw.sha].items() if touch.path in paths}
        counts.update(right=len(expected & set(actual)), expected=len(expected), found=len(actual))
        for key, touch in actual.items():
            by_evidence[touch.evidence, key in expected] += 1
    precision, recall = counts["right"] / max(counts["found"], 1), counts["right"] / max(counts["expected"], 1)
    name = "this project" if repository == ROOT else repository.name
    print(
        f"| {name} | {len(history.commits)} | {len(history.touches)} | {took:.2f} | {counts['expected']} "
        f"| {precision:.3f} | {recall:.3f} | {_shares(by_evidence)} |"
    )


def _shares(counts: Counter[tuple[TouchEvidence, bool]]) -> str:
    parts = []
    for evidence in TouchEvidence:
        right, wrong = counts[evidence, True], counts[evidence, False]
        if right + wrong:
            parts.append(f"{evidence} {right / (right + wrong):.3f} of {right + wrong}")
    return ", ".join(parts)


def main() -> None:
    print("| repository | commits | touches | s | symbol touches, truth | precision | recall | precision by evidence |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |")
    for name in sys.argv[1:] or [str(ROOT)]:
        measure(Path(name))
    print("\nNo aims are set for these.")


if __name__ == "__main__":
    main()
