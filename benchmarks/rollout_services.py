"""Made-up services for `rollout_noise`: healthy ones in a noisy world, and bad ones in the same noise. Pure, by seeds.

The levels of noise stand in `NOISE` and are printed. They are guesses of what is usual, not measurements of anybody's
clusters.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.fakes.rollout_world import Look
from yantra_bot.domain.environment import StrategyKind

NOISE = {
    "single bad answers, of each pod's samples": 0.02,
    "samples of a metric without data": 0.10,
    "samples of a metric that are a spike above its limit": 0.01,
    "reads of the cluster that fail": 0.02,
    "roll-outs with an outage of the cluster's API, 5 to 20 s": 0.10,
    "roll-outs whose registry is away at first, for 5 to 12 s": 0.05,
    "roll-outs whose pods take up to 60 s to start, else up to 25 s": 0.10,
    "pods that crash once before they are ready": 0.10,
    "pods that are ready and not ready in turn at first, up to 20 s": 0.15,
    "pods that answer 503 at first, up to 20 s after they are ready": 0.30,
    "roll-outs in which a pod is lost once and comes back within 5 to 15 s": 0.05,
}
LEVELS = list(NOISE.values())
BAD, SILENT, SPIKES, UNREAD, OUTAGE, AWAY, SLOW, CRASHING, FLAPPING, WARMING, DRAINED = LEVELS
LONG_AGO = 100_000.0
AWAY_LOOK = Look(False, 0, "ImagePullBackOff", "Back-off pulling image: dial tcp: i/o timeout")


@dataclass(slots=True)
class Pod:
    """How one pod behaves: seconds of its age."""

    ready_at: float
    flaps_until: float
    warm_at: float
    crashes_at: float | None
    lost: tuple[float, float] | None


@dataclass(slots=True)
class Service:
    """How the new version behaves. `fault` is what is wrong with it; empty: nothing."""

    seed: str
    fault: str = ""
    pods: dict[int, Pod] = field(default_factory=dict)
    dice: random.Random = field(init=False)
    kind: StrategyKind = field(init=False)
    replicas: int = field(init=False)
    start: float = field(init=False)
    pull: float = field(init=False)
    drained: bool = field(init=False)
    outage: tuple[float, float] = field(init=False)
    period: float = field(init=False)
    """Of what comes and goes, or comes back, in seconds."""
    strength: float = field(init=False)
    """Of what is too high, as a multiple of what is allowed."""

    def __post_init__(self) -> None:
        self.dice = dice = random.Random(f"{self.seed} {self.fault}")
        self.kind = dice.choice(list(StrategyKind))
        self.replicas = dice.randint(2, 10)
        self.start = 60.0 if dice.random() < SLOW else 25.0
        self.pull = dice.uniform(5, 12) if dice.random() < AWAY else 0.0
        self.drained = dice.random() < DRAINED
        begins = dice.uniform(5, 120) if dice.random() < OUTAGE else LONG_AGO
        self.outage = (begins, begins + dice.uniform(5, 20))
        self.period = dice.uniform(2, 20)
        self.strength = dice.uniform(2, 10)

    def pod(self, number: int) -> Pod:
        """Return how a pod behaves; always the same for the same number."""
        if number not in self.pods:
            dice = random.Random(f"{self.seed} pod {number}")
            ready = self.pull + dice.uniform(1, self.start)
            flaps = ready + dice.uniform(5, 20) if dice.random() < FLAPPING else 0.0
            warm = ready + (dice.uniform(1, 20) if dice.random() < WARMING else 0.0)
            crashes = dice.uniform(self.pull, ready) if dice.random() < CRASHING else None
            lost = None
            if self.drained:
                self.drained, begins = False, ready + dice.uniform(5, 40)
                lost = (begins, begins + dice.uniform(5, 15))
            self.pods[number] = Pod(ready, flaps, warm, crashes, lost)
        return self.pods[number]

    def look(self, number: int, age: float) -> Look:
        """Return what the cluster says of a pod of the new version."""
        if self.fault in FATES and (found := FATES[self.fault](self, age)) is not None:
            return found
        pod = self.pod(number)
        if age < self.pull:
            return AWAY_LOOK
        restarts = int(pod.crashes_at is not None and age >= pod.crashes_at)
        is_ready = age >= pod.ready_at and (age >= pod.flaps_until or int(age / 2) % 2 == 0)
        if pod.lost is not None and pod.lost[0] <= age < pod.lost[1]:
            is_ready = False
        return Look(is_ready, restarts)

    def answers(self, number: int, age: float, now: float) -> str:
        """Return what a pod answers: `ok`, `old` or what is wrong."""
        pod = self.pod(number)
        if not self.look(number, age).is_ready or age < pod.warm_at or self.dice.random() < BAD:
            return "503"
        if self.fault == "answers come and go" and int(now / self.period) % 2:
            return "503"
        if self.fault == "one pod answers wrongly" and number == min(self.pods):
            return "503"
        return "old" if self.fault == "an old version in the new pods" else "ok"

    def error_rate(self, age: float) -> float:
        """Return the share of errors, of which 0.05 is allowed, `age` seconds after the stage began."""
        if self.dice.random() < SPIKES:
            return 0.2
        usual = self.dice.lognormvariate(-4.6, 0.5)
        if self.fault == "errors":
            return 0.05 * self.strength
        if self.fault == "errors that grow":
            return usual + 0.05 * self.strength * age / 30
        return usual

    def latency(self, age: float) -> float:
        """Return seconds, of which twice those of the version before, 0.1, are allowed."""
        usual = 0.1 * self.dice.lognormvariate(0, 0.1)
        if self.fault == "latency":
            return usual * 2 * self.strength
        return 0.5 if self.dice.random() < SPIKES else usual


def _waiting(reason: str, message: str = "", *, after: float = 0.0) -> Callable[[Service, float], Look | None]:
    return lambda service, age: Look(False, 2, reason, message) if age >= after else None


FATES: dict[str, Callable[[Service, float], Look | None]] = {
    "crashes": _waiting("CrashLoopBackOff", "back-off restarting failed container", after=12),
    "crashes while it is watched": _waiting("CrashLoopBackOff", "back-off restarting failed container", after=28),
    "no such image": _waiting("ErrImagePull", "manifest unknown: not found"),
    "an image that stays away": lambda _, age: AWAY_LOOK,
    "a setting that is missing": _waiting("CreateContainerConfigError", 'secret "shop" not found'),
    "never ready": lambda _, age: Look(is_ready=False),
    "ready in turn for ever": lambda service, age: Look(is_ready=int(age / (1 + service.period / 4)) % 2 == 0),
    "killed for its memory": lambda _, age: Look(
        False, 2, "CrashLoopBackOff", "", {"terminated": {"reason": "OOMKilled", "exitCode": 137}}
    ),
    "a leak that ends containers": lambda service, age: (
        Look(True, int((age - 10) / (5 + service.period / 2))) if age > 10 else None
    ),
}
FAULTS = (
    *FATES,
    "answers come and go",
    "one pod answers wrongly",
    "an old version in the new pods",
    "errors",
    "errors that grow",
    "latency",
)
