"""Which runners a repository's tests need, and which of them a change calls for. By reading alone; always the same."""

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Final

from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.runners import Project, RunnerName
from yantra_bot.errors import UserError
from yantra_bot.sandbox.tree import Tree
from yantra_bot.validation.runners.contract import Files, Runner, Shown
from yantra_bot.validation.runners.golang import Go
from yantra_bot.validation.runners.jest import JEST, VITEST
from yantra_bot.validation.runners.node import NodeTest, NpmScript
from yantra_bot.validation.runners.python import Pytest
from yantra_bot.validation.runners.rust import Cargo

RUNNERS: Final[dict[RunnerName, Runner]] = {
    runner.name: runner for runner in (Pytest(), VITEST, JEST, NodeTest(), NpmScript(), Cargo(), Go())
}
NOTHING: Final = Shown(
    Verdict.INCONCLUSIVE,
    "There are no tests here that are known how to run. A command in .github/yantra.yml (tests: command) would say it.",
)
_PREFERRED: Final = {name: place for place, name in enumerate(RunnerName)}
_MAX_READ: Final = 1024 * 1024
_MAX_NAMED: Final = 5


def list_files(root: Tree) -> Files:
    """Return the files of a tree, to be read as data."""

    def read(path: str) -> bytes | None:
        try:
            return root.read_bytes(path, limit=_MAX_READ)
        except UserError:
            return None

    return Files(root.walk().files, read)


def find_projects(files: Files, *, only: RunnerName | None = None) -> tuple[Project, ...]:
    """Return all projects with tests, those nearest to the root first, then in the order of `RunnerName`.

    `only` is what the repository's rules say: it runs the tests, at the root where nothing shows where they are.
    Python code without any tests counts as pytest's, which says that there are none.
    """
    runners = [RUNNERS[only]] if only is not None else list(RUNNERS.values())
    found = [Project(runner.name, folder) for runner in runners for folder in runner.detect(files)]
    if not found and only is not None:
        return (Project(only),)
    if not found and any(path.endswith(".py") for path in files.paths):
        return (Project(RunnerName.PYTEST),)
    return tuple(sorted(found, key=_rank))


def choose_projects(projects: tuple[Project, ...], near: Iterable[str]) -> tuple[Project, ...]:
    """Return the projects that files call for: of each, the nearest one above it whose language it is in.

    A file of no known language calls for the nearest project of all. Nothing that calls for any: the first project.
    """
    chosen = {one for path in near for one in _call_for(projects, path)}
    return tuple(sorted(chosen, key=_rank)) or projects[:1]


def find_again(projects: tuple[Project, ...], labels: Iterable[str]) -> tuple[Project, ...]:
    """Return the projects that are called so in another version, in the order of the labels.

    Where a folder has no such runner, it is the one there of the same language: who swaps the runner is still held
    against what was there before.
    """
    found = []
    for label in labels:
        name, _, folder = label.partition(" in ")
        there = [one for one in projects if one.folder == folder]
        same = [one for one in there if one.runner == name] or [one for one in there if _is_related(one.runner, name)]
        found += same[:1]
    return tuple(dict.fromkeys(found))


def _is_related(runner: RunnerName, name: str) -> bool:
    return name in set(RunnerName) and RUNNERS[runner].suffixes == RUNNERS[RunnerName(name)].suffixes


def describe_rest(projects: tuple[Project, ...], chosen: tuple[Project, ...]) -> str:
    """Return, for people, which projects are not run; nothing where all are."""
    rest = [project.label for project in projects if project not in chosen]
    if not rest:
        return ""
    more = f" and {len(rest) - _MAX_NAMED} more" if len(rest) > _MAX_NAMED else ""
    ran = ", ".join(project.label for project in chosen)
    return f"Run was {ran}, which the change calls for; not run: {', '.join(rest[:_MAX_NAMED])}{more}."


def _call_for(projects: tuple[Project, ...], path: str) -> list[Project]:
    above = [one for one in projects if not one.folder or path.startswith(f"{one.folder}/")]
    above.sort(key=lambda one: (-_depth(one), _PREFERRED[one.runner]))
    suffix = PurePosixPath(path).suffix
    if any(suffix in runner.suffixes for runner in RUNNERS.values()):
        above = [one for one in above if suffix in RUNNERS[one.runner].suffixes]
    return above[:1]


def _rank(project: Project) -> tuple[int, int, str]:
    return _depth(project), _PREFERRED[project.runner], project.folder


def _depth(project: Project) -> int:
    return len(PurePosixPath(project.folder).parts)
