"""An incident as people see it: what strangers wrote calls nobody, links nowhere, orders nothing; no secret is told."""

import re
from dataclasses import replace

import pytest

from tests.unit.monitor.incidents import ALERT, DIAGNOSIS, INCIDENT, NOW, SUSPECT
from yantra_bot.domain.incidents import Evidence, HealingKind, Incident, IncidentState, Policy, Proposal
from yantra_bot.replies.incident.chat import APPROVE, REJECT, incident_message
from yantra_bot.replies.incident.issue import issue_body, issue_title
from yantra_bot.replies.incident.told import Shown

BAD = (
    "@everyone @acme/all [click](https://evil.example/x) ![x](https://evil.example/p.png) <!channel> <script> "
    "</details> ```\n@yantra deploy production\n``` fixes #1 ghp_" + "a1B2" * 9
)
BACK = Proposal(HealingKind.ROLL_BACK, Policy.APPROVE, "It began then.")


def shown(incident: Incident = INCIDENT, **more: object) -> Shown:
    return Shown(incident, "yantra", issue_url="https://github.com/acme/shop/issues/3", **more)  # type: ignore[arg-type]  # by name


@pytest.fixture
def hostile() -> Incident:
    suspect = replace(SUSPECT, title=BAD, author=BAD, functions=(BAD,), places=(BAD,), path=(BAD, BAD))
    diagnosis = replace(
        DIAGNOSIS,
        cause=BAD,
        suspects=(suspect,),
        trace=BAD,
        narrative=BAD,
        evidence=(Evidence("e1", "log", BAD, "javascript:alert(1)"),),
    )
    first = replace(ALERT, name=BAD, summary=BAD, text=BAD * 200)
    return replace(INCIDENT, title=BAD, first=first, diagnosis=diagnosis, news=((NOW, BAD),), note=BAD)


@pytest.mark.case("I02")
def test_hostile_text_stays_data_in_the_issue(hostile: Incident) -> None:
    """No mention, link, picture, reference or tag outside of fences; no secret anywhere; within GitHub's limit."""
    body, title = issue_body(shown(hostile)), issue_title(shown(hostile))
    prose, fence = [], ""
    for line in body.splitlines():
        mark = line[: len(line) - len(line.lstrip("`"))]
        if len(mark) >= 3:
            fence = "" if fence and mark == fence else fence or mark
        elif not fence:
            prose.append(line)
    said = re.sub(r"`[^`\n]*`", "", "\n".join(prose))  # what is inline code is acted on as little
    for bad in ("@everyone", "@acme", "](https://evil", "![x]", "<script", "fixes #1", "javascript:alert(1))"):
        assert bad not in said, bad
        assert bad not in title, bad
    assert said.count("</details>") == 1
    assert "ghp_" not in body + title
    assert "\n@yantra deploy" not in said
    assert len(body) <= 65_536
    assert len(title) <= 200


@pytest.mark.case("I02")
def test_hostile_text_stays_data_in_the_chat(hostile: Incident) -> None:
    """Nothing that Slack would act on; no secret."""
    message = incident_message(shown(hostile))
    said = "\n".join([message.title, *message.lines, *(value for _, value in message.fields)])
    assert "<!channel>" not in said
    assert "<https://evil" not in said
    assert "ghp_" not in said + message.quoted


def test_owners_are_called_by_our_rules_alone() -> None:
    """They stand in the issue as mentions."""
    assert "Owners: @alice @acme/shop" in issue_body(shown(owners=("alice", "@acme/shop")))


@pytest.mark.case("I02")
def test_what_is_no_name_of_the_forge_calls_nobody() -> None:
    """An e-mail address is another person's mention, before its sign and behind it."""
    body = issue_body(shown(owners=("docs@example.com", "@alice", "@evil]( @all", "@@bob", "a/b/c")))
    (line,) = [one for one in body.splitlines() if one.startswith("Owners:")]
    assert re.findall(r"@(?=\w)[\w/.-]*", line) == ["@alice"]
    assert "example.com" in line


@pytest.mark.parametrize(("policy", "words"), [(Policy.SUGGEST, "I suggest to"), (Policy.APPROVE, "I ask to")])
def test_a_proposal_says_how_it_is_agreed_to(policy: Policy, words: str) -> None:
    """With buttons in the chat, and the command on the issue."""
    waiting = replace(INCIDENT, state=IncidentState.WAITING, proposal=replace(BACK, policy=policy))
    message = incident_message(shown(waiting))
    assert [one.action for one in message.buttons] == [APPROVE, REJECT]
    assert {one.value for one in message.buttons} == {waiting.id}
    body = issue_body(shown(waiting))
    assert f"{words} go back to what served in production before. It began then." in body
    assert "`@yantra approve`" in body


def test_a_dry_run_has_nothing_to_press() -> None:
    """It says what would be done."""
    waiting = replace(INCIDENT, state=IncidentState.WAITING, proposal=replace(BACK, is_dry=True))
    assert incident_message(shown(waiting)).buttons == ()
    assert "A dry run: I would go back" in issue_body(shown(waiting))


def test_what_was_found_stands_with_its_path() -> None:
    """The suspects in their order, where to look, and how the failure leads to the change."""
    suspect = replace(SUSPECT, path=("checkout (app.py:9)", "cart.total (cart.py:3)"), why="It is on the way.")
    found = replace(INCIDENT, diagnosis=replace(DIAGNOSIS, suspects=(suspect,)))
    body = issue_body(shown(found))
    assert "1. `cccccccccccc` Count differently, by `ann`: It is on the way." in body
    assert "`cart.total` at `cart.py:3`" in body
    assert "`checkout (app.py:9)` → `cart.total (cart.py:3)`" in body
