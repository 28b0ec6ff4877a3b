"""Which lines of JavaScript ran, as node itself counted: in one process or several, a whole suite or one test."""

import shutil
from collections.abc import Mapping

import pytest

from tests.fakes.proving_ground import ProvingGround
from yantra_bot.domain.proof import TestReport, TestStatus, Verdict
from yantra_bot.validation.test_run import run_tests

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.skipif(
        shutil.which("npm", path="/usr/local/bin:/usr/bin") is None, reason="NO NODE where a sandbox looks for it"
    ),
]
CODE = """\
export const add = (first, second) => {
  if (first === null) {
    throw new TypeError('nothing — to add to');
  } else if (second === undefined) {
    return first;
  }
  return first + second;
};
export const never = (a) => a + 1;
export const called = (a) => a ?? 1;
export class Box {
  static one() { return 1; }
  two() {
    return 2;
  }
}
"""
HEAD = "import assert from 'node:assert/strict';\nimport { describe, it, test } from 'node:test';\n"
TESTS = f"""{HEAD}import {{ Box, add, called }} from '../calc.js';
test('adds', () => assert.equal(add(called(1), 2), 3));
test('is [one] (1.0)?', () => assert.equal(Box.one(), 1));
describe('words', () => {{
  it('adds', () => assert.equal(add(1), 1));
  it('nests', async (t) => {{ await t.test('deep', () => assert.equal(new Box().two(), 2)); }});
}});
"""
PACKAGE = '{"type": "module", "scripts": {"test": "node --test"}}'


def run(ground: ProvingGround, *selection: str, package: str = PACKAGE, **files: str) -> TestReport:
    tree = {"package.json": package, "calc.js": CODE, "test/calc.test.js": TESTS, **files}
    return run_tests(ground.make_bench(tree), selection)


def of_code(report: TestReport) -> list[int]:
    """Return the lines of the code that ran, of those where a statement begins."""
    assert report.verdict is Verdict.PASS, report.output_tail
    ran = set((report.coverage or {})["calc.js"])
    return [line for line in (1, 2, 3, 4, 5, 7, 9, 10, 12, 14) if line in ran]


def test_lines_are_those_that_ran(ground: ProvingGround) -> None:
    """A branch that none took and a function that none called did not; offsets count signs, not bytes."""
    assert of_code(run(ground)) == [1, 2, 4, 5, 7, 10, 12, 14]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("is [one] (1.0)?", [1, 12]),
        ("words > nests", [1, 14]),
    ],
)
def test_one_test_runs_alone(ground: ProvingGround, name: str, lines: list[int]) -> None:
    """By its name, whatever signs it has; tests that were left out are not told as skipped."""
    done = run(ground, f"test/calc.test.js::{name}")
    assert of_code(done) == lines
    assert done.names(TestStatus.SKIPPED) == frozenset()
    assert f"test/calc.test.js::{name}" in done.names(TestStatus.PASSED)


def test_a_name_that_two_tests_have_runs_both(ground: ProvingGround) -> None:
    """node goes by a test's own name; the report has both, so that nobody takes it for one."""
    done = run(ground, "test/calc.test.js::adds")
    assert done.names(TestStatus.PASSED) == {"test/calc.test.js::adds", "test/calc.test.js::words > adds"}


def test_a_line_that_runs_in_a_process_that_a_test_starts_ran(ground: ProvingGround) -> None:
    """What counts is handed on to it."""
    starts = f"""{HEAD}import {{ execFileSync }} from 'node:child_process';
test('starts', () => assert.equal(execFileSync(process.execPath, ['main.mjs']).toString(), '3'));
"""
    main = "import { add } from './calc.js';\nprocess.stdout.write(String(add(1, 2)));\n"
    done = run(ground, **{"test/calc.test.js": starts, "main.mjs": main})
    assert of_code(done) == [1, 2, 4, 7]


LOADER = """\
export async function load(url, context, next) {
  const found = await next(url, context);
  return url.endsWith('/calc.js') ? { ...found, source: `// changed\\n${found.source}` } : found;
}
"""
UNKNOWN: Mapping[str, dict[str, str]] = {
    "a loader changed what ran": {
        "package": '{"type": "module", "scripts": {"test": "node --loader ./loader.mjs --test"}}',
        "loader.mjs": LOADER,
    },
    "the repository counts for itself": {
        "package": '{"type": "module", "scripts": {"test": "NODE_V8_COVERAGE=/tmp/own node --test"}}',
    },
    "a test changed the code": {
        "test/calc.test.js": TESTS + "import fs from 'node:fs';\nfs.appendFileSync('calc.js', '// more\\n');\n",
    },
    "a test wrote counts that are none": {
        "test/calc.test.js": f"""{TESTS}import fs from 'node:fs';
fs.mkdirSync(process.env.NODE_V8_COVERAGE, {{ recursive: true }});
fs.writeFileSync(`${{process.env.NODE_V8_COVERAGE}}/a.json`, '[');
""",
    },
}


@pytest.mark.case("D22")
@pytest.mark.parametrize("why", UNKNOWN)
def test_what_cannot_be_known_is_not_known(ground: ProvingGround, why: str) -> None:
    """No line is told, rather than a wrong one; the verdict is what it is."""
    given = dict(UNKNOWN[why])
    done = run(ground, package=given.pop("package", PACKAGE), **given)
    assert (done.verdict, done.coverage) == (Verdict.PASS, None), done.output_tail


@pytest.mark.case("D22")
@pytest.mark.parametrize(
    "written",
    ["'x'.repeat(33 * 1024 * 1024)", "'['.repeat(100000)", "JSON.stringify({'../../etc/passwd': [1], 'a.js': [-1]})"],
)
def test_lines_that_a_test_forges_are_believed_within_bounds(ground: ProvingGround, written: str) -> None:
    """Where it keeps the true ones from being written: too many, too deep, of no such file is not known."""
    place = "process.env.YANTRA_NODE_LINES"
    forges = f"import fs from 'node:fs';\nfs.writeFileSync({place}, {written});\nfs.chmodSync({place}, 0o444);\n"
    done = run(ground, **{"test/calc.test.js": TESTS + forges})
    assert (done.verdict, done.coverage) == (Verdict.PASS, None), done.output_tail
