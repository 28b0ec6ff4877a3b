"""The fault plan: what goes wrong with the next matching requests, before or after their effect took place."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase

from tests.fakes.github.exchange import Answer, GitHubError


class Kind(StrEnum):
    """How a request goes wrong."""

    ANSWER = "answer"
    DROP = "drop"
    HANG = "hang"


@dataclass
class Fault:
    """One thing that goes wrong. `path` is a pattern where * also matches /; `times` counts down to nothing."""

    kind: Kind
    method: str
    path: str
    after_effect: bool
    times: int
    answer: Answer | None = None
    hits: int = 0
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def release(self) -> None:
        """Cut the connections that hang."""
        self.released.set()

    def matches(self, method: str, path: str) -> bool:
        return self.hits < self.times and self.method in ("*", method) and fnmatchcase(path, self.path)


@dataclass
class FaultPlan:
    """Faults in the order they were added; the first that matches is used, once for each of its `times`."""

    faults: list[Fault] = field(default_factory=list)

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault of this request, and count it as used."""
        for fault in self.faults:
            if fault.matches(method, path):
                fault.hits += 1
                return fault
        return None

    @property
    def unused(self) -> list[Fault]:
        """Return the faults that no request has met yet."""
        return [fault for fault in self.faults if fault.hits < fault.times]

    def answer(
        self,
        method: str,
        path: str,
        status: int,
        *,
        message: str = "Server Error",
        headers: Mapping[str, str] | None = None,
        after_effect: bool = False,
        times: int = 1,
    ) -> Fault:
        """Answer with a status; with `after_effect` the request did its work all the same."""
        answer = GitHubError(status, message, headers=headers).answer()
        return self._add(Fault(Kind.ANSWER, method, path, after_effect, times, answer))

    def answer_page(self, method: str, path: str, status: int = 502, *, times: int = 1) -> Fault:
        """Answer with a page instead of JSON, as a proxy in between does."""
        page = Answer(status, raw=b"<html><body>Unicorn!</body></html>", content_type="text/html")
        return self._add(Fault(Kind.ANSWER, method, path, False, times, page))

    def answer_json(self, method: str, path: str, status: int, body: object, *, times: int = 1) -> Fault:
        """Answer with this JSON instead of doing anything, as a replica that is behind does."""
        return self._add(Fault(Kind.ANSWER, method, path, False, times, Answer(status, body)))

    def drop(self, method: str, path: str, *, after_effect: bool = False, times: int = 1) -> Fault:
        """Cut the connection without an answer."""
        return self._add(Fault(Kind.DROP, method, path, after_effect, times))

    def hang(self, method: str, path: str, *, after_effect: bool = False, times: int = 1) -> Fault:
        """Say nothing until the fault is released or the test GitHub is closed."""
        return self._add(Fault(Kind.HANG, method, path, after_effect, times))

    def secondary_limit(self, method: str, path: str, *, retry_after: int | None = None, times: int = 1) -> Fault:
        """Refuse as GitHub does for too many writes in a short time."""
        message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        return self.answer(method, path, 403, message=message, headers=headers, times=times)

    def primary_limit(self, method: str, path: str, *, reset_at: float, times: int = 1) -> Fault:
        """Refuse as GitHub does when the hour's requests are used up; `reset_at` is in Unix seconds."""
        headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(reset_at))}
        message = "API rate limit exceeded for installation."
        return self.answer(method, path, 403, message=message, headers=headers, times=times)

    def hide_once(self, path: str, *, times: int = 1) -> Fault:
        """Answer 404 to the next reads, as a replica does that has not heard of a thing just made."""
        return self.answer("GET", path, 404, message="Not Found", times=times)

    def _add(self, fault: Fault) -> Fault:
        self.faults.append(fault)
        return fault
