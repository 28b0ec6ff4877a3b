"""When a rule fires, and when it is over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.domain.alerts import AlertSource, Service, Severity
from yantra_bot.domain.monitoring import MetricName, WatchRule
from yantra_bot.monitor.rules import RuleState, alert_of, describe, judge
from yantra_bot.monitor.standard_rules import STANDARD_RULES

SLOW = WatchRule("SlowResponses", MetricName.P95, above=1_000)
DOWN = next(rule for rule in STANDARD_RULES if rule.name == "ServiceDown")
SHOP = Service("shop", "acme/shop", "production")


def judged(rule: WatchRule, values: list[float | None], *, every: float = 15.0) -> list[bool]:
    """Return whether it fires after each look."""
    state, found = RuleState(), []
    for number, value in enumerate(values):
        state = judge(rule, value, state, 1_000.0 + number * every, interval=every)
        found.append(state.is_firing)
    return found


def test_it_has_to_hold_for_its_time() -> None:
    """A peak is no alert; a minute is."""
    assert judged(SLOW, [1_200, 900, 1_200, 1_200, 1_200, 1_200, 1_200]) == [False] * 6 + [True]


def test_down_is_told_at_once() -> None:
    """And over at once."""
    assert judged(DOWN, [1, 0, 0, 1]) == [False, True, True, False]


def test_near_the_limit_it_does_not_flap() -> None:
    """It is over when the value is a tenth below, for as long as it took to fire."""
    assert judged(SLOW, [2_000] * 5 + [950, 1_100] * 10)[-1]
    assert judged(SLOW, [2_000] * 5 + [890] * 4)[-1]
    assert not judged(SLOW, [2_000] * 5 + [890] * 5)[-1]


def test_no_data_changes_nothing() -> None:
    """What fires goes on, what waited does not fire by silence, and after long silence it waits anew."""
    assert judged(SLOW, [2_000] * 5 + [None] * 100)[-1]
    assert not any(judged(SLOW, [2_000] * 4 + [None] * 100))
    assert not any(judged(SLOW, [2_000] * 4 + [None] * 100 + [2_000]))
    assert judged(SLOW, [2_000] * 4 + [None] * 3 + [2_000])[-1]


def test_looks_that_are_far_apart_are_no_silence() -> None:
    """An operator may look once in ten minutes."""
    assert judged(SLOW, [2_000, 2_000], every=600.0) == [False, True]


def test_a_clock_that_is_set_back_starts_the_time_anew() -> None:
    """Nothing fires by a clock."""
    state = judge(SLOW, 2_000, RuleState(), 10_000.0)
    state = judge(SLOW, 2_000, state, 1_000.0)
    assert state.since == 1_000.0
    assert not judge(SLOW, 2_000, state, 1_050.0).is_firing
    assert judge(SLOW, 2_000, state, 1_060.0).is_firing


@given(st.lists(st.one_of(st.none(), st.floats(0, 3_000)), max_size=60))
def test_nothing_fires_without_a_bad_value_nor_ends_without_a_good_one(values: list[float | None]) -> None:
    """Whatever comes, in whatever order."""
    before = False
    for value, fires in zip(values, judged(SLOW, values), strict=True):
        if fires and not before:
            assert value is not None
            assert value > 1_000
        if before and not fires:
            assert value is not None
            assert value <= 900
        before = fires


@pytest.mark.parametrize("rule", STANDARD_RULES, ids=lambda rule: rule.name)
def test_every_standard_rule_can_fire_and_end(rule: WatchRule) -> None:
    """With values that can be measured: a share is at most one."""
    bad, well = (0.0, 1.0) if rule.metric is MetricName.UP else ((rule.above or 0) * 1.05, 0.0)
    found = judged(rule, [bad] * 10 + [well] * 10)
    assert (found[9], found[-1]) == (True, False)


def test_the_alert_says_what_was_seen() -> None:
    """The same fingerprint, firing and resolved; times of what was seen first."""
    state = RuleState()
    for at in (100.0, 130.0, 160.0):
        state = judge(SLOW, 1_532.0, state, at)
    alert = alert_of(SLOW, SHOP, state)
    assert (alert.source, alert.is_firing, alert.started_at) == (AlertSource.RULE, True, 100.0)
    assert alert.summary == "The 95th percentile of answers' times is 1532 ms; at most 1000 ms is well."
    assert alert.label("service") == "shop"
    for at in (190.0, 250.0):
        state = judge(SLOW, 100.0, state, at)
    over = alert_of(SLOW, SHOP, state)
    assert (over.is_firing, over.ended_at, over.fingerprint) == (False, 190.0, alert.fingerprint)
    down = alert_of(DOWN, SHOP, judge(DOWN, 0.0, RuleState(), 5.0))
    assert (down.source, down.severity, down.summary) == (
        AlertSource.PROBE,
        Severity.CRITICAL,
        "The service does not answer.",
    )


def test_shares_are_told_in_percent() -> None:
    """And what is asked for at least, as that."""
    assert describe(WatchRule("x", MetricName.CPU, above=0.8), 0.913).endswith("is 91.3 %; at most 80 % is well.")
    rule = WatchRule("x", MetricName.THROUGHPUT, below=2)
    assert describe(rule, 0.5) == "The number of requests a second is 0.5 /s; at least 2 /s is well."
    assert "no data" in describe(rule, None)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_no_data(value: float) -> None:
    """It neither fires nor ends."""
    assert judged(SLOW, [2_000] * 5 + [value] * 20)[-1]
    assert not any(judged(SLOW, [value] * 20))
