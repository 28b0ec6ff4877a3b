"""Which changed statements were run, and where the others are."""

import pytest

from yantra_bot.agent.syntax import load_grammars
from yantra_bot.domain.coverage import Executed
from yantra_bot.domain.proof import TestReport, Verdict
from yantra_bot.validation.changed_lines import find_added_lines, measure_lines, read_executed
from yantra_bot.validation.statements import find_statements
from yantra_bot.validation.weakening import Change

PARSE = load_grammars().parse
SOURCE = b"""\
def shop(cart,
         tax=0):
    \"\"\"What it costs.\"\"\"
    if not cart:
        raise ValueError(
            "empty"
        )
    return sum(cart) + tax
"""


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("'doc'\nx: int\ny: int = 1\npass\n...\n", [3]),
        ("def f():\n    'doc'\n    global a\n    return 1\n", [1, 4]),
        ("@a\n@b(\n  1)\ndef f(): ...\n", [1]),
        ("if a:\n    b()\nelif c: d()\nelse:\n    e()\n", [1, 2, 3, 5]),
        ("try:\n    a()\nexcept B:\n    pass\nfinally:\n    c()\n", [2, 3, 6]),
        ("for a in b:  # pragma: no cover\n    c()\nd()\n", [3]),
        ("a()  # pragma: no cover\nb()\n", [2]),
        ("if TYPE_CHECKING:\n    import a\nelse:\n    import b\n", [1, 4]),
        ("if __name__ == '__main__':\n    main()\n", [1]),
        ("match a:\n    case 1:\n        b()\n", [1, 2, 3]),
        ("class A(B):\n    c = 1\n    async def d(self):\n        await e\n", [1, 2, 3, 4]),
        ("with a as b, \\\n        c:\n    d()\n", [1, 3]),
    ],
)
def test_what_can_be_run_is_a_statement(source: str, expected: list[int]) -> None:
    """Each statement by its first line; what does nothing, or is not meant to be tested, is none."""
    tree = PARSE("a.py", source.encode())
    assert tree is not None
    assert [one.first for one in find_statements("a.py", source.encode(), tree)] == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("'use strict';\nlet a;\nconst b = 1;\nvar c;\n", [(3, 3)]),
        (
            "import a from 'a';\nexport { a };\nexport default a(1,\n  2);\nexport const b = 1;\n",
            [(1, 1), (3, 4), (5, 5)],
        ),
        ("export function a(b) {\n  return b;\n}\nclass C {\n  d() { e(); }\n}\n", [(2, 2), (5, 5)]),
        ("if (a) {\n  b();\n} else if (c)\n  d();\nelse throw e;\n", [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5)]),
        ("a.map((b) => {\n  c(b);\n}, 5);\nd(\n  1,\n);\n", [(1, 1), (2, 2), (4, 6)]),
        ("switch (a) {\n  case 1:\n    b();\n    break;\n}\n", [(1, 1), (3, 3), (4, 4)]),
        ("/* c8 ignore next */\na();\nb(); // node:coverage ignore next\nc();\nd();\n", [(5, 5)]),
        ("if (require.main === module) {\n  main();\n}\n", [(1, 1)]),
        ("for (const a of b) {\n  try {\n    c();\n  } catch {\n    d();\n  }\n}\n", [(1, 1), (3, 3), (5, 5)]),
    ],
)
def test_a_statement_of_javascript_ends_where_another_begins(source: str, expected: list[tuple[int, int]]) -> None:
    """A function is none, what stands in it is; lines of a call without any are its own."""
    tree = PARSE("a.mjs", source.encode())
    assert tree is not None
    found = find_statements("a.mjs", source.encode(), tree)
    assert [(one.first, one.last) for one in found] == expected


def test_functions_of_javascript_are_named_by_what_holds_them() -> None:
    """A callback has no name, and is told by where it stands."""
    source = b"const a = () => {\n  b(() => {\n    c();\n  });\n};\nclass D {\n  e() {\n    f();\n  }\n}\n"
    tree = PARSE("a.js", source)
    assert tree is not None
    scopes = [one.scope.name if one.scope else "" for one in find_statements("a.js", source, tree)]
    assert scopes == ["", "a", "a", "D.e"]


def test_a_language_is_measured_whatever_its_files_are_called() -> None:
    """A module that no test loaded is known to be run by none, whichever of its language's endings it has."""
    report = TestReport(Verdict.PASS, (), 0, 0.1, coverage={"test/a.test.mjs": (1,), "b.ts": (1,)})
    assert read_executed(report, ["a.cjs"]) == Executed({}, (".js", ".mjs", ".cjs"))


def test_a_statement_over_several_lines_is_run_by_any_of_them() -> None:
    """The raise that no test reaches is the one gap, quoted with its function."""
    executed = Executed({"shop.py": (1, 4, 8)}, (".py",))
    found = measure_lines({"shop.py": Change(None, SOURCE)}, executed, parse=PARSE)
    assert (found.executable, found.covered, found.share) == (4, 3, 0.75)
    (gap,) = found.gaps
    assert (gap.path, gap.inside, gap.spans) == ("shop.py", "shop", ((5, 7),))
    assert "    5 >         raise ValueError(" in gap.text
    assert "    1   def shop(cart," in gap.text


def test_lines_that_were_there_before_do_not_count() -> None:
    """Only what the change adds or edits is asked for."""
    old = b"def a():\n    return 1\n\n\ndef b():\n    return 2\n"
    new = old.replace(b"return 2", b"return 3")
    found = measure_lines({"a.py": Change(old, new)}, Executed({}, (".py",)), parse=PARSE)
    assert (found.executable, found.covered) == (1, 0)
    assert found.gaps[0].spans == ((6, 6),)
    assert find_added_lines(old, old) == frozenset()


def test_tests_other_languages_and_removed_files_do_not_count() -> None:
    """A change of these alone has no line whose run could be measured."""
    changes = {
        "tests/test_a.py": Change(None, b"assert 1\n"),
        "a.js": Change(None, b"run();\n"),
        "gone.py": Change(b"a()\n", None),
        "broken.txt": Change(None, b"a()\n"),
    }
    found = measure_lines(changes, Executed({}, (".py",)), parse=PARSE)
    assert (found.executable, found.share, found.gaps) == (0, 1.0, ())


def test_a_large_change_is_quoted_within_limits() -> None:
    """Quotes end where their room does; every gap up to the limit keeps its lines."""
    body = "".join(f"def f{number}():\n" + "    call('" + "x" * 150 + "')\n" * 1 for number in range(400))
    found = measure_lines({"a.py": Change(None, body.encode())}, Executed({}, (".py",)), parse=PARSE)
    assert found.executable == 800
    assert len(found.gaps) <= 60
    assert sum(len(gap.text) for gap in found.gaps) <= 30_000
    assert all(gap.spans for gap in found.gaps)


@pytest.mark.parametrize("verdict", [Verdict.ERROR, Verdict.INCONCLUSIVE])
def test_a_run_that_broke_off_tells_nothing(verdict: Verdict) -> None:
    """Nor does one whose runner measures nothing."""
    report = TestReport(verdict, (), None, 0.0, coverage={"a.py": (1,)})
    assert read_executed(report, ["a.py"]) is None
    assert read_executed(TestReport(Verdict.PASS, (), 0, 0.0), ["a.py"]) is None
    assert read_executed(TestReport(Verdict.PASS, (), 0, 0.0, coverage={"a.go": (1,)}), ["a.go"]) is None


def test_what_was_executed_is_read_for_the_changed_files() -> None:
    """A file that no test loaded is not in it, and its language is measured all the same."""
    report = TestReport(Verdict.PASS, (), 0, 0.0, coverage={"a.py": (1, 2), "tests/test_a.py": (1,)})
    assert read_executed(report, ["a.py", "new.py"]) == Executed({"a.py": (1, 2)}, (".py",))
