"""Warnings of a cluster about one service, grouped by what they are about; many in a while make an alert.

Pure but for what it remembers. What is new is told by how often a warning was counted, never by a cluster's clock.
"""

import re
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from yantra_bot.domain.alerts import Alert, AlertSource, Service, Severity
from yantra_bot.monitor.rules import fingerprint_of
from yantra_bot.monitor_ports import ClusterEvent

QUIET_SECONDS: Final = 600.0
"""How long warnings count together, and after how long without one their alert is over."""
USUAL: Final = 3
_LEAST: Final[Mapping[str, int]] = {"OOMKilling": 1, "Evicted": 1, "FailedCreate": 1, "Unhealthy": 10, "BackOff": 5}
"""So many of a reason within that time make an alert: a start, and a roll-out, bring some with them."""
_MILD: Final = frozenset({"Unhealthy", "FailedScheduling", "FailedMount"})
MOST_KNOWN: Final = 2_000
MOST_GROUPS: Final = 50
_MESSAGES: Final = 5
_SIGNS: Final = "[bcdfghjklmnpqrstvwxz2456789]"
"""What Kubernetes makes names of: without vowels, so that `shop-admin` is no pod of `shop`."""
_MADE: Final = {
    "ReplicaSet": re.compile(rf"{_SIGNS}{{5,10}}", re.ASCII),
    "Pod": re.compile(rf"{_SIGNS}{{5,10}}-{_SIGNS}{{5}}", re.ASCII),
}
_KINDS: Final = frozenset({"Deployment", *_MADE})
_NOTHING: Final = re.compile(r"(?!)")
_Key = tuple[str, str, str, str]


@dataclass(slots=True)
class _Reason:
    """Warnings of one reason. Times are ours, Unix time in seconds."""

    seen: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=200))
    messages: deque[str] = field(default_factory=lambda: deque(maxlen=_MESSAGES))
    is_firing: bool = False
    first_at: float = 0.0
    last_at: float = 0.0


class EventGroups:
    """What a cluster says of one service, from look to look."""

    def __init__(self, service: Service, target: str) -> None:
        """`target` is the name of the service's Deployment: others may live in its namespace."""
        self._service, self._target = service, target
        self._known: dict[_Key, int] | None = None
        self._reasons: dict[str, _Reason] = {}

    def look(self, events: Sequence[ClusterEvent], *, now: float) -> list[Alert]:
        """Return the alerts of what is new since the look before. The first look only learns what was there."""
        ours = [one for one in events[-MOST_KNOWN:] if self._is_ours(one)]
        counts = Counter[_Key]()
        for one in ours:
            counts[_key(one)] += one.count
        if self._known is not None:
            for key, event in {_key(one): one for one in ours}.items():
                new = counts[key] - self._known.get(key, 0)
                if new > 0:
                    self._count(event, new, now)
        self._known = counts
        return [alert for name, reason in self._reasons.items() if (alert := self._judge(name, reason, now))]

    def _is_ours(self, event: ClusterEvent) -> bool:
        # An autoscaler of the same name may lack its numbers for good: that is no trouble of the service's.
        if not event.is_warning or event.kind not in _KINDS:
            return False
        rest = event.name.removeprefix(f"{self._target}-")
        is_made_of_it = rest != event.name and _MADE.get(event.kind, _NOTHING).fullmatch(rest) is not None
        return (event.kind == "Deployment" and event.name == self._target) or is_made_of_it

    def _count(self, event: ClusterEvent, new: int, now: float) -> None:
        if event.reason not in self._reasons and len(self._reasons) >= MOST_GROUPS:
            return
        reason = self._reasons.setdefault(event.reason, _Reason())
        reason.seen.append((now, new))
        message = f"{event.kind} {event.name}: {event.message}"
        if message not in reason.messages:
            reason.messages.append(message)

    def _judge(self, name: str, reason: _Reason, now: float) -> Alert | None:
        recent = [(at, count) for at, count in reason.seen if at <= now < at + QUIET_SECONDS]
        total = sum(count for _, count in recent)
        is_new = bool(recent) and recent[-1][0] == now
        if is_new:
            reason.last_at = now
        if not reason.is_firing:
            if total < _LEAST.get(name, USUAL):
                return None
            reason.is_firing, reason.first_at = True, recent[0][0]
        elif not recent:
            reason.is_firing = False
            reason.seen.clear()
        elif not is_new:
            return None
        return self._alert(name, reason, total)

    def _alert(self, name: str, reason: _Reason, total: int) -> Alert:
        latest = reason.messages[-1]
        return Alert(
            source=AlertSource.KUBERNETES,
            fingerprint=fingerprint_of("event", self._service.name, name),
            service=self._service.name,
            name=f"Kubernetes{name}",
            is_firing=reason.is_firing,
            severity=Severity.WARNING if name in _MILD else Severity.ERROR,
            summary=f"{total} × {name} in ten minutes: {latest}"[:300],
            text="\n".join(reason.messages),
            labels=(("reason", name), ("service", self._service.name)),
            started_at=reason.first_at,
            ended_at=None if reason.is_firing else reason.last_at,
            count=max(1, total),
        )


def _key(event: ClusterEvent) -> _Key:
    return event.kind, event.name, event.reason, event.message
