"""A place where sites are looked at: a tree, a folder for pictures, a real browser in a real sandbox."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.fakes.sandbox_world import SandboxWorld
from yantra_bot.domain.browsing import BrowserRules, Look
from yantra_bot.domain.proof import EnvironmentReport
from yantra_bot.sandbox.contract import Finished, Job
from yantra_bot.sandbox.environment import Environment
from yantra_bot.validation.browser.choose import Site
from yantra_bot.validation.browser.look import Stage, look
from yantra_bot.validation.browser.program import LIMITS, Browser

PLAIN = Environment(EnvironmentReport(key="none", was_cached=False, seconds=0.0))


@dataclass
class BrowserWorld:
    """Sandboxes with a browser. `kept` are the pictures by name, `said` the lines for people."""

    world: SandboxWorld
    browser: Browser
    kept: dict[str, bytes] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def stage(self, files: Mapping[str, str]) -> Stage:
        tree, pictures = self.world.make_tree(files), self.world.make_folder()
        return Stage(self.world.sandbox, self.browser, PLAIN, tree, pictures)

    def look(self, files: Mapping[str, str], rules: BrowserRules | None = None, *, folder: str = "") -> Look:
        """Serve these files, and look at them."""
        rules = rules or BrowserRules()
        site = Site(folder, rules.serve)
        return look(self.stage(files), site, rules, keep=self._keep, say=self.said.append)

    def run(self, code: str, tree: Path | None = None) -> Finished:
        """Run Python code under the limits of a browser."""
        argv = (self.world.interpreter.executable, "-I", "-c", code)
        return self.world.sandbox.run(Job(argv=argv, workspace=tree, limits=LIMITS))

    def _keep(self, data: bytes) -> str:
        name = f"picture-{len(self.kept)}"
        self.kept[name] = data
        return name
