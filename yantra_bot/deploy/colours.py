"""The two names that a Deployment has by turns under blue-green, and which of them its Services choose. Pure."""

from collections.abc import Sequence
from typing import Final

from yantra_bot.deploy.objects import name_of
from yantra_bot.domain.rollout import Before, Manifest
from yantra_bot.domain.workload import WorkloadState

COLOUR: Final = "yantra.dev/colour"
COLOURS: Final = ("blue", "green")
LONGEST_NAME: Final = 63


def names_of(name: str) -> tuple[str, str]:
    return f"{name[: LONGEST_NAME - 6]}-blue", f"{name[: LONGEST_NAME - 6]}-green"


def chosen_by(services: Sequence[Manifest], before: Before) -> tuple[str, ...]:
    """Return the colours that Services chose, each once; an empty one is of a Service that chose none."""
    found = map((before.selectors or {}).get, map(name_of, services))
    return tuple(sorted({dict(was).get(COLOUR, "") for was in found if was}))


def behind(name: str, colour: str, before: Before) -> WorkloadState | None:
    """Return the Deployment that serves where Services choose a colour; the plain one where they choose none."""
    return before.of(names_of(name)[COLOURS.index(colour)]) if colour in COLOURS else before.of(name)
