"""Symbols of Java files: kinds, names, signatures, documentation, hashes."""

SHOP = """
    package com.shop;

    import java.util.List;
    import static com.shop.Tools.twice;

    /**
     * Sells things.
     *
     * More about it.
     * @author somebody
     */
    @Service
    public class Shop<T> {
        private int size = 1, count;
        static final String NAME = "n";

        public Shop(int size) {
        }

        /** Sells one. */
        protected List<T> sell(int n, String... names) throws Exception {
            Runnable later = () -> run(() -> 1);
            return null;
        }

        enum Kind { A, B { void x() {} } }
        record Pair(int left, int right) {}
        interface Buyer { void buy(); }
        @interface Marker { int value() default 1; }
    }
"""


def test_every_declaration_is_a_symbol_nested_as_in_the_source(lower, names_of) -> None:
    """Types, fields, methods, constructors, lambdas and constants are named by their nesting."""
    names = names_of(lower(SHOP))
    assert {
        "Shop", "Shop.size", "Shop.count", "Shop.NAME", "Shop.<init>", "Shop.sell", "Shop.sell.<lambda1>",
        "Shop.sell.<lambda1>.<lambda1>", "Shop.Kind", "Shop.Kind.A", "Shop.Kind.B.x", "Shop.Pair.left",
        "Shop.Buyer.buy", "Shop.Marker", "List", "twice",
    } <= set(names)  # fmt: skip


def test_kinds_tell_classes_from_types(lower) -> None:
    """Interfaces, enumerations and annotations are types; records are classes; imports are imports."""
    kinds = {symbol.name: symbol.kind for symbol in lower(SHOP).symbols if symbol.name != "B"}
    assert kinds["Shop"] == kinds["Pair"] == "class"
    assert kinds["Kind"] == kinds["Buyer"] == kinds["Marker"] == "type"
    assert kinds["size"] == kinds["A"] == kinds["left"] == "variable"
    assert kinds["sell"] == kinds["<init>"] == "method"
    assert kinds["List"] == kinds["twice"] == "import"


def test_signature_documentation_annotations_and_visibility(lower) -> None:
    """A symbol carries what its declaration says."""
    facts = lower(SHOP)
    shop, sell = (next(one for one in facts.symbols if one.name == name) for name in ("Shop", "sell"))
    assert facts.package == "com.shop"
    assert (shop.docstring, shop.decorators, shop.visibility) == ("Sells things.", ("Service",), "public")
    assert sell.docstring == "Sells one."
    assert sell.signature == "protected List<T> sell(int n, String... names) throws Exception"
    assert sell.visibility == "protected"
    assert next(one for one in facts.symbols if one.name == "size").visibility == "private"
    assert next(one for one in facts.symbols if one.name == "buy").visibility == "public"


def test_a_comment_that_belongs_to_something_else_is_no_documentation(lower) -> None:
    """Only a Javadoc comment right before a declaration is its text."""
    facts = lower("class A { /** One. */ void one() {} void two() {} /* no */ void three() {} }")
    texts = {one.name: one.docstring for one in facts.symbols}
    assert texts == {"T": "", "A": "", "one": "One.", "two": "", "three": ""}


def test_the_hash_knows_tokens_alone(lower) -> None:
    """Layout and comments do not change it, and every other change does, in the type around it too."""
    one = lower("class A { int x = 1; void m() { f(1); } }")
    same = lower("class A {\n  int x = 1; // why\n  void m() {\n /* a */ f( 1 ); }\n}")
    other = lower("class A { int x = 1; void m() { f(2); } }")
    hashes = [[symbol.content_hash for symbol in facts.symbols if symbol.name in "Amx"] for facts in (one, same, other)]
    assert hashes[0] == hashes[1]
    assert hashes[0][0] != hashes[2][0]
    assert len(set(hashes[0]) & set(hashes[2])) == 1
    assert all(len(text) == 16 for text in hashes[0])


def test_methods_of_test_runners_are_tests(lower) -> None:
    """JUnit's annotations and the old names make a test, a helper is none."""
    facts = lower(
        """
        class ATest extends TestCase {
            @Test void one() {}
            @ParameterizedTest void two(int x) {}
            public void testThree() {}
            void helper() {}
        }
        class Other { void testNothing() {} }
        """
    )
    kinds = {symbol.name: symbol.kind for symbol in facts.symbols}
    assert [kinds[name] for name in ("one", "two", "testThree")] == ["test"] * 3
    assert kinds["helper"] == kinds["testNothing"] == "method"


def test_lambdas_of_fields_are_numbered_as_they_stand(lower, names_of) -> None:
    """Constructors run some initialisers before others that stand earlier; the names do not show it."""
    facts = lower(
        """
        class A {
            static Runnable one = () -> a();
            Runnable two = () -> b();
            static Runnable three = () -> c();
            A() {}
            A(int x) {}
        }
        """
    )
    lambdas = [(symbol.name, symbol.line) for symbol in facts.symbols if symbol.kind == "lambda"]
    assert lambdas == [("<lambda1>", 3), ("<lambda2>", 4), ("<lambda3>", 5)]


def test_code_that_nobody_wrote_has_a_symbol_only_where_it_calls_something(lower, names_of) -> None:
    """A constructor of the compiler's is named where initialisers of fields call."""
    names = names_of(lower("class A { B b = new B(); static B c = f(); } class D { int x = 1; static int y = 2; }"))
    assert {"A.<init>", "A.<clinit>"} <= set(names)
    assert not {"D.<init>", "D.<clinit>"} & set(names)
