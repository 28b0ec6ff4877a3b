"""Relative imports of JavaScript and TypeScript."""

import pytest

from tests.unit.review.names.conftest import Names

BASE = {
    "src/a.ts": "export const a = 1;\n",
    "src/deep/index.ts": "export const d = 1;\n",
    "src/style.css": "",
    "src/data.json": "{}",
    "src/view.vue": "",
    "src/old.js": "module.exports = 1;\n",
    "src/user.ts": "import { a } from './a';\n",
}
TRUE = {
    "a misspelling": ("src/b.ts", "import { a } from './aa';\n"),
    "another folder": ("src/deep/b.ts", "import { a } from './a';\n"),
    "exported again": ("src/b.ts", "export { x } from './nothing';\n"),
    "all of it": ("src/b.ts", "export * from './nothing';\n"),
    "over lines": ("src/b.ts", "import {\n  a,\n} from './nothing';\n"),
    "JavaScript": ("src/b.js", "import a from '../src/nothing.js';\n"),
}
SILENT = {
    "a file": "import { a } from './a';\nimport { d } from './deep';\n",
    "with another ending": "import { a } from './a.js';\n",
    "assets": "import './style.css';\nimport x from './data.json';\nimport './view.vue';\nimport './a.ts?raw';\n",
    "what is built": "import x from '../dist/x';\nimport y from './generated/y';\n",
    "outside of the repository": "import x from '../../other/x';\n",
    "optional": "let x; try { x = require('./nothing'); } catch {}\nimport('./nothing');\n",
    "a package": "import x from 'nothing';\n",
}  # fmt: skip


@pytest.mark.parametrize("case", TRUE)
def test_an_import_that_leads_nowhere_is_found(names: Names, case: str) -> None:
    """It is told once, at the file that imports."""
    path, text = TRUE[case]
    found = names(BASE, {**BASE, path: text})
    assert [(one.rule, one.path) for one in found] == [("names/missing-module", path)]


@pytest.mark.parametrize("case", SILENT)
def test_an_import_that_may_lead_somewhere_is_not_found(names: Names, case: str) -> None:
    """Assets, what a build makes and optional modules are left alone."""
    assert names(BASE, {**BASE, "src/b.ts": SILENT[case]}) == []


def test_what_the_base_had_is_not_found(names: Names) -> None:
    """An old fault in a changed file is not the change's."""
    before = {**BASE, "src/user.ts": "import x from './nothing';\n"}
    assert names(before, {**before, "src/user.ts": "const y = 1;\nimport x from './nothing';\n"}) == []
