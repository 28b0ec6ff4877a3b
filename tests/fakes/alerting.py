"""A real Prometheus and a real Alertmanager, of Debian's packages, on loopback: rules, targets and a receiver given.

What fires goes the whole way: scraped, evaluated, sent to Alertmanager, grouped there, sent to a webhook. Tests that
want them are skipped, loudly, where they are not installed.
"""

import asyncio
import contextlib
import json
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx2
import yaml

PROMETHEUS: Final = "prometheus"
ALERTMANAGER: Final = "prometheus-alertmanager"
PATIENCE: Final = 120.0
TRIES: Final = 5
Json = Mapping[str, Any]


def missing() -> str:
    """Return why there is none, with the cure; empty where both are installed."""
    absent = [name for name in (PROMETHEUS, ALERTMANAGER) if shutil.which(name) is None]
    return f"NO {' AND NO '.join(absent).upper()}. Cure: apt-get install {' '.join(absent)}" if absent else ""


def rule(name: str, expression: str, *, lasts: str = "0s", labels: Json | None = None, **annotations: str) -> Json:
    """Return an alerting rule."""
    return {"alert": name, "expr": expression, "for": lasts, "labels": labels or {}, "annotations": annotations}


class _EndedError(Exception):
    """One of them has ended before it was ready: most likely somebody else has its port."""


@dataclass
class Alerting:
    """Both at work. Times are quick: scraped and evaluated each second, told at once."""

    folder: Path
    prometheus_url: str
    alertmanager_url: str
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    async def ask(self, path: str, **query: str) -> Any:
        """Return the data of an answer of Prometheus."""
        async with httpx2.AsyncClient(trust_env=False, timeout=120) as client:
            return (await client.get(f"{self.prometheus_url}{path}", params=query)).json()["data"]

    async def firing(self) -> list[str]:
        """Return the names of the alerts that fire, as Prometheus says."""
        alerts = (await self.ask("/api/v1/alerts"))["alerts"]
        return sorted(one["labels"]["alertname"] for one in alerts if one["state"] == "firing")

    async def post(self, alerts: Sequence[Json]) -> None:
        """Hand alerts to Alertmanager, as Prometheus does."""
        async with httpx2.AsyncClient(trust_env=False, timeout=120) as client:
            answer = await client.post(f"{self.alertmanager_url}/api/v2/alerts", json=list(alerts))
            assert answer.status_code == 200, answer.text

    def stop_prometheus(self) -> None:
        """End Prometheus alone: what it said before is all that is known."""
        _end(self.processes[-1])


@asynccontextmanager
async def start(
    folder: Path, *, rules: Sequence[Json], targets: Mapping[str, int], receiver: str, token: str
) -> AsyncIterator[Alerting]:
    """Run both inside the block.

    `targets` are names of jobs with the ports on loopback that their /metrics is at; `receiver` is the webhook's
    address, which is sent `token` as a bearer's.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "alertmanager.yml", _alertmanager(receiver, token))
    _write(folder / "rules.yml", {"groups": [{"name": "test", "interval": "1s", "rules": list(rules)}]})
    made = await _launch(folder, targets)
    try:
        yield made
    finally:
        _end_all(made)


async def _launch(folder: Path, targets: Mapping[str, int]) -> Alerting:
    """Start both, and return once both answer; with other ports where somebody took one of those meanwhile."""
    for _ in range(TRIES):
        alertmanager, prometheus = _free_port(), _free_port()
        made = Alerting(folder, f"http://127.0.0.1:{prometheus}", f"http://127.0.0.1:{alertmanager}")
        _write(folder / "prometheus.yml", _prometheus(targets, alertmanager))
        made.processes += [_alertmanager_process(folder, alertmanager), _prometheus_process(folder, prometheus)]
        try:
            for url in (made.alertmanager_url, made.prometheus_url):
                await _until_ready(f"{url}/-/ready", made.processes)
            if all(one.poll() is None for one in made.processes):
                return made
        except _EndedError:
            pass
        except BaseException:
            _end_all(made)
            raise
        _end_all(made)
    logs = [(folder / f"{name}.log").read_text()[-2_000:] for name in (ALERTMANAGER, PROMETHEUS)]
    raise AssertionError("one of them ends at once:\n" + "\n".join(logs))


def _alertmanager(receiver: str, token: str) -> Json:
    hook = {"url": receiver, "send_resolved": True}
    hook |= {"http_config": {"authorization": {"type": "Bearer", "credentials": token}}}
    route = {"receiver": "yantra", "group_by": ["alertname", "service"]}
    route |= {"group_wait": "0s", "group_interval": "1s", "repeat_interval": "1h"}
    return {"route": route, "receivers": [{"name": "yantra", "webhook_configs": [hook]}]}


def _prometheus(targets: Mapping[str, int], alertmanager: int) -> Json:
    jobs = [
        {"job_name": name, "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]} for name, port in targets.items()
    ]
    at = {"static_configs": [{"targets": [f"127.0.0.1:{alertmanager}"]}]}
    return {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": ["rules.yml"],
        "alerting": {"alertmanagers": [at]},
        "scrape_configs": jobs,
    }


def _alertmanager_process(folder: Path, port: int) -> subprocess.Popen[bytes]:
    return _run(
        folder,
        *(ALERTMANAGER, "--config.file=alertmanager.yml", f"--storage.path={folder}/alertmanager"),
        *(f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address="),
    )


def _prometheus_process(folder: Path, port: int) -> subprocess.Popen[bytes]:
    return _run(
        folder,
        *(PROMETHEUS, "--config.file=prometheus.yml", f"--storage.tsdb.path={folder}/tsdb"),
        f"--web.listen-address=127.0.0.1:{port}",
    )


def _run(folder: Path, *command: str) -> subprocess.Popen[bytes]:
    with (folder / f"{command[0]}.log").open("ab") as log:
        return subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL)


def _end_all(made: Alerting) -> None:
    for process in made.processes:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(15)
        return
    process.kill()
    process.wait()


async def _until_ready(url: str, processes: Sequence[subprocess.Popen[bytes]]) -> None:
    async with asyncio.timeout(PATIENCE), httpx2.AsyncClient(trust_env=False, timeout=120) as client:
        while True:
            if any(one.poll() is not None for one in processes):
                raise _EndedError
            with contextlib.suppress(httpx2.TransportError):
                if (await client.get(url)).status_code == 200:
                    return
            await asyncio.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _write(path: Path, data: Json) -> None:
    path.write_text(yaml.safe_dump(json.loads(json.dumps(data))))
