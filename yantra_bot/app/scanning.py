"""What a review from a terminal scans in and with: a sandbox with an account of its own, and semgrep's engine.

What cannot be had is left out, and the part of the review that needs it says so.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from yantra_bot.app.advisories import find_advisories
from yantra_bot.app.cache import default_cache
from yantra_bot.app.semgrep import find_environment
from yantra_bot.app.within_reach import own_cache
from yantra_bot.errors import YantraError
from yantra_bot.sandbox.bubblewrap import Sandbox
from yantra_bot.sandbox.interpreter import find_interpreter
from yantra_bot.settings import Settings
from yantra_bot.validation.security.dependencies import Advisories
from yantra_bot.validation.security.scanner import Scanner, ScannerMissing, find_scanner, place_scanner
from yantra_bot.worker.accounts import take_account

ACCOUNTS = 1000


@dataclass(frozen=True, slots=True)
class Scanning:
    """What there is. `no_sandbox` says why there is none, with the cure."""

    sandbox: Sandbox | None = None
    scanner: Scanner | None = None
    no_sandbox: str = ""
    advisories: Advisories | None = None


@contextmanager
def open_scanning(settings: Settings) -> Iterator[Scanning]:
    """Give what there is; a sandbox's account is held meanwhile where this is root."""
    advisories = find_advisories(settings, settings.cache_folder or default_cache())
    is_root = os.geteuid() == 0
    with ExitStack() as opened:
        try:
            cache = (own_cache(settings) or default_cache()) / "environments"
            user = None
            if is_root:
                account = take_account(settings.worker_accounts_from, ACCOUNTS)
                opened.callback(account.release)
                user = account.number
            interpreter = find_interpreter(cache, is_for_other_user=is_root)
            sandbox = Sandbox(interpreter=interpreter, user=user, insecure=settings.insecure_no_sandbox)
        except (YantraError, OSError) as problem:
            yield Scanning(no_sandbox=str(problem), advisories=advisories)
            return
        try:
            scanner = place_scanner(find_scanner(find_environment(settings)), cache, is_for_other_user=is_root)
        except (ScannerMissing, OSError):
            scanner = None
        yield Scanning(sandbox, scanner, advisories=advisories)
