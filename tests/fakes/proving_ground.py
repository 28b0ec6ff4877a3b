"""A place where a repository's tests are really run: a sandbox, and an environment that holds pytest and coverage.

Nothing here is faked: it is what an installed environment looks like, made without an installation.
"""

import importlib
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from tests.fakes.sandbox_world import SandboxWorld
from yantra_bot.ports import TestCommand
from yantra_bot.sandbox.contract import Mount
from yantra_bot.validation.test_run import TestBench

_PACKAGES = ("pytest", "_pytest", "pluggy", "iniconfig", "packaging", "pygments", "coverage")
_SITE = "/run/site"


class ProvingGround:
    """Makes test benches. `close` removes everything."""

    def __init__(self) -> None:
        self.world = SandboxWorld()
        self._site = self.world.folder / "site"
        self._site.mkdir()
        for name in _PACKAGES:
            package = Path(importlib.import_module(name).__file__ or "").parent
            shutil.copytree(package, self._site / name)
        shutil.copy(Path(importlib.import_module("py").__file__ or ""), self._site)
        for path in (self._site, *self._site.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)

    def make_bench(
        self, files: Mapping[str, str], *, command: TestCommand | None = None, has_pytest: bool = True
    ) -> TestBench:
        """Return a bench on a new tree with these files."""
        world = self.world
        scratch = world.folder / "scratch"
        scratch.mkdir(exist_ok=True)
        tree = world.make_tree(files)
        bench = TestBench(world.sandbox, tree, scratch, world.interpreter.executable, command or TestCommand())
        if not has_pytest:
            return bench
        return replace(bench, mounts=(Mount(self._site, _SITE),), environment={"PYTHONPATH": _SITE})

    def close(self) -> None:
        self.world.close()
