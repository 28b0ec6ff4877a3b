"""The declared packages of a JavaScript repository: installed once in a sandbox, shown read-only to every run.

They appear as `node_modules` in the tree, which itself is left as it is. Never runs anything of the repository outside
a sandbox, never installs from a source that the operator did not set.
"""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

from runners import read_source
from yantra_bot.domain.paths import check_path
from yantra_bot.domain.proof import EnvironmentReport
from yantra_bot.domain.runners import MOST_PROJECTS
from yantra_bot.errors import UserError
from yantra_bot.sandbox.bubblewrap import Sandbox
from yantra_bot.sandbox.contract import RUNNERS_FOLDER, WORKSPACE, Finished, Job, Mount
from yantra_bot.sandbox.environment_build import read_report
from yantra_bot.sandbox.environment_cache import Cache
from yantra_bot.sandbox.environment_key import read_inside, walk_files
from yantra_bot.sandbox.limits import Limits
from yantra_bot.sandbox.package_index import PackageIndex

INSTALLER: Final = "install_node.py"
MODULES: Final = "node_modules"
MANIFEST: Final = "package.json"
LOCKS: Final = ("package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock")
_FORMAT: Final = 1
_DEPTH: Final = 8
_PLACES: Final = "places.json"
_SOURCE: Final = "/source"
_REPORT: Final = "/build/report"
_TEMPORARY: Final = "/build/tmp"
_PROGRAMS: Final = "/usr/local/bin:/usr/bin"
_CA_FILE: Final = "/run/ca.pem"
_TAIL: Final = 8_000
_TABLES: Final = ("dependencies", "devDependencies", "optionalDependencies", "workspaces")
_MAX_PACKAGES: Final = 500


@dataclass(frozen=True, slots=True)
class NodePackages:
    """What was installed, and where it is to be seen."""

    report: EnvironmentReport
    mounts: tuple[Mount, ...] = ()


def list_manifests(tree: Path) -> tuple[str, ...]:
    """Return the folders of the repository's own packages, the root as an empty text."""
    found: list[str] = []
    for path in walk_files(tree, _DEPTH):
        folder, _, name = path.rpartition("/")
        if name == MANIFEST and MODULES not in folder.split("/") and len(found) < _MAX_PACKAGES:
            found.append(folder)
    return tuple(sorted(found))


def find_roots(tree: Path, folders: Iterable[str]) -> tuple[str, ...]:
    """Return the folders to install in: those with a lock file, or that declare packages and lie in no other such.

    What a repository brings itself, in a `node_modules` of its own, is found and not installed again.
    """
    roots: list[str] = []
    for folder in sorted(folders, key=lambda one: len(PurePosixPath(one).parts)):
        has_lock = any((tree / folder / name).is_file() for name in LOCKS)
        is_covered = any(not root or f"{folder}/".startswith(f"{root}/") for root in roots)
        if _declares(read_inside(tree, _join(folder, MANIFEST))) and (has_lock or not is_covered):
            roots.append(folder)
    return tuple(root for root in roots[:MOST_PROJECTS] if not _has_entries(tree / root / MODULES))


def _has_entries(folder: Path) -> bool:
    """Tell whether a folder holds anything: an empty one is where packages were shown before."""
    return folder.is_dir() and any(folder.iterdir())


def prepare_node(
    tree: Path,
    *,
    sandbox: Sandbox,
    cache: Path,
    index: PackageIndex,
    scope: str,
    egress: Path | None,
    limits: Limits,
    on_line: Callable[[str], None] | None,
) -> NodePackages | None:
    """Return the packages for `tree`, from the cache or installed now; None where none are declared.

    The arguments are those of `environment.prepare`. Raises SandboxUnavailable.
    """
    started = time.monotonic()
    folders = list_manifests(tree)
    roots = find_roots(tree, folders)
    if not roots:
        return None
    if sandbox.is_insecure:
        problem = "without a sandbox packages of JavaScript are not installed"
        return NodePackages(EnvironmentReport("none", was_cached=False, seconds=0.0, problem=problem))
    key = _compute_key(tree, folders, index, scope)
    store = Cache(cache)
    with store.lock(key):
        kept = store.find(key)
        if kept is not None:
            return NodePackages(EnvironmentReport(key, True, time.monotonic() - started), _list_mounts(kept))
        store.sweep()
        with store.draft() as draft:
            done = _install(tree, draft, roots, sandbox, index, egress, limits, on_line)
            built = read_report(draft, done)
            _collect(draft, folders)
            kept = store.keep(draft / "kept", key, is_complete=not built.problems)
    problems = list(built.problems)
    if problems and index.npm_url is None:
        problems.insert(0, "no registry of npm packages is configured")
    report = EnvironmentReport(
        key=key,
        was_cached=False,
        seconds=time.monotonic() - started,
        problem="; ".join(problems) or None,
        output_tail="\n".join((done.output, *built.notes))[-_TAIL:],
    )
    return NodePackages(report, _list_mounts(kept))


def _install(
    tree: Path,
    draft: Path,
    roots: tuple[str, ...],
    sandbox: Sandbox,
    index: PackageIndex,
    egress: Path | None,
    limits: Limits,
    on_line: Callable[[str], None] | None,
) -> Finished:
    for name in ("tree", "report", "tmp"):
        folder = draft / name
        folder.mkdir(mode=0o755)
        if os.geteuid() != sandbox.user:
            os.chown(folder, sandbox.user, sandbox.user)
    script = f"{RUNNERS_FOLDER}/{INSTALLER}"
    python = sandbox.interpreter.executable
    job = Job(
        argv=(python, "-I", script, _SOURCE, WORKSPACE, _REPORT, *(root or "." for root in roots)),
        workspace=draft / "tree",
        limits=limits,
        environment=_describe_source(index),
        mounts=(
            Mount(tree, _SOURCE),
            Mount(draft / "report", _REPORT, writable=True),
            Mount(draft / "tmp", _TEMPORARY, writable=True),
            *([Mount(index.ca_file, _CA_FILE)] if index.ca_file is not None else []),
        ),
        egress=egress if index.npm_url is not None else None,
        files={script: read_source(INSTALLER)},
    )
    return sandbox.run(job, on_line=on_line)


def _describe_source(index: PackageIndex) -> dict[str, str]:
    """Return the clients' settings; files of the repository that could say something else are not copied."""
    variables = {
        **dict.fromkeys(("TMPDIR", "YARN_GLOBAL_FOLDER", "npm_config_store_dir"), _TEMPORARY),
        "npm_config_cache": f"{_TEMPORARY}/npm",
        "npm_config_update_notifier": "false",
        "CI": "true",
        "COREPACK_ENABLE_DOWNLOAD_PROMPT": "0",
        "YARN_NODE_LINKER": "node-modules",
        "YARN_ENABLE_TELEMETRY": "0",
    }
    if index.npm_url is None:
        return {**variables, "npm_config_offline": "true"}
    variables |= dict.fromkeys(("npm_config_registry", "YARN_NPM_REGISTRY_SERVER"), index.npm_url)
    if index.ca_file is not None:
        variables |= dict.fromkeys(("npm_config_cafile", "NODE_EXTRA_CA_CERTS", "YARN_HTTPS_CA_FILE_PATH"), _CA_FILE)
    return variables


def _collect(draft: Path, folders: tuple[str, ...]) -> None:
    """Move what was installed out of the copy. The copy was written by strangers: no link is followed."""
    kept = draft / "kept"
    kept.mkdir(mode=0o755)
    places: dict[str, str] = {}
    for folder in folders:
        made = draft / "tree" / folder / MODULES
        if _is_plain(draft / "tree", made):
            name = str(len(places))
            made.rename(kept / name)
            places[name] = folder
    (kept / _PLACES).write_text(json.dumps(places))


def _is_plain(root: Path, path: Path) -> bool:
    """Tell whether a path below `root` is a folder by which no link is passed."""
    steps = [path, *path.parents]
    return path.is_dir() and not any(step.is_symlink() for step in steps[: steps.index(root)])


def _list_mounts(kept: Path) -> tuple[Mount, ...]:
    """Return what a kept installation shows, outer folders first. What is unreadable shows nothing."""
    try:
        places: Any = json.loads((kept / _PLACES).read_bytes())
        found = [(_join(check_path(folder) if folder else "", MODULES), kept / name) for name, folder in places.items()]
    except (OSError, ValueError, AttributeError, UserError):
        return ()
    return tuple(Mount(path, f"{WORKSPACE}/{place}") for place, path in sorted(found))


def _compute_key(tree: Path, folders: tuple[str, ...], index: PackageIndex, scope: str) -> str:
    node = shutil.which("node", path=_PROGRAMS)
    facts = os.stat(node) if node else None  # noqa: PTH116 (a path of the machine, as a text)
    parts = ["node", str(_FORMAT), scope, index.npm_url or "", f"{facts.st_mtime_ns} {facts.st_size}" if facts else ""]
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape"))
    for folder in folders:
        for name in (MANIFEST, *LOCKS):
            path = _join(folder, name)
            data = read_inside(tree, path) if name == MANIFEST else _read_lock(tree / path)
            for piece in (os.fsencode(path), data or b""):
                digest.update(len(piece).to_bytes(8, "big") + piece)
    return digest.hexdigest()


def _read_lock(path: Path) -> bytes | None:
    """Return the hash of a lock file: it may be larger than what is read of a declaration."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with open(descriptor, "rb") as file:  # noqa: PTH123 (a descriptor, not a path)
        try:
            return hashlib.file_digest(file, "sha256").digest()
        except OSError:
            return None


def _declares(data: bytes | None) -> bool:
    try:
        found = json.loads((data or b"").decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and any(found.get(table) for table in _TABLES)


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
