"""The control process: turns what the inbox holds into runs. Holds the keys; never touches a repository's bytes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from typing import Any

import structlog
from prometheus_client import REGISTRY, CollectorRegistry

from yantra_bot.app.abandoned import tell_abandoned
from yantra_bot.app.alive import beat, run_until
from yantra_bot.app.collective import sharing
from yantra_bot.app.control_part import ControlPart
from yantra_bot.app.learning import learning
from yantra_bot.app.logs import log_outcome
from yantra_bot.app.metrics import GraphMetrics, RunMetrics
from yantra_bot.app.run_page import RunPage
from yantra_bot.app.shipping import open_shipping
from yantra_bot.app.slack import SlackSide, connect_slack, open_slack
from yantra_bot.app.stories import register_stories
from yantra_bot.app.sweeping import sweeping
from yantra_bot.app.teaching import open_teaching
from yantra_bot.app.watching import connect_watching
from yantra_bot.app.workshop import Materials, open_materials, open_workshop, page_base
from yantra_bot.domain.repository import Actor, Repository
from yantra_bot.domain.tiers import Tier
from yantra_bot.forge.app_auth import AppClaims
from yantra_bot.forge.github import GitHub
from yantra_bot.forge.remotes import GitHubRemotes
from yantra_bot.forge.transport import HttpTransport
from yantra_bot.ports import Inbox
from yantra_bot.runs.approvals import Approvals, HeedThumb, Pace
from yantra_bot.runs.cancels import heed_cancels
from yantra_bot.runs.deploying.kit import ShippingKit
from yantra_bot.runs.dispatcher import Dispatcher
from yantra_bot.runs.engine import Engine
from yantra_bot.runs.follow_ups import FollowUpLimits, FollowUps
from yantra_bot.runs.freshness import Freshness
from yantra_bot.runs.orders import Orders, new_run_id
from yantra_bot.runs.resuming import heed_resumes
from yantra_bot.runs.steps import Probe
from yantra_bot.runs.teaching import Teaching
from yantra_bot.runs.workshop import Workshop
from yantra_bot.settings import Settings
from yantra_bot.webhooks.inbox import open_inbox
from yantra_bot.webhooks.policy import Rules

ENGINE_VERSION = "5"
"""Version of the stories. It is raised by hand when a run of the older stories could not be continued."""

_log = structlog.get_logger()


def engine_url(settings: Settings, materials: Materials) -> str:
    """Return the durable engine's database: the operator's, else a file in the state folder."""
    return settings.database_url or f"sqlite:///{materials.home.engine}"


@asynccontextmanager
async def open_engine(
    settings: Settings,
    materials: Materials,
    workshop: Workshop,
    *,
    kit: ShippingKit | None = None,
    probe: Probe | None = None,
) -> AsyncIterator[Engine]:
    """Launch the engine with every story; put its runs aside in the end. `probe` watches every step.

    `kit` is what deployments need; None: there are none.
    """
    engine = Engine(
        database_url=engine_url(settings, materials),
        records=materials.records,
        clock=materials.clock,
        version=ENGINE_VERSION,
        concurrency=settings.concurrent_runs,
        per_repository=settings.runs_per_repository,
        polling_seconds=settings.polling_seconds,
        on_abandoned=lambda order, reason: tell_abandoned(
            workshop, order, reason, chat=kit.chat if kit else None, alert=kit.alert_channel if kit else ""
        ),
        probe=probe,
    )
    register_stories(engine, settings, workshop, kit)
    await engine.launch()
    try:
        yield engine
    finally:
        await engine.close()


async def run_control(
    part: ControlPart, stop: asyncio.Event, *, registry: CollectorRegistry = REGISTRY, probe: Probe | None = None
) -> None:
    """Work until `stop` is set; runs that are in flight then go on at the next start."""
    settings = part.settings()
    page = RunPage(registry)
    hearers = (RunMetrics(registry).hear, page.hear, log_outcome)
    async with open_materials(settings, on_outcome=hearers) as materials:
        transport = HttpTransport(ca_file=settings.ca_file)
        downloads = HttpTransport(ca_file=settings.ca_file, only_public=True)
        claims = AppClaims(settings.github_app_id, settings.github_app_key, materials.clock)
        github = GitHub(transport, materials.clock, base_url=settings.github_url, identity=claims, downloads=downloads)
        remotes = GitHubRemotes(
            github, materials.mirrors, materials.records.blobs, materials.clock, base_url=settings.github_git_url
        )
        try:
            async with (
                open_slack(settings, materials) as slack,
                open_workshop(settings, materials, forge=github, remote=remotes, pages=page_base(settings)) as workshop,
                open_engine(
                    settings,
                    materials,
                    workshop,
                    kit=open_shipping(settings, workshop, slack.talk if slack else None),
                    probe=probe,
                ) as engine,
            ):
                await _work(settings, materials, workshop, engine, github, slack, stop, registry, page)
        finally:
            await transport.close()
            await downloads.close()


async def _work(
    settings: Settings,
    materials: Materials,
    workshop: Workshop,
    engine: Engine,
    github: GitHub,
    slack: SlackSide | None,
    stop: asyncio.Event,
    registry: CollectorRegistry,
    page: RunPage,
) -> None:
    inbox = await open_inbox(materials.home.inbox, clock=materials.clock)
    teaching, telling = open_teaching(settings, workshop)
    orders = open_orders(settings, workshop, engine, materials.home.run_key(), teaching)
    freshness = open_freshness(workshop, registry)
    follow_ups = open_follow_ups(settings, workshop, engine, materials.home.run_key())
    dispatcher = open_dispatcher(settings, workshop, orders, freshness, follow_ups, me=github.me, inbox=inbox)
    hearing = connect_slack(
        slack,
        settings,
        workshop,
        dispatcher=dispatcher,
        orders=orders,
        directory=lambda: github.directory,
        inbox=inbox,
        models=model_names(workshop, settings),
    )
    _log.info("control at work", version=version("yantra-bot"), model=workshop.default_model)
    cancels = heed_cancels(materials.records, engine.stop, materials.clock)
    approvals = open_approvals(settings, workshop, engine, dispatcher.heed_thumb).run()
    resumes = heed_resumes(materials.records, engine, materials.clock)
    alive, counting = beat(materials.home.heartbeat), page.watch(materials.records, materials.clock)
    parts = [dispatcher.run(), freshness.run(), follow_ups.run(), approvals, cancels, resumes, alive, counting]
    new_id, talk = partial(new_run_id, materials.home.run_key()), slack.talk if slack else None
    watch = partial(connect_watching, talk=talk, new_run_id=new_id, registry=registry)
    watching = watch(settings, workshop, engine, github, dispatcher)
    left_over = sweeping(
        settings,
        materials,
        workshop,
        engine,
        github,
        inbox,
        rules=rules_of(settings),
        abandon=partial(tell_abandoned, workshop, chat=talk, alert=settings.slack_alert_channel),
    )
    try:
        await run_until(stop, [*parts, *telling, *hearing, *watching, *left_over, *learning_of(settings, materials)])
    finally:
        await inbox.aclose()


def learning_of(settings: Settings, materials: Materials) -> list[Coroutine[Any, Any, None]]:
    """Return what shares and what learns for as long as control runs, where either is on."""
    told = settings, materials.home, materials.clock
    return [*sharing(*told), *learning(*told)]


def open_orders(settings: Settings, workshop: Workshop, engine: Engine, run_key: bytes, teaching: Teaching) -> Orders:
    """Return what carries commands out."""
    return Orders(
        engine=engine,
        records=workshop.records,
        clock=workshop.clock,
        run_key=run_key,
        handle=settings.handle,
        models=model_names(workshop, settings),
        page_url=workshop.page_url,
        teaching=teaching,
        has_clusters=bool(settings.clusters),
    )


def open_dispatcher(
    settings: Settings,
    workshop: Workshop,
    orders: Orders,
    freshness: Freshness,
    follow_ups: FollowUps,
    *,
    me: Callable[[Repository, int], Awaitable[Actor]],
    inbox: Inbox,
) -> Dispatcher:
    """Return what turns the inbox into runs."""
    return Dispatcher(
        inbox=inbox,
        orders=orders,
        records=workshop.records,
        forge=workshop.forge,
        me=me,
        rules=rules_of(settings),
        models=model_names(workshop, settings),
        clock=workshop.clock,
        polling_seconds=settings.polling_seconds,
        refresh=lambda repository, installation_id: heed_push(workshop, freshness, repository, installation_id),
        heed_check=follow_ups.heed_check,
        heed_review=follow_ups.heed_review,
    )


def heed_push(workshop: Workshop, freshness: Freshness, repository: Repository, installation_id: int) -> None:
    """Have the graph made fresh, and drop the kept answers to questions about what the branch was."""
    if workshop.questions is not None:
        workshop.questions.forget(repository.id)
    freshness.ask(repository, installation_id)


def model_names(workshop: Workshop, settings: Settings) -> tuple[str, ...]:
    """Return what `--model` may name: the usual model, the operator's others, and the tiers."""
    names = (workshop.default_model, *settings.models, *(Tier if workshop.default_model else ()))
    return tuple(str(name) for name in dict.fromkeys(names) if name)


def open_freshness(workshop: Workshop, registry: CollectorRegistry) -> Freshness:
    """Return what keeps the graphs of default branches fresh."""
    graphs = workshop.graphs
    assert graphs is not None, "the server's workshop has them"  # noqa: S101 (narrows a type)
    return Freshness(
        records=workshop.records,
        forge=workshop.forge,
        remote=workshop.remote,
        graphs=graphs,
        clock=workshop.clock,
        max_repository_kb=workshop.limits.max_repository_kb,
        on_result=GraphMetrics(registry).hear,
    )


def open_follow_ups(settings: Settings, workshop: Workshop, engine: Engine, run_key: bytes) -> FollowUps:
    """Return what begins follow-ups."""
    quiet = settings.follow_up_quiet_seconds
    return FollowUps(
        engine=engine,
        records=workshop.records,
        forge=workshop.forge,
        clock=workshop.clock,
        new_run_id=lambda content_key: new_run_id(run_key, content_key),
        handle=settings.handle,
        limits=FollowUpLimits(quiet=quiet, longest=20 * quiet),
    )


def open_approvals(settings: Settings, workshop: Workshop, engine: Engine, heed_thumb: HeedThumb) -> Approvals:
    """Return what looks after plans and proposals that wait for a person."""
    return Approvals(
        records=workshop.records,
        forge=workshop.forge,
        wake=engine.wake,
        heed_thumb=heed_thumb,
        clock=workshop.clock,
        pace=Pace(often=settings.plan_reaction_seconds),
    )


def rules_of(settings: Settings) -> Rules:
    """Return who may give orders. The bot's own number is asked of the forge when a listed bot speaks."""
    rules = Rules(bot_id=0, handle=settings.handle, label=settings.handle, repositories=settings.repositories)
    return replace(
        rules,
        allowed_bots=frozenset(settings.allowed_bots),
        runs_per_person_a_day=settings.runs_per_person_a_day,
        reviews=settings.review_pull_requests,
        app=settings.github_app_id,
        follows_checks=settings.follow_up_checks,
        follows_reviews=settings.follow_up_reviews,
    )
