"""The data set on disk: sound and faulty in pairs, labels where they belong, the same each time."""

import ast
import sysconfig
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from yantra_bot.errors import UserError
from yantra_bot.training.corpora import Part, Project
from yantra_bot.training.faults import Module, read_module
from yantra_bot.training.samples import Samples, read_manifest
from yantra_bot.training.samples.building import AMOUNTS, QUICK, Amount, build_project, built_from
from yantra_bot.training.samples.dataset import _write_manifest
from yantra_bot.training.samples.drawing import Drawer, Pair
from yantra_bot.training.samples.rewriting import Rewritten
from yantra_bot.training.samples.stored import read_project
from yantra_bot.training.samples.taking import BUGS
from yantra_bot.training.samples.tried import Outcome, hash_of

LIBRARY = Path(sysconfig.get_path("stdlib"))
PROJECTS = {"one": ("shlex.py", "sched.py", "queue.py"), "two": ("cmd.py", "bisect.py", "shlex.py")}


def build(folder: Path, sources: Path, name: str, mark: str = "mark") -> int:
    part = Part.TRAIN if name == "one" else Part.TEST
    project = Project(name, "1", "0" * 64, "MIT", name, part)
    return build_project(project, sources / name, folder / name, seed=0, mark=mark)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    sources, folder = tmp_path_factory.mktemp("sources"), tmp_path_factory.mktemp("dataset")
    for name, files in PROJECTS.items():
        sources.joinpath(name).mkdir()
        for file in files:
            sources.joinpath(name, file).write_bytes(LIBRARY.joinpath(file).read_bytes())
        assert build(folder, sources, name) > 10
        assert build(folder, sources, name) == -1, "what is there is not built again"
    parts = {"one": Part.TRAIN, "two": Part.TEST}
    projects = [Project(name, "1", "0" * 64, "MIT", name, part) for name, part in parts.items()]
    _write_manifest(folder, projects, {name: len(read_project(folder / name)) for name in parts}, 0)
    return folder


def test_each_function_is_there_sound_and_faulty(dataset: Path) -> None:
    """Pairs of the same symbol, one without a class and one with, whose inner graph has the fault in it."""
    stored = read_project(dataset / "two")
    bugs, symbols = stored.arrays["bugs"], stored.arrays["symbols"]
    assert len(stored) % 2 == 0
    assert (bugs[::2] == -1).all()
    assert (bugs[1::2] >= 0).all()
    assert (symbols[::2] == symbols[1::2]).all()
    assert len(np.unique(stored.arrays["files"])) == len(PROJECTS["two"])
    for sample in range(len(stored)):
        nodes = stored.group("faults", sample)
        assert bool(len(nodes)) == bool(bugs[sample] >= 0)
        assert (nodes < len(stored.inner(sample))).all()


def test_a_faulty_function_reads_differently_from_the_sound_one(dataset: Path) -> None:
    """What was put in can be seen in the arrays of nearly every pair: the network is not asked for the impossible."""
    stored = read_project(dataset / "two")
    pairs = [(stored.inner(at), stored.inner(at + 1)) for at in range(0, len(stored), 2)]
    same = [
        all(
            np.array_equal(getattr(one, name), getattr(other, name))
            for name in ("kinds", "words", "word_starts", "edges")
        )
        for one, other in pairs
    ]
    assert not any(same)


def test_batches_have_every_sample_once_with_its_own_features(dataset: Path) -> None:
    """An epoch is a permutation; the scored symbol's features are finite and those of its own version."""
    samples = Samples(dataset, Part.TEST)
    seen = 0
    for labelled in samples.batches(8, seed=3):
        symbols = labelled.batch.symbols
        seen += len(labelled.bugs)
        assert len(labelled.batch.inner) == len(symbols.scored) == len(labelled.bugs) == len(labelled.imports)
        assert np.isfinite(symbols.features).all()
        assert symbols.edges.max(initial=0) < len(symbols.features)
    assert seen == len(samples) == len(read_project(dataset / "two"))
    one, other = (next(samples.batches(8, seed=3)) for _ in range(2))
    assert np.array_equal(one.batch.symbols.features, other.batch.symbols.features)
    assert np.array_equal(one.batch.symbols.edges, other.batch.symbols.edges)


def test_a_batch_may_have_both_versions_of_each_function(dataset: Path) -> None:
    """Asked for pairs, a batch has the sound one and behind it the faulty one; every sample comes once."""
    samples = Samples(dataset, Part.TEST)
    seen = 0
    for labelled in samples.batches(7, seed=1, pairs=True):
        assert len(labelled.bugs) in (6, len(samples) % 6)
        assert (labelled.bugs[::2] == -1).all()
        assert (labelled.bugs[1::2] >= 0).all()
        assert (labelled.symbols[::2] == labelled.symbols[1::2]).all(), "both are the same function"
        assert (labelled.files[::2] == labelled.files[1::2]).all()
        seen += len(labelled.bugs)
    assert seen == len(samples)
    orders = [[tuple(one.bugs) for one in samples.batches(6, seed=seed, pairs=True)] for seed in (1, 1, 2)]
    assert orders[0] == orders[1] != orders[2]


def test_no_more_functions_are_drawn_than_asked(tmp_path: Path) -> None:
    """Of a project with more, the seed chooses, from all its files."""
    sources = tmp_path / "sources" / "one"
    sources.mkdir(parents=True)
    for file in ("argparse.py", "tarfile.py", "queue.py"):
        sources.joinpath(file).write_bytes(LIBRARY.joinpath(file).read_bytes())
    project = Project("one", "1", "0" * 64, "MIT", "one", Part.TRAIN)
    asked = {"seed": 0, "mark": "", "amount": Amount(30)}
    assert 30 < build_project(project, sources, tmp_path / "one", **asked) <= 60
    marks = {built_from(project, 0, 1, (), amount) for amount in (None, AMOUNTS[Part.TRAIN], QUICK[Part.TRAIN])}
    assert len(marks) == 3, "another amount is another data set"
    stored = read_project(tmp_path / "one")
    assert len(set(stored.arrays["symbols"].tolist())) == len(stored) / 2 <= 30


def test_functions_that_are_learned_from_have_two_faults_one_at_a_time(dataset: Path) -> None:
    """Another one each time; those that are asked about have one."""
    learned, asked = read_project(dataset / "one"), read_project(dataset / "two")
    assert max(Counter(asked.arrays["symbols"][::2].tolist()).values()) == 1
    pairs: dict[int, list[int]] = {}
    for sample in range(1, len(learned), 2):
        pairs.setdefault(int(learned.arrays["symbols"][sample]), []).append(sample)
    twice = [found for found in pairs.values() if len(found) == 2]
    assert len(twice) > len(pairs) / 2
    assert max(map(len, pairs.values())) == 2
    for first, second in twice:
        one, other = learned.inner(first), learned.inner(second)
        assert learned.arrays["bugs"][first] != learned.arrays["bugs"][second] or (
            one.kinds.tolist(), one.words.tolist(), one.edges.tolist()
        ) != (other.kinds.tolist(), other.words.tolist(), other.edges.tolist())  # fmt: skip


def test_what_the_test_part_has_too_is_not_trained_on(dataset: Path) -> None:
    """A file that two projects carry is taken out of training, function by function."""
    train = Samples(dataset, Part.TRAIN)
    digests = read_project(dataset / "one").about["digests"]
    test = set(read_project(dataset / "two").about["digests"])
    kept = [digests[sample] for _, sample in train.index.tolist()]
    assert 0 < len(kept) < len(digests)
    assert not test & set(kept)


def test_classes_can_be_left_out_with_the_sound_versions_beside_them(dataset: Path) -> None:
    """For a training that is asked afterwards of faults it has not seen; the other pairs stay whole."""
    whole = Samples(dataset, Part.TEST)
    bugs = next(whole.batches(1000, seed=0)).bugs
    missing = BUGS[int(bugs.max())]
    samples = Samples(dataset, Part.TEST, without=frozenset({missing}))
    kept = next(samples.batches(1000, seed=0, pairs=True)).bugs
    assert len(samples) == len(whole) - 2 * np.count_nonzero(bugs == BUGS.index(missing)) < len(whole)
    assert BUGS.index(missing) not in kept
    assert (kept[::2] == -1).all()
    assert (kept[1::2] >= 0).all()


def test_expected_imports_are_those_of_the_training_projects(dataset: Path) -> None:
    """The vocabulary knows what training uses, and a function has the modules that it names."""
    names = read_manifest(dataset)["imports"]
    assert isinstance(names, list)
    assert "time" in names
    found = next(Samples(dataset, Part.TRAIN).batches(1000, seed=0)).imports
    assert found.sum() > 0
    assert found.shape[1] == 50


def test_classes_come_out_even() -> None:
    """Of classes that have places in many functions none is several times as frequent as another."""
    drawer = Drawer("0")
    module = read_module((LIBRARY / "argparse.py").read_bytes())
    assert module is not None
    pairs = list(drawer.draw(module, range(10_000)))
    counts = Counter(pair.site.bug for pair in pairs)
    assert counts.most_common(1)[0][1] <= 3 * sorted(counts.values())[len(counts) // 2]
    again = list(Drawer("0").draw(module, range(10_000)))
    assert pairs == again


def draw(name: str) -> tuple[Module, list[Pair]]:
    module = read_module((LIBRARY / name).read_bytes())
    assert module is not None
    return module, list(Drawer("0", ["batch", "left", "chosen"]).draw(module, range(10_000)))


@pytest.mark.parametrize("name", ["argparse.py", "tarfile.py"])
def test_both_versions_are_edited_alike_and_all_of_a_file_can_be_written_at_once(name: str) -> None:
    """What changes nothing is changed in both or in neither, and differs in nothing but the fault."""
    module, pairs = draw(name)
    edited = [pair for pair in pairs if pair.neutral is not None]
    assert 0.1 < len(edited) / len(pairs) < 0.55
    for pair in pairs:
        sound, faulty = (pair.edits(is_faulty=is_faulty) for is_faulty in (False, True))
        assert [one for one in faulty if one not in sound] == [(pair.site.start, pair.site.end, pair.site.replacement)]
        assert set(sound) <= set(faulty)
    every = [edit for pair in pairs for edit in pair.edits(is_faulty=True)]
    written = Rewritten(module, every)
    ast.parse(written.source)
    lines = written.source.split(b"\n")
    for pair in pairs:
        line, column = written.place(pair.site)
        alone = Rewritten(module, pair.edits(is_faulty=True))
        place = alone.place(pair.site)
        assert lines[line - 1][column:] == alone.source.split(b"\n")[place[0] - 1][place[1] :]


def test_a_folder_without_a_data_set_is_named(tmp_path: Path) -> None:
    """Who asks for samples where there are none is told how to make them."""
    with pytest.raises(UserError, match="Cure"):
        Samples(tmp_path, Part.TRAIN)


def test_a_function_of_which_tests_told_comes_as_it_was_tried(dataset: Path, tmp_path: Path) -> None:
    """Its pair has the outcomes and is there once; what does not fit the file is left out and counted."""
    source = (LIBRARY / "queue.py").read_bytes()
    module = read_module(source)
    assert module is not None
    pairs = sorted(Drawer("another").draw(module, range(10_000)), key=lambda pair: pair.begins)[:6]
    outcomes = []
    for at, pair in enumerate(pairs):
        file, fault = hash_of(source) if at else "other", pair.edits(is_faulty=True)[-1]
        neutral = tuple(pair.edits(is_faulty=False))
        place = pair.site.line, pair.site.column
        outcomes += [
            Outcome("one", "1", "queue.py", file, pair.begins, neutral, None, None, passed=True),
            Outcome("one", "1", "queue.py", file, pair.begins, (fault, *neutral), pair.site.bug, place, passed=at == 1),
        ]
    sources = tmp_path / "sources"
    sources.mkdir()
    for name in PROJECTS["one"]:
        sources.joinpath(name).write_bytes(LIBRARY.joinpath(name).read_bytes())
    project = Project("one", "1", "0" * 64, "MIT", "one", Part.TRAIN)
    build_project(project, sources, tmp_path / "one", seed=0, mark="", outcomes=outcomes)
    stored, without = read_project(tmp_path / "one"), read_project(dataset / "one")
    assert (stored.about["tried"], stored.about["not_tried"]) == (5, 1)
    assert (without.arrays["outcomes"] == -1).all()
    told = stored.arrays["outcomes"]
    assert len(told) == len(stored)
    assert told[told >= 0].tolist() == [1, 1] + [1, 0] * 4
    bugs = stored.arrays["bugs"][told >= 0][1::2].tolist()
    assert bugs == [BUGS.index(pair.site.bug) for pair in pairs[1:]]
    told_of = set(stored.arrays["symbols"][told >= 0].tolist())
    assert not told_of & set(stored.arrays["symbols"][told < 0].tolist()), "none is drawn a second time"
    marks = {built_from(project, 0, 1, some) for some in ((), outcomes, outcomes[:2])}
    assert len(marks) == 3
