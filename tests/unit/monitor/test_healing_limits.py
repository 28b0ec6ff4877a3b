"""Whether a healing action may be done now: each reason against it is told, and silence is no yes."""

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.monitor.incidents import INCIDENT
from yantra_bot.domain.deployments import EnvironmentLock, LockCause
from yantra_bot.domain.healing import Healed
from yantra_bot.domain.incidents import HealingKind, IncidentState, Policy
from yantra_bot.domain.monitoring import Watch
from yantra_bot.domain.proof import Verdict
from yantra_bot.monitor.healing_limits import Standing, refusals
from yantra_bot.monitor.verifying import conclude

NOW = 1_000_000.0
RESTART = HealingKind.RESTART


def standing(policy: Policy = Policy.AUTOMATIC, **more: Any) -> Standing:
    watch = Watch("production", restart=policy, cooldown_minutes=10)
    return replace(Standing(watch, INCIDENT, ()), **more)


def said(one: Standing, kind: HealingKind = RESTART) -> str:
    return " ".join(refusals(kind, "shop", one, now=NOW))


def done(minutes_ago: float, kind: HealingKind = RESTART, target: str = "shop") -> Healed:
    return Healed("run", "shop", "production", kind, target, NOW - minutes_ago * 60)


def test_what_the_rules_let_be_done_is_done() -> None:
    """Unasked where they say so, else by the word of who may write."""
    assert said(standing()) == ""
    for policy in (Policy.SUGGEST, Policy.APPROVE):
        assert "nobody agreed" in said(standing(policy))
        assert said(standing(policy, agreed_by="bob", may_agree=True)) == ""


def test_an_agreement_counts_as_long_as_its_giver_may_write() -> None:
    """Also where the rules would let it be done unasked: somebody was asked for a reason."""
    assert "bob agreed, and may not write" in said(standing(Policy.APPROVE, agreed_by="bob"))
    assert "bob agreed, and may not write" in said(standing(agreed_by="bob"))


def test_what_is_over_is_not_healed() -> None:
    """Whoever agreed."""
    for over in (replace(INCIDENT, is_firing=False), replace(INCIDENT, state=IncidentState.RESOLVED)):
        assert "Nothing fires any more" in said(standing(incident=over, agreed_by="bob", may_agree=True))


def test_nothing_is_healed_while_the_operator_holds_the_bot_back() -> None:
    """Whatever the rules say, and whoever agreed."""
    assert said(standing(is_paused=True)) == "The operator paused the bot here."
    assert "paused" in said(standing(is_paused=True, agreed_by="bob", may_agree=True))


@pytest.mark.case("I07")
def test_what_comes_and_goes_is_healed_only_when_somebody_says_so() -> None:
    """An action at each flap would be a loop."""
    flapping = replace(INCIDENT, flaps=3)
    assert "It comes and goes (3 times)" in said(standing(incident=flapping))
    assert said(standing(incident=flapping, agreed_by="bob", may_agree=True)) == ""


def test_a_lock_by_a_person_holds_everybody_back() -> None:
    """One after a roll-out that failed does not: what serves may be helped."""
    lock = EnvironmentLock("production", LockCause.PERSON, "carol", "sale", 1.0)
    assert "carol locked production" in said(standing(locks=[lock]))
    assert said(standing(locks=[replace(lock, cause=LockCause.ROLL_OUT)])) == ""


def test_so_many_actions_an_hour_are_enough() -> None:
    """Of all kinds; whoever agreed to another."""
    history = [done(5, HealingKind.SCALE_OUT), done(20, HealingKind.SCALE_UP), done(59, target="other")]
    agreed = standing(history=history, agreed_by="bob", may_agree=True)
    assert "3 actions were done to shop within the hour" in said(agreed)
    assert said(standing(history=[*history[:2], done(61, target="other")])) == ""
    none = replace(standing(), watch=Watch("production", restart=Policy.AUTOMATIC, actions_an_hour=0))
    assert "0 actions were done" in said(none)


def test_the_same_is_not_repeated_within_the_cooldown() -> None:
    """The same action on the same Deployment; another may help."""
    assert "is not repeated" in said(standing(history=[done(9)]))
    assert said(standing(history=[done(11)])) == ""
    assert said(standing(history=[done(9, HealingKind.SCALE_OUT)])) == ""
    assert said(standing(history=[done(9, target="other")])) == ""


PASS, FAIL, NONE = Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    ("samples", "is_whole", "lasted", "found"),
    [
        ([PASS] * 9, True, 59, None),
        ([FAIL] * 6 + [PASS] * 3, True, 60, PASS),
        ([PASS] * 6 + [FAIL] * 3, True, 60, FAIL),
        ([PASS] * 2, True, 60, None),
        ([PASS] * 9, False, 60, None),
        ([PASS] * 9, False, 120, FAIL),
        ([PASS, PASS, NONE], True, 60, None),
        ([PASS, PASS, NONE], True, 120, NONE),
        ([PASS, PASS, FAIL], True, 119, None),
        ([PASS, PASS, FAIL], True, 120, FAIL),
        ([PASS, FAIL, PASS], True, 120, NONE),
        ([NONE] * 9, True, 60, None),
        ([NONE] * 9, True, 120, NONE),
        ([], True, 500, None),
    ],
)
def test_whether_it_helped_is_said_by_the_end_of_the_watch(
    samples: Any, is_whole: bool, lasted: float, found: Verdict | None
) -> None:
    """No data is no pass, and what comes and goes is watched on for a while."""
    assert conclude(samples, is_whole=is_whole, lasted=lasted, length=60) is found
