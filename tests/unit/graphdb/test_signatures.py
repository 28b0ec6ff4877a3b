"""The parameters of a signature are read as a caller sees them, in each language."""

import pytest

from yantra_bot.domain.graph import Language, NodeKind, Span, Symbol
from yantra_bot.graphdb.signatures import Signature, read_signature


def read(
    text: str,
    language: Language,
    *,
    kind: NodeKind = NodeKind.FUNCTION,
    decorators: tuple[str, ...] = (),
    names: tuple[str, str] = ("f", "m.f"),
) -> Signature:
    span = Span(1, 0, 2, 0)
    return read_signature(Symbol("k", kind, *names, "m", span, language, None, text, decorators=decorators))


def shown(text: str, language: Language, kind: NodeKind = NodeKind.FUNCTION) -> str:
    signature = read(text, language, kind=kind)
    parts = [
        f"{item.name}{'?' if item.has_default else ''}:{item.annotation}[{item.passing.name}]"
        for item in signature.parameters
    ]
    return f"{' '.join(parts)} -> {signature.returns}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def f()", " -> "),
        ("def f(a, b: int = 1) -> dict[str, int]:", "a:[ANY] b?:int[ANY] -> dict[str, int]"),
        ("def f(a, /, b, *, c, **kw)", "a:[POSITION] b:[ANY] c:[NAME] kw?:[DOUBLE_STAR] -> "),
        ("def f(*args: int, c=(1, 2))", "args?:int[STAR] c?:[NAME] -> "),
        ('def f(a=\'x, (\', b="\\",", c=lambda x, y: x < y)', "a?:[ANY] b?:[ANY] c?:[ANY] -> "),
        ("def f[T: (int, str)](a: T)", "a:T[ANY] -> "),
        ("f(a,\n  b = {1: 2})", "a:[ANY] b?:[ANY] -> "),
    ],
)
def test_python(text: str, expected: str) -> None:
    """Markers, stars, defaults with brackets and strings, type parameters."""
    assert shown(text, Language.PYTHON) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (Language.JAVASCRIPT, "function f(a, b = 1, ...rest)", "a:[POSITION] b?:[POSITION] rest?:[STAR] -> "),
        (Language.JAVASCRIPT, "f = async ({a, b} = {}, c) =>", "{a, b}?:[POSITION] c:[POSITION] -> "),
        (Language.TYPESCRIPT, "f<T>(this: X, a?: Map<string, T>): void", "a?:Map<string, T>[POSITION] -> void"),
        (Language.TYPESCRIPT, "f(private a: () => void, b: T)", "a:() => void[POSITION] b:T[POSITION] -> "),
        (
            Language.GO,
            "func (r *T) f(a, b int, opts ...Option) error",
            "a:int[POSITION] b:int[POSITION] opts?:...Option[STAR] -> error",
        ),
        (Language.GO, "func f(int, func (x int) bool)", ":int[POSITION] :func (x int) bool[POSITION] -> "),
        (
            Language.RUST,
            "fn f<'a, F: Fn(A) -> B>(&'a mut self, x: &'a F) -> Vec<B> where F: X",
            "x:&'a F[POSITION] -> Vec<B>",
        ),
        (
            Language.JAVA,
            "public static <T> List<T> f(final Map<K, V> m, T... rest)",
            "m:Map<K, V>[POSITION] rest?:T...[STAR] -> List<T>",
        ),
    ],
)
def test_other_languages(language: Language, text: str, expected: str) -> None:
    """Receivers and modifiers are no parameters; types may hold commas and arrows."""
    assert shown(text, language) == expected


@pytest.mark.parametrize(
    ("language", "names", "text", "expected"),
    [
        (Language.JAVA, ("<init>", "p.J.J.<init>"), '@SuppressWarnings("deprecation") // made public J()', []),
        (Language.JAVA, ("<init>", "p.J.J.<init>"), '@Named("J") @J(1) public J(@Nullable int a)', ["a"]),
        (Language.JAVA, ("f", "p.J.J.f"), '@Named("f(x)") @f(1) public <T> T f(T a, T b)', ["a", "b"]),
        (Language.RUST, ("S.f", "p.S.f"), "pub(super) fn f(&self, a: i32) -> i32", ["a"]),
        (Language.RUST, ("f", "p.f"), "pub(in crate::f) fn f(a: i32)", ["a"]),
        (Language.TYPESCRIPT, ("default", "m.default"), "function (a: Date)", ["a"]),
        (Language.JAVASCRIPT, ("A.f", "m.A.f"), "A.prototype.f = function (a)", ["a"]),
    ],
)
def test_what_stands_before_the_name_is_no_list(
    language: Language, names: tuple[str, str], text: str, expected: list[str]
) -> None:
    """Annotations, their comments and restricted visibilities have brackets of their own."""
    signature = read(text, language, names=names)
    assert signature.is_known
    assert [item.name for item in signature.parameters] == expected


def test_a_constructor_without_a_list_is_unknown() -> None:
    """A record's short constructor takes what the record declares: an annotation's bracket is not that."""
    text = '@SuppressWarnings("x") public'
    assert read(text, Language.JAVA, names=("<init>", "p.R.R.<init>")) == Signature()


def test_the_receiver_of_a_method_is_no_parameter() -> None:
    """Unless the method is static."""
    assert shown("def f(self, a)", Language.PYTHON, NodeKind.METHOD) == "a:[ANY] -> "
    static = read("def f(a)", Language.PYTHON, kind=NodeKind.METHOD, decorators=("staticmethod",))
    assert [item.name for item in static.parameters] == ["a"]


@pytest.mark.parametrize("text", ["", "f", "def f(", "def f(a, (b", "((((", "f('", "class f"])
def test_what_is_no_signature_is_unknown(text: str) -> None:
    """A text without a closed list of parameters says nothing, and is no error."""
    assert read(text, Language.PYTHON) == Signature()


def test_async_is_seen() -> None:
    """A coroutine is called in another way."""
    assert read("async def f()", Language.PYTHON).is_async
