"""Puts together what looks for left-overs. A part of the composition root."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any

from yantra_bot.app.redelivery import open_redelivery
from yantra_bot.app.workshop import Materials
from yantra_bot.domain.events import Origin
from yantra_bot.domain.run import Order
from yantra_bot.forge.github import GitHub
from yantra_bot.monitor_ports import UnheardComment
from yantra_bot.ports import Inbox
from yantra_bot.runs.engine import Engine
from yantra_bot.runs.sweeping.comments import CommentsLook
from yantra_bot.runs.sweeping.looks import (
    DeliveriesLook,
    HoldsLook,
    LocksLook,
    Look,
    PlacesLook,
    RolloutsLook,
    RunsLook,
)
from yantra_bot.runs.sweeping.sweeper import Sweeper
from yantra_bot.runs.workshop import Workshop
from yantra_bot.settings import Settings
from yantra_bot.webhooks.policy import Rules

Part = Coroutine[Any, Any, None]


def sweeping(
    settings: Settings,
    materials: Materials,
    workshop: Workshop,
    engine: Engine,
    github: GitHub,
    inbox: Inbox,
    *,
    rules: Rules,
    abandon: Callable[[Order, str], Awaitable[None]],
) -> list[Part]:
    """Return what looks for left-overs, and for missed deliveries, until cancelled."""
    redelivery = open_redelivery(settings, materials, github)
    parts: list[Part] = [] if redelivery is None else [redelivery.run()]
    if not settings.sweep_minutes:
        return parts
    records, clock = materials.records, materials.clock

    async def read_since(origin: Origin, at: float) -> Sequence[UnheardComment]:
        return await github(origin.repository, origin.installation_id).unheard.since(at)

    looks: Mapping[str, Look] = {
        "comments": CommentsLook(records, inbox, rules, clock, read_since),
        "runs": RunsLook(engine, records, clock),
        "roll-outs": RolloutsLook(records, abandon),
        "locks": LocksLook(records, clock),
        "mirrors": HoldsLook(records, materials.mirrors.held, materials.mirrors.let_go),
    }
    if workshop.clear_places is not None:
        looks = {**looks, "places": PlacesLook(workshop.clear_places)}
    if redelivery is not None:
        looks = {**looks, "deliveries": DeliveriesLook(redelivery.take_asked)}
    sweeper = Sweeper(looks, records, clock, seconds=settings.sweep_minutes * 60)
    return [*parts, sweeper.run()]
