"""Outcomes of tests: a real suite in the sandbox, a fault that it sees, one that it does not, the samples of both."""

from collections import Counter
from pathlib import Path

import pytest

from tests.fakes.sandbox_world import SandboxWorld
from yantra_bot.domain.scores import BugClass
from yantra_bot.errors import SettingsError, UserError
from yantra_bot.training.corpora import Part, Project
from yantra_bot.training.faults import Site
from yantra_bot.training.outcomes.collecting import Ready, _collect_of, drawn, make_ready, try_pairs
from yantra_bot.training.outcomes.running import Bench, Try, TryLimits
from yantra_bot.training.outcomes.suites import LaidOut, Suite, lay_out, read_suites
from yantra_bot.training.samples.drawing import Pair
from yantra_bot.training.samples.tried import OUTCOMES, Outcome, as_line, read_outcomes, tried_pairs

pytestmark = pytest.mark.sandbox

SOURCE = '''
def bounded(value, low, high):
    """Return a value within bounds."""
    if value < low:
        return low
    if value > high:
        return high
    return value


def never_asked(value):
    count = value + 1
    return count


def spin(steps):
    while steps > 0:
        steps = steps - 1
    return steps
'''
TESTS = """
import unittest
from pathlib import Path
from made import bounded, spin

class TestBounded(unittest.TestCase):
    def test_low(self):
        self.assertEqual(bounded(1, 2, 3), 2)

    def test_within(self):
        assert bounded(2, 1, 3) == 2

def test_spin(tmp_path):
    tmp_path.joinpath("one").write_text("1")
    assert spin(3) == 0

def test_nothing_can_be_written_here():
    import made, pytest
    for place in (Path(made.__file__).with_name("new.py"), Path("new.txt")):
        with pytest.raises(OSError):
            place.write_text("1")

def test_the_network():
    import socket
    with socket.create_connection(("1.1.1.1", 80), timeout=1):
        pass
"""


@pytest.fixture(scope="module")
def bench(sandbox_world: SandboxWorld) -> Bench:
    return Bench(sandbox_world.sandbox, Path(pytest.__file__).parents[1])


@pytest.fixture(scope="module")
def laid(sandbox_world: SandboxWorld) -> LaidOut:
    project = Project("made", "1.0", "0" * 64, "MIT", "made", Part.TEST)
    sdist, wheel = sandbox_world.folder / "sdist", sandbox_world.folder / "wheel"
    for place in (sdist / "src", sdist / "tests", wheel):
        place.mkdir(parents=True)
    for place in (sdist / "src", wheel):
        place.joinpath("made.py").write_text(SOURCE)
        place.joinpath("other.py").write_text(f"A = {str(place)!r}\n")
    sdist.joinpath("tests", "test_made.py").write_text(TESTS)
    sdist.joinpath("pytest.ini").write_text("[pytest]\naddopts = --cov=made\n")
    suite = Suite(project, "0" * 64, "src", ("tests",))
    return lay_out(suite, sdist, wheel, sandbox_world.folder / "copy")


@pytest.fixture(scope="module")
def ready(laid: LaidOut, bench: Bench) -> Ready:
    return make_ready(laid, bench)


def pair_of(begins: int, old: str, new: str, bug: BugClass) -> tuple[str, Pair]:
    """Return a pair of the made project's file whose fault is one text in the place of another."""
    start = SOURCE.encode().index(old.encode())
    site = Site(bug, start, start + len(old.encode()), new.encode(), begins, 0)
    return "made.py", Pair(begins, "", (), site, None)


def test_a_suite_is_known_by_what_passes_and_what_each_test_runs(ready: Ready) -> None:
    """What fails without a network is not asked again, and files that are others in the wheel are left out."""
    assert {one.rpartition("::")[2] for one in ready.tests} == {
        "test_low",
        "test_within",
        "test_spin",
        "test_nothing_can_be_written_here",
    }
    assert set(ready.laid.files) == {"made.py"}
    by_line = {line: {one.rpartition("::")[2] for one in tests} for (_, line), tests in ready.runs.items()}
    assert by_line == {2: {"test_low", "test_within"}, 16: {"test_spin"}}


def test_tests_tell_of_a_variant_whether_they_pass(ready: Ready, bench: Bench) -> None:
    """One fault is seen, one is not since no test asks for it, one runs into the limit; the file is as it was then."""
    pairs = [
        pair_of(2, "value < low", "value > low", BugClass.WRONG_OPERATOR),
        pair_of(2, "value > high", "value >= high", BugClass.OFF_BY_ONE),
        pair_of(16, "steps - 1", "steps + 1", BugClass.WRONG_OPERATOR),
    ]
    found = try_pairs(ready, bench, pairs)
    assert [(sound.passed, wrong.passed) for sound, wrong in found] == [(True, False), (True, True), (True, False)]
    assert [one.bug for _, one in found] == [pair.site.bug for _, pair in pairs]
    assert ready.laid.place("made.py").read_text() == SOURCE
    again = bench.run_tests(ready.laid, [Try(ready.tests)], TryLimits(10, 60))
    assert [one.passed for one in again] == [True]


def test_the_same_seed_draws_the_same_variants(ready: Ready) -> None:
    """Another seed draws others, and only functions that tests run are drawn."""
    one = drawn(ready)
    assert one == drawn(ready)
    assert {pair.begins for _, pair in one} == {2, 16}
    assert len({tuple(pair.site for _, pair in drawn(ready, seed=seed)) for seed in range(8)}) > 1
    assert len(drawn(ready, most=1)) == 1


def test_what_is_kept_is_not_tried_again_and_reads_as_it_was_drawn(ready: Ready, bench: Bench, tmp_path: Path) -> None:
    """Each line gives its variant back, byte by byte, and where its fault is."""
    out, counts = tmp_path / "out.jsonl", Counter[tuple[str, str]]()
    for _ in range(2):
        _collect_of(ready, bench, out, counts, float("inf"))
        assert counts.total() == 2
    kept = read_outcomes(out)
    assert len(kept) == 4
    pairs = {one.pair.begins: one.pair for one in tried_pairs(kept, ready.laid.files)}
    assert pairs == {pair.begins: pair for _, pair in drawn(ready)}
    assert not tried_pairs(kept, {"made.py": SOURCE.encode() + b"\n"}), "another file"


def test_a_suite_that_fails_is_left_out(laid: LaidOut, bench: Bench) -> None:
    """A project most of whose tests fail as they are says nothing of variants."""
    place = laid.root / "tests" / "test_made.py"
    place.write_text("import not_there\n")
    try:
        with pytest.raises(UserError, match="fail as it is"):
            make_ready(laid, bench)
    finally:
        place.write_text(TESTS)


def test_a_half_line_is_none_and_a_wrong_one_is_named(tmp_path: Path) -> None:
    """What a kill left is no outcome; a file that was changed by hand is refused."""
    edits = ((3, 5, "ä".encode()), (9, 9, b""))
    one = Outcome("made", "1", "made.py", "0123", 2, edits, BugClass.OFF_BY_ONE, (3, 4), passed=False)
    two = Outcome("made", "1", "made.py", "0123", 2, (), None, None, passed=True)
    lines = [as_line(one), as_line(two)]
    out = tmp_path / "out.jsonl"
    out.write_text("".join(lines))
    assert read_outcomes(out) == [one, two]
    assert read_outcomes(out, "another") == []
    out.write_text(lines[0] + lines[1][:-9])
    assert read_outcomes(out) == [one]
    out.write_text(lines[1][:-9] + "\n" + lines[0])
    with pytest.raises(SettingsError, match="Cure"):
        read_outcomes(out)
    assert read_outcomes(tmp_path / "none") == []


def test_the_product_has_outcomes_of_all_three_parts() -> None:
    """P(tests pass) can be judged on projects that it was not trained on; of each function both versions are there."""
    projects = {one.project.name: one.project for one in read_suites()}
    found = read_outcomes()
    assert {projects[one.project].part for one in found} == set(Part)
    assert all(one.version == projects[one.project].version for one in found)
    assert all(one.passed for one in found if one.bug is None)
    by_bug = {is_sound: [one.function for one in found if (one.bug is None) is is_sound] for is_sound in (True, False)}
    assert by_bug[True] == by_bug[False]
    assert len(set(by_bug[True])) == len(by_bug[True])
    assert {one.passed for one in found if one.bug} == {True, False}
    assert OUTCOMES.stat().st_size <= 400_000
