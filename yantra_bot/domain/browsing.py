"""What a browser saw of a site, before and after a change. Values and their comparison; nothing is opened here."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

DEFAULT_URL = "http://127.0.0.1:8000/"
MAX_PAGES = 6
"""Pages that one look takes in."""


class TroubleKind(StrEnum):
    """What went wrong in a page; the value is how the browser's driver names it."""

    EXCEPTION = "exception"
    CONSOLE = "console"
    REQUEST = "request"
    ANSWER = "answer"
    OUTSIDE = "outside"
    """Something outside of the site was asked for; there is no network, so that this shows nothing of the change."""
    HANG = "hang"
    DIALOGS = "dialogs"
    CRASH = "crash"
    BROKEN = "broken"
    FLOW = "flow"
    SERVE = "serve"

    @property
    def is_judged(self) -> bool:
        """Whether it speaks against a change that brings it."""
        return self is not TroubleKind.OUTSIDE


WORDS = {
    TroubleKind.EXCEPTION: "uncaught exception",
    TroubleKind.CONSOLE: "error in the console",
    TroubleKind.REQUEST: "failed request",
    TroubleKind.ANSWER: "request that was answered with an error",
    TroubleKind.OUTSIDE: "request to outside, where there is no network",
    TroubleKind.HANG: "page that does not come to an end",
    TroubleKind.DIALOGS: "dialogs without end",
    TroubleKind.CRASH: "crash of the page",
    TroubleKind.BROKEN: "page that could not be looked at",
    TroubleKind.FLOW: "flow that does not work",
    TroubleKind.SERVE: "site that cannot be served",
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that went wrong at a path of the site. `where` is the place in a script, if the browser named one."""

    kind: TroubleKind
    path: str
    text: str
    where: str = ""

    @property
    def signature(self) -> tuple[str, str, str]:
        """What makes two troubles the same: numbers, such as times, do not tell them apart."""
        return self.kind, self.path, re.sub(r"\d+", "0", self.text)

    def describe(self) -> str:
        """Return it as a sentence for people; all but the first words is data."""
        where = f" (at {self.where})" if self.where else ""
        return f"{WORDS[self.kind]} in {self.path or 'the site'}: {self.text}{where}"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in the blob store. Sizes in pixels and bytes."""

    blob: str
    media: str
    width: int
    height: int
    size: int


@dataclass(frozen=True, slots=True)
class Times:
    """How long a page took, in milliseconds from the start of its loading; None for what the browser did not tell."""

    first_byte: float | None = None
    ready: float | None = None
    load: float | None = None
    paint: float | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it was seen."""

    path: str
    title: str
    status: int | None
    times: Times
    requests: int
    bytes: int
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """A form that was handed in empty, and then filled by the types of its fields."""

    path: str
    number: int
    fields: int
    refused: int
    """Fields that refuse to be empty."""
    unfilled: int
    """Fields that refused what was put in."""
    ended: str
    """The path at which it ended."""


@dataclass(frozen=True, slots=True)
class Look:
    """All that was seen of one version of a site."""

    pages: tuple[Page, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    forms: tuple[Form, ...] = ()
    flows: tuple[tuple[str, str], ...] = ()
    """Names of the described flows, each with what went wrong."""
    notes: tuple[str, ...] = ()
    problem: str = ""
    """Why not all of it was seen; empty when it was."""

    def page(self, path: str) -> Page | None:
        return next((one for one in self.pages if one.path == path), None)


@dataclass(frozen=True, slots=True)
class Browsed:
    """A site before and after a change."""

    served: str
    """How the site was served, for people."""
    before: Look = field(default_factory=Look)
    after: Look = field(default_factory=Look)
    seconds: float = 0.0

    @property
    def new(self) -> tuple[Trouble, ...]:
        """The troubles that the change brought and that speak against it."""
        known = {one.signature for one in self.before.troubles}
        fresh = {one.signature: one for one in self.after.troubles if one.kind.is_judged}
        return tuple(one for signature, one in fresh.items() if signature not in known)

    @property
    def outside(self) -> tuple[Trouble, ...]:
        """What the change asks for outside of the site, which nobody could try out."""
        known = {one.signature for one in self.before.troubles}
        fresh = {one.signature: one for one in self.after.troubles if not one.kind.is_judged}
        return tuple(one for signature, one in fresh.items() if signature not in known)

    @property
    def pairs(self) -> tuple[tuple[Page, Page | None], ...]:
        """Each page after the change, with the same before it."""
        return tuple((page, self.before.page(page.path)) for page in self.after.pages)


@dataclass(frozen=True, slots=True)
class FlowStep:
    """One step of a flow: open a path, fill a field, click on something, expect words."""

    do: str
    target: str
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """What a person does on the site, from a first path on."""

    name: str
    start: str
    steps: tuple[FlowStep, ...]


@dataclass(frozen=True, slots=True)
class BrowserRules:
    """How a repository's site is served and looked at."""

    enabled: bool = True
    serve: tuple[str, ...] = ()
    """The command that serves it; empty: its files are served as they are."""
    url: str = DEFAULT_URL
    root: str = ""
    """Folder of the files, relative to the repository; empty: found out."""
    pages: tuple[str, ...] = ("/",)
    flows: tuple[Flow, ...] = ()
    explores: bool = True
    """Whether links are followed and forms are handed in that no flow describes."""
    pictures: bool = True
    """Whether pictures of the pages are shown in pull requests; on the run's page they are shown in any case."""
