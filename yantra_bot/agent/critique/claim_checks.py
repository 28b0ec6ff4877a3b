"""Holds the claims of a summary against the difference, the tests, and what the tree knows. Pure.

A claim is false only where what speaks against it can be named; what nobody can look up is let stand.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from yantra_bot.agent.critique.claims import ClaimKind, SummaryClaim
from yantra_bot.agent.critique.evidence import Evidence
from yantra_bot.domain.conversation import ToolCall, ToolResult
from yantra_bot.domain.paths import is_test
from yantra_bot.domain.proof import ChangeFacts, TestStatus, Verdict
from yantra_bot.domain.scrutiny import FalseClaim

MAX_LOOKUPS: Final = 12
_PARTS: Final = re.compile(r"\.|::|#")
_TEST_WRITTEN: Final = re.compile(
    r"^\s*(?:async\s+)?def\s+test\w*\s*\(|\b(?:it|test)(?:\.\w+)*\s*\(|\bfunc\s+(?:Test|Fuzz)\w*\s*\("
    r"|#\[(?:\w+::)?test\b|@(?:Parameterized)?Test\b"
)
_NOWHERE: Final = "this could be found neither in the change nor in the repository"
_NOTHING_FOUND: Final = ("No line matches.", "Nothing was found in time.", "No file there matches.")


def unknown_things(claims: Sequence[SummaryClaim], evidence: Evidence) -> tuple[SummaryClaim, ...]:
    """Return the claims about names and files that the change itself does not show: somebody has to look them up."""
    asked: dict[str, SummaryClaim] = {}
    for claim in claims:
        if claim.kind in {ClaimKind.NAME, ClaimKind.FILE} and not _is_shown(claim, evidence):
            asked.setdefault(claim.subject, claim)
    return tuple(asked.values())[:MAX_LOOKUPS]


def lookup_calls(claims: Sequence[SummaryClaim]) -> tuple[ToolCall, ...]:
    """Return the calls that look names and files up: in the code graph, and as text."""
    calls: list[ToolCall] = []
    for number, claim in enumerate(claims):
        last = _PARTS.split(claim.subject)[-1] if claim.kind is ClaimKind.NAME else claim.subject.rsplit("/", 1)[-1]
        if claim.kind is ClaimKind.NAME:
            calls.append(ToolCall(f"graph-{number}", "symbol", {"name": claim.subject}))
            calls.append(ToolCall(f"text-{number}", "search", {"pattern": last}))
        else:
            calls.append(ToolCall(f"file-{number}", "list_files", {"glob": f"**/{last}"}))
    return tuple(calls)


def read_lookups(claims: Sequence[SummaryClaim], results: Sequence[ToolResult]) -> frozenset[str]:
    """Return which of the claims' subjects are in the repository. What could not be looked up counts as there."""
    given = {result.call_id: result for result in results}
    known = set()
    for number, claim in enumerate(claims):
        answers = [given.get(f"{source}-{number}") for source in ("graph", "text", "file")]
        told = [answer for answer in answers if answer is not None]
        if not told or any(_says_yes(answer, claim) for answer in told):
            known.add(claim.subject)
    return frozenset(known)


def _says_yes(answer: ToolResult, claim: SummaryClaim) -> bool:
    if answer.call_id.startswith("graph"):
        return not answer.is_error
    if answer.is_error:
        return not answer.call_id.startswith("text")
    if answer.call_id.startswith("file"):
        return any(path == claim.subject or path.endswith(f"/{claim.subject}") for path in answer.content.splitlines())
    return not answer.content.startswith(_NOTHING_FOUND)


def check_claims(
    claims: Sequence[SummaryClaim], evidence: Evidence, facts: ChangeFacts, *, in_tree: Collection[str]
) -> tuple[FalseClaim, ...]:
    """Return the claims that do not hold, with what speaks against each.

    `in_tree` are names and paths that were looked up and found, or that nobody could look up.
    """
    found = []
    for claim in claims:
        reason = _find_objection(claim, evidence, facts, in_tree)
        if reason:
            found.append(FalseClaim(claim.sentence, claim.subject or str(claim.kind), reason))
    return tuple(found)


def _find_objection(claim: SummaryClaim, evidence: Evidence, facts: ChangeFacts, in_tree: Collection[str]) -> str:
    if claim.kind in {ClaimKind.NAME, ClaimKind.FILE}:
        return "" if _is_shown(claim, evidence) or claim.subject in in_tree else _NOWHERE
    if claim.kind is ClaimKind.ADDS_TEST:
        return "" if _writes_test(evidence) else "the change writes nothing into a test file"
    if claim.kind is ClaimKind.ALL_PASS:
        return _object_to_pass(evidence)
    if claim.kind is ClaimKind.SAME_BEHAVIOUR:
        return _object_to_sameness(evidence, facts)
    return _object_to_number(claim, evidence)


def _is_shown(claim: SummaryClaim, evidence: Evidence) -> bool:
    if claim.kind is ClaimKind.FILE:
        return evidence.difference.find(claim.subject) is not None
    return set(_PARTS.split(claim.subject)) <= evidence.difference.words


def _writes_test(evidence: Evidence) -> bool:
    return any(is_test(path) for path, _ in evidence.difference.written()) or _count_tests(evidence) > 0


def _count_tests(evidence: Evidence) -> int:
    return sum(1 for _, line in evidence.difference.written() if _TEST_WRITTEN.search(line))


def _object_to_pass(evidence: Evidence) -> str:
    report = evidence.report
    if report.verdict is Verdict.PASS:
        return ""
    failing = len(report.names(TestStatus.FAILED) | report.names(TestStatus.ERROR))
    counted = f", {failing} of them fail" if failing else ""
    return f"the test run ended as {report.verdict}{counted}"


def _object_to_sameness(evidence: Evidence, facts: ChangeFacts) -> str:
    if facts.weakened_tests:
        return f"tests that were there are no longer as they were: {facts.weakened_tests[0]}"
    were = [name for name in evidence.comparison.newly_passing if not evidence.is_written(name)]
    return f"a test that did not pass before does now: {were[0]}" if were else ""


def _object_to_number(claim: SummaryClaim, evidence: Evidence) -> str:
    counts: Mapping[str, Sequence[int]] = {
        "files": (len(evidence.difference.files),),
        "tests": (
            _count_tests(evidence),
            len(evidence.comparison.newly_passing),
            len(evidence.report.names(TestStatus.PASSED)),
            len(evidence.report.outcomes),
        ),
    }
    if claim.subject == "tests" and not evidence.report.outcomes:
        return ""  # the runner names none, so that nobody can count them
    if claim.number in counts[claim.subject] or (claim.subject == "files" and _counts_some(claim, evidence)):
        return ""
    if claim.subject == "files":
        return f"the change touches {len(evidence.difference.files)}"
    written, newly, passed, _ = counts["tests"]
    return f"the change writes {written}, {newly} pass that did not before, and {passed} pass in all"


def _counts_some(claim: SummaryClaim, evidence: Evidence) -> bool:
    """Say whether the number may be that of the tests' files, or of the others."""
    tests = sum(1 for path in evidence.difference.files if is_test(path))
    return claim.number in {tests, len(evidence.difference.files) - tests}
