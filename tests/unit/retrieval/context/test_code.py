"""Level 1 shows what fits in full, and of the rest enough to know of it."""

from dataclasses import replace
from pathlib import Path

from tests.fakes.context_world import BANK, ContextWorld, titles
from yantra_bot.retrieval.context.parts import Level, PartKind
from yantra_bot.retrieval.hits import Found

PAY = "bank/account.py::Account.pay"


def make_class(methods: int) -> str:
    return "class Big:\n    size = 1\n\n" + "\n".join(
        f"    def method_{n}(self, value):\n" + "        value += 1\n" * 20 for n in range(methods)
    )


def test_a_long_class_is_shown_by_the_signatures_of_its_members(tmp_path: Path) -> None:
    """It says that bodies are left out, and is not for an edit."""
    world = ContextWorld(tmp_path, {"big.py": make_class(10)})
    (part,) = world.assemble(world.found("big.py::Big"), budget=4_000).of(Level.CODE)
    assert part.text.splitlines()[:4] == [
        "big.py, lines 1-222: Big, signatures alone",
        "big.py:",
        "    1 class Big",
        "    4     def method_0(self, value)",
    ]
    assert part.reason.endswith("; bodies left out")
    assert not part.is_exact


def test_a_short_class_is_shown_whole(tmp_path: Path) -> None:
    """Its members with it."""
    world = ContextWorld(tmp_path, {"small.py": "class Small:\n    def f(self):\n        return 1\n"})
    (part,) = world.assemble(world.found("small.py::Small")).of(Level.CODE)
    assert part.text == "small.py, lines 1-3: Small\nclass Small:\n    def f(self):\n        return 1"
    assert part.is_exact


def test_what_a_class_that_is_shown_whole_has_is_not_shown_twice(tmp_path: Path) -> None:
    """One method was found before its class, the other after it, and both stand in the class."""
    code = "class Small:\n    def f(self):\n        return 1\n\n    def g(self):\n        return self.f()\n"
    world = ContextWorld(tmp_path, {"small.py": code})
    found = world.found("small.py::Small.f", "small.py::Small", "small.py::Small.g")
    context = world.assemble(replace(found, definitions=found.others, others=()))
    assert titles(context, Level.CODE) == ["small.py:1-6 Small"]
    assert not context.left_out


def test_a_long_dependency_is_shown_shorter(bank: ContextWorld) -> None:
    """What is too long for its part of the share is there for reading alone, and says so."""
    long = (
        '\n\ndef serve_all(amount):\n    """Serve all."""\n' + "    amount += 1\n" * 400 + "    return serve(amount)\n"
    )
    desk = BANK["bank/desk.py"] + long + "\n\ndef everything():\n    serve_all(1)\n"
    world = ContextWorld(bank.folder, {**BANK, "bank/desk.py": desk})
    context = world.assemble(world.found("bank/desk.py::everything"), view=world.view())
    short = context.of(Level.CODE)[1]
    assert short.text.splitlines()[1] == 'def serve_all(amount)  """Serve all."""; calls serve'
    assert not short.is_exact
    assert short.reason == "called by everything in line 418; no room for its bodies: signatures, calls and errors"


def test_what_lies_in_tests_is_no_dependency_of_code_that_is_no_test(tmp_path: Path) -> None:
    """A subclass that a test makes is called by what calls its base; neither its code nor its signature is shown."""
    code = (
        "class Shape:\n    def area(self):\n        return 0\n\n\ndef measure(shape: Shape):\n    return shape.area()\n"
    )
    test = "from shapes import Shape, measure\n\n\nclass Odd(Shape):\n    def area(self):\n        return 7\n\n\n"
    test += "def test_odd():\n    assert measure(Odd()) == 7\n"
    world = ContextWorld(tmp_path, {"shapes.py": code, "tests/test_shapes.py": test})
    view = world.view()
    context = world.assemble(world.found("shapes.py::measure"), view=view)
    assert titles(context, Level.CODE) == ["shapes.py:6-7 measure", "shapes.py:1-3 Shape"]
    assert [part.title for part in context.of(Level.SIGNATURES) if "Odd" in part.text] == []


def test_a_dependency_that_finds_the_share_full_has_a_signature(tmp_path: Path) -> None:
    """It stands in level 2."""
    code = "def big():\n    need()\n" + "    step()\n" * 40 + "\n\ndef need():\n" + "    step()\n" * 90
    world = ContextWorld(tmp_path, {"m.py": code})
    context = world.assemble(world.found("m.py::big"), view=world.view(), budget=600)
    assert titles(context, Level.CODE) == ["m.py:1-42 big"]
    assert context.of(Level.SIGNATURES)[0].text == "m.py\ndef need()  # m.py:45"


def test_comments_go_before_bodies_do(tmp_path: Path) -> None:
    """A dependency that is little too long is shown without them, the others as they are."""
    body = "    # why this is so, in many words that nobody has to read to call it\n    step()\n" * 14
    code = "def big():\n    need()\n    other()\n\n\ndef other():\n    step()\n\n\ndef need():\n" + body
    world = ContextWorld(tmp_path, {"m.py": code})
    context = world.assemble(world.found("m.py::big"), view=world.view(), budget=3_000)
    parts = {part.title: part for part in context.of(Level.CODE)}
    assert parts["m.py:6-7 other"].is_exact
    assert "# why" not in parts["m.py:10-38 need"].text
    assert "read the file before you edit it" in parts["m.py:10-38 need"].text.partition("\n")[0]


def test_a_cycle_is_shown_once(tmp_path: Path) -> None:
    """Functions that call each other are each there once, and nothing turns in circles."""
    ring = "def a():\n    return b()\n\n\ndef b():\n    return c()\n\n\ndef c():\n    return a()\n"
    world = ContextWorld(tmp_path, {"ring.py": ring})
    context = world.assemble(world.found("ring.py::a", "ring.py::b"), view=world.view())
    assert titles(context, Level.CODE) == ["ring.py:1-2 a", "ring.py:5-6 b", "ring.py:9-10 c"]
    assert context.of(Level.SIGNATURES) == ()


def test_a_constant_of_several_lines_is_shown_in_full(tmp_path: Path) -> None:
    """One line is a signature; a table is code."""
    code = "ONE = 1\nTABLE = {\n    'a': 1,\n    'b': 2,\n}\n\n\ndef f(x):\n    return TABLE[x] + ONE\n"
    world = ContextWorld(tmp_path, {"t.py": code})
    context = world.assemble(world.found("t.py::f"), view=world.view())
    assert titles(context, Level.CODE) == ["t.py:8-9 f", "t.py:2-5 TABLE"]
    assert context.of(Level.SIGNATURES)[0].text == "t.py\nONE = 1  # t.py:1"


def test_a_constant_that_does_not_end_is_one_line(tmp_path: Path) -> None:
    """A table of a hundred lines is shown by its first."""
    code = "TABLE = {\n" + "".join(f"    {n}: {n},\n" for n in range(100)) + "}\n\n\ndef f(x):\n    return TABLE[x]\n"
    world = ContextWorld(tmp_path, {"t.py": code})
    context = world.assemble(world.found("t.py::f"), view=world.view())
    assert context.of(Level.SIGNATURES)[0].text == "t.py\nTABLE = { …  # t.py:1"


def test_a_dependency_whose_file_is_gone_is_named(bank: ContextWorld) -> None:
    """The graph may know of a file that is not there any more."""
    view = bank.view()
    del bank.files["bank/money.py"]
    context = bank.assemble(bank.found(PAY), view=view)
    gone = [one for one in context.left_out if one.kind is PartKind.DEPENDENCY]
    assert [(one.title, one.reason) for one in gone] == [
        ("bank/money.py round_money", "its file is not there, or is no text")
    ]


def test_targets_beyond_are_named(tmp_path: Path) -> None:
    """The best come first; the others are told with how well they fit."""
    files = {f"m{n}.py": f"def f{n}():\n" + "    step()\n" * 40 for n in range(8)}
    world = ContextWorld(tmp_path, files)
    found = world.found(*(f"m{n}.py::f{n}" for n in range(8)))
    context = world.assemble(found, budget=600)
    assert context.of(Level.CODE)[0].title.startswith("m0.py:1-")
    assert context.left_out[0].reason == "4th of the search, 11% as likely as the 1st"


def test_targets_that_find_the_share_full_are_named(tmp_path: Path) -> None:
    """They are told with what they would have been."""
    world = ContextWorld(tmp_path, {f"m{n}.py": f"def f{n}():\n" + "    step()\n" * 40 for n in range(8)})
    hits = [replace(hit, score=1.0) for hit in world.found(*(f"m{n}.py::f{n}" for n in range(8))).functions]
    context = world.assemble(Found(tuple(hits)), budget=600)
    assert context.left_out[-1].reason == "the share of code is full; 8th of the search: word 7"
