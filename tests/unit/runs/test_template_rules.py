"""`templates:` of a repository's rules: read strictly, and what a run's plan is written as is read again."""

import pytest

from yantra_bot.domain.plan import Plan, PlanStep
from yantra_bot.domain.templates import Template
from yantra_bot.errors import UserError
from yantra_bot.runs.rules import parse_rules
from yantra_bot.runs.template_rules import write_template


def test_templates_are_read() -> None:
    """Steps are needed, checks and labels are not."""
    rules = parse_rules(b"templates:\n  docs:\n    steps: [Write it, Read it]\n    labels: [docs]\n")
    assert rules.templates == {"docs": Template("docs", ("Write it", "Read it"), (), ("docs",))}
    assert parse_rules(b"enabled: true\n").templates == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("templates: [a]", "line 1: templates has to hold up to 20 names"),
        ("templates:\n  Docs: {steps: [a]}", r"line 2: templates\.Docs is no name"),
        ("templates:\n  docs: [a]", "has to hold `steps`"),
        ("templates:\n  docs: {steps: []}", "has no `steps`"),
        ("templates:\n  docs: {steps: [1]}", "no list of texts"),
        ("templates:\n  docs: {steps: [a], cheks: [b]}", "holds cheks, which is not known"),
        ("templates:\n  docs: {steps: [a,b,c,d,e,f,g,h,i,j,k,l,m]}", "more than 12 `steps`"),
    ],
)
def test_a_wrong_template_is_named_with_its_line(text: str, words: str) -> None:
    """The maintainer sees where, and what it has to be."""
    with pytest.raises(UserError, match=words):
        parse_rules(text.encode())


def test_a_plan_is_written_so_that_it_is_read_again() -> None:
    """What `yantra runs save-template` prints can be put into the file as it is."""
    plan = Plan("goal", (PlanStep(1, "Write: it", "a\nfile"), PlanStep(2, "Read it", "no doubt")), 0.5)
    found = parse_rules(write_template("mine", plan).encode()).templates["mine"]
    assert (found.steps, found.checks) == (("Write: it", "Read it"), ("a file", "no doubt"))
    with pytest.raises(UserError, match="no name"):
        write_template("No Name", plan)
