"""A sketch in five languages: whatever the steps, names and words are, it parses, and it never pretends."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tree_sitter import Parser

from yantra_bot.codex.building import build
from yantra_bot.codex.problem import Problem, read_parameters, read_task
from yantra_bot.codex.rendering import TEMPLATES, has_holes, render
from yantra_bot.codex.rendering.naming import identifier
from yantra_bot.codex.steps import STEPS, Step
from yantra_bot.codex.tree import Kind, Parameter, Type
from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.languages import frontend_of

PARSERS = {
    language: Parser(frontend_of(f"a{one.suffix}").grammar(PurePosixPath(f"a{one.suffix}").suffix))
    for language, one in TEMPLATES.items()
}
LANGUAGES = pytest.mark.parametrize("language", TEMPLATES, ids=str)
WORDS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["class", "type", "match", "fn", "r#fn", "undecided", "self", "_", "9", "ä", "a-b", "texts", "lambda", "async",
         "chan", "super", "None", "True", "print", "static", "yield", "await", "let", "of", "Self", "crate", "gen"]
    ),
)  # fmt: skip
TYPES = st.builds(
    Type, st.sampled_from(Kind), st.none() | st.builds(Type, st.sampled_from(Kind)), is_optional=st.booleans()
)
PROBLEMS = st.builds(
    Problem,
    WORDS,
    st.lists(st.builds(Parameter, WORDS, TYPES), max_size=4).map(tuple),
    TYPES,
    st.one_of(st.text(max_size=80), st.sampled_from(['ends"', "\\", '"""', "*/ // {x} %s", "not empty", "negative {"])),
    st.lists(WORDS, max_size=2).map(tuple),
)
SEQUENCES = st.lists(st.sampled_from(STEPS), max_size=40)


@LANGUAGES
@settings(max_examples=150, deadline=None)
@given(steps=SEQUENCES, problem=PROBLEMS)
def test_any_steps_in_any_language_parse(language: Language, steps: list[Step], problem: Problem) -> None:
    """No sequence, no name and no text of a stranger makes a sketch that is no code."""
    text = render(build(steps, problem), language)
    assert not PARSERS[language].parse(text.encode()).root_node.has_error, text
    if language is Language.PYTHON:
        compile(text, "sketch.py", "exec")


@LANGUAGES
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_each_step_alone_parses(language: Language, step: Step) -> None:
    """Every step has a form in every language, as the only one and inside of a block."""
    problem = Problem("work_on", read_parameters("items: list[str], limit: int = 3"), Type(Kind.LIST, Type(Kind.TEXT)))
    for steps in ([step], [Step.ITERATE, step, Step.CLOSE], [Step.TRY, step, Step.CLOSE, Step.OTHERWISE, step]):
        text = render(build(steps, problem), language)
        assert not PARSERS[language].parse(text.encode()).root_node.has_error, text


def sketch() -> tuple[list[Step], Problem]:
    problem = read_task(
        "Add a function `pick_longest(words: list[str], least: int = 1) -> list[str]`: the words must not be empty."
    )
    assert problem is not None
    steps = [Step.VALIDATE, Step.RAISE, Step.CLOSE, Step.DEFAULT, Step.ITERATE, Step.CONDITION, Step.INSERT, Step.CLOSE]
    return [*steps, Step.CLOSE, Step.SORT, Step.RETURN], problem


PYTHON_SKETCH = '''\
def pick_longest(words: list[str], least: int) -> list[str]:
    """Add a function `pick_longest(words: list[str], least: int = 1) -> list[str]`: the words must not be empty. """
    if not words:
        raise ValueError("pick_longest: a value is not allowed")
    results = []
    for word in words:
        if undecided("which condition"):
            results.append(word)
    ordered = sorted(results)
    return ordered
'''


def test_a_sketch_has_the_names_of_the_task() -> None:
    """Parameters, types and what the words forbid come from the text; what it does not settle is open."""
    steps, problem = sketch()
    assert render(build(steps, problem), Language.PYTHON).endswith(PYTHON_SKETCH)


def test_what_is_not_known_stops_the_code(tmp_path: Path) -> None:
    """A sketch that reaches something open ends with an error that says what: it returns nothing made up."""
    steps, problem = sketch()
    file = tmp_path / "sketch.py"
    file.write_text(render(build(steps, problem), Language.PYTHON) + "\nprint(pick_longest(['a'], 1))\n")
    ran = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert "NotImplementedError: which condition" in ran.stderr
    assert ran.stdout == ""


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
def test_what_is_not_known_stops_javascript_too(tmp_path: Path) -> None:
    """The same in JavaScript, by node."""
    steps, problem = sketch()
    file = tmp_path / "sketch.js"
    file.write_text(render(build(steps, problem), Language.JAVASCRIPT) + "\nconsole.log(pickLongest(['a'], 1))\n")
    ran = subprocess.run(["node", str(file)], capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert "not implemented: which condition" in ran.stderr
    assert ran.stdout == ""


def test_no_steps_are_one_open_place() -> None:
    """Without any step a function says that it is not written."""
    text = render(build([], Problem("work")), Language.PYTHON)
    tree = ast.parse(text)
    assert 'undecided("what work does")' in text
    assert len(tree.body) == 3


@LANGUAGES
def test_holes_are_seen(language: Language) -> None:
    """Whether anything is open is told of the text as it is written, so that only whole code is ever tried."""
    problem = Problem("order", read_parameters("items: list[str]"), Type(Kind.LIST, Type(Kind.TEXT)))
    assert has_holes(build([Step.SORT, Step.RETURN], problem), language) is False
    assert has_holes(build([Step.COMPUTE, Step.RETURN], problem), language) is True
    assert has_holes(build([Step.RETURN], problem), language) is True


@given(WORDS, st.booleans())
def test_a_name_is_an_identifier(name: str, is_camel: bool) -> None:
    """Any text becomes a name that Python itself takes."""
    reserved = TEMPLATES[Language.PYTHON].reserved
    assert identifier(name, is_camel=is_camel, reserved=reserved).isidentifier()
    assert identifier(name, is_camel=is_camel, reserved=reserved) not in reserved
