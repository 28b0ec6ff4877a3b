"""The blue-green strategy: two Deployments by turns, of which the Service chooses one. Pure.

A Deployment NAME of the manifests becomes NAME-blue or NAME-green, whichever does not serve. A plain NAME that serves
when the strategy is used for the first time is pinned by its pods' template hash, so that the new pods get no traffic
before the switch. Deployments without a Service cannot be switched; they roll when the others are switched.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yantra_bot.deploy import rolling, undoing
from yantra_bot.deploy.colours import COLOUR, COLOURS, behind, chosen_by, names_of
from yantra_bot.deploy.objects import (
    HASH_LABEL,
    deployments_of,
    kind_of,
    name_of,
    renamed,
    replicas_of,
    scaler_of,
    scaling,
    selecting,
    services_of,
)
from yantra_bot.domain.environment import Environment, Strategy
from yantra_bot.domain.rollout import Apply, Before, Change, Manifest, Remove, Route, Scale, Stage
from yantra_bot.domain.workload import WorkloadState
from yantra_bot.errors import UserError


@dataclass(frozen=True, slots=True)
class _Pair:
    """One Deployment that is switched."""

    manifest: Manifest
    services: tuple[Manifest, ...]
    colour: str
    """Of the new one."""
    new: str
    old: WorkloadState | None
    """What serves; None at the first deployment."""
    is_plain: bool
    """Whether what serves has no colour yet."""
    replicas: int


def plan(strategy: Strategy, manifests: Sequence[Manifest], before: Before) -> tuple[Stage, ...]:
    pairs = _pairs(manifests, before)
    news = tuple(pair.new for pair in pairs)
    hold, asks = strategy.hold_seconds, strategy.is_paused_between
    beside = [Route(name, _pinned(pair, was)) for pair in pairs for name, was in _routed(pair, before) if pair.is_plain]
    first: list[Change] = [*beside, *(Apply(one) for one in _others(manifests, pairs, before))]
    first += [Apply(renamed(pair.manifest, pair.new, {COLOUR: pair.colour}, pair.replicas)) for pair in pairs]
    rest = _unswitched(manifests, pairs)
    switch: list[Change] = [
        Route(name_of(service), {**_selector(service), COLOUR: pair.colour})
        for pair in pairs
        for service in pair.services
    ]
    switch += [Apply(scaling(one, pair.new)) for pair in pairs if (one := scaler_of(name_of(pair.manifest), manifests))]
    switch += map(Apply, rolling.keeping_replicas(rest, before))
    switched = Stage("switch", tuple(switch), (*news, *map(name_of, rest)), hold)
    olds = tuple(Scale(pair.old.name, 0) for pair in pairs if pair.old is not None)
    title = " and ".join(dict.fromkeys(pair.colour for pair in pairs))
    if not olds:
        return Stage(f"{title}, first deployment", tuple(first), news), switched
    return (
        Stage(f"{title} beside what serves", tuple(first), news, hold, asks, is_shared=True),
        switched,
        Stage("what served before is scaled to zero", olds, ()),
    )


def undo(environment: Environment, manifests: Sequence[Manifest], before: Before, reached: int) -> tuple[Stage, ...]:
    """Return the way back: what served before serves again first, then the new one goes."""
    pairs = _pairs(manifests, before)
    olds = [pair.old for pair in pairs if pair.old is not None]
    rest = _unswitched(manifests, pairs)
    rolled = [name_of(one) for one in rest if undoing.serving(before.of(name_of(one))) is not None]
    if not olds and not rolled:
        names = [*(pair.new for pair in pairs), *(name_of(one) for one in rest if reached >= 1)]
        zeroed = [Scale(name, 0) for name in names] if environment.zeroes_first else []
        return (undoing.stage_of("scaled to zero", zeroed, names),) if zeroed else ()
    back = undoing.workloads_back(rest, manifests, before) if reached >= 1 else []
    made = [name_of(pair.manifest) for pair in pairs if pair.old is None]
    made += [one.name for one in back if isinstance(one, Remove)]
    back += [Remove("Deployment", one.new) if before.of(one.new) is None else Scale(one.new, 0) for one in pairs]
    routes = [Route(name, was) for pair in pairs for name, was in _routed(pair, before)]
    changes = [*routes, *undoing.around(back, manifests, before)]
    names = [one.name for one in olds]
    final = undoing.stage_of(undoing.title_of(made), changes, [*names, *rolled])
    if reached < 2 or not olds:
        return (final,)
    return undoing.stage_of(
        "what served before starts again", [Scale(one.name, one.wanted) for one in olds], names
    ), final


def _pairs(manifests: Sequence[Manifest], before: Before) -> tuple[_Pair, ...]:
    served = [(one, services_of(one, manifests)) for one in deployments_of(manifests)]
    found = tuple(_pair(one, services, manifests, before) for one, services in served if services)
    if not found:
        raise UserError(
            "blue-green switches a Service, and none of the manifests chooses a Deployment's pods. Add a Service, or "
            "set strategy kind to rolling or canary."
        )
    return found


def _pair(one: Manifest, services: tuple[Manifest, ...], manifests: Sequence[Manifest], before: Before) -> _Pair:
    name = name_of(one)
    serving = chosen_by(services, before)
    if len(serving) > 1:
        raise UserError(
            f"The Services of {name} choose different colours ({', '.join(serving)}): nobody can tell which "
            "serves. Have them choose the same, then deploy again."
        )
    colour = next(iter(serving), "")
    old = behind(name, colour, before)
    new = "green" if colour == "blue" else "blue"
    present = old.wanted if old is not None else 0
    is_scaled = scaler_of(name, manifests) is not None
    replicas = present if is_scaled and present else replicas_of(one) or present or 1
    return _Pair(one, services, new, names_of(name)[COLOURS.index(new)], old, not colour and old is not None, replicas)


def _others(manifests: Sequence[Manifest], pairs: Sequence[_Pair], before: Before) -> list[Manifest]:
    """Return what is applied before the switch; Services go on choosing what they chose."""
    found = []
    colours = {name_of(service): pair for pair in pairs for service in pair.services}
    for one in manifests:
        if kind_of(one) in ("Deployment", "HorizontalPodAutoscaler"):
            continue
        pair = colours.get(name_of(one)) if kind_of(one) == "Service" else None
        if pair is None:
            found.append(one)
            continue
        was = (before.selectors or {}).get(name_of(one))
        chosen = {**_selector(one), COLOUR: pair.colour} if not was or pair.old is None else _pinned(pair, was)
        found.append(selecting(one, chosen))
    return found


def _pinned(pair: _Pair, selector: Mapping[str, str]) -> dict[str, str]:
    """Return what chooses the pods that serve and not the new ones."""
    version = undoing.serving(pair.old)
    pin = {HASH_LABEL: version.template_hash} if pair.is_plain and version is not None else {}
    return {**selector, **pin}


def _routed(pair: _Pair, before: Before) -> list[tuple[str, Mapping[str, str]]]:
    """Return the Services of a pair that were there, with what they chose."""
    was = before.selectors or {}
    return [(name_of(one), was[name_of(one)]) for one in pair.services if name_of(one) in was]


def _unswitched(manifests: Sequence[Manifest], pairs: Sequence[_Pair]) -> list[Manifest]:
    switched = {name_of(pair.manifest) for pair in pairs}
    return [one for one in deployments_of(manifests) if name_of(one) not in switched]


def _selector(service: Manifest) -> dict[str, str]:
    return dict((service.get("spec") or {}).get("selector") or {})
