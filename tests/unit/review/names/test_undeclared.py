"""Imported packages that are declared nowhere."""

import pytest

from tests.unit.review.names.conftest import Names

BASE = {
    "pyproject.toml": '[project]\nname = "own"\ndependencies = ["requests>=2", "PyYAML", "opencv-python"]\n'
    '[project.optional-dependencies]\ntest = ["pytest"]\n',
    "own/__init__.py": "import numpy\n",
    "tools/helper.py": "",
    "tox.ini": "[testenv]\ndeps = freezegun\n",
    "web/package.json": '{"name": "web", "dependencies": {"react": "1"}, "devDependencies": {"@types/lodash": "1"}}',
    "web/tsconfig.json": '{"compilerOptions": {"paths": {"@app/*": ["./src/*"]}}}',
    "web/a.ts": "export {};\n",
    "web/more/package.json": '{"name": "@own/more"}',
}
TRUE = {
    "a package": ("own/a.py", "import flask\n", "flask"),
    "a part of one": ("own/a.py", "from flask.views import View\n", "flask"),
    "one that is called otherwise": ("own/a.py", "from PIL import Image\n", "PIL"),
    "in a function": ("own/a.py", "def f():\n    import flask\n", "flask"),
    "in a test": ("tests/test_a.py", "import hypothesis\n", "hypothesis"),
    "of npm": ("web/b.ts", "import x from 'left-pad';\n", "left-pad"),
    "a part of one of npm": ("web/b.ts", "import { x } from '@scope/thing/deep';\n", "@scope/thing"),
}
SILENT = {
    "declared": ("own/a.py", "import requests\n"),
    "declared under another name": ("own/a.py", "import yaml\nimport cv2\n"),
    "an extra": ("tests/test_a.py", "import pytest\nimport _pytest\n"),
    "named by tox": ("tests/test_a.py", "import freezegun\n"),
    "imported before": ("own/a.py", "import numpy.linalg\n"),
    "optional": ("own/a.py", "try:\n    import flask\nexcept ImportError:\n    flask = None\n"),
    "only for types": ("own/a.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import flask\n"),
    "the standard library": ("own/a.py", "import os, tomllib, distutils\nfrom xml.etree import ElementTree\n"),
    "its own": ("own/a.py", "import own\nfrom . import b\n"),
    "somewhere in the tree": ("own/a.py", "import helper\n"),
    "of documents": ("docs/conf.py", "import sphinx_theme\n"),
    "declared by npm": ("web/b.ts", "import React from 'react';\nimport a from 'react/jsx-runtime';\n"),
    "types by npm": ("web/b.ts", "import _ from 'lodash';\n"),
    "of node": ("web/b.ts", "import fs from 'fs';\nimport p from 'node:path';\nimport q from 'fs/promises';\n"),
    "an alias": ("web/b.ts", "import a from '@app/a';\nimport b from '#own';\nimport c from '@/c';\n"),
    "another package of the repository": ("web/b.ts", "import a from '@own/more';\n"),
}


@pytest.mark.parametrize("case", TRUE)
def test_a_package_that_is_declared_nowhere_is_found(names: Names, case: str) -> None:
    """It is told once, where it is imported first."""
    path, text, name = TRUE[case]
    found = [one for one in names(BASE, {**BASE, path: text}) if one.rule == "names/undeclared-dependency"]
    assert [one.symbol for one in found] == [name]


@pytest.mark.parametrize("case", SILENT)
def test_a_package_that_may_be_declared_is_not_found(names: Names, case: str) -> None:
    """Extras, optional imports, aliases and what the repository has itself are left alone."""
    path, text = SILENT[case]
    found = [one for one in names(BASE, {**BASE, path: text}) if one.rule == "names/undeclared-dependency"]
    assert found == []


def test_where_no_manifest_declares_anything_nothing_is_known(names: Names) -> None:
    """A repository without manifests may declare its dependencies anywhere."""
    assert names({}, {"a.py": "import flask\n"}) == []
