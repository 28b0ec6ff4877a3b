"""A small project in six languages, its graph, and the reader of its files: what features are computed from."""

from collections.abc import Mapping
from pathlib import Path

from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.view import GraphView

PYTHON = b'''"""Sums."""
import os.path
from json import loads

from other import helped


@staticmethod
def total(values: list[int], *, start=2) -> int:
    """Add up the values."""
    # The first one counts twice.
    for value in values:
        if value > 3 and value != start:
            start += value
    return helped(start, loads("1"))


class Basket(dict):
    async def pick(self, name):
        try:
            return await self.find(name)
        except KeyError:
            raise ValueError(os.path.join(name, "x")) from None


def test_total():
    assert total([1, 2]) == 3
'''
FILES: Mapping[str, bytes] = {
    "sums.py": PYTHON,
    "other.py": b"""def helped(a, b=None):
    return a if b is None else b
""",
    "web.js": b"""import {a} from './b';
export function go(x, y = 2) {
  // walk
  for (const z of x) { if (z && y) a(z); }
  return x => x + 1;
}
""",
    "web.ts": b"""export async function load(id: string, n?: number): Promise<string> {
  const r = await fetch(id);
  if (!r || n === 3) { throw new Error('no'); }
  return r.text();
}
""",
    "main.go": b"""package main

import "fmt"

// Add adds.
func Add(a int, b int) (int, error) {
	if a > b {
		return a, nil
	}
	for i := 0; i < 7; i++ {
		fmt.Println("x", i)
	}
	return b, nil
}
""",
    "lib.rs": b"""use std::fs;

/// Reads.
pub fn read(path: &str, n: usize) -> Result<String, Error>
{
    let text = fs::read(path)?;
    match n { 0 => Ok(text), _ => Err(Error::new()) }
}
""",
    "App.java": b"""import java.util.List;

class App {
  /** Sums. */
  int sum(List<Integer> values, int start)
      throws Exception {
    int total = start;
    for (int v : values) { if (v > 2 || v < 0) total += v; }
    return total;
  }
}
""",
}
FUNCTIONS = {
    "sums.py::total": 2,
    "web.js::go": 2,
    "web.ts::load": 2,
    "main.go::Add": 2,
    "lib.rs::read": 2,
    "App.java::App.sum": 2,
}
"""A function of each language, and how many parameters it has."""


def write_project(root: Path, files: Mapping[str, bytes] = FILES) -> GraphView:
    """Write the files into a folder and return their graph."""
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    indexer = Indexer(root, processes=1)
    indexer.refresh()
    return GraphView.of(indexer.resolve())


def row_of(view: GraphView, key: str) -> int:
    """Return the row of a symbol that is there."""
    row = view.index_of(key)
    assert row is not None, f"{key} is not among {sorted(symbol.key for symbol in view.symbols())}"
    return row
