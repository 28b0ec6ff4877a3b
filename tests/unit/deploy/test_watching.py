"""Watching a stage: each way in which a roll-out ends, for rolling, canary and blue-green."""

import asyncio

import pytest

from tests.fakes.rollout_world import Look, RolloutWorld
from tests.fakes.rollouts import (
    METRIC,
    NEW,
    OLD,
    Deploying,
    bad,
    deployment,
    environment,
    service,
)
from yantra_bot.domain.environment import HealthRule, Strategy, StrategyKind
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.rollout import Act
from yantra_bot.errors import Transient

KINDS = [StrategyKind.ROLLING, StrategyKind.CANARY, StrategyKind.BLUE_GREEN]
CRASHES = Look(False, 2, "CrashLoopBackOff", "back-off 10s restarting failed container")
NO_IMAGE = Look(False, 0, "ErrImagePull", "manifest unknown: not found")
EVERY = pytest.mark.parametrize("kind", KINDS)


def env(kind: StrategyKind, **more: object):
    return environment(strategy=Strategy(kind=kind, steps=(30, 60), hold_seconds=10), **more)


def serves(stage: Deploying, image: str) -> bool:
    """Tell whether what the Service chooses is pods of that image alone, and there are some."""
    selector = stage.world.objects["Service", "shop"]["spec"]["selector"]
    pods = asyncio.run(_chosen(stage.world, selector))
    return bool(pods) and all(pod["spec"]["containers"][0]["image"] == image for pod in pods)


async def _chosen(world: RolloutWorld, selector):
    return await world.select("Pod", selector)


@EVERY
def test_a_good_version_goes_through_every_stage(kind: StrategyKind) -> None:
    """What is whole and healthy for long enough serves alone at the end."""
    stage = Deploying(env(kind))
    found = asyncio.run(stage.deploy())
    assert [one.action.act for one in stage.ended] == [Act.GO_ON] * len(stage.ended)
    assert found.action.act is Act.GO_ON
    assert serves(stage, NEW)


@EVERY
@pytest.mark.case("H09")
@pytest.mark.parametrize(
    ("look", "reason"),
    [
        (CRASHES, "CrashLoopBackOff"),
        (NO_IMAGE, "ErrImagePull"),
        (Look(False, 0, "CreateContainerConfigError", 'configmap "x" not found'), "CreateContainerConfigError"),
        (Look(False, 3, "CrashLoopBackOff", "", {"terminated": {"reason": "OOMKilled", "exitCode": 137}}), "OOM"),
    ],
)
def test_what_cannot_get_on_is_gone_back_from_at_once(kind: StrategyKind, look: Look, reason: str) -> None:
    """The reason is quoted long before the deadline, and the old version serves again."""
    stage = Deploying(env(kind), fate=bad(look))
    found = asyncio.run(stage.deploy())
    assert found.action.act is Act.ROLL_BACK
    assert reason in found.action.reason + "".join(found.action.evidence)
    assert stage.clock.now() < 1_000_000 + 60 + 30
    assert asyncio.run(stage.go_back()).action.act is Act.GO_ON
    assert serves(stage, OLD)
    assert stage.world.serving_images("shop") == {OLD}


@EVERY
@pytest.mark.case("H08")
def test_what_is_never_ready_fails_although_available_stays_true(kind: StrategyKind) -> None:
    """The deadline ends it, or the cluster's own word that nothing progresses."""
    stage = Deploying(env(kind), fate=bad(Look(is_ready=False)))
    found = asyncio.run(stage.deploy())
    assert found.action.act is Act.ROLL_BACK
    assert "not whole within 120 s" in found.action.reason
    soon = Deploying(
        env(kind), fate=bad(Look(is_ready=False)), manifests=(deployment(NEW, progressDeadlineSeconds=30), service())
    )
    assert "ProgressDeadlineExceeded" in asyncio.run(soon.deploy()).action.reason
    assert soon.clock.now() < stage.clock.now() - 60


@EVERY
@pytest.mark.case("H10")
@pytest.mark.parametrize("seconds", [2, 3, 7])
def test_what_comes_and_goes_never_passes(kind: StrategyKind, seconds: int) -> None:
    """Ready and not ready in turn is a failure, whatever the rhythm."""

    def fate(image: str, number: int, age: float) -> Look:
        return Look(is_ready=image == OLD or int(age // seconds) % 2 == 0)

    found = asyncio.run(Deploying(env(kind), fate=fate).deploy())
    assert found.action.act is Act.ROLL_BACK


@pytest.mark.case("H10")
@pytest.mark.parametrize("seconds", [2, 3, 5, 7])
def test_answers_that_come_and_go_never_pass(seconds: int) -> None:
    """Neither do answers that are good and bad in turn while the pods stay ready."""
    stage = Deploying(env(StrategyKind.ROLLING))
    stage.checks.answer = lambda check, image, now: (
        (Verdict.PASS, "200") if int(now // seconds) % 2 else (Verdict.FAIL, "503")
    )
    assert asyncio.run(stage.deploy()).action.act is not Act.GO_ON


def test_a_bad_sample_now_and_then_condemns_nobody() -> None:
    """Noise delays, and no more."""
    stage = Deploying(env(StrategyKind.ROLLING))
    stage.checks.answer = lambda check, image, now: (
        (Verdict.FAIL, "503") if int(now) % 60 < 4 else (Verdict.PASS, "200")
    )
    assert asyncio.run(stage.deploy()).action.act is Act.GO_ON


def test_a_metric_above_its_limit_is_gone_back_from() -> None:
    """A version that answers well and fails in what it does is a bad one."""
    rule = HealthRule(metrics=(METRIC,), interval_seconds=5, start_seconds=10)
    stage = Deploying(env(StrategyKind.CANARY, health=rule))
    stage.checks.answer = lambda check, image, now: (Verdict.FAIL, "0.4, allowed are 0.05")
    found = asyncio.run(stage.deploy())
    assert found.action.act is Act.ROLL_BACK
    assert "error rate failed 3 times in a row" in found.action.reason
    assert "0.4" in found.action.evidence[0]


@EVERY
@pytest.mark.parametrize("verdict", [Verdict.INCONCLUSIVE, Verdict.ERROR])
def test_no_data_asks(kind: StrategyKind, verdict: Verdict) -> None:
    """What could not be measured is neither good nor bad."""
    stage = Deploying(env(kind, health=HealthRule(metrics=(METRIC,), interval_seconds=5, start_seconds=10)))
    stage.checks.answer = lambda check, image, now: (verdict, "no data")
    found = asyncio.run(stage.deploy())
    assert found.action.act is Act.ASK
    assert "could not be measured" in found.action.reason


def test_checks_that_cannot_be_made_ask() -> None:
    """A broken door to the checks is no failure of the version."""
    stage = Deploying(env(StrategyKind.ROLLING))
    stage.checks.problem = Transient("the network is away")
    found = asyncio.run(stage.deploy())
    assert found.action.act is Act.ASK
    assert "the network is away" in found.action.evidence[0]
