"""The templates that a plan is made after, and which of them fits an issue. Pure."""

import re
from collections.abc import Mapping
from typing import Final

from yantra_bot.domain.repository import Issue
from yantra_bot.domain.templates import Template
from yantra_bot.errors import UserError

BUG_FIX: Final = Template(
    "bug-fix",
    (
        "Reproduce the failure: a test that fails for the reason that the issue names",
        "Find the cause, and every other place that has the same one",
        "Correct the cause with the smallest change",
        "Run the failing test, then the whole suite",
    ),
    ("The new test fails without the change", "No existing test was weakened", "Callers still get what they rely on"),
    ("bug", "defect", "regression", "crash"),
)
FEATURE: Final = Template(
    "feature",
    (
        "Find where it belongs, and what already does something like it",
        "Write tests of what it should do, wrong input among it",
        "Write it, in the style of its surroundings",
        "Connect it: exports, command line, settings, whatever users reach it by",
        "Document it where users look, and run the whole suite",
    ),
    ("Each point of the issue has a test", "What was there before behaves as before"),
    ("enhancement", "feature", "feature request"),
)
REFACTOR: Final = Template(
    "refactor",
    (
        "Run the tests, and add some where what is to be changed has none",
        "List every use of what is to be changed",
        "Change it in steps after each of which the tests pass",
        "Remove what nothing uses any more, and run the whole suite",
    ),
    ("Behaviour is the same: no test changed what it expects", "No public name vanished without need"),
    ("refactor", "refactoring", "cleanup", "tech debt", "tech-debt"),
)
REVIEW: Final = Template(
    "review",
    (
        "Read what the remarks are about, and decide of each whether it holds",
        "Correct what holds, each with a test where it can have one",
        "Say of the others why they do not hold",
        "Run the whole suite",
    ),
    ("Every remark is answered",),
    ("review", "feedback"),
)
BUILT_IN: Final = {one.name: one for one in (BUG_FIX, FEATURE, REFACTOR, REVIEW)}
_REFACTOR: Final = re.compile(r"\b(refactor\w*|renam(?:e|ing)|extract|clean ?up|dedupl\w+|simplif\w+)\b", re.IGNORECASE)
_REVIEW: Final = re.compile(r"\breview (?:comments?|remarks?|feedback)\b", re.IGNORECASE)
_BUG: Final = re.compile(
    r"Traceback \(most recent|\b(bug|crash\w*|fails?|failing|broken|wrong|regression|incorrect\w*|instead of|gives"
    r"|raises)\b",
    re.IGNORECASE,
)
_FEATURE: Final = re.compile(r"\b(add|support|allow|implement|provide|introduce|feature)\b", re.IGNORECASE)


def choose_template(issue: Issue, own: Mapping[str, Template], *, named: str = "") -> Template | None:
    """Return the template to plan after: the named one, else by label, else by the words of the issue.

    `own` are the repository's, which go before those of the bot and replace them by name. Raises UserError for a name
    that there is not.
    """
    known = {**BUILT_IN, **own}
    if named:
        if named not in known:
            raise UserError(f"There is no template {named!r}. There are: {', '.join(sorted(known))}.")
        return known[named]
    labels = {label.strip().lower() for label in issue.labels}
    by_label = [one for one in (*own.values(), *BUILT_IN.values()) if labels & {label.lower() for label in one.labels}]
    if by_label:
        return known[by_label[0].name]
    by_words = _choose_by_words(issue)
    return None if by_words is None else known[by_words.name]


def _choose_by_words(issue: Issue) -> Template | None:
    """A feature's title begins like a bug's whose function is called `add`: what says that something is wrong wins."""
    looked_at = (
        (_REFACTOR, REFACTOR, issue.title),
        (_REVIEW, REVIEW, issue.title),
        (_BUG, BUG_FIX, issue.title),
        (_BUG, BUG_FIX, issue.body),
        (_FEATURE, FEATURE, issue.title),
        (_FEATURE, FEATURE, issue.body),
    )
    return next((template for words, template, text in looked_at if words.search(text)), None)


def describe_template(template: Template) -> str:
    """Return a template as text for a model."""
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(template.steps, start=1))
    checks = "\n".join(f"- {check}" for check in template.checks)
    return f"{steps}\n\nBefore it counts as done:\n{checks}" if checks else steps
