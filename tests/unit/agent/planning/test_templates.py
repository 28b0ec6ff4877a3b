"""The template that fits an issue is chosen by name, by label, then by words; a repository's own go first."""

import pytest

from yantra_bot.agent.planning.templates import BUILT_IN, choose_template, describe_template
from yantra_bot.domain.repository import Actor, Issue
from yantra_bot.domain.templates import Template
from yantra_bot.errors import UserError

OWN = Template("migration", ("Write it",), ("It goes back",), ("Database", "bug"))


def issue(title: str, body: str = "", labels: tuple[str, ...] = ()) -> Issue:
    return Issue(1, title, body, Actor(1, "ann", False), True, False, False, labels)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (issue("Whatever", labels=("Bug",)), "bug-fix"),
        (issue("Whatever", labels=("enhancement",)), "feature"),
        (issue("add subtracts", "`add(2, 3)` gives -1."), "bug-fix"),
        (issue("Add a flag", "It should be short."), "feature"),
        (issue("Sum is wrong"), "bug-fix"),
        (issue("Support Python 3.14"), "feature"),
        (issue("Rename Foo to Bar"), "refactor"),
        (issue("Help", "Traceback (most recent call last):\n"), "bug-fix"),
        (issue("Address review comments"), "review"),
        (issue("Hm"), None),
    ],
)
def test_the_fitting_template_is_chosen(given: Issue, name: str | None) -> None:
    """Labels count before words, the title before the text."""
    found = choose_template(given, {})
    assert (found.name if found else None) == name


def test_a_repositorys_own_templates_go_first() -> None:
    """By label, by name, and in place of one of the bot's."""
    assert choose_template(issue("x", labels=("database",)), {"migration": OWN}) is OWN
    assert choose_template(issue("x", labels=("bug",)), {"migration": OWN}) is OWN
    assert choose_template(issue("x"), {"migration": OWN}, named="migration") is OWN
    mine = Template("bug-fix", ("As we do it",))
    assert choose_template(issue("It crashes"), {"bug-fix": mine}) is mine
    assert choose_template(issue("x", labels=("defect",)), {"bug-fix": mine}) is mine


def test_a_name_that_there_is_not_is_refused_with_those_there_are() -> None:
    """The person sees what could be named."""
    with pytest.raises(UserError, match="There are: bug-fix, feature, refactor, review"):
        choose_template(issue("x"), {}, named="nothing")


def test_every_template_says_steps_and_checks() -> None:
    """They are what a model is shown."""
    for template in BUILT_IN.values():
        shown = describe_template(template)
        assert "1. " in shown
        assert "Before it counts as done:\n- " in shown
    assert describe_template(Template("x", ("a", "b"))) == "1. a\n2. b"
