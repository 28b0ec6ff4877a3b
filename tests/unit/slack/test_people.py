"""Who Slack says somebody is, and windows that are opened in time."""

import pytest

from tests.unit.slack.conftest import Bench
from yantra_bot.domain.commands import Verb
from yantra_bot.errors import Transient
from yantra_bot.replies.slack_windows import OFFERED, command_window
from yantra_bot.slack.people import SlackPeople
from yantra_bot.webhooks.verbs import VERBS


@pytest.mark.case("G09")
async def test_guests_and_strangers_are_told_apart(bench: Bench) -> None:
    """By what Slack says of the account now, never by its name."""
    people = SlackPeople(bench.api)
    for name, facts in {
        "single": {"is_ultra_restricted": True, "is_restricted": True},
        "multi": {"is_restricted": True},
        "stranger": {"is_stranger": True, "team": "T0OTHER"},
    }.items():
        profile = await people.profile(bench.slack.add_user(name, **facts).id)
        assert profile is not None
        assert profile.is_guest
    member = await people.profile(bench.ann.id)
    assert member is not None
    assert (member.team, member.user, member.is_guest, member.is_bot) == (bench.slack.team, bench.ann.id, False, False)
    assert await people.profile("U0NOBODY") is None


@pytest.mark.case("G12")
async def test_who_cannot_be_looked_up_now_is_looked_up_later(bench: Bench) -> None:
    """Nobody is let in, or turned away, because Slack is not well."""
    bench.slack.fail("users.info", status=429, error="ratelimited", retry_after="2")
    with pytest.raises(Transient) as raised:
        await SlackPeople(bench.api).profile(bench.ann.id)
    assert raised.value.retry_after == 2.0


@pytest.mark.parametrize("verb", OFFERED)
async def test_a_window_is_opened_once(bench: Bench, verb: Verb) -> None:
    """What opens it counts once and for three seconds; each verb's window is as Slack wants it."""
    bench.slack.state.trigger_seconds = 600.0  # a machine under load may stand still for longer than Slack allows
    people, trigger = SlackPeople(bench.api), bench.slack.trigger(bench.ann)
    summaries = {spec.verb: spec.summary for spec in VERBS.values()}
    window = command_window(verb, "acme/shop", bench.place, summaries=summaries)
    assert await people.open(trigger, window)
    assert not await people.open(trigger, window)
    assert not await people.open("unknown", window)
    bench.slack.state.triggers[later := bench.slack.trigger(bench.ann)].made_at -= 601
    assert not await people.open(later, window)
    (view,) = bench.slack.state.views
    assert view.user == bench.ann.id
