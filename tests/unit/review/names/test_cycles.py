"""Circular imports."""

import pytest

from tests.unit.review.names.conftest import Names
from yantra_bot.domain.findings import Severity

BASE = {
    "pkg/__init__.py": "",
    "pkg/a.py": "from pkg.b import b\n\n\ndef a(): pass\n",
    "pkg/b.py": "def b(): pass\n",
    "pkg/c.py": "import pkg.a\n\n\ndef c(): pass\n",
}
TRUE = {
    "a name before it is bound": ({"pkg/b.py": "from pkg.a import a\n\n\ndef b(): pass\n"}, Severity.ERROR),
    "modules alone": ({"pkg/b.py": "import pkg.a\n\n\ndef b(): pass\n"}, Severity.WARNING),
    "a relative import": ({"pkg/b.py": "from .a import a\n\n\ndef b(): pass\n"}, Severity.ERROR),
    "over a third module": ({"pkg/b.py": "import pkg.c\n\n\ndef b(): pass\n"}, Severity.WARNING),
    "behind what is asked for": ({"pkg/b.py": "def b(): pass\n\n\nimport pkg.a\n"}, Severity.INFO),
    "of two new files": ({"pkg/x.py": "import pkg.y\n", "pkg/y.py": "from pkg import x\n"}, Severity.INFO),
    "in a class": ({"pkg/b.py": "class B:\n    from pkg.a import a\n\n\ndef b(): pass\n"}, Severity.ERROR),
    "through the package": (
        {"pkg/__init__.py": "from .b import b\nz = 1\n", "pkg/b.py": "from pkg import z\n"},
        Severity.ERROR,
    ),
    "the package first": (
        {"pkg/__init__.py": "z = 1\nfrom .b import b\n", "pkg/b.py": "from pkg import z\n"},
        Severity.INFO,
    ),
}
SILENT = {
    "in a function": {"pkg/b.py": "def b():\n    from pkg.a import a\n    a()\n"},
    "only for types": {
        "pkg/b.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from pkg.a import a\n\n\ndef b(): pass\n"
    },
    "no ring": {"pkg/d.py": "from pkg.a import a\nfrom pkg.c import c\n"},
    "the package that loads its modules": {"pkg/__init__.py": "from pkg.a import a\nfrom .c import c\n"},
    "a sibling through the package": {
        "pkg/__init__.py": "from . import a, e\n", "pkg/e.py": "from . import b\nimport pkg.b\nfrom pkg import b as c\n"
    },
}  # fmt: skip


@pytest.mark.parametrize("case", TRUE)
def test_a_ring_is_found_with_its_weight(names: Names, case: str) -> None:
    """It is an error where loading fails whichever module comes first."""
    change, severity = TRUE[case]
    found = [one for one in names(BASE, {**BASE, **change}) if one.rule == "names/circular-import"]
    assert [one.severity for one in found] == [severity]


@pytest.mark.parametrize("case", SILENT)
def test_what_is_no_ring_at_run_time_is_not_found(names: Names, case: str) -> None:
    """Imports in functions and for types close none, and a package loads its own modules."""
    found = names(BASE, {**BASE, **SILENT[case]})
    assert [one for one in found if one.rule == "names/circular-import"] == []


def test_the_ring_is_named_step_by_step(names: Names) -> None:
    """Each import of the ring is evidence with its file and line."""
    found = names(BASE, {**BASE, "pkg/b.py": "import os\nimport pkg.c\n\n\ndef b(): pass\n"})[0]
    assert [(one.path, one.line) for one in found.evidence] == [("pkg/b.py", 2), ("pkg/c.py", 1), ("pkg/a.py", 1)]
    assert (found.path, found.line) == ("pkg/b.py", 2)


def test_a_ring_of_the_base_is_not_found(names: Names) -> None:
    """Another import between files that loaded each other already introduces nothing."""
    before = {**BASE, "pkg/b.py": "def b(): pass\n\n\nimport pkg.c\n"}
    assert names(before, {**before, "pkg/b.py": "def b(): pass\n\n\nimport pkg.c\nimport pkg.a\n"}) == []
