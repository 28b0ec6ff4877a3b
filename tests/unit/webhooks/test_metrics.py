"""Two processes, one page of metrics."""

import asyncio
import os
import subprocess
import sys
import textwrap

from prometheus_client import CollectorRegistry

from yantra_bot.webhooks.metrics import DoorMetrics

PROGRAM = textwrap.dedent("""
    import asyncio, sys
    from pathlib import Path
    from prometheus_client import CollectorRegistry
    from yantra_bot.webhooks.metrics import DoorMetrics, Outcome
    metrics = DoorMetrics(CollectorRegistry(), shared_folder=Path(sys.argv[1]))
    metrics.count(Outcome.ACCEPTED, 0.01)
    metrics.show_waiting(int(sys.argv[2]))
    sys.stdout.write(asyncio.run(metrics.render()).decode())
""")


def test_the_page_shows_what_both_processes_counted(tmp_path):
    """With PROMETHEUS_MULTIPROC_DIR set, each process's page is the sum of all."""
    pages = []
    for waiting in ("3", "5"):
        environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
        argv = [sys.executable, "-c", PROGRAM, str(tmp_path), waiting]
        pages.append(subprocess.run(argv, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout)
    assert 'yantra_webhook_deliveries_total{outcome="accepted"} 1.0' in pages[0]
    assert 'yantra_webhook_deliveries_total{outcome="accepted"} 2.0' in pages[1]
    assert "yantra_webhook_seconds_count 2.0" in pages[1]
    page = asyncio.run(DoorMetrics(CollectorRegistry(), shared_folder=tmp_path).render()).decode()
    assert 'yantra_webhook_deliveries_total{outcome="accepted"} 2.0' in page
