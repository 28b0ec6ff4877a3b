"""What is said of a plan is harmless, whoever wrote it, and says who decided what."""

from dataclasses import replace

import pytest

from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.plan import Decision, Forecast, Means, Plan, PlanStep, StepState, Verdict
from yantra_bot.domain.repository import Actor, Repository
from yantra_bot.domain.run import Order
from yantra_bot.replies import plan as say

ORDER = Order("r" * 24, Repository(1, "octo", "calc"), 9, 7, Command(Verb.PLAN), Actor(1, "ann", False), 3, 0.0)
PLAN = Plan(
    "add adds",
    (
        PlanStep(1, "See it", "seen", turns=1, state=StepState.DONE, outcome="seen it"),
        PlanStep(2, "Mend it", "mended", (1,), ("look", "edit"), ("edit_file",), "callers", 3),
        PlanStep(3, "Try it", "tried", (2,), state=StepState.FAILED, outcome="no shell"),
    ),
    0.75,
    "bug-fix",
)
SHOWN = say.ShownPlan(ORDER, PLAN, Forecast(6, 0.1234, 4, 0.5, 90.0), "https://bot/runs/1", "yantra", due=0.0)


def test_a_plan_that_waits_shows_all_that_is_to_be_judged() -> None:
    """Steps with state, what they need, tools, risk, sub-steps; what it may cost; how to answer, until when."""
    assert say.plan_comment(SHOWN) == (
        "**A plan, which waits for approval** · [run rrrrrrrrrrrrrrrrrrrrrrrr](https://bot/runs/1)\n\n"
        "add adds\n\n"
        "- [x] **1. See it**: seen it\n"
        "- [ ] **2. Mend it**: mended\n"
        "  <br><sub>after 1 · with `edit_file` · about 3 model calls · risk: callers</sub>\n"
        "  - look\n"
        "  - edit\n"
        "- [ ] **3. Try it**: could not be done: no shell\n\n"
        "About 6 model calls by the model's guess, at most 0.12 USD by the price table. The last 4 runs here took 1.5 "
        "minutes and 0.50 USD on average. The model's own confidence in the plan: 0.75. It follows the template "
        "`bug-fix`.\n\n"
        "Nothing is changed before somebody with write access says so, until 1970-01-01 00:00 UTC: `@yantra approve` "
        "or 👍 on this comment begins the work, `@yantra approve with changes: …` has the plan changed first, `@yantra "
        "reject` or 👎 ends it."
    )


@pytest.mark.parametrize(
    ("decision", "headline", "words"),
    [
        (Decision(Verdict.APPROVED, "ann", "", Means.REACTION), "is followed", "`ann` approved it by a reaction."),
        (Decision(Verdict.CHANGED, "ann", "be quick", Means.COMMENT), "is followed", "it with changes: be quick"),
        (Decision(Verdict.REJECTED, "ann", "", Means.COMMENT), "was rejected", "`ann` rejected it."),
        (Decision(Verdict.EXPIRED), "nobody approved in time", "Nobody approved it in time"),
    ],
)
def test_a_decision_is_told_with_who_and_how(decision: Decision, headline: str, words: str) -> None:
    """The head line and the foot agree."""
    shown = say.plan_comment(replace(SHOWN, decision=decision))
    assert headline in shown.splitlines()[0]
    assert words in shown
    assert "says so, until" not in shown


@pytest.mark.case("C12")
def test_what_a_model_writes_into_a_plan_does_nothing() -> None:
    """No mention, link, picture, HTML, further step or closing of an issue comes out of a title."""
    evil = "x\n- [x] **9. Done** @octo/all ![](http://evil/?d=1) <img src=x> Fixes #1"
    plan = Plan(evil, (PlanStep(1, evil, evil, parts=(evil,), tools=(f"`{evil}`",), risk=evil, outcome=evil),), 0.1)
    for text in (say.plan_comment(replace(SHOWN, plan=plan)), say.plan_section(plan)):
        assert "@octo" not in text
        assert "http://evil" not in text
        assert "<img" not in text
        assert "Fixes #1" not in text
        assert not any(line.startswith("- [x]") for line in text.splitlines())


def test_what_is_not_known_is_said_to_be() -> None:
    """No price, no earlier run."""
    line = say.forecast_line(Forecast(3), PLAN)
    assert "at a price that is not known" in line
    assert "How long it takes is not known" in line
    assert "The last run here took 1.0 minutes and 0.10 USD." in say.forecast_line(Forecast(3, 1, 1, 0.1, 60), PLAN)


def test_what_becomes_of_a_failed_step_is_told() -> None:
    """With the numbers of what follows instead, or why nothing does."""
    step = PLAN.steps[2]
    assert "no shell. The rest was planned anew: steps 4 to 5." in say.step_failed_line(
        step, [replace(step, number=4), replace(step, number=5)]
    )
    assert "planned anew: step 4." in say.step_failed_line(step, [replace(step, number=4)])
    assert "The rest stays as it was: so." in say.not_replanned_line(step, "so.")
    assert "Changed as `ann` wished" in say.changed_line(Decision(Verdict.CHANGED, "ann"))


@pytest.mark.parametrize(("seconds", "words"), [(259_200, "3 days"), (7_200, "2 hours"), (60, "1 minutes")])
def test_how_long_was_waited_is_told(seconds: float, words: str) -> None:
    """In the unit that people use."""
    assert f"within {words}" in say.expired(seconds, "yantra")


def test_a_run_of_a_terminal_asks_there() -> None:
    """Nobody hears comments, so that none is asked for."""
    shown = replace(SHOWN, order=replace(ORDER, installation_id=0))
    assert say.plan_comment(shown).endswith("Nothing is changed before the person at the terminal says so.")
    assert "A plan whose run was stopped" in say.plan_comment(replace(SHOWN, stopped=True))
    assert say.plan_text(PLAN, Forecast(3)).startswith("add adds\n\n- [x] **1. See it**: seen it\n")
