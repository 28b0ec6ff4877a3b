"""Code whose last user a change removed."""

import pytest

from tests.unit.review.names.conftest import Names
from yantra_bot.domain.findings import Side

BASE = {
    "a.py": """import os
from re import compile as c


def _help():
    return os.sep


def run():
    return _help(), c('a')
""",
    "other.py": "from a import run\nrun()\n",
}
F = "def _f(): pass\n"
USED = "def _f(): pass\n\n\n_f()\n"
SILENT = {
    "public code": ({"a.py": "def f(): pass\n\n\nf()\n"}, {"a.py": "def f(): pass\n"}),
    "never used": ({"a.py": F}, {"a.py": F + "\n\nx = 1\n"}),
    "new": ({"a.py": ""}, {"a.py": F}),
    "named in a string": ({"a.py": USED}, {"a.py": F + "\n\ngetattr(1, '_f')\n"}),
    "used elsewhere": (
        {"a.py": USED, "b.py": "from a import _f\n_f()\n"},
        {"a.py": F, "b.py": "from a import _f\n_f()\n"},
    ),
    "decorated": ({"a.py": "import x\n@x\n" + USED}, {"a.py": "import x\n@x\n" + F}),
    "an import of a package": ({"p/__init__.py": "import os\nos.sep\n"}, {"p/__init__.py": "import os\n"}),
    "exported": ({"a.py": "import os\nos.sep\n"}, {"a.py": "import os\n__all__ = ['os']\n"}),
    "told to be left alone": ({"a.py": "import os\nos.sep\n"}, {"a.py": "import os  # noqa\n"}),
    "taken by others": (
        {"a.py": "import os\nos.sep\n", "b.py": "from a import os\n"},
        {"a.py": "import os\n", "b.py": "from a import os\n"},
    ),
    "again": ({"a.py": "from x import y as y\ny()\n"}, {"a.py": "from x import y as y\n"}),
}


def test_a_private_function_without_its_last_user_is_found(names: Names) -> None:
    """The place that used it in the base is the evidence."""
    after = {**BASE, "a.py": BASE["a.py"].replace("_help(), ", "")}
    found = [one for one in names(BASE, after) if one.rule == "names/dead-code"]
    assert [(one.symbol, one.line) for one in found] == [("a._help", 5)]
    assert (found[0].evidence[0].line, found[0].evidence[0].side) == (10, Side.BASE)


def test_an_import_without_its_last_use_is_found(names: Names) -> None:
    """Of a line that imports, the name is told."""
    after = {**BASE, "a.py": BASE["a.py"].replace(", c('a')", "")}
    found = [one for one in names(BASE, after) if one.rule == "names/dead-code"]
    assert [(one.symbol, one.line) for one in found] == [("import c", 2)]


@pytest.mark.parametrize("case", SILENT)
def test_what_may_be_used_is_not_found(names: Names, case: str) -> None:
    """Public code, names in strings, exports and what was never used are left alone."""
    before, after = SILENT[case]
    assert [one for one in names(before, after) if one.rule == "names/dead-code"] == []
