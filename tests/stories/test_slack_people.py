"""Who may do what from Slack, and how what is missing is asked for."""

import asyncio

import pytest

from tests.fakes.slack.state import User
from tests.stories.library import SHELL_FILES
from tests.stories.slack_town import Town
from tests.stories.test_explain import EXPLAINS
from yantra_bot.domain.run import Phase


@pytest.mark.case("G08")
async def test_whoever_is_not_tied_to_an_account_starts_nothing(town: Town) -> None:
    """A name or an address of mail that looks like somebody's on GitHub is nobody's; a code of another ties nobody."""
    alice = town.slack.add_user("alice")
    town.channel.members.add(alice.id)
    async with town.scene.server(**town.settings):
        for words in ("deploy calc production", "implement octo/calc#1", "runs", "implement"):
            await town.say(words, by=alice)
        await town.whispered("I do not know who you are on GitHub", to=alice, after=3)
        code = await town.code()
        await town.scene.comment(f"@yantra link {code}", by="eve")
        await town.scene.quiet()
        await town.scene.comment("@yantra link 0123456789abcdef0123", by="alice")
        await town.scene.reply("This code is unknown, used or older")
        await town.say("implement octo/calc#1")
        await town.whispered("I do not know who you are on GitHub")
    assert town.scene.runs() == ()
    assert town.slack.state.views == []


@pytest.mark.case("G08")
async def test_rights_are_those_of_the_account_now(town: Town) -> None:
    """Who lost the right to write, or undid the tie, starts nothing more; a repository that is closed is not named."""
    async with town.scene.server(**town.settings):
        await town.link()
        await town.say("status octo/calc#1")
        await town.whispered("No run has worked on this yet")
        town.scene.github.permit(town.scene.repository, "alice", "read")
        await town.say("implement octo/calc#1")
        await town.say("implement octo/secret#1")
        await town.whispered("I know no repository `octo/calc` in which you may write")
        await town.whispered("I know no repository `octo/secret` in which you may write")
        town.scene.github.permit(town.scene.repository, "alice", "write")
        await town.say("unlink")
        await town.whispered("Unlinked")
        await town.say("implement octo/calc#1")
        await town.whispered("I do not know who you are on GitHub")
    assert town.scene.runs() == ()


async def test_the_forge_undoes_a_tie_as_well(town: Town) -> None:
    """Whoever finds that somebody else acts for them ends it with one comment."""
    async with town.scene.server(**town.settings):
        await town.link()
        assert "`ann` now gives me commands" in await town.scene.reply("Linked: the Slack user")
        await town.scene.comment("@yantra unlink")
        await town.scene.reply("no Slack account acts for yours any more")
        await town.say("status octo/calc#1")
        await town.whispered("I do not know who you are on GitHub")


@pytest.mark.case("G09")
async def test_guests_and_people_of_other_workspaces_are_not_listened_to(town: Town) -> None:
    """They share a channel and no more: not even a tie is offered to them."""
    guest = town.slack.add_user("guest", is_restricted=True)
    stranger = town.slack.add_user("stranger", team="T0OTHER", is_stranger=True)
    town.channel.members |= {guest.id, stranger.id}
    async with town.scene.server(**town.settings):
        for who in (guest, stranger):
            for words in ("deploy calc production", "link"):
                await town.say(words, by=who)
        await town.mention("implement octo/calc#1", by=stranger)
        await town.whispered("Guests give me no commands", to=guest, after=1)
        await town.whispered("People of other workspaces give me no commands", to=stranger, after=1)
        await town.said("People of other workspaces give me no commands")
    assert not [one for one in town.slack.whispers if "@yantra link" in one.shown]
    assert town.scene.github.calls == []


@pytest.mark.case("G09")
async def test_the_operators_list_of_people_counts(town: Town) -> None:
    """Who is not on it is refused, in the same workspace."""
    async with town.scene.server(**town.settings, slack_users=(town.ben.id,)):
        await town.say("link")
        await town.whispered("Only people on my operator's list")
        assert await town.code(by=town.ben)


@pytest.mark.case("G05")
async def test_slack_is_answered_before_anything_is_done(town: Town) -> None:
    """GitHub does not answer: the command was heard all the same, and its answer comes into the thread later."""
    async with town.scene.server(**town.settings):
        await town.link()
        slow = town.scene.github.faults.hang("GET", "*/permission")
        answer = await town.mention("status octo/calc#1")
        assert answer.status == 200
        await town.scene.until(lambda: slow.hits)
        assert town.slack.said(town.channel) == []
        slow.release()
        told = await town.said("No run has worked on this yet")
    assert told.thread_ts == town.channel.messages[0].ts


@pytest.mark.case("G04")
async def test_a_storm_of_retries_is_one_run(town: Town) -> None:
    """The same order comes ten times, on several connections, and after an edit once more."""
    town.scene.work_in(SHELL_FILES)
    async with town.scene.server(**town.settings):
        await town.link()
        town.find_door()
        payload = town.slack.mention_payload(town.ann, "implement octo/other#1", town.channel)
        storm = (town.slack.send("events_api", payload, retry=number) for number in range(10))
        assert {answer.status for answer in await asyncio.gather(*storm)} == {200}
        await town.slack.send("events_api", {**payload, "event_id": "Ev-after-an-edit"})
        await town.scene.ending()
        await town.said("Done: implement octo/other#1")
        await town.scene.quiet()
    assert len(town.scene.runs()) == 1
    assert len(town.scene.pull_requests()) == 1
    assert len(town.slack.said(town.channel)) == 1


async def test_what_is_missing_is_asked_for_by_a_window(town: Town) -> None:
    """`/yantra` alone opens it; what is filled in goes the way of everything else."""
    async with town.scene.server(**town.settings):
        await town.link()
        await town.say("explain")
        view = await town.window()
        assert (await town.submit(view, where="octo/calc#1")).body == ""
        await town.whispered("Which issue or pull request? Such as")
        await town.submit(view, verb="status", where="octo/calc#1")
        await town.scene.quiet()
        await town.say("")
        again = await town.scene.until(lambda: town.slack.state.views[1:])
        await town.submit(again[0], verb="status", where="octo/calc#1")
        await town.whispered("No run has worked on this yet")
    assert view.user == town.ann.id


async def test_a_question_is_answered_in_slack(town: Town) -> None:
    """The message of the run holds what stands on GitHub, and its log can be looked at."""
    town.scene.play(EXPLAINS)
    async with town.scene.server(**town.settings):
        await town.link()
        await town.say("explain octo/calc#1 What does add do?")
        ending = await town.scene.ending()
        message = await town.said("It subtracts its arguments [1].")
        await town.press(message, "run-log")
        log = await town.said("Log of explain octo/calc#1")
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert "`calc.py:2` `return first - second`" in message.shown
    assert log.thread_ts == message.ts


async def test_names_that_fit_several_repositories_are_asked_about(town: Town) -> None:
    """Only those in which the speaker may write are named."""
    scene = town.scene
    for name in ("acme/calc", "closed/calc"):
        scene.github.add_repository(name, files=SHELL_FILES)
        scene.github.install(name.partition("/")[0])
    scene.github.permit(scene.github.state.find_repository("acme", "calc"), "alice", "write")
    async with scene.server(**town.settings):
        await town.link()
        await town.say("status calc#1")
        asked = await town.whispered("Name its owner")
        await town.say("status acme/calc#99")
        await town.whispered("There is no issue or pull request `acme/calc#99`")
        await town.say("runs")
        await town.whispered("Nothing is at work where you may write")
    assert "`octo/calc`" in asked.shown
    assert "`acme/calc`" in asked.shown
    assert "closed" not in asked.shown


async def test_socket_mode_leads_to_the_same_place(town: Town) -> None:
    """No address of the server's is known to Slack: the bot opens the connection, and opens it again when it breaks."""
    settings = {**town.settings, "slack_signing_secrets": (), "slack_app_token": town.slack.app_token}
    async with town.scene.server(**settings):
        town.find_door = lambda: None  # type: ignore[method-assign]  # requests go by the connection
        await town.link()
        answer = await town.say("status octo/calc#1")
        assert answer.body == {"response_type": "ephemeral", "text": "Heard: `/yantra status octo/calc#1`"}
        await town.whispered("No run has worked on this yet")
        payload = town.slack.mention_payload(town.ann, "status octo/calc#1", town.channel)
        for _ in range(3):
            await town.slack.send("events_api", payload)
        await town.said("No run has worked on this yet")
        await town.slack.break_sockets()
        await town.say("unlink")
        await town.whispered("Unlinked")
    assert len(town.slack.said(town.channel)) == 1


@pytest.mark.case("G12")
async def test_a_slack_that_is_down_holds_up_nothing(town: Town) -> None:
    """The run ends and says so on GitHub; the newest wording is said in Slack once that answers again."""
    town.scene.work_in(SHELL_FILES)
    async with town.scene.server(**town.settings):
        await town.link()
        town.slack.fail("chat.postMessage", status=503, times=1_000_000)
        await town.say("implement octo/other#1")
        ending = await town.scene.ending()
        assert [one for one in town.scene.said() if "**Done**" in one]
        assert town.slack.said(town.channel) == []
        town.slack.heal()
        message = await town.said("Done: implement octo/other#1")
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert town.slack.said(town.channel) == [message]


async def test_a_run_is_stopped_by_its_button(town: Town) -> None:
    """By whoever may write; others are told that they may not."""
    scene = town.scene
    scene.work_in(SHELL_FILES)
    other: User = town.ben
    held = scene.github.faults.hang("POST", "*/git-upload-pack")
    async with scene.server(**town.settings):
        await town.link()
        await town.say("implement octo/other#1")
        message = await town.said("Working on it: implement octo/other#1")
        await scene.until(lambda: held.hits)
        await town.press(message, "run-stop", by=other)
        await town.whispered("I do not know who you are on GitHub", to=other)
        await town.say("runs")
        await town.whispered("implement `octo/other#1`")
        await town.press(message, "run-stop")
        ending = await scene.ending()
        await town.said("Stopped: implement octo/other#1")
    assert ending.phase is Phase.STOPPED


async def test_what_is_about_a_repository_needs_no_issue(town: Town) -> None:
    """Each goes the whole way with the linked account's rights, and is answered to who asked."""
    async with town.scene.server(**town.settings):
        await town.link()
        for words, answer in (
            ("deploy calc production", "I am connected to no cluster"),
            ("lock octo/calc production it is frozen", "I am connected to no cluster"),
            ("approve calc", "No plan waits for approval here"),
            ("status calc", "No run has worked on this yet"),
            ("runs calc", "Nothing is at work"),
            ("help", "In Slack a command names what it is about"),
        ):
            before = [one for one in town.slack.whispers if answer in one.shown]
            await town.say(words)
            await town.whispered(answer, after=len(before))
    assert town.scene.runs() == ()
