"""The projects whose functions are learned from: what `corpora.lock` pins, fetched by the one fetcher.

Projects are split, never files, and projects of the same hands stay together. Nothing that is fetched is imported,
installed or committed.
"""

import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from email.parser import HeaderParser
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Final

from yantra_bot.artefacts import Artefact, Kind, Store, default_store
from yantra_bot.errors import Permanent, SettingsError

LOCK: Final = Path(__file__).with_name("corpora.lock")
LICENCES: Final = frozenset(
    {"MIT", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "ISC", "PSF-2.0", "MIT OR Apache-2.0"}
)
MAX_FILE_BYTES: Final = 400_000
"""A longer file is generated or a table."""
_LEFT_OUT: Final = frozenset(
    {"test", "tests", "testing", "_tests", "_vendor", "_vendored", "vendor", "vendored", "extern", "vendored_packages"}
)
"""Folders whose code is not the project's own, or tests it."""


class Part(StrEnum):
    """What a project is used for."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Project:
    """One block of `corpora.lock`; the fields are explained at its top."""

    name: str
    version: str
    sha256: str
    licence: str
    family: str
    part: Part
    small: bool = False

    @property
    def artefact(self) -> Artefact:
        """What the fetcher needs to know of it."""
        purpose = "the code that the learned score is trained on"
        members = ("*.py", "*.dist-info/METADATA", "*.dist-info/licenses/*")
        return Artefact(
            self.name, Kind.PIP_WHEEL, self.name, self.version, self.sha256, purpose, required=False, members=members
        )


def read_projects(lock: Path = LOCK, *, small: bool = False) -> list[Project]:
    """Return the pinned projects in the order of the lock, or those of the small corpus.

    Raises SettingsError where the lock cannot be read, has a licence that is not permissive, a project twice, or a
    family in two parts.
    """
    try:
        blocks = tomllib.loads(lock.read_text(encoding="utf-8")).get("project", [])
        found = [Project(**{**block, "part": Part(block["part"])}) for block in blocks]
    except (OSError, ValueError, KeyError, TypeError) as problem:
        message = f"{lock} cannot be read ({problem}). Cure: restore it, or correct the block by the list at its top."
        raise SettingsError(message) from problem
    parts: dict[str, Part] = {}
    for one in found:
        if one.licence not in LICENCES:
            raise SettingsError(f"{lock}: {one.name} has the licence {one.licence}. Cure: take another project.")
        if parts.setdefault(one.family, one.part) is not one.part:
            raise SettingsError(f"{lock}: {one.family} is in two parts. Cure: put the family into one of them.")
    if len({one.name for one in found}) != len(found):
        raise SettingsError(f"{lock} has a project twice. Cure: remove one block.")
    return [one for one in found if one.small or not small]


def corpus_store(projects: list[Project], folder: Path | None = None) -> Store:
    """Return where the projects are kept: beside the other artefacts, unless a folder is named."""
    place = folder or default_store().folder / "corpora"
    return Store(LOCK, place, {one.name: one.artefact for one in projects})


def fetch_project(store: Store, project: Project) -> Path:
    """Return a project's folder, fetched if need be.

    Raises Transient when the client failed, Permanent when the bytes or the licence are not what was pinned.
    """
    folder = store.fetch(project.name)
    problem = licence_problem(folder, project)
    if problem:
        raise Permanent(f"{project.name} {project.version}: {problem} Cure: correct or remove it in corpora.lock.")
    return folder


def licence_problem(folder: Path, project: Project) -> str:
    """Return what in a package's own statement contradicts the pinned licence; empty where nothing does."""
    stated = next(iter(sorted(folder.glob("*.dist-info/METADATA"))), None)
    if stated is None:
        return "it states no licence."
    headers = HeaderParser().parsestr(stated.read_text(encoding="utf-8", errors="replace"))
    classified = [text for text in headers.get_all("Classifier", []) if text.startswith("License")]
    told = " ".join([headers.get("License-Expression", ""), headers.get("License", "")[:100], *classified])
    family = project.licence.split("-")[0].split(" ")[0]
    if "GPL" in told or "General Public" in told:
        return f"it states {told[:80]!r}, which is not permissive."
    return "" if family.lower() in told.lower() else f"it states {told[:80]!r} and not {project.licence}."


def source_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Give the paths and contents of a project's own Python files, without its tests, in order.

    A file that it has twice is given once, and what a wheel puts elsewhere (`*.data`) is a copy.
    """
    seen: set[bytes] = set()
    for path in sorted(folder.rglob("*.py")):
        relative = path.relative_to(folder)
        is_test = relative.name.startswith(("test_", "conftest")) or relative.name.endswith("_test.py")
        is_copy = relative.parts[0].endswith(".data")
        is_ours = not is_test and not is_copy and not _LEFT_OUT & set(relative.parts[:-1])
        if is_ours and path.stat().st_size <= MAX_FILE_BYTES:
            source = path.read_bytes()
            if source not in seen or path.name == "__init__.py":
                yield PurePosixPath(relative).as_posix(), source
            seen.add(source)


def main() -> None:
    """Fetch the corpus: `python -m yantra_bot.training.corpora [--small]`."""
    projects = read_projects(small="--small" in sys.argv[1:])
    store = corpus_store(projects)
    for at, project in enumerate(projects, 1):
        fetch_project(store, project)
        sys.stdout.write(f"{at}/{len(projects)} {project.name} {project.version} ({project.part})\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
