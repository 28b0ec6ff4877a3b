"""Watching a stage beside others: strangers and autoscalers, lagging and unreadable clusters, people, cancelling."""

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

CRASHES = Look(False, 2, "CrashLoopBackOff", "back-off 10s restarting failed container")


def env(kind: StrategyKind, **more: object):
    return environment(strategy=Strategy(kind=kind, steps=(30, 60), hold_seconds=10), **more)


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


def test_a_persons_word_ends_no_watch_of_what_is_not_whole() -> None:
    """It ends one of what is whole and not measured yet, as a question that the word answers."""
    where = env(StrategyKind.ROLLING)
    stage = Deploying(where, fate=bad(CRASHES), is_promoted=lambda: True)
    assert asyncio.run(stage.deploy()).action.act is Act.ROLL_BACK
    stage = Deploying(where, manifests=(deployment(NEW, paused=True), service()), is_promoted=lambda: True)
    found = asyncio.run(stage.deploy()).action
    assert (found.act, found.is_promotable) == (Act.ASK, False)
    stage = Deploying(where, answer=lambda *asked: (Verdict.INCONCLUSIVE, ""), is_promoted=lambda: True)
    found = asyncio.run(stage.deploy()).action
    assert (found.act, found.is_promotable) == (Act.ASK, True)
    assert stage.ended[-1].workloads[0].is_whole


def test_what_cannot_be_shown_is_watched_on() -> None:
    """Whatever showing it raises, each time: the version is judged all the same."""
    stage = Deploying(env(StrategyKind.ROLLING))

    class Broken(list[str]):
        asked = 0

        def append(self, said: str) -> None:
            self.asked += 1
            raise RuntimeError(said)

    stage.news = Broken()
    assert asyncio.run(stage.deploy()).action.act is Act.GO_ON
    assert stage.news.asked > 1


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
