"""The page of benchmarks: a section that is measured anew leaves the others as they are."""

import subprocess
import sys

from benchmarks.__main__ import FAILED, HEAD, PARTS, measure, read_page, write_page

AIMS = "| aim | wanted | measured | met |\n|---|---|---|---|\n| speed | < 1 s | 2 s | **no** |\n"


def test_a_page_is_read_as_it_was_written() -> None:
    """What is read of a page writes the same page, in the order of the table."""
    found = {"run": "2026-01-01\n\ntext\n", "worker": f"2026-01-02\n\n{AIMS}"}
    page = write_page(found)
    assert read_page(page) == found
    assert write_page(read_page(page)) == page
    assert page.startswith(HEAD)
    assert page.index(PARTS["worker"]) < page.index(f"## {PARTS['run']}")
    assert "0 of 1 aims are met. Missed:\n- " + PARTS["worker"] in page


def test_a_benchmark_that_takes_too_long_is_named_as_failed() -> None:
    """The others are measured all the same."""
    said = measure("run", seconds=0.0)
    assert said.startswith(FAILED)
    assert f"{PARTS['run']}: the benchmark itself failed" in write_page({"run": said})


def test_every_benchmark_can_be_started() -> None:
    """What one of them needs is where it says: seen here, not by whoever measures in a year. Without torch too."""
    code = (
        "import importlib, sys\nsys.modules['torch'] = None\n"
        "for name in sys.argv[1:]:\n    try:\n        importlib.import_module(name)\n"
        "    except ImportError as problem:\n        assert 'torch' in str(problem), (name, problem)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, *(f"benchmarks.{name}" for name in PARTS)], capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
