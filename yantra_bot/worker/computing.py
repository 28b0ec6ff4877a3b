"""Runs a program of a model's own beside the tree: it sees the tree, and what it writes is gone. The child's side."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from yantra_bot.agent.commands import CommandResult
from yantra_bot.errors import UserError
from yantra_bot.sandbox.bubblewrap import Sandbox
from yantra_bot.sandbox.contract import RUNNERS_FOLDER, WORKSPACE, Job, Mount
from yantra_bot.sandbox.environment import Environment
from yantra_bot.sandbox.limits import SNIPPET

SNIPPETS: Final = replace(SNIPPET, cpu_seconds=15.0)
"""Half a core, on the average of 30 s."""
SNIPPET_FILE: Final = f"{RUNNERS_FOLDER}/snippet.py"
SHOWN: Final = "/repository"
"""Where a model's own program sees the tree, read-only; its working folder is an empty one."""


def compute(
    code: bytes, sandbox: Sandbox, environment: Environment, root: Path, say: Callable[[str], None]
) -> CommandResult:
    """Return how a program ended. Raises UserError where there is no sandbox."""
    if sandbox.is_insecure:
        raise UserError("There is no sandbox here, and programs of a model's own run nowhere else.")
    installed = environment.variables.get("PYTHONPATH", WORKSPACE).replace(WORKSPACE, SHOWN)
    path, quiet = f"{installed}:{SHOWN}/src", {"MPLBACKEND": "Agg", "OPENBLAS_NUM_THREADS": "1"}
    job = Job(
        argv=(environment.python or sandbox.interpreter.executable, "-B", SNIPPET_FILE),
        limits=SNIPPETS,
        environment={**environment.variables, **quiet, "PYTHONPATH": path},
        mounts=(*environment.mounts, Mount(root, SHOWN)),
        files={SNIPPET_FILE: code},
    )
    finished = sandbox.run(job, on_line=say)
    reason = f"{finished.limit} limit" if finished.limit else ""
    return CommandResult(finished.exit_code, finished.output, finished.seconds, reason)
