"""A small library in JavaScript with a bug, and scripts of models that work on it. Its tests need no installation."""

from tests.stories.library import HEAD, RUN_TESTS, call, turn

BROKEN = "export const add = (first, second) => first - second;\n"
TESTS = """\
import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { add } from '../calc.js';

test('adds nothing', () => assert.equal(add(3, 0), 3));
describe('words', () => {
  it('has a name', () => assert.equal(add.name, 'add'));
});
"""
PACKAGE = '{"name": "calc", "version": "1.0.0", "type": "module", "scripts": {"test": "node --test"}}\n'
FILES = {"calc.js": BROKEN, "test/calc.test.js": TESTS, "package.json": PACKAGE, "README.md": "# calc\n"}

FIX = call("edit_file", '{path = "calc.js", search = "first - second", replace = "first + second"}')
NEW_TEST = TESTS + "test('adds', () => assert.equal(add(2, 3), 5));\n"
ADD_TEST = call("write_file", "{path = \"test/calc.test.js\", content = '''\n" + NEW_TEST + "'''}")
FINISH = call("finish", '{title = "fix: add its arguments", summary = "add used minus.", confidence = 0.95}')
GOOD = HEAD + turn("fix", FIX, ADD_TEST) + turn("prove", RUN_TESTS) + turn("end", FINISH)

BREAK = call("edit_file", '{path = "calc.js", search = "first - second", replace = "second - first"}')
MEND = call("edit_file", '{path = "calc.js", search = "second - first", replace = "first + second"}')
CORRECTED = (
    HEAD
    + turn("wrong", BREAK)
    + turn("sure", FINISH)
    + turn("right", MEND, when='{last = ["test/calc.test.js::adds nothing"]}')
    + turn("end", FINISH)
)
"""Breaks a test first; mends it once it is told which."""


def in_folder(folder: str) -> dict[str, str]:
    """Return the library below a folder of a repository of several packages."""
    named = {**FILES, "package.json": PACKAGE.replace('"calc"', f'"{folder.rpartition("/")[2]}"')}
    return {f"{folder}/{path}": text for path, text in named.items()}


def good_in(folder: str) -> str:
    """Return a script that mends the library there."""
    where = f'path = "{folder}/calc.js"'
    return HEAD + turn("fix", FIX.replace('path = "calc.js"', where)) + turn("end", FINISH)


FIX_MODULE = call("edit_file", '{path = "calc.mjs", search = "first - second", replace = "first + second"}')
GOOD_SCRIPT = HEAD + turn("fix", FIX_MODULE) + turn("end", FINISH)

WITH_PACKAGE = {
    **FILES,
    "package.json": PACKAGE.replace('"scripts"', '"dependencies": {"checks": "file:vendor/checks"}, "scripts"'),
    "vendor/checks/package.json": '{"name": "checks", "version": "1.0.0", "type": "module", "main": "index.js"}\n',
    "vendor/checks/index.js": "export { default } from 'node:assert/strict';\n",
    "test/calc.test.js": TESTS.replace("node:assert/strict", "checks"),
}
"""The same with a declared package that lies in the repository."""
ADD_CHECK = ADD_TEST.replace("node:assert/strict", "checks")
GOOD_WITH_PACKAGE = HEAD + turn("fix", FIX, ADD_CHECK) + turn("end", FINISH)

GROWN = """\
export const add = (first, second) => {
  if (first === null) {
    throw new TypeError('nothing to add to');
  }
  return first + second;
};
"""
GROW = call("write_file", f"{{path = 'calc.js', content = '''\n{GROWN}'''}}")
"""Mends the bug, and adds a line that no test runs."""
IMPORTS = (
    "import assert from 'node:assert/strict';\nimport { test } from 'node:test';\nimport { add } from '../calc.js';\n"
)
RAISES = "test('adds to nothing', () => assert.throws(() => add(null, 1), TypeError));\n"
SUMS = "test('adds [both]', () => assert.equal(add(2, 3), 5));\n"
USELESS = "test('adds nothing again', () => assert.equal(add(4, 0), 4));\n"
FAILING = "test('adds words', () => assert.equal(add(1, 1), 3));\n"
IDLE = "test('calls', () => { try { add(null, 1); } catch {} });\n"


def write_tests(*tests: str) -> str:
    """Return a call that writes a test file."""
    return call("write_file", '{path = "test/add.test.js", content = """' + IMPORTS + "".join(tests) + '"""}')
