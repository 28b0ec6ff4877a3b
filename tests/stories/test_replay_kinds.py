"""Reviews and questions are told again from their records as work is: nothing outside is asked, and all is the same."""

import json

from tests.stories.library import HEAD, call, turn
from tests.stories.pulls import Pulls
from tests.stories.scene import Scene
from tests.stories.test_replay import CODE
from tests.stories.test_terminal import yantra
from yantra_bot.domain.commands import Verb
from yantra_bot.domain.run import Phase

CITED = 'citations = [{path = "use.py", line = 5, quote = "    return len(scan(text))"}]'
INVENTED = call(
    "answer", '{text = "It adds [1].", citations = [{path = "use.py", line = 5, quote = "first + second"}]}'
)
ASKED = "{shown = ['what does count do']}"
UNPROVEN = "{shown = ['Where does it add']}"
SCRIPT = HEAD + "".join((  # the newest question first: each is shown those before it
    turn("wrong", INVENTED, when=UNPROVEN),
    turn("wrong-again", INVENTED, when=UNPROVEN),
    turn("look", call("read_file", '{path = "use.py"}'), when=ASKED),
    turn("free", call("answer", f'{{text = "`count` counts words [1].", {CITED}}}'), when=ASKED),
    turn("thread", call("answer", f'{{text = "`count` calls it [1].", {CITED}}}'), when="{shown = ['Who calls it']}"),
))  # fmt: skip


async def test_reviews_and_questions_are_told_again_bit_for_bit(scene: Scene) -> None:
    """A finding and its fix, a question in a thread, one in free words, and one whose answer nothing proves."""
    scene.values |= {"review_pull_requests": True, "review_budget_usd": 0}
    scene.play(SCRIPT)
    pulls = Pulls(scene)
    async with scene.server():
        await pulls.open()
        await pulls.ending()
        await pulls.github.answer_remark(pulls.pull, pulls.remarks[0], "Who calls it like that?", by="alice")
        await pulls.ending(of=2)
        await scene.comment("@yantra what does count do?")
        await pulls.ending(of=3)
        await scene.comment("@yantra explain Where does it add?")
        await pulls.ending(of=4)
        await pulls.fix()
        await pulls.ending(of=5)
    runs = scene.runs()
    told = [(run.order.command.verb, run.ending.phase if run.ending else None) for run in reversed(runs)]
    review, answered = (Verb.REVIEW, Phase.COMPLETE), (Verb.EXPLAIN, Phase.COMPLETE)
    assert told == [review, answered, answered, (Verb.EXPLAIN, Phase.ESCALATED), review]
    asked = dict(scene.github.world.requests_used)
    said = await yantra(scene, "runs", "replay", *(run.order.run_id for run in runs), "--json", PYTHONPATH=str(CODE))
    found = json.loads(said.out)["runs"]
    assert [(one["differences"], one["problem"]) for one in found] == [([], None)] * 5
    assert [one["steps"] for one in found] == [len(scene.steps(number)) for number in range(5)]
    assert (said.code, dict(scene.github.world.requests_used)) == (0, asked)
