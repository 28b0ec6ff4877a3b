"""The learned model that workers score with: read once from its file, before they give their rights up.

A file that is missing, damaged or of another version of the features is no reason to end anything: what workers have
then says why there is no score.
"""

from pathlib import Path
from typing import Final

import structlog
from tree_sitter import Node

from yantra_bot.codex.extraction import moves_of
from yantra_bot.codex.steps import telling
from yantra_bot.domain.graph import Language
from yantra_bot.domain.scores import ScoreModel
from yantra_bot.errors import YantraError
from yantra_bot.scoring.model import ModelScorer, read_scorer
from yantra_bot.scoring.score_file import CURE
from yantra_bot.scoring.scorer import NO_FILE, NoScorer, Scorer

Stamp = tuple[int, int, int]

_log = structlog.get_logger()
_kept: Final[dict[ScoreModel, tuple[Stamp | None, Scorer | NoScorer]]] = {}


def keep_scorer(model: ScoreModel) -> bool:
    """Read the file, unless that very one was read; return whether it was. The fork server's side."""
    stamp = _stamp(model.file)
    if model in _kept and _kept[model][0] == stamp:
        return False
    _kept.clear()
    _kept[model] = stamp, _load(model)
    return True


def find_scorer(model: ScoreModel | None, *, gives_lessons: bool = False) -> Scorer | NoScorer:
    """Return what was read from the file, or why there is nothing. A worker's side.

    `gives_lessons`: a few of the scored symbols come with what can be learned of them.
    """
    if model is None:
        return NoScorer(NO_FILE)
    if model not in _kept:
        keep_scorer(model)
    found = _kept[model][1]
    return found.teaching(name_steps) if gives_lessons and isinstance(found, ModelScorer) else found


def name_steps(function: Node, language: Language) -> tuple[str, ...]:
    """Return the names of the logic steps that a function has, each once; none of what is not Python."""
    inside = function.child_by_field_name("definition") or function
    if language is not Language.PYTHON or inside.type != "function_definition":
        return ()
    return tuple(dict.fromkeys(one.label for one in telling(move.step for move in moves_of(inside))))


def _stamp(file: Path) -> Stamp | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _load(model: ScoreModel) -> Scorer | NoScorer:
    try:
        return read_scorer(model.file, model.digest)
    except (YantraError, OSError) as problem:
        return NoScorer(f"There is no learned score: {problem}")
    except Exception as error:  # noqa: BLE001 (every worker is forked from here: no file may end that)
        _log.exception("the score file cannot be read", file=str(model.file))
        return NoScorer(f"There is no learned score: its file cannot be read ({type(error).__name__}). {CURE}")
