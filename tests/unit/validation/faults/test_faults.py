"""Errors told by their kind and place, from what the programs of several languages print."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.domain.faults import FaultKind
from yantra_bot.domain.proof import TestOutcome, TestReport, TestStatus, Verdict
from yantra_bot.validation.faults import find_fault, find_faults

SHORT = """\
tests/test_calc.py:9: in test_add
    assert add(2, 3) == 5
src/calc.py:2: in add
    return json.loads(first)
/usr/lib/python3.11/json/__init__.py:346: in loads
    return _default_decoder.decode(s)
E   json.decoder.JSONDecodeError: Expecting value: line 1 column 2 (char 1)
"""
CHAIN = """\
Traceback (most recent call last):
  File "/workspace/m.py", line 10, in chain
    deep("{")
  File "/environment/lib/python3.11/site-packages/lib/core.py", line 3, in deep
    return parse(x)
KeyError: 'a'

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/workspace/main.py", line 4, in <module>
    run()
  File "/workspace/m.py", line 12, in chain
    raise RuntimeError("outer") from e
RuntimeError: outer
"""
BROKEN = """\
collection failure
/environment/lib/python3.11/site-packages/_pytest/python.py:528: in importtestmodule
    mod = import_path(
test_n.py:1: in <module>
    import broken
E     File "/workspace/broken.py", line 3
E       def x(:
E             ^
E   SyntaxError: invalid syntax
"""
MISSING = "test_x.py:1: in <module>\n    import nope\nE   ModuleNotFoundError: No module named 'nope'\n"


NOTEBOOK = """\
---------------------------------------------------------------------------
TypeError                                 Traceback (most recent call last)
Cell In[3], line 12
     10     inner: Pair
     11
---> 12 print(pack(Box(Pair(1, 2))))

File ~/.venv/lib/python3.11/site-packages/box/_pack.py:75, in pack(value, keep)
     73 elif isinstance(v, (tuple, list)):
     74     make = type(v)
---> 75     out[name] = make(
     76         [
     77             pack(i)

TypeError: Pair.__new__() missing 1 required positional argument: 'two'
"""
OLD_NOTEBOOK = """\
~/.venv/lib/python3.6/site-packages/box/_pack.py in pack(value, keep)
     73     elif isinstance(v, (tuple, list)):
---> 75         out[name] = make([pack(i)])
     76

TypeError: __new__() missing 1 required positional argument: 'two'
"""


def instead(error: str) -> str:
    """Return the same text with another error."""
    return MISSING.replace("ModuleNotFoundError: No module named 'nope'", error)


COMPARED = "test_x.py:5: in test_e\n    assert f() == 2\nE   assert 1 == 2\nE    +  where 1 = f()\n"
LONG = """\
    def test_g():
>       raise Boom("oh: no")
E       tests.test_m.Boom: oh: no

tests/test_m.py:12: Boom
"""
NODE = """\
/workspace/src/a.js:2
function f(o){ return o.x.y }
                          ^

TypeError: Cannot read properties of undefined (reading 'y')
    at f (/workspace/src/a.js:2:27)
    at Object.<anonymous> (/workspace/src/main.js:4:1)
    at Module._compile (node:internal/modules/cjs/loader:1495:14)
"""
NODE_TEST = """\
[Error [ERR_TEST_FAILURE]: Expected values to be strictly equal:

1 !== 2
] {
  code: 'ERR_TEST_FAILURE',
  cause: AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:

  1 !== 2

      at TestContext.<anonymous> (/workspace/test/c.test.js:4:19)
      at Test.runInAsyncScope (node:async_hooks:206:9)
"""
NODE_SYNTAX = """\
/workspace/b.js:2
  return 1
  ^^^^^^

SyntaxError: Unexpected token 'return'
    at wrapSafe (node:internal/modules/cjs/loader:1464:18)
"""
NODE_MODULE = """\
Error: Cannot find module 'lodash'
Require stack:
- /workspace/src/a.js
    at Module._resolveFilename (node:internal/modules/cjs/loader:1207:15)
    at Object.<anonymous> (/workspace/src/a.js:1:11)
"""
JEST = """\
  ● adds › numbers

    expect(received).toBe(expected) // Object.is equality

    Expected: 5
    Received: -1

      at Object.<anonymous> (test/calc.test.js:4:21)
      at new Promise (<anonymous>)
"""
RUST = (
    "\nthread 'main' (17855) panicked at src/lib.rs:1:52:\nindex out of bounds: the len is 1 but the index is 3\n"
    "note: run with `RUST_BACKTRACE=1`\n"
)
RUST_OLD = "thread 'tests::adds' panicked at 'assertion failed: `(left == right)`', src/lib.rs:9:5\n"
RUST_NAME = "error[E0425]: cannot find value `nope` in this scope\n --> src/main.rs:1:25\n  |\n"
RUST_TYPE = "error[E0308]: mismatched types\n  --> src/main.rs:7:9\n"
GO = """\
panic: runtime error: index out of range [5] with length 3 [recovered]
\tpanic: runtime error: index out of range [5] with length 3

goroutine 18 [running]:
testing.tRunner.func1.2({0x1, 0x2})
\t/usr/local/go/src/testing/testing.go:1545 +0x238
example.com/calc.Add(...)
\t/workspace/calc.go:10
example.com/calc.TestAdd(0xc0)
\t/workspace/calc_test.go:6 +0x1d
"""
GO_NAME = "# example.com/calc\n./calc.go:5:2: undefined: x\n"
GO_TEST = "--- FAIL: TestAdd (0.00s)\n    calc_test.go:10: got -1, want 5\n"


@pytest.mark.parametrize(
    ("text", "kind", "error", "place"),
    [
        (SHORT, FaultKind.VALUE, "JSONDecodeError", "src/calc.py:2"),
        (CHAIN, FaultKind.RUN_TIME, "RuntimeError", "m.py:12"),
        (BROKEN, FaultKind.SYNTAX, "SyntaxError", "broken.py:3"),
        (MISSING, FaultKind.IMPORT, "ModuleNotFoundError", "test_x.py:1"),
        (COMPARED, FaultKind.ASSERTION, "AssertionError", "test_x.py:5"),
        (LONG, FaultKind.RUN_TIME, "Boom", "tests/test_m.py:12"),
        (instead("PermissionError: [Errno 13] no"), FaultKind.PERMISSION, "PermissionError", "test_x.py:1"),
        (instead("Failed: Timeout >1.0s"), FaultKind.TIMEOUT, "Failed", "test_x.py:1"),
        (instead("subprocess.TimeoutExpired: x"), FaultKind.TIMEOUT, "TimeoutExpired", "test_x.py:1"),
        (instead("MemoryError"), FaultKind.MEMORY, "MemoryError", "test_x.py:1"),
        (instead("NameError: name"), FaultKind.ATTRIBUTE, "NameError", "test_x.py:1"),
        (instead("TypeError: f() takes"), FaultKind.TYPE, "TypeError", "test_x.py:1"),
        (NODE, FaultKind.ATTRIBUTE, "TypeError", "src/a.js:2"),
        (NODE_TEST, FaultKind.ASSERTION, "AssertionError", "test/c.test.js:4"),
        (NODE_SYNTAX, FaultKind.SYNTAX, "SyntaxError", "b.js:2"),
        (NODE_MODULE, FaultKind.IMPORT, "Error", "src/a.js:1"),
        (JEST, FaultKind.ASSERTION, "AssertionError", "test/calc.test.js:4"),
        (RUST, FaultKind.VALUE, "panic", "src/lib.rs:1"),
        (RUST_OLD, FaultKind.ASSERTION, "panic", "src/lib.rs:9"),
        (RUST_NAME, FaultKind.ATTRIBUTE, "E0425", "src/main.rs:1"),
        (RUST_TYPE, FaultKind.TYPE, "E0308", "src/main.rs:7"),
        (GO, FaultKind.VALUE, "panic", "calc.go:10"),
        (GO_NAME, FaultKind.ATTRIBUTE, "error", "calc.go:5"),
        (GO_TEST, FaultKind.ASSERTION, "test", "calc_test.go:10"),
        ("sh: 1: cannot create /x: Permission denied\n", FaultKind.PERMISSION, "refused", ""),
        ("a line\nTerminated: the time limit\n", FaultKind.TIMEOUT, "limit", ""),
    ],
)
def test_an_error_has_its_kind_and_the_deepest_place_of_the_repository(
    text: str, kind: FaultKind, error: str, place: str
) -> None:
    """Not a library's place, and not the test's where the repository's own code is deeper."""
    found = find_fault(text)
    assert found is not None
    assert (found.kind, found.error, found.place) == (kind, error, place)
    assert found.hint


def test_what_shows_no_error_is_none() -> None:
    """Words about errors are not errors."""
    for text in ("", "3 passed in 0.1s", "Errors: none\nwarning: deprecated", "TypeError: a name in prose"):
        assert find_fault(text) is None


def test_the_same_error_has_the_same_fingerprint_at_another_line() -> None:
    """Lines move while a model edits, and numbers differ from run to run; another message is another error."""
    one, moved = find_fault(COMPARED), find_fault(COMPARED.replace(":5:", ":50:").replace("assert 1 ==", "assert 7 =="))
    other = find_fault(COMPARED.replace("assert 1 == 2", "assert 'a' == 2"))
    assert one is not None
    assert moved is not None
    assert other is not None
    assert one.fingerprint == moved.fingerprint != other.fingerprint


def test_a_report_gives_each_error_once_and_not_those_of_before() -> None:
    """A hundred tests that one line breaks are one error; a run that was ended tells its limit."""
    outcomes = tuple(TestOutcome(f"t{number}", TestStatus.FAILED, 0, MISSING) for number in range(100))
    old = TestOutcome("old", TestStatus.FAILED, 0, COMPARED)
    report = TestReport(Verdict.FAIL, ("pytest",), 1, 1.0, (*outcomes, old))
    (found,) = find_faults(report, known=frozenset({"old"}))
    assert (found.kind, found.test) == (FaultKind.IMPORT, "t0")
    ended = TestReport(
        Verdict.ERROR, ("pytest",), None, 9.0, reason="The tests were ended after 9 s by their limit of time."
    )
    (limit,) = find_faults(ended)
    assert limit.kind is FaultKind.TIMEOUT
    assert find_faults(TestReport(Verdict.PASS, ("pytest",), 0, 1.0, output_tail=CHAIN)) == ()


LINES = st.lists(st.sampled_from([line for text in (SHORT, NODE, GO, RUST, BROKEN) for line in text.splitlines()])).map(
    "\n".join
)


@given(
    st.text(max_size=400)
    | st.lists(
        st.sampled_from(
            [*SHORT.splitlines(), *NODE.splitlines(), *GO.splitlines(), *RUST.splitlines(), *BROKEN.splitlines()]
        )
    ).map("\n".join)
)
def test_no_text_breaks_the_reading(text: str) -> None:
    """Whatever strangers' code prints."""
    found = find_fault(text)
    assert found is None or len(found.message) <= 600


def test_the_end_of_the_output_says_nothing_new_where_all_that_fails_failed_before() -> None:
    """Otherwise an attempt is told to mend what it has not broken."""
    old = TestOutcome("t::old", TestStatus.FAILED, message=MISSING)
    report = TestReport(Verdict.FAIL, ("pytest",), 1, 1.0, (old,), MISSING)
    assert find_faults(report, known=frozenset({"t::old"})) == ()
    assert [fault.kind for fault in find_faults(report)] == [FaultKind.IMPORT]


@pytest.mark.parametrize("text", [NOTEBOOK, OLD_NOTEBOOK])
def test_a_traceback_of_a_notebook_is_read(text: str) -> None:
    """Many issues show one: the frames have another form, and code stands between them."""
    fault = find_fault(text)
    assert fault is not None
    assert (fault.kind, fault.error) == (FaultKind.TYPE, "TypeError")
    assert [(frame.path.rpartition("/")[2], frame.line, frame.function) for frame in fault.frames] == [
        ("_pack.py", 75, "pack")
    ]
