"""The central training: a process of its own, `python -m yantra_bot.collective.job FILE NOW`; it holds no key.

It decides on the version that reached the first tenth, or makes the next one: learns from four in five
patterns and lets the rest say whether it is better. Every end stands in the change log.

Clients are counted within one week, in which an enrolment has one id. It is the week in which most spoke: who speaks
early in a new one does not find it empty of others.
"""

import hashlib
import os
import resource
import secrets
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from yantra_bot.collective.aggregating import Round, run_round
from yantra_bot.collective.head import Head, make_head, read_head
from yantra_bot.collective.identity import WEEK_SECONDS, week_of
from yantra_bot.collective.pattern import Pattern
from yantra_bot.collective.releasing import Verdict, compare, is_better, is_first
from yantra_bot.collective.store import ALL, FIRST, GONE, WEEKS_KEPT, Store, Version

ROUNDS: Final = 3
LEARNED_WEEKS: Final = 2
"""A version learns from this week or the one before; what older ones taught is in the version that is served."""
WATCH_WEEKS: Final = 3
"""A version of which too little was heard for so long is withdrawn: nothing reaches all without evidence."""
CPU_SECONDS, MEMORY_BYTES = 1_800, 2 * 1024**3
_ONE_IN: Final = 5


def run_job(store: Store, *, now: float, seed: str) -> str:
    """Do what is due; return what was done, as the change log has it."""
    store.forget(week_of(now) - WEEKS_KEPT)
    versions = store.versions()
    waiting = next((one for one in versions if one.stage == FIRST), None)
    serving = next((one for one in versions if one.stage == ALL), None)
    if waiting is not None:
        return _decide(store, waiting, serving, now=now)
    return _make_next(store, serving, now=now, seed=seed)


def _decide(store: Store, waiting: Version, serving: Version | None, *, now: float) -> str:
    """Hand a version to all, or withdraw it; then the weights before it go out under a new number."""
    since = _read_fullest(store, first_week=0, since=waiting.at)
    first = {name: told for name, told in since.items() if is_first(waiting.secret, name)}
    others = {name: told for name, told in since.items() if name not in first}
    found = compare(read_head(waiting.weights), _head(serving), first, others)
    verdict, reason = found.verdict, found.reason
    if verdict is Verdict.WATCHED and now - waiting.at >= WATCH_WEEKS * WEEK_SECONDS:
        verdict, reason = Verdict.WITHDRAWN, f"after {WATCH_WEEKS} weeks {reason}"
    said = f"Version {waiting.version} {verdict}: {reason}."
    if verdict is Verdict.TO_ALL:
        store.move(waiting.version, ALL, at=now, said=said)
    elif verdict is Verdict.WITHDRAWN:
        # In this order: after a kill between the two, who took the version has newer weights to take all the same.
        back = _head(serving).to_bytes()
        store.release(back, stage=ALL, at=now, patterns=store.count(), said=f"As before version {waiting.version}.")
        store.move(waiting.version, GONE, at=now, said=said)
    return said


def _make_next(store: Store, serving: Version | None, *, now: float, seed: str) -> str:
    learn, hold = _split(_read_fullest(store, first_week=week_of(now) - LEARNED_WEEKS + 1))
    old = head = _head(serving)
    came = Round(head, (), ())
    for number in range(ROUNDS):
        came = run_round(head, learn, seed=f"{seed} {number}")
        head = came.head
    trusted = {name for voice in came.voices for name in voice}
    found = is_better(head, old, {name: told for name, told in hold.items() if name in trusted})
    newest = serving.version if serving else 0
    said = f"{len(came.voices)} voices heard, {len(came.refused)} clients refused; {found.reason}"
    if not came.voices or found.verdict is not Verdict.TO_ALL:
        said = f"No new version: {said}."
        store.note(newest, at=now, said=said)
        return said
    said = f"New version for the first tenth: {said}."
    store.release(head.to_bytes(), stage=FIRST, at=now, patterns=store.count(), said=said)
    return said


def _read_fullest(store: Store, *, first_week: int, since: float = 0.0) -> dict[str, list[Pattern]]:
    """Return what came after a moment of the week in which most clients spoke; of several, the newest."""
    counts = {week: count for week, count in store.weeks(since=since).items() if week >= first_week}
    return store.read(max(counts, key=lambda week: (counts[week], week)), since=since) if counts else {}


def _split(clients: Mapping[str, Sequence[Pattern]]) -> tuple[dict[str, list[Pattern]], dict[str, list[Pattern]]]:
    """Return what is learned from, and one in five patterns that is not; the same whenever it is drawn."""
    parts: tuple[dict[str, list[Pattern]], dict[str, list[Pattern]]] = ({}, {})
    for name, patterns in clients.items():
        for one in patterns:
            drawn = hashlib.sha256(one.digest.encode()).digest()[0] % _ONE_IN == 0
            parts[drawn].setdefault(name, []).append(one)
    return parts


def _head(version: Version | None) -> Head:
    return make_head() if version is None else read_head(version.weights)


def main() -> None:
    """Run the job on the file that the command line names, in bounds of time and memory."""
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    said = run_job(Store(Path(sys.argv[1])), now=float(sys.argv[2]), seed=secrets.token_hex(16))
    sys.stdout.write(f"{said}\n")


if __name__ == "__main__":
    main()
