"""Names that modules of JavaScript and TypeScript do not export."""

import pytest

from tests.unit.review.names.conftest import Names

BASE = {
    "src/a.ts": "export const a = 1, n = 2.5;\nconst own = 1;\nexport type T = string;\nexport interface I { x: T }\n"
    "export default function main() { return own; }\nexport { own as shown };\nexport enum E { A }\n",
    "src/all.ts": "export * from './a';\nexport * as inner from './a';\nexport * from 'package';\n",
    "src/some.ts": "export * from './a';\nexport abstract class K {}\n",
    "src/old.js": "exports.made = 1;\nexport const x = 1;\n",
    "src/types.d.ts": "export declare const declared: number;\n",
    "src/made.js": "export const made = 1;\n",
    "src/made.d.ts": "export type Made = string;\n",
    "src/plain.js": "globalThis.x = 1;\n",
    "src/user.ts": "import { a } from './a';\n",
}
TRUE = {
    "nothing of the name": ("src/b.ts", "import { nothing } from './a';\n"),
    "it is there and not exported": ("src/b.ts", "import { own } from './a';\n"),
    "only the default is": ("src/b.ts", "import { main } from './a';\n"),
    "through another module": ("src/b.ts", "import { nothing } from './some';\n"),
    "under another name": ("src/b.js", "import { nothing as a } from './a';\n"),
    "exported again": ("src/b.ts", "export { nothing } from './a';\n"),
}
SILENT = {
    "all kinds": "import main, { a, n, shown, E } from './a';\nimport type { T, I } from './a';\n",
    "a default by its name": "import { default as main } from './a';\n",
    "all of it": "import * as every from './a';\nevery.nothing;\n",
    "a star may bring it": "import { nothing } from './all';\nimport { a, inner } from './all';\n",
    "through another module": "import { a, K } from './some';\n",
    "made at run time": "import { nothing } from './old';\nimport { thing } from './plain';\n",
    "declared": "import { declared } from './types';\n",
    "declared beside it": "import { Made, made } from './made.js';\n",
    "a package": "import { nothing } from 'package';\n",
}


@pytest.mark.parametrize("case", TRUE)
def test_a_name_that_is_not_exported_is_found(names: Names, case: str) -> None:
    """It is told once, at the file that imports."""
    path, text = TRUE[case]
    found = names(BASE, {**BASE, path: text})
    assert [(one.rule, one.path) for one in found] == [("names/missing-name", path)]


@pytest.mark.parametrize("case", SILENT)
def test_a_name_that_may_be_exported_is_not_found(names: Names, case: str) -> None:
    """What is exported in any way, or may be, is left alone."""
    assert names(BASE, {**BASE, "src/b.ts": SILENT[case]}) == []


def test_what_the_base_had_is_not_found(names: Names) -> None:
    """An old fault in a changed file is not the change's."""
    before = {**BASE, "src/user.ts": "import { nothing } from './a';\n"}
    assert names(before, {**before, "src/user.ts": "const y = 1;\nimport { nothing } from './a';\n"}) == []
