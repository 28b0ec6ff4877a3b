"""Logging: one JSON object a line on standard error, without secrets, without a flood.

What is said inside a step carries the run and the step, whoever says it.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from yantra_bot.domain.redaction import redact
from yantra_bot.domain.run import DeploymentEnded, Outcome, RunEnded

MAX_VALUE = 2_000

_log = structlog.get_logger()


def _clean(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = redact(value if key == "exception" else value[:MAX_VALUE])
    return event


def set_up_logging(*, level: int = logging.INFO) -> None:
    """Send everything, our own and the libraries', through one door."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _clean,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
            foreign_pre_chain=shared,
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def log_outcome(outcome: Outcome) -> None:
    """Say how a run, or one attempt of it, ended. Subscribes to outcomes."""
    if isinstance(outcome, DeploymentEnded):
        told = {"environment": outcome.environment, "commit": outcome.commit, "reason": outcome.reason}
        _log.info("roll-out ended", run_id=outcome.order.run_id, result=outcome.result, **told)
        return
    if not isinstance(outcome, RunEnded):
        failing = len(outcome.newly_failing)
        _log.info("attempt failed", run_id=outcome.order.run_id, attempt=outcome.attempt, newly_failing=failing)
        return
    ending, order = outcome.ending, outcome.order
    _log.info(
        "run ended",
        run_id=order.run_id,
        repository=order.repository.full_name,
        issue=order.issue_number,
        phase=str(ending.phase),
        reason=ending.reason,
        pull_request=ending.pull_request.url if ending.pull_request else None,
        model_calls=ending.spent.model_calls,
        usd=round(ending.spent.usd, 4),
    )
