"""Group D, recordings: what a suite's own code writes in the place of what its tests ran, and what becomes of that."""

import json
import os
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.proving_ground import ProvingGround
from tests.fakes.review_world import subject_of
from yantra_bot.domain.proof import Verdict
from yantra_bot.errors import UserError
from yantra_bot.review.engine import Part, review
from yantra_bot.review.means import Means
from yantra_bot.review.tested import report_tests
from yantra_bot.validation.recording_run import load_recorder, record_tests
from yantra_bot.validation.selection import Recording, make_recording, save_recording
from yantra_bot.validation.selection.recording import FILE, MAX_BITS, MAX_ITEMS, MAX_TESTS

COMMIT = "a" * 40
LIB = "def one():\n    return 1\n"
SUITE = "import lib\n\n\ndef test_one():\n    assert lib.one() == 1\n"
FILES = {"lib.py": LIB, "test_it.py": SUITE}
SEEN = "/run/results/seen.json"
LATE = """import atexit, os


@atexit.register
def spoil():
    os.path.lexists('{0}') and os.unlink('{0}')
    {1}
"""


@pytest.fixture(scope="module")
def ground() -> Iterator[ProvingGround]:
    ground = ProvingGround()
    yield ground
    ground.close()


def read(path: str) -> bytes | None:
    return FILES[path].encode() if path in FILES else None


def make(tests: object, files: object) -> Recording:
    return make_recording(json.dumps({"tests": tests, "files": files}).encode(), commit=COMMIT, read=read)


@pytest.mark.sandbox
@pytest.mark.case("D22")
@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ("os.symlink('/etc/passwd', '{0}')", None),
        ("os.mkfifo('{0}')", None),
        ("os.mkdir('{0}')", None),
        ("open('{0}', 'w').truncate(70 * 1024**2)", "larger than"),
        ("open('{0}', 'w').write('[' * 1_000_000)", "form that can be read"),
        ("open('{0}', 'w').write('garbage')", "form that can be read"),
    ],
)
def test_what_stands_in_the_place_of_a_recording_is_none(ground: ProvingGround, spoil: str, said: str | None) -> None:
    """A link, a pipe, a folder, a huge file, nonsense: nothing is read through it, and nothing waits for it."""
    load_recorder()
    conftest = LATE.format(SEEN, spoil.format(SEEN))
    bench = ground.make_bench({**FILES, "conftest.py": conftest})
    if said is not None:
        with pytest.raises(UserError, match=said):
            record_tests(bench, COMMIT, read)
        return
    report, made = record_tests(bench, COMMIT, read)
    assert (report.verdict, made) == (Verdict.PASS, None)


HEX = "f" * (MAX_TESTS // 4)
MANY = list(range(1, 4000))


@pytest.mark.case("D22")
@pytest.mark.parametrize(
    ("data", "said"),
    [
        # Each item of a few bytes would be a list of a hundred.
        (b'{"tests": [], "files": {"lib.py": [' + b"[]," * (MAX_ITEMS + 1) + b"[]]}}", "form"),
        # Four bytes a sign, for one sign that is no ASCII.
        ('{"tests": ["\U0001f600"], "files": {}}'.encode(), "form"),
        (b'{"tests": ["a"], "files": {"lib.py": [["1", [Infinity, NaN, 1e999]]]}}', None),
        (b'{"tests": ["a"], "files": {"lib.py": [["1", [-5, 0, 99999999999999999999]]]}}', None),
        (b'{"tests": ["a"], "files": {"lib.py": [["-1", [1]]]}}', "form"),
        (b'{"tests": ["a"], "files": {"lib.py": [["2", [1]]]}}', "form"),
        (b'{"tests": ["a"], "files": {"lib.py": [["' + HEX.encode() + b'", [1]]]}}', "form"),
        (b'{"tests": ["a"], "files": {"lib.py": [[1, 1]]}}', "form"),
        (json.dumps({"tests": [""] * (MAX_TESTS + 1), "files": {}}).encode(), "more than"),
        (b'{"tests": [], "files": {"/etc/passwd": [["1", [1]]], "../lib.py": [["1", [1]]], "/x/lib.py": 7}}', None),
    ],
)
def test_what_is_written_down_is_read_within_limits(data: bytes, said: str | None) -> None:
    """Wide, deep, with numbers and tests that there are not: refused, or of no effect."""
    if said is not None:
        with pytest.raises(UserError, match=said):
            make_recording(data, commit=COMMIT, read=read)
        return
    made = make_recording(data, commit=COMMIT, read=read)
    assert set(made.units) <= {"lib.py"}
    assert all(not seen.bits for units in made.units.values() for seen in units.values())


@pytest.mark.case("D22")
def test_a_short_text_does_not_become_gigabytes_of_bits() -> None:
    """Two groups of all tests over the same lines would make a number of its own for each line."""
    source = b"x = 1\n" * 4000
    names = [str(number) for number in range(MAX_TESTS)]
    groups = [[HEX, MANY], [HEX[:-1] + "e", MANY]]
    data = json.dumps({"tests": names, "files": {"a.py": groups}}).encode()
    assert len(data) < MAX_BITS / 10
    with pytest.raises(UserError, match="which is not kept"):
        make_recording(data, commit=COMMIT, read=lambda _: source)


@pytest.mark.case("D22")
def test_no_name_in_a_recording_reaches_a_runner(tmp_path: Path) -> None:
    """Names are compared with those of the code; options, lines and paths that lead out are nobody's."""
    hostile = [
        "",
        "--rootdir=/",
        "test_it.py::test_one\n--pdb",
        "-p evil",
        "../../etc/passwd::x",
        "$(id)",
        "test_it.py::test_one",
    ]
    recording = make(hostile, {"lib.py": [["7f", [1, 2]]]})
    save_recording(tmp_path / "store", recording)
    subject = subject_of(tmp_path, FILES, {**FILES, "lib.py": LIB.replace("1", "2")})
    made = review(subject, (Part("tests", report_tests),), base="b", head="h", means=Means(store=tmp_path / "store"))
    assert made.tests is not None
    assert [test.id for test in made.tests.tests] == ["test_it.py::test_one"]
    assert made.gaps == ()


@pytest.mark.case("D22")
@pytest.mark.parametrize("spoil", ["garbage", "bomb", "link", "pipe", "wide"])
def test_a_kept_recording_that_is_wrong_is_a_gap_and_the_graph_chooses(tmp_path: Path, spoil: str) -> None:
    """The review says so; it is not ended, and nothing is read through a link or waited for."""
    place = tmp_path / FILE
    contents = {
        "garbage": b"garbage",
        "bomb": zlib.compress(b" " * 300 * 1024**2, 1),
        "wide": zlib.compress(
            b'{"version": 1, "commit": "a", "tests": [' + b"[]," * (MAX_ITEMS + 1) + b'[]], "units": {}}', 1
        ),
    }
    if spoil == "link":
        (tmp_path / "elsewhere").write_bytes(zlib.compress(b"{}"))
        place.symlink_to(tmp_path / "elsewhere")
    elif spoil == "pipe":
        os.mkfifo(place)
    else:
        place.write_bytes(contents[spoil])
    subject = subject_of(tmp_path / "code", FILES, {**FILES, "lib.py": LIB.replace("1", "2")})
    made = review(subject, (Part("tests", report_tests),), base="b", head="h", means=Means(store=tmp_path))
    assert made.tests is not None
    assert [test.id for test in made.tests.tests] == ["test_it.py::test_one"]
    assert [gap.what for gap in made.gaps] == ["what tests ran"]


@pytest.mark.case("D22")
def test_what_would_not_be_read_again_is_not_kept(tmp_path: Path) -> None:
    """It is said instead, and the one before stays."""
    kept = make([""], {})
    save_recording(tmp_path, kept)
    before = (tmp_path / FILE).read_bytes()
    many = Recording(COMMIT, tuple(str(number) for number in range(MAX_ITEMS + 1)))
    with pytest.raises(UserError, match="too large"):
        save_recording(tmp_path, many)
    assert (tmp_path / FILE).read_bytes() == before
