"""How often a healthy version is rolled back and a bad one goes through, by the product's own `watch`.

`python -m benchmarks.rollout_noise [details]`: 200 healthy roll-outs and 200 bad ones in simulated time, with
seeds that the thresholds were tried on, and as many with seeds that nobody looked at while they were chosen.
"""

import asyncio
import math
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.aims import Aim, print_aims
from benchmarks.machine import describe_machine
from benchmarks.rollout_services import FAULTS, NOISE, SILENT, UNREAD, Service
from tests.fakes.rollout_world import Look, TickingClock
from tests.fakes.rollouts import NEW, Deploying, deployment, service
from yantra_bot.domain.environment import Environment, HealthRule, HttpCheck, MetricCheck, Strategy
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.rollout import Act, Before, Sample
from yantra_bot.domain.workload import PodState, WorkloadState
from yantra_bot.errors import Transient, YantraError

ROLLOUTS = 200
SETS = {"tried on": "unseen", "held out": "fresh"}
RULE = HealthRule(
    http=(HttpCheck(version_header="X-Version"),),
    metrics=(MetricCheck("error rate", "x", most=0.05), MetricCheck("latency", "x", most_ratio=2)),
    interval_seconds=5,
)
LATENCY_BEFORE = 0.1


@dataclass(slots=True)
class NoisyChecks:
    """Asks a made-up service. Implements `HealthChecks`."""

    made: Service
    clock: TickingClock
    began: dict[str, float] = field(default_factory=dict)

    async def sample(
        self, rule: HealthRule, workload: WorkloadState, *, environment: Environment, commit: str, before: Before
    ) -> Sequence[Sample]:
        now = self.clock.now()
        found = [self._ask(pod, now) for pod in workload.pods if not pod.is_leaving]
        if not found:
            found = [Sample("http /health", Verdict.INCONCLUSIVE, "no pod runs yet", now)]
        for check in rule.metrics:
            found.append(self._measure(check, now, workload))
        return found

    def _ask(self, pod: PodState, now: float) -> Sample:
        said = self.made.answers(int(pod.name.rsplit("-", 1)[1], 16), now - pod.created_at, now)
        verdict = Verdict.PASS if said == "ok" else Verdict.FAIL
        return Sample("http /health", verdict, said, now, pod=pod.name)

    def _measure(self, check: MetricCheck, now: float, workload: WorkloadState) -> Sample:
        age = now - self.began.setdefault(workload.name, now)
        if self.made.dice.random() < SILENT or not workload.pods:
            return Sample(check.name, Verdict.INCONCLUSIVE, "no data", now)
        if check.most is not None:
            value, limit = self.made.error_rate(age), check.most
        else:
            value, limit = self.made.latency(age), LATENCY_BEFORE * (check.most_ratio or 0)
        return Sample(check.name, Verdict.PASS if value <= limit else Verdict.FAIL, f"{value:.3g}", now, value)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one roll-out ended: by what, when, and why."""

    made: Service
    act: Act
    seconds: float
    reason: str


def roll_out(made: Service) -> Outcome:
    """Deploy a made-up version through all its stages."""
    clock = TickingClock()

    def fate(image: str, number: int, age: float) -> Look:
        return made.look(number, age) if image == NEW else Look()

    def fail_at(now: float) -> YantraError | None:
        is_out = made.outage[0] <= now - began < made.outage[1]
        return Transient("503 of the API") if is_out or (now > began and made.dice.random() < UNREAD) else None

    environment = Environment("staging", "main", "shop", strategy=Strategy(made.kind, hold_seconds=30), health=RULE)
    play = Deploying(
        environment,
        fate,
        manifests=(deployment(NEW, replicas=made.replicas), service()),
        was=(deployment("shop@sha256:old", replicas=made.replicas), service()),
        clock=clock,
    )
    began = clock.now() + 60
    play.checks = NoisyChecks(made, clock)  # type: ignore[assignment] # (another implementation of the port)
    play.after_changes = lambda world: setattr(world, "fail_at", fail_at)
    play.world.lag = made.dice.uniform(0.1, 3)
    found = asyncio.run(play.deploy())
    return Outcome(made, found.action.act, clock.now() - began, found.action.reason)


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Return Wilson's interval of a share, at 95 %."""
    z = 1.959964
    share, middle = hits / of, 1 + z * z / of
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / middle
    centre = (share + z * z / (2 * of)) / middle
    return max(0.0, centre - half), min(1.0, centre + half)


def row(title: str, found: Sequence[Outcome], wrong: Act) -> str:
    counted = Counter(one.act for one in found)
    low, high = wilson(counted[wrong], len(found))
    seconds = sorted(one.seconds for one in found)
    return (
        f"| {title} | {len(found)} | {counted[Act.GO_ON]} | {counted[Act.ASK]} | {counted[Act.ROLL_BACK]} "
        f"| **{counted[wrong]}** ({low:.1%} to {high:.1%}) | {seconds[len(seconds) // 2]:.0f} s "
        f"| {seconds[int(len(seconds) * 0.95)]:.0f} s |"
    )


def main() -> None:
    print(describe_machine("python -m benchmarks.rollout_noise"))
    print("Noise, in healthy and bad ones alike:\n")
    for what, level in NOISE.items():
        print(f"- {what}: {level:.0%}")
    print(
        f"\nRule: a sample each {RULE.interval_seconds:g} s, {RULE.healthy_samples} good ones in a row, "
        f"{RULE.failing_samples} bad ones in a row, {RULE.start_seconds:g} s to start, deadline "
        f"{RULE.deadline_seconds:g} s, each stage held for 30 s; strategies at random. Wrong is a healthy version that "
        "is rolled back, and a bad one that goes through; with Wilson's interval at 95 %.\n"
    )
    print("| roll-outs | number | went through | asked | rolled back | wrong | half after | 95 % after |")
    print("|---|---|---|---|---|---|---|---|")
    aims, kinds = [], Counter[tuple[str, Act]]()
    for title, seed in SETS.items():
        healthy = [roll_out(Service(f"{seed} {number}")) for number in range(ROLLOUTS)]
        print(row(f"healthy, seeds {title}", healthy, Act.ROLL_BACK), flush=True)
        bad = [roll_out(Service(f"{seed} {number}", FAULTS[number % len(FAULTS)])) for number in range(ROLLOUTS)]
        print(row(f"bad, seeds {title}", bad, Act.GO_ON), flush=True)
        for what, found, wrong in (
            ("healthy rolled back", healthy, Act.ROLL_BACK),
            ("bad let through", bad, Act.GO_ON),
        ):
            hits = sum(one.act is wrong for one in found)
            aims.append(Aim(f"{what}, seeds {title}", f"0 of {ROLLOUTS}", f"{hits}", hits == 0))
        kinds.update((one.made.fault, one.act) for one in bad)
        if "details" in sys.argv:
            for one in (*healthy, *bad):
                if one.act is not (Act.ROLL_BACK if one.made.fault else Act.GO_ON):
                    print(one.made.seed, one.made.kind, one.made.fault, one.act, f"{one.seconds:.0f}", one.reason)
    print("\n| fault | rolled back | asked | let through |\n|---|---|---|---|")
    for fault in FAULTS:
        print(f"| {fault} | {' | '.join(str(kinds[fault, act]) for act in (Act.ROLL_BACK, Act.ASK, Act.GO_ON))} |")
    print_aims(aims)


if __name__ == "__main__":
    main()
