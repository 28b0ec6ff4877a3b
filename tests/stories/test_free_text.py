"""What people say to the bot in words of their own is answered, or becomes a proposal that somebody says yes to."""

import pytest

from tests.stories import processes
from tests.stories.library import FIRST_CITED, SHELL_FILES, SHELL_GOOD
from tests.stories.plans import looks
from tests.stories.process import serving
from tests.stories.scene import Scene
from yantra_bot.domain.commands import Verb
from yantra_bot.domain.run import Phase

PLEA = "@yantra please fix this and ship it"


async def test_a_plea_becomes_a_proposal_and_a_yes_runs_it_once(scene: Scene) -> None:
    """Nothing runs before; the words are the command's text; a second yes finds nothing."""
    scene.work_in(SHELL_FILES, script=SHELL_GOOD)
    async with scene.server():
        await scene.comment(PLEA)
        said = await scene.reply("Shall I run `@yantra fix` with your words?")
        assert "Nothing runs until then." in said
        assert scene.runs() == ()
        await scene.comment("@yantra yes", by="eve")
        await scene.reply("Only people with write access")
        await scene.comment("@yantra yes")
        ending = await scene.ending()
        await scene.comment("@yantra yes")
        await scene.reply("no proposal of mine")
    assert ending.phase is Phase.COMPLETE, ending.reason
    (run,) = scene.runs()
    assert (run.order.command.verb, run.order.command.argument) == (Verb.FIX, "please fix this and ship it")
    assert len(scene.pull_requests()) == 1


def thumb(scene: Scene, content: str, *, by: str) -> None:
    """Put a reaction on the newest proposal: no webhook tells of it."""
    shown = [one for one in scene.issue.comments if "Shall I run" in one.body][-1]
    user = scene.github.app.bot if by == "yantra[bot]" else scene.github.add_user(by)
    scene.github.state.add_reaction(shown.reactions, user=user, content=content)


async def looked_again(scene: Scene) -> None:
    """Return when the thumbs that there are have been read, and acted on."""
    before = looks(scene)
    await scene.until(lambda: looks(scene) > before + 1)


async def test_a_thumb_is_a_yes_of_who_may_write_and_runs_it_once(scene: Scene) -> None:
    """Those of a reader and of the bot are none; a second one, and a yes after it, find nothing."""
    scene.work_in(SHELL_FILES, script=SHELL_GOOD)
    scene.github.permit(scene.repository, "bob", "write")
    async with scene.server(plan_reaction_seconds=0.05):
        await scene.comment(PLEA)
        assert "👍" in await scene.reply("Shall I run `@yantra fix` with your words?")
        thumb(scene, "+1", by="eve")
        thumb(scene, "+1", by="yantra[bot]")
        await looked_again(scene)
        assert scene.runs() == ()
        thumb(scene, "+1", by="alice")
        thumb(scene, "+1", by="bob")
        ending = await scene.ending()
        await scene.comment("@yantra yes", by="bob")
        await scene.reply("no proposal of mine")
    assert ending.phase is Phase.COMPLETE, ending.reason
    (run,) = scene.runs()
    assert (run.order.command.verb, run.order.command.argument) == (Verb.FIX, "please fix this and ship it")
    assert run.order.requested_by.login == "alice"
    assert len(scene.pull_requests()) == 1


async def test_a_thumb_down_forgets_and_one_after_an_answer_in_words_starts_nothing(scene: Scene) -> None:
    """A no, by thumb or in words, is the end of a proposal; a thumb on it afterwards is not even looked at."""
    async with scene.server(plan_reaction_seconds=0.05):
        await scene.comment(PLEA)
        await scene.reply("Shall I run `@yantra fix`")
        thumb(scene, "-1", by="alice")
        await scene.reply("Forgotten")
        await scene.comment("@yantra could you outline how to do this")
        await scene.reply("Shall I run `@yantra plan`")
        await scene.comment("@yantra no")
        await scene.until(lambda: "".join(scene.said()).count("Forgotten") == 2)
        thumb(scene, "+1", by="alice")
        await scene.comment("@yantra please fix it, then")
        await scene.until(lambda: len([one for one in scene.said() if "Shall I run" in one]) == 3)
        await looked_again(scene)
    assert scene.runs() == ()


@pytest.mark.case("L01")
async def test_a_kill_while_a_thumb_is_heeded_starts_one_run(scene: Scene) -> None:
    """It took the proposal and had started nothing; the next start takes it again, by the same thumb."""
    scene.work_in(SHELL_FILES, script=SHELL_GOOD)
    scene.values["plan_reaction_seconds"] = 0.05
    async with serving(scene) as server:
        await scene.comment(PLEA)
        await scene.reply("Shall I run `@yantra fix`")
        fault = scene.github.faults.hang("POST", "*/comments/*/reactions", after_effect=True)
        thumb(scene, "+1", by="alice")
        await scene.until(lambda: fault.hits)
        assert scene.runs() == ()
        assert processes.remaining(await server.kill()) == []
    async with serving(scene):
        ending = await scene.ending()
        await scene.until(lambda: "Done" in "".join(scene.said()))
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert len(scene.pull_requests()) == 1


async def test_a_no_and_a_newer_proposal_take_the_place_of_an_older(scene: Scene) -> None:
    """The last word counts."""
    async with scene.server():
        await scene.comment(PLEA)
        await scene.reply("`@yantra fix`")
        await scene.comment("@yantra could you outline how to do this")
        await scene.reply("Shall I run `@yantra plan`")
        await scene.comment("@yantra no")
        await scene.reply("Forgotten")
        await scene.comment("@yantra yes")
        await scene.reply("no proposal of mine")
    assert scene.runs() == ()


async def test_a_question_is_answered_and_thanks_are_seen(scene: Scene) -> None:
    """Without a command's word."""
    scene.play(FIRST_CITED)
    async with scene.server():
        await scene.comment("@yantra what does add do?")
        ending = await scene.ending()
        thanks = await scene.comment("@yantra thanks, great")
        await scene.quiet()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert "It subtracts" in scene.said()[0]
    assert [one.content for one in thanks.reactions] == ["heart"]
    assert len(scene.runs()) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("@yantra implment", "Did you mean `@yantra implement`?"),
        ("@yantra solve this for me", "Did you mean `@yantra implement`?"),
        ("@yantra xyzzy plugh quux", "`xyzzy` is no command."),
    ],
)
async def test_a_slip_is_asked_about(scene: Scene, text: str, words: str) -> None:
    """And nothing is proposed for it."""
    async with scene.server():
        await scene.comment(text)
        assert "Shall I run" not in await scene.reply(words)


@pytest.mark.case("B01")
@pytest.mark.case("B11")
@pytest.mark.case("B14")
async def test_quotes_code_and_bots_are_not_answered(scene: Scene) -> None:
    """Nor is the bot's own proposal, which names commands."""
    scene.github.add_user("helper[bot]", "Bot")
    async with scene.server():
        for text in (f"> {PLEA}", f"```\n{PLEA}\n```", f"    {PLEA}", f"<!-- {PLEA} -->", f"As I said: {PLEA}"):
            await scene.comment(text)
        await scene.comment(PLEA, by="helper[bot]")
        await scene.comment("@yantra yes", by="helper[bot]")
        await scene.quiet()
    assert [one.body for one in scene.issue.comments if one.user.login == "yantra[bot]"] == []
    assert scene.runs() == ()
