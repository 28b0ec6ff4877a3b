"""Judges a piece of Python that a model wrote, by its syntax tree, before the sandbox runs it. Pure; runs nothing.

The sandbox is what holds it in. What is found here tells a model at once what is wrong or cannot work; nothing that it
lets pass is thereby safe.
"""

import ast
import warnings
from typing import Final

from yantra_bot.agent.commands import CommandResult, Decision, Risk
from yantra_bot.agent.recovery.telling import tell_output
from yantra_bot.agent.rendering import clean_output, cut_middle
from yantra_bot.errors import UserError

MAX_CODE: Final = 40_000
MAX_OUTPUT: Final = 20_000
_HIGH: Final = frozenset({"ctypes", "_ctypes", "cffi", "pty", "resource", "signal"})
_NETWORK: Final = frozenset(
    {"socket", "_socket", "ssl", "http", "urllib3", "requests", "httpx", "aiohttp", "ftplib", "smtplib", "asyncssh"}
)
_MEDIUM: Final = frozenset({"subprocess", "multiprocessing", "os", "shutil", "importlib", "runpy"})
MAX_REPAIRS: Final = 3
"""So often a program that failed may be tried again, one after the other."""
ENOUGH: Final = (
    f"{MAX_REPAIRS + 1} programs in a row failed, so this one was not run. Look at the cause in another way "
    "first, such as by reading the code that is called, or do without."
)
_IMPORTERS: Final = frozenset({"__import__", "import_module"})
_BLIND: Final = frozenset({"exec", "eval", "compile"})
NO_PICTURES: Final = "Pictures are not passed on from here: print the numbers that a chart would show."


def judge(code: str) -> Decision:
    """Return whether the sandbox is asked to run it, and what it reaches for. Raises UserError for no Python."""
    tree = _parse(code)
    names = _imports(tree)
    if found := sorted(names & _NETWORK):
        return Decision(False, Risk.HIGH, f"There is no network here, so {found[0]} cannot work. Do without it.")
    if found := sorted(names & _HIGH):
        reason = f"{found[0]} reaches below Python, which a person would have to allow. Do without it."
        return Decision(False, Risk.HIGH, reason)
    return Decision(True, Risk.MEDIUM if names & _MEDIUM or _is_blind(tree) else Risk.LOW)


def show(result: CommandResult, code: str) -> str:
    """Return how it ended and what it printed."""
    ended = f"Ended by a limit: {result.reason}" if result.exit_code is None else f"Exit code {result.exit_code}"
    output = cut_middle(clean_output(result.output), MAX_OUTPUT).rstrip()
    more = [NO_PICTURES] if "matplotlib" in code else []
    more += [shown] if result.exit_code and (shown := tell_output(result.output)) else []
    return "\n".join([f"{ended}, {result.seconds:.1f} s.", output or "It printed nothing.", *more])


def _parse(code: str) -> ast.Module:
    try:
        with warnings.catch_warnings(action="ignore"):
            return ast.parse(code, "snippet.py")
    except SyntaxError as wrong:
        raise UserError(f"This is no Python: {wrong.msg}, line {wrong.lineno}. Nothing was run.") from None
    except (ValueError, RecursionError, MemoryError):
        raise UserError("This cannot be parsed: it holds a zero character, or is nested too deeply.") from None


def _imports(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
        elif isinstance(node, ast.Call) and _name_of(node.func) in _IMPORTERS and node.args:
            named = node.args[0]
            if isinstance(named, ast.Constant) and isinstance(named.value, str):
                found.add(named.value.partition(".")[0])
    return found


def _is_blind(tree: ast.Module) -> bool:
    """Tell whether it runs or imports what its syntax tree does not show."""
    called = {_name_of(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return bool(called & (_BLIND | _IMPORTERS))


def _name_of(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
