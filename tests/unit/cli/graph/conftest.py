"""A small project on disk, and `yantra graph` called in it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from yantra_bot.cli.graph import graph

FILES = {
    "shop/__init__.py": "",
    "shop/stock.py": '''"""What is in store."""

import os


class Stock:
    """Counts items."""

    def __init__(self):
        self.items = {}

    def take(self, item, count=1):
        """Take items out."""
        self._check(item)
        return os.path.join(item, str(count))

    def _check(self, item):
        assert item

    def _forgotten(self):
        return unknown_thing.open()
''',
    "shop/orders.py": """from shop.stock import Stock


def order(item):
    stock = Stock()
    return stock.take(item)


def even(n):
    return n == 0 or odd(n - 1)


def odd(n):
    return n != 0 and even(n - 1)


def main():
    order("tea")


def guess(thing):
    return thing.take()
""",
    "shop/ring_a.py": "import shop.ring_b\n\n\ndef f():\n    return shop.ring_b.g()\n",
    "shop/ring_b.py": "from shop.ring_a import f\n\n\ndef g():\n    return f\n",
    "tests/test_orders.py": """from shop.orders import order


def test_an_order_is_taken():
    assert order("tea")
""",
}

Ask = Callable[..., Result]


def write_project(root: Path) -> Path:
    """Write the files and return the folder."""
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a project that no test changes, and with its graph once somebody asked."""
    folder = tmp_path_factory.mktemp("graph")
    write_project(folder / "project")
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of the test's own."""
    return write_project(tmp_path / "project")


@pytest.fixture
def ask(shared: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Call `yantra graph` on the test's own project where it has one, else on the shared one."""
    root: Path = request.getfixturevalue("project") if "project" in request.fixturenames else shared / "project"
    monkeypatch.setenv("YANTRA_STATE_FOLDER", str(root.parent / "state"))

    def call(*words: str, status: int = 0) -> Result:
        done = CliRunner().invoke(graph, [words[0], "--repo", str(root), *words[1:]], catch_exceptions=False)
        assert done.exit_code == status, done.output
        return done

    return call


@pytest.fixture
def ask_json(ask: Ask) -> Callable[..., Any]:
    """Call it with `--json` and return what it printed."""
    return lambda *words, status=0: json.loads(ask(*words, "--json", status=status).stdout)
