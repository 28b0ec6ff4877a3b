"""A repository's own rules narrow what the operator allows, and a wrong file is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.domain.runners import RunnerName
from yantra_bot.errors import UserError
from yantra_bot.ports import TestCommand
from yantra_bot.runs.rules import MAX_BYTES, RepositoryRules, parse_rules


def test_no_file_means_the_defaults() -> None:
    """Nothing has to be set up."""
    assert parse_rules(None) == RepositoryRules()


def test_everything_can_be_said() -> None:
    """Budget, switch and test command are taken over."""
    found = parse_rules(b"enabled: false\nbudget_usd: 2\ntests:\n  command: [npm, test]\n  timeout_seconds: 60\n")
    assert found == RepositoryRules(False, 2.0, TestCommand(("npm", "test"), 60.0))


def test_a_runner_can_be_chosen() -> None:
    """Of a repository with tests of several."""
    assert parse_rules(b"tests: {runner: vitest}").tests == TestCommand(runner=RunnerName.VITEST)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (b"budget: 3", "budget is not known"),
        (b"budget_usd: -1", "positive number"),
        (b"budget_usd: true", "positive number"),
        (b"budget_usd: .nan", "positive number"),
        (b"enabled: maybe", "true or false"),
        (b"tests: pytest", "tests has to hold"),
        (b"tests: {command: pytest -q}", "list of words"),
        (b"tests: {command: [pytest], shell: true}", r"tests\.shell is not known"),
        (b"tests: {timeout_seconds: 1e9}", "between 0 and 3600"),
        (b"tests: {cover_percent: 101}", "cover_percent has to be a whole number from 0 to 100"),
        (b"tests: {cover_percent: true}", "cover_percent has to be a whole number"),
        (b"tests: {runner: mocha}", "one of pytest, vitest, jest, node, npm, cargo, go"),
        (b"tests: {runner: [jest]}", "one of pytest"),
        (b"tests: {runner: jest, command: [make]}", "leave one of them out"),
        (b"- a", "keys and values"),
        (b"a: [", "line 1"),
        (b"\xff\xfe", "UTF-8"),
        (b"a: &x 1\nb: *x", "aliases"),
        (b"a: !!python/object:os.system x", "no valid YAML"),
        (b"x" * (MAX_BYTES + 1), "larger than"),
        (b"[" * 5_000, "no valid YAML"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(text: bytes, word: str) -> None:
    """It is never guessed what was meant."""
    with pytest.raises(UserError, match=word):
        parse_rules(text)


@given(st.binary(max_size=200))
def test_no_file_content_is_more_than_a_user_error(data: bytes) -> None:
    """Whatever a repository holds there."""
    try:
        parse_rules(data)
    except UserError as problem:
        assert ".github/yantra.yml" in str(problem)  # noqa: PT017 (either way is allowed)


@pytest.mark.case("N04")
@pytest.mark.parametrize(
    ("text", "operators", "seconds"),
    [
        (None, 900.0, 900.0),
        (b"enabled: true", 900.0, 900.0),
        (b"tests: {command: [make, test]}", 20.0, 20.0),
        (b"tests: {timeout_seconds: 60}", 900.0, 60.0),
        (b"tests: {timeout_seconds: 3600}", 300.0, 300.0),
        (b"tests: {timeout_seconds: 5000}", 7_200.0, 5_000.0),
    ],
)
def test_the_time_of_tests_is_the_operators_to_set(text: bytes | None, operators: float, seconds: float) -> None:
    """YANTRA_TEST_TIMEOUT_SECONDS holds everywhere; a repository can only ask for less."""
    assert parse_rules(text, test_seconds=operators).tests.timeout_seconds == seconds
