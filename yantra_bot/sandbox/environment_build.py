"""Builds one environment in a sandbox, into folders that were made for it. Decides nothing about sharing or keeping it.

What an installation leaves behind was written by strangers: each folder is bound by itself, so that none can be
replaced by a link, and the report is read as data.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from runners import read_source
from yantra_bot.sandbox.bubblewrap import Sandbox
from yantra_bot.sandbox.contract import RUNNERS_FOLDER, WORKSPACE, Finished, Job, Mount
from yantra_bot.sandbox.environment_key import read_inside
from yantra_bot.sandbox.interpreter import Interpreter
from yantra_bot.sandbox.limits import Limits
from yantra_bot.sandbox.output import escape
from yantra_bot.sandbox.package_index import PackageIndex

ENVIRONMENT = "/environment"
FOLDERS = ("environment", "overlay", "report")
REPORT = "report/report.json"
_SOURCE = "/source"
_OVERLAY = "/build/overlay"
_REPORT = "/build/report"
_TEMPORARY = "/build/tmp"
_PIP = "/run/pip"
_CA_FILE = "/run/ca.pem"
_MODULES = ("__init__.py", "build.py", "declared.py", "requirements.py")
_START = "import sys; sys.path.insert(0, sys.argv[1]); from runners.build import main; main(sys.argv[2:])"
_MAX_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class Built:
    """What an installation says of itself. Empty `problems` mean a complete environment."""

    problems: tuple[str, ...]
    notes: tuple[str, ...]
    python_path: tuple[str, ...]


def load_build_script() -> dict[str, bytes]:
    """Return the files of the build that a sandbox shows, by their place inside."""
    return {f"{RUNNERS_FOLDER}/runners/{name}": read_source(name) for name in _MODULES}


def build(
    tree: Path,
    draft: Path,
    *,
    sandbox: Sandbox,
    index: PackageIndex,
    egress: Path | None,
    limits: Limits,
    on_line: Callable[[str], None] | None,
) -> tuple[Finished, Built]:
    """Fill the folders FOLDERS below `draft`, which is new and empty, from the repository at `tree`."""
    for name in (*FOLDERS, "tree", "tmp"):
        folder = draft / name
        folder.mkdir()
        folder.chmod(0o755)
        if os.geteuid() != sandbox.user:
            os.chown(folder, sandbox.user, sandbox.user)
    interpreter = sandbox.interpreter
    places = (_SOURCE, WORKSPACE, ENVIRONMENT, _OVERLAY, _REPORT, _PIP)
    script = ("-I", "-c", _START, RUNNERS_FOLDER, interpreter.version, interpreter.prefix, *places)
    job = Job(
        argv=(interpreter.executable, *script),
        workspace=draft / "tree",
        limits=limits,
        environment={**_describe_sources(index), "TMPDIR": _TEMPORARY},
        mounts=(*_list_mounts(tree, draft, interpreter), *_list_source_mounts(index)),
        egress=egress if index.url is not None else None,
        files=load_build_script(),
    )
    done = sandbox.run(job, on_line=on_line)
    return done, read_report(draft, done)


def read_report(folder: Path, done: Finished | None = None) -> Built:
    """Read the report of a build below `folder`; `done` is how the build ended, None for one that was kept."""
    problems: list[str] = []
    if done is not None and done.limit is not None:
        problems.append(f"the installation hit a limit: {done.limit}")
    try:
        facts = json.loads(read_inside(folder, REPORT) or b"")
        lists = [[str(text)[:500] for text in facts[name]] for name in ("problems", "notes", "python_path")]
    except (ValueError, KeyError, TypeError, RecursionError):
        code = "" if done is None else f" (exit code {done.exit_code})"
        return Built((*problems, f"the installation broke off{code}"), (), ())
    said, notes, python_path = ([escape(text) for text in texts[:_MAX_PROBLEMS]] for texts in lists)
    return Built((*problems, *said), tuple(notes), tuple(path for path in python_path if path in (".", "src")))


def _list_mounts(tree: Path, draft: Path, interpreter: Interpreter) -> tuple[Mount, ...]:
    return (
        Mount(tree, _SOURCE),
        Mount(draft / "environment", ENVIRONMENT, writable=True),
        Mount(draft / "overlay", _OVERLAY, writable=True),
        Mount(draft / "report", _REPORT, writable=True),
        Mount(draft / "tmp", _TEMPORARY, writable=True),
        *([Mount(interpreter.pip, _PIP)] if interpreter.pip is not None else []),
    )


def _list_source_mounts(index: PackageIndex) -> tuple[Mount, ...]:
    mounts = [Mount(path, f"/run/links/{number}") for number, path in enumerate(index.find_links)]
    mounts += [Mount(path, f"/run/index/{number}") for number, path in enumerate(index.file_indexes)]
    return (*mounts, *([Mount(index.ca_file, _CA_FILE)] if index.ca_file is not None else []))


def _describe_sources(index: PackageIndex) -> dict[str, str]:
    """Return pip's settings. They are the only ones: no configuration file is read, and nothing of the tree counts."""
    variables = {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INPUT": "1",
        "PIP_NO_CACHE_DIR": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_ROOT_USER_ACTION": "ignore",
        "PIP_PROGRESS_BAR": "off",
    }
    addresses = [f"file:///run/index/{number}/simple" for number in range(len(index.file_indexes))]
    if index.url is not None:
        addresses.insert(0, index.url)
    if addresses:
        variables["PIP_INDEX_URL"] = addresses[0]
        variables["PIP_EXTRA_INDEX_URL"] = " ".join(addresses[1:])
    else:
        variables["PIP_NO_INDEX"] = "1"
    variables["PIP_FIND_LINKS"] = " ".join(f"/run/links/{number}" for number in range(len(index.find_links)))
    if index.ca_file is not None:
        variables |= dict.fromkeys(("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"), _CA_FILE)
    return {name: value for name, value in variables.items() if value}
