"""The rules that hold where a repository says nothing else: those of SPEC 12, as data. Pure."""

from typing import Final

from yantra_bot.domain.alerts import Severity
from yantra_bot.domain.incidents import HealingKind
from yantra_bot.domain.monitoring import MetricName, WatchRule

STANDARD_RULES: Final = (
    WatchRule(
        "SlowResponses", MetricName.P95, above=1_000, action=HealingKind.SCALE_UP, alerts=("*Latency*", "*Slow*")
    ),
    WatchRule("SlowestResponses", MetricName.P99, above=1_000),
    WatchRule("ServiceDown", MetricName.UP, below=1, severity=Severity.CRITICAL, for_seconds=0),
    WatchRule(
        "HighErrorRate",
        MetricName.ERROR_RATE,
        above=0.05,
        severity=Severity.ERROR,
        action=HealingKind.ROLL_BACK,
        alerts=("*ErrorRate*", "*5xx*"),
    ),
    WatchRule("HighCpu", MetricName.CPU, above=0.8, action=HealingKind.SCALE_OUT, alerts=("*HighCpu*",)),
    WatchRule("HighMemory", MetricName.MEMORY, above=0.85, action=HealingKind.RESTART, alerts=("*HighMemory*",)),
    WatchRule("DiskFull", MetricName.DISK, above=0.9, severity=Severity.CRITICAL, alerts=("*DiskFull*",)),
)
"""Each can be changed, or switched off, by its name. What has no `action` calls people."""
