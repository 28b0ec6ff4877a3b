"""Which programs a model may run, by a pure table. There is no shell: an argument is an argument, whatever it holds.

The sandbox is what holds a program in; this table keeps a model from what cannot work there or must not be tried, and
tells it what to do instead. Nothing here runs anything.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from yantra_bot.domain.paths import is_git_folder

WORKSPACE = "/workspace"
MAX_ARGUMENTS = 500
MAX_CHARACTERS = 64_000
OPERATORS = frozenset({"|", "||", "&", "&&", ";", ">", ">>", "<", "<<", "2>&1", "2>", "&>"})

_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_CONTROLS = re.compile(r"[\x00\ud800-\udfff]")


class Risk(StrEnum):
    """What a command can do to the workspace; outside of it, none can do anything."""

    LOW = "low"
    """Reads."""
    MEDIUM = "medium"
    """Runs the repository's code or changes files."""
    HIGH = "high"
    """Removes files, or reaches for what is outside."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a command may run. `reason` says why not, and what to do instead; empty when it may."""

    is_allowed: bool
    risk: Risk
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CommandResult:
    """How a command ended. `exit_code` is None when it was ended; `reason` then says by which limit."""

    exit_code: int | None
    output: str
    """What it printed on both streams, in order; may be cut already."""
    seconds: float
    reason: str = ""


Check = Callable[[Sequence[str]], str]
"""Takes the arguments after the program; returns why they are refused, or nothing."""


@dataclass(frozen=True, slots=True)
class _Rule:
    risk: Risk
    check: Check | None = None


def decide(argv: Sequence[str]) -> Decision:
    """Judge an argument list, program first."""
    problem = _check_shape(argv)
    if problem:
        return Decision(False, Risk.HIGH, problem)
    program = argv[0]
    if program in _REFUSED:
        return Decision(False, Risk.HIGH, f"{program} is not available: {_REFUSED[program]}")
    rule = _RULES.get(program)
    if rule is None:
        return Decision(False, Risk.HIGH, _describe_unknown(program))
    reason = rule.check(argv[1:]) if rule.check else ""
    return Decision(not reason, rule.risk, reason)


def programs() -> tuple[str, ...]:
    """Return every program on the list, for the tool's description."""
    return tuple(sorted(_RULES))


def find_operators(argv: Sequence[str]) -> tuple[str, ...]:
    """Return the arguments that a shell would have taken for syntax."""
    return tuple(argument for argument in argv[1:] if argument in OPERATORS)


def _check_shape(argv: Sequence[str]) -> str:
    if not argv or not argv[0]:
        return 'The command is empty. Give the program and its arguments as a list, such as ["git", "status"].'
    if len(argv) > MAX_ARGUMENTS or sum(map(len, argv)) > MAX_CHARACTERS:
        return f"The command is too long: at most {MAX_ARGUMENTS} arguments and {MAX_CHARACTERS} characters."
    if any(_CONTROLS.search(argument) for argument in argv):
        return "An argument has a character that no argument can have. Leave it out."
    if _ASSIGNMENT.match(argv[0]):
        return "Environment variables cannot be set. Start with the program."
    if any(character.isspace() for character in argv[0]):
        return 'There is no shell. Give every argument as an item of its own, such as ["ls", "-l", "src"].'
    return ""


def _describe_unknown(program: str) -> str:
    shown = ascii(program[:60])
    if "/" in program:
        return (
            f"{shown} is a path. Name a program of the list; a script is run by its interpreter, as in python a/b.py."
        )
    return f"{shown} is not on the list of programs: {', '.join(programs())}."


def _inside(argument: str) -> bool:
    path = argument.removeprefix(WORKSPACE).lstrip("/") if _is_below_workspace(argument) else argument
    if path.startswith(("/", "~")):
        return False
    depth = 0
    for name in path.split("/"):
        depth += {"..": -1, ".": 0, "": 0}.get(name, 1)
        if depth < 0:
            return False
    return not any(is_git_folder(name) for name in path.split("/"))


def _is_below_workspace(argument: str) -> bool:
    return argument == WORKSPACE or argument.startswith(f"{WORKSPACE}/")


def _stay_inside(arguments: Sequence[str]) -> str:
    for argument in arguments:
        # An option may carry a path behind its equals sign.
        value = argument.partition("=")[2] if argument.startswith("-") else argument
        if not _inside(value):
            return f"{argument[:80]!a} is outside the workspace or in git's folder. Name a path in the repository."
    return ""


def _remove(arguments: Sequence[str]) -> str:
    targets = [argument for argument in arguments if not argument.startswith("-")]
    if any(target.strip("/") in {"", ".", "*", WORKSPACE.strip("/")} or target.endswith("/.") for target in targets):
        return "This would remove the whole workspace. Name the files, or use delete_file."
    return _stay_inside(arguments)


def _without(*refused: str) -> Check:
    def check(arguments: Sequence[str]) -> str:
        for argument in arguments:
            if any(argument == option or argument.startswith(f"{option}=") for option in refused):
                return f"{argument[:80]} is refused. Run without it, and use the other tools for what it does."
        return ""

    return check


def _only(*allowed: str, instead: str) -> Check:
    """Let only these sub-commands pass, with no option before them."""

    def check(arguments: Sequence[str]) -> str:
        first = next(iter(arguments), "")
        if first in allowed or first in {"--version", "--help", "-V"}:
            return ""
        return f"{first[:60]!a} is refused here: only {', '.join(allowed)}. {instead}"

    return check


def _not(*refused: str, instead: str) -> Check:
    """Refuse these sub-commands, wherever options stand."""

    def check(arguments: Sequence[str]) -> str:
        word = next((argument for argument in arguments if not argument.startswith("-")), "")
        return f"{word} is refused: {instead}" if word in refused else ""

    return check


def _python(arguments: Sequence[str]) -> str:
    for position, argument in enumerate(arguments):
        if argument == "-mpip" or (argument == "pip" and position and arguments[position - 1] == "-m"):
            return _PIP(arguments[position + 1 :])
    return ""


def _git(arguments: Sequence[str]) -> str:
    words = [argument for argument in arguments if argument != "--no-pager"]
    if words[:1] in (["--version"], ["--help"]) or words[:2] == ["diff", "--no-index"]:
        return ""
    return f"git is of no use here: {_NO_HISTORY}"


_NO_NETWORK = "there is no network. Declare a dependency in the repository's own file and say so in finish."
_PIP = _only("list", "show", "check", "freeze", instead="There is no network to install from.")
_NO_HISTORY = (
    "the workspace has the files of one commit and no history. The tool diff shows your changes, search and list_files "
    "find things; the commit is made for you when you finish."
)
_READS = (
    *("basename", "cat", "cmp", "cut", "date", "diff", "dirname", "du", "echo", "egrep", "false", "file", "grep"),
    *("head", "jq", "ls", "md5sum", "nl", "od", "printf", "pwd", "readlink", "realpath", "sha256sum", "sort", "stat"),
    *("strings", "tail", "tr", "tree", "true", "uniq", "wc", "which", "xxd"),
)
_RUNS = (
    *("awk", "bandit", "black", "cmake", "coverage", "eslint", "flake8", "gcc", "g++", "gofmt", "gradle", "isort"),
    *("java", "javac", "jest", "make", "mvn", "mypy", "ninja", "node", "nox", "php", "prettier", "pylint", "pyright"),
    *("pytest", "ruby", "ruff", "rustc", "sed", "tox", "tsc", "vitest"),
)
_RULES: dict[str, _Rule] = {
    **{program: _Rule(Risk.LOW) for program in _READS},
    **{program: _Rule(Risk.MEDIUM) for program in _RUNS},
    **{program: _Rule(Risk.MEDIUM, _stay_inside) for program in ("chmod", "cp", "ln", "mkdir", "mv", "touch")},
    **{program: _Rule(Risk.MEDIUM, _python) for program in ("python", "python3")},
    **{program: _Rule(Risk.LOW, _PIP) for program in ("pip", "pip3")},
    **{
        program: _Rule(Risk.MEDIUM, _not("add", "ci", "i", "install", "login", "publish", instead=_NO_NETWORK))
        for program in ("npm", "pnpm", "yarn")
    },
    "cargo": _Rule(Risk.MEDIUM, _not("add", "install", "login", "publish", "search", instead=_NO_NETWORK)),
    "docker": _Rule(Risk.HIGH, _only("version", instead="Containers cannot be started in the sandbox.")),
    "find": _Rule(
        Risk.LOW, _without("-delete", "-exec", "-execdir", "-fls", "-fprint", "-fprint0", "-fprintf", "-ok", "-okdir")
    ),
    "git": _Rule(Risk.LOW, _git),
    "go": _Rule(Risk.MEDIUM, _not("get", "install", "telemetry", instead=_NO_NETWORK)),
    "kubectl": _Rule(Risk.HIGH, _only("kustomize", "version", instead="No cluster can be reached from the sandbox.")),
    "npx": _Rule(Risk.MEDIUM, _without("-y", "--yes", "-p", "--package")),
    "rg": _Rule(Risk.LOW, _without("--pre", "--hostname-bin", "--search-zip", "-z")),
    "rm": _Rule(Risk.HIGH, _remove),
    "rmdir": _Rule(Risk.HIGH, _remove),
}
_NO_SHELL = "there is no shell. Run the program itself, one command a call."
_NO_RIGHTS = "commands run without special rights, and need none."
_REFUSED = {
    **dict.fromkeys(("ash", "bash", "csh", "dash", "fish", "ksh", "powershell", "pwsh", "sh", "zsh"), _NO_SHELL),
    **dict.fromkeys(("command", "env", "eval", "exec", "nohup", "setsid", "source", "timeout", "xargs"), _NO_SHELL),
    **dict.fromkeys(("chown", "chroot", "doas", "mount", "nsenter", "setpriv", "su", "sudo", "unshare"), _NO_RIGHTS),
    **dict.fromkeys(("curl", "ftp", "nc", "ncat", "rsync", "scp", "sftp", "socat", "ssh", "wget"), _NO_NETWORK),
    **dict.fromkeys(("apk", "apt", "apt-get", "brew", "dnf", "pipx", "poetry", "uv", "yum"), _NO_NETWORK),
}
