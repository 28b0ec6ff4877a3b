"""What a language's template module fills in: how each part of a sketch is written there. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from yantra_bot.codex.tree import Kind


@dataclass(frozen=True, slots=True)
class Templates:
    """One language. Each text is a format with named fields; an empty one means that the language has no such form."""

    suffix: str
    comment: str
    is_camel: bool
    """Whether names are written likeThis."""
    reserved: frozenset[str]
    types: Mapping[Kind, str]
    list_type: str
    map_type: str
    optional_type: str
    escapes: Mapping[str, str]
    """In a text between double quotes, beside backslash and quote."""
    # The head of a function: name, parameters, result, says.
    head: str
    parameter: str
    result: str
    """Of a function that returns something: type."""
    nothing_result: str
    failing_result: str
    """Of one that returns something or fails: type."""
    failing_nothing_result: str
    helper: str
    """The function behind a hole; empty where the language has its own."""
    hole: str
    hole_test: str
    hole_many: str
    do: str
    nothing: str
    empty_list: str
    sorted: str
    filtered: str
    mapped: str
    is_nothing: str
    is_empty: str
    is_below: str
    is_none_of: Mapping[Kind, str]
    """By the type: empty where a compiler settles it."""
    is_in: str
    is_in_map: str
    if_: str
    else_: str
    loop: str
    end: str
    """What closes a block; empty where indentation does."""
    empty_block: str
    try_: str
    catch: str
    assign: str
    append: str
    add_to: str
    return_: str
    return_failing: str
    return_nothing: str
    return_nothing_failing: str
    raise_: str
    raise_nothing: str
    yield_: str
    log: str
    says: str = ""
    """The docstring inside of the function, where the language has it there."""
    generator_head: str = ""
    gathered_start: str = ""
    """Where there is no yield: the list that is handed out in the end, and its return."""
    gathered_end: str = ""
    imports: Mapping[str, str] = field(default_factory=dict)
    """By a piece of the code that needs it: the line to stand on top."""
    top: str = ""
    bottom_nothing_failing: str = ""
    indent: str = "    "


def words(*lines: str) -> frozenset[str]:
    """Return the words of some lines."""
    return frozenset(word for line in lines for word in line.split())
