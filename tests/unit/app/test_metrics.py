"""Outcomes become numbers."""

from prometheus_client import CollectorRegistry

from yantra_bot.app.metrics import GraphMetrics, RunMetrics
from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.graph import KeptGraph
from yantra_bot.domain.repository import Actor, Repository
from yantra_bot.domain.run import Ending, Order, Phase, RunEnded, Spent, TestsFailed
from yantra_bot.runs.freshness import Refreshed, Result

ORDER = Order("r", Repository(1, "o", "n"), 2, 7, Command(Verb.IMPLEMENT), Actor(3, "alice", False), 4, 100.0)


def test_runs_and_attempts_are_counted() -> None:
    """How they ended, what they took, what they cost."""
    registry = CollectorRegistry()
    metrics = RunMetrics(registry, now=lambda: 130.0)
    metrics.hear(TestsFailed(ORDER, 1, ("a",)))
    metrics.hear(RunEnded(ORDER, Ending(Phase.COMPLETE, "", spent=Spent(usd=0.5))))
    assert registry.get_sample_value("yantra_runs_total", {"phase": "Complete"}) == 1
    assert registry.get_sample_value("yantra_run_seconds_sum") == 30.0
    assert registry.get_sample_value("yantra_run_usd_total") == 0.5
    assert registry.get_sample_value("yantra_failed_attempts_total") == 1


def test_graphs_are_counted() -> None:
    """Each try by its result, with its time; parsed files where there were some."""
    registry = CollectorRegistry()
    metrics = GraphMetrics(registry)
    metrics.hear(Refreshed(Result.KEPT, 2.5, KeptGraph("1" * 40, 3, 0, 9, 20, 30, 0, 0)))
    metrics.hear(Refreshed(Result.PUT_OFF, 0.5))
    assert registry.get_sample_value("yantra_graph_refreshes_total", {"result": "kept"}) == 1
    assert registry.get_sample_value("yantra_graph_refreshes_total", {"result": "put off"}) == 1
    assert registry.get_sample_value("yantra_graph_refresh_seconds_sum") == 3.0
    assert registry.get_sample_value("yantra_graph_parsed_files_total") == 3
