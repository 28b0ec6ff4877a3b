"""What docs/alerts.md tells senders to do works as it stands there."""

import asyncio
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from yantra_bot.app.door import DoorPart, run_door
from yantra_bot.app.home import Home
from yantra_bot.clock import SystemClock
from yantra_bot.domain.alert_events import AlertsHeard
from yantra_bot.webhooks.alert_events import parse
from yantra_bot.webhooks.generic_alerts import FIELDS
from yantra_bot.webhooks.inbox import open_inbox

PAGE = Path(__file__).parents[3] / "docs" / "alerts.md"
SECRET = "a-secret-of-the-sample"


def sample(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    return str(found)


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("openssl")), reason="NO CURL OR NO OPENSSL here")
async def test_the_signed_sample_is_accepted(tmp_path: Path) -> None:
    """The shell lines sign as the door checks."""
    stop, port = asyncio.Event(), asyncio.get_running_loop().create_future()
    part = DoorPart(
        state_folder=tmp_path, host="127.0.0.1", port=0, webhook_secrets=("github's secret, another one",),
        handle="yantra", repositories=(), allowed_bots=(), alert_secrets=(SECRET,),
    )  # fmt: skip
    door = asyncio.create_task(run_door(part, stop, on_listening=port.set_result))
    given = {"PATH": os.environ["PATH"], "YANTRA_ALERT_SECRETS": SECRET, "YANTRA_URL": f"http://127.0.0.1:{await port}"}
    done = await asyncio.create_subprocess_exec("bash", "-euc", sample("sh"), env=given, stdout=subprocess.PIPE)
    said, _ = await done.communicate()
    stop.set()
    await door
    assert said == b'{"status": "accepted"}'
    inbox = await open_inbox(Home(tmp_path).inbox, clock=SystemClock())
    (delivery,) = await inbox.pending(5)
    await inbox.aclose()
    heard = parse(delivery.event, delivery.body)
    assert isinstance(heard, AlertsHeard)
    assert (heard.alerts[0].name, heard.alerts[0].service) == ("BackupFailed", "shop")


@pytest.mark.skipif(shutil.which("amtool") is None, reason="NO AMTOOL. Cure: apt-get install prometheus-alertmanager")
def test_alertmanager_takes_the_sample_of_its_configuration(tmp_path: Path) -> None:
    """And sends to our address, with a token from a file, ends too."""
    (tmp_path / "alertmanager.yml").write_text(sample("yaml"))
    done = subprocess.run(["amtool", "check-config", tmp_path / "alertmanager.yml"], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    (receiver,) = yaml.safe_load(sample("yaml"))["receivers"]
    (hook,) = receiver["webhook_configs"]
    assert hook["url"].endswith("/webhooks/alertmanager")
    assert hook["send_resolved"] is True


def test_every_field_of_an_alert_is_told() -> None:
    """The page's table names those that are read, and no others."""
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \| ", PAGE.read_text(), re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == FIELDS
