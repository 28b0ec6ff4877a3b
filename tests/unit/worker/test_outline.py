"""A tree is named so that the most useful paths come first."""

from yantra_bot.worker.outline import outline

PATHS = [
    "src/app.py",
    "tests/test_app.py",
    "README.md",
    "docs/conf.py",
    "logo.png",
    "src/deep/er/x.go",
    "pyproject.toml",
]


def test_everything_is_named_in_order_where_there_is_room() -> None:
    """A small tree is shown whole, sorted by path."""
    assert outline(PATHS, 100) == "\n".join(sorted(PATHS))
    assert outline([], 5) == ""


def test_documents_sources_tests_and_the_rest_follow_each_other() -> None:
    """With little room the read-me, the project file and sources stay, and it is said how many are missing."""
    assert outline(PATHS, 3) == "README.md\npyproject.toml\nsrc/app.py\n… and 4 more"
    assert "tests/test_app.py" in outline(PATHS, 5)
    assert "logo.png" not in outline(PATHS, 6)
    assert outline(PATHS, 0) == "\n… and 7 more"
    assert outline(PATHS, -1) == "\n… and 7 more"
