"""Gives a check what it works with, and undoes what it did to the tree."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yantra_bot.domain.checks import CheckResult
from yantra_bot.sandbox.bubblewrap import Sandbox
from yantra_bot.sandbox.checkout import Checkout
from yantra_bot.sandbox.environment import Environment
from yantra_bot.sandbox.removal import remove_folder
from yantra_bot.worker.aftermath import list_names
from yantra_bot.worker.checks import READERS, make_check
from yantra_bot.worker.checks.bench import CheckBench
from yantra_bot.worker.protocol import Assemble, Call
from yantra_bot.worker.tasks import Check, Validate


@dataclass(frozen=True, slots=True)
class CheckMeans:
    """What the desk has at hand: see `CheckBench`."""

    sandbox: Sandbox
    environment: Environment
    ask_guide: Callable[[Assemble | Call | Validate], Any]
    keep: Callable[[bytes], str]
    remembered: dict[str, Any]
    unvouched: Callable[[], Sequence[str]]
    say: Callable[[str], None]


def check_tree(
    order: Check, checkout: Checkout, folder: Path, means: CheckMeans, lay_out: Callable[[Path], None]
) -> CheckResult:
    """Make a check of the tree. `folder` is the worker's; `lay_out` puts the base commit into an empty folder."""
    mark = None if order.what in READERS else checkout.mark()
    base, scratch = folder / "check-base", folder / "check-scratch"

    def lay_base() -> Path:
        if not base.exists():
            base.mkdir(mode=0o755)
            lay_out(base)
        return base

    scratch.mkdir()
    bench = CheckBench(
        checkout.tree.root,
        scratch,
        checkout.survey().changes,
        order.settings,
        means.sandbox,
        means.environment,
        lay_base,
        ask_guide=means.ask_guide,
        list_paths=checkout.paths,
        keep=means.keep,
        remembered=means.remembered,
        unvouched=means.unvouched,
        browser=order.browser,
        no_browser=order.no_browser,
        say=means.say,
    )
    try:
        return make_check(order.what, bench)
    finally:
        restored = () if mark is None else checkout.undo_since(mark)
        if restored:
            means.say(f"The check changed {list_names(restored)}; that was undone.")
        remove_folder(base)
        remove_folder(scratch)
