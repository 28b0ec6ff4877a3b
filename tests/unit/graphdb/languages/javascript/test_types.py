"""What TypeScript's declared types say of values."""

import pytest

from yantra_bot.graphdb.facts import BodyFlag, Op


def test_parameters_fields_and_variables_are_declared(lower) -> None:
    """A name of a class or interface is an instance of it, however late it is declared."""
    found = lower(
        """
        function f(a: A, b?: ns.B, ...c: A[]) {}
        let v: A;
        class A { field: I; }
        interface I { m(): A; p: A; }
        namespace ns { export class B {} }
        """,
        "main.ts",
    )
    assert len(found.ops(Op.INSTANCE, "f")) == 2
    assert len(found.ops(Op.INSTANCE, "A")) == 1
    assert sorted(found.body("I").names) == ["m", "p"]
    assert found.body("I").flags & BodyFlag.INTERFACE
    assert found.body("m").flags & BodyFlag.OVERLOAD
    assert len(found.ops(Op.RETURN_TYPE, "m")) == 1


@pytest.mark.parametrize(
    ("written", "count"),
    [
        ("A | B | null", 2),
        ("A & B", 2),
        ("Promise<A>", 1),
        ("Readonly<Partial<A>>", 1),
        ("(A)", 1),
        ("readonly A[]", 2),
        ("Array<A>", 2),
        ("Map<string, A>", 2),
        ("[A, B]", 3),
        ("Set<number>", 0),
        ("string", 0),
        ("Unknown", 0),
        ("() => A", 0),
        ("A['x']", 0),
        ("T extends A ? B : A", 0),
        ("{ x: A }", 0),
        ("A<B>", 1),
        ("typeof a", 0),
    ],
)
def test_written_types_offer_classes(lower, written: str, count: int) -> None:
    """Unions offer all members, wrappers what they wrap, containers one container and its elements."""
    found = lower(f"class A {{}} class B {{}} function f(x: {written}) {{}}", "main.ts")
    assert len(found.ops(Op.INSTANCE, "f")) == count


def test_bases_are_classes_and_interfaces(lower) -> None:
    """In the order that they are written, with their places."""
    found = lower("class A extends m.B<C> implements I, n.J {} interface I {} interface K extends I {}", "main.ts")
    assert [base[2] for one in found.ops(Op.CLASS) for base in one[2]] == ["m.B"]
    assert [(op[3], op[4]) for op in found.ops(Op.ADD_BASE)] == [("I", 1), ("I", 1)]


def test_aliases_are_what_they_name(lower) -> None:
    """An object type is an interface; a union is all it names."""
    found = lower("type O = { m(): void }; type U = A | B; class A {} class B {} function f(x: U, y: O) {}", "main.ts")
    assert len(found.ops(Op.INSTANCE, "f")) == 2
    assert "m" in found.body("O").names


def test_a_cast_declares(lower) -> None:
    """`as`, angle brackets and `satisfies`; plain types change nothing."""
    found = lower("class A {} const a = x as A, b = <A>x, c = x as const, d = x!, e = x satisfies A;", "main.ts")
    assert len(found.ops(Op.INSTANCE)) == 3


def test_parameter_properties_are_stored(lower) -> None:
    """An access modifier before a parameter makes it a property."""
    found = lower("class A { constructor(private a: A, b: A, readonly c = 1) {} }", "main.ts")
    assert [op[1] for op in found.ops(Op.SET_ATTR, "constructor")] == ["a", "c"]


def test_overloads_give_way_to_their_implementation(lower) -> None:
    """Signatures of a function or method that has code make no function of their own."""
    found = lower(
        "function f(a: string): void; function f(a: number): void; function f(a: any) {}"
        "class A { m(a: string): void; m(a: any) {} abstract n(): void; }",
        "main.ts",
    )
    assert found.names() == ["function f", "class A", "method A.m", "method A.n"]


def test_merged_declarations_share_a_name(lower) -> None:
    """A namespace adds to the function of its name; an interface does not hide a class."""
    found = lower(
        "function f() {} namespace f { export function g() {} export const [h] = [1]; }"
        "class C { m() {} } interface C { n(): void } let c: C;",
        "main.ts",
    )
    assert [op[1] for op in found.ops(Op.SET_ATTR)] == ["g", "h"]


def test_this_of_a_function_may_be_declared(lower) -> None:
    """Its type is no parameter."""
    found = lower("class A {} function f(this: A, x: A) {}", "main.ts")
    assert [name for name, _, _ in found.body("f").params] == ["this", "x"]
    assert len(found.ops(Op.INSTANCE, "f")) == 2
