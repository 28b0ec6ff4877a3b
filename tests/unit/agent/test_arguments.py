"""Arguments: one table, a schema for the model and a check of what it sent."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.agent.arguments import Field, Kind, build_schema, check_arguments
from yantra_bot.errors import UserError

FIELDS = (
    Field("path", Kind.STRING, "A path.", is_required=True, least=1, most=5),
    Field("line", Kind.INTEGER, "A line.", least=1, most=9),
    Field("share", Kind.NUMBER, "A share.", least=0, most=1),
    Field("all", Kind.BOOLEAN, "All."),
    Field("words", Kind.STRINGS, "Words.", most=2),
    Field("parts", Kind.OBJECTS, "Parts.", least=1, items=(Field("x", Kind.STRING, "X.", is_required=True),)),
)


def test_the_schema_says_what_is_checked() -> None:
    """Types, bounds, what is needed, and that there is nothing else."""
    schema = build_schema(FIELDS)
    assert schema["required"] == ["path"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["line"] == {"description": "A line.", "type": "integer", "minimum": 1, "maximum": 9}
    assert schema["properties"]["words"] == {"description": "Words.", "type": "array", "items": {"type": "string"}}
    assert schema["properties"]["parts"]["items"]["required"] == ["x"]


def test_good_arguments_pass_and_nulls_are_left_out() -> None:
    """Some models send null for what they leave out."""
    given_arguments = {"path": "a", "line": 3, "share": 1, "all": False, "words": ["a"], "parts": [{"x": "y"}]}
    assert check_arguments(FIELDS, given_arguments) == given_arguments
    assert check_arguments(FIELDS, {"path": "a", "line": None}) == {"path": "a"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "path is missing. Needed: A path."),
        ({"path": None}, "path is missing"),
        ({"path": 3}, "has to be a string"),
        ({"path": ""}, "is empty"),
        ({"path": "123456"}, "6 characters; at most 5"),
        ({"path": "a", "lines": 3}, "no argument 'lines'. It takes: path, line"),
        ({"path": "a", "line": "3"}, "has to be an integer"),
        ({"path": "a", "line": 3.0}, "has to be an integer"),
        ({"path": "a", "line": True}, "has to be an integer"),
        ({"path": "a", "line": 0}, "from 1 to 9"),
        ({"path": "a", "line": 10**400}, "from 1 to 9"),
        ({"path": "a", "share": float("nan")}, "from 0 to 1"),
        ({"path": "a", "share": float("inf")}, "from 0 to 1"),
        ({"path": "a", "all": "yes"}, "has to be a boolean"),
        ({"path": "a", "words": "x"}, "has to be an array of strings"),
        ({"path": "a", "words": [1]}, "Every item of words"),
        ({"path": "a", "words": ["a", "b", "c"]}, "3 items; at most 2"),
        ({"path": "a", "parts": []}, "is empty"),
        ({"path": "a", "parts": ["x"]}, "Item 1 of parts has to be an object"),
        ({"path": "a", "parts": [{"x": "y"}, {}]}, "x is missing in item 2 of parts"),
        ({"path": "a", "parts": [{"x": "y", "z": 1}]}, "no argument 'z' in item 1 of parts"),
    ],
)
def test_bad_arguments_are_named(arguments: dict[str, Any], message: str) -> None:
    """The message names the argument and says what it has to be."""
    with pytest.raises(UserError) as caught:
        check_arguments(FIELDS, arguments)
    assert message in str(caught.value)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(st.sampled_from([field.name for field in FIELDS]) | st.text(max_size=4), json_values, max_size=5)
)
def test_any_object_passes_or_is_refused(arguments: dict[str, Any]) -> None:
    """No JSON makes anything but checked arguments or a reason."""
    try:
        checked = check_arguments(FIELDS, arguments)
    except UserError:
        return
    assert isinstance(checked["path"], str)
