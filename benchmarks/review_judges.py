"""Who else says whether a seed breaks something: pyright, the package's own tests, tsc, javac.

pyright and tsc come from npm, pinned; javac is the machine's own. What is not at hand judges nothing.
"""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.review_seeds import Seed
from benchmarks.sources import CACHE, fetch, npm

PYRIGHT = npm("Python", "pyright", "1.1.407", "24f3e5481fe638415622774c0ba0fc949dc560e2baab0d604c6d67f10bb3c0a4", ".js")
TSC = npm(
    "TypeScript", "typescript", "5.9.3", "10e108c9cf7d5f2879053dff18515fb405abf2ccef63eaaf017d9c571687a1d3", ".js"
)
Errors = Counter[tuple[str, str, str]]


def find_tool(package: object, script: str) -> list[str] | None:
    """Return the command of a tool from npm; None where node or the package cannot be had."""
    if shutil.which("node") is None:
        return None
    try:
        found = fetch(package)  # type: ignore[arg-type]  # one of the two above
    except (subprocess.CalledProcessError, OSError):
        return None
    place = CACHE / package.name / "unpacked" / "package" / script  # type: ignore[attr-defined]
    return ["node", str(place)] if found is not None and place.exists() else None


def lay_out(folder: Path, files: Mapping[str, str], seeds: Sequence[Seed]) -> list[Path]:
    """Write the base (first) and each seed's version below a folder; return their roots."""
    roots = []
    for at, changed in enumerate([{}, *(seed.files for seed in seeds)]):
        root = folder / f"s{at:03d}"
        for path, text in {**files, **changed}.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")
        roots.append(root)
    return roots


def ask_pyright(folder: Path, roots: Sequence[Path], inside: str) -> list[bool] | None:
    """Return for each root but the first whether pyright has an error there that the first has not."""
    command = find_tool(PYRIGHT, "index.js")
    if command is None:
        return None
    environments = [
        {"root": root.name, "extraPaths": [f"{root.name}/{inside.partition('/')[0]}", root.name]} for root in roots
    ]
    settings = {"include": [root.name for root in roots], "executionEnvironments": environments}
    settings |= {"typeCheckingMode": "basic", "pythonVersion": "3.11", "reportAttributeAccessIssue": "error"}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    done = subprocess.run(
        [*command, "--outputjson", "-p", str(folder / "pyrightconfig.json")],
        cwd=folder,
        capture_output=True,
        check=False,
    )
    errors: dict[str, Errors] = {root.name: Counter() for root in roots}
    for one in json.loads(done.stdout)["generalDiagnostics"]:
        path = Path(one["file"]).relative_to(folder.resolve())
        if one["severity"] == "error" and path.parts[0] in errors:
            message = one["message"].replace(path.parts[0], "")
            errors[path.parts[0]]["/".join(path.parts[1:]), one.get("rule", ""), message] += 1
    first = errors[roots[0].name]
    return [bool(errors[root.name] - first) for root in roots[1:]]


def run_tests(root: Path, ignored: Sequence[str], aside: Path) -> bool:
    """Tell whether the tests of a package pass."""
    command = [sys.executable, "-B", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly", "tests"]
    command += [f"--ignore={path}" for path in ignored]
    path = os.pathsep.join([str(root / "src"), str(root), str(aside)])
    environment = {**os.environ, "PYTHONPATH": path, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, check=False, timeout=600)
    return done.returncode == 0


def ask_tsc(root: Path) -> Errors | None:
    """Return the errors of a TypeScript folder; None where there is no compiler."""
    command = find_tool(TSC, "lib/tsc.js")
    if command is None:
        return None
    files = [str(path.relative_to(root)) for path in sorted(root.rglob("*.ts"))]
    options = ["--noEmit", "--skipLibCheck", "--strict", "--target", "es2022", "--module", "nodenext"]
    done = subprocess.run([*command, *options, *files], cwd=root, capture_output=True, text=True, check=False)
    return _read_errors(done.stdout, "): error ")


def ask_javac(root: Path) -> Errors | None:
    """Return the errors of a Java folder; None where there is no compiler."""
    if shutil.which("javac") is None:
        return None
    files = [str(path.relative_to(root)) for path in sorted(root.rglob("*.java"))]
    options = ["-proc:none", "-Xmaxerrs", "100000", "-d", str(root / "out"), "-nowarn"]
    done = subprocess.run(["javac", *options, *files], cwd=root, capture_output=True, text=True, check=False)
    return _read_errors(done.stderr, ": error: ")


def _read_errors(text: str, mark: str) -> Errors:
    found: Errors = Counter()
    for line in text.splitlines():
        place, sign, message = line.partition(mark)
        if sign:
            found[place.partition("(")[0].partition(":")[0], "", message] += 1
    return found
