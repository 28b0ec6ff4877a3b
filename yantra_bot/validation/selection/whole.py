"""What calls for the whole suite: changes that can change how every test is found, set up or run. Pure."""

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Final

from yantra_bot.domain.review import ChangedFile, FileKind, FileStatus

CONFIGURATION: Final = frozenset(
    {
        *("pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml", "tox.ini", "setup.cfg", "setup.py"),
        *("pyproject.toml", "noxfile.py", ".coveragerc", "sitecustomize.py", "usercustomize.py"),
        *("package.json", "tsconfig.json", "babel.config.js", ".babelrc", "go.mod", "go.work", "Cargo.toml"),
        *("build.rs", "rust-toolchain.toml", "rust-toolchain", "pom.xml", "build.gradle", "build.gradle.kts"),
    }
)
LOCKS: Final = frozenset(
    {
        *("uv.lock", "poetry.lock", "pdm.lock", "Pipfile", "Pipfile.lock", "package-lock.json", "yarn.lock"),
        *("pnpm-lock.yaml", "go.sum", "Cargo.lock", "gradle.lockfile"),
    }
)
_RUNNERS: Final = re.compile(r"(jest|vitest|vite|karma|mocha|playwright)\.(config|setup)\b.*|\.mocharc\b.*")
_REQUIREMENTS: Final = re.compile(r"(requirements|constraints)[\w.-]*\.(txt|in)")
_PTH: Final = ".pth"


def find_reasons(files: Iterable[ChangedFile]) -> Iterator[str]:
    """Yield why the whole suite is called for, a sentence for each file that does so."""
    for file in files:
        for path in dict.fromkeys((file.path, file.base_path)):
            reason = _reason(path, file)
            if reason:
                yield reason


def _reason(path: str, file: ChangedFile) -> str:
    where = PurePosixPath(path)
    name = where.name
    if name in LOCKS or _REQUIREMENTS.fullmatch(name) or where.parent.name == "requirements":
        return f"{path} decides which dependencies the tests run with."
    if name in CONFIGURATION or _RUNNERS.fullmatch(name) or where.suffix == _PTH:
        return f"{path} configures how the project is built or its tests are run."
    if file.kind is FileKind.DEPENDENCIES:
        return f"{path} decides which dependencies the tests run with."
    if file.kind is FileKind.SUBMODULE:
        return f"{path} is a submodule, whose content is not looked at."
    if file.status is FileStatus.TYPE_CHANGED:
        return f"{path} is another type of file now."
    return ""
