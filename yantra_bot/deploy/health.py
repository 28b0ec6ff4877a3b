"""Judges a version by samples: when many good ones in a row make it healthy, and which bad ones condemn it. Pure.

A sample that says nothing never counts as a good one. A bad one of a pod that has only just begun counts as neither.
What comes and goes passes as little as what fails: after any bad sample twice as many good ones are wanted.
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
"""Bad ones among them that condemn, and never so few that a single bad probe in ten would be enough."""
UNEVEN: Final = 2
"""Bad ones among them with which a version does not pass yet."""


@dataclass(frozen=True, slots=True)
class Record:
    """What one check said so far."""

    good: int = 0
    """Good rounds in a row; those that said nothing in between are not counted."""
    bad: int = 0
    """Bad rounds in a row."""
    silent: int = 0
    """Rounds in a row that said nothing, while there was something to ask."""
    recent: tuple[bool, ...] = ()
    """Whether the last rounds that said something were good."""
    last: tuple[Sample, ...] = ()


@dataclass(frozen=True, slots=True)
class Health:
    """What all checks said so far, by their names."""

    records: Mapping[str, Record] = field(default_factory=dict)

    def last(self) -> tuple[Sample, ...]:
        """Return the last sample of each check."""
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
    is_whole: bool,
    young: frozenset[str] = frozenset(),
    is_starting: bool = False,
) -> Health:
    """Return what is known with one more round of samples.

    `young` are pods within their start; `is_starting` says so of what is no pod's. Before it `is_whole`, good samples
    do not count yet, and silence is none: there may be nobody to ask.
    """
    given: dict[str, list[Sample]] = {name: [] for name in names}
    for sample in samples:
        given.setdefault(sample.check, []).append(sample)
    records = dict(health.records)
    for name, found in given.items():
        counted = [one for one in found if not _is_excused(one, young, is_starting)]
        verdict = _verdict_of(found, counted)
        records[name] = _count(records.get(name, Record()), verdict, tuple(found), is_whole=is_whole)
    return Health(records)


def lose(health: Health) -> Health:
    """Return what is known after the version ceased to be whole: every row of good samples begins anew."""
    return Health({name: replace(one, good=0, silent=0) for name, one in health.records.items()})


def judge(health: Health, rule: HealthRule, names: Sequence[str]) -> Judgement | None:
    """Return what the samples say; None while they do not say enough. `names` have to be good, others must not fail."""
    if not names:
        return Judgement(Verdict.PASS, "Nothing runs, as is wanted.")
    for name, record in health.records.items():
        bad = record.recent.count(False)
        if record.bad >= rule.failing_samples:
            return Judgement(Verdict.FAIL, f"{name} failed {record.bad} times in a row.", _lines(record.last))
        if bad >= RESTLESS:
            reason = f"{name} comes and goes: {bad} of the last {len(record.recent)} samples were bad."
            return Judgement(Verdict.FAIL, reason, _lines(record.last))
    wanted = {name: health.records.get(name, Record()) for name in names}
    for name, record in wanted.items():
        if record.silent >= rule.silence_samples:
            reason = f"{name} could not be measured {record.silent} times in a row: no data is not a pass."
            return Judgement(Verdict.INCONCLUSIVE, reason, _lines(record.last))
    if all(_is_good(record, rule.healthy_samples) for record in wanted.values()):
        return Judgement(Verdict.PASS, _passing(names, rule), _lines(health.last()))
    return None


def is_disturbed(health: Health) -> bool:
    """Tell whether the last round of any check was bad."""
    return any(record.bad for record in health.records.values())


def _passing(names: Sequence[str], rule: HealthRule) -> str:
    if tuple(names) == (KUBERNETES,):
        return "No check is configured: it is whole by what Kubernetes says, and nothing else was looked at."
    return f"Every check was good {rule.healthy_samples} times in a row."


def _is_good(record: Record, wanted: int) -> bool:
    bad = record.recent.count(False)
    return record.good >= wanted * (2 if bad else 1) and bad <= UNEVEN


def _is_excused(sample: Sample, young: frozenset[str], is_starting: bool) -> bool:
    return sample.verdict is not Verdict.PASS and (sample.pod in young if sample.pod else is_starting)


def _verdict_of(found: Sequence[Sample], counted: Sequence[Sample]) -> Verdict | None:
    """Return what a round says of one check: the worst of it; None where what was bad does not count yet."""
    verdicts = {one.verdict for one in counted}
    if Verdict.FAIL in verdicts:
        return Verdict.FAIL
    if len(counted) < len(found):
        return None
    return Verdict.PASS if verdicts == {Verdict.PASS} else Verdict.INCONCLUSIVE


def _count(record: Record, verdict: Verdict | None, last: tuple[Sample, ...], *, is_whole: bool) -> Record:
    if verdict is None:
        return replace(record, good=0, last=last)
    if verdict is Verdict.FAIL:
        return Record(0, record.bad + 1, 0, (*record.recent, False)[-RECENT:], last)
    if verdict is Verdict.PASS:
        return Record(record.good + is_whole, 0, 0, (*record.recent, True)[-RECENT:], last)
    return replace(record, silent=record.silent + is_whole, last=last)


def _lines(samples: Iterable[Sample]) -> tuple[str, ...]:
    return tuple(f"{one.check}{f' ({one.pod})' if one.pod else ''}: {one.detail}" for one in samples)
