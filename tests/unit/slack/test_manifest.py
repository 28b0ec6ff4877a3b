"""The manifest that Slack makes the app from, held against the code and Slack's documentation."""

import re
from pathlib import Path

import yaml

from tests.fakes.slack.shapes import ARGUMENTS
from yantra_bot.replies.slack import COMMAND
from yantra_bot.webhooks.slack_door import SLACK_PATH
from yantra_bot.webhooks.slack_intake import SlackKind, take

ROOT = Path(__file__).parents[3]
MANIFEST = yaml.safe_load((ROOT / "slack-manifest.yaml").read_text())
# What each method needs, from its page in Slack's documentation. Those of an app-level token have no scope here.
SCOPES = {
    "chat.postMessage": {"chat:write", "chat:write.public"},
    "chat.update": {"chat:write"},
    "chat.postEphemeral": {"chat:write"},
    "conversations.history": {"channels:history", "groups:history", "im:history", "mpim:history"},
    "conversations.replies": {"channels:history", "groups:history", "im:history", "mpim:history"},
    "users.info": {"users:read"},
    "views.open": set[str](),
}
BY_EVENT = {"app_mention": "app_mentions:read"}
_METHOD = re.compile(r'"((?:auth|apps|bots|chat|conversations|files|reactions|team|users|views)\.[A-Za-z.]+)"')


def methods() -> set[str]:
    """Return every method of the Web API that the code names."""
    files = (ROOT / "yantra_bot" / "slack").glob("*.py")
    return {found for path in files for found in _METHOD.findall(path.read_text())}


def test_the_scopes_are_those_that_the_calls_need() -> None:
    """No right is asked for that nothing uses, and none is missing."""
    needed = set().union(*(SCOPES[method] for method in methods()))
    needed |= {BY_EVENT[event] for event in MANIFEST["settings"]["event_subscriptions"]["bot_events"]} | {"commands"}
    assert set(MANIFEST["oauth_config"]["scopes"]["bot"]) == needed
    assert set(MANIFEST["oauth_config"]["scopes"]) == {"bot"}


def test_the_fake_knows_every_method_that_is_called() -> None:
    """What it does not know, no test has tried."""
    assert methods() <= set(ARGUMENTS)


def test_the_events_are_those_that_are_heard() -> None:
    """An event that is asked for is of use, and no other is."""
    heard = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    for kind in {*heard, "message", "reaction_added", "app_home_opened"}:
        event = {"type": kind, "user": "U1", "channel": "C1", "ts": "1.1", "text": "x"}
        payload = {"type": "event_callback", "team_id": "T1", "event_id": "E1", "event": event}
        assert bool(take(SlackKind.EVENT, payload).key) == (kind in heard)


def test_the_command_and_the_addresses_are_the_codes_own() -> None:
    """Everything comes to the one door."""
    (command,) = MANIFEST["features"]["slash_commands"]
    settings = MANIFEST["settings"]
    assert command["command"] == COMMAND
    addresses = [
        command["url"],
        settings["event_subscriptions"]["request_url"],
        settings["interactivity"]["request_url"],
    ]
    assert {re.sub(r"^https://[^/]+", "", one) for one in addresses} == {SLACK_PATH}


def test_every_right_is_explained() -> None:
    """The guide says what each is for."""
    guide = (ROOT / "docs" / "slack.md").read_text()
    assert [scope for scope in MANIFEST["oauth_config"]["scopes"]["bot"] if f"`{scope}`" not in guide] == []


def test_what_slack_limits_is_kept() -> None:
    """Slack refuses longer texts."""
    (command,) = MANIFEST["features"]["slash_commands"]
    assert len(MANIFEST["display_information"]["description"]) <= 140
    assert len(command["description"]) <= 2_000
    assert len(command["usage_hint"]) <= 1_000
