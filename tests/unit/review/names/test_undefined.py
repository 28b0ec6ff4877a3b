"""Names that nothing defines."""

import pytest

from tests.unit.review.names.conftest import Names
from yantra_bot.domain.findings import Severity, Side

TRUE = {
    "a misspelling": ("def run(count):\n    return count\n", "def run(count):\n    return cuont\n", "cuont"),
    "a removed import": ("import os\nprint(os.sep)\n", "print(os.sep)\n", "os"),
    "a removed function": ("def f(): pass\nf()\n", "f()\n", "f"),
    "in a comprehension's scope only": ("", "[x for x in 'ab']\nprint(x)\n", "x"),
    "of a class, read in its method": (
        "",
        "class A:\n    limit = 1\n    def m(self):\n        return limit\n",
        "limit",
    ),
    "local to another function": ("", "def a():\n    v = 1\ndef b():\n    return v\n", "v"),
    "in a default": ("", "def a(x=nothing):\n    return x\n", "nothing"),
    "a decorator": ("", "@nothing\ndef a(): pass\n", "nothing"),
    "a base class": ("", "class A(Nothing): pass\n", "Nothing"),
    "in an f-string": ("", "print(f'{nothing}')\n", "nothing"),
    "a deleted parameter": ("def a(x): return x\n", "def a(): return x\n", "x"),
    "in a lambda": ("", "f = lambda x: x + yy\n", "yy"),
    "in an annotation": ("", "def a(x: Nothing): pass\n", "Nothing"),
    "in a written annotation": ("", "def a(x: 'Nothing | None'): pass\n", "Nothing"),
    "an exception": ("", "try:\n    pass\nexcept Nothing:\n    pass\n", "Nothing"),
    "in a match": ("", "match 1:\n    case 2 if nothing:\n        pass\n", "nothing"),
    "`__class__` outside of a class": ("", "def f():\n    return __class__\n", "__class__"),
    "augmented in another scope": (
        "",
        "def f():\n    return total\ndef g():\n    total = 0\n    total += 1\n",
        "total",
    ),
    "the target of a walrus of another function": ("", "def f():\n    if (n := 1): pass\nprint(n)\n", "n"),
}
SILENT = {
    "a global of a function": "def set_it():\n    global it\n    it = 1\ndef get():\n    return it\n",
    "bound later": "def f():\n    return g()\ndef g(): pass\n",
    "a walrus in a comprehension": "print([y := 1, y], [last := x for x in 'a'], last)\n",
    "a pattern": "match {}:\n    case {'a': a, **rest}: print(a, rest)\n    case [x, *xs] as y: print(x, xs, y)\n",
    "`__class__` in a method": "class A:\n    def m(self):\n        return __class__\n",
    "names of a class's body": "class A:\n    print(__qualname__, __module__)\n",
    "a handler for it": "try:\n    unicode\nexcept NameError:\n    unicode = str\n",
    "a check of versions": "import sys\nif sys.version_info < (3,):\n    text = unicode\nelse:\n    text = str\n",
    "made by exec": "exec('nothing = 1')\nprint(nothing)\n",
    "made in globals": "globals()['nothing'] = 1\nprint(nothing)\n",
    "from a star of an outside module": "from tkinter import *\nLabel()\n",
    "a literal in an annotation": "from typing import Literal\ndef f(x: Literal['nothing']): pass\n",
    "metadata of an annotation": "from typing import Annotated\ndef f(x: Annotated[int, 'nothing']): pass\n",
    "builtins and the module's own": "print(__name__, __file__, len, __debug__, __builtins__)\n",
    "told to be left alone": "print(nothing)  # noqa: F821\n",
    "deleted elsewhere": "x = 1\nif x:\n    del x\nprint(x)\n",
    "only for types": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from a import B\ndef f(x: 'B'): pass\n",
    "a try import": "try:\n    import fast\nexcept ImportError:\n    fast = None\nprint(fast)\n",
    "an exception's name": "try:\n    pass\nexcept ValueError as error:\n    print(error)\n",
    "with and for": "with open('x') as (a, b), a as c:\n    print(b, c)\nfor i, (j, *k) in []: print(i, j, k)\n",
    "nonlocal": "def f():\n    n = 0\n    def g():\n        nonlocal n\n        n += 1\n    return g, n\n",
    "a class used in its own method": "class A:\n    def m(self):\n        return A()\n",
    "a nested comprehension": "print([[y for y in x] for x in [[1]] if x])\n",
    "a comprehension's first iterable in a class": "class A:\n    xs = [1]\n    ys = [x for x in xs]\n",
    "what a test expects": "import pytest\nwith pytest.raises(NameError):\n    print(nothing)\n",
    "an old file": "print 'a'\nprint nothing\n",
    "parameters of a type": "def f[T](x: T) -> T: return x\ntype A[K] = list[K]\nclass C[V]: v: V\n",
    "a lambda's own": "f = lambda a, *b, c=1, **d: (a, b, c, d)\n",
    "a relative star that is empty elsewhere": "from .gone import *\nprint(anything)\n",
}


@pytest.mark.parametrize("case", TRUE)
def test_a_name_that_nothing_defines_is_found(names: Names, case: str) -> None:
    """It is found once, at its line, whatever the scope."""
    before, after, name = TRUE[case]
    found = names({"a.py": before}, {"a.py": after})
    assert [(one.rule, one.symbol) for one in found] == [("names/undefined-name", name)]
    assert name in after.split("\n")[found[0].line - 1]


@pytest.mark.parametrize("case", SILENT)
def test_a_name_that_something_may_define_is_not_found(names: Names, case: str) -> None:
    """Nothing is reported where the language, or something that cannot be followed, may define it."""
    assert [one for one in names({}, {"a.py": SILENT[case]}) if one.rule == "names/undefined-name"] == []


def test_what_the_base_had_as_well_is_not_found(names: Names) -> None:
    """Only what the change brings counts, wherever the lines have moved to."""
    assert names({"a.py": "print(nothing)\n"}, {"a.py": "import os\n\nprint(nothing)\nos.sep\n"}) == []
    found = names({"a.py": "print(nothing)\n"}, {"a.py": "print(nothing)\nprint(nothing, 2)\n"})
    assert [one.line for one in found] == [2]


def test_a_removed_import_is_offered_again(names: Names) -> None:
    """The statement of the base comes back as a fix, below the other imports."""
    before = '"""Doc."""\n\nimport re\nfrom .b import c as d\n\nd(re)\n'
    found = names({"a.py": before, "b.py": "def c(x): pass\n"}, {"a.py": before.replace("from .b import c as d\n", "")})
    fix = found[0].fix
    assert fix is not None
    assert [(one.line, one.end_line, one.text) for one in fix.replacements] == [(4, 3, "from .b import c as d")]
    assert found[0].evidence[0].side is Side.BASE
    assert found[0].evidence[0].line == 4


def test_a_clear_misspelling_is_mended(names: Names) -> None:
    """One near name is written in its place; bytes before it are left as they are."""
    found = names({}, {"a.py": "def f(connection):\n    return 'ü', conection.close()\n"})
    assert "Did you mean `connection`?" in found[0].message
    assert found[0].fix is not None
    assert found[0].fix.replacements[0].text == "    return 'ü', connection.close()"


def test_a_definition_elsewhere_is_offered(names: Names) -> None:
    """The one module of the repository that defines it is named, and imported by the fix."""
    files = {"pkg/__init__.py": "", "pkg/tools.py": "def sharpen(): pass\n", "pkg/a.py": ""}
    found = names(files, {**files, "pkg/a.py": "sharpen()\n"})
    assert found[0].fix is not None
    assert found[0].fix.replacements[0].text == "from pkg.tools import sharpen"


def test_a_name_of_annotations_alone_is_a_warning(names: Names) -> None:
    """An annotation is not run with the code, so that it is less than an error."""
    assert names({}, {"a.py": "def f(x: 'Nothing'): pass\n"})[0].severity is Severity.WARNING
