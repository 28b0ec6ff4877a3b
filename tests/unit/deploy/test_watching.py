"""Watching a stage: each way in which a roll-out ends, for rolling, canary and blue-green."""

import asyncio

import pytest

from tests.fakes.rollout_world import Look, RolloutWorld
from tests.fakes.rollouts import (
    METRIC,
    NEW,
    OLD,
    AnsweredChecks,
    Deploying,
    aged,
    bad,
    deployment,
    environment,
    service,
)
from yantra_bot.domain.environment import HealthRule, HttpCheck, Strategy, StrategyKind
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.rollout import Act, Stage
from yantra_bot.errors import Permanent, Transient

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


@pytest.mark.case("H14")
@pytest.mark.parametrize("part", ["image", "strategy", "mark", "deleted"])
def test_a_change_by_others_is_left(part: str) -> None:
    """Nothing of somebody else's is overwritten."""

    def change(world: RolloutWorld) -> None:
        changed = world.spec_of("shop")
        if part == "image":
            changed["spec"]["template"]["spec"]["containers"][0]["image"] = "shop@sha256:hotfix"
        elif part == "strategy":
            changed["spec"]["minReadySeconds"] = 5
        else:
            changed["metadata"]["annotations"]["yantra.dev/run"] = "run-2"
        if part == "deleted":
            del world.deployments["shop"]
        else:
            world.change("shop", changed)

    stage = Deploying(env(StrategyKind.ROLLING))

    async def play():
        async with asyncio.TaskGroup() as group:
            deploying = group.create_task(stage.deploy())
            while stage.reached < 0 or not stage.news:
                await asyncio.sleep(0)
            change(stage.world)
        return deploying.result()

    found = asyncio.run(play())
    assert found.action.act is Act.LEAVE
    assert "omebody else" in found.action.reason


@pytest.mark.case("H14")
def test_a_change_right_after_ours_is_seen_by_its_images() -> None:
    """Also what came before the first look is nobody's success."""

    def change(world: RolloutWorld) -> None:
        changed = world.spec_of("shop")
        changed["spec"]["template"]["spec"]["containers"][0]["image"] = "shop@sha256:hotfix"
        world.change("shop", changed)

    found = asyncio.run(Deploying(env(StrategyKind.ROLLING), after_changes=change).deploy())
    assert found.action.act is Act.LEAVE
    assert "sha256:hotfix" in found.action.reason


@pytest.mark.case("H17")
def test_an_autoscaler_is_no_stranger() -> None:
    """Another number of replicas is waited for, not fought."""

    def scale(world: RolloutWorld) -> None:
        changed = world.spec_of("shop")
        changed["spec"]["replicas"] = 5
        world.change("shop", changed)

    found = asyncio.run(Deploying(env(StrategyKind.ROLLING), after_changes=scale).deploy())
    assert found.action.act is Act.GO_ON
    assert found.workloads[0].available == 5


@pytest.mark.case("H17")
@pytest.mark.parametrize(("spec", "said"), [({"paused": True}, "paused"), ({"replicas": 0}, "scaled to 0")])
def test_what_runs_nothing_asks(spec: dict[str, object], said: str) -> None:
    """A paused Deployment and one without replicas prove nothing."""
    found = asyncio.run(Deploying(env(StrategyKind.ROLLING), manifests=(deployment(NEW, **spec), service())).deploy())
    assert found.action.act is Act.ASK
    assert said in found.action.reason


@pytest.mark.case("H16")
def test_a_status_of_the_version_before_is_no_success() -> None:
    """Until the controller has looked at the change, its words are about another."""
    stage = Deploying(env(StrategyKind.ROLLING), fate=bad(CRASHES))
    stage.world.lag = 60
    found = asyncio.run(stage.deploy())
    assert found.action.act is Act.ROLL_BACK
    assert "The cluster has not looked at the change yet." in stage.news


@pytest.mark.case("H18")
@pytest.mark.parametrize("problem", [Transient("429"), Permanent("401: the token was rotated")])
def test_a_cluster_that_cannot_be_read_is_no_success(problem: Exception) -> None:
    """Short gaps are waited out; long ones ask."""
    stage = Deploying(env(StrategyKind.ROLLING))
    stage.after_changes = lambda world: setattr(world, "fail_at", lambda now: problem)
    found = asyncio.run(stage.deploy())
    assert found.action.act is Act.ASK
    assert str(problem) in found.action.evidence[0]

    short = Deploying(env(StrategyKind.ROLLING))
    short.after_changes = lambda world: setattr(world, "fail_at", lambda now: problem if now % 10 < 3 else None)
    assert asyncio.run(short.deploy()).action.act is Act.GO_ON


def test_restarts_after_it_was_whole_condemn() -> None:
    """A leak that ends containers again and again is seen even where they come back at once."""
    leak = aged({0: Look(), 20: Look(restarts=1), 30: Look(restarts=2)})
    stage = Deploying(environment(strategy=Strategy(hold_seconds=60)), fate=leak)
    found = asyncio.run(stage.deploy())
    assert found.action.act is Act.ROLL_BACK
    assert "restarted" in found.action.reason


def test_an_image_that_cannot_be_had_just_now_is_waited_for() -> None:
    """A registry that is away for a moment condemns nobody; one that stays away does."""
    away = Look(False, 0, "ImagePullBackOff", "Back-off pulling image")
    passing = Deploying(env(StrategyKind.ROLLING), fate=aged({0: away, 6: Look()}))
    assert asyncio.run(passing.deploy()).action.act is Act.GO_ON
    lasting = Deploying(env(StrategyKind.ROLLING), fate=bad(away))
    assert asyncio.run(lasting.deploy()).action.act is Act.ROLL_BACK


def test_the_last_lines_of_what_fails_are_quoted_without_secrets() -> None:
    """Who reads of the failure sees why, and nothing that may not be seen."""
    stage = Deploying(env(StrategyKind.ROLLING), fate=bad(CRASHES))
    stage.after_changes = lambda world: world.logs.update({"shop-4": "boom\nkey ghp_" + "a1B2" * 9})
    stage.world.logs = {f"shop-{number:x}": "boom\nkey ghp_" + "a1B2" * 9 for number in range(40)}
    found = asyncio.run(stage.deploy())
    assert found.log[0] == "boom"
    assert "ghp_a1B2a1B2" not in found.log[1]


def test_a_person_promotes_where_the_strategy_says_so() -> None:
    """A step that is well holds still until somebody says go on."""
    paused = environment(strategy=Strategy(StrategyKind.CANARY, (30,), hold_seconds=0, is_paused_between=True))
    found = asyncio.run(Deploying(paused).deploy())
    assert found.action.act is Act.ASK
    assert found.action.reason.startswith("Every check was good")


def test_watching_can_be_cancelled_at_any_moment() -> None:
    """Nothing of it is left behind, also where an answer is awaited."""
    stage = Deploying(env(StrategyKind.ROLLING))
    waiting = asyncio.Event()

    class Never(AnsweredChecks):
        async def sample(self, *_: object, **__: object):
            waiting.set()
            await asyncio.Event().wait()

    stage.checks = Never(stage.clock)

    async def play() -> int:
        task = asyncio.ensure_future(stage.deploy())
        await waiting.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return len(asyncio.all_tasks())

    assert asyncio.run(play()) == 1


def test_a_stage_that_watches_nothing_goes_on() -> None:
    """Cleaning up has nothing to wait for."""
    stage = Deploying(env(StrategyKind.ROLLING))
    assert asyncio.run(stage.follow(Stage("clean", (), ()))).action.act is Act.GO_ON


def test_the_way_back_leaves_out_metrics_that_still_count_the_bad_version() -> None:
    """What is known to be good is believed by what its pods say now."""
    rule = HealthRule(http=(HttpCheck(),), metrics=(METRIC,), interval_seconds=5, start_seconds=10)
    stage = Deploying(env(StrategyKind.ROLLING, health=rule))
    stage.checks.answer = lambda check, image, now: (
        (Verdict.FAIL, "0.4") if check == "error rate" else (Verdict.PASS, "200")
    )
    assert asyncio.run(stage.deploy()).action.act is Act.ROLL_BACK
    began = stage.clock.now()
    assert asyncio.run(stage.go_back()).action.act is Act.GO_ON
    assert stage.clock.now() - began < 10
    assert stage.ended[-1].workloads[0].new.images == (OLD,)
