"""What deployments need, opened out of the operator's settings."""

import pytest

from yantra_bot.app.shipping import open_checks
from yantra_bot.clock import SystemClock
from yantra_bot.errors import SettingsError
from yantra_bot.settings import Settings


@pytest.mark.parametrize(
    ("name", "value"),
    [("pod_networks", ("10.0.0.1/8",)), ("health_hosts", ("http://x",)), ("prometheus_url", "prometheus:9090")],
)
def test_wrong_settings_of_health_checks_stop_the_start(name: str, value: object) -> None:
    """Each says which one it is, and the cure."""
    open_checks(Settings(), SystemClock())
    with pytest.raises(SettingsError, match=f"YANTRA_{name.upper()}.*Cure"):
        open_checks(Settings(**{name: value}), SystemClock())
