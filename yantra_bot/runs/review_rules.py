"""The part `review:` of a repository's rules, parsed. Pure.

It decides what is reviewed, what is shown and what closes the gate; it can allow nothing that the operator does not.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from yantra_bot.domain.findings import Severity
from yantra_bot.domain.globs import check_pattern
from yantra_bot.domain.review import ReviewRules
from yantra_bot.errors import UserError

MAX_GLOBS: Final = 200
MAX_REMARKS: Final = 50
KEYS: Final = (
    *("enabled", "drafts", "bots", "include", "exclude", "severity", "fail_on"),
    *("max_remarks", "run_tests", "run_tools", "code_scanning"),
)
Refuse = Callable[[str, str], UserError]
"""Makes the error of a key: its name, and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """How a repository wants its pull requests reviewed."""

    rules: ReviewRules = field(default_factory=ReviewRules)
    drafts: bool = False
    """Whether drafts are reviewed without being asked."""
    bots: bool = True
    """Whether pull requests of bots are; then by reading alone."""
    code_scanning: bool = False
    """Whether findings are handed to the forge's code scanning."""


def parse_review(value: Any, refuse: Refuse) -> ReviewSettings:
    """Return the settings; raise what `refuse` makes for a key that is wrong."""
    if value is None:
        return ReviewSettings()
    if not isinstance(value, dict):
        raise refuse("", "has to hold keys and values, such as `fail-on: error`")
    found = {str(key).replace("-", "_"): one for key, one in value.items()}
    unknown = next((str(key) for key in value if str(key).replace("-", "_") not in KEYS), None)
    if unknown is not None:
        known = ", ".join(sorted(key.replace("_", "-") for key in KEYS))
        raise refuse(unknown, f"is not known. Known are: {known}")
    default = ReviewRules()

    def flag(name: str, otherwise: bool) -> bool:
        return _flag(found, name, refuse) if name in found else otherwise

    rules = ReviewRules(
        enabled=flag("enabled", default.enabled),
        include=_globs(found.get("include", []), "include", refuse),
        exclude=_globs(found.get("exclude", []), "exclude", refuse),
        runs_tests=flag("run_tests", default.runs_tests),
        runs_tools=flag("run_tools", default.runs_tools),
    )
    if "severity" in found:
        rules = replace(rules, severity=_severity(found["severity"], "severity", refuse))
    if "fail_on" in found:
        rules = replace(rules, fail_on=_bar(found["fail_on"], refuse))
    if "max_remarks" in found:
        rules = replace(rules, max_remarks=_count(found["max_remarks"], refuse))
    return ReviewSettings(
        rules, drafts=flag("drafts", False), bots=flag("bots", True), code_scanning=flag("code_scanning", False)
    )


def _flag(found: dict[str, Any], name: str, refuse: Refuse) -> bool:
    flag = found[name]
    if not isinstance(flag, bool):
        raise refuse(name, "has to be true or false")
    return flag


def _globs(value: Any, name: str, refuse: Refuse) -> tuple[str, ...]:
    globs = [value] if isinstance(value, str) else value
    if not isinstance(globs, list) or not all(isinstance(one, str) for one in globs):
        raise refuse(name, "has to be a list of patterns, such as [docs/**, '*.lock']")
    if len(globs) > MAX_GLOBS:
        raise refuse(name, f"takes {MAX_GLOBS} patterns at most")
    try:
        return tuple(check_pattern(one) for one in globs)
    except UserError as odd:
        raise refuse(name, f"has a pattern that is none: {str(odd).removesuffix('.')}") from odd


def _severity(value: Any, name: str, refuse: Refuse) -> Severity:
    if not isinstance(value, str) or value not in set(Severity):
        raise refuse(name, f"has to be one of {', '.join(Severity)}")
    return Severity(value)


def _bar(value: Any, refuse: Refuse) -> Severity | None:
    """YAML reads `never` as a word, and `off` and `no` as false."""
    if value is False or value == "never":
        return None
    if not isinstance(value, str) or value not in set(Severity):
        raise refuse("fail-on", f"has to be one of {', '.join(Severity)}, or never")
    return Severity(value)


def _count(value: Any, refuse: Refuse) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_REMARKS:
        raise refuse("max-remarks", f"has to be a whole number from 0 to {MAX_REMARKS}")
    return value
