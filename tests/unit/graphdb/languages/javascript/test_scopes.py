"""Which value a name holds where: hoisting, blocks, branches, loops, closures."""

from yantra_bot.graphdb.facts import NOTHING, Op


def called(found, name: str = "") -> list[int]:
    """Return the values that a body calls."""
    return [op[1] for op in found.ops(Op.CALL, name)]


def functions(found) -> dict[str, int]:
    """Return the value of each function that the module makes, by its name."""
    facts = found.facts
    return {facts.symbols[facts.bodies[body].owner].name: value for value, body, _ in found.ops(Op.FUNC)}


def test_functions_exist_before_the_first_statement(lower) -> None:
    """A call before the declaration is a call of it."""
    found = lower("f(); function f() {}")
    assert called(found) == [functions(found)["f"]]


def test_an_assignment_replaces_what_came_before(lower) -> None:
    """In straight-line code the last assignment counts."""
    found = lower("function f() {} function g() {} let x = f; x = g; x();")
    assert called(found) == [functions(found)["g"]]


def test_branches_meet(lower) -> None:
    """After an if both ways count, but not one that returned."""
    found = lower("""
        function run(f, g, h, c) {
          let x = f;
          if (c) { x = g; } else if (c > 1) { x = h; return; }
          x();
        }
    """)
    (target,) = called(found, "run")
    params = {name: value for name, _, value in found.body("run").params}
    assert {source for joined, source in found.ops(Op.COPY, "run") if joined == target} == {params["g"], params["f"]}


def test_a_loop_sees_its_own_assignments(lower) -> None:
    """The next round holds what the last one assigned."""
    found = lower("function run(f, g) { let x = f; while (c) { x(); x = g; } }")
    (target,) = called(found, "run")
    params = {name: value for name, _, value in found.body("run").params}
    assert {source for joined, source in found.ops(Op.COPY, "run") if joined == target} == {params["f"], params["g"]}


def test_a_case_falls_through_unless_it_breaks(lower) -> None:
    """A case begins where the head or the case before it left off."""
    found = lower("""
        function run(f, g, h, c) {
          let x = f;
          switch (c) { case 1: x = g; case 2: x(); break; case 3: x = h; break; default: x(); }
        }
    """)
    fallen, default = called(found, "run")
    params = {name: value for name, _, value in found.body("run").params}
    assert {source for joined, source in found.ops(Op.COPY, "run") if joined == fallen} == {params["f"], params["g"]}
    assert default == params["f"]


def test_a_handler_may_begin_anywhere_in_the_try(lower) -> None:
    """In the handler a variable holds any value that it had before or in the body, and what was thrown."""
    found = lower("""
        function run(f, g, h) {
          let x = f;
          try { x = g; throw h; } catch (e) { x(); e(); } finally { x(); }
        }
    """)
    in_handler, thrown, _ = called(found, "run")
    params = {name: value for name, _, value in found.body("run").params}
    assert {source for joined, source in found.ops(Op.COPY, "run") if joined == in_handler} >= {
        params["f"],
        params["g"],
    }
    (caught,) = (op[0] for op in found.ops(Op.CATCH, "run"))
    assert {source for joined, source in found.ops(Op.COPY, "run") if joined == thrown} == {params["h"], caught}


def test_blocks_shadow(lower) -> None:
    """A name of a block ends with it."""
    found = lower("function f() {} function g() {} const x = f; { const x = g; x(); } x();")
    made = functions(found)
    assert called(found) == [made["g"], made["f"]]


def test_var_belongs_to_the_function(lower) -> None:
    """`var` in a block is visible after it, and before."""
    found = lower("function run(f) { if (f) { var x = f; } x(); for (var i of f) {} i(); }")
    assert len(called(found, "run")) == 2
    assert found.ops(Op.FREE, "run") == []


def test_an_inner_function_reads_all_values_of_a_variable(lower) -> None:
    """It may run after any assignment."""
    found = lower("function a() {} function b() {} let x = a; x = b; const run = () => x();")
    ((_, body, cell),) = found.ops(Op.OUTER, "run")
    made = functions(found)
    assert body == 0
    assert {source for joined, source in found.ops(Op.COPY) if joined == cell} == {made["a"], made["b"]}


def test_an_inner_assignment_is_seen_outside(lower) -> None:
    """A variable that a closure assigns is one cell for everybody."""
    found = lower("function a() {} function b() {} let x = a; function set() { x = b; } set(); x();")
    cell = called(found)[-1]
    ((body, target, _),) = found.ops(Op.SET_OUTER, "set")
    assert (body, target) == (0, cell)
    assert (cell, functions(found)["a"]) in found.ops(Op.COPY)


def test_arrows_use_the_this_around_them(lower) -> None:
    """A function has a receiver of its own, an arrow reads the one around."""
    found = lower("function f() { const g = () => this.h(); }")
    ((_, body, value),) = found.ops(Op.OUTER, "g")
    assert found.facts.bodies[body] is found.body("f")
    assert [param for param in found.body("f").params if param[1] == 5] == [("this", 5, value)]


def test_a_name_that_nobody_binds_is_free_once(lower) -> None:
    """One instruction for all uses in a body; an assignment makes it a global of the file."""
    found = lower("a(b); a(b); function f() { made = a; }")
    assert [op[1] for op in found.ops(Op.FREE)] == ["a", "b"]
    assert list(found.body().names) == ["f", "made"]


def test_a_store_answers_the_next_read(lower) -> None:
    """What was just stored under a key is what a read of it gives, until a call may have changed it."""
    found = lower("function run(o, f, g) { o.x = f; const a = o.x; a(); g(); o.x(); const b = o.x; b(); }")
    params = {name: value for name, _, value in found.body("run").params}
    calls = called(found, "run")
    assert calls[0] == params["f"]
    assert calls[-1] not in params.values()


def test_conditional_assignment_keeps_both(lower) -> None:
    """`||=` and an assignment inside of `&&` leave the old value possible."""
    found = lower("function run(f, g, h) { let x = f; x ||= g; g && (x = h); x(); }")
    target = called(found, "run")[-1]
    sources = {source for joined, source in found.ops(Op.COPY, "run") if joined == target}
    assert len(sources) == 2
    assert NOTHING not in sources
