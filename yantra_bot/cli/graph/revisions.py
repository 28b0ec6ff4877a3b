"""What a git revision defines, without a checkout: its files are read as objects, so nothing of the repository runs."""

import os
import subprocess
import tempfile
from pathlib import Path

from yantra_bot.cli.graph.source import index_symbols
from yantra_bot.domain.graph import Symbol
from yantra_bot.errors import UserError
from yantra_bot.sandbox.mirror import Mirror, open_mirror
from yantra_bot.sandbox.output import escape
from yantra_bot.worker.code_graph import write_sources

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
            write_sources(Mirror(descriptor, Path(scratch) / "git"), commit, folder, prefix=prefix)
        finally:
            os.close(descriptor)
        return index_symbols(folder)


def _ask(repo: Path, *words: str) -> str:
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
    command = ["git", *_QUIET, "-C", str(repo), *words]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, errors="replace", check=False)
    except FileNotFoundError as missing:
        raise UserError("There is no git on the PATH. Install it, for example: apt-get install git") from missing
    except (OSError, ValueError) as refused:  # a zero byte in a name is a ValueError
        raise UserError(f"git cannot be asked: {refused}.") from refused
    if done.returncode:
        named = words[-1].removesuffix("^{commit}")
        said = escape(done.stderr.strip())[:200] or f"it has no revision {escape(named)[:80]}"
        raise UserError(f"{repo.resolve()}: {said}. Name a branch, a tag or a commit of this repository.")
    return done.stdout.strip()
