"""A deployment's comment says what goes where, what changes, who is asked, how it ended; strangers' text stays text."""

import re
from dataclasses import replace

import pytest

from tests.fakes.deployments import DIGEST, HOSTILE, a_deployment, dry_run, holding, rolled_back, waiting
from yantra_bot.replies.deploy.comment import MOST_DESCRIPTION, deploy_comment, status_words


def test_it_says_what_goes_where_and_what_changes() -> None:
    """Commit, image by digest, what served before, the objects that differ, and each stage."""
    text = deploy_comment(a_deployment())
    assert text.startswith(
        "**Deploying: shop in production** · [run ffffffffffffffffffffffff](https://bot.test/runs/1)"
    )
    assert f"registry.test/acme/shop@{DIGEST}" in text
    assert "Objects: 1 changed, 1 new, 1 as they are." in text
    assert "spec.replicas: 2 → 3" in text
    assert "ConfigMap web (new)" in text
    assert "- ✔ canary 10 %: 3 good samples" in text
    assert "- ▶ all" in text
    assert "2 of 3 new pods are ready." in text


def test_who_is_asked_is_told_how_to_answer() -> None:
    """An approval names who counts, and until when; a roll-out that holds still says what happens otherwise."""
    text = deploy_comment(waiting())
    assert "**Waiting for approval: shop in production**" in text
    assert "1 of bob has to approve until 2023-11-14 23:13 UTC." in text
    assert "`@yantra approve production` or `@yantra reject production`" in text
    text = deploy_comment(holding())
    assert "**Holding still: shop in production**" in text
    assert "`@yantra promote production` or `@yantra abort production`" in text


def test_a_roll_back_shows_why_and_what_was_done() -> None:
    """The reason, the evidence, the pod's last words, and what is blocked now; nothing of what went on before."""
    text = deploy_comment(rolled_back())
    assert "**Rolled back: shop in production**" in text
    assert "CrashLoopBackOff. The version before serves again." in text
    assert "Traceback\nboom" in text
    assert "- c0ffee000000 is blocked in production." in text
    assert "2 of 3 new pods are ready." not in text


def test_a_dry_run_is_called_one() -> None:
    """Nobody takes it for a deployment."""
    assert deploy_comment(dry_run()).startswith("**Dry run: shop in production**")


@pytest.mark.case("H09")
def test_nothing_that_a_cluster_or_a_commit_says_acts() -> None:
    """Titles, reasons, evidence and logs are shown as text: nobody is notified, nothing is loaded."""
    shown = replace(
        rolled_back(), title=HOSTILE, evidence=(HOSTILE,), log=(HOSTILE, "```"), notes=(HOSTILE,), before=HOSTILE
    )
    text = deploy_comment(shown)
    outside_code = re.sub(r"`[^`\n]*`", "", text.split("````")[0])
    assert "![x]" not in outside_code
    assert "<img" not in outside_code
    assert "@everyone" not in outside_code
    assert "\n```\n" in text  # the log's own fence is longer than the one in it
    assert "````" in text


@pytest.mark.case("H09")
def test_what_is_told_afterwards_links_to_our_own_alone() -> None:
    """A problem may quote anything; the revert's address, and the word that unlocks, are ours."""
    revert, unlock = "A revert is open: https://github.test/acme/shop/pull/7", "x is locked until `@yantra unlock x`."
    problem = f"No revert pull request could be opened: {HOSTILE}\n# [Approve](https://evil.test)"
    text = deploy_comment(replace(rolled_back(), aftermath=(revert, unlock, problem, f"{revert} {HOSTILE}")))
    assert f"- {revert}\n- {unlock}\n" in text
    for acting in ("![x]", "<img", "@everyone", "https://evil.test", "\n# "):
        assert acting not in text


def test_a_status_is_one_short_line() -> None:
    """The forge takes no more."""
    shown = replace(a_deployment(), now="word " * 80)
    assert len(status_words(shown)) <= MOST_DESCRIPTION
    assert "\n" not in status_words(shown)
