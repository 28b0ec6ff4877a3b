"""Opens what watches production, out of the operator's settings. A part of the composition root."""

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlsplit

from prometheus_client import REGISTRY, CollectorRegistry

from yantra_bot.app.collecting import open_collecting
from yantra_bot.app.shipping import open_prometheus
from yantra_bot.chat_ports import Chat
from yantra_bot.clusters.alert_queries import PrometheusAlerts
from yantra_bot.clusters.service_metrics import ServiceMetrics
from yantra_bot.domain.repository import Repository
from yantra_bot.forge.github import GitHub
from yantra_bot.monitor.services import Services
from yantra_bot.runs.dispatcher import Dispatcher
from yantra_bot.runs.engine import Engine
from yantra_bot.runs.watching.hearing import AlertListener
from yantra_bot.runs.watching.keeper import IncidentKeeper
from yantra_bot.runs.watching.kit import WatchKit
from yantra_bot.runs.watching.places import Places
from yantra_bot.runs.workshop import Workshop
from yantra_bot.settings import Settings

Part = Coroutine[Any, Any, None]


def connect_watching(
    settings: Settings,
    workshop: Workshop,
    engine: Engine,
    github: GitHub,
    dispatcher: Dispatcher,
    *,
    talk: Chat | None,
    new_run_id: Callable[[str], str],
    registry: CollectorRegistry = REGISTRY,
) -> list[Part]:
    """Let the dispatcher hear alerts; return what control has to run for it. Nothing where no service is named."""
    if not settings.services:
        return []
    kit = WatchKit(
        services=Services.read(settings.services, settings.service_labels),
        places=Places(github.directory, repositories=settings.repositories),
        me=github.me,
        queries=PrometheusAlerts(open_prometheus(settings), workshop.clock),
        metrics=ServiceMetrics(open_prometheus(settings)) if settings.prometheus_url else None,
        new_run_id=new_run_id,
        issue_url=lambda repository, number: issue_url(settings, repository, number),
        chat=talk,
        channel=settings.slack_alert_channel,
    )
    keeper = IncidentKeeper(workshop, kit, engine)
    listener = AlertListener(
        services=kit.services,
        places=kit.places,
        records=workshop.records,
        clock=workshop.clock,
        cooldown=keeper.cooldown,
    )
    dispatcher.hear_alerts = listener.hear_alerts
    looking = open_collecting(settings, workshop, kit.services, kit.places, listener.hear_alerts, registry=registry)
    return [keeper.run(), *looking]


def issue_url(settings: Settings, repository: Repository, number: int) -> str:
    """Return where people read an issue."""
    base = urlsplit(settings.github_git_url)
    return f"{base.scheme}://{base.netloc}/{repository.full_name}/issues/{number}"
