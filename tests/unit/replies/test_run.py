"""What the bot says about a run states proven values, and marks the model's words as the model's."""

from dataclasses import replace

import pytest

from yantra_bot.domain.commands import Command, CommandProblem, Verb
from yantra_bot.domain.proof import (
    ChangeFacts,
    Claim,
    Comparison,
    Confidence,
    EnvironmentReport,
    Factor,
    TestOutcome,
    TestReport,
    TestStatus,
    Verdict,
)
from yantra_bot.domain.repository import Actor, PullRequest, Repository
from yantra_bot.domain.run import Ending, Order, Phase, Spent
from yantra_bot.replies import commands
from yantra_bot.replies.run import (
    Progress,
    Proof,
    check_conclusion,
    check_title,
    progress,
    progress_tag,
    pull_request_body,
    spent_line,
)

ORDER = Order("r" * 24, Repository(1, "o", "n"), 2, 7, Command(Verb.IMPLEMENT), Actor(3, "alice", False), 4, 0.0)


def report(verdict: Verdict, passed: int, failed: int = 0, reason: str = "") -> TestReport:
    outcomes = [TestOutcome(f"p{number}", TestStatus.PASSED) for number in range(passed)]
    outcomes += [TestOutcome(f"f{number}", TestStatus.FAILED) for number in range(failed)]
    return TestReport(verdict, ("python", "-m", "pytest"), 0, 2.0, tuple(outcomes), reason=reason)


PROOF = Proof(
    order=ORDER,
    claim=Claim("fix: it", "It was wrong. Fixes #99, ask @everyone. ![x](http://evil.test)", 0.9),
    model="m",
    paths=("a.py",),
    base=report(Verdict.PASS, 2),
    report=report(Verdict.PASS, 3),
    comparison=Comparison((), ("p2",), ()),
    confidence=Confidence(0.9, (Factor("model", 0.3, 0.9, "said so"), Factor("past failures", 0.25, None, "none yet"))),
    facts=ChangeFacts(1, 2),
    environment=EnvironmentReport("k", True, 0.1),
    spent=Spent(0.25, 1000, 200, 3, 4),
    page_url="https://y/runs/r",
    attempts=1,
)


def test_the_body_states_what_was_proven() -> None:
    """Issue, words, files, tests before and after, confidence with its factors, cost, model, run."""
    body = pull_request_body(PROOF)
    assert body.startswith("Fixes #7\n")
    for words in (
        "the model's words",
        "- `a.py`",
        "`python -m pytest` ended with 0 after 2.0 s.",
        "3 passed, 0 failed; before the change 2 passed, 0 failed.",
        "Newly passing (1): `p2`",
        "**0.90**",
        "| past failures | 0.25 | unknown, left out | none yet |",
        "3 model calls, 4 tool calls, 1,000 tokens in, 200 out, 0.2500 USD.",
        "Model `m`, 1 attempt.",
        "Ordered by `alice`, [run rrrrrrrrrrrrrrrrrrrrrrrr](https://y/runs/r).",
    ):
        assert words in body
    assert "Please look at" not in body


@pytest.mark.case("B20")
@pytest.mark.case("C12")
def test_the_models_words_close_notify_and_load_nothing() -> None:
    """A summary cannot close another issue, call people or leak through an image."""
    body = pull_request_body(PROOF)
    assert "#99" not in body
    assert "@everyone" not in body
    assert "![x]" not in body


def test_a_draft_says_why_it_is_one() -> None:
    """Who opens it sees the reason first."""
    assert "> A draft: no tests ran" in pull_request_body(replace(PROOF, draft_reason="no tests ran"))


@pytest.mark.case("C10")
def test_weakened_tests_a_moved_base_and_missing_dependencies_are_pointed_out() -> None:
    """What a reviewer has to know stands in the body."""
    body = pull_request_body(
        replace(
            PROOF,
            facts=ChangeFacts(1, 2, weakened_tests=("test_a.py::test_x: skipped",)),
            base_moved_to="f" * 40,
            environment=EnvironmentReport("k", False, 1.0, problem="no wheel"),
        )
    )
    assert "weakens an existing test: `test_a.py::test_x: skipped`" in body
    assert "moved to `ffffffffffff` meanwhile" in body
    assert "no wheel" in body


def test_without_tests_nothing_is_said_to_be_proven() -> None:
    """No data is not a pass, in the body and in the check."""
    unproven = replace(PROOF, report=report(Verdict.INCONCLUSIVE, 0, reason="there are no tests"))
    assert "Nothing was proven: there are no tests" in pull_request_body(unproven)
    assert check_conclusion(unproven) == "neutral"
    assert "inconclusive" in check_title(unproven.report)


def test_the_check_succeeds_only_when_the_tests_passed() -> None:
    """Old failures make it neutral."""
    assert check_conclusion(PROOF) == "success"
    assert check_conclusion(replace(PROOF, report=report(Verdict.FAIL, 3, 1))) == "neutral"
    assert check_title(report(Verdict.PASS, 3)) == "3 passed, 0 failed"


def test_the_progress_comment_shows_phases_with_their_times() -> None:
    """What is done is ticked, what goes on is not."""
    phases = ((Phase.CONTEXT_ASSEMBLY, 1.0), (Phase.CODE_GENERATION, 3.5))
    shown = progress(Progress(ORDER, phases, "https://y/runs/r"))
    assert "**Working on it**" in shown
    assert "- [x] ContextAssembly (2.5 s)" in shown
    assert "- [ ] CodeGeneration (now)" in shown


@pytest.mark.parametrize(
    ("phase", "words"),
    [
        (Phase.COMPLETE, "**Done**"),
        (Phase.ESCALATED, "**A person is needed**"),
        (Phase.STOPPED, "**Stopped**"),
        (Phase.FAILED, "**Failed**"),
    ],
)
def test_the_progress_comment_ends_with_the_ending(phase: Phase, words: str) -> None:
    """One headline, the reason, and where the result is."""
    opened = PullRequest(8, "https://host/8", "t", "h", "s", "b", True, True)
    ending = Ending(phase, "because", opened, spent=Spent(unpriced_calls=1))
    shown = progress(Progress(ORDER, ((phase, 1.0),), "https://y/runs/r", ending, 2.0, "+new", "evidence"))
    for part in (words, "because", "Draft pull request: https://host/8", "```diff\n+new", "evidence", "not known"):
        assert part in shown
    assert progress_tag(ORDER) == "run:" + "r" * 24


def test_a_branch_is_named_where_there_is_no_pull_request() -> None:
    """The person finds what was pushed."""
    ending = Ending(Phase.ESCALATED, "look", branch="yantra/7-x")
    assert "Branch: `yantra/7-x`" in progress(Progress(ORDER, (), "u", ending, 1.0))


def test_an_unknown_price_is_not_called_nothing() -> None:
    """The line says how many calls it leaves out."""
    assert "0.2500 USD (and 2 calls whose price is not known)" in spent_line(
        Spent(model_calls=3, unpriced_calls=2, usd=0.25)
    )
    only_unknown = spent_line(Spent(model_calls=2, unpriced_calls=2))
    assert only_unknown.endswith("at a price that is not known.")
    assert "USD" not in only_unknown


def test_answers_to_commands_say_what_to_do() -> None:
    """Each is one or two sentences, with the command to type where there is one."""
    assert "Did you mean `@yantra implement`?" in commands.problem(CommandProblem("No such.", "implement"), "yantra")
    assert commands.problem(CommandProblem("No such."), "yantra") == "No such."
    assert "not built yet" in commands.not_built(Verb.DEPLOY, "yantra")
    assert "`@yantra stop` ends it" in commands.already_running("https://y", "yantra")
    assert commands.status(None, None, "") == "No run has worked on this yet."
    assert "phase Complete: https://y. all well" in commands.status("https://y", Phase.COMPLETE, "all well")
    assert "works on issues" in commands.not_on_pull_requests(Verb.FIX, "yantra")


@pytest.mark.case("C10")
def test_a_weakened_test_makes_no_green_check() -> None:
    """The tests passed, and prove less than they did."""
    weak = replace(PROOF, facts=ChangeFacts(1, 2, ("test_a.py::test_x: skipped",)))
    assert check_conclusion(weak) == "neutral"
    assert "proves less than it did" in pull_request_body(weak)


@pytest.mark.case("C15")
def test_sensitive_files_are_pointed_out_with_the_reason() -> None:
    """Ordinary ones are not."""
    body = pull_request_body(replace(PROOF, paths=("a.py", "src/auth/login.py", "requirements.txt")))
    assert "- A sensitive file: `src/auth/login.py`: it has to do with who may do what" in body
    assert "- A sensitive file: `requirements.txt`: it declares what is installed" in body
    assert "A sensitive file: `a.py`" not in body
