"""The parts of a review, in their order: each reads what those before it have left in the draft.

A part's name is what the timings, the gaps and the command line's `--only` and `--without` call it.
"""

from collections.abc import Collection
from typing import Final

from yantra_bot.domain.findings import RuleInfo
from yantra_bot.errors import UserError
from yantra_bot.review.briefs import brief_model
from yantra_bot.review.edited import GRAPH_PARTS
from yantra_bot.review.engine import Part
from yantra_bot.review.impact import report_impact
from yantra_bot.review.own_tools import RULES as TOOL_RULES
from yantra_bot.review.own_tools import check_own_tools
from yantra_bot.review.risk import report_risk, report_score
from yantra_bot.review.security import check_packages, check_rules, check_secrets, shipped_infos
from yantra_bot.review.tested import RULES as TEST_RULES
from yantra_bot.review.tested import report_tests
from yantra_bot.review.trying import RULES as RUN_RULES
from yantra_bot.review.trying import run_tests
from yantra_bot.validation.security.dependencies import DEPENDENCY_RULES
from yantra_bot.validation.security.secrets import SECRET_RULES

PARTS: Final[tuple[Part, ...]] = (
    *GRAPH_PARTS,
    Part("impact", report_impact),
    Part("briefs", brief_model),
    Part("tests", report_tests, TEST_RULES),
    Part("tools", check_own_tools, TOOL_RULES, needs_graph=False),
    Part("secrets", check_secrets, SECRET_RULES, needs_graph=False),
    Part("dependencies", check_packages, DEPENDENCY_RULES, needs_graph=False),
    Part("security", check_rules, find_rules=shipped_infos, needs_graph=False),
    Part("run", run_tests, RUN_RULES),
    Part("risk", report_risk),
    Part("score", report_score),
)
"""First what the graph shows, then what it reaches, then tests and scanners, last risk and score."""


def choose_parts(
    parts: tuple[Part, ...] = PARTS, *, only: Collection[str] = (), without: Collection[str] = ()
) -> tuple[Part, ...]:
    """Return the named parts, in their order; all where none is named. Raises UserError for a name there is none of."""
    names = {part.name for part in parts}
    unknown = sorted({*only, *without} - names)
    if unknown:
        known = ", ".join(part.name for part in parts)
        raise UserError(f"There is no part {unknown[0][:80]!a} of a review. The parts are: {known}.")
    return tuple(part for part in parts if (not only or part.name in only) and part.name not in without)


def all_rules(parts: tuple[Part, ...] = PARTS) -> tuple[RuleInfo, ...]:
    """Return every rule that the parts may report."""
    return tuple(rule for part in parts for rule in (*part.rules, *part.find_rules()))
