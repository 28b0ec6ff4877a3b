"""What was gathered of a failure, as a diagnosis: numbered evidence, suspects, and one sentence about the cause. Pure.

Without a model: each piece of evidence quotes what was found, and the sentence claims no more than what it shows.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

from yantra_bot.domain.alerts import Alert
from yantra_bot.domain.diagnosing import Alike, Gathered, Learnt, Moved, PodTrouble, Shipped
from yantra_bot.domain.faults import Fault, Frame
from yantra_bot.domain.incidents import MOST_EVIDENCE, Diagnosis, Evidence, Incident, Suspect

MOST_LINE: Final = 300
LIKELY: Final = 0.6
"""From this score on something speaks for a suspect beyond its having been deployed."""
SURE_LESSON: Final = 0.8
"""From this similarity on what worked then is tried first."""
_FRAMES: Final = 6
_LINES: Final = 5


def diagnose(incident: Incident, alerts: Sequence[Alert], gathered: Gathered) -> Diagnosis:
    """Return what was found out, without a narrative."""
    inspection, shipped = gathered.inspection, gathered.shipped
    kinds = (
        _of_alerts(alerts),
        _of_shipped(shipped),
        _of_pods(gathered.pods),
        _of_numbers(gathered.numbers),
        (_of_suspect(one) for one in inspection.suspects),
        _of_frames(gathered.faults, inspection.frames),
        _of_paths(inspection.suspects),
        (Evidence("", "log", cut(line)) for line in gathered.lines[-_LINES:]),
        _of_lessons(gathered.lessons),
        _of_alike(gathered.alike),
        (Evidence("", "owner", name) for name in (gathered.owners or inspection.owners)[:5]),
        (Evidence("", "gap", gap) for gap in (*gathered.gaps, *inspection.gaps)[:6]),
    )
    found = [one for kind in kinds for one in kind][:MOST_EVIDENCE]
    evidence = tuple(Evidence(f"e{at}", one.kind, one.text, one.link) for at, one in enumerate(found, 1))
    return Diagnosis(
        cause=say_cause(incident, gathered),
        suspects=inspection.suspects,
        evidence=evidence,
        deploy_run=shipped.run_id if shipped.is_cause else "",
        deploy_commit=shipped.commit if shipped.is_cause else "",
        serves=shipped.serves,
        error=name_error(gathered.faults, inspection.frames),
        trace=gathered.trace,
        owners=gathered.owners or inspection.owners,
        lesson=next((one.id for one in gathered.lessons if one.similarity >= SURE_LESSON and one.worked), ""),
    )


def say_cause(incident: Incident, gathered: Gathered) -> str:
    """Return one sentence about what is likely behind it."""
    suspects, shipped = gathered.inspection.suspects, gathered.shipped
    memory = next((pod for pod in gathered.pods if "OOMKilled" in pod.trouble), None)
    image = next((pod for pod in gathered.pods if "ImagePull" in pod.trouble or "ConfigError" in pod.trouble), None)
    if image is not None:
        return f"Pods of {incident.service} cannot start ({image.trouble}), so that no code of it is at fault yet."
    began = f"It began after commit {shipped.commit[:12]} was deployed. " if shipped.is_cause else ""
    grown = f"Pods of {incident.service} use more memory than they may ({memory.name}). " if memory is not None else ""
    if not suspects:
        return f"{began}{grown}No change was found that may have brought it."
    first = suspects[0]
    word = "likely" if first.score >= LIKELY and (len(suspects) == 1 or first.score > suspects[1].score) else "perhaps"
    where = f", in {first.functions[0]}" if first.functions else ""
    return f"{began}{grown}Commit {first.commit[:12]} {word} brought it{where}."


def name_error(faults: Sequence[Fault], frames: Sequence[Frame]) -> str:
    """Return the error that is thrown, with its place in the repository where it has one; empty where none is."""
    if not faults:
        return ""
    place = f" in {frames[-1].path}:{frames[-1].line}" if frames else ""
    return f"{one_line(faults[0].error)[:80]}{place}"


def one_line(text: str) -> str:
    """Return a text on one line."""
    return " ".join(text.split())


def cut(text: str) -> str:
    """Return a text on one line, cut."""
    line = one_line(text)
    return line if len(line) <= MOST_LINE else f"{line[: MOST_LINE - 1]}…"


def when(at: float) -> str:
    """Return a time as people read it, in UTC."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC"


def _of_alerts(alerts: Sequence[Alert]) -> Iterable[Evidence]:
    for alert in alerts[:3]:
        said = f"{alert.name}: {alert.summary}" if alert.summary else alert.name
        yield Evidence("", "alert", cut(said), alert.url)


def _of_shipped(shipped: Shipped) -> Iterable[Evidence]:
    if shipped.run_id:
        what = "went back to" if shipped.is_rollback else "deployed"
        text = f"Run {shipped.run_id} {what} {shipped.commit[:12]} at {when(shipped.began_at)}, for {shipped.by}."
        yield Evidence("", "deploy", text)
    if shipped.problem:
        yield Evidence("", "gap", shipped.problem)


def _of_pods(pods: Sequence[PodTrouble]) -> Iterable[Evidence]:
    for pod in pods[:3]:
        again = f", started again {pod.restarts} times" if pod.restarts else ""
        yield Evidence("", "event", cut(f"{pod.name}: {pod.trouble or 'not ready'}{again}"))


def _of_numbers(numbers: Sequence[Moved]) -> Iterable[Evidence]:
    for one in numbers:
        before, now = (f"{value:.4g}" if value is not None else "no data" for value in (one.before, one.now))
        yield Evidence("", "metric", f"{one.name}: {before} before the deployment, {now} now")


def _of_suspect(suspect: Suspect) -> Evidence:
    text = cut(f"{suspect.commit[:12]} {suspect.title} ({suspect.author}): {suspect.why}")
    return Evidence("", "commit", text, suspect.places[0] if suspect.places else "")


def _of_frames(faults: Sequence[Fault], frames: Sequence[Frame]) -> Iterable[Evidence]:
    for fault in faults[:2]:
        yield Evidence("", "frame", cut(f"{fault.error}: {fault.message}"))
    for frame in reversed(frames[-_FRAMES:]):
        place = f"{frame.path}:{frame.line}"
        yield Evidence("", "frame", cut(f"{frame.function or 'code'} in {place}"), place)


def _of_paths(suspects: Sequence[Suspect]) -> Iterable[Evidence]:
    for suspect in suspects[:2]:
        if len(suspect.path) > 1:
            yield Evidence("", "path", " → ".join(suspect.path), suspect.places[0] if suspect.places else "")


def _of_lessons(lessons: Sequence[Learnt]) -> Iterable[Evidence]:
    for one in lessons[:2]:
        yield Evidence("", "lesson", cut(f"{one.id}: {one.failed} What worked: {one.worked}"), one.source)


def _of_alike(alike: Sequence[Alike]) -> Iterable[Evidence]:
    for one in alike[:2]:
        number = f" (#{one.issue})" if one.issue else ""
        yield Evidence("", "incident", cut(f"{when(one.opened_at)}{number}: {one.title}. {one.note}"))
