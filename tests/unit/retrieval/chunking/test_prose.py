"""Documents are cut at headings, configuration files at blocks."""

from yantra_bot.retrieval.chunking import cut_file
from yantra_bot.retrieval.chunking.prose import MOST_LINES


def test_markdown() -> None:
    """A section reaches to the next heading; a heading in fenced code is none."""
    found = cut_file("r.md", b"intro\n# One\n```\n# no\n```\n## Two\ntext\nThree\n=====\nend\n")
    assert [(one.name, one.first, one.last) for one in found] == [
        ("", 1, 1),
        ("One", 2, 5),
        ("Two", 6, 7),
        ("Three", 8, 11),
    ]


def test_settings() -> None:
    """Tables of TOML and keys of YAML begin blocks."""
    assert [one.name for one in cut_file("p.toml", b"[tool.x]\na = 1\n[[b]]\nc = 2\n")] == ["tool.x", "b"]
    assert [one.name for one in cut_file("w.yml", b"on: push\njobs:\n  test:\n    runs: 1\n")] == ["on", "jobs", "test"]


def test_long_section() -> None:
    """A long section is cut in parts that have names of their own."""
    found = cut_file("r.md", b"# One\n" + b"line\n" * (MOST_LINES + 10))
    assert [one.name for one in found] == ["One", "One#2"]
