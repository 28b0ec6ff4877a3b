"""Tasks for whole functions with examples of their own: written by the generator, run, and held against the examples.

A task is a function of a module whose docstring has examples that its real body passes and a body that only raises does
not: so that passing them can be done, and says something.
"""

import ast
import doctest
import importlib
import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath

from tree_sitter import Parser

from yantra_bot.codex.building import build
from yantra_bot.codex.reading import Written, read_functions
from yantra_bot.codex.rendering import TEMPLATES, has_holes, render
from yantra_bot.codex.rendering.naming import identifier
from yantra_bot.codex.steps import Step
from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.languages import frontend_of
from yantra_bot.training.corpora import source_files

SECONDS = 20
MOST_OF_PROJECT = 40
"""Tasks of one package, so that none is most of them."""
MOST_OF_MODULE = 10
LIBRARY = (
    "bisect", "calendar", "collections", "colorsys", "copy", "difflib", "fractions", "functools", "heapq", "html",
    "inspect", "ipaddress", "keyword", "numbers", "pprint", "random", "statistics", "string", "textwrap", "tokenize",
    "types", "posixpath", "ntpath", "decimal", "_pydecimal", "shlex", "fnmatch", "glob", "enum", "dataclasses", "ast",
)  # fmt: skip
"""Of the standard library, which no package of the corpora is."""
INSTALLED = (
    "sympy.ntheory.factor_", "sympy.ntheory.primetest", "sympy.ntheory.generate", "sympy.ntheory.residue_ntheory",
    "sympy.utilities.iterables", "sympy.utilities.misc", "mpmath.libmp.libintmath",
)  # fmt: skip
"""Of packages that come with the extra `learned` and are in no corpus; the licence of both is BSD."""
RUN = """\
import doctest, importlib, json, sys
told = json.load(open(sys.argv[1]))
sys.path[:0] = told["folders"]
names = dict(vars(importlib.import_module(told["module"])))
exec(compile(told["source"], "sketch", "exec"), names)
test = doctest.DocTestParser().get_doctest(told["examples"], names, told["name"], None, 0)
is_import = lambda one: one.source.startswith(("from ", "import ")) and told["name"] in one.source
test.examples = [one for one in test.examples if not is_import(one)]
runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.IGNORE_EXCEPTION_DETAIL)
failed, tried = runner.run(test, out=lambda _: None)
sys.exit(1 if failed or not tried else 0)
"""


@dataclass(frozen=True, slots=True)
class Task:
    """A function with examples."""

    module: str
    written: Written
    calls: tuple[tuple[tuple[object, ...], object], ...]
    """Arguments and result of those examples that are plain calls: what can be asked in another language."""
    folders: tuple[str, ...] = ()
    """Where its module and what that imports lie, where they are not installed."""


def tasks_of(module: str, path: Path, folders: tuple[str, ...] = ()) -> Iterator[Task]:
    """Return the tasks of a module."""
    for one in read_functions(path.read_bytes()):
        if not one.is_method and ">>>" in one.problem.text:
            task = Task(module, one, tuple(_calls(one)), folders)
            nothing = f"def {one.problem.name}(*given, **named):\n    raise RuntimeError('nothing')\n"
            if run_python(task, one.source) and not run_python(task, nothing):
                yield task


def library_tasks() -> Iterator[Task]:
    """Return the tasks of the standard library."""
    for module in LIBRARY:
        yield from _module_tasks(module)


def installed_tasks() -> Iterator[Task]:
    """Return the tasks of packages that are installed beside this; none of one that is not there."""
    for module in INSTALLED:
        if importlib.util.find_spec(module.partition(".")[0]) is not None:
            yield from islice(_module_tasks(module), MOST_OF_MODULE)


def _module_tasks(module: str) -> Iterator[Task]:
    file = getattr(importlib.import_module(module), "__file__", None)
    if file and file.endswith(".py"):
        yield from tasks_of(module, Path(file))


def package_tasks(projects: Mapping[str, Path], asked: Sequence[str]) -> Iterator[Task]:
    """Return the tasks of the unpacked projects `asked`; modules that cannot be imported have none that pass.

    The other projects are there to be imported by them.
    """
    folders = tuple(str(folder) for folder in projects.values())
    for name in asked:
        yield from islice(_project_tasks(projects[name], folders), MOST_OF_PROJECT)


def _project_tasks(folder: Path, folders: tuple[str, ...]) -> Iterator[Task]:
    for relative, source in source_files(folder):
        if b">>>" in source:
            parts = PurePosixPath(relative).with_suffix("").parts
            yield from tasks_of(".".join(part for part in parts if part != "__init__"), folder / relative, folders)


def _calls(one: Written) -> Iterator[tuple[tuple[object, ...], object]]:
    try:
        examples = doctest.DocTestParser().get_examples(one.problem.text)
    except ValueError:
        return
    for example in examples:
        try:
            call = ast.parse(example.source.strip(), mode="eval").body
            if not isinstance(call, ast.Call) or call.keywords or ast.unparse(call.func) != one.problem.name:
                continue
            found = tuple(ast.literal_eval(argument) for argument in call.args), ast.literal_eval(example.want)
            json.dumps(found)
            yield found
        except (SyntaxError, ValueError, TypeError):
            continue


def run_python(task: Task, source: str) -> bool:
    """Tell whether a source passes the examples of a task, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "task.json"
        name, examples = task.written.problem.name, task.written.problem.text
        told.write_text(
            json.dumps(
                {"module": task.module, "source": source, "examples": examples, "name": name, "folders": task.folders}
            )
        )
        return _passes([sys.executable, "-I", "-c", RUN, str(told)], folder)


def run_script(task: Task, source: str, language: Language) -> bool:
    """Tell whether a source in JavaScript or TypeScript gives the results of a task's plain calls.

    Types are taken out and not checked: no compiler of TypeScript is asked.
    """
    templates = TEMPLATES[language]
    source = without_types(source) if language is Language.TYPESCRIPT else source
    name = identifier(task.written.problem.name, is_camel=templates.is_camel, reserved=templates.reserved)
    checks = [
        f"assert.deepStrictEqual({name}({', '.join(json.dumps(one) for one in given)}), {json.dumps(wanted)});"
        for given, wanted in task.calls
    ]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "task.js"
        file.write_text("\n".join(['const assert = require("node:assert");', source, *checks]))
        return _passes(["node", str(file)], folder)


def without_types(source: str) -> str:
    """Return TypeScript of a sketch as JavaScript: what it says of types left out."""
    data = source.encode()
    waiting, spans = [Parser(frontend_of("a.ts").grammar(".ts")).parse(data).root_node], []
    while waiting:
        node = waiting.pop()
        if node.type == "type_annotation":
            spans.append((node.start_byte, node.end_byte))
        elif node.type == "as_expression":
            spans.append((node.children[0].end_byte, node.end_byte))
            waiting.append(node.children[0])
        else:
            waiting += node.children
    for first, end in sorted(spans, reverse=True):
        data = data[:first] + data[end:]
    return data.decode()


def _passes(command: list[str], folder: str) -> bool:
    try:
        ran = subprocess.run(command, cwd=folder, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return False
    return ran.returncode == 0


def solve(task: Task, steps: Sequence[Step], language: Language) -> tuple[bool, bool]:
    """Return whether a sketch of these steps is whole, and whether it passes."""
    function = build(steps, task.written.problem)
    if has_holes(function, language):
        return False, False  # it would stop with an error: nothing is run to know that
    source = render(function, language)
    return True, run_python(task, source) if language is Language.PYTHON else run_script(task, source, language)


def step_f1(said: Sequence[object], real: Sequence[object]) -> float:
    """Return the harmonic mean of precision and recall of steps, as often as each stands there."""
    left = list(real)
    shared = 0
    for one in said:
        if one in left:
            left.remove(one)
            shared += 1
    return 2 * shared / (len(said) + len(real)) if said or real else 1.0
