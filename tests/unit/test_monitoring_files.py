"""What is shipped for Prometheus and Grafana: it parses, and names nothing that the code does not count."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry

from yantra_bot.app.metrics import GraphMetrics, RunMetrics
from yantra_bot.app.run_page import RunPage
from yantra_bot.app.service_gauges import ServiceGauges
from yantra_bot.webhooks.metrics import DoorMetrics

ROOT = Path(__file__).parents[2]
RULES = ROOT / "infra" / "monitoring" / "alerts.yml"
DASHBOARD = ROOT / "infra" / "monitoring" / "grafana-dashboard.json"
PAGE = ROOT / "docs" / "monitoring.md"
NAME = re.compile(r"\byantra_[a-z_]+\b")


def counted() -> dict[str, str]:
    """Return every metric of the product with its text, by the names that queries use."""
    registry = CollectorRegistry()
    DoorMetrics(registry)
    for part in (RunMetrics, GraphMetrics, ServiceGauges, RunPage):
        part(registry)
    found = {}
    for family in registry.collect():
        total = f"{family.name}_total" if family.type == "counter" else family.name
        found[total] = family.documentation
    return found


def plain(name: str) -> str:
    return re.sub(r"_(?:bucket|sum|count)$", "", name)


def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(DASHBOARD.read_text())["panels"]
    return found


def test_every_number_that_is_asked_for_is_counted() -> None:
    """In rules and on the dashboard: a metric that was renamed is an alert that never fires."""
    queries = [rule["expr"] for rule in rules()]
    queries += [target["expr"] for panel in panels() for target in panel["targets"]]
    named = {plain(name) for query in queries for name in NAME.findall(query)}
    assert named
    assert named - counted().keys() == set()


def test_the_dashboard_shows_every_number() -> None:
    """All but those that are shown as times of another; each panel has a place of its own."""
    shown = {plain(name) for panel in panels() for target in panel["targets"] for name in NAME.findall(target["expr"])}
    left_out = {
        *("yantra_graph_parsed_files_total", "yantra_graph_refresh_seconds"),
        *("yantra_service_requests_per_second", "yantra_service_disk_ratio"),
    }
    assert counted().keys() - shown == left_out
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels()]
    assert len(set(places)) == len(places)
    assert len({panel["id"] for panel in panels()}) == len(panels())


def test_every_alert_says_its_cure() -> None:
    """And how bad it is, in the words of our own severities."""
    for rule in rules():
        assert rule["annotations"]["cure"]
        assert rule["labels"]["severity"] in ("info", "warning", "error", "critical")


def test_the_page_names_every_number() -> None:
    """With the text that the server itself gives."""
    rows = dict(re.findall(r"^\| `(yantra_[a-z_]+)` \| (.*) \|$", PAGE.read_text(), re.MULTILINE))
    assert rows == counted()


@pytest.mark.skipif(shutil.which("promtool") is None, reason="NO PROMTOOL. Cure: apt-get install prometheus")
def test_prometheus_takes_the_rules(tmp_path: Path) -> None:
    """As its own tool says; it fires what it should, and nothing else."""
    checked = subprocess.run(["promtool", "check", "rules", RULES], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    series = [
        {"series": 'up{job="yantra"}', "values": "1x60"},
        {"series": "yantra_inbox_waiting", "values": "50x60"},
        {"series": 'yantra_runs_total{phase="Failed"}', "values": "0x60"},
    ]
    cases = [
        {
            "eval_time": "30m",
            "alertname": "YantraDeliveriesWait",
            "exp_alerts": [
                {
                    "exp_labels": {"severity": "warning"},
                    "exp_annotations": {
                        "summary": "50 deliveries have waited for ten minutes.",
                        "cure": "Control does not keep up, or is down; see its log.",
                    },
                }
            ],
        },
        {"eval_time": "30m", "alertname": "YantraDown", "exp_alerts": []},
        {"eval_time": "30m", "alertname": "YantraRunsFail", "exp_alerts": []},
    ]
    tests = {
        "rule_files": [str(RULES)],
        "tests": [{"interval": "1m", "input_series": series, "alert_rule_test": cases}],
    }
    file = tmp_path / "tests.yml"
    file.write_text(yaml.safe_dump(tests))
    tried = subprocess.run(["promtool", "test", "rules", file], capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stdout + tried.stderr
