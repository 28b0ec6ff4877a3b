"""Where environments are built in tests: a cache, wheels made here, and real sandboxes."""

from pathlib import Path

from tests.fakes.sandbox_world import SMALL, SandboxWorld
from tests.fakes.wheel_world import make_wheels
from yantra_bot.sandbox.bubblewrap import Sandbox
from yantra_bot.sandbox.contract import Finished
from yantra_bot.sandbox.environment import Environment, prepare
from yantra_bot.sandbox.package_index import PackageIndex


class Place:
    """A cache, wheels, and a sandbox."""

    def __init__(self, world: SandboxWorld) -> None:
        self.world = world
        self.cache = world.make_folder()
        self.wheels = make_wheels(world.make_folder() / "wheels")
        self.index = PackageIndex(find_links=(self.wheels,))

    def prepare(self, tree: Path, *, index: PackageIndex | None = None, sandbox: Sandbox | None = None) -> Environment:
        return prepare(tree, sandbox=sandbox or self.world.sandbox, cache=self.cache, index=index or self.index)

    def run(self, environment: Environment, tree: Path, code: str) -> Finished:
        argv = (environment.python or "", "-c", code)
        return self.world.sandbox.run(environment.make_job(argv, workspace=tree, limits=SMALL))
