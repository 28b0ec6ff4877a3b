"""What is asked for, read from a task's words: a new function with its signature, or nothing."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.codex.problem import Problem, read_parameters, read_task, read_type
from yantra_bot.codex.tree import Kind, Parameter, Type


def test_a_signature_in_the_task_is_read() -> None:
    """Name, parameters, types, what is returned and what is to be called."""
    signature = "merge(rows: list[dict[str, int]], key='a,b', *more, sep: str = None) -> str | None"
    text = f"We need a helper `{signature}`, like `join(x)`."
    assert read_task(text) == Problem(
        "merge",
        (
            Parameter("rows", Type(Kind.LIST, Type(Kind.MAP, Type(Kind.WHOLE)))),
            Parameter("key"),
            Parameter("more"),
            Parameter("sep", Type(Kind.TEXT, None, is_optional=True)),
        ),
        Type(Kind.TEXT, None, is_optional=True),
        text,
        ("join",),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Add a function `total(prices)`", "total"),
        ("Please implement this helper:\n\ndef total(prices: list[float]) -> float", "total"),
        ("Write a new function called `total`.", "total"),
        ("Create the `total` helper, a function for sums", "total"),
        ("`total(prices)` returns a wrong sum", None),
        ("Add a test for the parser", None),
        ("Add a function that sums prices", None),
        ("", None),
    ],
)
def test_only_a_task_for_a_new_function_is_one(text: str, name: str | None) -> None:
    """A bug report, and a wish that names no function, ask for no outline."""
    problem = read_task(text)
    assert (problem.name if problem else None) == name


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("str", Type(Kind.TEXT)),
        ("Optional[int]", Type(Kind.WHOLE, None, is_optional=True)),
        ("typing.Sequence[str]", Type(Kind.LIST, Type(Kind.TEXT))),
        ("dict[str, list[int]]", Type(Kind.MAP, Type(Kind.LIST, Type(Kind.WHOLE)))),
        ("int | str", Type()),
        ("Widget", Type()),
        ("None", Type(Kind.NOTHING)),
        ("list[", Type(Kind.LIST)),
        ("", Type()),
    ],
)
def test_an_annotation_is_read(text: str, kind: Type) -> None:
    """What is not known is anything, never a guess."""
    assert read_type(text) == kind


@given(st.text(max_size=200))
def test_no_text_breaks_the_reading(text: str) -> None:
    """Whatever a stranger writes is read, or says nothing."""
    read_type(text)
    assert all(one.name.isidentifier() for one in read_parameters(text))
    task = read_task(f"add a function `f({text}) -> {text}`")
    assert task is None or task.name


def test_a_text_made_to_be_slow_is_read_at_once() -> None:
    """Brackets and spaces without end cost no more than their length: the patterns are bounded."""
    for unit in ("`a(", "(" * 3, "add a function " + "`a(" * 3, " ", "[", "a("):
        begun = time.process_time()
        read_task("add a function " + unit * 20_000)
        assert time.process_time() - begun < 5
