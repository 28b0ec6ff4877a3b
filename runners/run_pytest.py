"""Runs pytest inside a sandbox and writes down what ran, into a folder outside of the workspace.

Called as `python run_pytest.py FOLDER ARGUMENT…` with the repository's own interpreter; writes FOLDER/junit.xml and
FOLDER/coverage.json. It runs beside untrusted code in one process, so nothing that it writes is a proof: whoever reads
it back holds it against the exit code. It imports what it needs before the workspace can be imported from, since a
repository may ship a json.py or a pytest.py.
"""

import importlib.util
import json
import os
import sys
import warnings
from pathlib import Path
from typing import Any

NO_PYTEST = 90
"""Exit code when the repository's environment has no pytest."""
USAGE_ERROR = 4

# What makes a run repeatable, by the plugin that has to be there for it.
_PLUGIN_OPTIONS = {"pytest_cov": ("--no-cov",), "pytest_randomly": ("-p", "no:randomly")}


def main(folder: str, arguments: list[str]) -> int:
    """Run pytest with `arguments` and return its exit code."""
    try:
        import pytest
    except ImportError as error:
        sys.stderr.write(f"pytest cannot be imported in the repository's environment: {error}\n")
        return NO_PYTEST
    measuring = start_coverage()
    sys.path[0] = os.getcwd()  # noqa: PTH109 (as `python -m pytest` has it)
    sys.argv[:] = ["pytest", *arguments]
    base = [f"--junitxml={folder}/junit.xml", *arguments]
    extra = plugin_options()
    code = int(pytest.main([*extra, *base]))
    if code == USAGE_ERROR and extra:
        # The repository has switched such a plugin off itself.
        code = int(pytest.main(base))
    write_coverage(measuring, Path(folder))
    return code


def plugin_options() -> list[str]:
    """Return options for the plugins that are installed."""
    return [word for name, words in _PLUGIN_OPTIONS.items() if importlib.util.find_spec(name) for word in words]


def start_coverage() -> Any:
    """Start to measure and return what measures; None where the environment has no coverage."""
    try:
        import coverage
    except ImportError:
        return None
    measuring = coverage.Coverage(data_file=None, config_file=False, source=["."], messages=False)
    measuring.start()
    return measuring


def write_coverage(measuring: Any, folder: Path) -> None:
    """Write the executed lines of each file below the current folder, by path relative to it."""
    if measuring is None:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        measuring.stop()
        data = measuring.get_data()
    root = os.getcwd() + os.sep  # noqa: PTH109 (compared with what coverage made of it)
    files = {
        path[len(root) :]: sorted(data.lines(path) or ()) for path in data.measured_files() if path.startswith(root)
    }
    if files:
        (folder / "coverage.json").write_text(json.dumps(files), "utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
