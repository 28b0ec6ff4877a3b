"""What is wrong with a pod: its waiting and ended containers, init containers too, and its conditions. Pure.

Trouble is final where waiting does not end it. An image that cannot be fetched just now may be there in a minute: it
becomes final only where the registry says that it does not exist or may not be had, or where it lasts (see `rollout`).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from yantra_bot.domain.rollout import Manifest
from yantra_bot.domain.workload import Trouble, TroubleKind

LONGEST_MESSAGE: Final = 500
_NO_IMAGE: Final = frozenset(
    {"ErrImagePull", "ImagePullBackOff", "RegistryUnavailable", "ImageInspectError", "InvalidImageName"}
    | {"ErrImageNeverPull", "SignatureValidationFailed"}
)
_NEVER: Final = frozenset({"InvalidImageName", "ErrImageNeverPull"})
_BAD_CONFIG: Final = frozenset({"CreateContainerConfigError", "CreateContainerError", "RunContainerError"})
_FINAL_WORDS: Final = (
    "not found",
    "notfound",
    "manifest unknown",
    "does not exist",
    "denied",
    "unauthorized",
    "forbidden",
    "invalid reference",
)


def trouble_of(pod: Manifest) -> Trouble | None:
    """Return what is wrong with a pod: what is final first, then what comes first; None where nothing is."""
    found = list(_troubles(pod))
    return next((one for one in found if one.is_final), found[0] if found else None)


def _troubles(pod: Manifest) -> Iterator[Trouble]:
    status: Mapping[str, Any] = pod.get("status") or {}
    for name in ("initContainerStatuses", "containerStatuses"):
        for container in status.get(name) or ():
            if (trouble := _of_container(container)) is not None:
                yield trouble
    for condition in status.get("conditions") or ():
        if condition.get("type") == "PodScheduled" and condition.get("reason") == "Unschedulable":
            yield _trouble(TroubleKind.UNSCHEDULABLE, "", "Unschedulable", condition.get("message"))
    if status.get("reason") == "Evicted":
        yield _trouble(TroubleKind.EVICTED, "", "Evicted", status.get("message"))


def _of_container(status: Mapping[str, Any]) -> Trouble | None:
    name = str(status.get("name"))
    state: Mapping[str, Any] = status.get("state") or {}
    last: Mapping[str, Any] = (status.get("lastState") or {}).get("terminated") or {}
    if waiting := state.get("waiting"):
        return _of_waiting(name, waiting, last)
    restarts = int(status.get("restartCount") or 0)
    ended: Mapping[str, Any] = state.get("terminated") or {}
    if ended.get("reason") == "OOMKilled":
        return _trouble(TroubleKind.OUT_OF_MEMORY, name, "OOMKilled", _ending(ended), is_final=restarts > 0)
    if ended.get("exitCode"):
        return _trouble(TroubleKind.EXITED, name, str(ended.get("reason") or "Error"), _ending(ended))
    if last.get("reason") == "OOMKilled":
        return _trouble(TroubleKind.OUT_OF_MEMORY, name, "OOMKilled", _ending(last))
    return None


def _of_waiting(name: str, waiting: Mapping[str, Any], last: Mapping[str, Any]) -> Trouble | None:
    reason, message = str(waiting.get("reason") or ""), str(waiting.get("message") or "")
    if reason == "CrashLoopBackOff":
        kind = TroubleKind.OUT_OF_MEMORY if last.get("reason") == "OOMKilled" else TroubleKind.CRASHES
        said = f"{message} ({_ending(last)})" if last else message
        return _trouble(kind, name, reason, said, is_final=True)
    if reason in _NO_IMAGE:
        is_final = reason in _NEVER or any(word in message.lower() for word in _FINAL_WORDS)
        return _trouble(TroubleKind.NO_IMAGE, name, reason, message, is_final=is_final)
    if reason in _BAD_CONFIG:
        return _trouble(TroubleKind.BAD_CONFIG, name, reason, message)
    return None


def _ending(ended: Mapping[str, Any]) -> str:
    said = f": {ended['message']}" if ended.get("message") else ""
    return f"ended with {ended.get('exitCode', '?')}, {ended.get('reason') or 'no reason'}{said}"


def _trouble(kind: TroubleKind, container: str, reason: str, message: object, *, is_final: bool = False) -> Trouble:
    return Trouble(kind, container, reason, str(message or "")[:LONGEST_MESSAGE], is_final)
