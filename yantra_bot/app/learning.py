"""Puts learning in use together: what keeps lessons, which score file is in use, and what has it learned on from."""

import asyncio
import hashlib
import importlib.util
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import structlog

from yantra_bot.app.collective import open_client
from yantra_bot.app.home import Home
from yantra_bot.app.online import WITHOUT_TORCH, run_update
from yantra_bot.app.score_file import find_score_file, find_score_model
from yantra_bot.domain.scores import ScoreModel
from yantra_bot.errors import YantraError
from yantra_bot.ports import Clock
from yantra_bot.runs.learner import Buffers, Learner
from yantra_bot.scoring.layout import FEATURE_VERSION
from yantra_bot.scoring.replay import ReplayBuffer
from yantra_bot.scoring.score_file import PIN, ScoreFile
from yantra_bot.scoring.versions import VersionEntry, Versions
from yantra_bot.settings import Settings

LOOK_SECONDS: Final = 3_600.0
LEAST: Final = 10
"""So many changes whose tests passed have to be new before it is worth an update."""
MOST_HELD_OUT: Final = 400
"""Held-out experiences that are kept, the newest."""
_log = structlog.get_logger()


class ScoreInUse:
    """The score file of the next worker: what was set up, or what was learned on from it here."""

    def __init__(self, settings: Settings, home: Home) -> None:
        self._settings, self._given = settings, find_score_file(settings)
        self._versions = Versions(versions_of(home)) if settings.score_learning and self._given else None
        self._kept: tuple[object, ScoreModel | None] = (None, None)
        self._own: tuple[object, ScoreModel | None] = (None, None)

    def __call__(self) -> ScoreModel | None:
        """Return it; what is damaged is not in use. Asked before each worker: a look at some files, mostly."""
        if self._versions is None:
            return self._find_given()
        try:
            stamp = self._versions.stamp()
            if stamp != self._kept[0]:
                self._kept = stamp, self._versions.model()
            model = self._kept[1]
            return model if model is not None and model.file.is_file() else self._find_given()
        except OSError as problem:
            _log.warning("the version of the score file cannot be found", problem=str(problem))
            return self._find_given()

    def _find_given(self) -> ScoreModel | None:
        """Return what was set up; it is hashed again only where another file lies there."""
        if self._given is None:
            return None
        stamp = _stamp(self._given), _stamp(self._given.with_name(self._given.name + PIN))
        if stamp != self._own[0]:
            self._own = stamp, find_score_model(self._settings)
        return self._own[1]


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def open_learner(settings: Settings, home: Home, clock: Clock) -> Learner | None:
    """Return what keeps lessons; None where nothing is learned and nothing is shared.

    One process may have it, the server's: what is learned from has one that writes.
    """
    given = find_score_file(settings)
    if given is None or not (settings.score_learning or settings.collective):
        return None
    client = open_client(settings, home, clock)
    if not settings.score_learning:
        return Learner(None, client, is_common=lambda version: version == _version_of(given))
    buffers = Buffers(ReplayBuffer(buffer_of(home)), ReplayBuffer(held_out_of(home), most=MOST_HELD_OUT))
    return Learner(buffers, client, is_common=Versions(versions_of(home)).is_given)


def _version_of(given: Path) -> str:
    """Return a score file's version. A worker names one too: believed, a wrong one would empty the outbox."""
    with given.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()[:12]


def learning(settings: Settings, home: Home, clock: Clock) -> Sequence[Coroutine[Any, Any, None]]:
    """Return what learns for as long as control runs; nothing where it is off, or cannot, which the log then says."""
    given = find_score_file(settings)
    if not settings.score_learning:
        return []
    if importlib.util.find_spec("torch") is None or given is None:
        _log.warning("no learning in use", problem=WITHOUT_TORCH if given else "YANTRA_SCORE_FILE is not set.")
        return []
    return [learn(home, settings, clock)]


async def learn(home: Home, settings: Settings, clock: Clock) -> None:
    """Look now and then whether enough is new, and have it learned from, until cancelled."""
    while True:
        try:
            given = await asyncio.to_thread(find_score_model, settings)
            if given is not None:
                _log.info("learning in use", came=await learn_once(home, given, at=clock.now()))
        except (YantraError, OSError) as problem:
            _log.warning("nothing was learned in use", problem=str(problem))
        except Exception:  # noqa: BLE001 (learning is a help: no defect of it may end control)
            _log.exception("learning in use failed")
        await clock.sleep(LOOK_SECONDS)


async def learn_once(home: Home, given: ScoreModel, *, at: float) -> str:
    """Have what is new learned from, where that is enough; return what came of it, as a sentence.

    Raises UserError for a score file that is none, or while another update is at work; OSError.
    """
    count = await asyncio.to_thread(_get_ready, home, given, at)
    if count < LEAST:
        return f"{count} new changes whose tests passed, of {LEAST} that an update takes."
    return await run_update(buffer_of(home), held_out_of(home), home.learned / "faults", versions_of(home))


def _get_ready(home: Home, given: ScoreModel, at: float) -> int:
    """Take the score file in use that was set up, where it is a new one; return how many sound experiences are new."""
    versions = Versions(versions_of(home))
    read = ScoreFile.read(given.file, features=FEATURE_VERSION, digest=given.digest)
    with versions.lock():
        versions.give(given.file, at=at, digest=read.version)
    new = ReplayBuffer(buffer_of(home)).entries(after=versions.current().seen)
    return sum(one.is_success for one in new)


def buffer_of(home: Home) -> Path:
    """Return the folder of what is learned from."""
    return home.learned / "buffer"


def held_out_of(home: Home) -> Path:
    """Return the folder of what is judged by, and never learned from."""
    return home.learned / "held_out"


def versions_of(home: Home) -> Path:
    """Return the folder of the versions of the score file."""
    return home.learned / "versions"


def describe_versions(home: Home) -> str:
    """Return the versions of the learned score that were made here, the newest first, a line each with the reason."""
    if not versions_of(home).is_dir():
        return "Nothing was learned in use here. Cure: set YANTRA_SCORE_LEARNING=true and let it run."
    versions = Versions(versions_of(home))
    in_use = versions.current().version
    lines = [_describe(one, in_use) for one in versions.entries()]
    return "\n".join(lines) or "No version was made here yet."


def _describe(one: VersionEntry, in_use: str) -> str:
    made = datetime.fromtimestamp(one.at, UTC).strftime("%Y-%m-%d %H:%M")
    state = "not adopted" if not one.is_adopted else "in use" if one.version == in_use else "adopted"
    return f"{one.version}  {made}  {state}  from {one.parent or 'nothing'}: {one.reason}"
