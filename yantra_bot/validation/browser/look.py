"""Has a version of a site looked at inside the sandbox, and reads what is said of it as data that may be hostile.

The browser, what drives it and the site run in one sandbox: nothing of them is trusted, and the most that a site can
gain is to lie about itself, as tests can. Pictures are taken in as bytes, by what they are.
"""

import json
import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from runners import read_source
from yantra_bot.domain.browsing import MAX_PAGES, BrowserRules, Form, Look, Page, Picture, Times, Trouble, TroubleKind
from yantra_bot.domain.pictures import read_facts
from yantra_bot.sandbox.bubblewrap import Sandbox
from yantra_bot.sandbox.contract import RUNNERS_FOLDER, WORKSPACE, Job, Mount
from yantra_bot.sandbox.environment import Environment
from yantra_bot.validation.browser.choose import Site
from yantra_bot.validation.browser.program import LIMITS, Browser

LOOK_SECONDS = 100.0
"""For all pages of one version; the sandbox's own limit leaves room for serving and starting."""
MAX_PICTURE_BYTES = 1_000_000
MAX_ALL_PICTURE_BYTES = 4_000_000
"""Of one look."""
_MAX = {"trouble": 120, "form": 24, "flow": 20, "note": 30}
_MAX_TEXT = 500
_PACKAGES, _PICTURES, _ORDER = "/run/browser", "/run/pictures", f"{RUNNERS_FOLDER}/order.json"
_FONTS = f"{RUNNERS_FOLDER}/browser/fonts.conf"
_SOURCES = (
    "__init__.py",
    *(f"browser/{name}.py" for name in ("__init__", "main", "serving", "watching", "flows", "forms")),
)
_START = (
    f"import sys; sys.path[:0] = [{RUNNERS_FOLDER!r}, {_PACKAGES!r}]; from runners.browser.main import main; main()"
)


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a version is looked at: its tree, what is installed for it, and a folder of its account for pictures."""

    sandbox: Sandbox
    browser: Browser
    environment: Environment
    tree: Path
    pictures: Path


def preload() -> None:
    """Read what is shown inside the sandbox, for a process that may not be able to later."""
    for name in (*_SOURCES, "browser/fonts.conf"):
        read_source(name)


def look(
    stage: Stage, site: Site, rules: BrowserRules, *, keep: Callable[[bytes], str], say: Callable[[str], None]
) -> Look:
    """Return what the browser saw. `keep` takes a picture's bytes and returns its name. Raises SandboxUnavailable."""
    done = stage.sandbox.run(make_job(stage, site, rules), on_line=_tell_pages(say))
    problem = f"it met its limit of {done.limit}" if done.limit else ""
    return read_look(done.output, PictureReader(stage.pictures, keep), problem)


def make_job(stage: Stage, site: Site, rules: BrowserRules) -> Job:
    """Return the command that serves and looks."""
    folder = WORKSPACE if site.folder in ("", ".") else f"{WORKSPACE}/{site.folder}"
    order = {
        "program": str(stage.browser.program),
        "serve": list(site.serve),
        "folder": folder,
        "environment": {"PORT": str(urlsplit(rules.url).port or 80)},
        "url": rules.url,
        "pages": list(rules.pages),
        "flows": [_pack_flow(flow) for flow in rules.flows],
        "explores": rules.explores,
        "max_pages": MAX_PAGES,
        "seconds": LOOK_SECONDS,
        "pictures": _PICTURES,
    }
    job = stage.environment.make_job(
        (stage.sandbox.interpreter.executable, "-I", "-c", _START, _ORDER),
        workspace=stage.tree,
        limits=LIMITS,
        variables={"FONTCONFIG_FILE": _FONTS},
    )
    files = {f"{RUNNERS_FOLDER}/runners/{name}": read_source(name) for name in _SOURCES}
    files |= {_ORDER: json.dumps(order).encode(), _FONTS: read_source("browser/fonts.conf")}
    mounts = (Mount(stage.browser.packages, _PACKAGES), Mount(stage.pictures, _PICTURES, writable=True))
    return replace(job, mounts=(*job.mounts, *mounts), files={**job.files, **files})


def _pack_flow(flow: Any) -> dict[str, Any]:
    steps = [
        {"do": step.do, "target": step.target, **({} if step.value is None else {"value": step.value})}
        for step in flow.steps
    ]
    return {"name": flow.name, "start": flow.start, "steps": steps}


def _tell_pages(say: Callable[[str], None]) -> Callable[[str], None]:
    def tell(line: str) -> None:
        for fact in _facts(line):
            if isinstance(fact.get("page"), str):
                say(f"looked at {fact['page'][:200]}")

    return tell


def read_look(output: str, pictures: "PictureReader", problem: str) -> Look:
    """Return what was printed as values; what has another shape than it should is left out."""
    found: dict[str, list[Any]] = {"page": [], "trouble": [], "form": [], "flow": [], "note": []}
    is_whole = False
    for fact in _facts(output):
        is_whole = is_whole or fact.get("done") is True
        kind = next((kind for kind in found if kind in fact), None)
        if kind is not None and len(found[kind]) < _MAX.get(kind, MAX_PAGES):
            value = _read(kind, fact, pictures)
            found[kind] += [] if value is None else [value]
    if not problem and not is_whole:
        problem = "it ended early: " + _text(output[-200:])
    pages, troubles, forms, flows, notes = (tuple(found[kind]) for kind in found)
    return Look(pages, troubles, forms, flows, notes, problem)


def _facts(output: str) -> Iterator[dict[str, Any]]:
    for line in output.split("\n"):
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            yield found


def _read(kind: str, fact: dict[str, Any], pictures: "PictureReader") -> Any:
    match kind:
        case "page":
            return _read_page(fact, pictures)
        case "trouble":
            is_known = fact["trouble"] in set(TroubleKind)
            texts = (_text(fact.get(name, "")) for name in ("path", "text", "where"))
            return Trouble(TroubleKind(fact["trouble"]), *texts) if is_known else None
        case "form":
            number, fields, refused, unfilled = (
                _count(fact.get(name)) for name in ("form", "fields", "refused", "unfilled")
            )
            ended = _text(fact.get("ended", ""))
            return Form(_text(fact.get("path", "")), number, fields, refused, unfilled, ended)
        case "flow":
            return _text(fact["flow"]), _text(fact.get("problem", ""))
        case _:
            return _text(fact["note"])


def _read_page(fact: dict[str, Any], pictures: "PictureReader") -> Page:
    found = fact.get("times")
    times = found if isinstance(found, dict) else {}
    status = fact.get("status")
    return Page(
        path=_text(fact["page"]),
        title=_text(fact.get("title", "")),
        status=status if isinstance(status, int) and not isinstance(status, bool) and 100 <= status <= 599 else None,
        times=Times(*(_milliseconds(times.get(name)) for name in ("first_byte", "ready", "load", "paint"))),
        requests=_count(fact.get("requests")),
        bytes=_count(times.get("bytes")),
        picture=pictures.take(fact.get("picture")),
    )


def _text(value: object) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in str(value)[:_MAX_TEXT])


def _count(value: object) -> int:
    return min(value, 10**9) if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _milliseconds(value: object) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 <= value < 1e7 else None  # type: ignore[operator, arg-type]  # judged above


class PictureReader:
    """Takes pictures out of a folder that untrusted code wrote to."""

    def __init__(self, folder: Path, keep: Callable[[bytes], str]) -> None:
        self._folder, self._keep = folder, keep
        self._left = MAX_ALL_PICTURE_BYTES

    def take(self, name: object) -> Picture | None:
        """Return a picture that was kept; None for no such file, no picture, or too much."""
        if not isinstance(name, str) or not re.fullmatch(r"\d{1,2}\.(png|jpg)", name):
            return None
        data = self._read(name)
        facts = read_facts(data)
        if facts is None or len(data) > self._left:
            return None
        self._left -= len(data)
        return Picture(self._keep(data), facts.media, facts.width, facts.height, len(data))

    def _read(self, name: str) -> bytes:
        """Return the bytes of a plain file, nothing for anything else."""
        try:
            number = os.open(self._folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return b""
        with os.fdopen(number, "rb") as file:
            facts = os.fstat(number)
            is_fit = stat.S_ISREG(facts.st_mode) and facts.st_size <= MAX_PICTURE_BYTES
            return file.read(MAX_PICTURE_BYTES) if is_fit else b""
