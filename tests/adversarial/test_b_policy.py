"""Group B: who is allowed, decided from what is true now."""

from dataclasses import replace

import pytest

from tests.fakes.door import comment_payload, open_door
from yantra_bot.domain.commands import Verb
from yantra_bot.domain.repository import Actor, Permission, Repository
from yantra_bot.webhooks.policy import Allowed, Counts, Refused, Request, Rules, decide, screen

ADA = Actor(11, "ada", is_bot=False)
RULES = Rules(bot_id=1000)
ASK = Request(Verb.IMPLEMENT, Repository(42, "acme", "widget"), ADA, Permission.WRITE)
OWN = {"id": 1000, "login": "yantra[bot]", "type": "Bot"}


@pytest.mark.case("B07")
def test_permission_is_what_was_read_live():
    """A reader is refused; nothing in the payload could say otherwise, for nothing of it is asked."""
    decision = decide(replace(ASK, permission=Permission.READ), RULES, Counts())
    assert isinstance(decision, Refused)
    assert "write access" in decision.reason


@pytest.mark.case("B08")
def test_access_lost_meanwhile_is_noticed():
    """The same question asked again before the push gets another answer once the permission is gone."""
    assert decide(ASK, RULES, Counts()) == Allowed()
    assert isinstance(decide(replace(ASK, permission=Permission.NONE), RULES, Counts()), Refused)


@pytest.mark.case("B09")
async def test_an_edited_comment_is_no_command(tmp_path):
    """Editing a comment into a command does nothing, whoever edits whose."""
    other = {"id": 66, "login": "mallory", "type": "User"}
    async with open_door(tmp_path) as door:
        for sender in (comment_payload()["sender"], other):
            await door.deliver(comment_payload(action="edited", sender=sender))
        assert await door.stored() == []


@pytest.mark.case("B10")
async def test_what_was_accepted_is_what_is_stored(tmp_path):
    """The text of the first delivery stays; a later edit of the comment changes no stored byte."""
    async with open_door(tmp_path) as door:
        await door.deliver(comment_payload("@yantra implement the safe thing"))
        edited = {
            **comment_payload()["comment"],
            "body": "@yantra implement evil",
            "updated_at": "2026-01-03T00:00:00Z",
        }
        await door.deliver(comment_payload(action="edited", comment=edited))
        (stored,) = await door.stored()
        assert b"the safe thing" in stored.body


@pytest.mark.case("B11")
@pytest.mark.parametrize("login", ["dependabot[bot]", "renovate[bot]", "helper"])
def test_bots_are_refused_unless_their_number_is_listed(login):
    """No bot gives commands by default; one that the operator listed by number does."""
    request = replace(ASK, sender=Actor(77, login, is_bot=True))
    assert isinstance(decide(request, RULES, Counts()), Refused)
    assert decide(request, replace(RULES, allowed_bots=frozenset({77})), Counts()) == Allowed()


@pytest.mark.case("B12")
def test_a_login_proves_nothing():
    """A stranger named like a listed bot or like the bot itself is judged by number and permission."""
    rules = replace(RULES, allowed_bots=frozenset({77}))
    impostor = Actor(666, "helper[bot]", is_bot=True)
    assert isinstance(decide(replace(ASK, sender=impostor), rules, Counts()), Refused)
    namesake = Actor(667, "yantra", is_bot=False)
    assert decide(replace(ASK, sender=namesake), rules, Counts()) == Allowed()
    disguised = Actor(1000, "ada", is_bot=False)
    assert isinstance(decide(replace(ASK, sender=disguised), rules, Counts()), Refused)


@pytest.mark.case("B13")
async def test_the_bots_own_words_end_at_the_door(tmp_path):
    """Twenty of its own comments that quote a command start nothing, listed as an allowed bot or not."""
    for number, rules in enumerate((RULES, replace(RULES, allowed_bots=frozenset({1000})))):
        (tmp_path / str(number)).mkdir()
        async with open_door(tmp_path / str(number), screen=lambda event, rules=rules: screen(event, rules)) as door:
            for comment_id in range(20):
                comment = {**comment_payload()["comment"], "id": comment_id, "user": OWN}
                assert (await door.deliver(comment_payload(comment=comment, sender=OWN))).status == 202
            assert await door.stored() == []


@pytest.mark.case("B14")
def test_two_bots_talking_to_each_other_come_to_an_end():
    """An allowed bot that answers every answer is told once that it is enough, and then gets silence."""
    rules = replace(RULES, allowed_bots=frozenset({77}), replies_per_thread_a_day=5)
    request = replace(ASK, verb=Verb.STATUS, sender=Actor(77, "helper[bot]", is_bot=True))
    replies, notes = 0, 0
    for _ in range(100):
        match decide(request, rules, Counts(replies_in_thread_today=replies)):
            case Allowed():
                replies += 1
            case Refused(say=True):
                replies += 1
                notes += 1
    assert (replies, notes) == (6, 1)


@pytest.mark.case("B14")
def test_refusals_are_replies_too():
    """Somebody without permission cannot make the bot write more than the thread's budget."""
    request = replace(ASK, permission=Permission.NONE)
    replies = 0
    for _ in range(100):
        decision = decide(request, RULES, Counts(replies_in_thread_today=replies))
        assert isinstance(decision, Refused)
        replies += decision.say
    assert replies == RULES.replies_per_thread_a_day


@pytest.mark.case("B16")
def test_a_fork_s_pull_request_gets_no_run():
    """A pull request from a fork is refused by default, also for an administrator."""
    decision = decide(replace(ASK, permission=Permission.ADMIN, is_from_fork=True), RULES, Counts())
    assert isinstance(decision, Refused)
    assert "fork" in decision.reason


@pytest.mark.case("B18")
@pytest.mark.parametrize("change", [{"is_locked": True}, {"is_open": False}])
def test_locked_and_closed_threads_get_a_polite_no(change):
    """A command there is refused with the cure."""
    decision = decide(replace(ASK, **change), RULES, Counts())
    assert isinstance(decision, Refused)
    assert decision.say


@pytest.mark.case("B21")
def test_fifty_commands_in_a_minute_are_ten_and_one_notice():
    """Beyond the limit one notice is given, and then none."""
    decisions = [decide(ASK, RULES, Counts(person_this_minute=count)) for count in range(50)]
    assert sum(decision == Allowed() for decision in decisions) == 10
    assert sum(isinstance(decision, Refused) and decision.say for decision in decisions) == 1


@pytest.mark.case("B22")
def test_stopping_needs_the_same_right():
    """Who cannot start a run cannot stop one."""
    decision = decide(replace(ASK, verb=Verb.STOP, permission=Permission.READ), RULES, Counts())
    assert isinstance(decision, Refused)
