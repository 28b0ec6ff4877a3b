"""Adding an entry: the page keeps its style, and what is not certain is refused with the cure."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from yantra_bot.domain.project_docs import EntryKind, Status
from yantra_bot.errors import UserError
from yantra_bot.graphdb.docs.additions import add_entry
from yantra_bot.graphdb.docs.files import read_texts, write_edit
from yantra_bot.graphdb.docs.registry import read_pages
from yantra_bot.graphdb.docs.writing import Edit, NewEntry

TASK = NewEntry(EntryKind.TASK, "Add X")
CHANGE = NewEntry(EntryKind.CHANGE, "Support X.")
FEATURE = NewEntry(EntryKind.FEATURE, "Cheap")
DECISION = NewEntry(EntryKind.DECISION, "Use X")

KEPT = """# Changelog

## [Unreleased]

### Added

- One

### Security

- Two

## [1.0.0] - 2024-01-01

### Fixed

- Three
"""


def add(pages: Mapping[str, str], new: NewEntry) -> Edit:
    """Add, and check that what was added is read back at the line that was told."""
    edit = add_entry(pages, new)
    entries = read_pages({**pages, edit.path: edit.text}).entries
    found = [entry for entry in entries if (entry.path, entry.line) == (edit.path, edit.line)]
    assert [(entry.kind, entry.title) for entry in found] == [(new.kind, new.title.rstrip("."))]
    return edit


def added(pages: Mapping[str, str], new: NewEntry) -> str:
    """Return what was put into the page, with the line above it."""
    edit = add(pages, new)
    before, after = pages.get(edit.path, "").splitlines(keepends=True), edit.text.splitlines(keepends=True)
    start = next((place for place, line in enumerate(before) if line != after[place]), len(before))
    tail = len(before) - start
    assert after[len(after) - tail :] == before[start:]
    return "".join(after[start : len(after) - tail])


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("# P\n- [ ] a\n- [x] b\n\nend\n", "- [ ] Add X\n"),
        ("# P\n* [ ] a\n\n* [x] b\n\nend\n", "* [ ] Add X\n\n"),
        ("# P\n1. [ ] a\n2. [ ] b\n   - detail\n", "3. [ ] Add X\n"),
        ("# P\n1. [ ] a\n1. [ ] b\n", "1. [ ] Add X\n"),
        ("# P\n  -   [ ] a\n", "  -   [ ] Add X\n"),
        ("# P\r\n- [ ] a\r\n", "- [ ] Add X\r\n"),
    ],
)
def test_a_task_looks_like_its_neighbours(page: str, expected: str) -> None:
    """Marker, numbering, indent, blank lines and line endings are those of the list."""
    assert added({"PLAN.md": page}, TASK) == expected


def test_a_page_without_a_last_line_ending_gets_one() -> None:
    """The item before is not continued."""
    assert add({"PLAN.md": "- [ ] a"}, TASK).text == "- [ ] a\n- [ ] Add X\n"


def test_a_task_names_its_dependencies_and_actions() -> None:
    """What was given is read back as it was meant."""
    new = replace(TASK, depends_on=("#1", "#2"), user_actions=("Buy a key",), status=Status.DONE)
    edit = add({"PLAN.md": "# P\n- [ ] #1 a\n- [ ] #2 b\n"}, new)
    (task,) = [entry for entry in read_pages({"PLAN.md": edit.text}).entries if entry.title == "Add X"]
    assert (task.depends_on, task.user_actions) == (("PLAN.md#L2", "PLAN.md#L3"), ("Buy a key",))
    assert task.status is Status.DONE


def test_a_milestone_is_chosen_or_made() -> None:
    """Two lists are a question; a new milestone is made only when asked for."""
    pages = {"PLAN.md": "# P\n\n## M1\n\n- [ ] a\n\n## M2\n\n- [ ] b\n"}
    with pytest.raises(UserError, match="'M1', 'M2'"):
        add(pages, TASK)
    with pytest.raises(UserError, match="--new-group"):
        add(pages, replace(TASK, group="M3"))
    assert added(pages, replace(TASK, group="m1")) == "- [ ] Add X\n"
    assert added(pages, replace(TASK, group="M3", creates_group=True)) == "\n## M3\n\n- [ ] Add X\n"


def test_two_plans_are_a_question() -> None:
    """Which page is meant is asked for, not guessed."""
    pages = {"PLAN.md": "- [ ] a\n", "TODO.md": "- [ ] b\n"}
    with pytest.raises(UserError, match="TODO"):
        add(pages, TASK)
    assert add(pages, replace(TASK, path="TODO.md")).path == "TODO.md"


@pytest.mark.parametrize("kind", [EntryKind.TASK, EntryKind.CHANGE, EntryKind.FEATURE, EntryKind.DECISION])
def test_the_first_entry_makes_its_page(kind: EntryKind) -> None:
    """Where nothing is written down yet, a page begins."""
    edit = add({}, NewEntry(kind, "Something new", category="Added" if kind is EntryKind.CHANGE else ""))
    assert edit.text.startswith("# ")


def test_what_is_there_is_not_added_twice() -> None:
    """A duplicate is refused with its place; the same change in another version is none."""
    with pytest.raises(UserError, match="#L1"):
        add({"PLAN.md": "- [ ] add X\n"}, TASK)
    add({"CHANGELOG.md": "# Changelog\n## 1.0.0\n- Support X.\n"}, CHANGE)


@pytest.mark.parametrize(
    ("category", "expected"),
    [
        ("added", "- Support X.\n"),
        ("Fixed", "### Fixed\n\n- Support X.\n\n"),
        ("Removed", "### Removed\n\n- Support X.\n\n"),
        ("Other", "\n### Other\n\n- Support X.\n"),
    ],
)
def test_a_change_goes_to_its_category(category: str, expected: str) -> None:
    """It is added to the one that is there, or to a new one in the order of Keep a Changelog."""
    assert sorted(added({"CHANGELOG.md": KEPT}, replace(CHANGE, category=category))) == sorted(expected)


def test_a_change_needs_a_category_where_others_have_one() -> None:
    """The page's own categories are offered."""
    with pytest.raises(UserError, match="--category: Added, Security, Fixed"):
        add({"CHANGELOG.md": KEPT}, CHANGE)


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("# Changelog\n\n## v1.0.0\n\n- a\n", "## Unreleased\n\n- Support X.\n\n"),
        ("# Changelog\n\n\n## [1.0.0]\n* a\n", "## [Unreleased]\n* Support X.\n\n\n"),
        ("# Changelog\n\n## [Unreleased]\n\n## [1.0.0]\n\n- a\n", "- Support X.\n\n"),
        ("# Changelog\n\n## Unreleased\n\n- b\n\n## 1.0.0\n\n- a\n", "- Support X.\n"),
    ],
)
def test_what_is_unreleased_is_opened_in_the_style_of_the_page(page: str, expected: str) -> None:
    """A changelog without such a section gets one above its newest version."""
    assert sorted(added({"CHANGELOG.md": page}, CHANGE)) == sorted(expected)


@pytest.mark.parametrize(
    ("page", "new", "match"),
    [
        ("# Changelog\n\nNothing yet.\n", CHANGE, "no heading of a version"),
        ("# Changelog\n## Unreleased\n- a\n## Next\n- b\n", CHANGE, "several unreleased"),
        (KEPT, replace(CHANGE, group="1.0.0"), "cannot take new changes"),
        (KEPT + "## Next\n", replace(CHANGE, category="Added"), "several unreleased"),
        (
            "# Changelog\n## Unreleased\n### Added\n- a\n### Added\n- b\n",
            replace(CHANGE, category="Added"),
            "twice",
        ),
    ],
)
def test_an_uncertain_changelog_is_refused(page: str, new: NewEntry, match: str) -> None:
    """The message says what to change."""
    with pytest.raises(UserError, match=match):
        add({"CHANGELOG.md": page}, new)


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("# A\n## Features\n- **Fast**: very\n", "- **Cheap**: Costs nothing\n"),
        ("# A\n## Features\n- **Fast.** Very\n", "- **Cheap.** Costs nothing\n"),
        ("# A\n## Features\n- **Fast** - very\n", "- **Cheap** - Costs nothing\n"),
        ("# A\n## Features\n- fast\n", "- Cheap: Costs nothing\n"),
    ],
)
def test_a_feature_has_the_lead_of_its_neighbours(page: str, expected: str) -> None:
    """Bold names stay bold, with the same sign after them."""
    assert added({"README.md": page}, replace(FEATURE, body="Costs nothing")) == expected


def test_a_readme_without_features_is_not_guessed_at() -> None:
    """Where a list of features would have to be invented, a person makes it."""
    with pytest.raises(UserError, match="no list of features"):
        add({"README.md": "# A\n\nText.\n"}, replace(FEATURE, path="README.md"))
    with pytest.raises(UserError, match="--file"):
        add({"FEATURES.md": "# A\n"}, FEATURE)


def test_a_decision_becomes_the_next_record() -> None:
    """Number, name and sections follow the newest record."""
    pages = {
        "doc/adr/0001-a.md": "# 1. A\n\nDate: 2024-01-01\n\n## Status\n\nAccepted\n\n## Why\n\nx\n",
        "doc/adr/0009-b.md": "# 9. B\n\nDate: 2024-01-01\n\n## Status\n\nAccepted\n\n## Why\n\nx\n",
    }
    edit = add(pages, replace(DECISION, body="It is fast.", date="2026-01-02", status=Status.ACCEPTED))
    assert edit.path == "doc/adr/0010-use-x.md"
    assert edit.text == "# 10. Use X\n\nDate: 2026-01-02\n\n## Status\n\nAccepted\n\n## Why\n\nIt is fast.\n"


def test_a_decision_with_front_matter_keeps_it() -> None:
    """A record that says its status in its front matter has a follower that does so too."""
    pages = {
        "docs/decisions/adr-007_x.md": "---\nstatus: accepted\ndate: 2024-01-01\n---\n# ADR-007: X\n\n## Context\n"
    }
    edit = add_entry(pages, replace(DECISION, date="2026-01-02"))
    assert edit.path == "docs/decisions/adr-008_use_x.md"
    assert edit.text.startswith("---\nstatus: proposed\ndate: 2026-01-02\n---\n\n# ADR-008: Use X\n")


def test_decisions_in_two_folders_are_a_question() -> None:
    """The folder is asked for; a page is no folder."""
    record = "# 1. A\n\n## Status\n\nAccepted\n"
    pages = {"a/adr/0001-a.md": record, "b/adr/0001-b.md": record.replace("A\n", "B\n", 1)}
    with pytest.raises(UserError, match="a/adr, b/adr"):
        add(pages, DECISION)
    assert add(pages, replace(DECISION, path="b/adr/")).path == "b/adr/0002-use-x.md"
    with pytest.raises(UserError, match="only its folder"):
        add(pages, replace(DECISION, path="b/adr/x.md"))


def test_a_decision_is_added_to_a_list_of_them() -> None:
    """A page that lists decisions is where the next one goes."""
    assert added({"DESIGN.md": "# D\n## Decisions\n- **A**: x\n"}, replace(DECISION, body="y")) == "- **Use X**: y\n"


@pytest.mark.parametrize(
    ("new", "match"),
    [
        (replace(TASK, title="a\n- [x] b"), "line break"),
        (replace(TASK, title="***"), "no letters"),
        (replace(TASK, title="a" * 3_000), "Shorten"),
        (replace(TASK, body="\x1b[31m"), "control character"),
        (replace(TASK, depends_on=("a\u2028",)), "dependency"),
        (replace(TASK, path="../PLAN.md"), r"\.\."),
        (replace(TASK, path="PLAN.txt"), "Markdown"),
    ],
)
def test_words_that_would_be_something_else_are_refused(new: NewEntry, match: str) -> None:
    """Nobody writes a second entry, or outside of the project, through a title."""
    with pytest.raises(UserError, match=match):
        add_entry({"PLAN.md": "- [ ] a\n"}, new)


def test_a_page_is_replaced_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    """The new text is there at once, and no draft stays behind."""
    page = tmp_path / "PLAN.md"
    page.write_text("- [ ] a\n")
    page.chmod(0o640)
    pages = read_texts(tmp_path)
    write_edit(tmp_path, add(pages, TASK), before=pages["PLAN.md"])
    assert page.read_text() == "- [ ] a\n- [ ] Add X\n"
    assert page.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["PLAN.md"]


def test_a_new_page_never_replaces_one(tmp_path: Path) -> None:
    """A page that appeared meanwhile is kept, and so is one that was changed."""
    edit = Edit("docs/adr/0001-x.md", "# 1. X\n", 1)
    write_edit(tmp_path, edit, before=None)
    with pytest.raises(UserError, match="cannot be written"):
        write_edit(tmp_path, edit, before=None)
    with pytest.raises(UserError, match="changed meanwhile"):
        write_edit(tmp_path, edit, before="something else")


def test_links_are_not_followed(tmp_path: Path) -> None:
    """An edit stays in the project."""
    (tmp_path / "out").mkdir()
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / "docs").symlink_to(tmp_path / "out")
    with pytest.raises(UserError, match="link docs"):
        write_edit(tmp_path / "repo", Edit("docs/x.md", "x", 1), before=None)


def test_pages_in_another_encoding_are_not_edited(tmp_path: Path) -> None:
    """A page that would not come back as it was is left alone."""
    (tmp_path / "a.md").write_bytes(b"\xe9")
    (tmp_path / "b.md").write_bytes("\ufeffé\r\n".encode())
    assert read_texts(tmp_path) == {"b.md": "\ufeffé\r\n"}
