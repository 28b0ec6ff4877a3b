"""What becomes of a pod: decided by its annotation, by the namespace's ConfigMap `fates`, or by its image's name.

A fate is a word and options, such as `ready status=500 delay=2 version=abc`:

    ready     runs, and is ready at once          slow      ready after `after` seconds (default 5)
    notready  runs, never ready                   flap      ready and not ready in turn, `after` seconds each (2)
    crash     CrashLoopBackOff                    latecrash ready, then CrashLoopBackOff `after` seconds later (3)
    nopull    ImagePullBackOff                    badconfig CreateContainerConfigError
    noimage   ErrImagePull: there is no such image
    oom       OOMKilled, with restarts            job, jobfail   runs to its end, well or badly

`status`, `delay` (seconds), `body` and `version` (value of X-Version) are what its HTTP server answers with; `log` is
what it wrote, as `write_log` writes it.
"""

import base64
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

ANNOTATION: Final = "yantra.test/fate"
CONFIG_MAP: Final = "fates"
WORDS: Final = (
    "notready",
    "latecrash",
    "crash",
    "nopull",
    "noimage",
    "badconfig",
    "oom",
    "flap",
    "slow",
    "jobfail",
    "job",
    "ready",
)
"""In the order in which they are looked for in an image's name."""
_AFTER: Final = {"slow": 5.0, "flap": 2.0, "latecrash": 3.0}
_WAITING: Final = {
    "crash": ("CrashLoopBackOff", "back-off 10s restarting failed container"),
    "nopull": ("ImagePullBackOff", "Back-off pulling image"),
    "noimage": ("ErrImagePull", "rpc error: code = NotFound desc = failed to pull and unpack image: not found"),
    "badconfig": ("CreateContainerConfigError", 'configmap "settings" not found'),
}


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one pod, and what it answers over HTTP."""

    word: str = "ready"
    status: int = 200
    delay: float = 0.0
    body: str = "ok"
    version: str | None = None
    after: float = 0.0
    log: str = ""


@dataclass(frozen=True, slots=True)
class Looks:
    """What a pod looks like at an age."""

    state: Mapping[str, Any]
    is_ready: bool = False
    restarts: int = 0
    phase: str = "Running"
    last_state: Mapping[str, Any] | None = None

    @property
    def is_serving(self) -> bool:
        return "running" in self.state

    @property
    def key(self) -> tuple[object, ...]:
        """What makes news of it."""
        return next(iter(self.state)), str(self.state), self.is_ready, self.restarts, self.phase


def parse_fate(text: str) -> Fate:
    """Return the fate that a text says. Raises ValueError for a word or an option that is none."""
    word, *options = text.split()
    if word not in WORDS:
        raise ValueError(f"{word!r} is no fate; there are: {', '.join(WORDS)}")
    fate = Fate(word, after=_AFTER.get(word, 0.0))
    kinds: dict[str, Any] = {
        "status": int,
        "delay": float,
        "after": float,
        "body": str,
        "version": str,
        "log": read_log,
    }
    for option in options:
        name, _, value = option.partition("=")
        if name not in kinds:
            raise ValueError(f"{name!r} is no option of a fate; there are: {', '.join(kinds)}")
        fate = replace(fate, **{name: kinds[name](value)})
    return fate


def write_log(text: str) -> str:
    """Return a text as the value of the option `log`."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_log(value: str) -> str:
    """Return what `write_log` wrote."""
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)).decode()


def decide(pod: Mapping[str, Any], fates: Mapping[str, str]) -> Fate:
    """Return a pod's fate. `fates` has texts by parts of an image's name, such as the beginning of a digest."""
    said = (pod["metadata"].get("annotations") or {}).get(ANNOTATION)
    images = [str(one["image"]) for one in pod["spec"]["containers"]]
    if said is None:
        said = next((text for part, text in fates.items() if any(part in image for image in images)), None)
    if said is None:
        said = next((word for word in WORDS for image in images if word in image), "ready")
    return parse_fate(said)


def look(fate: Fate, age: float) -> Looks:
    """Return what a pod with this fate looks like when it is `age` seconds old."""
    word = fate.word
    if word == "latecrash":
        word = "ready" if age < fate.after else "crash"
    restarts = 1 + int(age // 5)
    if word in _WAITING:
        reason, message = _WAITING[word]
        phase = "Running" if word == "crash" else "Pending"
        last = _ended(1, "Error") if word == "crash" else None
        return Looks({"waiting": {"reason": reason, "message": message}}, False, restarts if last else 0, phase, last)
    if word == "oom":
        return Looks(_ended(137, "OOMKilled"), False, restarts)
    if word in ("job", "jobfail"):
        return Looks(_ended(0, "Completed") if word == "job" else _ended(1, "Error"), False, 0, _JOB_PHASE[word])
    ready = {"notready": False, "flap": int(age // (fate.after or 1)) % 2 == 0, "slow": age >= fate.after}
    return Looks({"running": {"startedAt": stamp()}}, ready.get(word, True))


_JOB_PHASE: Final = {"job": "Succeeded", "jobfail": "Failed"}


def _ended(code: int, reason: str) -> dict[str, Any]:
    return {"terminated": {"exitCode": code, "reason": reason, "startedAt": stamp(), "finishedAt": stamp()}}


def describe(pod: Mapping[str, Any], looks: Looks, ip: str) -> dict[str, Any]:
    """Return the status that a kubelet writes of a pod."""
    containers = []
    for one in pod["spec"]["containers"]:
        said: dict[str, Any] = {"name": one["name"], "image": one["image"], "imageID": one["image"]}
        said |= {"ready": looks.is_ready, "restartCount": looks.restarts, "state": looks.state}
        if looks.last_state is not None:
            said["lastState"] = looks.last_state
        containers.append(said)
    conditions = [
        {"type": kind, "status": "True" if kind in ("PodScheduled", "Initialized") or looks.is_ready else "False"}
        | {"lastTransitionTime": stamp()}
        for kind in ("PodScheduled", "Initialized", "ContainersReady", "Ready")
    ]
    status = {"phase": looks.phase, "startTime": stamp(), "containerStatuses": containers, "conditions": conditions}
    # A pod whose image cannot be pulled has an address, too: the network comes before the image.
    return {**status, "podIP": ip, "podIPs": [{"ip": ip}]}


def tell_log(pod: Mapping[str, Any], fate: Fate, *, is_previous: bool) -> str:
    """Return what a container wrote; of an earlier instance only where there was one."""
    name = pod["metadata"]["name"]
    has_run_before = fate.word in ("crash", "latecrash", "oom")
    if fate.word in ("nopull", "noimage", "badconfig") or (is_previous and not has_run_before):
        return ""
    if fate.word in ("crash", "latecrash"):
        return f"{name} starting\nTraceback: cannot connect to the database\nRuntimeError: giving up\n"
    return f"{name} starting\nlistening\n{fate.log}"


def show_log(text: str, pod: Mapping[str, Any], query: Mapping[str, str]) -> str:
    """Return a log as it is asked for: its last lines, each after its time. All of it is as old as the pod."""
    born = str(pod["metadata"]["creationTimestamp"])
    age = dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(born)
    if age.total_seconds() > int(query.get("sinceSeconds", "1000000")):
        return ""
    lines = text.splitlines(keepends=True)[-int(query.get("tailLines", "1000")) :]
    time = f"{born.removesuffix('Z')}.123456789Z " if query.get("timestamps") == "true" else ""
    return "".join(f"{time}{line}" for line in lines)


def stamp() -> str:
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
