"""Names every story that the engine can run. A part of the composition root."""

from yantra_bot.app.collecting import open_logs
from yantra_bot.app.healing import open_healing
from yantra_bot.app.shipping import open_clusters, open_prometheus
from yantra_bot.clusters.service_metrics import ServiceMetrics
from yantra_bot.monitor.services import Services
from yantra_bot.runs.deploying.kit import ShippingKit
from yantra_bot.runs.deploying.orders import DEPLOY_STORY
from yantra_bot.runs.deploying.story import Deploy
from yantra_bot.runs.diagnosing.kit import DiagnosisKit
from yantra_bot.runs.diagnosing.orders import DIAGNOSE_STORY
from yantra_bot.runs.diagnosing.story import Diagnose
from yantra_bot.runs.engine import Engine
from yantra_bot.runs.explain import Explain
from yantra_bot.runs.follow_up import FollowUp
from yantra_bot.runs.follow_ups import FOLLOW_UP_STORY
from yantra_bot.runs.healing.orders import HEAL_STORY
from yantra_bot.runs.healing.story import Heal
from yantra_bot.runs.implement import Implement
from yantra_bot.runs.orders import EXPLAIN_STORY, STORY
from yantra_bot.runs.refining import Refine
from yantra_bot.runs.review import ReviewPullRequest
from yantra_bot.runs.review_orders import REVIEW_STORY
from yantra_bot.runs.workshop import Workshop
from yantra_bot.settings import Settings


def register_stories(
    engine: Engine,
    settings: Settings,
    workshop: Workshop,
    kit: ShippingKit | None,
    diagnosis: DiagnosisKit | None = None,
) -> None:
    """Register what the workshop has the means for; `kit` is what deployments need, `diagnosis` what diagnoses do."""
    engine.register(STORY, Implement(workshop, begin=engine.branches.begin))
    engine.branches.story = Refine(workshop)
    if workshop.reviewer is not None:
        engine.register(REVIEW_STORY, ReviewPullRequest(workshop, workshop.reviewer))
        engine.register(EXPLAIN_STORY, Explain(workshop))
        engine.register(FOLLOW_UP_STORY, FollowUp(workshop))
    if kit is not None:
        engine.register(DEPLOY_STORY, Deploy(workshop, kit))
        engine.register(HEAL_STORY, Heal(workshop, open_healing(settings, workshop.clock, kit)))
    found = diagnosis or open_diagnosis(settings, workshop, kit)
    if found is not None:
        engine.register(DIAGNOSE_STORY, Diagnose(workshop, found))


def open_diagnosis(settings: Settings, workshop: Workshop, kit: ShippingKit | None) -> DiagnosisKit | None:
    """Return what diagnoses need; None where nobody can look."""
    if kit is None or workshop.inspector is None:
        return None
    metrics = ServiceMetrics(open_prometheus(settings)) if settings.prometheus_url else None
    services = Services.read(settings.services, settings.service_labels)
    logs = open_logs(settings, services, open_clusters(settings), workshop.clock)
    return DiagnosisKit(workshop.inspector, kit.clusters, logs=logs, metrics=metrics)
