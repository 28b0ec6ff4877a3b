"""A repository's environment: its declared dependencies, installed once in a sandbox, shown read-only to every run.

Never runs anything of the repository outside a sandbox, never installs from a source that the operator did not set.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from runners import read_source
from yantra_bot.domain.proof import EnvironmentReport
from yantra_bot.sandbox.bubblewrap import Sandbox
from yantra_bot.sandbox.contract import RUNNERS_FOLDER, WORKSPACE, Finished, Job, Mount
from yantra_bot.sandbox.environment_build import ENVIRONMENT, FOLDERS, Built, build, load_build_script, read_report
from yantra_bot.sandbox.environment_cache import Cache
from yantra_bot.sandbox.environment_key import compute_key, is_python
from yantra_bot.sandbox.limits import BUILD, TESTS, Limits
from yantra_bot.sandbox.node_packages import INSTALLER, prepare_node
from yantra_bot.sandbox.package_index import PackageIndex

_OVERLAY = "/run/overlay"
_LAY_OVER = f"{RUNNERS_FOLDER}/lay_over.py"
_TAIL = 8000


@dataclass(frozen=True, slots=True)
class Environment:
    """What a test run needs. `python` is None for a repository that is not Python's: no Python was installed then.

    `prefix` are words that go before a command: they lay files over the tree that the installation generated.
    """

    report: EnvironmentReport
    python: str | None = None
    mounts: tuple[Mount, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    prefix: tuple[str, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)

    def make_job(
        self,
        argv: tuple[str, ...],
        *,
        workspace: Path,
        limits: Limits = TESTS,
        variables: Mapping[str, str] | None = None,
        directory: str = WORKSPACE,
    ) -> Job:
        """Return the job that runs `argv` in this environment on the tree at `workspace`."""
        return Job(
            argv=(*self.prefix, *argv),
            workspace=workspace,
            limits=limits,
            environment={**self.variables, **(variables or {})},
            mounts=self.mounts,
            directory=directory,
            files=self.files,
        )


def preload() -> None:
    """Read from disk now what is needed later: a process that gives up its rights may lose sight of its own files."""
    load_build_script()
    read_source("lay_over.py")
    read_source(INSTALLER)
    read_source("relay.py")


def prepare(
    tree: Path,
    *,
    sandbox: Sandbox,
    cache: Path,
    index: PackageIndex,
    scope: str = "",
    egress: Path | None = None,
    limits: Limits = BUILD,
    on_line: Callable[[str], None] | None = None,
) -> Environment:
    """Return the environment for `tree`, from the cache or built now.

    `cache` is a folder that the sandbox's user can reach. `scope` names whose code may meet in one environment (the
    repository's number; for a fork, the fork's): an installation runs code of the tree. `egress` is the folder of the
    proxy's socket; without it an index that has an address cannot be reached. An installation that failed is told in
    the report, and what could be installed is used for this run only. Raises SandboxUnavailable.
    """
    place: dict[str, Any] = {"sandbox": sandbox, "cache": cache, "index": index, "scope": scope, "egress": egress}
    python = _prepare_python(tree, **place, limits=limits, on_line=on_line)
    packages = prepare_node(tree, **place, limits=limits, on_line=on_line)
    if packages is None:
        return python
    report = packages.report if python.python is None else _join_reports(python.report, packages.report)
    return replace(python, report=report, mounts=(*python.mounts, *packages.mounts))


def _join_reports(first: EnvironmentReport, second: EnvironmentReport) -> EnvironmentReport:
    return EnvironmentReport(
        key=f"{first.key}+{second.key}",
        was_cached=first.was_cached and second.was_cached,
        seconds=first.seconds + second.seconds,
        problem="; ".join(one.problem for one in (first, second) if one.problem) or None,
        output_tail="\n".join(one.output_tail for one in (first, second) if one.output_tail)[-_TAIL:],
    )


def _prepare_python(
    tree: Path,
    *,
    sandbox: Sandbox,
    cache: Path,
    index: PackageIndex,
    scope: str,
    egress: Path | None,
    limits: Limits,
    on_line: Callable[[str], None] | None,
) -> Environment:
    started = time.monotonic()
    if not is_python(tree):
        return Environment(EnvironmentReport(key="none", was_cached=False, seconds=0.0))
    scope += " without sandbox" if sandbox.is_insecure else ""
    key = compute_key(tree, interpreter=sandbox.interpreter, index=index, scope=scope)
    store = Cache(cache)
    with store.lock(key):
        folder = store.find(key)
        if folder is not None:
            report = EnvironmentReport(key=key, was_cached=True, seconds=time.monotonic() - started)
            return _describe(folder, read_report(folder), report, sandbox)
        store.sweep()
        with store.draft() as draft:
            done, built = build(
                tree, draft, sandbox=sandbox, index=index, egress=egress, limits=limits, on_line=on_line
            )
            kept = draft / "kept"
            kept.mkdir()
            kept.chmod(0o755)
            for name in FOLDERS:
                (draft / name).rename(kept / name)
            folder = store.keep(kept, key, is_complete=not built.problems)
    return _describe(folder, built, _report(key, started, done, built, index, sandbox), sandbox)


def _report(
    key: str, started: float, done: Finished, built: Built, index: PackageIndex, sandbox: Sandbox
) -> EnvironmentReport:
    problems = list(built.problems)
    if problems and index.is_empty:
        problems.insert(0, "no package index is configured")
    if sandbox.interpreter.pip is None:
        problems.insert(0, "this Python comes without pip; the operator can install it (apt-get install python3-venv)")
    tail = "\n".join((done.output, *built.notes))[-_TAIL:]
    return EnvironmentReport(
        key=key,
        was_cached=False,
        seconds=time.monotonic() - started,
        problem="; ".join(problems) or None,
        output_tail=tail,
    )


def _describe(folder: Path, built: Built, report: EnvironmentReport, sandbox: Sandbox) -> Environment:
    """Return the handle of the environment that lies in `folder`."""
    mounts = [Mount(folder / "environment", ENVIRONMENT)]
    variables = {
        "PATH": f"{ENVIRONMENT}/bin:/usr/local/bin:/usr/bin:/bin",
        "VIRTUAL_ENV": ENVIRONMENT,
    }
    # Without a sandbox the tree lay elsewhere when it was installed, and the installation points there.
    python_path = built.python_path or ((".", "src") if sandbox.is_insecure else ())
    if python_path:
        variables["PYTHONPATH"] = ":".join(str(Path(WORKSPACE, path)) for path in python_path)
    overlay = folder / "overlay"
    has_overlay = any(overlay.iterdir())
    if has_overlay:
        mounts.append(Mount(overlay, _OVERLAY))
    lay_over = (sandbox.interpreter.executable, "-I", _LAY_OVER, _OVERLAY, WORKSPACE)
    return Environment(
        report=report,
        python=f"{ENVIRONMENT}/bin/python",
        mounts=tuple(mounts),
        variables=variables,
        prefix=lay_over if has_overlay else (),
        files={_LAY_OVER: read_source("lay_over.py")} if has_overlay else {},
    )
