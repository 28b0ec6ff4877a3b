"""What watches production, out of the settings: where logs lie, what is shown, what is refused at the start."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from prometheus_client import CollectorRegistry

from tests.fakes.log_services import LogServices
from yantra_bot.app.collecting import keep_reports, open_logs
from yantra_bot.app.home import Home
from yantra_bot.app.service_gauges import ServiceGauges
from yantra_bot.app.shipping import open_clusters
from yantra_bot.cli.monitor import monitor
from yantra_bot.clock import SystemClock
from yantra_bot.domain.alerts import Service
from yantra_bot.domain.monitoring import MetricName
from yantra_bot.errors import SettingsError
from yantra_bot.monitor.exports import ServiceReport
from yantra_bot.monitor.services import Services
from yantra_bot.settings import Settings

AWS = {
    "cloudwatch_log_groups": ("shop=/ecs/shop",),
    "cloudwatch_region": "eu-central-1",
    "cloudwatch_key_id": "AKIDEXAMPLE",
    "cloudwatch_secret_key": "secret",
}
REPORT = ServiceReport(
    Service("shop", "acme/shop", "production"), 5.0, {MetricName.P95: 1_500.0, MetricName.UP: 1.0}, ("SlowResponses",)
)


def opened(tmp_path: Path, **values: Any) -> object:
    settings = Settings(state_folder=tmp_path, services=("shop=acme/shop/production",), **values)
    services = Services.read(settings.services, settings.service_labels)
    return open_logs(settings, services, open_clusters(settings), SystemClock())


def test_logs_are_opened_where_the_operator_says(tmp_path: Path) -> None:
    """All of them at once, too."""
    file = tmp_path / "key.json"
    account = LogServices()
    account.url = "http://127.0.0.1:1"
    file.write_text(json.dumps(account.account()))
    google = {"cloud_logging_filters": ("shop=severity>=ERROR",), "cloud_logging_key_file": file}
    assert opened(
        tmp_path, loki_url="http://loki:3100", **(AWS | {"cloudwatch_log_groups": ("shop=/ecs/shop",)}), **google
    )


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"loki_url": "loki:3100"}, "YANTRA_LOKI_URL"),
        (AWS | {"cloudwatch_region": ""}, "YANTRA_CLOUDWATCH_REGION"),
        (AWS | {"cloudwatch_log_groups": ("shop",)}, "SERVICE="),
        (AWS | {"cloudwatch_log_groups": ("other=/x",)}, "YANTRA_SERVICES"),
        (AWS | {"cloudwatch_url": "ftp://x"}, "YANTRA_CLOUDWATCH_URL"),
        ({"cloud_logging_filters": ("shop=x",)}, "YANTRA_CLOUD_LOGGING_KEY_FILE"),
        ({"cloud_logging_filters": ("shop=x",), "cloud_logging_key_file": "/none"}, "YANTRA_CLOUD_LOGGING_KEY_FILE"),
    ],
)
def test_what_is_wrong_stops_the_start(tmp_path: Path, values: dict[str, Any], said: str) -> None:
    """With the setting and the cure."""
    with pytest.raises(SettingsError, match=said) as refused:
        opened(tmp_path, **values)
    assert "Cure" in str(refused.value)


def test_what_was_measured_is_shown_in_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Prometheus's text and as JSON; nothing yet says what to do."""
    monkeypatch.setenv("YANTRA_STATE_FOLDER", str(tmp_path))
    home = Home(tmp_path).lay_out()
    assert "YANTRA_SERVICES" in str(CliRunner().invoke(monitor, ["metrics"]).exception)
    keep_reports(home.services, [REPORT])
    text = CliRunner().invoke(monitor, ["metrics"], catch_exceptions=False).output
    assert 'yantra_service_latency_seconds{service="shop",environment="production",quantile="0.95"} 1.5' in text
    told = CliRunner().invoke(monitor, ["metrics", "--json"], catch_exceptions=False).output
    assert json.loads(told)[0]["values"] == {"p95_ms": 1_500.0, "up": 1.0}
    home.services.write_text("{")
    assert "cannot be read" in str(CliRunner().invoke(monitor, ["metrics"]).exception)


def test_a_full_disk_ends_no_watch(tmp_path: Path) -> None:
    """What cannot be written is not shown, and that is all."""
    keep_reports(tmp_path / "none" / "services.json", [REPORT])
    assert not (tmp_path / "none").exists()


def test_gauges_show_what_is_known() -> None:
    """And no number for what is not (any more)."""
    registry = CollectorRegistry()
    gauges = ServiceGauges(registry)
    gauges.show([REPORT])
    of = {"service": "shop", "environment": "production"}
    assert registry.get_sample_value("yantra_service_latency_seconds", {**of, "quantile": "0.95"}) == 1.5
    assert registry.get_sample_value("yantra_service_up", of) == 1
    assert registry.get_sample_value("yantra_service_firing", of) == 1
    gauges.show([ServiceReport(REPORT.service, 6.0)])
    value = registry.get_sample_value("yantra_service_up", of)
    assert value is not None
    assert math.isnan(value)
