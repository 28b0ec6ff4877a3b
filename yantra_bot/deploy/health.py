"""Judges a version by samples: when many good ones in a row make it healthy, and which bad ones condemn it. Pure.

A sample that says nothing never counts as a good one. A bad one of a pod that has only just begun counts as neither.
What comes and goes passes as little as what fails: after two bad ones twice as many good ones are wanted. Each pod is
counted for itself: among many pods somebody has a bad moment in every round, and that is nobody's failure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from yantra_bot.domain.environment import HealthRule
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.rollout import Judgement, Sample

KUBERNETES: Final = "kubernetes"
RECENT: Final = 12
"""Rounds that are looked at for coming and going."""
RESTLESS: Final = 6
"""Bad ones among them that condemn."""
UNEVEN: Final = 2
"""Bad ones among them from which on twice as many good ones are wanted; with more nothing passes yet."""
PHASE: Final = 2
"""Bad ones in a row after which being well begins anew: a bad time, and no bad moment."""
LAGGARDS: Final = 10
"""One pod of so many may have had a bad sample just now: among many pods one always has."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one check said of one pod, or of what is no pod's, so far."""

    good: int = 0
    """Good samples in a row; what said nothing in between is not counted."""
    bad: int = 0
    """Bad samples in a row."""
    down: int = 0
    """Bad samples in a row, those of a start counted."""
    recent: tuple[bool, ...] = ()
    """Whether the last samples that spoke were good; from the first good one on those of a start count, too."""


@dataclass(frozen=True, slots=True)
class Record:
    """What one check said so far, by pods."""

    rows: Mapping[str, Row] = field(default_factory=dict)
    silent: int = 0
    """Rounds in a row that left something unsaid, while there was something to ask."""
    last: tuple[Sample, ...] = ()


@dataclass(frozen=True, slots=True)
class Health:
    """What all checks said so far, by their names."""

    records: Mapping[str, Record] = field(default_factory=dict)
    well_since: float | None = None
    """Since when every check is good but for single samples; None while one is not."""

    def last(self) -> tuple[Sample, ...]:
        """Return the last samples of each check."""
        return tuple(sample for record in self.records.values() for sample in record.last)


def names_of_checks(rule: HealthRule, *, is_shared: bool = False) -> tuple[str, ...]:
    """Return the checks that have to be good, by the names that their samples carry.

    While pods of two versions serve an address on purpose, one that tells its version proves nothing of the new one.
    """
    urls = [one for one in rule.urls if not (is_shared and one.version_header)]
    return (
        KUBERNETES,
        *(f"http {one.path}" for one in rule.http),
        *(f"url {one.url}" for one in urls),
        *(one.name for one in rule.metrics),
    )


def note(
    health: Health,
    samples: Iterable[Sample],
    names: Sequence[str],
    *,
    now: float,
    is_whole: bool,
    young: frozenset[str] = frozenset(),
    unready: frozenset[str] = frozenset(),
    is_starting: bool = False,
) -> Health:
    """Return what is known with one more round of samples.

    `young` are pods within their start, `unready` those that nobody is sent to; `is_starting` says so of what is no
    pod's. Before it `is_whole`, good samples do not count yet, and silence is none: there may be nobody to ask.
    """
    given: dict[str, list[Sample]] = {name: [] for name in names}
    for sample in samples:
        given.setdefault(sample.check, []).append(sample)
    records = dict(health.records)
    for name, found in given.items():
        was = records.get(name, Record())
        excused = [one.pod in unready or _is_excused(one, young, is_starting) for one in found]
        rows = {
            one.pod: _next(was.rows.get(one.pod, Row()), one, is_out, is_whole, one.pod in unready)
            for one, is_out in zip(found, excused, strict=True)
        }
        is_said = bool(found) and all(
            is_out or one.verdict in (Verdict.PASS, Verdict.FAIL) for one, is_out in zip(found, excused, strict=True)
        )
        kept = rows if is_said else {**was.rows, **rows}
        records[name] = Record(kept, 0 if is_said else was.silent + is_whole, tuple(found) or was.last)
    return Health(records, _well_since(health, records, names, now) if is_whole else None)


def _well_since(health: Health, records: Mapping[str, Record], names: Sequence[str], now: float) -> float | None:
    rows = [row for record in records.values() for row in record.rows.values()]
    if any(row.down >= PHASE for row in rows):
        return None
    wanted = [records[name].rows.values() for name in names]
    are_good = all(
        each and sum(not (row.recent and row.recent[-1]) for row in each) <= len(each) // LAGGARDS for each in wanted
    )
    return now if health.well_since is None and are_good else health.well_since


def lose(health: Health) -> Health:
    """Return what is known after the version ceased to be whole: every row of good samples begins anew."""
    return Health(
        {
            name: replace(one, rows={pod: replace(row, good=0) for pod, row in one.rows.items()}, silent=0)
            for name, one in health.records.items()
        }
    )


def judge(health: Health, rule: HealthRule, names: Sequence[str]) -> Judgement | None:
    """Return what the samples say; None while they do not say enough. `names` have to be good, others must not fail."""
    if not names:
        return Judgement(Verdict.PASS, "Nothing runs, as is wanted.")
    for name, record in health.records.items():
        for pod, row in record.rows.items():
            if reason := _condemn(row, rule):
                return Judgement(Verdict.FAIL, f"{name}{f' of {pod}' if pod else ''} {reason}", _lines(record.last))
    wanted = {name: health.records.get(name, Record()) for name in names}
    for name, record in wanted.items():
        if record.silent >= rule.silence_samples:
            reason = f"{name} could not be measured {record.silent} times in a row: no data is not a pass."
            return Judgement(Verdict.INCONCLUSIVE, reason, _lines(record.last))
    if all(_is_good(record, rule.healthy_samples) for record in wanted.values()):
        since = health.well_since
        if since is not None:
            return Judgement(Verdict.PASS, _passing(names, rule), _lines(health.last()), since)
    return None


def _condemn(row: Row, rule: HealthRule) -> str:
    """Return what speaks against a version, as the end of a sentence; empty: nothing."""
    if row.bad >= rule.failing_samples:
        return f"failed {row.bad} times in a row."
    if (bad := row.recent.count(False)) >= RESTLESS:
        return f"comes and goes: {bad} of the last {len(row.recent)} samples were bad."
    return ""


def _passing(names: Sequence[str], rule: HealthRule) -> str:
    if tuple(names) == (KUBERNETES,):
        return "No check is configured: it is whole by what Kubernetes says, and nothing else was looked at."
    return f"Every check was good {rule.healthy_samples} times in a row."


def _is_good(record: Record, wanted: int) -> bool:
    """Tell whether a check was good for long enough; among many pods, a few may have to catch up."""
    behind = [row for row in record.rows.values() if not _is_steady(row, wanted)]
    is_few = len(behind) <= len(record.rows) // LAGGARDS and not any(row.bad for row in behind)
    return bool(record.rows) and not record.silent and is_few


def _is_steady(row: Row, wanted: int) -> bool:
    bad = row.recent.count(False)
    return row.good >= wanted * (2 if bad >= UNEVEN else 1) and bad <= UNEVEN


def _is_excused(sample: Sample, young: frozenset[str], is_starting: bool) -> bool:
    return sample.verdict is not Verdict.PASS and (sample.pod in young if sample.pod else is_starting)


def _next(row: Row, sample: Sample, is_excused: bool, is_whole: bool, is_unready: bool) -> Row:
    if sample.verdict is Verdict.PASS:
        return Row(row.good + is_whole, 0, 0, (*row.recent, True)[-RECENT:])
    if is_unready or (is_excused and sample.verdict is not Verdict.FAIL):
        return replace(row, good=0)
    if sample.verdict is Verdict.FAIL:
        recent = (*row.recent, False)[-RECENT:] if row.recent or not is_excused else ()
        return Row(0, row.bad + (not is_excused), row.down + 1, recent)
    return row


def _lines(samples: Iterable[Sample]) -> tuple[str, ...]:
    return tuple(f"{one.check}{f' ({one.pod})' if one.pod else ''}: {one.detail}" for one in samples)
