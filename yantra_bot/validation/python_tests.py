"""What a Python test file holds: its tests, what each asserts, what keeps it from running. Pure: parsed, never run."""

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field

from yantra_bot.validation.expectations import Expectations, read_expectations

_SKIPS = frozenset({"skip", "skipif", "skipIf", "skipUnless", "skipTest", "xfail", "importorskip", "expectedFailure"})
_CHECKS = frozenset({"raises", "warns", "deprecated_call", "fail"})
_HOOKS = frozenset(
    {
        *("collect_ignore", "collect_ignore_glob", "pytest_collection_modifyitems", "pytest_ignore_collect"),
        *("pytest_sessionfinish", "pytest_runtest_makereport", "pytest_runtest_protocol", "pytest_runtest_call"),
        *("pytest_pyfunc_call", "pytest_report_teststatus", "pytest_itemcollected", "pytest_collection_finish"),
    }
)

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class TestFunction:
    """A test by its name in its file, classes and `::` included."""

    __test__ = False

    name: str
    checks: int
    """How often it asserts something."""
    skips: int
    """Marks and calls that keep it from running or from counting."""
    expectations: Expectations = field(default_factory=Expectations)


@dataclass(frozen=True, slots=True)
class TestFile:
    """The tests of a file by name; `skips` are marks of the whole file, `hooks` what changes how tests are run."""

    __test__ = False

    tests: dict[str, TestFunction]
    skips: int
    hooks: frozenset[str]


def read_test_file(source: str) -> TestFile | None:
    """Return what a test file holds, None when it does not parse."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    tests = {test.name: test for test in _read_tests(module.body, "", 0)}
    hooks = frozenset(name for node in module.body for name in _bound_names(node)) & _HOOKS
    loose = [node for node in module.body if not isinstance(node, _Function | ast.ClassDef)]
    return TestFile(tests, sum(_count_skips(node) for node in loose), hooks)


def _read_tests(body: list[ast.stmt], prefix: str, inherited: int) -> Iterator[TestFunction]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            marks = sum(_count_skips(part) for part in [*node.decorator_list, *_assignments(node)])
            yield from _read_tests(node.body, f"{prefix}{node.name}::", inherited + marks)
        elif isinstance(node, _Function) and node.name.startswith("test"):
            checks = sum(_is_check(part) for statement in _live(node.body) for part in _walk_live(statement))
            skips = inherited + _count_skips(node)
            yield TestFunction(f"{prefix}{node.name}", checks, skips, read_expectations(node))


def _live(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return the statements that can be reached: those up to the first that leaves."""
    at = next((number for number, node in enumerate(body) if isinstance(node, ast.Return | ast.Raise)), len(body))
    return body[:at]


def _walk_live(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and what is below it, without assertions that can never fail the test."""
    if isinstance(node, ast.If) and isinstance(node.test, ast.Constant) and not node.test.value:
        return
    if isinstance(node, ast.Try) and any(_swallows(handler) for handler in node.handlers):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _walk_live(child)


def _swallows(handler: ast.ExceptHandler) -> bool:
    """Say whether a handler takes a failed assertion and lets the test go on."""
    names = {_last_name(part) for part in ast.walk(handler.type)} if handler.type is not None else {"BaseException"}
    takes = bool(names & {"AssertionError", "Exception", "BaseException"})
    return takes and not any(isinstance(part, ast.Raise | ast.Assert | ast.Call) for part in ast.walk(handler))


def _assignments(node: ast.ClassDef) -> list[ast.stmt]:
    return [part for part in node.body if isinstance(part, ast.Assign | ast.AnnAssign)]


def _bound_names(node: ast.stmt) -> list[str]:
    if isinstance(node, _Function):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _count_skips(node: ast.AST) -> int:
    return sum(_last_name(part) in _SKIPS for part in ast.walk(node) if isinstance(part, ast.Attribute | ast.Name))


def _is_check(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        # `assert True` says nothing.
        return not isinstance(node.test, ast.Constant)
    if not isinstance(node, ast.Call):
        return False
    name = _last_name(node.func)
    return name.startswith("assert") or name in _CHECKS


def _last_name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
