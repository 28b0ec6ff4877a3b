"""Declared types."""

import pytest

from tests.unit.graphdb.languages.python.dump import body_of, ops, read
from yantra_bot.graphdb.facts import Op
from yantra_bot.graphdb.languages.python.annotations import parse_type


def shape(source: str) -> list[str]:
    """Return what is declared of the only parameter of `f(a: source)`: class names, containers with theirs."""
    facts = read(f"import m\nclass A: pass\nclass B: pass\nclass C:\n    def f(s, a: {source}): pass\n")
    body = body_of(facts, "f")
    classes = {value: name for name, value in body_of(facts, "main").names.items()}
    named = {op[1]: classes.get(op[3], "?") for op in body.ops if op[0] == Op.OUTER}
    named |= {op[1]: op[3] for op in body.ops if op[0] == Op.ATTR} | {
        op[1]: op[2] for op in body.ops if op[0] == Op.FREE
    }
    made = {op[1]: op for op in body.ops if op[0] == Op.NEW}

    def name(value: int) -> str:
        if value not in made:
            return named[value]
        _, _, kind, elements = made[value]
        return f"{kind}({', '.join(f'{key}:{found}' for key, one in elements for found in of(one))})"

    def of(value: int) -> list[str]:
        declared = [op for op in body.ops if op[0] in (Op.INSTANCE, Op.COPY) and op[1] == value]
        return [("type " if op[0] == Op.COPY else "") + name(op[2]) for op in declared]

    return of(body.params[1][2])


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("A", ["A"]),
        ('"A"', ["A"]),
        ("Optional[A]", ["A"]),
        ("A | None", ["A"]),
        ("Union[A, B]", ["A", "B"]),
        ("'A | B'", ["A", "B"]),
        ("m.X", ["X"]),
        ("int", []),
        ("None", []),
        ("str", ["str"]),
        ("list[A]", ["list(None:A)"]),
        ("List['A']", ["list(None:A)"]),
        ("Iterator[A]", ["generator(None:A)"]),
        ("dict[str, A]", ["dict(None:A)"]),
        ("tuple[A, B]", ["tuple(0:A, 1:B)"]),
        ("tuple[A, ...]", ["tuple(None:A)"]),
        ("dict[str, list[A]]", ["dict(None:list(None:A))"]),
        ("Type[A]", ["type A"]),
        ("Annotated[A, 1]", ["A"]),
        ("Callable[[A], B]", []),
        ("Literal['A']", []),
        ("Self", ["C"]),
        ("A[int]", ["A"]),
        ("[A]", []),
    ],
)  # fmt: skip
def test_an_annotation_says_which_types_there_are(source: str, expected: list[str]) -> None:
    """Unions give several, containers their elements, strings what is in them."""
    assert shape(source) == expected


def test_results_and_variables_are_declared_too() -> None:
    """Of a generator the result is what it yields, so nothing is said of it."""
    facts = read("class A: pass\ndef f() -> A: ...\ndef g() -> A: yield 1\nx: A = f()\ny: A\nclass B:\n    z: A\n")
    assert len(ops(facts, Op.RETURN_TYPE, "f")) == 1
    assert ops(facts, Op.RETURN_TYPE, "g") == []
    assert len(ops(facts, Op.INSTANCE)) == 2
    assert len(ops(facts, Op.INSTANCE, "B")) == 1


def test_names_in_annotations_are_uses() -> None:
    """A change of the class concerns who declares it."""
    facts = read("import m\nclass A: pass\ndef f(a: A, b: m.X): pass\n")
    assert [facts.symbols[op[0]].name for op in ops(facts, Op.USES, "f")] == ["A"]
    assert "X" in [op[1] for op in ops(facts, Op.REF, "f")]


def test_broken_annotations_are_no_types() -> None:
    """Whatever stands there."""
    assert parse_type("") is None
    assert parse_type("][") is None
    assert parse_type("list[" * 40) is not None
