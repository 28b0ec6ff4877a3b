"""Who else says whether a seed breaks something: pyright, the package's own tests, tsc, javac.

pyright and tsc come from npm, pinned; javac is the machine's own. What is not at hand judges nothing.
"""

import json
import os
import re
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
MYPY_ONLY = "tests/mypy_test_cases"
"""Of marshmallow: no tests, and they cannot be imported."""
Errors = Counter[tuple[str, str, str]]


JAVA = """
import java.nio.file.*; import java.util.*; import java.util.stream.*; import javax.tools.*;
public class Judge {
  public static void main(String[] args) throws Exception {
    Path root = Path.of(args[0]);
    List<String> files = Files.readAllLines(root.resolve("sources.txt"));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    for (int at = 0; at < Integer.parseInt(args[1]); at++) {
      Path place = root.resolve("seeds/" + at);
      var found = new DiagnosticCollector<JavaFileObject>();
      var manager = compiler.getStandardFileManager(found, null, null);
      List<Path> paths = files.stream().map(one -> Files.exists(place.resolve(one)) ? place.resolve(one)
        : root.resolve(one)).collect(Collectors.toList());
      var options = List.of("-proc:none", "-Xmaxerrs", "100000", "-nowarn", "-XDshould-stop.ifNoError=FLOW",
        "-XDshould-stop.ifError=FLOW");
      compiler.getTask(null, manager, found, options, null, manager.getJavaFileObjectsFromPaths(paths)).call();
      for (var one : found.getDiagnostics()) if (one.getKind() == Diagnostic.Kind.ERROR && one.getSource() != null)
        System.out.println(at + "\\t" + Path.of(one.getSource().getName()).getFileName() + " "
          + one.getMessage(Locale.ROOT).replaceAll("\\\\s+", " "));
    }
  }
}
"""
NODE = """
const [tool, root, count] = process.argv.slice(2), ts = require(tool), fs = require("fs"), path = require("path");
const lines = name => fs.readFileSync(path.join(root, name), "utf8").split("\\n").filter(Boolean);
const options = {noEmit: true, skipLibCheck: true, strict: true, target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, types: []};
const host = ts.createCompilerHost(options), read = host.getSourceFile, kept = new Map(), plain = host.readFile;
let overlay = new Map(), old;
host.readFile = name => overlay.get(name) ?? plain(name);
host.getSourceFile = (name, ...rest) => {
  if (overlay.has(name)) return ts.createSourceFile(name, overlay.get(name), rest[0], true);
  if (!kept.has(name)) kept.set(name, read(name, ...rest));
  return kept.get(name);
};
const names = lines("sources.txt").map(one => path.join(root, one));
for (let at = 0; at < Number(count); at++) {
  const asked = lines(`asked-${at}.txt`);
  overlay = new Map(asked.filter(one => fs.existsSync(path.join(root, "seeds/" + at, one)))
    .map(one => [path.join(root, one), fs.readFileSync(path.join(root, "seeds/" + at, one), "utf8")]));
  old = ts.createProgram(names, options, host, old);
  for (const one of asked) {
    const file = old.getSourceFile(path.join(root, one));
    for (const said of [...old.getSyntacticDiagnostics(file), ...old.getSemanticDiagnostics(file)])
      console.log(at + "\\t" + one + " TS" + said.code + " "
        + ts.flattenDiagnosticMessageText(said.messageText, " ").replace(/\\s+/g, " "));
  }
}
"""


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


def find_mentioning(files: Mapping[str, str], seed: Seed, suffix: str) -> list[str]:
    """Return what a seed can break: the files that it edits, and those that say its name."""
    is_said = re.compile(rf"\b{re.escape(seed.name.partition('.')[0])}\b").search
    every = {**files, **seed.files}
    return [path for path, text in every.items() if path.endswith(suffix) and (path in seed.files or is_said(text))]


def ask_pyright(folder: Path, roots: Sequence[Path], inside: str, asked: Sequence[Sequence[str]]) -> list[bool] | None:
    """Return for each root but the first whether pyright has an error there that the first has not.

    `asked` names the files that are checked, for each root but the first; the first is asked about all of them.
    """
    command = find_tool(PYRIGHT, "index.js")
    if command is None:
        return None
    environments = [
        {"root": root.name, "extraPaths": [f"{root.name}/{inside.partition('/')[0]}", root.name]} for root in roots
    ]
    wanted = [sorted({path for paths in asked for path in paths if (roots[0] / path).exists()}), *asked]
    include = [f"{root.name}/{path}" for root, paths in zip(roots, wanted, strict=True) for path in paths]
    settings = {"include": include, "executionEnvironments": environments}
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


def run_tests(root: Path, ignored: Sequence[str], aside: Path) -> set[str]:
    """Return the tests of a package that fail, and the files of them that cannot be imported."""
    command = [sys.executable, "-B", "-m", "pytest", "-q", "-rfE", "--tb=no", "--continue-on-collection-errors"]
    command += ["-p", "no:cacheprovider", "-p", "no:randomly", "tests"]
    command += [f"--ignore={path}" for path in (*ignored, MYPY_ONLY)]
    path = os.pathsep.join([str(root / "src"), str(root), str(aside)])
    environment = {**os.environ, "PYTHONPATH": path, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False, timeout=600)
    found = {line.partition(" - ")[0] for line in done.stdout.splitlines() if line.startswith(("FAILED ", "ERROR "))}
    return found if found or not done.returncode else {f"pytest itself: {done.returncode}"}


def ask_compiler(language: str, root: Path, files: Mapping[str, str], seeds: Sequence[Seed]) -> Sequence[bool] | None:
    """Return for each seed whether the compiler has an error that it has not for the base, laid out at the root.

    One process judges all of them. None where there is no compiler.
    """
    suffix = {"TypeScript": ".ts", "Java": ".java"}.get(language, "")
    if language == "Java" and shutil.which("javac"):
        (root / "Judge.java").write_text(JAVA)
        command = ["java", str(root / "Judge.java")]
    elif language == "TypeScript" and (found := find_tool(TSC, "lib/typescript.js")):
        (root / "judge.js").write_text(NODE)
        command = ["node", "--max-old-space-size=3000", str(root / "judge.js"), found[1]]
    else:
        return None
    asked = [find_mentioning(files, seed, suffix) for seed in seeds]
    everything = sorted({path for paths in asked for path in paths if path in files})
    (root / "sources.txt").write_text("\n".join(sorted(files)))
    for at, (changed, paths) in enumerate([({}, everything), *zip((one.files for one in seeds), asked, strict=True)]):
        for path, text in changed.items():
            (root / f"seeds/{at}" / path).parent.mkdir(parents=True, exist_ok=True)
            (root / f"seeds/{at}" / path).write_text(text, encoding="utf-8")
        (root / f"asked-{at}.txt").write_text("\n".join(paths))
    done = subprocess.run(
        [*command, str(root), str(len(seeds) + 1)], cwd=root, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"the judge of {language} failed:\n{done.stderr[-2000:]}")
    errors: list[Counter[str]] = [Counter() for _ in range(len(seeds) + 1)]
    for line in done.stdout.splitlines():
        at_, _, said = line.partition("\t")
        errors[int(at_)][said] += 1
    return [bool(one - errors[0]) for one in errors[1:]]
