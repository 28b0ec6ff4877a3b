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


def test_a_folder_of_data_is_one_line_where_there_is_no_room() -> None:
    """Hundreds of test files in another format do not push sources out; small and mixed folders stay as they are."""
    data = [f"tests/data/{kind}/{number}.{kind}" for kind in ("json", "yaml") for number in range(50)]
    pages = [f"docs/{number}.rst" for number in range(20)] + ["docs/conf.py"]
    paths = [*PATHS[:3], *data, *pages, "tests/examples/one.txt"]
    assert outline(paths, 50).split("\n") == [
        "README.md",
        "docs/ (21 files: .rst, .py)",
        "src/app.py",
        "tests/data/ (100 files: .json, .yaml)",
        "tests/examples/one.txt",
        "tests/test_app.py",
    ]
    assert outline(paths, 3) == "README.md\nsrc/app.py\ntests/test_app.py\n… and 122 more"
    assert outline(paths, 1_000) == "\n".join(sorted(paths))
    kinds = [f"data/{number}.{kind}" for number, kind in enumerate(["a", "b", "c", "d", "e", "a", "a", "a"])]
    assert outline([*kinds, "noext/x"], 2) == "data/ (8 files: .a, .b, .c, .d, …)\nnoext/x"
