"""The registry: what is read out of pages, duplicates, dependencies, and the folder it reads."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yantra_bot.domain.project_docs import Entry, EntryKind, Status
from yantra_bot.graphdb.docs.registry import MAX_BYTES, MAX_PAGES, read_pages, read_registry

TRUTH = Path(__file__).parents[3] / "graph_docs"

PLAN = """# Plan

## Milestone 1: core

- [x] #1 Set up the repository
- [ ] #2 Webhook server (after #1)
  - [ ] verify signatures
- [/] **T3**: Store events, depends on #1 and #2. You must create an API key first.
- [ ] Publish (in progress) - depends on "Webhook server"
- [ ] ~~Old idea~~
- [ ] Wait (blocked): needs T3
- [-] dropped
- [ ] Ship it
  - Depends on: T3, acme/other#7
  - User action: buy a domain

```
- [ ] not a task
```

## Required user actions

- Create a GitHub App
"""


def read(path: str, text: str) -> list[Entry]:
    return list(read_pages({path: text}).entries)


def titles(path: str, text: str) -> list[str]:
    return [entry.title for entry in read(path, text)]


@pytest.mark.parametrize(
    "folder", sorted(path.parent for path in TRUTH.glob("*/truth.json")), ids=lambda path: path.name
)
def test_real_documentation_is_read_as_a_person_read_it(folder: Path) -> None:
    """Every entry of the hand-made truth is found with its fields, and nothing else."""
    truth = json.loads((folder / "truth.json").read_text())
    found = {(entry.kind.value, entry.path, entry.title): entry for entry in read_registry(folder).entries}
    assert set(found) == {(row["kind"], row["path"], row["title"]) for row in truth}
    for row in truth:
        entry = found[row["kind"], row["path"], row["title"]]
        for name, value in row.items():
            actual = getattr(entry, name)
            assert (list(actual) if isinstance(actual, tuple) else actual) == value, (entry.key, name)


def test_tasks_have_status_milestone_dependencies_and_actions() -> None:
    """A plan is read with everything that decides what can be done next."""
    tasks = {entry.title: entry for entry in read("PLAN.md", PLAN)}
    assert {title: task.status for title, task in tasks.items()} == {
        "Set up the repository": Status.DONE,
        "Webhook server": Status.OPEN,
        "verify signatures": Status.OPEN,
        "Store events": Status.IN_PROGRESS,
        "Publish": Status.IN_PROGRESS,
        "Old idea": Status.CANCELLED,
        "Wait": Status.BLOCKED,
        "dropped": Status.CANCELLED,
        "Ship it": Status.OPEN,
        "Create a GitHub App": Status.OPEN,
    }
    server, store = tasks["Webhook server"], tasks["Store events"]
    assert {task.group for task in tasks.values() if task is not tasks["Create a GitHub App"]} == {"Milestone 1: core"}
    assert (server.number, server.depends_on) == ("#2", (tasks["Set up the repository"].key,))
    assert tasks["verify signatures"].parent == server.key
    assert store.depends_on == (tasks["Set up the repository"].key, server.key)
    assert store.user_actions == ("You must create an API key first",)
    assert tasks["Publish"].depends_on == (server.key,)
    assert tasks["Ship it"].depends_on == (store.key, "acme/other#7")
    assert tasks["Ship it"].user_actions == ("buy a domain",)
    assert tasks["Create a GitHub App"].user_actions == ("Create a GitHub App",)


@pytest.mark.parametrize(
    ("heading", "version", "status", "date"),
    [
        ("## [Unreleased]", "Unreleased", Status.UNRELEASED, ""),
        ("## [1.2.3] - 2024-01-02", "1.2.3", Status.RELEASED, "2024-01-02"),
        ("## [0.0.5] - 2014-08-09 [YANKED]", "0.0.5", Status.YANKED, "2014-08-09"),
        ("## v2.0.0-rc.1 (June 6, 2026)", "2.0.0-rc.1", Status.RELEASED, "June 6, 2026"),
        ("## Version 3", "3", Status.RELEASED, ""),
        ("## acme 24.1 (unreleased)", "24.1", Status.UNRELEASED, ""),
        ("1.0.0\n-----", "1.0.0", Status.RELEASED, ""),
        ("## 2024-05-06", "2024-05-06", Status.RELEASED, "2024-05-06"),
    ],
)
def test_versions_are_read_in_their_many_forms(heading: str, version: str, status: Status, date: str) -> None:
    """A change knows its version, whether that is out, and its date."""
    (entry,) = read("CHANGELOG.md", f"# Changelog\n\n{heading}\n\n### Fixed\n\n- It works (#3)\n")
    assert (entry.group, entry.status, entry.date) == (version, status, date)
    assert (entry.title, entry.category, entry.references) == ("It works", "Fixed", ("#3",))


def test_categories_may_be_bold_lines_or_items() -> None:
    """Categories that are no headings are categories all the same."""
    text = "# History\n\n## 1.0.0\n\n**Added:**\n\n- one\n\n## 0.9.0\n\n- Fixed:\n  - two\n  - three\n- four\n"
    assert [(entry.title, entry.category) for entry in read("HISTORY.md", text)] == [
        ("one", "Added"),
        ("two", "Fixed"),
        ("three", "Fixed"),
        ("four", ""),
    ]


@pytest.mark.parametrize(
    ("text", "title", "number", "status", "date"),
    [
        ("# 7. Use X\n\nDate: 2024-01-02\n\n## Status\n\nAccepted\n", "Use X", "7", Status.ACCEPTED, "2024-01-02"),
        ("# ADR-007: Use X\n\n* Status: superseded by [ADR-9](9.md)\n", "Use X", "7", Status.SUPERSEDED, ""),
        ("---\nstatus: rejected\ndate: 2024-02-03\n---\n# Use X\n", "Use X", "7", Status.REJECTED, "2024-02-03"),
        ("# Use X\n\n**Status**: Proposed\n", "Use X", "7", Status.PROPOSED, ""),
        ("# Use X\n\n## Status\n\n{proposed | rejected | accepted}\n", "Use X", "7", None, ""),
        ("# Use X\n\n## Status\n\nAccepted\n\nDeprecated in 2025\n", "Use X", "7", Status.DEPRECATED, ""),
    ],
)
def test_decision_records_are_read(text: str, title: str, number: str, status: Status | None, date: str) -> None:
    """The commonest forms of a record give title, number, status and date."""
    (entry,) = read("docs/adr/0007-use-x.md", text)
    assert (entry.kind, entry.title, entry.number) == (EntryKind.DECISION, title, number)
    assert (entry.status, entry.date) == (status, date)


def test_indexes_and_templates_are_no_decisions() -> None:
    """What only lists or prepares records is none."""
    text = "# Decisions\n\n- [Use X](0001-x.md)\n\n## Status\n\nAccepted\n"
    assert read("docs/adr/README.md", text) == []
    assert read("docs/adr/template.md", text) == []
    assert read("docs/adr/0000-template.md", text) == []
    assert read(".github/PULL_REQUEST_TEMPLATE.md", "- [ ] I tested it\n") == []


def test_decisions_are_also_sections_of_a_page() -> None:
    """A design page that lists its decisions is read, by item or by heading."""
    listed = "# Design\n\n## Decisions, and why\n\n- **Use X** (fast), for Y.\n- [link](x.md)\n- Keep Z: it is small.\n"
    assert titles("DESIGN.md", listed) == ["Use X", "Keep Z"]
    assert titles("DESIGN.md", "# D\n## Design decisions\n### 1. Use X\nwhy\n### Use Y\n") == ["Use X", "Use Y"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "# A\n## Features\n- **Fast**: very\n- Small - tiny\n  - detail\n- Works. Always.\n",
            ["Fast", "Small", "Works"],
        ),
        ("# A\n## Key features\n### Fast\n### Small\n", ["Fast", "Small"]),
        ("# A\n## Features\n| What | Why |\n|---|---|\n| Fast | x |\n| Small | y |\n", ["Fast", "Small"]),
        ("# A\n- **Fast**: x\n- Small thing\n\n## More\n- other\n- thing\n", ["Fast", "Small thing"]),
        ("# A\n- [Install](#i)\n- [Use](#u)\n", []),
        ("# A\n## Planned features\n- Later\n## Feature requests\n- Ask\n", []),
    ],
)
def test_features_are_items_headings_rows_or_the_first_list(text: str, expected: list[str]) -> None:
    """A README says in one of these ways what its project can do."""
    assert titles("README.md", text) == expected


def test_duplicates_are_named() -> None:
    """What is said twice is told with both places, in any spelling; what only recurs is not."""
    registry = read_pages(
        {
            "README.md": "# A\n## Features\n- Fast search\n",
            "docs/features.md": "# Features\n- **Fast-Search!**: x\n",
            "docs/adr/0001-x.md": "# 1. X\n## Status\nAccepted\n",
            "docs/adr/0001-y.md": "# 1. Y\n## Status\nAccepted\n",
            "CHANGELOG.md": "# Changelog\n## 2.0.0\n- Update docs\n## 1.0.0\n- Update docs\n",
            "PLAN.md": "# P\n## M1\n- [ ] Write tests\n## M2\n- [ ] Write tests\n",
        }
    )
    assert {(duplicate.kind, duplicate.what, duplicate.keys) for duplicate in registry.duplicates} == {
        (EntryKind.FEATURE, "Fast search", ("README.md#L3", "docs/features.md#L2")),
        (EntryKind.DECISION, "number 1", ("docs/adr/0001-x.md#L1", "docs/adr/0001-y.md#L1")),
    }


@given(st.text(max_size=300), st.sampled_from(["README.md", "CHANGELOG.md", "docs/adr/0001-a.md", "PLAN.md"]))
@settings(max_examples=200, deadline=None)
def test_no_text_makes_reading_fail(text: str, path: str) -> None:
    """Reading raises for no page, and every entry stands within it."""
    registry = read_pages({path: text})
    assert all(1 <= entry.line <= entry.end_line for entry in registry.entries)


def test_a_folder_is_read_without_what_is_no_page(tmp_path: Path) -> None:
    """Links, binary, hidden and foreign files are left out; what cannot be read is a problem, not a failure."""
    (tmp_path / "README.md").write_bytes(b"# A\n## Features\n- caf\xe9 mode\n- two\n")
    (tmp_path / "binary.md").write_bytes(b"\0\1\2")
    (tmp_path / "long.md").write_bytes(b"a\n" * MAX_BYTES)
    (tmp_path / "link.md").symlink_to(tmp_path / "README.md")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "x.md").write_text("- [ ] x\n")
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "x.md").write_text("- [ ] x\n")
    os.mkfifo(tmp_path / "pipe.md")
    registry = read_registry(tmp_path)
    assert [entry.title for entry in registry.entries] == ["caf\N{REPLACEMENT CHARACTER} mode", "two"]
    assert {(problem.path, problem.kind) for problem in registry.problems} == {
        ("binary.md", "not text"),
        ("long.md", "too long"),
    }  # of which the bytes and the lines


def test_too_many_pages_are_cut_and_told(tmp_path: Path) -> None:
    """A folder of thousands of pages is read up to the limit, the nearest first."""
    for number in range(MAX_PAGES + 1):
        (tmp_path / f"{number:04}.md").write_text("x")
    registry = read_registry(tmp_path)
    assert len(registry.files) == MAX_PAGES
    assert [problem.kind for problem in registry.problems] == ["too many pages"]


def test_a_folder_that_is_not_there_is_empty(tmp_path: Path) -> None:
    """No documentation is no failure."""
    assert read_registry(tmp_path / "none").entries == ()
