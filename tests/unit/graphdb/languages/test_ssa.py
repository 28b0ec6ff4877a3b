"""Variables hold what was assigned last where the code is straight, and all that may be where ways meet."""

from yantra_bot.graphdb.facts import NOTHING, Body, BodyFlag, Op
from yantra_bot.graphdb.languages.ssa import Frame


def make_frame(parent: Frame | None = None) -> Frame:
    index = 0 if parent is None else parent.index + 1
    return Frame(Body(0, index - 1, BodyFlag.FUNCTION), index, parent)


def copies(frame: Frame, value: int) -> set[int]:
    """Return what is copied into a value, directly or not, that is no copy itself."""
    sources = {op[2] for op in frame.body.ops if op[0] == Op.COPY and op[1] == value}
    return set().union(*(copies(frame, source) or {source} for source in sources)) if sources else set()


def test_the_last_assignment_counts() -> None:
    """A later assignment replaces an earlier one, without any copy."""
    frame = make_frame()
    one, two = frame.new(), frame.new()
    variable = frame.declare("x", one, versioned=True)
    assert frame.read(variable) == one
    frame.assign(variable, two)
    assert frame.read(variable) == two
    assert frame.body.ops == []


def test_branches_meet() -> None:
    """After a branch a variable holds what either way gave it; a way that returned gives nothing."""
    frame = make_frame()
    one, two, three = frame.new(), frame.new(), frame.new()
    variable = frame.declare("x", one, versioned=True)
    before = frame.fork()
    frame.assign(variable, two)
    after = frame.fork()
    frame.resume(before)
    frame.assign(variable, three)
    frame.merge([after, frame.fork()])
    assert copies(frame, frame.read(variable)) == {two, three}
    frame.resume(before)
    frame.dead = True
    frame.merge([after, frame.fork()])
    assert frame.read(variable) == two
    frame.merge([None, None])
    assert frame.dead


def test_a_loop_comes_back_to_its_head() -> None:
    """At the head of a loop a variable holds what it had before, and what the body, a break or a continue gives it."""
    frame = make_frame()
    one, two, three, four = (frame.new() for _ in range(4))
    variable = frame.declare("x", one, versioned=True)
    frame.begin_loop({"x"})
    head = frame.read(variable)
    before = frame.fork()
    frame.assign(variable, two)
    frame.leave(again=True)
    frame.resume(before)
    frame.assign(variable, three)
    frame.leave(again=False)
    frame.resume(before)
    frame.assign(variable, four)
    frame.end_loop()
    assert copies(frame, head) == {one, two, four}
    assert copies(frame, frame.read(variable)) == {one, two, three, four}
    frame.leave(again=True)
    assert frame.dead


def test_inner_bodies_read_a_cell() -> None:
    """A variable that an inner body names has a cell with all that it is assigned from then on."""
    outer = make_frame()
    one, two = outer.new(), outer.new()
    variable = outer.declare("x", one, versioned=True)
    inner = make_frame(outer)
    found = inner.find("x")
    assert found is variable
    value = inner.read(variable)
    assert inner.read(variable) == value
    assert inner.body.ops == [(Op.OUTER, value, 0, variable.cell)]
    outer.assign(variable, two)
    assert copies(outer, variable.cell) == {one, two}
    assert outer.read(variable) == two


def test_what_an_inner_body_assigns_is_seen_outside() -> None:
    """Once an inner body assigns, only the cell tells what the variable holds."""
    outer = make_frame()
    variable = outer.declare("x", outer.new(), versioned=True)
    inner = make_frame(outer)
    value = inner.new()
    inner.assign(variable, value)
    assert inner.body.ops == [(Op.SET_OUTER, 0, variable.cell, value)]
    assert outer.read(variable) == variable.cell


def test_a_name_without_versions_is_its_cell() -> None:
    """Names of modules are read and written as one value; what is not tracked is nowhere copied."""
    outer = make_frame()
    variable = outer.declare("f", outer.new())
    nothing = outer.declare("n", NOTHING)
    inner = make_frame(outer)
    source = outer.new()
    outer.assign(variable, source)
    outer.assign(nothing, source)
    outer.assign(variable, NOTHING)
    assert outer.body.ops == [(Op.COPY, variable.value, source)]
    assert inner.read(nothing) == NOTHING
    assert outer.union([NOTHING, source, NOTHING]) == source
    assert outer.union([]) == NOTHING


def test_a_block_ends_its_names() -> None:
    """After a block the name means what it meant before."""
    frame = make_frame()
    variable = frame.declare("x", frame.new())
    frame.open_block()
    frame.declare("x", frame.new(), versioned=True)
    frame.close_block()
    assert frame.find("x") is variable
    assert frame.state == {}
    assert frame.find("y") is None
