"""What a statement about a change can be held against: the difference, the tests, the cases they passed. Pure."""

import re
from dataclasses import dataclass
from typing import Final

from yantra_bot.agent.critique.difference import Difference
from yantra_bot.domain.proof import Comparison, TestReport, TestStatus, Verdict

MOST_LINES: Final = 500
"""Of one range that is named as evidence."""
_ADDRESS: Final = re.compile(r"([\w./+@-]+\.\w+):(\d{1,7})(?:-(\d{1,7}))?")
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A change as it was read, and what its tests showed."""

    difference: Difference
    report: TestReport
    comparison: Comparison

    @property
    def nothing_broke(self) -> bool:
        """Say whether the tests pass, and each that passed before does so still."""
        return self.report.verdict is Verdict.PASS and not (self.comparison.newly_failing or self.comparison.missing)

    def find_places(self, answer: str) -> list[str]:
        """Return the places `path:line` of an answer that the change touches."""
        found = []
        for name, first, last in _ADDRESS.findall(answer):
            path = self.difference.find(name)
            if path is None:
                continue
            lines = range(int(first), min(int(last or first), int(first) + MOST_LINES) + 1)
            if any(self.difference.files[path].holds(line) for line in lines):
                found.append(f"{path}:{first}")
        return found

    def find_tests(self, answer: str) -> list[str]:
        """Return the tests of an answer that pass, and that the change wrote, touched or brought to pass."""
        words = set(_WORD.findall(answer))
        return [
            name
            for name in sorted(self.report.names(TestStatus.PASSED))
            if (own := set(_WORD.findall(last_name(name)))) and own <= words and self.is_of_change(name)
        ]

    def is_of_change(self, test: str) -> bool:
        """Say whether a test passes because of the change, or is named in what it wrote."""
        return test in self.comparison.newly_passing or set(_WORD.findall(last_name(test))) <= self.difference.words

    def is_written(self, test: str) -> bool:
        """Say whether the change wrote a line that names a test."""
        wanted = set(_WORD.findall(last_name(test)))
        return any(wanted <= set(_WORD.findall(line)) for _, line in self.difference.written())


def last_name(test: str) -> str:
    """Return the name of a test without its file, classes and parameters."""
    return test.rpartition("::")[2].partition("[")[0]
