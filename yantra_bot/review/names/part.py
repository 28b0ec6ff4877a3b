"""The checks of names, one after another, as one part of a review."""

from collections.abc import Callable, Iterator
from typing import Final

import structlog

from yantra_bot.domain.findings import Finding
from yantra_bot.domain.review import Gap
from yantra_bot.review.engine import Draft
from yantra_bot.review.names.cycles import find_cycles
from yantra_bot.review.names.dead import find_dead_code
from yantra_bot.review.names.look import Look
from yantra_bot.review.names.lost import find_lost
from yantra_bot.review.names.parsing import find_parse_errors
from yantra_bot.review.names.script_cycles import find_script_cycles
from yantra_bot.review.names.script_exports import find_missing_exports
from yantra_bot.review.names.scripts import find_missing_scripts
from yantra_bot.review.names.shadows import find_shadowed
from yantra_bot.review.names.undeclared import find_undeclared
from yantra_bot.review.names.undeclared_go import find_undeclared_modules
from yantra_bot.review.names.undeclared_rust import find_undeclared_crates
from yantra_bot.review.names.undefined import find_undefined
from yantra_bot.review.names.unresolved import find_unresolved

CHECKS: Final[tuple[tuple[str, Callable[[Look], Iterator[Finding]]], ...]] = (
    ("parse errors", find_parse_errors),
    ("undefined names", find_undefined),
    ("imports", find_unresolved),
    ("lost names", find_lost),
    ("imports of scripts", find_missing_scripts),
    ("exports of scripts", find_missing_exports),
    ("circular imports", find_cycles),
    ("circular imports of scripts", find_script_cycles),
    ("shadowed definitions", find_shadowed),
    ("dead code", find_dead_code),
    ("undeclared dependencies", find_undeclared),
    ("undeclared modules of Go", find_undeclared_modules),
    ("undeclared crates of Rust", find_undeclared_crates),
)
_log = structlog.get_logger()


def check_names(draft: Draft) -> None:
    """Add what is wrong with names to a review. A check that fails leaves a gap; the others go on."""
    look = Look(draft.subject, draft.findings)
    for name, check in CHECKS:
        try:
            draft.add(list(check(look)))
        except Exception as error:  # noqa: BLE001 (one check's bug must not take the others with it)
            _log.exception("review.names_failed", check=name)
            draft.gaps.append(Gap(name, f"The check failed with {type(error).__name__}, which is a bug of ours."))
