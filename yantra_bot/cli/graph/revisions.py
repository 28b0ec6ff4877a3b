"""What a git revision defines, without a checkout: its files are read as objects, so nothing of the repository runs."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from yantra_bot.cli.graph.source import index_symbols
from yantra_bot.domain.graph import Symbol
from yantra_bot.errors import UserError
from yantra_bot.graphdb.discovery import MAX_FILE_BYTES, MAX_FILES
from yantra_bot.graphdb.languages import language_of
from yantra_bot.sandbox.mirror import Mirror, TreeEntry, open_mirror
from yantra_bot.sandbox.output import escape

_CONFIGURATION = frozenset(
    {"package.json", "tsconfig.json", "jsconfig.json", "go.mod", "go.work", "Cargo.toml", "pyproject.toml"}
)
_REGULAR = ("100644", "100755")
_QUIET = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "safe.directory=*")


def symbols_of_revision(repo: Path, revision: str) -> list[Symbol]:
    """Return what the folder defines as a revision has it; raise UserError when git does not know the revision."""
    commit = _ask(repo, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    objects = Path(_ask(repo, "rev-parse", "--path-format=absolute", "--git-common-dir"))
    prefix = _ask(repo, "rev-parse", "--show-prefix")
    with tempfile.TemporaryDirectory(prefix="yantra-graph-") as scratch:
        folder = Path(scratch) / "tree"
        (Path(scratch) / "git").mkdir()
        folder.mkdir()
        descriptor = open_mirror(objects)
        try:
            _write_tree(Mirror(descriptor, Path(scratch) / "git"), commit, prefix, folder)
        finally:
            os.close(descriptor)
        return index_symbols(folder)


def _ask(repo: Path, *words: str) -> str:
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
    command = ["git", *_QUIET, "-C", str(repo), *words]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, errors="replace", check=False)
    except (OSError, ValueError) as refused:  # a zero byte in a name is a ValueError
        raise UserError(f"git cannot be asked: {refused}.") from refused
    if done.returncode:
        named = words[-1].removesuffix("^{commit}")
        said = escape(done.stderr.strip())[:200] or f"it has no revision {escape(named)[:80]}"
        raise UserError(f"{repo.resolve()}: {said}. Name a branch, a tag or a commit of this repository.")
    return done.stdout.strip()


def _write_tree(mirror: Mirror, commit: str, prefix: str, folder: Path) -> None:
    """Write the files that a graph is made of; links, submodules and hostile paths are left out."""
    entries = list(_wanted(mirror.list_tree(commit, max_entries=MAX_FILES * 2), prefix))
    contents = mirror.read_objects(commit, [entry.object_id for _, entry in entries])
    for (path, _), found in zip(entries, contents, strict=True):
        if found is None:
            continue
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(b"".join(found[1]))


def _wanted(entries: tuple[TreeEntry, ...], prefix: str) -> Iterator[tuple[str, TreeEntry]]:
    for entry in entries:
        if entry.mode not in _REGULAR or (entry.size or 0) > MAX_FILE_BYTES:
            continue
        try:
            path = entry.path.decode()
        except UnicodeDecodeError:
            continue
        if not path.startswith(prefix):
            continue
        path = path.removeprefix(prefix)
        parts = PurePosixPath(path).parts
        is_inside = not path.startswith("/") and ".." not in parts and "\0" not in path
        if is_inside and (language_of(path) is not None or parts[-1] in _CONFIGURATION):
            yield path, entry
