"""Orders to workers of one purpose: keep a graph, review a change, check one. `protocol` says how they travel."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from yantra_bot.domain.beside import NOTHING_BESIDE, Beside
from yantra_bot.domain.checks import NO_SETTINGS, CheckKind, CheckSettings
from yantra_bot.domain.coverage import Executed
from yantra_bot.domain.diagnosing import Question
from yantra_bot.domain.reviewed import ReviewWork
from yantra_bot.validation.browser.program import Browser, BrowserMissing


@dataclass(frozen=True, slots=True)
class Keep:
    """Bring the graph in the worker's folder to `commit`, with `processes` parsing at once. The talk is data."""

    commit: str
    repository: str
    processes: int
    beside: Beside = NOTHING_BESIDE
    kind: Literal["keep"] = "keep"


@dataclass(frozen=True, slots=True)
class Review:
    """Review a change. The tree, where code may run, was laid out and prepared before."""

    work: ReviewWork
    scanner: Path | None = None
    """Folder of semgrep's engine, which the sandbox's user can read; None where there is none."""
    advisories: Path | None = None
    """Index of an export of OSV, which the worker's account can read."""
    kind: Literal["review"] = "review"


@dataclass(frozen=True, slots=True)
class Measure:
    """Measure the change; `executed` is what its tests ran of it. `named` are symbols that are looked up beside it."""

    executed: Executed | None = None
    named: tuple[str, ...] = ()
    kind: Literal["measure"] = "measure"


@dataclass(frozen=True, slots=True)
class Check:
    """Check the tree as it is now. `settings` say what the repository's maintainers want of it."""

    what: CheckKind
    settings: CheckSettings = NO_SETTINGS
    browser: Browser | None = None
    """Where a browser lies that the worker's sandbox can use; None: there is none, which `no_browser` explains."""
    no_browser: str = ""
    kind: Literal["check"] = "check"


def order_check(kind: CheckKind, settings: CheckSettings, find_browser: Callable[[], Browser]) -> Check:
    """Return the order for a check; one that opens pages is told where a browser lies, or why there is none."""
    if kind is not CheckKind.BROWSER:
        return Check(kind, settings)
    try:
        return Check(kind, settings, browser=find_browser())
    except (BrowserMissing, OSError) as problem:
        return Check(kind, settings, no_browser=str(problem))


@dataclass(frozen=True, slots=True)
class Validate:
    """Ask the guide what the code graph shows of the tree as it is edited."""

    kind: Literal["validate"] = "validate"


@dataclass(frozen=True, slots=True)
class LookAhead:
    """Have the guide get ready, while nobody waits for it, for a context or for judging edits."""

    part: Literal["context", "edits"]
    kind: Literal["look ahead"] = "look ahead"


@dataclass(frozen=True, slots=True)
class ReadManifests:
    """Read the manifests that lie at `place` in a commit: a file, or the files of a folder; or render a chart."""

    commit: str
    place: str
    chart: str = ""
    """Folder of a chart, instead of `place`."""
    values: str = ""
    release: str = ""
    """The name that a chart is rendered under."""
    namespace: str = ""
    helm: Path | None = None
    """The operator's Helm, which the worker's account can run; for charts alone."""
    kind: Literal["read manifests"] = "read manifests"


@dataclass(frozen=True, slots=True)
class InspectPast:
    """Say which of the last commits may have brought a failure. The repository is one that has the past."""

    question: Question
    kind: Literal["inspect past"] = "inspect past"


OtherTask = Check | InspectPast | Keep | LookAhead | Measure | ReadManifests | Review | Validate
"""What may be asked beside working in the tree."""
