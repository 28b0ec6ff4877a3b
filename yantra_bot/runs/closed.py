"""What a stored run is told again with: every part is there, and none has a way out."""

from dataclasses import dataclass, replace
from typing import Any

from yantra_bot.agent.loop import Estimate
from yantra_bot.domain.environment import Environment
from yantra_bot.domain.repository import Repository
from yantra_bot.domain.tiers import Route, Tier
from yantra_bot.errors import Permanent, UserError
from yantra_bot.ports import Clock, Model
from yantra_bot.runs.deploying.kit import ShippingKit
from yantra_bot.runs.diagnosing.kit import DiagnosisKit
from yantra_bot.runs.distilling import Sketching
from yantra_bot.runs.healing.kit import HealingKit
from yantra_bot.runs.records import Records
from yantra_bot.runs.workshop import Limits, Workshop


@dataclass(frozen=True, slots=True)
class _AsRecorded:
    """Stands for who chose models: it chooses where the record holds a choice, and is never asked for one."""

    routes: bool

    def of_tier(self, tier: Tier) -> str:
        raise Permanent(f"A replay reaches no model of the tier {tier}.")

    async def route(self, text: str) -> Route:
        raise Permanent("A replay chooses nothing.")


class _Absent:
    """Stands for everything outside: it has every part, and refuses every call."""

    def __getattr__(self, name: str) -> Any:
        return self

    def __call__(self, *_: Any, **__: Any) -> Any:
        raise Permanent("A replay reaches nothing outside of the record.")


def closed_workshop(
    *,
    records: Records,
    clock: Clock,
    estimate: Estimate,
    model: str,
    limits: Limits,
    pages: str,
    handle: str,
    has_choice: bool = False,
    has_kept: bool = False,
    has_race: bool = False,
    has_memory: bool = False,
    has_outline: bool = False,
    has_own_code: bool = False,
) -> Workshop:
    """Return a workshop without any way out. `pages` is where the run could be looked at, without a slash.

    `has_choice`: the record holds how the run came to its model. `has_kept`: it looked for an earlier answer.
    `has_race`: who raced was chosen. `has_memory`: it asked the memory of mistakes, or told it something.
    `has_outline`: the generator was asked for an outline. `has_own_code`: it was asked for a change of its own.
    """
    absent: Any = _Absent()

    def refuse(name: str) -> Model:
        if not name:
            raise UserError("No model was set up when this run was told.")
        return _as_model(absent)

    return Workshop(
        forge=lambda *_: absent,
        remote=lambda *_: absent,
        workspace=absent,
        model=refuse,
        default_model=model,
        estimate=estimate,
        blobs=records.blobs,
        records=records,
        clock=clock,
        limits=replace(limits, races=has_race),
        page_url=lambda run_id: f"{pages}/runs/{run_id}" if pages else "",
        handle=handle,
        reviewer=absent,
        chooser=_AsRecorded(has_choice),
        questions=absent if has_kept else None,
        memory=absent if has_memory else None,
        sketching=Sketching(absent, absent, absent if has_own_code else None, absent) if has_outline else None,
    )


def closed_kit() -> ShippingKit:
    """Return what a deployment needs, without any way out: its steps are recorded."""
    absent: Any = _Absent()
    return ShippingKit(
        clusters=_ClosedClusters(), registry=absent, checks=absent, manifests=absent, prepare=absent, chat=absent
    )


def closed_diagnosis_kit() -> DiagnosisKit:
    """Return what a diagnosis needs, without any way out: its steps are recorded."""
    absent: Any = _Absent()
    return DiagnosisKit(inspector=absent, clusters=_ClosedClusters())


def closed_healing_kit() -> HealingKit:
    """Return what a healing action needs, without any way out: its steps are recorded."""
    absent: Any = _Absent()
    return HealingKit(clusters=_ClosedClusters(), queries=absent)


class _ClosedClusters:
    def names(self) -> tuple[str, ...]:
        return ()

    def open(self, repository: Repository, environment: Environment) -> Any:
        """Return a cluster that is never reached."""
        return _Absent()


def _as_model(absent: Any) -> Model:
    model: Model = absent
    return model
