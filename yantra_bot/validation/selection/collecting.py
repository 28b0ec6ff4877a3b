"""Which files and names a repository's test runners collect, as far as its configuration says. Nothing is run."""

import configparser
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import PurePosixPath
from typing import Any, Final

Read = Callable[[str], bytes | None]
_INI: Final = (("pytest.ini", "pytest"), (".pytest.ini", "pytest"), ("tox.ini", "pytest"), ("setup.cfg", "tool:pytest"))


@dataclass(frozen=True, slots=True)
class Collecting:
    """How pytest collects. Patterns are those of file names, classes and functions."""

    files: tuple[str, ...] = ("test_*.py", "*_test.py")
    classes: tuple[str, ...] = ("Test",)
    functions: tuple[str, ...] = ("test",)
    folders: tuple[str, ...] = ()
    """Empty: everywhere."""

    def wants_file(self, path: str) -> bool:
        """Tell whether pytest looks for tests in a file."""
        is_below = not self.folders or any(f"{path}/".startswith(f"{folder}/") for folder in self.folders)
        return is_below and any(fnmatch(PurePosixPath(path).name, pattern) for pattern in self.files)

    def wants_class(self, name: str) -> bool:
        return _fits(name, self.classes)

    def wants_function(self, name: str) -> bool:
        return _fits(name, self.functions)


def read_collecting(read: Read) -> Collecting:
    """Return how the repository has its tests collected; what cannot be read counts as not set."""
    found = _read_options(read)
    folders = tuple(folder.strip("./") for folder in _words(found.get("testpaths")) if not set(folder) & set("*?["))
    usual = Collecting()
    return Collecting(
        _words(found.get("python_files")) or usual.files,
        _words(found.get("python_classes")) or usual.classes,
        _words(found.get("python_functions")) or usual.functions,
        tuple(folder for folder in folders if folder),
    )


def _read_options(read: Read) -> Mapping[str, Any]:
    for name, section in _INI:
        data = read(name)
        if data is None:
            continue
        parser = configparser.RawConfigParser(strict=False)
        try:
            parser.read_string(data.decode("utf-8", "replace"))
        except configparser.Error:
            continue
        if parser.has_section(section):
            return dict(parser.items(section))
    try:
        project = tomllib.loads((read("pyproject.toml") or b"").decode("utf-8", "replace"))
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}
    found: Any = project
    for part in ("tool", "pytest", "ini_options"):
        found = found.get(part) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def _words(value: Any) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(word for word in value if isinstance(word, str))
    return tuple(value.split()) if isinstance(value, str) else ()


def _fits(name: str, patterns: tuple[str, ...]) -> bool:
    """Tell whether a name begins with one of the prefixes, or fits one of the patterns: pytest takes both."""
    return any(name.startswith(one) or (set(one) & set("*?[") and fnmatch(name, one)) for one in patterns)
