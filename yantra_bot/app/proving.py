"""Where a repository's own tests and tools run from a terminal: a commit laid out, its environment, the sandbox.

What a repository declares is installed in the sandbox, whose only way out is the proxy; nothing of it runs elsewhere.
"""

import asyncio
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from yantra_bot.app.cache import default_cache
from yantra_bot.app.package_sources import package_index
from yantra_bot.app.scanning import open_scanning
from yantra_bot.app.within_reach import own_cache
from yantra_bot.errors import UserError
from yantra_bot.ports import TestCommand
from yantra_bot.sandbox.bubblewrap import Sandbox
from yantra_bot.sandbox.contract import SandboxUnavailable
from yantra_bot.sandbox.destinations import Destination
from yantra_bot.sandbox.egress_proxy import EgressProxy
from yantra_bot.sandbox.environment import Environment, prepare
from yantra_bot.sandbox.layout import CheckoutLimits, lay_out
from yantra_bot.sandbox.mirror import Mirror
from yantra_bot.sandbox.package_index import find_destinations
from yantra_bot.settings import Settings
from yantra_bot.validation.test_run import TestBench
from yantra_bot.worker.slots import make_open_folder


@dataclass(frozen=True, slots=True)
class Proving:
    """One commit, laid out and ready to be run."""

    sandbox: Sandbox
    workspace: Path
    scratch: Path
    environment: Environment

    def bench(self, command: TestCommand | None = None) -> TestBench:
        """Return where its tests run, pytest's without a command. Raises UserError where nothing can run them."""
        found, command = self.environment, command or TestCommand()
        if found.python is None and not command.argv:
            raise UserError("Only the tests of a Python project can be run here, and this is none.")
        return TestBench(
            self.sandbox,
            self.workspace,
            self.scratch,
            found.python or self.sandbox.interpreter.executable,
            command,
            mounts=found.mounts,
            environment=found.variables,
            prefix=found.prefix,
            files=found.files,
        )


@contextmanager
def open_proving(
    settings: Settings, mirror: Mirror, commit: str, *, scope: str, tell: Callable[[str], None]
) -> Iterator[Proving]:
    """Lay a commit out and install what it declares. `scope` names whose code may meet in one environment.

    Raises SandboxUnavailable, UserError, Permanent, Transient.
    """
    with ExitStack() as opened:
        tools = opened.enter_context(open_scanning(settings))
        if tools.sandbox is None:
            raise SandboxUnavailable(tools.no_sandbox)
        # Apart from where interpreters lie: what nobody has used for long is removed here.
        cache = (own_cache(settings) or default_cache()) / "installed"
        make_open_folder(cache.parent)
        make_open_folder(cache)
        folder = Path(tempfile.mkdtemp(prefix="yantra-tests-"))
        opened.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o755)
        workspace, scratch = folder / "tree", folder / "results"
        for one in (workspace, scratch):
            one.mkdir(mode=0o755)
        tell("laying the commit out")
        lay_out(mirror, commit, workspace, CheckoutLimits())
        _give(workspace, tools.sandbox.user)
        index = package_index(settings)
        egress = opened.enter_context(_open_way_out(asyncio.run(find_destinations(index)), folder))
        tell("installing what it declares")
        environment = prepare(
            workspace, sandbox=tools.sandbox, cache=cache, index=index, scope=scope, egress=egress, on_line=tell
        )
        yield Proving(tools.sandbox, workspace, scratch, environment)


def _give(folder: Path, user: int) -> None:
    """Let the sandbox's account write in a tree: tests do, and so does what is installed beside them."""
    if user == os.geteuid():
        return
    for root, _, names in os.walk(folder):
        for name in (".", *names):
            os.chown(Path(root, name), user, user, follow_symlinks=False)


@contextmanager
def _open_way_out(destinations: tuple[Destination, ...], parent: Path) -> Iterator[Path | None]:
    """Run the proxy beside, in a loop of its own: a sandbox is waited for meanwhile."""
    if not destinations:
        yield None
        return
    proxy = EgressProxy(destinations, parent=parent)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="egress", daemon=True)
    thread.start()

    def wait(found: "Future[Path] | Future[None]") -> Path | None:
        return found.result()

    try:
        yield wait(asyncio.run_coroutine_threadsafe(proxy.start(), loop))
    finally:
        wait(asyncio.run_coroutine_threadsafe(proxy.stop(), loop))
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
