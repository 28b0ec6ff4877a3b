"""The maintainers say how integration tests are run, and a wrong word is refused with its place."""

import pytest

from yantra_bot.domain.integration import IntegrationRules, Service
from yantra_bot.errors import UserError
from yantra_bot.runs.rules import parse_rules


def test_command_services_and_time_can_be_said() -> None:
    """Without any word nothing is run."""
    assert parse_rules(b"enabled: true").integration == IntegrationRules()
    text = b"integration: {command: [pytest, it], services: [postgresql, postgresql], timeout_seconds: 20}"
    assert parse_rules(text).integration == IntegrationRules(("pytest", "it"), (Service.POSTGRESQL,), 20.0)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (b"integration: pytest", "has to hold keys"),
        (b"integration: {services: [postgresql]}", "list of words"),
        (b"integration: {command: []}", "list of words"),
        (b"integration: {command: pytest}", "list of words"),
        (b"integration: {command: [a], services: [mysql]}", "list of postgresql"),
        (b"integration: {command: [a], services: [[1]]}", "list of postgresql"),
        (b"integration: {command: [a], services: postgresql}", "list of postgresql"),
        (b"integration: {command: [a], timeout_seconds: 9999}", "between 0 and 500"),
        (b"integration: {command: [a], timeout_seconds: true}", "between 0 and 500"),
        (b"integration: {command: [a], image: x}", "image is not known"),
    ],
)
def test_a_wrong_word_is_refused(text: bytes, word: str) -> None:
    """By its name."""
    with pytest.raises(UserError, match=word):
        parse_rules(text)
