"""A question is answered from the code: on an issue, on a pull request, and in the thread of a remark."""

from tests.stories.library import HEAD, call, turn
from tests.stories.scene import Scene
from tests.stories.test_graph_push import graph_at
from tests.stories.test_review import Pulls
from yantra_bot.domain.run import Phase

CITED = '{path = "calc.py", line = 2, quote = "    return first - second"}'
LOOK = call("read_file", '{path = "calc.py"}')
ANSWER = call("answer", f'{{text = "It subtracts its arguments [1].", citations = [{CITED}]}}')
EXPLAINS = HEAD + turn("look", LOOK, when="{shown = ['What does add do']}") + turn("answer", ANSWER)
INVENTED = call(
    "answer", '{text = "It adds [1].", citations = [{path = "calc.py", line = 2, quote = "first + second"}]}'
)
INVENTS = HEAD + turn("wrong", INVENTED) + turn("wrong-again", INVENTED)


async def test_a_question_on_an_issue_is_answered_from_the_code(scene: Scene) -> None:
    """The answer names the line that proves it; nothing is pushed, and no pull request is opened."""
    scene.play(EXPLAINS)
    async with scene.server():
        await scene.comment("@yantra explain What does add do?")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    (answer,) = scene.said()
    assert "It subtracts its arguments [1]." in answer
    assert "[1] `calc.py:2` `return first - second`" in answer
    assert "| grounding | 0.3 | 1.00 | 1 of 1 places that it names are there, and it uses 1 of them |" in answer
    assert scene.github.writes("/pulls") == []
    assert scene.github.writes("/git/") == []


async def test_what_the_code_does_not_prove_is_not_said(scene: Scene) -> None:
    """A model that makes its places up is not repeated: what a search finds is shown instead."""
    scene.play(INVENTS)
    async with scene.server():
        await scene.comment("@yantra explain What does add do?")
        ending = await scene.ending()
    assert ending.phase is Phase.ESCALATED
    (answer,) = scene.said()
    assert "It adds" not in answer
    assert "no answer that the code proves" in answer
    assert "calc.py" in answer


WORDS = "It calls `frob` and `twiddle` a lot.\\n\\nThen `wobble` is called by these functions.\\n\\nSee [1]."
VAGUE = call("answer", f'{{text = "{WORDS}", citations = [{CITED}], unknown = "What they do."}}')


async def test_an_answer_that_is_hardly_proven_is_corrected_once_and_then_says_so(scene: Scene) -> None:
    """Its names were nowhere read: the model hears which factor is low; what stays low is told with its parts."""
    again = turn("vague-again", VAGUE, when="{last = ['The answer is not sure enough: 0 of 3 names']}")
    scene.play(HEAD + turn("vague", VAGUE) + again)
    async with scene.server():
        await scene.comment("@yantra explain What do `add` and `double` do?")
        ending = await scene.ending()
    assert ending.spent.model_calls == 2
    (answer,) = scene.said()
    assert "too low to rely on" in answer
    assert "0 of 3 names that it speaks of stand in what was read; not frob, twiddle, wobble" in answer


async def test_who_may_only_read_is_refused(scene: Scene) -> None:
    """Questions cost money: they are taken from people who may write."""
    scene.play(EXPLAINS)
    async with scene.server():
        await scene.comment("@yantra explain What does add do?", by="eve")
        await scene.quiet()
    assert scene.runs() == ()


IN_THREAD = call(
    "answer",
    '{text = "`count` calls it with one argument [1].", '
    'citations = [{path = "use.py", line = 5, quote = "    return len(scan(text))"}]}',
)
SAYS_WHO_CALLS = HEAD + turn("in-thread", IN_THREAD, when="{shown = ['Who calls it', 'graph/', 'Thanks, I see']}")


async def test_a_question_in_the_thread_of_a_remark_is_answered_there(scene: Scene) -> None:
    """A person who asks back, with no command, is answered in the thread; thanks and others' threads are left alone."""
    scene.values["review_pull_requests"] = True
    scene.play(SAYS_WHO_CALLS)
    pulls = Pulls(scene)
    async with scene.server(review_budget_usd=0):
        await pulls.open()
        await pulls.ending()
        (remark,) = pulls.remarks
        await pulls.github.answer_remark(pulls.pull, remark, "Thanks, I see.", by="alice")
        await pulls.github.answer_remark(pulls.pull, remark, "Who calls it like that?", by="alice")
        ending = await pulls.ending(of=2)
    assert ending.phase is Phase.COMPLETE, ending.reason
    answer = pulls.replies[-1]
    assert answer.user.login == "yantra[bot]"
    assert "`count` calls it with one argument [1]." in answer.body
    assert "`use.py:5`" in answer.body
    assert len(pulls.replies) == 3


BLAMED = call("git_log", '{path = "desk.py"}')
CITED_DESK = '{path = "desk.py", line = 5, quote = "    return add(1, 2)"}'
WHY = call("answer", f'{{text = "It came with the commit `Change` [1].", citations = [{CITED_DESK}]}}')
LOOKS_BACK = HEAD + turn("back", BLAMED) + turn("why", WHY, when="{shown = ['Octo Cat: Change']}")
DESK = "from calc import add\n\n\ndef serve():\n    return add(1, 2)\n"


async def test_a_question_about_the_past_is_answered_from_it(scene: Scene) -> None:
    """A push brings the history, out of which the model's worker tells who changed a file, and when."""
    scene.play(LOOKS_BACK)
    async with scene.server():
        commit = await scene.github.push(scene.repository, {"desk.py": DESK}, by="alice")
        await graph_at(scene, commit)
        await scene.comment("@yantra explain Where does serve come from?")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert "It came with the commit `Change` [1]." in scene.said()[-1]
