"""Builds what a story works with out of the settings, for the server and for the command line alike."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from yantra_bot import artefacts
from yantra_bot.agent.budget import Budget
from yantra_bot.app.advisories import find_advisories
from yantra_bot.app.answers import open_kept
from yantra_bot.app.browser import browser_of
from yantra_bot.app.choosing import open_choice, tiers_of
from yantra_bot.app.codex import open_codex
from yantra_bot.app.home import Home
from yantra_bot.app.learning import ScoreInUse, open_learner
from yantra_bot.app.memory import open_memory
from yantra_bot.app.package_sources import package_index
from yantra_bot.app.score_file import find_score_model
from yantra_bot.app.semgrep import find_environment
from yantra_bot.app.web import open_web
from yantra_bot.app.within_reach import own_cache
from yantra_bot.clock import SystemClock
from yantra_bot.domain.run import Outcome
from yantra_bot.forge.git_process import Git
from yantra_bot.forge.git_process import Limits as GitLimits
from yantra_bot.forge.remotes import Mirrors
from yantra_bot.models.absent import NoModels
from yantra_bot.models.rates import parse_rates
from yantra_bot.models.sight import show_from
from yantra_bot.models.vendors import Access, Vendors
from yantra_bot.ports import Clock, ForgeFactory, RemoteFactory
from yantra_bot.retrieval.tokens import Tokenizers
from yantra_bot.runs.records import Records
from yantra_bot.runs.workshop import Limits, Workshop
from yantra_bot.sandbox.bubblewrap import PROGRAMS, probe
from yantra_bot.sandbox.contract import SandboxUnavailable
from yantra_bot.sandbox.egress_proxy import EgressProxy
from yantra_bot.sandbox.package_index import PackageIndex, find_destinations
from yantra_bot.settings import Settings
from yantra_bot.validation.security.scanner import ScannerMissing, find_scanner, place_scanner
from yantra_bot.worker.client import WorkerFactory
from yantra_bot.worker.config import Patience, WorkerConfig
from yantra_bot.worker.graphs import GraphWorkers
from yantra_bot.worker.inspecting import PastWorkers
from yantra_bot.worker.launch import find_fork_server
from yantra_bot.worker.manifests import ManifestWorkers
from yantra_bot.worker.reviews import ReviewWorkers


@dataclass(frozen=True, slots=True)
class Materials:
    """What forges and remotes are built of."""

    home: Home
    clock: Clock
    records: Records
    git: Git
    mirrors: Mirrors


def page_base(settings: Settings) -> str:
    """Return the address of the pages, without a slash at its end."""
    return settings.public_url.rstrip("/") or f"http://{settings.host}:{settings.port}"


@asynccontextmanager
async def open_materials(
    settings: Settings, *, on_outcome: Sequence[Callable[[Outcome], None]] = (), mirrors: Path | None = None
) -> AsyncIterator[Materials]:
    """Lay out the state folder and open what lives in it. `on_outcome` hears how attempts and runs end.

    `mirrors` is where repositories are mirrored, if not in the state folder.
    """
    home, clock = Home(settings.home).lay_out(), SystemClock()
    records = Records.open(home.records, on_outcome=on_outcome)
    limits = GitLimits(file_bytes=settings.max_repository_mb * 1024**2)
    git = Git(home.records.parent, limits=limits, ca_file=settings.ca_file, proxy=os.environ.get("HTTPS_PROXY"))
    try:
        yield Materials(home, clock, records, git, Mirrors(mirrors or home.mirrors, git, clock))
    finally:
        records.close()


@asynccontextmanager
async def open_workshop(
    settings: Settings, materials: Materials, *, forge: ForgeFactory, remote: RemoteFactory, pages: str = ""
) -> AsyncIterator[Workshop]:
    """Open models, workers and the way out for installations; close them in the end.

    `pages` is where runs are looked at, without a slash at its end; empty: nobody serves them, and a model is needed.
    """
    tokenizers = await _load_first(settings)
    vendors = open_vendors(settings, materials, tokenizers, is_needed=not pages)
    answers, questions = await open_kept(settings, materials.home, materials.clock) if pages else (None, None)
    memory = open_memory(settings, materials.home, materials.clock)
    learner = open_learner(settings, materials.home, materials.clock) if pages else None
    destinations = await find_destinations(index := package_index(settings))
    proxy = EgressProxy(destinations, parent=materials.home.egress) if destinations else None
    try:
        egress = await proxy.start() if proxy is not None else None
        workers = await open_workers(settings, materials, worker_config(settings, materials.home, index, egress))
        graphs = GraphWorkers(workers, materials.home.branch_graphs)
        yield Workshop(
            forge=forge,
            remote=remote,
            workspace=workers,
            clear_places=workers.sweep,
            model=vendors,
            default_model=vendors.default,
            other_models=vendors.others,
            estimate=vendors,
            blobs=materials.records.blobs,
            records=materials.records,
            clock=materials.clock,
            limits=limits_of(settings),
            page_url=lambda run_id: f"{pages}/runs/{run_id}" if pages else "",
            handle=settings.handle,
            graphs=graphs,
            reviewer=open_reviewer(settings, materials.home, workers, graphs),
            manifests=ManifestWorkers(workers),
            inspector=PastWorkers(workers, graphs),
            web=open_web(settings),
            chooser=await open_choice(settings, vendors, materials.home.vectors),
            answers=answers,
            questions=questions,
            memory=memory,
            sketching=open_codex(settings, materials.home),
            learner=learner,
        )
    finally:
        await vendors.close()
        for cache in (answers, questions):
            if cache is not None:
                cache.close()
        if memory is not None:
            await memory.close()
        if proxy is not None:
            await proxy.stop()


async def _load_first(settings: Settings) -> Tokenizers:
    """Load what nothing goes without: what is missing stops the start, not the first run."""
    find_fork_server()  # it loads what workers need while the rest is opened
    if not settings.insecure_no_sandbox:
        await asyncio.to_thread(check_sandbox)
    tokenizers = Tokenizers(artefacts.path("token-ranks"))
    tokenizers.load()
    return tokenizers


def open_vendors(
    settings: Settings, materials: Materials, tokenizers: Tokenizers, *, is_needed: bool
) -> Vendors | NoModels:
    """Return who answers; raise SettingsError where nobody does and somebody is needed."""
    access = access_of(settings)
    if not access.is_set and not is_needed:
        return NoModels()
    show = show_from(materials.records.blobs.get)
    return Vendors(access, tokenizers=tokenizers, clock=materials.clock, show=show)


def check_sandbox(programs: str = PROGRAMS) -> None:
    """Start a trial sandbox; raise SandboxUnavailable with the cure where none starts: no run would get anywhere."""
    problem = probe(programs)
    if problem is not None:
        raise SandboxUnavailable(problem)


def access_of(settings: Settings) -> Access:
    """Return who may be asked for answers."""
    return Access(
        anthropic_key=settings.anthropic_api_key.get_secret_value(),
        anthropic_url=settings.anthropic_base_url,
        openai_key=settings.openai_api_key.get_secret_value(),
        compatible_url=settings.model_base_url,
        first_byte=settings.model_first_byte_seconds,
        replay_script=settings.replay_script,
        model=settings.model,
        models=settings.models,
        fallbacks=settings.fallback_models,
        tiers=tiers_of(settings),
        rates=parse_rates(settings.model_rates),
    )


def limits_of(settings: Settings) -> Limits:
    """Return what one run may use."""
    budget = Budget(
        usd=settings.budget_usd,
        steps=settings.budget_steps,
        tokens=settings.budget_tokens,
        seconds=settings.budget_minutes * 60,
    )
    return Limits(
        budget,
        settings.max_repository_mb * 1024,
        context_tokens=settings.context_tokens,
        review_usd=settings.review_budget_usd,
        day_usd=settings.budget_usd_per_day,
        repository_day_usd=settings.repository_budget_usd_per_day,
        critique_rounds=settings.critique_rounds,
        test_rounds=settings.generated_test_rounds,
        long_suite_seconds=settings.long_suite_seconds,
        test_seconds=settings.test_timeout_seconds,
        approval_seconds=settings.plan_approval_hours * 3600,
        races=settings.model_racing,
        score_weight=settings.score_weight,
        score_routing=settings.score_routing,
    )


def worker_config(settings: Settings, home: Home, index: PackageIndex, egress: Path | None) -> WorkerConfig:
    """Return what every worker is told."""
    return WorkerConfig(
        work_folder=home.workers,
        first_account=settings.worker_accounts_from,
        cache_folder=own_cache(settings) or home.environments,
        index=index,
        egress_folder=egress,
        allowed_packages=settings.allowed_packages,
        ranks=artefacts.path("token-ranks"),
        score=find_score_model(settings),
        learns=settings.score_learning or settings.collective,
        insecure_no_sandbox=settings.insecure_no_sandbox,
        # A model may have the tests run, too.
        patience=Patience(call=Patience().call + settings.test_timeout_seconds),
    )


async def open_workers(settings: Settings, materials: Materials, config: WorkerConfig) -> WorkerFactory:
    """Return what starts workers, ready to do so at once."""
    workers = WorkerFactory(
        config,
        materials.records.blobs,
        find_browser=lambda: browser_of(settings, materials.home),
        find_score=ScoreInUse(settings, materials.home),
    )
    await workers.get_ready()
    return workers


def open_reviewer(settings: Settings, home: Home, workers: WorkerFactory, graphs: GraphWorkers) -> ReviewWorkers:
    """Return what has changes reviewed, by workers that start from the stored graphs."""
    return ReviewWorkers(
        workers,
        graphs,
        find_scanner=lambda: scanner_of(settings, home),
        advisories=find_advisories(settings, own_cache(settings) or home.environments),
    )


def scanner_of(settings: Settings, home: Home) -> Path | None:
    """Return where semgrep's engine is for a worker's sandbox, copied there if need be; None where there is none."""
    cache = own_cache(settings) or home.environments
    try:
        found = find_scanner(find_environment(settings))
        return place_scanner(found, cache, is_for_other_user=os.geteuid() == 0).folder
    except (ScannerMissing, OSError) as problem:
        structlog.get_logger().warning("reviews without security rules", problem=str(problem))
        return None
