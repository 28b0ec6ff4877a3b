"""Where semgrep's engine lies: found in its own environment, and put where a sandbox's user can reach it.

Only the engine's folder is used: a program and its libraries. None of the environment's Python code runs, which saves
some three seconds a start.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

from yantra_bot.errors import UserError
from yantra_bot.sandbox.interpreter import is_open_to_all, make_once

ENGINE = "semgrep-core"
CURE = "`make setup` in a checkout, else `python -m yantra_bot.artefacts`, or set YANTRA_SEMGREP_FOLDER"


class ScannerMissing(UserError):
    """There is no semgrep here. Cure: the message says how to get it; the rules are left out meanwhile."""


@dataclass(frozen=True, slots=True)
class Scanner:
    """The engine's folder, which holds `semgrep-core` and `libs`; readable for the sandbox's user."""

    folder: Path


def find_scanner(environment: Path | None) -> Scanner:
    """Return the engine of a virtual environment that semgrep is installed in. Raises ScannerMissing."""
    if environment is None:
        raise ScannerMissing(f"semgrep is not installed, so that no rule was applied. Cure: {CURE}.")
    engines = sorted(environment.glob(f"lib/python3.*/site-packages/semgrep/bin/{ENGINE}"))
    if not engines:
        raise ScannerMissing(f"{environment} is no environment with semgrep in it. Cure: {CURE}.")
    return Scanner(engines[-1].parent.resolve())


def place_scanner(scanner: Scanner, cache: Path, *, is_for_other_user: bool) -> Scanner:
    """Return the scanner as it is, or a copy below `cache` (280 MB, once) where another user could not read it.

    `is_for_other_user`: whether sandboxes run as a user other than this process's; `cache` then has to be a folder that
    the other user can reach.
    """
    engine = scanner.folder / ENGINE
    if not is_for_other_user or (is_open_to_all(scanner.folder) and engine.stat().st_mode & 0o005 == 0o005):
        return scanner
    facts = engine.stat()
    target = cache / f"semgrep-{facts.st_mtime_ns:x}-{facts.st_size:x}"

    def fill(draft: Path) -> None:
        shutil.copytree(scanner.folder, draft, ignore=shutil.ignore_patterns("*.py", "__pycache__"))

    return Scanner(make_once(target, fill))
