"""Which files of a change are its tests: what a round that writes tests may leave behind. Pure."""

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from yantra_bot.domain.changes import Changeset, FileChange
from yantra_bot.domain.coverage import ChangedLines
from yantra_bot.domain.paths import is_test
from yantra_bot.domain.proof import TestReport
from yantra_bot.validation.generated_tests import path_of
from yantra_bot.validation.statements import LANGUAGES


def may_write(change: FileChange) -> bool:
    """Tell whether a round that writes tests may leave this: no removal, and nothing that decides how tests run."""
    return is_test(change.path) and change.blob is not None and PurePosixPath(change.path).name != "conftest.py"


def merge_tests(before: Changeset, after: Changeset) -> tuple[Changeset, tuple[str, ...]]:
    """Return `after` with everything but tests as `before` has it, and the paths that this put back."""
    new = {change.path: change for change in after.files}
    differing = _differing(before, after)
    wrong = [path for path in differing if path not in new or not may_write(new[path])]
    return put_paths_back(before, after, wrong), tuple(wrong)


def put_paths_back(before: Changeset, after: Changeset, paths: Iterable[str]) -> Changeset:
    """Return `after` with these paths as `before` has them."""
    merged = {change.path: change for change in after.files}
    old = {change.path: change for change in before.files}
    for path in paths:
        merged.pop(path, None)
        if path in old:
            merged[path] = old[path]
    return Changeset(tuple(merged[path] for path in sorted(merged)))


def files_with_tests(before: Changeset, after: Changeset) -> tuple[str, ...]:
    """Return the files with tests, in a language whose coverage can be read, that `after` has otherwise."""
    return tuple(path for path in _differing(before, after) if is_test(path) and path.endswith(tuple(LANGUAGES)))


def choose_example(report: TestReport, lines: ChangedLines, written: Sequence[str]) -> str:
    """Return the test file that shows best how such tests are written; empty where the change has one of its own."""
    stems = [PurePosixPath(gap.path).stem for gap in lines.gaps]
    if any(is_test(path) and any(stem in path for stem in stems) for path in written):
        return ""
    paths = dict.fromkeys(path for one in report.outcomes if is_test(path := path_of(one.name)))
    folders = {str(PurePosixPath(gap.path).parent) for gap in lines.gaps}

    def rank(path: str) -> tuple[bool, bool, str]:
        name = PurePosixPath(path).name
        return not any(stem in name for stem in stems), str(PurePosixPath(path).parent) not in folders, path

    return min(paths, key=rank, default="")


def _differing(before: Changeset, after: Changeset) -> list[str]:
    old, new = ({change.path: change for change in one.files} for one in (before, after))
    return sorted(path for path in old.keys() | new.keys() if old.get(path) != new.get(path))
