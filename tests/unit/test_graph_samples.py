"""The samples of `yantra graph` in the pages are printed by the product, and the rest of a page is left alone."""

from pathlib import Path

from tools.graph_samples import refresh

PAGE = """# Page

    $ .venv/bin/yantra graph callers f
    something old

    $ yantra graph stats
    symbols
    …
    cut by hand

    $ yantra graph build --environment none    # of the repository's own
    $ yantra graph update
"""


def test_only_samples_are_written_anew(tmp_path: Path) -> None:
    """What was cut by hand and what prints nothing of interest stays as it is."""
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "a.py").write_text("def f(): pass\ndef g(): f()\n")
    fresh = refresh(PAGE, tmp_path)
    told = "     99%  a.g  function  a.py:2\n            calls a.f  a.py:2   99% binding\n    1 symbol\n"
    assert fresh == PAGE.replace("    something old\n", told)
    assert refresh(fresh, tmp_path) == fresh
