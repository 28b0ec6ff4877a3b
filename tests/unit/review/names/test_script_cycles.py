"""Circular imports of JavaScript and TypeScript."""

import pytest

from tests.unit.review.names.conftest import Names
from yantra_bot.domain.findings import Severity

BASE = {
    "w/a.ts": "import { b } from './b';\nexport class A { m() { return b; } }\nexport interface I { x: number }\n",
    "w/b.ts": "export const b = 1;\nexport function g() {}\n",
    "w/c.ts": "import { A } from './a';\nexport function c() { return new A(); }\n",
    "w/x.js": "import { y } from './y';\nexport default class X {}\nexport const z = y;\n",
    "w/y.js": "export const y = 1;\n",
}
TRUE = {
    "used later": ({"w/b.ts": "import { A } from './a';\nexport const b = () => new A();\n"}, Severity.INFO),
    "a base class": ({"w/b.ts": "import { A } from './a';\nexport class b extends A {}\n"}, Severity.WARNING),
    "a static field": (
        {"w/b.ts": "import { A } from './a';\nexport class b { static a = new A(); }\n"},
        Severity.WARNING,
    ),
    "a field": ({"w/b.ts": "import { A } from './a';\nexport class b { a = new A(); }\n"}, Severity.INFO),
    "over a third module": ({"w/b.ts": "import { c } from './c';\nexport const b = () => c();\n"}, Severity.INFO),
    "a function that is there before": (
        {"w/b.ts": "import { c } from './c';\nexport const b = c();\n"},
        Severity.INFO,
    ),
    "exported again": ({"w/b.ts": "export * from './a';\nexport const b = 1;\n"}, Severity.INFO),
    "exported again by name": ({"w/b.ts": "export { A } from './a';\nexport const b = 1;\n"}, Severity.INFO),
    "for its effect": ({"w/b.ts": "import './a';\nexport const b = 1;\n"}, Severity.INFO),
    "both while loading": ({"w/y.js": "import X from './x';\nexport const y = new X();\n"}, Severity.ERROR),
    "under another name": ({"w/y.js": "import { z as o } from './x';\nexport const y = [o];\n"}, Severity.ERROR),
}
SILENT = {
    "types": {"w/b.ts": "import type { A } from './a';\nexport const b = (a: A) => 1;\n"},
    "names of types": {"w/b.ts": "import { type A } from './a';\nexport const b = (a: A) => 1;\n"},
    "used as a type alone": {
        "w/b.ts": "import { A, I } from './a';\nexport const b = (a: A, i: I): typeof A | A[] => [];\n"
    },
    "types exported again": {
        "w/b.ts": "export type { A } from './a';\nexport { I } from './a';\nexport const b = 1;\n"
    },
    "called for later": {"w/b.ts": "export const b = async () => (await import('./a')).A;\n"},
    "by require": {"w/y.js": "const x = require('./x');\nexport const y = x;\n"},
    "no ring": {"w/d.ts": "import { A } from './a';\nexport const d = A;\n"},
}


@pytest.mark.parametrize("case", TRUE)
def test_a_ring_is_found_with_its_weight(names: Names, case: str) -> None:
    """A name without a value yet, used while loading, makes it a warning; from every side, an error."""
    change, severity = TRUE[case]
    found = [one for one in names(BASE, {**BASE, **change}) if one.rule == "names/circular-import"]
    assert [one.severity for one in found] == [severity]


@pytest.mark.parametrize("case", SILENT)
def test_what_is_no_ring_at_run_time_is_not_found(names: Names, case: str) -> None:
    """Types leave no import behind, and what is called for later closes none."""
    found = names(BASE, {**BASE, **SILENT[case]})
    assert [one for one in found if one.rule == "names/circular-import"] == []


def test_a_ring_of_the_base_is_not_found(names: Names) -> None:
    """Another import between modules that loaded each other already introduces nothing."""
    before = {**BASE, "w/b.ts": "import { c } from './c';\nexport const b = () => c();\n"}
    after = {
        **before,
        "w/b.ts": "import { c } from './c';\nimport { A } from './a';\nexport const b = () => [c(), new A()];\n",
    }
    assert names(before, after) == []


def test_the_ring_is_named_step_by_step(names: Names) -> None:
    """Each import of the ring is evidence with its file and line."""
    change = {"w/b.ts": "// first\nimport { c } from './c';\nexport const b = () => c();\n"}
    found = names(BASE, {**BASE, **change})[0]
    assert [(one.path, one.line) for one in found.evidence] == [("w/b.ts", 2), ("w/c.ts", 1), ("w/a.ts", 1)]
