"""Who may do what around reviews: forks, bots, a repository's rules, and people who want quiet."""

import pytest

from tests.stories.pulls import BREAKS, FIXED, RULES, USE, Pulls
from tests.stories.scene import Scene
from yantra_bot.domain.proof import Failures
from yantra_bot.domain.run import Phase

EXECUTING = "review:\n  run-tools: false\n"


@pytest.fixture
def pulls(scene: Scene) -> Pulls:
    scene.values["review_pull_requests"] = True
    return Pulls(scene)


def set_rules(pulls: Pulls, text: str) -> None:
    """Commit the repository's rules to the base branch."""
    pulls.github.commit(pulls.repository, {".github/yantra.yml": text})


@pytest.mark.case("C05")
async def test_the_rules_are_those_of_the_base_branch(pulls: Pulls) -> None:
    """What the pull request says about itself counts for nothing."""
    async with pulls.scene.server():
        await pulls.open({"scan.py": BREAKS, ".github/yantra.yml": "enabled: false\nreview:\n  fail-on: never\n"})
        ending = await pulls.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert pulls.check.conclusion == "failure"


@pytest.mark.case("N04")
async def test_a_wrong_rule_is_named_with_its_line(pulls: Pulls) -> None:
    """The summary says what is wrong and where, the check is no failure of the change."""
    set_rules(pulls, "review:\n  drafts: true\n  fail-on: sometimes\n")
    async with pulls.scene.server():
        await pulls.open()
        ending = await pulls.ending()
    assert ending.phase is Phase.FAILED
    (summary,) = pulls.summaries
    assert ".github/yantra.yml, line 3: review.fail-on has to be one of" in summary
    assert pulls.remarks == []


async def test_filters_severity_and_gate_are_heeded(pulls: Pulls) -> None:
    """A gate that never closes, and a path that is left out."""
    set_rules(pulls, RULES + "  fail-on: never\n")
    async with pulls.scene.server():
        await pulls.open()
        await pulls.ending()
        assert pulls.check.conclusion == "neutral"
        set_rules(pulls, RULES + "  exclude: [scan.py]\n")
        await pulls.push_on()
        await pulls.ending(of=2)
    assert pulls.reviewed().review.findings == ()


async def test_reviews_can_be_switched_off(pulls: Pulls) -> None:
    """Nothing is said where nobody asked; who asks is told why."""
    set_rules(pulls, "review:\n  enabled: false\n")
    async with pulls.scene.server():
        await pulls.open()
        ending = await pulls.ending()
        assert "switches it off" in ending.reason
        assert pulls.scene.said(pulls.pull) == []
        await pulls.scene.comment("@yantra review")
        await pulls.ending(of=2)
    assert "switches it off" in pulls.summaries[0]
    assert pulls.checks == []


async def test_the_operator_can_have_reviews_on_command_only(pulls: Pulls) -> None:
    """Pushes are dropped at the door."""
    async with pulls.scene.server(review_pull_requests=False):
        await pulls.open()
        await pulls.scene.quiet()
        assert pulls.scene.runs() == ()
        await pulls.scene.comment("@yantra review")
        await pulls.ending()
    assert len(pulls.remarks) == 1


async def test_nothing_of_a_fork_is_executed(pulls: Pulls) -> None:
    """It is read as any, and its tests and its installation never run; a branch's own do."""
    set_rules(pulls, EXECUTING)
    hostile = "from setuptools import setup\nopen('/tmp/owned', 'w')\nsetup(name='x')\n"
    fork = pulls.github.fork(pulls.repository, "eve")
    async with pulls.scene.server():
        await pulls.open({"scan.py": BREAKS, "setup.py": hostile}, from_fork=fork, by="eve")
        ending = await pulls.ending()
        assert ending.phase is Phase.COMPLETE, ending.reason
        assert pulls.reviewed().environment is None
        assert pulls.reviewed().review.test_report is None
        assert len(pulls.remarks) == 1
        await pulls.open(branch="own")
        await pulls.ending(of=2)
    assert pulls.reviewed().environment is not None


async def test_the_tests_that_a_change_calls_for_are_run(pulls: Pulls) -> None:
    """In the sandbox, on the head, and what fails on the base too: only what is new there stands against the change."""
    set_rules(pulls, EXECUTING)
    tests = (
        "from use import count\n\n\ndef test_count():\n    assert count('a b') == 2\n\n\n"
        "def test_old():\n    assert count('a b c') == 7\n"
    )
    other = "from other import one\n\n\ndef test_one():\n    assert one() == 1\n"
    files = {"tests/test_use.py": tests, "tests/test_other.py": other}
    pulls.github.commit(pulls.repository, {**files, "other.py": "def one():\n    return 1\n", "conftest.py": ""})
    async with pulls.scene.server():
        await pulls.open({"use.py": USE.replace("len(scan(text))", "len(scan(text)) + 1")})
        ending = await pulls.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    review = pulls.reviewed().review
    assert review.test_report is not None
    assert [one.name for one in review.test_report.outcomes] == [
        "tests/test_use.py::test_count",
        "tests/test_use.py::test_old",
    ]
    assert review.failures == Failures(new=("tests/test_use.py::test_count",), before=("tests/test_use.py::test_old",))
    assert [(one.rule, one.path, one.line) for one in review.blocking] == [
        ("tests/newly-failing", "tests/test_use.py", 4)
    ]
    assert "Failed before this change as well: `tests/test_use.py::test_old`" in pulls.summaries[0]
    assert pulls.check.conclusion == "failure"


async def test_a_push_to_a_fork_reviews_again(pulls: Pulls) -> None:
    """The new head is fetched by its id."""
    fork = pulls.github.fork(pulls.repository, "eve")
    async with pulls.scene.server():
        await pulls.open(from_fork=fork, by="eve")
        await pulls.ending()
        await pulls.github.push_again(pulls.pull, {"use.py": FIXED}, by="eve")
        ending = await pulls.ending(of=2)
    assert "1 remark fixed" in ending.reason
    assert pulls.is_resolved(pulls.remarks[0])


async def test_a_bots_pull_request_is_read_and_not_run(pulls: Pulls) -> None:
    """Unless the repository wants none of these."""
    set_rules(pulls, EXECUTING)
    pulls.github.add_user("updates[bot]", "Bot")
    async with pulls.scene.server():
        await pulls.open(by="updates[bot]")
        await pulls.ending()
        assert pulls.reviewed().environment is None
        assert len(pulls.remarks) == 1
        set_rules(pulls, RULES + "  bots: false\n")
        await pulls.open(by="updates[bot]", branch="second")
        ending = await pulls.ending(of=2)
    assert "bots' pull requests" in ending.reason


async def test_pause_and_resume(pulls: Pulls) -> None:
    """No review begins by itself; one that is asked for does; resuming reviews what was missed."""
    async with pulls.scene.server():
        await pulls.open({"NOTES.md": "x\n"})
        await pulls.ending()
        await pulls.scene.comment("@yantra pause")
        await pulls.scene.reply("not reviewed by itself until `@yantra resume`")
        await pulls.github.push_again(pulls.pull, {"scan.py": BREAKS}, by="alice")
        await pulls.scene.quiet()
        assert len(pulls.scene.runs()) == 1
        await pulls.scene.comment("@yantra review")
        await pulls.ending(of=2)
        assert len(pulls.remarks) == 1
        await pulls.fix()
        await pulls.scene.quiet()
        await pulls.scene.comment("@yantra resume")
        await pulls.ending(of=3)
        assert pulls.is_resolved(pulls.remarks[0])
        await pulls.push_on()
        await pulls.ending(of=4)


async def test_ignore_leaves_the_whole_pull_request_alone(pulls: Pulls) -> None:
    """Until somebody resumes."""
    async with pulls.scene.server():
        await pulls.open()
        await pulls.ending()
        await pulls.scene.comment("@yantra ignore")
        await pulls.scene.reply("left alone from now on")
        await pulls.fix()
        await pulls.scene.quiet()
    assert len(pulls.scene.runs()) == 1
    assert not pulls.is_resolved(pulls.remarks[0])


async def test_a_rule_is_ignored_on_one_pull_request(pulls: Pulls) -> None:
    """With a pattern; undone by resuming it; a word that is no rule is refused."""
    async with pulls.scene.server():
        await pulls.open()
        await pulls.ending()
        await pulls.scene.comment("@yantra ignore graph/*")
        await pulls.scene.reply("Not raised here any more: `graph/*`")
        await pulls.push_on()
        await pulls.ending(of=2)
        assert pulls.check.conclusion == "success"
        assert "1 finding by rules that are ignored" in pulls.summaries[0]
        await pulls.scene.comment("@yantra resume graph/*")
        await pulls.scene.reply("Raised here again")
        await pulls.push_on("more\n")
        await pulls.ending(of=3)
        assert pulls.check.conclusion == "failure"
        await pulls.scene.comment("@yantra ignore everything")
        await pulls.scene.reply("`everything` is no rule")
    assert len(pulls.remarks) == 1


async def test_who_may_not_write_gives_no_commands(pulls: Pulls) -> None:
    """Neither quiet nor a review."""
    async with pulls.scene.server():
        await pulls.open()
        await pulls.ending()
        for word in ("pause", "review", "ignore"):
            await pulls.scene.comment(f"@yantra {word}", by="eve")
        await pulls.scene.quiet()
        assert len(pulls.scene.runs()) == 1
        await pulls.push_on()
        await pulls.ending(of=2)


async def test_status_retry_and_stop_speak_of_the_review(pulls: Pulls) -> None:
    """Where it stands, once more, and nothing to stop."""
    async with pulls.scene.server():
        await pulls.open()
        await pulls.ending()
        await pulls.scene.comment("@yantra status")
        await pulls.scene.reply("The newest run is in phase Complete")
        await pulls.scene.comment("@yantra retry")
        await pulls.ending(of=2)
        await pulls.scene.comment("@yantra stop")
        await pulls.scene.reply("nothing to stop")
    assert len(pulls.remarks) == 1


async def test_what_belongs_on_a_pull_request_says_so_on_an_issue(pulls: Pulls) -> None:
    """And the other way round."""
    issue = pulls.github.add_issue(pulls.repository, title="x", by="alice")
    async with pulls.scene.server():
        await pulls.open({"use.py": USE + "\n"})
        await pulls.ending()
        await pulls.scene.comment("@yantra implement")
        await pulls.scene.reply("works on issues")
        pulls.scene.issue = issue
        await pulls.scene.comment("@yantra review")
        await pulls.scene.reply("works on pull requests")
