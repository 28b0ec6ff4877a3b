"""DependencyValidation: what the code graph shows of a run's edited files, before any test runs. The guide's side.

Only what the change brings in counts. What could not be looked at is named, and no finding is made of it.
"""

import time
from dataclasses import replace
from pathlib import Path
from typing import Final

from yantra_bot.agent.corrections import describe_findings, describe_place
from yantra_bot.domain.checks import CheckKind, CheckResult, CheckState
from yantra_bot.domain.findings import Severity
from yantra_bot.domain.review import Review
from yantra_bot.errors import UserError, YantraError
from yantra_bot.review.changes.contents import describe_change
from yantra_bot.review.changes.kinds import read_attributes
from yantra_bot.review.edited import check_edits
from yantra_bot.review.subject import Version
from yantra_bot.scoring.scorer import NoScorer, Scorer, score_change
from yantra_bot.validation.selection import load_recording
from yantra_bot.validation.selection.choose import choose_tests
from yantra_bot.worker.knowledge import Knowledge

SURE: Final = 0.8
"""A finding that is less sure is told and stops nothing: a wrong one would send the model after nothing."""
MOST: Final = 20
NO_SCORER: Final = NoScorer()
MOST_TESTS: Final = 500
"""Where a change calls for more tests by name, they are no short first look."""


def validate_edits(
    knowledge: Knowledge, recordings: Path | None = None, scorer: Scorer | NoScorer = NO_SCORER
) -> CheckResult:
    """Return what the graph shows of the change, which tests it calls for, and what a learned model says of it.

    `recordings` is a folder with what each test of the commit was seen to run. Raises UserError where there is no graph
    of this tree.
    """
    began = time.monotonic()
    paths = knowledge.changed_paths
    attributes = read_attributes(knowledge.read_base(".gitattributes"))
    pairs = {path: (knowledge.read_base(path), knowledge.read(path)) for path in paths}
    files = [describe_change(path, before, after, attributes) for path, (before, after) in pairs.items()]
    if not any(file.language for file in files):
        reason = "The change touches no code that the graph reads."
        return CheckResult(CheckKind.DEPENDENCIES, CheckState.SKIPPED, reason, seconds=time.monotonic() - began)
    try:
        graph = knowledge.graph
    except (YantraError, OSError, MemoryError, RecursionError) as failed:
        raise UserError(f"There is no code graph: {failed or type(failed).__name__}") from failed
    base = Version(graph.view, graph.facts, knowledge.read_base, knowledge.entries.keys())
    there = knowledge.entries.keys() - {path for path, (_, after) in pairs.items() if after is None}
    with graph.edited({path: after for path, (_, after) in pairs.items()}) as edited:
        head = Version(edited.view, edited.facts, knowledge.read, there | set(pairs) - knowledge.entries.keys())
        found = check_edits(base, head, files)
        tests = _choose_tests(base, head, found, recordings)
        score = score_change(scorer, head.view, head.read, found.symbols, found.files)
    return replace(judge(found, seconds=time.monotonic() - began), calls_for=tests, score=score)


def _choose_tests(base: Version, head: Version, found: Review, recordings: Path | None) -> tuple[str, ...]:
    """Return the tests that the change calls for, the likeliest to fail first; none where all are called for."""
    try:
        recording = load_recording(recordings)
    except UserError:  # what tests left of themselves is no more than a help
        recording = None
    chosen = choose_tests(base, head, found.files, symbols=found.symbols, recording=recording).selection
    if chosen.is_all or len(chosen.tests) > MOST_TESTS:
        return ()
    return tuple(test.id for test in chosen.tests)


def judge(found: Review, *, seconds: float) -> CheckResult:
    """Return what a review's findings mean for a run: sure errors fail, the rest is told."""
    grave = [one for one in found.findings if one.severity.rank >= Severity.ERROR.rank and one.confidence >= SURE]
    others = [one for one in found.findings if one not in grave]
    details = tuple(describe_place(one) for one in others[:MOST])
    if found.gaps:
        details += tuple(f"Not looked at: {gap.what}: {gap.why}" for gap in found.gaps[:MOST])
    if not grave:
        return CheckResult(CheckKind.DEPENDENCIES, CheckState.PASSED, seconds=seconds, details=details)
    more = f" and {len(grave) - 1} more" if len(grave) > 1 else ""
    reason = f"{describe_place(grave[0])}{more}"
    evidence = describe_findings(grave)
    return CheckResult(CheckKind.DEPENDENCIES, CheckState.FAILED, reason, evidence, seconds, details=details)
