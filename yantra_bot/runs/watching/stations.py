"""What is remembered of one service between two looks: its window, how its rules stand, and what was told of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from yantra_bot.domain.alerts import Alert
from yantra_bot.domain.monitoring import MetricName, WatchRule
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.rollout import Sample
from yantra_bot.monitor.exports import ServiceReport
from yantra_bot.monitor.metrics import Point, Window
from yantra_bot.monitor.rules import RuleState, alert_of, judge
from yantra_bot.monitor_ports import Probed
from yantra_bot.runs.watching.watched import Watched

AGAIN_SECONDS: Final = 300.0
"""After so long an alert that still fires is told again: what was closed by hand meanwhile is not over."""

STARTING_SECONDS: Final = 300.0


@dataclass(slots=True)
class Station:
    """One service."""

    watched: Watched
    window: Window = field(default_factory=Window)
    states: dict[str, RuleState] = field(default_factory=dict)
    told: dict[str, tuple[bool, float]] = field(default_factory=dict)
    """By a rule's name: whether it fired when it was last told, and when that was."""
    rules: dict[str, WatchRule] = field(default_factory=dict)
    problem: str = ""
    has_answered: bool = False
    """Whether it did since this server looks at it."""
    reached: set[str] = field(default_factory=set)
    """Checks whose addresses, or pods, were reached since then."""
    had_workload: bool = False

    def restore(self, alerts: Sequence[Alert]) -> None:
        """Take over what fires by our records: a server that starts anew still has to tell when it is over."""
        for alert in alerts:
            self.states[alert.name] = RuleState(is_firing=True, began_at=alert.started_at)
            self.told[alert.name] = (True, 0.0)

    def record(self, probed: Probed, now: float) -> float | None:
        """Keep what probes showed; return whether the service answers: 1 or 0, None where that was not measured."""
        ready = {pod.name for pod in probed.workload.pods if pod.is_ready} if probed.workload else set()
        for sample in probed.samples:
            if sample.verdict not in (Verdict.PASS, Verdict.FAIL) or (sample.pod and ready and sample.pod not in ready):
                continue  # a pod that is not ready is sent no requests
            milliseconds = None if sample.seconds is None else sample.seconds * 1_000
            self.window.record(Point(now, milliseconds, sample.verdict is Verdict.FAIL))
        self.reached |= {one.check for one in probed.samples if one.verdict in (Verdict.PASS, Verdict.FAIL)}
        self.had_workload = self.had_workload or probed.workload is not None
        value = self.answers(probed)
        self.has_answered = self.has_answered or value == 1
        if value == 0 and not self.has_answered and is_starting(probed, now):
            return None  # a first deployment is not down, it is not up yet
        return value

    def answers(self, probed: Probed) -> float | None:
        """Return whether the service answers, as `answers`; what was reached before, and now is not, is down."""
        lost = [one for one in probed.samples if one.verdict is Verdict.ERROR and one.check in self.reached]
        samples = tuple(replace(one, verdict=Verdict.FAIL) if one in lost else one for one in probed.samples)
        value = answers(replace(probed, samples=samples))
        if probed.problem:
            return value if value == 0 else None  # its pods may be down, whatever its addresses say
        is_gone = probed.workload is None and self.had_workload and bool(self.watched.watch.probes)
        return 0.0 if is_gone else value

    def judge(self, now: float, *, interval: float) -> list[Alert]:
        """Judge all rules by what is known; return the alerts that have to be told."""
        values = self.window.measure(now)
        rules = {rule.name: rule for rule in self.watched.watch.rules}
        for name, rule in rules.items():
            self.states[name] = judge(rule, values.get(rule.metric), self._state(name), now, interval=interval)
        for name in self.states.keys() - rules.keys():
            state = self.states[name]
            # A rule that was taken away is over.
            self.states[name] = RuleState(began_at=state.began_at, ended_at=now if state.is_firing else state.ended_at)
        self.rules |= rules
        return [self._alert(name) for name in self.states if self._has_news(name, now)]

    def heard(self, alerts: Sequence[Alert], now: float) -> None:
        """Remember that alerts were told."""
        for alert in alerts:
            self.told[alert.name] = (alert.is_firing, now)

    def report(self, now: float) -> ServiceReport:
        firing = tuple(sorted(name for name, state in self.states.items() if state.is_firing))
        return ServiceReport(self.watched.service, now, self.window.measure(now), firing, self.problem)

    def _state(self, name: str) -> RuleState:
        return self.states.get(name, RuleState())

    def _has_news(self, name: str, now: float) -> bool:
        was_firing, at = self.told.get(name, (False, 0.0))
        is_firing = self._state(name).is_firing
        return is_firing != was_firing or (is_firing and not at <= now < at + AGAIN_SECONDS)

    def _alert(self, name: str) -> Alert:
        rule = self.rules.get(name, WatchRule(name, MetricName.UP))
        return alert_of(rule, self.watched.service, self._state(name))


def is_starting(probed: Probed, now: float) -> bool:
    """Whether every pod is so young that it may still be starting."""
    pods = probed.workload.pods if probed.workload is not None else ()
    return probed.workload is not None and all(now - pod.created_at < STARTING_SECONDS for pod in pods)


def answers(probed: Probed) -> float | None:
    """Return 1 where one pod and every address answer, 0 where no pod or not every address does; None: unknown.

    What could not be asked says nothing. A Deployment whose replicas are zero on purpose is not down.
    """
    pods = [one for one in probed.samples if one.check.startswith("http ")]
    found = [_verdict(one) for one in probed.samples if one not in pods]
    workload = probed.workload
    if workload is not None and workload.wanted:
        found.append(_of_pods(pods, is_running=any(pod.phase == "Running" for pod in workload.pods)))
    known = [value for value in found if value is not None]
    return min(known, default=None)


def _of_pods(samples: Sequence[Sample], *, is_running: bool) -> float | None:
    if samples and not is_running:
        return 0.0
    values = [value for value in map(_verdict, samples) if value is not None]
    return max(values, default=None)


def _verdict(sample: Sample) -> float | None:
    return {Verdict.PASS: 1.0, Verdict.FAIL: 0.0}.get(sample.verdict)
