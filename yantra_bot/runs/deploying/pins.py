"""What people are asked to agree to, pinned: the commit, the image's digest and the manifests; kept with the run."""

import hashlib
from collections.abc import Sequence
from typing import Final

from yantra_bot.domain.deployments import Pin
from yantra_bot.domain.environment import Release
from yantra_bot.domain.rollout import Manifest
from yantra_bot.runs.codec import decode, encode
from yantra_bot.runs.records import Records

PIN: Final = "deployment pin"
"""The note under which is kept what people are asked to agree to."""


def pin_of(release: Release, manifests: Sequence[Manifest]) -> Pin:
    """Return exactly what is agreed to."""
    text = encode(tuple(manifests), tuple[Manifest, ...])
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Pin(release.commit, release.digest, digest)


def read_pin(records: Records, run_id: str) -> Pin | None:
    """Return what a run asks people to agree to; None where it asks nobody."""
    note = records.notes(run_id).get(PIN)
    pin: Pin | None = None if note is None else decode(note, Pin)
    return pin
