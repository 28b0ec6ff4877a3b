"""The test suites that variants are tried on: sdists of projects of the corpus, pinned by hash in `outcomes.lock`."""

import compileall
import py_compile
import shutil
import tomllib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from yantra_bot.artefacts import Artefact, Kind, Store, default_store
from yantra_bot.errors import SettingsError
from yantra_bot.training.corpora import Project, read_projects, source_files

LOCK: Final = Path(__file__).parents[1] / "outcomes.lock"


@dataclass(frozen=True, slots=True)
class Suite:
    """One block of `outcomes.lock` with the project of the corpus that it belongs to."""

    project: Project
    sha256: str
    """Of the sdist."""
    source: str
    """Folder of the sdist whose content is that of the wheel; empty for its root."""
    tests: tuple[str, ...]
    """Files and folders that pytest is given."""

    @property
    def artefact(self) -> Artefact:
        """What the fetcher needs to know of the sdist."""
        name, version = self.project.name, self.project.version
        purpose = "the tests that variants of its functions are tried on"
        root = f"{name.replace('-', '_')}-{version}"
        return Artefact(name, Kind.PIP_SDIST, name, version, self.sha256, purpose, required=False, root=root)


def read_suites(lock: Path = LOCK, projects: Sequence[Project] | None = None) -> list[Suite]:
    """Return the suites in the order of the lock.

    Raises SettingsError where the lock cannot be read, or pins what is not in the corpus with that version and licence.
    """
    known = {one.name: one for one in (read_projects() if projects is None else projects)}
    found = []
    try:
        for block in tomllib.loads(lock.read_text(encoding="utf-8")).get("suite", []):
            project = known[block.pop("name")]
            stated = block.pop("version"), block.pop("licence")
            if stated != (project.version, project.licence):
                raise ValueError(f"{project.name} is {project.version}, {project.licence} in corpora.lock")
            found.append(Suite(project, **{**block, "tests": tuple(block["tests"])}))
    except (OSError, ValueError, KeyError, TypeError) as problem:
        message = f"{lock} cannot be read ({problem}). Cure: restore it, or correct the block by the list at its top."
        raise SettingsError(message) from problem
    return found


def suite_store(suites: Sequence[Suite], folder: Path | None = None) -> Store:
    """Return where the sdists are kept: beside the other artefacts, unless a folder is named."""
    place = folder or default_store().folder / "outcomes"
    return Store(LOCK, place, {one.project.name: one.artefact for one in suites})


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A copy of an sdist that one file at a time is changed in."""

    suite: Suite
    root: Path
    files: dict[str, bytes]
    """The sources as the wheel has them, by its paths; what differs in the sdist is left out."""

    def place(self, path: str) -> Path:
        """Return where a file of the wheel lies."""
        return self.root / self.suite.source / path


def lay_out(suite: Suite, sdist: Path, wheel: Path, root: Path) -> LaidOut:
    """Copy an sdist to `root`, compiled such that a changed file is seen by its content: dates are too coarse."""
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(sdist, root)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of code that is not ours
        compileall.compile_dir(root, quiet=2, invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)
    for path in (root, *root.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    laid = LaidOut(suite, root, {})
    for name, source in source_files(wheel):
        place = laid.place(name)
        if place.is_file() and place.read_bytes() == source:
            laid.files[name] = source
    return laid
