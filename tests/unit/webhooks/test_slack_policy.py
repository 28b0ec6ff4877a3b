"""Who in a chat is listened to."""

from dataclasses import replace

import pytest

from yantra_bot.chat_ports import ChatProfile
from yantra_bot.domain.chat import ChatPlace
from yantra_bot.webhooks.slack_policy import ChatRules, judge_person, judge_place

RULES = ChatRules(frozenset({"T1", "T2"}))
PLACE = ChatPlace("T1", "C1", "U1")
MEMBER = ChatProfile("T1", "U1", "ann")


@pytest.mark.case("G09")
def test_members_of_the_operators_workspaces_are_listened_to() -> None:
    """Nobody else is: guests, people of other workspaces in a shared channel, bots, accounts that are gone."""
    assert judge_person(MEMBER, PLACE, RULES) == ""
    assert judge_person(replace(MEMBER, team="T2"), PLACE, RULES) == ""
    refused = [
        judge_person(None, PLACE, RULES),
        judge_person(replace(MEMBER, team="TOTHER"), PLACE, RULES),
        judge_person(replace(MEMBER, is_guest=True), PLACE, RULES),
        judge_person(replace(MEMBER, is_bot=True), PLACE, RULES),
        judge_person(replace(MEMBER, is_gone=True), PLACE, RULES),
        judge_person(replace(MEMBER, user="U2"), PLACE, RULES),
    ]
    assert all(refused)


@pytest.mark.case("G09")
def test_the_operators_lists_decide_first() -> None:
    """A workspace that is not on it, and where there is one a person who is not."""
    assert judge_place(PLACE, RULES) == ""
    assert judge_place(replace(PLACE, team="TOTHER"), RULES)
    assert judge_place(PLACE, replace(RULES, users=frozenset({"U2"})))
    assert judge_place(PLACE, replace(RULES, users=frozenset({"U1"}))) == ""
    assert judge_place(PLACE, ChatRules(frozenset()))
