"""From a bad image to the old version serving again, on a real control plane: `python -m benchmarks.rollout_speed`.

The product's own stages, watch and undo, beside a roll-back through the same API that waits for Kubernetes'
`progressDeadlineSeconds`, and beside what Argo Rollouts and Flagger document as their defaults. Uses the control plane
that YANTRA_TEST_KUBECONFIG names, or starts one; its node is pretended: no image is pulled, no container runs.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.aims import Aim, print_aims
from benchmarks.machine import describe_machine
from benchmarks.measuring import percentile
from tests.fakes.cluster import real
from tests.fakes.cluster.world import ClusterWorld, deployment
from tests.fakes.rollout_stage import NEW, OLD, RealRollout, environment_of, make
from yantra_bot.deploy.undoing import serving
from yantra_bot.domain.environment import HealthRule, HttpCheck, StrategyKind
from yantra_bot.domain.rollout import Act, Apply

RULE = HealthRule(http=(HttpCheck(port="http"),))
FATES = {"the image is not there": "noimage", "it crashes": "crash", "it is killed for its memory": "oom"}
ROUNDS = 8
DEADLINE = 15
"""Of the roll-back that waits for Kubernetes, in seconds; its default would be 600."""
DEADLINE_ROUNDS = 6
LOOK = 0.1
DEFAULTS = (
    (
        "Kubernetes, `progressDeadlineSeconds: 600`",
        "600 s, then nothing: going back is left to people",
        "kubernetes.io, Deployments, Progress Deadline Seconds",
    ),
    (
        "Argo Rollouts, a bad image",
        "never: `progressDeadlineAbort` is false; 600 s where it is set",
        "argoproj/argo-rollouts docs/features/specification.md",
    ),
    (
        "Flagger, a bad image",
        "600 s: `progressDeadlineSeconds` defaults to ten minutes",
        "fluxcd/flagger docs/gitbook/usage/how-it-works.md",
    ),
    (
        "Flagger, a bad metric",
        "600 s: `interval` 60 s by default × `threshold`, 10 in its first example",
        "fluxcd/flagger docs/gitbook/usage/how-it-works.md",
    ),
)


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds of one roll-back."""

    detected: float
    """From the failure being visible to the decision."""
    begun: float
    """From the decision to the first change that goes back being made."""
    whole: float
    """From the first change of the deployment to the old version serving alone again, and having been seen to."""


class Sight:
    """Looks on from outside, by the administrator's own requests."""

    def __init__(self, world: ClusterWorld) -> None:
        self._world = world

    async def pods(self) -> list[dict[str, object]]:
        found = await self._world.admin.json("GET", f"{self._world.core}/pods")
        return [one for one in found["items"] if not one["metadata"].get("deletionTimestamp")]

    async def is_failing(self) -> bool:
        """Tell whether the API shows of a new pod what is wrong with it."""
        for pod in await self.pods():
            for status in pod["status"].get("containerStatuses", ()):  # type: ignore[attr-defined] # (JSON)
                state = status["state"]
                if status["image"] == NEW and (state.get("waiting") or state.get("terminated")):
                    return True
        return False

    async def is_old_alone(self) -> bool:
        """Tell whether both replicas are ready pods of the old version, and no other pod is left."""
        states = [
            (status["image"], status["ready"])
            for pod in await self.pods()
            for status in pod["status"].get("containerStatuses", ())  # type: ignore[attr-defined] # (JSON)
        ]
        return states == [(OLD, True)] * 2

    async def until(self, look: Callable[[], Awaitable[bool]]) -> float:
        """Return the time at which it is so."""
        while not await look():
            await asyncio.sleep(LOOK)
        return time.time()


async def go_back(rollout: RealRollout) -> Took:
    """Deploy the bad version, and have it gone back from by the product."""
    sight, began = Sight(rollout.world), time.time()
    visible = asyncio.ensure_future(sight.until(sight.is_failing))
    found = await rollout.deploy()
    decided = time.time()
    if found.action.act is not Act.ROLL_BACK:
        raise SystemExit(f"the roll-out ended otherwise: {found.action}")
    going = asyncio.ensure_future(rollout.go_back())
    seen = await visible
    back = await going
    whole = await sight.until(sight.is_old_alone)
    if back.action.act is not Act.GO_ON:
        raise SystemExit(f"going back ended otherwise: {back.action}")
    return Took(max(0.0, decided - seen), rollout.changed_at[-1] - decided, max(whole, back.workloads[0].at) - began)


async def by_deadline(world: ClusterWorld) -> float:
    """Deploy the bad version, wait for Kubernetes to say that it does not progress, and restore; return the seconds."""
    rollout = await RealRollout.begin(world, environment_of(StrategyKind.ROLLING, world.namespace), "noimage")
    bad = deployment(NEW)
    bad["spec"]["progressDeadlineSeconds"] = DEADLINE
    sight, began = Sight(world), time.time()
    await make(rollout.cluster, [Apply(bad)], mark="run-1")

    async def is_stuck() -> bool:
        found = await world.admin.json("GET", f"{world.apps}/deployments/shop")
        said = {one["type"]: one["status"] for one in found["status"].get("conditions", ())}
        return said.get("Progressing") == "False"

    while not await is_stuck():
        await asyncio.sleep(1)
    old = serving(rollout.before.of("shop"))
    assert old is not None
    await rollout.cluster.restore("shop", old.name, mark="run-2")
    return await sight.until(sight.is_old_alone) - began


async def measure(kubeconfig: Path, scratch: Path) -> None:
    every: list[Took] = []
    print("| bad version, rolling | rounds | detected, p50 / p95 | begun, p50 / p95 | serving again, p50 / p95 |")
    print("|---|---|---|---|---|")
    for title, fate in FATES.items():
        took = []
        for _ in range(ROUNDS):
            world = await ClusterWorld(kubeconfig, scratch).make()
            environment = environment_of(StrategyKind.ROLLING, world.namespace, rule=RULE)
            took.append(await go_back(await RealRollout.begin(world, environment, fate)))
            await world.discard()
        every += took
        print(f"| {title} | {ROUNDS} | {_pairs(took)} |", flush=True)
    print(f"| all | {len(every)} | {_pairs(every)} |\n")
    worlds = [await ClusterWorld(kubeconfig, scratch).make() for _ in range(DEADLINE_ROUNDS)]
    waited = [await by_deadline(world) for world in worlds[:1]] + list(
        await asyncio.gather(*map(by_deadline, worlds[1:]))
    )
    for world in worlds:
        await world.discard()
    print("| the same without looking at pods | serving again |\n|---|---|")
    middle, high = percentile(waited, 0.5), percentile(waited, 0.95)
    print(f"| undo through the API at `progressDeadlineSeconds: {DEADLINE}`, measured | {middle:.1f} / {high:.1f} s |")
    at_600 = [one - DEADLINE + 600 for one in (middle, high)]
    print(f"| so at Kubernetes' default of 600, computed | {at_600[0]:.0f} / {at_600[1]:.0f} s |")
    print("\n| documented defaults, not measured | until it is gone back from | where |\n|---|---|---|")
    for name, seconds, where in DEFAULTS:
        print(f"| {name} | {seconds} | {where} |")
    most = max(one.whole for one in every)
    print_aims(
        [
            _at_most("detected after it is visible, p95", [one.detected for one in every], RULE.interval_seconds),
            _at_most("roll-back begun after the decision, p95", [one.begun for one in every], 1.0),
            Aim("bad image to old version serving, the slowest", "< 60 s", f"{most:.1f} s", most < 60),
        ]
    )


def _pairs(took: list[Took]) -> str:
    columns = ([one.detected for one in took], [one.begun for one in took], [one.whole for one in took])
    return " | ".join(f"{percentile(one, 0.5):.2f} / {percentile(one, 0.95):.2f} s" for one in columns)


def _at_most(what: str, values: list[float], limit: float) -> Aim:
    value = percentile(values, 0.95)
    return Aim(what, f"< {limit:g} s", f"{value:.2f} s", value < limit)


def main() -> None:
    print(describe_machine("python -m benchmarks.rollout_speed"))
    print(
        f"Rule: the defaults, with one HTTP check: a sample each {RULE.interval_seconds:g} s; two replicas. Detected: "
        "from the API showing what is wrong to the decision. Begun: from there to the change that goes back. Serving "
        "again: from the first change to two ready pods of the old version and no other, seen to answer twice.\n"
    )
    named = os.environ.get("YANTRA_TEST_KUBECONFIG")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        if named:
            asyncio.run(measure(Path(named), home))
        elif reason := real.why_not():
            print(f"Not measured: {reason}.")
            print_aims([Aim("bad image to old version serving, the slowest", "< 60 s", reason, None)])
        else:
            try:
                asyncio.run(measure(Path(_control("up", home / "plane")), home / "scratch"))
            finally:
                _control("down", home / "plane")


def _control(verb: str, home: Path) -> str:
    """Start or end a control plane; return what it prints: the path of its kubeconfig."""
    words = [sys.executable, "-m", "tests.fakes.cluster.real", verb, str(home)]
    done = subprocess.run(words, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return done.stdout.strip().splitlines()[-1] if verb == "up" else ""


if __name__ == "__main__":
    main()
