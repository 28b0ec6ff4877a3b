"""Reads a package.json: which runner its tests need, and what it depends on. Pure; believes no shape."""

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from yantra_bot.domain.runners import RunnerName
from yantra_bot.validation.runners.contract import Files

MANIFEST: Final = "package.json"
_PLACEHOLDER: Final = "no test specified"
_JOINTS: Final = re.compile(r"&&|\|\||;|\||&")
_ASSIGNMENT: Final = re.compile(r"[A-Za-z_]\w*=")
_BEFORE: Final = frozenset({"cross-env", "npx", "env", "c8", "nyc", "time"})
_TOOLS: Final = {"jest": RunnerName.JEST, "vitest": RunnerName.VITEST}
_TEST_FILE: Final = re.compile(r"(?:^|/)(?:test/.+|test|test-.+|.+[.\-_]test)\.[cm]?js$")
_NODE_TEST: Final = re.compile(rb"""["']node:test["']""")
_LOOKED_INTO: Final = 200
_TABLES: Final = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")


@dataclass(frozen=True, slots=True)
class Package:
    """A package.json. `test` is its script, empty without one or where it is what npm writes into a new package."""

    folder: str
    test: str
    dependencies: frozenset[str]
    has_jest_settings: bool = False

    @property
    def tool(self) -> RunnerName | None:
        """The runner that arguments behind the script reach; None where that is none that is known."""
        joints = _JOINTS.findall(self.test)
        words = split_words(_JOINTS.split(self.test)[-1])
        return None if joints[-1:] and joints[-1] != "&&" else _find_tool(words)

    @property
    def runs_node_test(self) -> bool:
        """Whether some part of the script is `node --test`."""
        return any(_find_tool(split_words(part)) is RunnerName.NODE for part in _JOINTS.split(self.test))


def read_package(files: Files, folder: str) -> Package | None:
    """Return the package of a folder; None where its package.json is none that npm would read."""
    try:
        found = json.loads((files.read(join(folder, MANIFEST)) or b"").decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    script = table(found, "scripts").get("test")
    test = script.strip() if isinstance(script, str) and _PLACEHOLDER not in script else ""
    names = frozenset(str(name) for one in _TABLES for name in table(found, one))
    return Package(folder, test, names, isinstance(found.get("jest"), dict))


def choose_runner(files: Files, package: Package) -> RunnerName | None:
    """Return what runs the tests of a package, None where it has none. The script decides, where there is one."""
    if package.test:
        if package.runs_node_test:
            return RunnerName.NODE
        return package.tool or RunnerName.NPM
    for name, runner in (("vitest", RunnerName.VITEST), ("jest", RunnerName.JEST)):
        if name in package.dependencies:
            return runner
    return RunnerName.NODE if _has_node_tests(files, package.folder) else None


def list_packages(files: Files) -> tuple[str, ...]:
    """Return the folders with a package.json that are the repository's own."""
    paths = (path for path in files.paths if path.rpartition("/")[2] == MANIFEST)
    return tuple(path.rpartition("/")[0] for path in paths if "node_modules" not in path.split("/"))


def split_words(command: str) -> list[str]:
    """Return the words of a command, without what stands before the program; nothing where quotes are open."""
    try:
        words = shlex.split(command)
    except ValueError:
        return []
    while words and (_ASSIGNMENT.match(words[0]) or words[0] in _BEFORE):
        words = words[1:]
    return words


def table(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a table of a table; an empty one where there is something else in its place."""
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def join(folder: str, name: str) -> str:
    """Return the path of a name in a folder, which may be the root."""
    return f"{folder}/{name}" if folder else name


def _find_tool(words: list[str]) -> RunnerName | None:
    if not words:
        return None
    program = words[0].rpartition("/")[2]
    if program == "node" and "--test" in words:
        return RunnerName.NODE
    if program == "node":
        program = next((word for word in words[1:] if not word.startswith("-")), "").rpartition("/")[2]
    return _TOOLS.get(program.removesuffix(".mjs").removesuffix(".js"))


def _has_node_tests(files: Files, folder: str) -> bool:
    """Tell whether there are such tests; those of a package further below are that one's."""
    prefix = f"{folder}/" if folder else ""
    below = tuple(f"{other}/" for other in list_packages(files) if other != folder and other.startswith(prefix))
    own = (path for path in files.paths if path.startswith(prefix) and not path.startswith(below))
    tests = (path for path in own if _TEST_FILE.search(path[len(prefix) :]))
    return any(_NODE_TEST.search(files.read(path) or b"") for _, path in zip(range(_LOOKED_INTO), tests, strict=False))
