"""What tests were seen to run: written by the runner, kept, held against other code, and used for a selection."""

import json
import zlib
from pathlib import Path

import pytest

from runners.record_pytest import Recorder
from tests.fakes.proving_ground import ProvingGround
from tests.unit.validation.selection.test_choose import FILES, ids, select
from yantra_bot.domain.proof import Verdict
from yantra_bot.errors import UserError
from yantra_bot.ports import TestCommand
from yantra_bot.validation.recording_run import load_recorder, record_tests
from yantra_bot.validation.selection import Recording, load_recording, make_recording, save_recording
from yantra_bot.validation.selection.recording import MAX_BYTES

COMMIT = "a" * 40
CONVERT = "tests/test_money.py::test_convert"
SPARE = "tests/test_money.py::test_spare"


def read(path: str) -> bytes | None:
    return FILES[path].encode() if path in FILES else None


def recording(lines: dict[str, dict[int, tuple[str, ...]]]) -> Recording:
    """Return a recording in which tests ran lines of files."""
    tests = ["", CONVERT, SPARE]
    files = {
        path: [[f"{sum(1 << tests.index(one) for one in names):x}", [line]] for line, names in found.items()]
        for path, found in lines.items()
    }
    return make_recording(json.dumps({"tests": tests, "files": files}).encode(), commit=COMMIT, read=read)


SEEN = recording({"shop/money.py": {7: (CONVERT,), 9: (CONVERT,), 13: (SPARE, "")}, "shop/gone.py": {1: (SPARE,)}})


def test_a_recording_is_kept_and_found_again(tmp_path: Path) -> None:
    """What is damaged or of another version is said to be wrong."""
    assert load_recording(tmp_path) is None
    assert load_recording(None) is None
    save_recording(tmp_path / "store", SEEN)
    assert load_recording(tmp_path / "store") == SEEN
    (tmp_path / "store" / "tests-seen.z").write_bytes(b"x")
    with pytest.raises(UserError, match="cannot be read"):
        load_recording(tmp_path / "store")


GOOD = {"version": 1, "commit": COMMIT, "tests": ["", CONVERT], "units": {"a.py": {"f": ["d", ["3", "0"]]}}}


def unit(*seen: object) -> bytes:
    return json.dumps({**GOOD, "units": {"a.py": {"f": seen}}}).encode()


@pytest.mark.parametrize(
    "kept",
    [
        b"",
        b"[]",
        b"7",
        b"[" * 100_000,
        b"\xff\xfe",
        b" " * (MAX_BYTES + 1),
        json.dumps({**GOOD, "version": 2}).encode(),
        json.dumps({**GOOD, "units": []}).encode(),
        json.dumps({**GOOD, "units": {"a.py": 1}}).encode(),
        json.dumps({**GOOD, "units": {"\ud800.py": {}}}).encode(),
        json.dumps({**GOOD, "tests": [["a"], {}]}).encode(),
        json.dumps({**GOOD, "tests": None}).encode(),
        unit(1, ["1"]),
        unit("d", [1]),
        unit("d", ["-1"]),
        unit("d", ["4"]),
        unit("d", ["f" * 1_000_000]),
        unit("d", ["x"]),
        unit("d"),
    ],
)
def test_what_was_kept_by_somebody_else_is_held_against_its_form(tmp_path: Path, kept: bytes) -> None:
    """Too large, too deep, of other types, tests that there are not: wrong content is no recording."""
    (tmp_path / "tests-seen.z").write_bytes(zlib.compress(kept, 1))
    with pytest.raises(UserError, match="cannot be read"):
        load_recording(tmp_path)
    (tmp_path / "tests-seen.z").write_bytes(zlib.compress(kept, 1)[:-5])
    with pytest.raises(UserError, match="cannot be read"):
        load_recording(tmp_path)


def test_paths_that_lead_out_are_left_out(tmp_path: Path) -> None:
    """The rest holds."""
    units = {**GOOD["units"], "/etc/a.py": {}, "a/../../b.py": {}, "nul\0.py": {}}  # type: ignore[dict-item]  # as JSON
    (tmp_path / "tests-seen.z").write_bytes(zlib.compress(json.dumps({**GOOD, "units": units}).encode()))
    found = load_recording(tmp_path)
    assert found is not None
    assert list(found.units) == ["a.py"]


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"tests": [], "files": {"shop/money.py": [[1]]}}'])
def test_what_is_no_recording_is_refused(data: bytes) -> None:
    """It comes from beside untrusted code."""
    with pytest.raises(UserError, match="form that can be read"):
        make_recording(data, commit=COMMIT, read=read)


def test_only_tests_that_ran_the_statement_are_called_for(tmp_path: Path) -> None:
    """Lines that no test ran call for none of the recorded ones."""
    assert ids(select(tmp_path, ("shop/money.py", "amount < 0", "amount < 1"), recording=SEEN)) == {CONVERT}
    found = select(tmp_path / "b", ("shop/money.py", "raise ValueError(amount)", "raise KeyError"), recording=SEEN)
    assert ids(found) == set()
    assert "recorded coverage" in found.why[0]


def test_what_ran_while_modules_were_imported_is_left_to_the_graph(tmp_path: Path) -> None:
    """Nobody saw for which test it ran."""
    found = ids(select(tmp_path, ("shop/money.py", "return SPARE", "return -SPARE"), recording=SEEN))
    assert found == {SPARE, "tests/more/test_base.py::SpareTest::test_it"}


def test_a_recording_of_other_code_tells_nothing(tmp_path: Path) -> None:
    """A function that is another one than was seen, and the tests that ran it, are left to the graph."""
    old = FILES["shop/money.py"].replace("return amount * RATE", "return RATE")
    seen = make_recording(
        json.dumps({"tests": [CONVERT], "files": {"shop/money.py": [["1", [7]]]}}).encode(),
        commit=COMMIT,
        read=lambda path: old.encode() if path == "shop/money.py" else read(path),
    )
    assert ids(select(tmp_path, ("shop/money.py", "raise ValueError(amount)", "raise KeyError"), recording=seen)) == {
        CONVERT
    }


class Switching:
    """What coverage is told."""

    def __init__(self) -> None:
        self.contexts: list[str] = []

    def switch_context(self, name: str) -> None:
        self.contexts.append(name)


class Shared:
    scope = "session"


class Item:
    def __init__(self, nodeid: str, fixture: Shared) -> None:
        self.nodeid = nodeid
        self._fixtureinfo = type("Info", (), {"name2fixturedefs": {"it": [fixture]}})


def test_what_a_shared_fixture_ran_counts_for_each_of_its_tests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though it ran in the first of them alone; and files elsewhere are left out."""
    monkeypatch.chdir(tmp_path)
    fixture, switching = Shared(), Switching()
    recorder = Recorder(switching)
    recorder.enter(recorder.begin(Item("t.py::a[1]", fixture)))
    recorder.enter(f"f{recorder.number_of(fixture)}")
    recorder.leave()
    recorder.leave()
    recorder.begin(Item("t.py::b", fixture))
    assert switching.contexts == ["t1", "f0", "t1", ""]
    told = recorder.describe({str(tmp_path / "a.py"): {1: ["f0"], 2: ["t1"], 3: [""], 4: []}, "/usr/x.py": {1: ["t1"]}})
    assert told == {"tests": ["", "t.py::a", "t.py::b"], "files": {"a.py": [["6", [1]], ["2", [2]], ["1", [3]]]}}


@pytest.mark.sandbox
def test_a_suite_is_recorded_in_the_sandbox(ground: ProvingGround) -> None:
    """Each test's own lines, and no more; a configured command cannot be recorded."""
    files = {
        "lib.py": "def one():\n    return 1\n\n\ndef two():\n    return 2\n",
        "test_it.py": "import lib\n\ndef test_one():\n    assert lib.one()\n\ndef test_two():\n    assert lib.two()\n",
    }
    load_recorder()
    report, made = record_tests(ground.make_bench(files), COMMIT, lambda path: files[path].encode())
    assert report.verdict is Verdict.PASS
    assert made is not None
    assert made.tests == ("", "test_it.py::test_one", "test_it.py::test_two")
    assert [made.units["lib.py"][name].bits for name in ("one", "two")] == [2, 4]
    with pytest.raises(UserError, match="configured command"):
        record_tests(ground.make_bench(files, command=TestCommand(("true",))), COMMIT, lambda _: None)
