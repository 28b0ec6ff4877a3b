"""Changes beside the code: data that tests read, told by who speaks of the file's name. Found by reading, never run."""

import re
from pathlib import PurePosixPath

from yantra_bot.domain.review import ChangedFile, FileKind
from yantra_bot.validation.selection import chosen as scores
from yantra_bot.validation.selection.chosen import Chosen
from yantra_bot.validation.selection.reach import Reach
from yantra_bot.validation.selection.suite import Suite
from yantra_bot.validation.selection.versions import Version

_RUNTIME = re.compile(rb"\b(?:import_module|__import__|entry_points|iter_entry_points|walk_packages)\s*\(\s*(?![\"'])")


def choose_by_data(file: ChangedFile, head: Version, reach: Reach, suite: Suite, chosen: Chosen) -> None:
    """Choose the tests that read a changed file that is no code, as far as names tell."""
    for path in dict.fromkeys((file.path, file.base_path)):
        where = PurePosixPath(path)
        name = where.name.encode("utf-8", "surrogateescape")
        speaking = {one for one in head.view.files if name in (head.read(one) or b"")}
        for place, test in enumerate(suite.tests):
            if test.path in speaking:
                chosen.add(1 << place, scores.DATA, f"stands in a file that speaks of {where.name}")
        for one in speaking:
            chosen.add(reach.imports.get(one, 0), scores.IMPORTS, f"imports {one}, which speaks of {where.name}")
        if not speaking and file.kind is not FileKind.DOCUMENT:
            _choose_neighbours(where, suite, chosen)


def _choose_neighbours(where: PurePosixPath, suite: Suite, chosen: Chosen) -> None:
    """Choose the tests beside a data file, or beside the folder that it lies in: they may list what is there."""
    for folder in [*where.parents][:-1]:
        beside = [place for place, test in enumerate(suite.tests) if folder == PurePosixPath(test.path).parent]
        for place in beside:
            chosen.add(1 << place, scores.DATA, f"lies beside {where}, which is changed")
        if beside:
            return


def find_runtime_imports(head: Version) -> str:
    """Return the first place that imports by a name made at run time, as `path:line`; empty where there is none."""
    for path in sorted(head.view.files):
        text = head.read(path) or b"" if path.endswith(".py") else b""
        found = _RUNTIME.search(text)
        if found:
            line = text.count(b"\n", 0, found.start()) + 1
            return f"{path}:{line}"
    return ""
