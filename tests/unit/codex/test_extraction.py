"""The steps of real bodies, by rules: what the generator is trained on and measured by."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tree_sitter import Node, Parser

from yantra_bot.codex.extraction import MOST_MOVES, closes, docstring_of, moves_of
from yantra_bot.codex.steps import STEPS, Block, Move, Step, flatten, nest, telling
from yantra_bot.graphdb.languages import frontend_of

PARSER = Parser(frontend_of("a.py").grammar(".py"))


def function(source: str) -> Node:
    root = PARSER.parse(textwrap.dedent(source).encode()).root_node
    assert not root.has_error
    return root.named_children[0]


def told(body: str) -> str:
    source = "def f(items, text, path, key, self):\n" + textwrap.indent(textwrap.dedent(body).strip(), "    ")
    return " ".join(move.step.name for move in moves_of(function(source)))


@pytest.mark.parametrize(
    ("body", "steps"),
    [
        ("pass", ""),
        ('"""Only said."""', ""),
        ("if text is None:\n    return None", "NULL_CHECK RETURN CLOSE"),
        ("if not text:\n    raise ValueError(text)", "NULL_CHECK RAISE CLOSE"),
        ("if len(text) > 3:\n    raise ValueError", "VALIDATE RAISE CLOSE"),
        ("assert len(text) > 3", "VALIDATE RAISE CLOSE"),
        ("if isinstance(text, str):\n    return text", "TYPE_CHECK RETURN CLOSE"),
        ("if key in items:\n    return items", "DUPLICATE_CHECK RETURN CLOSE"),
        ("if a > 1:\n    return 1\nelif a > 2:\n    return 2\nelse:\n    return 3",
         "CONDITION RETURN CLOSE OTHERWISE CONDITION RETURN CLOSE OTHERWISE RETURN CLOSE CLOSE"),
        ("for one in items:\n    total += one", "ITERATE ACCUMULATE CLOSE"),
        ("while items:\n    items.pop()", "ITERATE DELETE CLOSE"),
        ("try:\n    x = int(text)\nexcept ValueError:\n    return None\nfinally:\n    log.info('x')",
         "TRY PARSE CLOSE OTHERWISE RETURN CLOSE LOG"),
        ("with open(path) as file:\n    return json.load(file)", "READ PARSE RETURN"),
        ("with open(path, 'w') as file:\n    file.write(text)", "WRITE WRITE"),
        ("return [one for one in items if one]", "FILTER RETURN"),
        ("return [one + 1 for one in items if one]", "FILTER MAP RETURN"),
        ("return sum(one.size for one in items)", "MAP ACCUMULATE RETURN"),
        ("return sorted(items)", "SORT RETURN"),
        ("return f'{text}!'", "FORMAT RETURN"),
        ("return 'a %s' % text", "FORMAT RETURN"),
        ("return text == key", "COMPARE RETURN"),
        ("return text", "RETURN"),
        ("seen = set()", "DEFAULT"),
        ("seen = items or []", "DEFAULT"),
        ("items.append(text)", "INSERT"),
        ("items[key] = text", "UPDATE"),
        ("self._cache[key] = text", "CACHE"),
        ("del items[key]", "DELETE"),
        ("x = items[key]", "LOOKUP"),
        ("yield text", "YIELD"),
        ("requests.get(path)", "API_CALL"),
        ("cursor.execute(text)", "QUERY"),
        ("logger.warning(text)", "LOG"),
        ("x = await work(text)", "CALL"),
        ("x = 3 * key", "COMPUTE"),
        ("match key:\n    case 1:\n        return 2", "CONDITION RETURN CLOSE"),
        ("return text if key is None else 3", "NULL_CHECK CLOSE RETURN"),
    ],
)  # fmt: skip
def test_a_body_is_told_in_steps(body: str, steps: str) -> None:
    """Each step of the vocabulary is known by the syntax that it is written in."""
    assert told(body) == steps


def test_steps_name_what_they_are_about() -> None:
    """A condition names what it asks about, an assignment its target, a raise its error."""
    source = "def f(rows):\n    if rows is None:\n        raise KeyError('x')\n    best = sorted(rows)\n    return best"
    assert moves_of(function(source)) == (
        Move(Step.NULL_CHECK, ("rows",)),
        Move(Step.RAISE, ("KeyError",)),
        Move(Step.CLOSE),
        Move(Step.SORT, ("best", "sorted", "rows")),
        Move(Step.RETURN, ("best",)),
    )


def test_the_docstring_is_read_and_is_no_step() -> None:
    """What a function says of itself is the problem's text, not a part of its body."""
    node = function('def f():\n    # why\n    """Say it.\n\n    Twice.\n    """\n    return 1')
    assert docstring_of(node).split() == ["Say", "it.", "Twice."]
    assert [move.step for move in moves_of(node)] == [Step.RETURN]
    assert docstring_of(function("def f():\n    return 'x'")) == ""


def test_a_body_without_end_is_cut_and_says_so() -> None:
    """A generated body of thousands of statements and one nested without end are read in bounds."""
    long = "def f(x):\n    if x > 1:\n" + "        x += 1\n" * 1_000
    moves = moves_of(function(long))
    assert len(moves) == MOST_MOVES
    assert not closes(moves)
    deep = "def f(x):\n" + "".join(f"{' ' * (level + 1)}if x > {level}:\n" for level in range(90)) + " " * 91 + "pass"
    assert len(moves_of(function(deep))) < 100
    assert len(moves_of(function("def f(x):\n    return " + "(" * 80 + "x + 1" + ")" * 80))) == 2


def test_the_vocabulary_fits_the_network() -> None:
    """Thirty-two steps, numbered without a gap, each with a name and a meaning of its own."""
    assert [step.number for step in STEPS] == list(range(32))
    assert len({step.label for step in STEPS}) == len({step.meaning for step in STEPS}) == 32


@given(st.lists(st.sampled_from(STEPS), max_size=64))
def test_any_sequence_has_blocks(steps: list[Step]) -> None:
    """No sequence is refused, and what was made of it is read back the same."""
    blocks = nest(steps)
    again = flatten(blocks)
    assert nest(again) == blocks
    assert set(telling(again)) <= set(steps)
    assert all(not block.inside for block in blocks if block.step is Step.RETURN)


def test_blocks_follow_the_steps_that_open_them() -> None:
    """A CLOSE outside of every block ends the body."""
    steps = (Step.ITERATE, Step.INSERT, Step.CLOSE, Step.RETURN, Step.CLOSE, Step.RAISE)
    assert nest(steps) == (Block(Step.ITERATE, (Block(Step.INSERT),)), Block(Step.RETURN))
