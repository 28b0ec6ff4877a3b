"""Names and messages of what is pushed are plain, bounded and say where they come from."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.repository import Actor, Repository
from yantra_bot.domain.run import Order
from yantra_bot.runs.deliver import CONVENTIONAL, MAX_SUBJECT, branch_name, commit_message, subject


def order(issue: int = 7) -> Order:
    return Order("a" * 24, Repository(1, "o", "n"), 2, issue, Command(Verb.FIX), Actor(3, "x", False), None, 0.0)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("fix: add numbers", "fix: add numbers"),
        ("feat(api)!: drop it", "feat(api)!: drop it"),
        ("Add numbers", "fix: Add numbers"),
        ("", "fix: the issue"),
        ("fix: one\nfix: two", "fix: one fix: two"),
    ],
)
def test_the_subject_is_a_conventional_commit(title: str, expected: str) -> None:
    """The model's when it is one, else one is made."""
    assert subject(title, "the issue") == expected


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_subject_is_one_bounded_line(title: str, issue: str) -> None:
    """Whatever a model or an issue is called."""
    made = subject(title, issue)
    assert len(made) <= MAX_SUBJECT
    assert "\n" not in made
    assert made.startswith("fix: ") or CONVENTIONAL.match(made)


@pytest.mark.case("D08")
@given(st.text(max_size=200))
def test_any_branch_name_is_plain(title: str) -> None:
    """ASCII letters, digits and dashes, bounded, under our own folder."""
    name = branch_name(order(), title)
    assert name.startswith("yantra/7")
    assert len(name) <= 60
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-/")


@pytest.mark.parametrize("title", ["--upload-pack=x", "a..b", "@{-1}", "日本語", "refs/heads/../x", ".lock"])
def test_git_takes_the_branch_name(title: str) -> None:
    """Odd titles give names that git itself finds well formed."""
    name = branch_name(order(), title)
    assert subprocess.run(["git", "check-ref-format", f"refs/heads/{name}"], check=False).returncode == 0


def test_a_task_without_an_issue_is_named_after_its_run() -> None:
    """There is no number to name it by."""
    assert branch_name(order(0), "Add x") == "yantra/aaaaaaaa-add-x"


@pytest.mark.case("B20")
def test_the_message_closes_only_its_own_issue() -> None:
    """What the model wrote cannot close another."""
    made = commit_message(order(), "fix: it", "Fixes #99 and @everyone")
    assert made.endswith(f"Fixes #7\nYantra-Run: {'a' * 24}\n")
    assert "#99" not in made
    assert "Fixes" not in commit_message(order(0), "fix: it", "words")


@pytest.mark.case("E03")
def test_no_secret_gets_into_the_names_of_a_delivery() -> None:
    """Neither into the branch's name nor into the commit's message, from whichever text it comes."""
    secret = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"
    name = branch_name(order(), f"Use {secret} for x")
    assert name == "yantra/7-use-redacted-for-x"
    made = [
        subject(f"fix: use {secret}", "x"),
        subject("", f"use {secret}"),
        commit_message(order(), "fix: it", f"By {secret}."),
    ]
    assert [text for text in made if "16C7e42F" in text] == []
    assert all("[redacted]" in text for text in made)
