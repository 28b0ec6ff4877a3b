"""Stages of strategies: what each changes, and what goes back."""

import asyncio

import pytest

from tests.fakes.rollout_world import Look
from tests.fakes.rollouts import NEW, OLD, Deploying, bad, deployment, environment, service
from yantra_bot.deploy.objects import name_of
from yantra_bot.deploy.strategies import dead_ends, remember, stages, undo
from yantra_bot.domain.environment import Environment, Strategy, StrategyKind
from yantra_bot.domain.rollout import Act, Apply, Before, Change, Manifest, Remove, Restore, Route, Scale
from yantra_bot.errors import UserError

CONFIG = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "shop"}, "data": {"a": "2"}}
SCALER = {
    "apiVersion": "autoscaling/v2",
    "kind": "HorizontalPodAutoscaler",
    "metadata": {"name": "shop"},
    "spec": {"scaleTargetRef": {"kind": "Deployment", "name": "shop"}, "minReplicas": 2, "maxReplicas": 9},
}


def env(kind: StrategyKind, *steps: int, **more: object) -> Environment:
    return environment(strategy=Strategy(kind, steps or (10, 50), hold_seconds=7), **more)


def before_of(where: Environment, manifests: tuple[Manifest, ...], was: tuple[Manifest, ...]) -> Before:
    """Return what is remembered of a namespace in which `was` serves."""
    play = Deploying(where, manifests=manifests, was=was)

    async def read() -> Before:
        for one in was:
            await play.world.apply(one, mark="run-0")
        await play.clock.sleep(10)
        await play.world.read("Deployment", "shop")
        return await remember(play.world, where, manifests, at=1.0)

    return asyncio.run(read())


def told(changes: tuple[Change, ...]) -> list[str]:
    """Return changes in a few words."""
    found = []
    for one in changes:
        match one:
            case Apply(manifest):
                replicas = manifest.get("spec", {}).get("replicas")
                found.append(f"apply {manifest['kind']} {name_of(manifest)}" + (f" x{replicas}" if replicas else ""))
            case Scale(name, replicas):
                found.append(f"scale {name} x{replicas}")
            case Route(name, selector):
                found.append(f"route {name} to {selector.get('yantra.dev/colour') or selector}")
            case Restore(name, version):
                found.append(f"restore {name} {version}")
            case Remove(kind, name):
                found.append(f"remove {kind} {name}")
    return found


def test_a_rolling_deployment_is_one_stage_in_the_order_of_need() -> None:
    """Configuration first, then pods, then what scales them; undone by the version before and objects as they were."""
    manifests = (SCALER, deployment(NEW), CONFIG, service())
    was = (deployment(OLD), {**CONFIG, "data": {"a": "1"}}, service())
    where = env(StrategyKind.ROLLING)
    before = before_of(where, manifests, was)
    (only,) = stages(where, manifests, before)
    assert told(only.changes) == [
        "apply ConfigMap shop",
        "apply Service shop",
        "apply Deployment shop x3",
        "apply HorizontalPodAutoscaler shop",
    ]
    assert (only.watched, only.hold_seconds) == (("shop",), 7)
    (back,) = undo(where, manifests, before, 0)
    assert back.is_undo
    assert told(back.changes) == [
        "remove HorizontalPodAutoscaler shop",
        "apply ConfigMap shop",
        "apply Service shop",
        "restore shop shop-1",
    ]
    config = next(one.manifest for one in back.changes if isinstance(one, Apply))
    assert config["data"] == {"a": "1"}
    assert undo(where, manifests, before, -1) == ()


def test_a_number_of_replicas_that_was_changed_goes_back_too() -> None:
    """The version before gets its own number again."""
    where = env(StrategyKind.ROLLING)
    before = before_of(where, (deployment(NEW, replicas=8),), (deployment(OLD),))
    (back,) = undo(where, (deployment(NEW, replicas=8),), before, 0)
    assert told(back.changes) == ["restore shop shop-1", "scale shop x3"]


@pytest.mark.case("H17")
def test_an_autoscalers_number_is_kept() -> None:
    """What an autoscaler set is applied as it is, and not scaled back."""
    where, manifests = env(StrategyKind.ROLLING), (deployment(NEW, replicas=2), SCALER)
    before = before_of(where, manifests, (deployment(OLD, replicas=6), SCALER))
    assert before.autoscaled == ("shop",)
    (only,) = stages(where, manifests, before)
    assert "apply Deployment shop x6" in told(only.changes)
    (back,) = undo(where, manifests, before, 0)
    assert not [one for one in back.changes if isinstance(one, Scale)]


def test_a_canary_takes_no_old_pods_before_the_new_ones_were_watched() -> None:
    """New pods, then fewer old ones, step by step, then everything, then the canary goes."""
    where, manifests = env(StrategyKind.CANARY, 10, 50), (deployment(NEW, replicas=10), service())
    before = before_of(where, manifests, (deployment(OLD, replicas=10), service()))
    found = stages(where, manifests, before)
    assert [(one.name, told(one.changes), one.watched, one.hold_seconds) for one in found] == [
        ("canary 10 %: new pods", ["apply Service shop", "apply Deployment shop-canary x1"], ("shop-canary",), 0),
        ("canary 10 %", ["scale shop x9"], ("shop-canary",), 7),
        ("canary 50 %: new pods", ["scale shop-canary x5"], ("shop-canary",), 0),
        ("canary 50 %", ["scale shop x5"], ("shop-canary",), 7),
        ("everything", ["apply Deployment shop x10"], ("shop",), 7),
        ("canary removed", ["remove Deployment shop-canary"], (), 0),
    ]
    assert [one.is_shared for one in found] == [True, True, True, True, False, False]
    canary = found[0].changes[1]
    assert isinstance(canary, Apply)
    assert canary.manifest["spec"]["selector"]["matchLabels"] == {"app": "shop", "yantra.dev/track": "canary"}
    (first,) = undo(where, manifests, before, 0)
    assert told(first.changes) == ["remove Deployment shop-canary", "apply Service shop"]
    (early,) = undo(where, manifests, before, 3)
    assert told(early.changes) == ["remove Deployment shop-canary", "apply Service shop", "scale shop x10"]
    (late,) = undo(where, manifests, before, 4)
    assert told(late.changes)[0] == "remove Deployment shop-canary"
    assert told(late.changes)[-2:] == ["restore shop shop-1", "scale shop x10"]


def test_a_canary_beside_an_autoscaler_comes_on_top() -> None:
    """Nobody fights over the number of the old pods; the share is of all pods."""
    where, manifests = env(StrategyKind.CANARY, 20), (deployment(NEW), SCALER)
    before = before_of(where, manifests, (deployment(OLD, replicas=8), SCALER))
    first, everything, _ = stages(where, manifests, before)
    assert told(first.changes) == ["apply Deployment shop-canary x2"]
    assert "apply Deployment shop x8" in told(everything.changes)


@pytest.mark.parametrize("replicas", [1, 2])
def test_few_replicas_make_few_steps(replicas: int) -> None:
    """Steps that would change nothing are left out, and one old pod always stays."""
    where, manifests = env(StrategyKind.CANARY, 10, 25, 50), (deployment(NEW, replicas=replicas),)
    found = stages(where, manifests, before_of(where, manifests, (deployment(OLD, replicas=replicas),)))
    assert sum("canary" in one.name for one in found if "removed" not in one.name) == replicas
    assert not [one for stage in found for one in stage.changes if isinstance(one, Scale) and one.replicas < 1]


def test_a_first_deployment_has_no_canary() -> None:
    """There is nothing beside which it would say anything."""
    (only,) = stages(env(StrategyKind.CANARY), (deployment(NEW), service()), Before())
    assert only.name == "first deployment"


def test_blue_green_pins_what_has_no_colour_before_the_new_pods_start() -> None:
    """Used first on a plain Deployment, the new pods get no traffic before the switch."""
    where, manifests = env(StrategyKind.BLUE_GREEN), (deployment(NEW), service(), SCALER)
    before = before_of(where, manifests, (deployment(OLD), service()))
    beside, switch, down = stages(where, manifests, before)
    assert told(beside.changes) == [
        "route shop to {'app': 'shop', 'pod-template-hash': 'shop-1'}",
        "apply Service shop",
        "apply Deployment shop-blue x3",
    ]
    kept = beside.changes[1]
    assert isinstance(kept, Apply)
    assert kept.manifest["spec"]["selector"] == {"app": "shop", "pod-template-hash": "shop-1"}
    assert told(switch.changes) == ["route shop to blue", "apply HorizontalPodAutoscaler shop"]
    scaler = switch.changes[1]
    assert isinstance(scaler, Apply)
    assert scaler.manifest["spec"]["scaleTargetRef"]["name"] == "shop-blue"
    assert told(down.changes) == ["scale shop x0"]
    (early,) = undo(where, manifests, before, 0)
    assert early.watched == ("shop",)
    assert told(early.changes)[-1] == "remove Deployment shop-blue"
    up, back = undo(where, manifests, before, 2)
    assert told(up.changes) == ["scale shop x3"]
    assert told(back.changes)[0] == "route shop to {'app': 'shop'}"


def test_colours_take_turns() -> None:
    """What does not serve is the next one's; the other stays to be gone back to."""
    where = env(StrategyKind.BLUE_GREEN)
    play = Deploying(where, manifests=(deployment(NEW), service()))
    asyncio.run(play.deploy())
    again = (deployment("shop@sha256:newer"), service())
    before = asyncio.run(remember(play.world, where, again, at=2.0))
    beside, switch, down = stages(where, again, before)
    assert told(beside.changes) == ["apply Service shop", "apply Deployment shop-green x3"]
    assert told(switch.changes) == ["route shop to green"]
    assert told(down.changes) == ["scale shop-blue x0"]


def test_blue_green_needs_a_service_to_switch() -> None:
    """Without one it is refused with the cure."""
    with pytest.raises(UserError, match="Add a Service"):
        stages(env(StrategyKind.BLUE_GREEN), (deployment(NEW),), Before())


def test_what_no_service_chooses_rolls_when_the_others_are_switched() -> None:
    """A worker beside a web server is no reason to refuse."""
    where = env(StrategyKind.BLUE_GREEN)
    manifests = (deployment(NEW), service(), deployment(NEW, name="worker"))
    before = before_of(where, manifests, (deployment(OLD), service(), deployment(OLD, name="worker")))
    _, switch, _ = stages(where, manifests, before)
    assert "apply Deployment worker x3" in told(switch.changes)
    assert switch.watched == ("shop-blue", "worker")


@pytest.mark.case("H12")
@pytest.mark.parametrize("kind", list(StrategyKind))
@pytest.mark.parametrize("zeroes", [False, True])
def test_a_first_deployment_has_nothing_to_go_back_to(kind: StrategyKind, zeroes: bool) -> None:
    """It is said, and the pods are taken away only where the environment wants it."""
    where, manifests = env(kind, zeroes_first=zeroes), (deployment(NEW), service())
    assert dead_ends(where, manifests, Before()) == (
        "shop has no earlier version in the cluster that could serve again.",
    )
    back = undo(where, manifests, Before(), 0)
    scaled = [one.replicas for stage in back for one in stage.changes if isinstance(one, Scale)]
    assert scaled == ([0] if zeroes else [])
    assert bool(back) is zeroes


@pytest.mark.case("H12")
def test_a_deployment_that_keeps_no_history_is_refused() -> None:
    """Before anything changes, with the cure."""
    with pytest.raises(UserError, match="revisionHistoryLimit"):
        stages(env(StrategyKind.ROLLING), (deployment(NEW, revisionHistoryLimit=0),), Before())
    with pytest.raises(UserError, match="no Deployment"):
        stages(env(StrategyKind.ROLLING), (service(),), Before())


@pytest.mark.parametrize("kind", list(StrategyKind))
def test_a_first_deployment_that_fails_ends_at_zero(kind: StrategyKind) -> None:
    """Scaling to zero is watched like any other way back."""
    play = Deploying(env(kind, zeroes_first=True), fate=bad(Look(False, 2, "CrashLoopBackOff", "")), was=(service(),))
    assert asyncio.run(play.deploy()).action.act is Act.ROLL_BACK
    assert asyncio.run(play.go_back()).action.act is Act.GO_ON
    assert not play.ended[-1].workloads[0].existing
