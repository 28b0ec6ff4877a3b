"""The whole data set: all projects of the lock built in several processes, and what was built written down."""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from yantra_bot.artefacts import Store
from yantra_bot.errors import UserError
from yantra_bot.scoring.batch import FEATURES
from yantra_bot.scoring.layout import FEATURE_VERSION
from yantra_bot.training.corpora import LOCK, Part, Project, corpus_store, fetch_project, read_projects
from yantra_bot.training.samples.building import AMOUNTS, QUICK, Amount, build_project, built_from
from yantra_bot.training.samples.stored import LAYOUT, Stored, read_project
from yantra_bot.training.samples.taking import BUGS
from yantra_bot.training.samples.tried import read_outcomes

IMPORTS: Final = 50
"""Names of modules that the head for imports knows."""
MANIFEST: Final = "manifest.json"


def build_dataset(
    folder: Path,
    *,
    small: bool = False,
    quick: bool = False,
    seed: int = 0,
    processes: int = 2,
    lock: Path = LOCK,
    store: Store | None = None,
) -> dict[str, int]:
    """Build what is missing and return how many samples each project has; `quick`: fewer of each.

    A project that was built from the same bytes by the same code is not built again, so that a build which was ended
    goes on. Raises what fetching raises.
    """
    projects = read_projects(lock, small=small)
    kept = store or corpus_store(projects)
    folder.mkdir(parents=True, exist_ok=True)
    amounts = QUICK if quick else AMOUNTS
    jobs = [(one, fetch_project(kept, one), folder / one.name, seed, amounts[one.part]) for one in projects]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for project, count in zip(projects, pool.map(_build, jobs), strict=True):
            sys.stderr.write(f"{project.name} {project.version}: {'as it was' if count < 0 else f'{count} samples'}\n")
    counts = {one.name: len(read_project(folder / one.name)) for one in projects}
    _write_manifest(folder, projects, counts, seed)
    return counts


def _build(job: tuple[Project, Path, Path, int, Amount]) -> int:
    project, sources, folder, seed, amount = job
    outcomes = read_outcomes(project=project.name)
    mark = built_from(project, seed, FEATURE_VERSION, outcomes, amount)
    return build_project(project, sources, folder, seed=seed, mark=mark, outcomes=outcomes, amount=amount)


def _write_manifest(folder: Path, projects: Sequence[Project], counts: dict[str, int], seed: int) -> None:
    stored = {one.name: read_project(folder / one.name) for one in projects}
    manifest = {
        "layout": LAYOUT,
        "features": FEATURE_VERSION,
        "columns": FEATURES,
        "seed": seed,
        "classes": [bug.value for bug in BUGS],
        "imports": vocabulary([stored[one.name] for one in projects if one.part is Part.TRAIN]),
        "projects": [
            {
                "name": one.name,
                "version": one.version,
                "sha256": one.sha256,
                "part": one.part.value,
                "samples": counts[one.name],
                "built_from": stored[one.name].about["built_from"],
            }
            for one in projects
        ],
    }
    half = folder / "manifest.half"
    half.write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    half.replace(folder / MANIFEST)


def vocabulary(training: Sequence[Stored]) -> list[str]:
    """Return the modules that functions of most training projects use, the commonest first; not a project's own."""
    found: Counter[str] = Counter()
    for one in training:
        used = Counter(one.arrays["imports"].tolist())
        own = {one.about["name"].replace("-", "_").lower()}
        for place, name in enumerate(one.about["names"]):
            if used[place] and name.lower() not in own and not name.startswith("_"):
                found[name] += 1
    ordered = sorted(found, key=lambda name: (-found[name], name))
    return ordered[:IMPORTS]


def is_whole(folder: Path) -> bool:
    """Tell whether a data set was built to its end there."""
    return (folder / MANIFEST).exists()


def read_manifest(folder: Path) -> dict[str, object]:
    """Return what was built. Raises UserError where there is nothing, or it is of another layout or feature version."""
    try:
        manifest = json.loads(folder.joinpath(MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise UserError(f"{folder} has no data set. Cure: `python -m yantra_bot.training.samples FOLDER`.") from problem
    if (manifest.get("layout"), manifest.get("features")) != (LAYOUT, FEATURE_VERSION):
        raise UserError(f"The data set in {folder} is of another version. Cure: build it again, in another folder.")
    return dict(manifest)
