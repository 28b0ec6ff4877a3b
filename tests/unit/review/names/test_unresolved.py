"""Imports and attributes of the repository's own modules that lead nowhere."""

import pytest

from tests.unit.review.names.conftest import Names
from yantra_bot.domain.findings import Severity, Side

PACKAGE = {
    "pkg/__init__.py": "from pkg.tools import sharpen\n",
    "pkg/tools.py": "def sharpen(): pass\ndef _hone(): pass\nLIMIT = 3\n",
    "pkg/inner/__init__.py": "",
    "pkg/inner/deep.py": "class Deep: pass\n",
    "pkg/open.py": "def __getattr__(name): return name\n",
    "pkg/made.py": "globals().update(a=1)\n",
    "pkg/star.py": "from pkg.tools import *\n",
    "pkg/foreign.py": "from numpy import *\n",
    "pkg/lazy.py": "import sys\nsys.modules[__name__] = object()\n",
    "pkg/wide/__init__.py": "from pkgutil import extend_path\n__path__ = extend_path(__path__, __name__)\n",
    "pkg/old.py": "print 'a'\n",
    "pkg/set_later.py": "import pkg.tools\npkg.tools.later = 1\n",
    "setup.py": "write_to='pkg/_built.py'\n",
    ".gitignore": "*_gen.py\n",
    "pkg/fast.pyx": "",
}
TRUE = {
    "a name": ("from pkg.tools import shaprn\n", "pkg.tools.shaprn"),
    "a name of a relative import": ("from .tools import nothing\n", "pkg.tools.nothing"),
    "a name of a package": ("from pkg import nothing\n", "pkg.nothing"),
    "a name of the package around": ("from . import nothing\n", "pkg.nothing"),
    "one of several": ("from pkg.tools import (\n    LIMIT,\n    nothing,\n    sharpen,\n)\n", "pkg.tools.nothing"),
    "in a function": ("def f():\n    from pkg.tools import nothing\n", "pkg.tools.nothing"),
    "under another name": ("from pkg.tools import nothing as sharpen\n", "pkg.tools.nothing"),
    "through a star": ("from pkg.star import nothing\n", "pkg.star.nothing"),
    "an attribute of a module": ("import pkg.tools\npkg.tools.nothing()\n", "pkg.tools.nothing"),
    "an attribute by another name": ("import pkg.tools as t\nprint(t.nothing)\n", "pkg.tools.nothing"),
    "an attribute of an imported module": ("from pkg import tools\ntools.nothing()\n", "pkg.tools.nothing"),
    "an attribute deep inside": ("import pkg.inner.deep\npkg.inner.deep.Nothing\n", "pkg.inner.deep.Nothing"),
    "an attribute in a function": ("from . import tools\ndef f():\n    return tools.nothing\n", "pkg.tools.nothing"),
    "a module": ("import pkg.nothing\n", "module pkg.nothing"),
    "a module to import from": ("from pkg.inner.nothing import x\n", "module pkg.inner.nothing"),
    "a relative module": ("from .nothing import x\n", "module pkg.nothing"),
    "a relative module further up": ("from .inner.nothing import x\n", "module pkg.inner.nothing"),
    "a module around it": ("import pkg.nothing.deep\n", "module pkg.nothing"),
    "a module in a module": ("import pkg.tools.nothing\n", None),
}
SILENT = {
    "a module with `__getattr__`": "from pkg.open import anything\nimport pkg.open\npkg.open.other\n",
    "names made in globals": "from pkg.made import anything\n",
    "a star of an outside module": "from pkg.foreign import anything\n",
    "a module that replaces itself": "from pkg.lazy import anything\n",
    "a package with a path of its own": "from pkg.wide import anything\nimport pkg.wide.more\n",
    "a file that we cannot read": "from pkg.old import anything\n",
    "an attribute that others set": "import pkg.tools\npkg.tools.later\nfrom pkg.tools import later\n",
    "setting it": "import pkg.tools\npkg.tools.fresh = 1\n",
    "an optional one": "try:\n    from pkg.tools import nothing\nexcept ImportError:\n    nothing = None\n",
    "suppressed": "import contextlib\nwith contextlib.suppress(ImportError):\n    import pkg.nothing\n",
    "asked for first": "import pkg.tools\nif hasattr(pkg.tools, 'nothing'):\n    pkg.tools.nothing\n",
    "of one version": "import sys\nif sys.version_info >= (4,):\n    from pkg.tools import nothing\n",
    "what a build writes": "from pkg._built import version\nfrom pkg._version import v\nfrom pkg.a_pb2 import M\n",
    "what is kept out": "from pkg.some_gen import x\n",
    "another language": "from pkg.fast import x\n",
    "outside modules": "import os.path\nimport numpy.nothing\nfrom xml.nothing import x\n",
    "modules inside": "import pkg.inner\npkg.inner.deep\nfrom pkg import inner, tools\nfrom pkg.inner import deep\n",
    "its own": "import pkg.tools\npkg.tools.__name__, pkg.tools.__dict__, pkg.__path__\n",
    "a private name": "from pkg.tools import _hone, LIMIT\n",
    "through a star": "from pkg.star import sharpen, LIMIT\n",
    "a name with two meanings": "import pkg.tools as t\nif 1:\n    t = object()\nt.nothing\n",
    "a local of the same name": "import pkg.tools as t\ndef f(t):\n    return t.nothing\n",
    "told to be left alone": "from pkg.tools import nothing  # type: ignore[attr-defined]\n",
    "a function's attribute": "from pkg.tools import sharpen\nsharpen.nothing\n",
    "a folder that is no package": "import tests.nothing\nfrom docs import anything\n",
    "a star": "from pkg.tools import *\n",
}


@pytest.mark.parametrize("case", TRUE)
def test_what_is_not_there_is_found(names: Names, case: str) -> None:
    """One finding, at the line that asks for it."""
    text, symbol = TRUE[case]
    found = [one for one in names(PACKAGE, {**PACKAGE, "pkg/user.py": text}) if one.rule.startswith("names/missing")]
    assert [one.symbol for one in found] == ([symbol] if symbol else [])
    assert all(one.path == "pkg/user.py" and one.severity is Severity.ERROR for one in found)


@pytest.mark.parametrize("case", SILENT)
def test_what_may_be_there_is_not_found(names: Names, case: str) -> None:
    """Where a module may have more than its text binds, nothing is reported."""
    after = {**PACKAGE, "docs/x.py": "", "tests/y.py": "", "pkg/user.py": SILENT[case]}
    assert [one for one in names(PACKAGE, after) if one.rule.startswith("names/missing")] == []


def test_what_the_base_missed_as_well_is_not_found(names: Names) -> None:
    """An old fault in a changed file is not the change's."""
    before = {**PACKAGE, "pkg/user.py": "from pkg.tools import nothing\n"}
    assert names(before, {**before, "pkg/user.py": "import os\n\nfrom pkg.tools import nothing\nos.sep\n"}) == []


def test_a_removed_name_is_told_where_it_was(names: Names) -> None:
    """Unchanged files that import it are the evidence of one finding at the changed file."""
    before = {**PACKAGE, "pkg/user.py": "from pkg.tools import LIMIT\n", "run.py": "import pkg.tools as t\nt.LIMIT\n"}
    found = names(before, {**before, "pkg/tools.py": PACKAGE["pkg/tools.py"].replace("LIMIT = 3\n", "")})
    assert [(one.symbol, one.path, one.line, one.side) for one in found] == [
        ("pkg.tools.LIMIT", "pkg/tools.py", 3, Side.BASE)
    ]
    assert [(one.path, one.line) for one in found[0].evidence] == [("pkg/user.py", 1), ("run.py", 2)]


def test_a_removed_module_is_told_where_it_was(names: Names) -> None:
    """It stands at the file that is gone."""
    before = {**PACKAGE, "pkg/user.py": "from .tools import LIMIT\n"}
    after = {path: text for path, text in before.items() if path != "pkg/tools.py"}
    found = names(before, {**after, "pkg/__init__.py": "", "pkg/star.py": "", "pkg/set_later.py": ""})
    assert [(one.rule, one.symbol, one.path) for one in found] == [
        ("names/missing-module", "module pkg.tools", "pkg/tools.py")
    ]


def test_a_moved_name_is_offered_from_its_new_home(names: Names) -> None:
    """The one module that defines it now is named, and written into a plain import."""
    before = {**PACKAGE, "pkg/user.py": ""}
    after = {**before, "pkg/user.py": "from pkg.inner import Deep\n"}
    fix = names(before, after)[0].fix
    assert fix is not None
    assert fix.replacements[0].text == "from pkg.inner.deep import Deep"


def test_a_misspelt_name_is_mended(names: Names) -> None:
    """The clear candidate is written in its place."""
    found = names(PACKAGE, {**PACKAGE, "pkg/user.py": "from pkg.tools import LIMIT, sharpn\n"})
    assert "`sharpen`" in found[0].message
    assert found[0].fix is not None
    assert found[0].fix.replacements[0].text == "from pkg.tools import LIMIT, sharpen"


def test_a_misspelt_module_is_mended(names: Names) -> None:
    """So is a module's name."""
    found = names(PACKAGE, {**PACKAGE, "pkg/user.py": "from .toools import sharpen\n"})
    assert found[0].fix is not None
    assert found[0].fix.replacements[0].text == "from .tools import sharpen"
