"""A review from its subject to its result: each part in turn, timed, none able to end the others.

A part that could not do its work leaves a gap that says so.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import structlog

from yantra_bot.domain.findings import Finding, RuleInfo
from yantra_bot.domain.observations import HunkBrief
from yantra_bot.domain.proof import Failures, TestReport
from yantra_bot.domain.review import (
    Gap,
    ImpactReport,
    Review,
    ReviewRules,
    Risk,
    TestSelection,
    Timing,
)
from yantra_bot.domain.scores import ChangeScore, JudgedScore
from yantra_bot.errors import YantraError
from yantra_bot.review.means import Means
from yantra_bot.review.subject import Subject
from yantra_bot.sandbox.room import NO_ROOM, is_disk_full

_log = structlog.get_logger()


@dataclass(slots=True)
class Draft:
    """A review that is being made. Parts read what the ones before them left, and add to it."""

    subject: Subject
    rules: ReviewRules
    means: Means = field(default_factory=Means)
    findings: list[Finding] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    impact: ImpactReport | None = None
    tests: TestSelection | None = None
    test_report: TestReport | None = None
    failures: Failures | None = None
    risk: Risk | None = None
    score: ChangeScore | None = None
    briefs: tuple[HunkBrief, ...] = ()
    timings: list[Timing] = field(default_factory=list)

    def add(self, findings: Iterable[Finding]) -> None:
        """Add findings, each once, and only those in the scope of the review."""
        known = {finding.fingerprint for finding in self.findings}
        scope = self.subject.scope
        for finding in findings:
            is_wanted = (scope is None or finding.path in scope) and self.rules.wants(finding.path)
            if is_wanted and finding.fingerprint not in known:
                known.add(finding.fingerprint)
                self.findings.append(finding)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a review, what to call it, and the rules that its findings are of."""

    name: str
    run: Callable[[Draft], None]
    rules: tuple[RuleInfo, ...] = ()
    find_rules: Callable[[], tuple[RuleInfo, ...]] = tuple
    """Returns further rules, of a part that reads them from files."""
    needs_graph: bool = True
    """Whether it looks at the code graphs of both versions."""


def review(
    subject: Subject,
    parts: Sequence[Part],
    *,
    base: str,
    head: str,
    rules: ReviewRules | None = None,
    means: Means | None = None,
    gaps: Iterable[Gap] = (),
    timings: Iterable[Timing] = (),
    tell: Callable[[str], None] = lambda _: None,
) -> Review:
    """Run the parts in order; return what they found. `base` and `head` are the names of the versions.

    `gaps` are what was left out before there was a subject, `timings` what making it took. Without `means` a part has
    none. `tell` is called with the name of each part before it runs.
    """
    draft = Draft(subject, rules or ReviewRules(), means or Means(), gaps=list(gaps), timings=list(timings))
    for part in parts:
        tell(part.name)
        start = time.perf_counter()
        try:
            part.run(draft)
        except YantraError as problem:
            draft.gaps.append(Gap(part.name, str(problem)))
        except Exception as error:  # noqa: BLE001 (a part's bug is said and logged; the other parts go on)
            _log.exception("review.part_failed", part=part.name)
            bug = f"It failed with {type(error).__name__}, which is a bug of ours."
            draft.gaps.append(Gap(part.name, NO_ROOM if is_disk_full(error) else bug))
        draft.timings.append(Timing(part.name, time.perf_counter() - start))
    return Review(
        base,
        head,
        files=subject.files,
        symbols=subject.symbols,
        findings=tuple(sorted(draft.findings, key=lambda one: one.order)),
        impact=draft.impact,
        tests=draft.tests,
        test_report=draft.test_report,
        failures=draft.failures,
        risk=draft.risk,
        gaps=tuple(draft.gaps),
        timings=tuple(draft.timings),
        rules=draft.rules,
        briefs=draft.briefs,
        learned=None if draft.score is None else JudgedScore(draft.score),
    )
