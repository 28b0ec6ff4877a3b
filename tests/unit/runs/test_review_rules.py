"""A repository's wishes about reviews: all can be said, what is wrong is named with its line."""

import pytest

from yantra_bot.domain.findings import Severity
from yantra_bot.domain.review import ReviewRules
from yantra_bot.errors import UserError
from yantra_bot.runs.review_rules import ReviewSettings
from yantra_bot.runs.rules import parse_rules


def parse(text: str) -> ReviewSettings:
    return parse_rules(f"budget_usd: 1\nreview:\n{text}".encode()).review


def test_everything_can_be_said() -> None:
    """With dashes or underscores."""
    found = parse(
        "  enabled: false\n  drafts: true\n  bots: false\n  include: [src/**]\n  exclude: docs/**\n  severity: info\n"
        "  fail-on: critical\n  max_remarks: 0\n  run-tests: false\n  run_tools: false\n  code-scanning: true\n"
    )
    rules = ReviewRules(
        False, ("src/**",), ("docs/**",), Severity.INFO, Severity.CRITICAL, 0, runs_tests=False, runs_tools=False
    )
    assert found == ReviewSettings(rules, drafts=True, bots=False, code_scanning=True)


@pytest.mark.parametrize("word", ["never", "off", "no", "false"])
def test_a_gate_can_stay_open(word: str) -> None:
    """YAML reads some of these words as false."""
    assert parse(f"  fail-on: {word}\n").rules.fail_on is None


def test_nothing_said_is_the_default() -> None:
    """An empty section too."""
    assert parse("") == parse("  {}\n") == ReviewSettings()


@pytest.mark.case("N04")
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("  nope: 1\n", "line 3: review.nope is not known. Known are: bots, code-scanning"),
        ("\n  drafts: maybe\n", "line 4: review.drafts has to be true or false"),
        ("  enabled: 1\n", "review.enabled has to be true or false"),
        ("  severity: bad\n", "line 3: review.severity has to be one of info, warning, error, critical"),
        ("  severity: [error]\n", "review.severity has to be one of"),
        ("  fail-on: true\n", "review.fail-on has to be one of"),
        ("  fail-on: {a: 1}\n", "review.fail-on has to be one of"),
        ("  max-remarks: -1\n", "review.max-remarks has to be a whole number"),
        ("  max-remarks: true\n", "review.max-remarks has to be a whole number"),
        ("  max-remarks: 51\n", "from 0 to 50"),
        ("  include: {a: b}\n", "review.include has to be a list"),
        ("  include: [1]\n", "review.include has to be a list"),
        ("  exclude: [/etc]\n", "review.exclude has a pattern that is none"),
        (f"  exclude: [{'x' * 500}]\n", "review.exclude has a pattern that is none"),
        (f"  exclude: [{', '.join('x' for _ in range(201))}]\n", "takes 200 patterns"),
        ("  - a\n", "line 2: review has to hold keys and values"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text: str, words: str) -> None:
    """Unknown keys, wrong types, patterns that are none or too many."""
    with pytest.raises(UserError) as told:
        parse(text)
    assert words in str(told.value)


def test_unknown_keys_beside_it_are_named_with_their_line() -> None:
    """The whole file is held to the same."""
    with pytest.raises(UserError, match=r"yantra.yml, line 2: reviews is not known"):
        parse_rules(b"enabled: true\nreviews: {}\n")
