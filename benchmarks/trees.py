"""Trees of real code to measure on: Django's distribution, and copies of its packages up to a number of lines."""

import re
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path

from benchmarks.graph_dynamic import Package, fetch

CACHE = Path(__file__).resolve().parent.parent / ".artefacts" / "benchmark-trees"
DJANGO = Package(
    "django",
    "5.2.8",
    "23254866a5bb9a2cfa6004e8b809ec6246eba4b58a7589bc2772f1bcc8456c7f",
    "django",
    "the tree that speed is measured on",
)
FIRST = ("utils", "core", "http", "db", "dispatch", "template", "forms", "views")
"""Packages of Django that the others stand on; a small tree is made of these."""


def find_django(folder: Path = CACHE) -> Path:
    """Return the folder of Django's distribution, downloaded once by version and hash."""
    folder.mkdir(parents=True, exist_ok=True)
    return fetch(DJANGO, folder)


def make_tree(folder: Path, django: Path, lines: int) -> int:
    """Fill a folder with about so many lines of Python and return how many there are.

    Django's own packages come first, its tests follow, then all of it again under other names (`django_1`, …), whose
    imports lead to each other. No file is cut.
    """
    made = 0
    for number in count():
        for file, target in _files(django, number):
            text = file.read_text("utf-8")
            if number:
                text = re.sub(r"\bdjango\b", f"django_{number}", text)
            path = folder / target
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            made += text.count("\n")
            if made >= lines:
                return made
    return made


def _files(django: Path, number: int) -> Iterator[tuple[Path, Path]]:
    """Yield each file with its place in the copy of a number."""
    suffix = f"_{number}" if number else ""
    packages = [django / "django" / name for name in FIRST]
    packages += sorted(path for path in (django / "django").iterdir() if path.is_dir() and path not in packages)
    packages += sorted(path for path in (django / "tests").iterdir() if path.is_dir())
    for package in packages:
        for file in sorted(package.rglob("*.py")):
            top, *rest = file.relative_to(django).parts
            if "locale" not in rest:
                yield file, Path(f"{top}{suffix}", *rest)
        if package.parent.name == "django" and package.name == FIRST[0]:
            yield django / "django" / "__init__.py", Path(f"django{suffix}", "__init__.py")


def count_lines(tree: Path, paths: Iterable[str]) -> int:
    """Return how many lines the files have."""
    return sum((tree / path).read_bytes().count(b"\n") for path in paths)
