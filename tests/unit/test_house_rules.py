"""The house's own rules, held by a machine: lengths, docstrings, names, packages, and what the documents promise."""

import ast
import re
import statistics
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = ("yantra_bot", "runners")
MAX_FILE, MAX_FUNCTION, MAX_P90 = 300, 50, 25

# SPEC's frame: fourteen packages, each in the base, in an extra, or replaced for a reason.
FRAME = {
    "aiohttp": "aiohttp",
    "gidgethub": "gidgethub",
    "slack-bolt": "slack-bolt",
    "tree-sitter": "tree-sitter",
    "tree-sitter-languages": "tree-sitter-python",  # dead: fails at run time with tree-sitter 0.26
    "kuzu": "ladybug",  # the last kuzu loses databases on kill -9; this is its maintained continuation
    "lancedb": "lancedb",
    "torch": "torch",
    "torch-geometric": "torch-geometric",
    "anthropic": "anthropic",
    "openai": "openai",
    "tiktoken": "tiktoken",
    "semgrep": None,  # pins old versions of shared libraries: it gets an environment of its own, never this one
    "kubernetes": "kubernetes",
}


def sources() -> Iterator[Path]:
    for package in PRODUCT:
        yield from sorted((ROOT / package).rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def functions() -> tuple[tuple[str, int], ...]:
    return tuple(measured())


def measured() -> Iterator[tuple[str, int]]:
    for path in sources():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                docstring = node.body[0] if ast.get_docstring(node) else None
                size = (node.end_lineno or 0) - node.lineno + 1
                if docstring is not None:
                    size -= (docstring.end_lineno or 0) - docstring.lineno + 1
                yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", size


def project() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def names_of(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=!~;]", requirement)[0].strip() for requirement in requirements}


def test_no_file_is_longer_than_300_lines() -> None:
    """A file keeps to one subject that fits on a few screens."""
    long = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in sources()}
    assert {name: lines for name, lines in long.items() if lines > MAX_FILE} == {}


def test_no_function_is_longer_than_50_lines() -> None:
    """A function can be read at once."""
    assert {name: size for name, size in functions() if size > MAX_FUNCTION} == {}


def test_nine_of_ten_functions_have_at_most_25_lines() -> None:
    """Short functions are the rule, not the exception."""
    sizes = [size for _, size in functions()]
    assert statistics.quantiles(sizes, n=10)[-1] <= MAX_P90


def test_every_module_says_what_it_is_for() -> None:
    """Who opens a file learns its subject from the first line."""
    assert [str(path) for path in sources() if not ast.get_docstring(parsed(path))] == []


@pytest.mark.parametrize("layer", ["ports.py", "errors.py", "domain", "settings.py"])
def test_the_shared_vocabulary_is_documented(layer: str) -> None:
    """Every public class of the layers that everybody uses has a docstring."""
    place = ROOT / "yantra_bot" / layer
    bare = [
        f"{path.name}: {node.name}"
        for path in ([place] if place.is_file() else sorted(place.rglob("*.py")))
        for node in parsed(path).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert bare == []


def test_nothing_is_called_utils() -> None:
    """A name says what is inside."""
    assert [path for path in sources() if re.search(r"\b(utils?|helpers?|misc|common)\b", path.stem)] == []


def test_no_unfinished_work_is_left_in_the_tree() -> None:
    """What is not built is absent, not marked."""
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|raise NotImplementedError")
    assert [str(path) for path in sources() if marks.search(path.read_text())] == []


def test_every_suppression_has_its_reason_beside_it() -> None:
    """A rule is switched off for a stated reason or not at all."""
    suppression = re.compile(r"#\s*(noqa|type: ignore|pragma)\b[^(#]*$", re.MULTILINE)
    assert [f"{path}: {found.group()}" for path in sources() for found in suppression.finditer(path.read_text())] == []


def test_the_fourteen_packages_are_all_accounted_for() -> None:
    """Each package that was asked for is in the base, in an extra, or replaced with the reason above."""
    facts = project()["project"]
    assert isinstance(facts, dict)
    extras = {name for group in facts["optional-dependencies"].values() for name in names_of(group)}
    declared = names_of(facts["dependencies"]) | extras
    assert len(FRAME) == 14
    assert {carrier for carrier in FRAME.values() if carrier is not None} <= declared
    assert "semgrep" not in declared


def test_the_default_install_has_no_torch() -> None:
    """Neither a web role nor the demo downloads gigabytes."""
    for lock in ("base.txt", "dev.txt"):
        locked = {line.split("==")[0] for line in (ROOT / "locks" / lock).read_text().splitlines() if "==" in line}
        assert not {name for name in locked if name.startswith(("torch", "nvidia", "triton"))}


def test_every_locked_package_has_hashes() -> None:
    """Nothing is installed whose bytes were not seen before."""
    for lock in ("base.txt", "dev.txt", "semgrep.txt", "playwright.txt"):
        text = (ROOT / "locks" / lock).read_text()
        pins = re.split(r"^(?=[a-z0-9][\w.-]*==)", text, flags=re.MULTILINE)[1:]
        assert pins
        assert [pin.split()[0] for pin in pins if "--hash=sha256:" not in pin] == []
