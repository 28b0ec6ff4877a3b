"""Attempts of the forge to deliver an event to us, as its own list has them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

MOST_ATTEMPTS: Final = 3
"""Attempts of one delivery, the forge's first one included, after which it is not asked for again."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt. All attempts at the same event have the same `guid`."""

    id: int
    guid: str
    at: float
    """When it was made, Unix time in seconds."""
    is_redelivery: bool
    status: int
    """HTTP status of the answer, 0 where there was none."""

    @property
    def was_heard(self) -> bool:
        """Whether it was taken."""
        return 200 <= self.status < 300

    @property
    def was_missed(self) -> bool:
        """Whether nobody was there to take or refuse it: a refusal (4xx) is meant, and stays."""
        return self.status == 0 or self.status >= 500


@dataclass(frozen=True, slots=True)
class Missed:
    """What nobody heard, by the first attempt at each event, oldest first."""

    to_ask: tuple[Attempt, ...]
    given_up: tuple[Attempt, ...]
    """Those that were missed `MOST_ATTEMPTS` times."""


def find_missed(attempts: Iterable[Attempt]) -> Missed:
    """Return the events that no attempt was heard of and whose newest attempt was missed.

    An event whose first attempt is not among them is older than what was asked for, and is left alone: its attempts
    cannot be counted, and what was ordered so long ago would surprise people.
    """
    events: dict[str, list[Attempt]] = {}
    for one in sorted(attempts, key=lambda one: (one.at, one.id)):
        events.setdefault(one.guid, []).append(one)
    missed = [
        event
        for event in events.values()
        if not event[0].is_redelivery and event[-1].was_missed and not any(one.was_heard for one in event)
    ]
    return Missed(
        to_ask=tuple(event[0] for event in missed if len(event) < MOST_ATTEMPTS),
        given_up=tuple(event[0] for event in missed if len(event) >= MOST_ATTEMPTS),
    )
