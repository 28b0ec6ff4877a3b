"""What is said in Slack becomes a command at a place; what it does there is for others to do."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.forge_bench import Bench, open_bench
from tests.fakes.slack import FakeSlack, start
from tests.fakes.slack.state import Channel, Message, User
from yantra_bot.clock import SystemClock
from yantra_bot.domain.chat import ChatPlace
from yantra_bot.domain.commands import Command, Options, Verb
from yantra_bot.domain.events import Ignored
from yantra_bot.domain.plan import Decision, Means, Verdict
from yantra_bot.domain.repository import Actor
from yantra_bot.domain.run import Order
from yantra_bot.replies.deploy import chat as deploy
from yantra_bot.replies.slack_run import APPROVE, LOG, STOP
from yantra_bot.runs.links import ChatPerson
from yantra_bot.runs.place import Place
from yantra_bot.runs.records import Records
from yantra_bot.runs.slack_listening import SlackListener
from yantra_bot.runs.slack_outbox import SlackOutbox
from yantra_bot.runs.slack_people import SlackPersons
from yantra_bot.slack.api import SlackApi
from yantra_bot.slack.client import SlackChat
from yantra_bot.slack.people import SlackPeople
from yantra_bot.webhooks import slack_events
from yantra_bot.webhooks.slack_intake import SlackKind, take
from yantra_bot.webhooks.slack_policy import ChatRules


@dataclass
class Ear:
    """A listener whose orders are only noted, with Ann, who is alice on GitHub."""

    slack: FakeSlack
    forge: Bench
    records: Records
    outbox: SlackOutbox
    listener: SlackListener
    ann: User
    channel: Channel
    obeyed: list[tuple[Command, Place]] = field(default_factory=list)

    async def hear(self, kind: SlackKind, payload: Mapping[str, Any]) -> str:
        """Take a request as the door does, and hear it."""
        intake = take(kind, payload)
        assert not intake.ignored
        delivery = intake.as_delivery(at=1_795_000_000.0)
        event = slack_events.parse(delivery.event, delivery.body)
        assert not isinstance(event, Ignored)
        outcome = await self.listener.hear(delivery, event)
        await self.outbox.sweep()
        return outcome

    async def say(self, text: str) -> str:
        return await self.hear(SlackKind.COMMAND, self.slack.command_payload(self.ann, text, self.channel))

    async def press(self, action: str, value: str, *, thread: str = "") -> str:
        message = Message("1795000001.000001", "U0BOT", "", thread_ts=thread)
        button = {"action_id": action, "value": value}
        message.blocks = [{"type": "actions", "elements": [button]}]
        payload = self.slack.press_payload(self.ann, self.channel, message, action)
        return await self.hear(SlackKind.ACTION, payload)

    def order(self, verb: Verb, argument: str = "", *, issue: int = 0) -> Order:
        """Store a run that was ordered in Slack."""
        order = Order(
            run_id=f"{issue:024x}",
            repository=self.forge.repository,
            installation_id=self.forge.installation.id,
            issue_number=issue,
            command=Command(verb, argument),
            requested_by=Actor(7, "bob", is_bot=False),
            comment_id=None,
            accepted_at=0.0,
            chat=ChatPlace("T0HOME", self.channel.id, self.ann.id),
        )
        self.records.start_run(order, 0.0)
        return order


@pytest.fixture
async def ear(tmp_path: Path) -> AsyncIterator[Ear]:
    records, clock = Records.open(tmp_path / "records.sqlite"), SystemClock()
    async with start() as slack, open_bench(tmp_path) as forge:
        api = SlackApi(slack.bot_token, base_url=slack.api_url)
        outbox = SlackOutbox(SlackChat(api, records, clock, hooks_url=slack.hooks_url), records, clock)
        people, obeyed = SlackPeople(api), list[tuple[Command, Place]]()

        async def obey(command: Command, place: Place) -> str:
            obeyed.append((command, place))
            return "obeyed"

        listener = SlackListener(
            persons=SlackPersons(
                people=people,
                directory=forge.github.directory,
                forge=forge.github,
                records=records,
                rules=ChatRules(frozenset({slack.team})),
                repositories=(),
            ),
            obey=obey,
            records=records,
            forge=forge.github,
            talk=outbox,
            windows=people,
            handle="yantra",
            models=(),
            page_url=lambda run_id: f"https://yantra.example.com/runs/{run_id}",
        )
        ann = slack.add_user("ann")
        alice = forge.fake.add_user("alice")
        forge.fake.permit(forge.there, "alice", "write")
        forge.fake.add_issue(forge.there, title="add subtracts", by="alice")
        person = ChatPerson(slack.team, ann.id)
        code = records.new_code(person, ChatPlace(slack.team, "C0DEV"), at=0.0)
        records.redeem(code, Actor(alice.id, "alice", is_bot=False), by="test", at=1.0)
        yield Ear(slack, forge, records, outbox, listener, ann, slack.add_channel("dev", ann), obeyed)
        await api.close()
    records.close()


@pytest.mark.parametrize(
    ("words", "command", "issue"),
    [
        ("deploy demo production", Command(Verb.DEPLOY, "production"), 0),
        ("deploy octo/demo production --ref v1", Command(Verb.DEPLOY, "production", Options(ref="v1")), 0),
        ("deploy octo/demo#1 staging --dry-run", Command(Verb.DEPLOY, "staging", Options(dry_run=True)), 1),
        ("rollback demo production it is slow", Command(Verb.ROLLBACK, "production it is slow"), 0),
        ("lock demo production freeze", Command(Verb.LOCK, "production freeze"), 0),
        ("promote demo production", Command(Verb.PROMOTE, "production"), 0),
        ("runs demo", Command(Verb.RUNS), 0),
        ("implement demo#1 --budget 3", Command(Verb.IMPLEMENT, "", Options(budget_usd=3.0)), 1),
        ("explain octo/demo#1 why?", Command(Verb.EXPLAIN, "why?"), 1),
    ],
)
async def test_a_command_is_obeyed_where_it_is_about(ear: Ear, words: str, command: Command, issue: int) -> None:
    """Its repository is found by its name; the rest is the command, by the linked account, answered in Slack."""
    assert await ear.say(words) == "obeyed"
    ((obeyed, place),) = ear.obeyed
    assert obeyed == command
    assert (place.origin.repository, place.issue_number) == (ear.forge.repository, issue)
    assert (place.sender.login, place.sender.is_bot) == ("alice", False)
    assert place.ordered_in == ChatPlace(ear.slack.team, ear.channel.id, ear.ann.id)
    await place.reply("**Said** where it was asked.")
    await ear.outbox.sweep()
    assert ear.slack.whispers[-1].shown == "*Said* where it was asked."
    assert ear.forge.fake.writes("/comments") == []


@pytest.mark.case("G10")
@pytest.mark.parametrize(
    ("action", "verb"),
    [
        (deploy.APPROVE, Verb.APPROVE),
        (deploy.REJECT, Verb.REJECT),
        (deploy.PROMOTE, Verb.PROMOTE),
        (deploy.ABORT, Verb.ABORT),
        (deploy.ROLLBACK, Verb.ROLLBACK),
    ],
)
async def test_a_button_of_a_deployment_names_its_run(ear: Ear, action: str, verb: Verb) -> None:
    """Who pressed it is the linked account; what follows hangs in the thread of its message."""
    order = ear.order(Verb.DEPLOY, "production")
    await ear.press(action, order.run_id)
    ((command, place),) = ear.obeyed
    assert command.verb is verb
    assert command.argument in ("", "production")
    assert (place.run_id, place.means, place.sender.login) == (order.run_id, Means.BUTTON, "alice")
    assert place.chat is not None
    assert place.chat.thread == "1795000001.000001"


@pytest.mark.case("G10")
async def test_a_plan_is_decided_about_while_it_waits_and_once(ear: Ear) -> None:
    """An old message's button, pressed late or after somebody else, does nothing and says so."""
    order = ear.order(Verb.PLAN, issue=1)
    await ear.press(APPROVE, order.run_id)
    ear.records.await_decision(order.run_id, comment_id=1, at=0.0, due=1e12)
    await ear.press(APPROVE, order.run_id)
    ear.records.decide(order.run_id, Decision(Verdict.REJECTED, "carol"), at=1.0)
    await ear.press(APPROVE, order.run_id)
    assert [command.verb for command, _ in ear.obeyed] == [Verb.APPROVE]
    assert [one.shown for one in ear.slack.whispers] == [
        "This has been decided, or waits no more. Nothing was done.",
        "This has been decided by `carol`, or waits no more. Nothing was done.",
    ]


@pytest.mark.case("G10")
@pytest.mark.parametrize(("action", "value"), [(STOP, "f" * 24), ("drop-tables", "0" * 24), (STOP, "")])
async def test_a_button_that_names_nothing_does_nothing(ear: Ear, action: str, value: str) -> None:
    """A run that is not known, an action that is none."""
    ear.order(Verb.PLAN)
    await ear.press(action, value)
    assert ear.obeyed == []
    assert "Nothing was done" in ear.slack.whispers[-1].shown


async def test_who_may_not_write_there_does_not_see_the_log(ear: Ear) -> None:
    """What a run noted may tell what is in a repository."""
    order = ear.order(Verb.PLAN, issue=1)
    ear.records.log(order.run_id, "a line of the log")
    ear.forge.fake.permit(ear.forge.there, "alice", "read")
    await ear.press(LOG, order.run_id)
    assert ear.slack.said(ear.channel) == []
    ear.forge.fake.permit(ear.forge.there, "alice", "write")
    ear.slack.state.channels[ear.channel.id].messages.append(Message("1795000001.000001", "U0BOT", ""))
    await ear.press(LOG, order.run_id)
    assert "a line of the log" in ear.slack.said(ear.channel)[-1].shown


async def test_a_text_that_is_no_command_is_answered_to_who_said_it(ear: Ear) -> None:
    """With what may have been meant."""
    await ear.say("implment demo#1")
    await ear.say("implement demo")
    await ear.say("implement demo#77")
    shown = [one.shown for one in ear.slack.whispers]
    assert "Did you mean `@yantra implement`?" in shown[0]
    assert "Which issue or pull request? Such as `/yantra implement acme/shop#12`." in shown[1]
    assert "There is no issue or pull request `octo/demo#77`." in shown[2]
    assert ear.obeyed == []
