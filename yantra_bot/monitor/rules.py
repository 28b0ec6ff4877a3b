"""When a rule holds, and the alert that it makes: for long enough before it fires, well enough before it is over. Pure.

No data neither fires nor resolves. What is near the limit does not flap: it is over only a tenth beyond it.
"""

import hashlib
import math
from dataclasses import dataclass
from typing import Final

from yantra_bot.domain.alerts import Alert, AlertSource, Service
from yantra_bot.domain.monitoring import MetricName, WatchRule

MARGIN: Final = 0.1
"""Share of the limit by which a value has to be better before an alert is over."""
FORGETS_SECONDS: Final = 120.0
"""After so long without data, or a rule's own time where that is longer, what was seen before no longer counts."""
LOST_LOOKS: Final = 3.0
_SHARES: Final = frozenset({MetricName.ERROR_RATE, MetricName.CPU, MetricName.MEMORY, MetricName.DISK, MetricName.UP})
_WORDS: Final = {
    MetricName.P50: "The median time of an answer",
    MetricName.P95: "The 95th percentile of answers' times",
    MetricName.P99: "The 99th percentile of answers' times",
    MetricName.THROUGHPUT: "The number of requests a second",
    MetricName.ERROR_RATE: "The share of requests that fail",
    MetricName.CPU: "The processor's use",
    MetricName.MEMORY: "The memory's use",
    MetricName.DISK: "The disk's use",
    MetricName.UP: "The service",
}


@dataclass(frozen=True, slots=True)
class RuleState:
    """How a rule stands for one service. Times are Unix time in seconds."""

    is_firing: bool = False
    since: float | None = None
    """Since when what is seen contradicts `is_firing`; None: it does not."""
    seen_at: float = 0.0
    """When there was data last; 0: never."""
    began_at: float = 0.0
    """When what fires, or fired last, was first seen."""
    ended_at: float = 0.0
    value: float | None = None
    """What was seen last."""


def judge(rule: WatchRule, value: float | None, state: RuleState, now: float, *, interval: float = 15.0) -> RuleState:
    """Return how a rule stands after a look. `interval`: seconds between two looks.

    `value` None, or no finite number: there is no data.
    """
    if value is None or not math.isfinite(value):
        return state
    is_gap = not state.seen_at <= now <= state.seen_at + max(FORGETS_SECONDS, rule.for_seconds, interval * LOST_LOOKS)
    since = None if is_gap else state.since
    is_firing, began_at, ended_at = state.is_firing, state.began_at, state.ended_at
    if not (_is_well(rule, value) if is_firing else holds(rule, value)):
        return RuleState(is_firing, None, now, began_at, ended_at, value)
    since = now if since is None else since
    if now - since < rule.for_seconds:
        return RuleState(is_firing, since, now, began_at, ended_at, value)
    if is_firing:
        return RuleState(False, None, now, began_at, since, value)
    return RuleState(True, None, now, since, ended_at, value)


def holds(rule: WatchRule, value: float) -> bool:
    """Whether a value is wrong by a rule."""
    above = rule.above is not None and value > rule.above
    return above or (rule.below is not None and value < rule.below)


def _is_well(rule: WatchRule, value: float) -> bool:
    if rule.above is not None and value > rule.above * (1 - MARGIN):
        return False
    if rule.below is None:
        return True
    wanted = rule.below * (1 + MARGIN)
    return value >= (min(wanted, max(rule.below, 1.0)) if rule.metric in _SHARES else wanted)


def alert_of(rule: WatchRule, service: Service, state: RuleState) -> Alert:
    """Return the alert that a rule makes of a service, as it stands."""
    labels = {
        "alertname": rule.name,
        "environment": service.environment,
        "metric": str(rule.metric),
        "service": service.name,
        "severity": str(rule.severity),
    }
    return Alert(
        source=AlertSource.PROBE if rule.metric is MetricName.UP else AlertSource.RULE,
        fingerprint=fingerprint_of("rule", service.name, rule.name),
        service=service.name,
        name=rule.name,
        is_firing=state.is_firing,
        severity=rule.severity,
        summary=describe(rule, state.value),
        labels=tuple(sorted(labels.items())),
        started_at=state.began_at,
        ended_at=None if state.is_firing else state.ended_at,
    )


def fingerprint_of(*parts: str) -> str:
    """Return what an alert of ours is known again by."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def describe(rule: WatchRule, value: float | None) -> str:
    """Return one sentence of what a rule saw."""
    if value is None:
        return f"{_WORDS[rule.metric]}: there is no data."
    if rule.metric is MetricName.UP:
        return "The service answers." if value >= 1 else "The service does not answer."
    limit, word = (rule.above, "at most") if rule.above is not None else (rule.below, "at least")
    return (
        f"{_WORDS[rule.metric]} is {_number(rule.metric, value)}; {word} {_number(rule.metric, limit or 0.0)} is well."
    )


def _number(metric: MetricName, value: float) -> str:
    if metric in _SHARES:
        return f"{value * 100:.3g} %"
    return f"{value:.4g} /s" if metric is MetricName.THROUGHPUT else f"{value:.4g} ms"
