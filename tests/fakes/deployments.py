"""Deployments as they are told at several moments, for tests of what is shown."""

from dataclasses import replace

from yantra_bot.domain.commands import Command, Options, Verb
from yantra_bot.domain.deploying import Asked, Asking, Deployment, Difference, ShownStage, StageState
from yantra_bot.domain.environment import Release
from yantra_bot.domain.repository import Actor, Repository
from yantra_bot.domain.run import Ending, Order, Phase

COMMIT, DIGEST = "c0ffee" + "0" * 34, "sha256:" + "ab" * 32
RELEASE = Release(COMMIT, "registry.test/acme/shop", DIGEST, "main")
ORDER = Order(
    "f" * 24,
    Repository(7, "acme", "shop"),
    3,
    12,
    Command(Verb.DEPLOY, "production"),
    Actor(5, "ann", is_bot=False),
    99,
    1_700_000_000.0,
)
HOSTILE = "@everyone <img src=x> ![x](http://evil.test) <!channel> <@U1> #1"


def a_deployment() -> Deployment:
    """Return one that is being rolled out."""
    return Deployment(
        ORDER,
        service="shop",
        environment="production",
        page_url="https://bot.test/runs/1",
        handle="yantra",
        release=RELEASE,
        title="Sell more",
        before="0ld0ld0ld0ld",
        differences=(
            Difference("Deployment web", ("spec.replicas: 2 → 3",)),
            Difference("Service web"),
            Difference("ConfigMap web", ("data.a: 1",), is_new=True),
        ),
        stages=(ShownStage("canary 10 %", StageState.WELL, "3 good samples"), ShownStage("all", StageState.RUNS)),
        now="2 of 3 new pods are ready.",
        details=("web: 2 of 3 new pods ready",),
        approved_by=("bob",),
    )


def waiting() -> Deployment:
    """Return one that waits for its approval."""
    asking = Asking(Asked.APPROVAL, "The rules of production ask for it.", 1_700_003_600.0, people=("bob",))
    return replace(a_deployment(), stages=(), now="", details=(), asking=asking)


def holding() -> Deployment:
    """Return one that holds still."""
    return replace(a_deployment(), asking=Asking(Asked.GO_ON, "Nothing could be measured.", 1_700_003_600.0))


def rolled_back() -> Deployment:
    """Return one that went back."""
    return replace(
        a_deployment(),
        ending=Ending(Phase.ROLLED_BACK, "web does not start: CrashLoopBackOff. The version before serves again."),
        evidence=("pod web-1: CrashLoopBackOff",),
        log=("Traceback", "boom"),
        aftermath=("c0ffee000000 is blocked in production.",),
    )


def dry_run() -> Deployment:
    """Return one that only said what it would do."""
    order = replace(ORDER, command=Command(Verb.DEPLOY, "production", Options(dry_run=True)))
    return replace(a_deployment(), order=order, stages=(), ending=Ending(Phase.COMPLETE, "Nothing was changed."))
