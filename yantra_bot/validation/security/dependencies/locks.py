"""Reads lock files: which versions they name, and whether they follow their manifest."""

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

from yantra_bot.validation.security.dependencies.build_files import strip_major
from yantra_bot.validation.security.dependencies.declared import Dependency, Ecosystem, normalise

Pins = dict[str, set[str]]
"""Versions by the normalised name."""
MAX_BYTES = 32_000_000
_LOCKS: dict[str, tuple[str, ...]] = {
    "package.json": ("package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml"),
    "pyproject.toml": ("poetry.lock", "uv.lock", "pdm.lock"),
    "Pipfile": ("Pipfile.lock",),
    "Cargo.toml": ("Cargo.lock",),
    "go.mod": ("go.sum",),
}
_YARN = re.compile(r'^"?((?:@[^/"\s]+/)?[^@"\s,]+)@.*:\n  version:? "?([^"\n]+)"?', re.MULTILINE)
_PNPM = re.compile(r"^  /?'?((?:@[^/'\s]+/)?[^@/'\s(]+)[@/](\d[^:('\s]*)[^:\n]*:", re.MULTILINE)
_GO_SUM = re.compile(r"^(\S+) (v[^\s/]+)(?:/go\.mod)? h1:", re.MULTILINE)


def is_lock(path: str) -> bool:
    """Tell whether a file is a lock file that is understood."""
    return PurePosixPath(path).name in _READERS


def ecosystem_of(path: str) -> Ecosystem:
    """Return the ecosystem of a lock file."""
    return _READERS[PurePosixPath(path).name][0]


def lock_names(path: str) -> list[str]:
    """Return the paths at which the lock of a manifest may lie."""
    file = PurePosixPath(path)
    return [str(file.with_name(name)) for name in _LOCKS.get(file.name, ())]


def manifest_of(lock: str) -> str:
    """Return the path of the manifest that a lock file belongs to."""
    file = PurePosixPath(lock)
    return next(str(file.with_name(manifest)) for manifest, locks in _LOCKS.items() if file.name in locks)


def read_lock(path: str, data: bytes | None) -> Pins | None:
    """Return the versions that a lock file names; None where it cannot be read."""
    if data is None or len(data) > MAX_BYTES:
        return None
    ecosystem, parse = _READERS[PurePosixPath(path).name]
    pins: Pins = {}
    try:
        for name, version in parse(data.decode("utf-8", "replace")):
            pins.setdefault(normalise(ecosystem, name), set()).add(version)
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return None
    return pins


def missing_from(pins: Pins, declared: Iterable[Dependency]) -> list[Dependency]:
    """Return what a manifest declares and its lock does not hold, or does not hold in the version that is pinned."""
    missing = []
    for one in declared:
        versions = pins.get(one.key[1])
        is_local = one.source.startswith(("file:", "link:", ".", "/")) or one.spec.startswith(
            ("workspace:", "file:", "link:")
        )
        if (
            not one.is_locked
            or is_local
            or (one.source and one.ecosystem is Ecosystem.CRATES and "://" not in one.source)
        ):
            continue
        if versions is None or (one.version and not one.source and not _holds(versions, one)):
            missing.append(one)
    return missing


def _holds(versions: set[str], one: Dependency) -> bool:
    return not versions or any(version.lstrip("v").startswith(one.version) for version in versions)


def _read_package_lock(text: str) -> Iterator[tuple[str, str]]:
    data = json.loads(text)
    for path, facts in (data.get("packages") or {}).items():
        if path:
            yield facts.get("name") or path.rpartition("node_modules/")[2], str(facts.get("version", ""))
    for name, facts in (data.get("dependencies") or {}).items():
        yield name, str(facts.get("version", ""))


def _read_toml_packages(text: str) -> Iterator[tuple[str, str]]:
    for facts in tomllib.loads(text).get("package", ()):
        yield facts["name"], str(facts.get("version", ""))


def _read_pipfile_lock(text: str) -> Iterator[tuple[str, str]]:
    data = json.loads(text)
    for table in ("default", "develop"):
        for name, facts in data.get(table, {}).items():
            yield name, str(facts.get("version", "")).lstrip("=")


def _by_pattern(
    pattern: re.Pattern[str], clean: Callable[[str], str] = str
) -> Callable[[str], Iterator[tuple[str, str]]]:
    return lambda text: ((clean(match[1]), match[2]) for match in pattern.finditer(text))


_Reader = Callable[[str], Iterable[tuple[str, Any]]]
_READERS: dict[str, tuple[Ecosystem, _Reader]] = {
    "package-lock.json": (Ecosystem.NPM, _read_package_lock),
    "npm-shrinkwrap.json": (Ecosystem.NPM, _read_package_lock),
    "yarn.lock": (Ecosystem.NPM, _by_pattern(_YARN)),
    "pnpm-lock.yaml": (Ecosystem.NPM, _by_pattern(_PNPM)),
    "poetry.lock": (Ecosystem.PYPI, _read_toml_packages),
    "uv.lock": (Ecosystem.PYPI, _read_toml_packages),
    "pdm.lock": (Ecosystem.PYPI, _read_toml_packages),
    "Pipfile.lock": (Ecosystem.PYPI, _read_pipfile_lock),
    "Cargo.lock": (Ecosystem.CRATES, _read_toml_packages),
    "go.sum": (Ecosystem.GO, _by_pattern(_GO_SUM, strip_major)),
}
