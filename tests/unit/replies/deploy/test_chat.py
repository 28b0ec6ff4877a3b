"""A deployment's message has the buttons that fit the moment, and each names its run."""

import json
from dataclasses import replace

import pytest

from tests.fakes.deployments import HOSTILE, ORDER, a_deployment, dry_run, holding, rolled_back, waiting
from yantra_bot.domain.deploying import Deployment, ShownStage
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.replies.deploy.chat import ABORT, APPROVE, PROMOTE, REJECT, ROLLBACK, deploy_message
from yantra_bot.replies.slack_blocks import render


def actions(shown: Deployment) -> list[str]:
    message = deploy_message(shown)
    assert {button.value for button in message.buttons} <= {ORDER.run_id}
    return [button.action for button in message.buttons]


def test_each_moment_has_its_buttons() -> None:
    """Approve or reject, promote or abort, abort, roll back; none where there is nothing to do."""
    assert actions(waiting()) == [APPROVE, REJECT]
    assert actions(holding()) == [PROMOTE, ABORT]
    assert actions(a_deployment()) == [ABORT]
    assert actions(replace(a_deployment(), ending=Ending(Phase.COMPLETE, "It serves."))) == [ROLLBACK]
    assert actions(rolled_back()) == []
    assert actions(dry_run()) == []


def test_what_frightens_is_asked_twice() -> None:
    """Going back is confirmed before it counts; approving is not: it was just read."""
    assert all(button.confirm for button in deploy_message(a_deployment()).buttons)
    assert not any(button.confirm for button in deploy_message(waiting()).buttons)


def test_a_roll_back_tells_its_reason_and_the_log() -> None:
    """The log stands as quoted text, which the chat's renderer makes harmless."""
    message = deploy_message(rolled_back())
    assert message.title == "Rolled back: shop in production"
    assert any("CrashLoopBackOff" in line for line in message.lines)
    assert message.quoted == "Traceback\nboom"


@pytest.mark.case("G11")
def test_nothing_that_a_cluster_or_a_commit_says_is_a_link_with_other_words() -> None:
    """Titles, reasons, evidence, notes of stages and what follows call nobody and pretend no button; ours is live."""
    evil = f"<https://evil.test|Approve here> {HOSTILE}"
    foreign = {"title": evil, "before": evil, "now": evil, "details": (evil,), "approved_by": (evil,)}
    ours = "A revert is open: https://github.test/acme/shop/pull/7"
    stages = (ShownStage(evil, note=evil),)
    ended = replace(rolled_back(), ending=Ending(Phase.ROLLED_BACK, evil), evidence=(evil,), aftermath=(evil, ours))
    asking = waiting().asking
    assert asking is not None
    for shown in (a_deployment(), replace(waiting(), asking=replace(asking, why=evil, people=(evil,))), ended):
        rendered = render(deploy_message(replace(shown, stages=stages, **foreign)))
        text = f"{rendered.text} {json.dumps(rendered.blocks)}"
        assert "Approve here" in text
        for acting in ("<https://evil.test|", "<!channel>", "<@U1>"):
            assert acting not in text
        assert ("<https://github.test/acme/shop/pull/7>" in text) is (shown is ended)
