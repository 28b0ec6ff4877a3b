"""From a project's sources to its samples: sound and faulty functions, read as the product reads a repository.

The faults are written into the project's files, all at once, and these are indexed: what a sample is trained on is what
the product would read of it. What is around it comes from the project as it is, which changes alone are put into.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from yantra_bot.training.corpora import Part, Project, source_files
from yantra_bot.training.faults import Module, span_of
from yantra_bot.training.faults.neutral import local_names
from yantra_bot.training.samples.drawing import Drawer, Pair, begin_of, has_size
from yantra_bot.training.samples.stored import LAYOUT, UNKNOWN, is_current, write_project
from yantra_bot.training.samples.taking import ProjectSamples, Sources
from yantra_bot.training.samples.tried import Outcome, TriedPair, as_line, tried_pairs


@dataclass(frozen=True, slots=True)
class Amount:
    """How much is drawn from a project, beside the functions of which tests told."""

    functions: int
    """At most: few projects outweigh the others, and the corpus can be trained on."""
    times: int = 1
    """How often each has another fault put in."""


AMOUNTS: Final = {Part.TRAIN: Amount(1_200, 2), Part.VALIDATION: Amount(500), Part.TEST: Amount(500)}
"""More of those that are learned from: what is seen again and again is learned by heart."""
QUICK: Final = dict.fromkeys(Part, Amount(500))
"""What is built in less than half of the time, to learn somewhat worse from."""


def built_from(
    project: Project, seed: int, feature_version: int, outcomes: Sequence[Outcome] = (), amount: Amount | None = None
) -> str:
    """Return a hash of all that a project's samples depend on, the code that makes them included."""
    here = Path(__file__).parent
    scoring = here.parents[1] / "scoring"
    folders = (here, here.parent / "faults", scoring / "inner", scoring / "features")
    alone = [scoring / f"{name}.py" for name in ("neighbours", "callees", "known_view", "layout", "vocabulary")]
    code = sorted([path for folder in folders for path in folder.glob("*.py")] + [*alone, here.parent / "corpora.py"])
    digest = hashlib.sha256(f"{LAYOUT} {project.sha256} {seed} {feature_version} {amount}".encode())
    for path in code:
        digest.update(path.read_bytes())
    digest.update("".join(map(as_line, outcomes)).encode())
    return digest.hexdigest()[:16]


def build_project(
    project: Project,
    sources: Path,
    folder: Path,
    *,
    seed: int,
    mark: str,
    outcomes: Sequence[Outcome] = (),
    amount: Amount | None = None,
) -> int:
    """Write a project's samples, unless they are there; return how many. `mark` is what `built_from` says.

    `amount`: else what `AMOUNTS` says of the project's part. A function of which tests told comes as it was tried, and
    is not drawn a second time.
    """
    if is_current(folder, mark):
        return -1
    files = dict(source_files(sources))
    tried = tried_pairs([one for one in outcomes if one.version == project.version], files)
    samples = samples_of(project.name, files, folder / "tree", seed, tried, amount=amount or AMOUNTS[project.part])
    about = {
        "name": project.name,
        "version": project.version,
        "part": project.part.value,
        "built_from": mark,
        "digests": samples.digests,
        "names": list(samples.names),
        "tried": len(tried),
        "not_tried": len({one.function for one in outcomes}) - len(tried),
    }
    write_project(folder, about, samples.finish())
    return len(samples.bugs)


def samples_of(
    name: str, files: dict[str, bytes], tree: Path, seed: int, tried: Sequence[TriedPair] = (), *, amount: Amount
) -> ProjectSamples:
    """Draw and take the samples of a project, whose files are written into the folder `tree` to be indexed.

    `tried`: pairs of which it is known what tests say; so many others are drawn beside them as `amount` says.
    """
    sources = Sources(files, tree)
    samples = ProjectSamples(sources.view, files.get)
    drawer = Drawer(f"{seed} {name}", local_names(list(sources.modules.values())))
    chosen = _chosen(samples, sources.modules, f"{seed} {name}", tried, amount.functions)
    told = [(one.path, samples.rows_of(one.path).get(one.pair.begins), one) for one in tried]
    known = [(path, row, one.pair, one.outcomes) for path, row, one in told if row is not None]
    chance = Random(f"{seed} {name} worlds")  # noqa: S311  (a choice of samples, no secret)
    for time in range(amount.times):
        drawn = [
            (path, rows[one.begins], one, (UNKNOWN, UNKNOWN))
            for path, rows in chosen.items()
            for one in drawer.draw(sources.modules[path], rows, time=time)
        ]
        _take(samples, sources, drawn + (known if time == 0 else []), chance)
    return samples


def _take(
    samples: ProjectSamples, sources: Sources, pairs: Sequence[tuple[str, int, Pair, tuple[int, int]]], chance: Random
) -> None:
    """Write functions, each with its file, its row and its outcomes, into two worlds, and read them there.

    Half of the functions are faulty in either world, so that what surrounds a sample does not tell which one it is.
    """
    faulty_in = [chance.randrange(2) for _ in pairs]
    worlds = [
        sources.world(
            (path, pair, faulty == number) for (path, _, pair, _), faulty in zip(pairs, faulty_in, strict=True)
        )
        for number in range(2)
    ]
    for (path, row, pair, outcomes), faulty in zip(pairs, faulty_in, strict=True):
        samples.add(path, row, pair, sound=worlds[1 - faulty], faulty=worlds[faulty], outcomes=outcomes)


def _chosen(
    samples: ProjectSamples, modules: dict[str, Module], seed: str, tried: Sequence[TriedPair], most: int
) -> dict[str, dict[int, int]]:
    """Return, by path and the line they begin on, the rows of at most `most` functions that could be samples.

    Those that were tried are left out, and what they are inside of or have inside.
    """
    found = []
    for path, module in modules.items():
        rows = samples.rows_of(path)
        known = [one.span for one in tried if one.path == path]
        begins = [begin_of(one) for one in module.functions if has_size(one) and _is_apart(span_of(module, one), known)]
        found += [(path, line, rows[line]) for line in begins if line in rows]
    if len(found) > most:
        places = Random(seed).sample(range(len(found)), most)  # noqa: S311  (a choice of samples, no secret)
        found = [found[place] for place in sorted(places)]
    chosen: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for path, line, row in found:
        chosen[path][line] = row
    return chosen


def _is_apart(span: tuple[int, int], known: Sequence[tuple[int, int]]) -> bool:
    return all(span[1] <= start or end <= span[0] for start, end in known)
