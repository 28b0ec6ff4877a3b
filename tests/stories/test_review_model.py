"""A review with a model: its remarks are posted once they are proven, and it is asked where money may be spent."""

import pytest

from tests.stories.library import HEAD, call, turn
from tests.stories.pulls import USE, Pulls
from tests.stories.scene import Scene
from yantra_bot.dashboard.run_page import render
from yantra_bot.domain.run import Phase

RISKY = USE.replace("return len(scan(text))", "return len(scan(text)) / len(text)")
QUOTE = "    return len(scan(text)) / len(text)"
REMARK = call(
    "remark",
    "{remarks = [{path = 'use.py', line = 5, quote = '"
    + QUOTE
    + "', severity = 'error', message = 'An empty text divides by zero.'}]}",
)
SCORES = "grounding = 1, coherence = 1, completeness = 1, specificity = 1"
HOLDS = call("judge", f"{{verdicts = [{{number = 1, verdict = 'holds', reason = 'len(text) is 0.', {SCORES}}}]}}")
REVIEWS = HEAD + turn("judges", HOLDS, when="{shown = ['divides by zero']}") + turn("remarks", REMARK)


@pytest.fixture
def pulls(scene: Scene) -> Pulls:
    scene.values |= {"review_pull_requests": True, "review_budget_usd": 1}
    scene.play(REVIEWS)
    return Pulls(scene)


async def test_a_remark_of_a_model_is_posted_and_stands_while_its_file_does(pulls: Pulls) -> None:
    """A push elsewhere asks the model about that alone: the remark is neither repeated nor taken for fixed."""
    async with pulls.scene.server():
        await pulls.open({"use.py": RISKY})
        ending = await pulls.ending()
        assert ending.phase is Phase.COMPLETE, ending.reason
        assert ending.spent.model_calls == 2
        (remark,) = pulls.remarks
        assert (remark.path, remark.line) == ("use.py", 5)
        assert "divides by zero" in remark.body
        await pulls.push_on()
        ending = await pulls.ending(of=2)
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert ending.spent.model_calls == 0
    assert len(pulls.remarks) == 1
    assert not pulls.is_resolved(pulls.remarks[0])


async def test_a_strangers_pull_request_costs_nothing_until_somebody_asks(pulls: Pulls) -> None:
    """The review without a model is whole all the same; a person who may write spends the money."""
    fork = pulls.github.fork(pulls.repository, "eve")
    async with pulls.scene.server():
        await pulls.open({"use.py": RISKY}, from_fork=fork, by="eve")
        ending = await pulls.ending()
        assert ending.spent.model_calls == 0
        assert len(pulls.summaries) == 1
        await pulls.scene.comment("@yantra review")
        ending = await pulls.ending(of=2)
    assert ending.spent.model_calls == 2
    assert len(pulls.remarks) == 1


async def test_a_model_that_does_not_answer_takes_nothing_away(pulls: Pulls) -> None:
    """What was found without it is posted, and the summary says what was not read."""
    pulls.scene.play(HEAD + turn("never", REMARK, when='{shown = ["no such words"]}'))
    async with pulls.scene.server():
        await pulls.open()
        ending = await pulls.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert len(pulls.remarks) == 1
    assert "model" in pulls.summaries[0]


async def test_a_server_without_any_model_reviews(pulls: Pulls) -> None:
    """The whole review is there; what needs a model says what is missing."""
    pulls.scene.values.pop("replay_script")
    issue = pulls.github.add_issue(pulls.repository, title="x", by="alice")
    async with pulls.scene.server():
        await pulls.open()
        ending = await pulls.ending()
        assert ending.phase is Phase.COMPLETE, ending.reason
        assert len(pulls.remarks) == len(pulls.summaries) == 1
        await pulls.scene.comment("@yantra implement", on=issue)
        ending = await pulls.ending(of=2)
    assert ending.phase is Phase.FAILED
    assert "No model is set up here" in ending.reason


async def test_a_review_that_is_ordered_again_is_not_paid_for_twice(pulls: Pulls) -> None:
    """The same head makes the same requests; the page says that the answers are kept ones, and --fresh asks anew."""
    async with pulls.scene.server():
        await pulls.open({"use.py": RISKY})
        first = await pulls.ending()
        await pulls.scene.comment("@yantra review")
        again = await pulls.ending(of=2)
        page = render(pulls.scene.runs()[0], pulls.scene.steps())
        await pulls.scene.comment("@yantra review --fresh")
        fresh = await pulls.ending(of=3)
    assert [one.spent.model_calls for one in (first, again, fresh)] == [2, 2, 2]
    assert [one.spent.kept_answers for one in (first, again, fresh)] == [0, 2, 0]
    assert "kept from another run" in page
    assert again.spent.input_tokens == 0
    assert "2 answered as in an earlier run" not in pulls.summaries[0]


async def test_no_answer_is_kept_where_the_operator_wants_none(pulls: Pulls) -> None:
    """YANTRA_ANSWER_CACHE_HOURS=0."""
    async with pulls.scene.server(answer_cache_hours=0):
        await pulls.open({"use.py": RISKY})
        await pulls.ending()
        await pulls.scene.comment("@yantra review")
        again = await pulls.ending(of=2)
    assert again.spent.kept_answers == 0
    assert not pulls.scene.home.answers.exists()
