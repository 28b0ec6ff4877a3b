"""What the callers of a sandbox and the sandbox agree on: the job, its result, and the refusal. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from yantra_bot.errors import UserError
from yantra_bot.sandbox.limits import TESTS, Limits

WORKSPACE = "/workspace"
EGRESS_FOLDER = "/run/egress"
RUNNERS_FOLDER = "/run/yantra"


class SandboxUnavailable(UserError):
    """No sandbox can be started here. Cure: the message says what to install or to allow; nothing ran meanwhile."""


@dataclass(frozen=True, slots=True)
class Mount:
    """A host folder or file shown in the sandbox at `target`, an absolute path; read-only unless `writable`."""

    source: Path
    target: str
    writable: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """One command and the world it sees.

    `argv[0]` is looked up in the sandbox's own PATH, never in the workspace. `workspace` is shown writable at
    /workspace (None: an empty temporary folder). `egress` is the folder that holds the allow-list proxy's socket
    (None: no way out at all). `files` are small read-only files by absolute path.
    """

    argv: tuple[str, ...]
    workspace: Path | None = None
    limits: Limits = TESTS
    environment: Mapping[str, str] = field(default_factory=dict)
    mounts: tuple[Mount, ...] = ()
    directory: str = WORKSPACE
    egress: Path | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finished:
    """How a command ended. When this exists, no process of its sandbox lives any more.

    `exit_code` is None when a limit ended it; then `limit` names the limit (a word of `limits.Limit`). A command that a
    signal ended has 128 + signal. `output` is the end of what it printed, control characters escaped, cut to the limit.
    """

    exit_code: int | None
    seconds: float
    output: str
    limit: str | None = None
