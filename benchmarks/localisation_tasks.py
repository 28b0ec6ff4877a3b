"""Makes tasks of localisation from a repository's past: a bug fix's message as the query, what it changed as the truth.

    python -m benchmarks.localisation_tasks GITDIR OUT.jsonl [--most 90]

Each line of OUT: {"id", "sha", "query", "files", "functions", "outer"}. `sha` is the fix's parent: the tree to search.
`files` are the source files, no tests, that the fix changed and that the tree has; `functions` ("path::Class.method")
the innermost functions that held changed lines, `outer` the outermost functions around the same lines. The same
repository gives the same tasks. Nothing is drawn by chance.
"""

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

from benchmarks.localisation_git import Blobs, name_repository
from benchmarks.localisation_messages import is_fix, make_query
from benchmarks.localisation_truth import find_changed, is_source, says_the_same
from yantra_bot.graphdb.history.gitlog import FileDiff, RawCommit, log_arguments, parse_log
from yantra_bot.graphdb.history.host_git import HostGit

COMMITS = 3_000
"""So many of the last commits that change sources are looked at; of a merge both sides."""
MOST = 90
MOST_FILES, MOST_FUNCTIONS = 3, 5
SLANT = 1.4
"""1 spreads the tasks evenly over the commits that fit; more takes more of the new ones."""
PATIENCE = 300.0
SOURCES = tuple(
    f"*.{suffix}" for suffix in ("py", "js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "go", "rs", "java")
)


@dataclass(frozen=True, slots=True)
class Task:
    """One query with its truth."""

    id: str
    sha: str
    query: str
    files: tuple[str, ...]
    functions: tuple[str, ...]
    outer: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search says to a task: two rankings, best first."""

    files: tuple[str, ...]
    functions: tuple[str, ...]


Retriever = Callable[[Task], Answer]


def make_tasks(repository: Path, *, most: int = MOST, commits: int = COMMITS) -> list[Task]:
    """Return the tasks of a repository, newest first."""
    git = HostGit(repository.resolve(), seconds=PATIENCE)
    name = name_repository(repository)
    found: dict[str, Task] = {}
    with Blobs(repository.resolve()) as blobs:
        for commit in parse_log(git((*log_arguments("HEAD", max_commits=commits), *SOURCES))):
            if len(commit.parents) == 1 and is_fix(commit.message):
                task = make_task(name, commit, blobs)
                if task is not None:
                    found.setdefault(task.query, task)
    return spread(list(found.values()), most)


def make_task(name: str, commit: RawCommit, blobs: Blobs) -> Task | None:
    """Return the task that a fix makes; None where it changes too much, too little, or no function."""
    files = [file for file in commit.files if file.old_path and is_source(file.old_path)]
    if not 1 <= len(files) <= MOST_FILES:
        return None
    changed: dict[str, str] = {}
    is_code = False
    for file in files:
        of_file, differs = _read_change(commit, file, blobs)
        is_code = is_code or differs
        changed.update({f"{file.old_path}::{inner}": f"{file.old_path}::{outer}" for inner, outer in of_file.items()})
    if not is_code or not 1 <= len(changed) <= MOST_FUNCTIONS:
        return None
    query = make_query(commit.message, lambda: blobs.list_tree(commit.parents[0]))
    if query is None:
        return None
    paths = tuple(sorted({file.old_path or "" for file in files}))
    outer = tuple(sorted(set(changed.values())))
    return Task(f"{name}-{commit.sha[:10]}", commit.parents[0], query, paths, tuple(sorted(changed)), outer)


def _read_change(commit: RawCommit, file: FileDiff, blobs: Blobs) -> tuple[dict[str, str], bool]:
    """Return the functions that a file's part of a commit changed, and whether it changes what the file does."""
    path = file.old_path or ""
    old = blobs.read(commit.parents[0], path) or b""
    new = (blobs.read(commit.sha, file.new_path) if file.new_path else None) or b""
    return find_changed(path, old, new, file.hunks), not says_the_same(path, old, new)


def spread(tasks: Sequence[Task], most: int) -> list[Task]:
    """Return so many of the tasks, evenly spread with a slant to the first."""
    if len(tasks) <= most:
        return list(tasks)
    places = [int(len(tasks) * (number / most) ** SLANT) for number in range(most + 1)]
    chosen: list[Task] = []
    for place, following in pairwise(places):
        chosen += tasks[place : max(following, place + 1)][:1]
    return list(dict.fromkeys(chosen))


def write_tasks(path: Path, tasks: Sequence[Task]) -> None:
    """Write one task a line."""
    path.write_text("".join(f"{json.dumps(asdict(task), ensure_ascii=False)}\n" for task in tasks), "utf-8")


def read_tasks(path: Path) -> Iterator[Task]:
    """Yield the tasks of a file."""
    for line in path.read_text("utf-8").splitlines():
        given = json.loads(line)
        many = {name: tuple(given[name]) for name in ("files", "functions", "outer")}
        yield Task(given["id"], given["sha"], given["query"], **many)


def main() -> None:
    """Write the tasks of the repository that is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repository", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--most", type=int, default=MOST)
    options = parser.parse_args()
    tasks = make_tasks(options.repository, most=options.most)
    write_tasks(options.out, tasks)
    print(f"{name_repository(options.repository)}: {len(tasks)} tasks")


if __name__ == "__main__":
    main()
