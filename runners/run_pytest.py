"""Runs pytest inside a sandbox and writes down what ran, into a folder outside of the workspace.

Called as `python run_pytest.py FOLDER ARGUMENT…` with the repository's own interpreter; writes FOLDER/junit.xml and
FOLDER/coverage.json. With a selection.json beside it, a list of node ids, those of the tests run that pytest knows. It
runs beside untrusted code in one process, so nothing that it writes is a proof: whoever reads it back holds it against
the exit code. It imports what it needs before the workspace can be imported from, since a repository may ship a json.py
or a pytest.py.
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
NO_TESTS = 5
SELECTION = "selection.json"

# What makes a run repeatable, by the plugin that has to be there for it.
_PLUGIN_OPTIONS = {"pytest_cov": ("--no-cov",), "pytest_randomly": ("-p", "no:randomly")}


def main(folder: str, arguments: list[str]) -> int:
    """Run pytest with `arguments` and return its exit code."""
    try:
        import pytest
    except ImportError as error:
        sys.stderr.write(f"pytest cannot be imported in the repository's environment: {error}\n")
        return NO_PYTEST
    chooser = read_selection(Path(__file__).with_name(SELECTION), pytest)
    if chooser is not None:
        arguments = [*arguments, *chooser.files()]
        if not chooser.files():
            return NO_TESTS
    spreading = Spreading()
    plugins = [spreading] if chooser is None else [spreading, chooser]
    measuring = start_coverage()
    sys.path[0] = os.getcwd()  # noqa: PTH109 (as `python -m pytest` has it)
    sys.argv[:] = ["pytest", *arguments]
    base = [f"--junitxml={folder}/junit.xml", *arguments]
    extra = plugin_options(is_selected=chooser is not None)
    code = int(pytest.main([*extra, *base], plugins=plugins))
    if code == USAGE_ERROR and extra:
        # The repository has switched such a plugin off itself.
        code = int(pytest.main(base, plugins=plugins))
    write_coverage(None if spreading.is_used else measuring, Path(folder))
    return code


def plugin_options(*, is_selected: bool = False) -> list[str]:
    """Return options for the plugins that are installed. What spreads tests over processes knows of no selection."""
    options = {**_PLUGIN_OPTIONS, "xdist": ("-n0",)} if is_selected else _PLUGIN_OPTIONS
    return [word for name, words in options.items() if importlib.util.find_spec(name) for word in words]


class Spreading:
    """Notes whether tests run in other processes: of what they run there no line is seen, and none may be told."""

    def __init__(self) -> None:
        self.is_used = False

    def pytest_configure(self, config: Any) -> None:
        self.is_used = any(getattr(config.option, name, None) for name in ("numprocesses", "tx", "forked"))


class Chooser:
    """Keeps, of what pytest collects, the tests that are named. One that it does not know is no error.

    Named on the command line, such a one would end the run of all others. A name without `::` is a whole file.
    """

    def __init__(self, names: list[str], root: str) -> None:
        self._root = os.path.realpath(root) + os.sep
        self._wanted: dict[str, set[str]] = {}
        for name in names:
            path, _, inside = name.partition("::")
            place = os.path.realpath(os.path.join(root, path))  # noqa: PTH118 (the name may be anything)
            self._wanted.setdefault(place, set()).add(inside)

    def files(self) -> list[str]:
        """Return the files to be collected, by absolute paths, so that none is an option. pytest splits at brackets."""
        found = [path for path in self._wanted if path.startswith(self._root) and "[" not in path and "::" not in path]
        return [path for path in found if os.path.isfile(path)]  # noqa: PTH113 (it is a text)

    def wants(self, path: str, inside: str) -> bool:
        """Tell whether a test is named, by its file and by its name in there."""
        wanted = self._wanted.get(os.path.realpath(path), set())
        if "" in wanted or inside in wanted or inside.partition("[")[0] in wanted:
            return True
        return any(inside.startswith(f"{one}::") for one in wanted)

    def choose(self, config: Any, items: list[Any]) -> None:
        """Leave the named ones in a list of collected tests."""
        kept: list[Any] = []
        dropped: list[Any] = []
        for item in items:
            path = str(getattr(item, "path", None) or item.fspath)
            (kept if self.wants(path, item.nodeid.partition("::")[2]) else dropped).append(item)
        if dropped:
            config.hook.pytest_deselected(items=dropped)
            items[:] = kept


def read_selection(place: Path, pytest: Any) -> Any:
    """Return the plug-in of pytest that keeps to a list of names; None where there is no such list."""
    if not place.exists():
        return None

    class Plugin(Chooser):
        def pytest_collection_modifyitems(self, config: Any, items: list[Any]) -> None:
            self.choose(config, items)

    pytest.hookimpl(trylast=True)(Plugin.pytest_collection_modifyitems)
    return Plugin(json.loads(place.read_text("utf-8")), os.getcwd())  # noqa: PTH109 (the workspace)


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
