"""Faults of known kinds in real functions, to judge what was learned in use by: made once, and never learned from.

The functions are this program's own. Those of the repositories it works on would be nearer, but whoever reads their
bytes has to be a worker, and the process that learns is none; what came of the tests there judges it for them. No
corpus that a model is trained on has this program in it.
"""

import hashlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

import yantra_bot
from yantra_bot.scoring.layout import FEATURE_VERSION
from yantra_bot.scoring.replay import Experience, ReplayBuffer
from yantra_bot.scoring.whole import write_whole
from yantra_bot.training.corpora import Part, Project, source_files
from yantra_bot.training.samples import Samples
from yantra_bot.training.samples.building import build_project, built_from
from yantra_bot.training.samples.dataset import MANIFEST
from yantra_bot.training.samples.stored import LAYOUT, SOUND

SOURCES: Final = Path(yantra_bot.__file__).parent / "codex"
MOST_PAIRS: Final = 100
"""Functions, each once as it is and once with a fault."""
_MARK: Final = "made_of"


def keep_faults(folder: Path, sources: Path = SOURCES) -> ReplayBuffer:
    """Return the set that lies in a folder; made anew where the sources, the features or what makes it changed.

    Takes some seconds the first time. The order is sound, faulty, sound, faulty.
    """
    project = _project(sources)
    mark = f"{built_from(project, 0, FEATURE_VERSION)} {MOST_PAIRS}"
    if not (folder / _MARK).is_file() or (folder / _MARK).read_text() != mark:
        _make(folder, project, sources)
        write_whole(folder / _MARK, mark.encode())
    return ReplayBuffer(folder)


def _project(sources: Path) -> Project:
    digest = hashlib.sha256()
    for path, data in source_files(sources):
        digest.update(f"{path} {len(data)} ".encode() + data)
    name = sources.name
    return Project(name, "own", digest.hexdigest(), "", name, Part.TEST)


def _make(folder: Path, project: Project, sources: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / _MARK).unlink(missing_ok=True)
    for path in folder.glob("*.npz"):
        path.unlink()
    buffer = ReplayBuffer(folder)
    with tempfile.TemporaryDirectory(prefix="yantra-faults-") as made:
        build_project(project, sources, Path(made) / project.name, seed=0, mark="")
        blocks = [{"name": project.name, "part": project.part.value}]
        manifest = {"layout": LAYOUT, "features": FEATURE_VERSION, "imports": [], "projects": blocks}
        (Path(made) / MANIFEST).write_text(json.dumps(manifest))
        for one in _experiences(Samples(Path(made), project.part)):
            buffer.put(one)


def _experiences(samples: Samples) -> Iterator[Experience]:
    """Give a part of the samples, drawn in pairs from the whole project."""
    pairs = np.random.default_rng(0).permutation(len(samples) // 2)[:MOST_PAIRS]
    for sample in (2 * pairs[:, None] + np.arange(2)).ravel():
        labelled = samples.take(np.array([sample]))
        yield Experience(labelled.batch, None, is_faulty=bool(labelled.bugs[0] != SOUND))
