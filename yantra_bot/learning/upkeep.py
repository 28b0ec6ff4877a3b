"""What becomes of lessons with time: decided purely, then applied to a store; done twice, nothing more is changed.

- Archived: not seen for six months, and seen less than three times (SPEC 9).
- Merged: as good as the same text (cosine 0.95 or more), in one repository and language, of one standing.
- Doubtful: both of two lessons that contradict each other while both are shown. A person says which holds, and the
  other is retired at once; what is doubtful or no longer shown makes nothing doubtful.
- Retired: shown to many runs that it concerned, and the mistake was made all the same in most of them. A showing that
  nothing came of is never told; those before a person said that the lesson holds do not count.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from yantra_bot.domain.lessons import Lesson, Severity, Standing
from yantra_bot.retrieval.words import split_words

DAY: Final = 24 * 3600.0
UNSEEN: Final = 183 * DAY
"""Six months."""
OFTEN: Final = 3
"""Occurrences from which a lesson is never archived."""
MERGED_FROM: Final = 0.95
CONTRADICTING_FROM: Final = 0.8
"""Cosine from which two lessons are looked at for a contradiction: they have to be about one matter."""
SHOWN_ENOUGH: Final = 8
HELPS_TOO_LITTLE: Final = 0.35
"""Help rate below which a lesson is retired. Of 8 showings 2 or fewer helped: a rate of 0.3; with 3 it is 0.4. What
helps half of the time has two or fewer of eight in one case of seven, so that few good lessons are lost by chance."""
SAID_AGAIN: Final = 0.8
"""Share of words from which two sentences say the same."""
_SHOWN: Final = frozenset({Standing.ACTIVE, Standing.DOUBTFUL})
_GRAVEST: Final = (Severity.CRITICAL, Severity.MAJOR, Severity.MINOR)
_DENIALS: Final = frozenset({"not", "no", "never", "without", "dont", "isnt", "cannot", "instead", "avoid"})
_WORD: Final = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Merge:
    """Lessons that become one."""

    kept: Lesson
    dropped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stand:
    """A lesson that is to have another standing, and why, in a sentence for a person."""

    lesson: str
    was: Standing
    standing: Standing
    reason: str


Action = Merge | Stand


class Store(Protocol):
    """What is asked of the store of mistakes."""

    def lessons(self) -> Iterator[Lesson]: ...

    def lesson(self, lesson: str) -> Lesson | None: ...

    def alike(self, least: float) -> Iterator[tuple[str, str, float]]: ...

    def merge(self, kept: Lesson, dropped: Sequence[str]) -> None: ...

    def replace(self, lessons: Sequence[Lesson]) -> None: ...

    def optimise(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Done:
    """How many lessons an upkeep changed."""

    merged: int = 0
    archived: int = 0
    doubted: int = 0
    retired: int = 0


def tend(store: Store, now: float) -> Done:
    """Decide and apply what is due, then tidy the store. May raise what the store raises."""
    done = apply(store, decide(list(store.lessons()), store.alike(CONTRADICTING_FROM), now))
    store.optimise()
    return done


def decide(lessons: Sequence[Lesson], alike: Iterable[tuple[str, str, float]], now: float) -> tuple[Action, ...]:
    """Return what is to be done, merges first; `alike` are pairs of ids with their cosine, each pair once."""
    known = {one.id: one for one in lessons if one.standing in _SHOWN}
    pairs = sorted((min(a, b), max(a, b), cosine) for a, b, cosine in alike if a in known and b in known)
    doubts: dict[str, str] = {}
    near: dict[str, set[str]] = {}
    apart: set[str] = set()
    for one, other, cosine in pairs:
        first, second = known[one], known[other]
        if not are_comparable(first, second):
            continue
        if contradict(first, second):
            apart |= {one, other}
            if first.standing is second.standing is Standing.ACTIVE:
                doubts.setdefault(one, other)
                doubts.setdefault(other, one)
        elif cosine >= MERGED_FROM:
            near.setdefault(one, set()).add(other)
            near.setdefault(other, set()).add(one)
    merges = _merge(known, near, apart)
    for merge in merges:
        for gone in merge.dropped:
            del known[gone]
        known[merge.kept.id] = merge.kept
    return (*merges, *_judge(known, doubts, now))


def contradict(one: Lesson, other: Lesson) -> bool:
    """Say whether one lesson calls right what the other calls wrong, or did what the other failed with."""
    return any(
        _is_one_code(first.right, second.wrong) or _say_one_thing(first.worked, second.tried)
        for first, second in ((one, other), (other, one))
    )


def apply(store: Store, actions: Sequence[Action]) -> Done:
    """Do what was decided; what somebody has changed meanwhile is left for the next time."""
    merged = 0
    for action in actions:
        if isinstance(action, Merge):
            there = [one for one in action.dropped if (found := store.lesson(one)) is not None and found.id == one]
            if there and store.lesson(action.kept.id) is not None:
                store.merge(action.kept, there)
                merged += len(there)
    changed = []
    for action in actions:
        if isinstance(action, Stand):
            lesson = store.lesson(action.lesson)
            if lesson is not None and lesson.id == action.lesson and lesson.standing is action.was:
                changed.append(replace(lesson, standing=action.standing))
    store.replace(changed)
    counts = [one.standing for one in changed]
    archived, doubted, retired = map(counts.count, (Standing.ARCHIVED, Standing.DOUBTFUL, Standing.RETIRED))
    return Done(merged, archived, doubted, retired)


def are_comparable(one: Lesson, other: Lesson) -> bool:
    """Say whether two lessons are for the same readers."""
    return (one.scope.repository, one.scope.language, one.is_shared) == (
        other.scope.repository,
        other.scope.language,
        other.is_shared,
    )


def _merge(known: dict[str, Lesson], near: dict[str, set[str]], apart: set[str]) -> list[Merge]:
    """Return merges, none of which takes what another has: the best known lesson takes over those next to it."""
    free = {one for one in near if one not in apart}
    merges = []
    for keeper in sorted(free, key=lambda one: _rank(known[one])):
        if keeper not in free:
            continue
        lesson = known[keeper]
        dropped = sorted(one for one in near[keeper] & free if known[one].standing is lesson.standing)
        if dropped:
            free -= {keeper, *dropped}
            merges.append(Merge(_join(lesson, [known[one] for one in dropped]), tuple(dropped)))
    return merges


def _rank(lesson: Lesson) -> tuple[bool, int, float, str]:
    """Return what is lowest of the lesson whose texts are kept: it has both examples, was made often, and lately."""
    return not (lesson.wrong and lesson.right), -lesson.frequency, -lesson.last_seen, lesson.id


def _join(kept: Lesson, dropped: Sequence[Lesson]) -> Lesson:
    whole = (kept, *dropped)
    return replace(
        kept,
        severity=min((one.severity for one in whole), key=_GRAVEST.index),
        first_seen=min(one.first_seen for one in whole),
        last_seen=max(one.last_seen for one in whole),
        frequency=sum(one.frequency for one in whole),
        shown=sum(one.shown for one in whole),
        helped=sum(one.helped for one in whole),
    )


def _judge(known: dict[str, Lesson], doubts: dict[str, str], now: float) -> Iterator[Stand]:
    for key, lesson in sorted(known.items()):
        if lesson.shown >= SHOWN_ENOUGH and lesson.help_rate < HELPS_TOO_LITTLE:
            reason = f"It was shown {lesson.shown} times and helped {lesson.helped} times."
            yield Stand(key, lesson.standing, Standing.RETIRED, reason)
        elif now - lesson.last_seen > UNSEEN and lesson.frequency < OFTEN:
            reason = f"It was not seen for {(now - lesson.last_seen) / DAY:.0f} days."
            yield Stand(key, lesson.standing, Standing.ARCHIVED, reason)
        elif key in doubts:
            reason = f"It contradicts the lesson {doubts[key]}."
            yield Stand(key, lesson.standing, Standing.DOUBTFUL, reason)


def _is_one_code(one: str, other: str) -> bool:
    """Say whether two examples are the same but for blanks."""
    return bool(one.strip()) and one.split() == other.split()


def _say_one_thing(one: str, other: str) -> bool:
    """Say whether two sentences have the same words, and deny the same things."""
    first, second = set(split_words(one)), set(split_words(other))
    if len(first) < 3 or len(first & second) < SAID_AGAIN * len(first | second):
        return False
    return _denials(one) == _denials(other)


def _denials(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower().replace("'", ""))) & _DENIALS
