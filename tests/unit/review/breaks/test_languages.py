"""The other languages: what breaks and what does not in TypeScript, JavaScript, Go, Java and Rust."""

from collections.abc import Callable

import pytest

Told = Callable[[dict[str, str], dict[str, str]], list[str]]
Files = dict[str, str]

TS = {
    "mod.ts": "export const K = 3;\n"
    "export function f(a: number, b: string = ''): number { return a; }\n"
    "export class B {\n  constructor(public z: number) {}\n  m(x: number): void {}\n}\n",
    "index.ts": "export { f } from './mod';\n",
    "use.ts": "import { f } from './index';\nimport { B, K } from './mod';\n"
    "export function go(b: B) {\n  f(1);\n  b.m(3);\n  new B(3).m(2);\n  return K;\n}\n",
}
JS = {
    "mod.js": "export function f(a, b) {}\nexport class P { m(a) {} }\n",
    "use.js": "import { f, P } from './mod.js';\nf(1);\nnew P().m(2);\n",
}
GO = {
    "go.mod": "module ex.com/p\n",
    "a/a.go": "package a\n\nconst K = 3\n\ntype T struct{ N int }\n\nfunc (t *T) M(x int) int { return x }\n\n"
    'func F(a int, b string) (int, error) { return a, nil }\n\nfunc G() (int, string) { return 1, "" }\n',
    "b/b.go": 'package b\n\nimport "ex.com/p/a"\n\nfunc Go() {\n\tx, _ := a.F(1, "s")\n\tt := a.T{N: x}\n\tt.M(a.K)\n'
    "\ta.F(a.G())\n}\n",
}
JAVA = {
    "x/A.java": "package x;\npublic class A {\n  public static final int K = 3;\n  public A(int q) {}\n"
    "  public int m(int a, String b) { return a; }\n  public static void s() {}\n}\n",
    "x/Use.java": 'package x;\nclass Use {\n  int go(A a) {\n    A.s();\n    new A(1).m(A.K, "s");\n'
    '    return a.m(1, "q");\n  }\n}\n',
}
RUST = {
    "src/lib.rs": "pub mod m;\npub const K: i32 = 1;\npub struct S { pub a: i32 }\n"
    "impl S { pub fn new(a: i32) -> S { S { a } } pub fn m(&self, x: i32) -> i32 { x } }\n"
    "pub fn f(a: i32) -> i32 { a }\n",
    "src/m.rs": "use crate::{f, S};\npub fn go() {\n  f(1);\n  let s = S::new(2);\n  s.m(crate::K);\n}\n",
}

JAVA_OUTSIDE = {
    "x/A.java": "package x;\nimport java.net.*;\nclass A extends URLClassLoader implements Runnable {\n"
    "  @Override public void run() {\n    load(1);\n  }\n"
    "  void load(int a) {}\n  @Override public URL findResource(String s) { return null; }\n}\n",
    "x/B.java": "package x;\nclass B implements AutoCloseable {\n  @Override public void close() {}\n"
    "  void put(int a) {}\n  void go() {\n    put(1);\n    close();\n  }\n}\n",
    "x/C.java": "package x;\nclass C {\n  C(int a, int b) {}\n  static boolean is(int a, int b) { return true; }\n"
    "  static void go() {\n    is(1, 2);\n  }\n}\n",
}
TS_PRIVATE = {
    "mod.ts": "function part(a: number) { return a; }\nexport function f(a: number) {\n  return part(a);\n}\n",
    "use.ts": "import { f } from './mod';\nf(1);\n",
}

JAVA_SORT = {
    "x/L.java": "package x;\nimport java.util.*;\nclass L<E> extends AbstractList<E> {\n"
    "  private final ArrayList<E> delegate = new ArrayList<>();\n"
    "  @Override public void sort(Comparator<? super E> c) {\n    delegate.sort(c);\n  }\n}\n",
    "x/Use.java": "package x;\nimport java.util.*;\nclass Use {\n  static int order(Use a, Use b) { return 1; }\n"
    "  void go() {\n    new L<Use>().sort(Use::order);\n  }\n}\n",
}
RUST_VISIBLE = {
    "src/lib.rs": "mod a;\nmod b;\npub struct S { pub a: i32 }\n",
    "src/a.rs": "use crate::S;\nimpl S {\n  pub(super) fn flag(&self) -> i32 { 1 }\n}\n",
    "src/b.rs": "use crate::S;\npub fn go(s: &S) -> i32 {\n  s.flag()\n}\n",
}


def edit(files: Files, path: str, old: str, new: str) -> tuple[Files, Files]:
    """Return the files before and after a replacement in one of them."""
    assert old in files[path]
    return files, {**files, path: files[path].replace(old, new)}


TRUE = {
    "ts: a parameter is new": (*edit(TS, "mod.ts", "f(a: number", "f(q: Date, a: number"), ["use.ts:4"]),
    "ts: a parameter is gone": (*edit(TS, "mod.ts", "m(x: number)", "m()"), ["use.ts:5 use.ts:6"]),
    "ts: a constructor": (*edit(TS, "mod.ts", "z: number)", "z: number, q: Date)"), ["use.ts:6"]),
    "ts: a function was renamed": (*edit(TS, "mod.ts", "function f", "function ff"), ["index.ts:1 use.ts:1 use.ts:4"]),
    "ts: a constant is gone": (*edit(TS, "mod.ts", "export const K = 3;", ""), ["use.ts:2 use.ts:7"]),
    "ts: it is not exported any more": (*edit(TS, "mod.ts", "export const K", "const K"), ["use.ts:2"]),
    "ts: a method was renamed": (*edit(TS, "mod.ts", "m(x", "mm(x"), ["use.ts:5 use.ts:6"]),
    "ts: a promise is looked into": (
        {**TS, "use.ts": "import { f } from './mod';\nf(1).toFixed();\n"},
        {
            **TS,
            "mod.ts": TS["mod.ts"].replace("export function f", "export async function f").replace("number {", "any {"),
            "use.ts": "import { f } from './mod';\nf(1).toFixed();\n",
        },
        ["use.ts:2"],
    ),
    "ts: a condition that says what asks first in Python": (
        {**TS, "use.ts": "import { f } from './index';\nif (name === 'type-signature') {\n  f(1);\n}\n"},
        {
            **TS,
            "mod.ts": TS["mod.ts"].replace("f(a: number", "f(q: Date, a: number"),
            "use.ts": "import { f } from './index';\nif (name === 'type-signature') {\n  f(1);\n}\n",
        },
        ["use.ts:3"],
    ),
    "js: a function was renamed": (*edit(JS, "mod.js", "f(a", "g(a"), ["use.js:1 use.js:2"]),
    "js: a method was renamed": (*edit(JS, "mod.js", "m(a)", "n(a)"), ["use.js:3"]),
    "go: a parameter is gone": (*edit(GO, "a/a.go", "F(a int, b string)", "F(a int)"), ["b/b.go:6"]),
    "go: a parameter is new": (*edit(GO, "a/a.go", "M(x int)", "M(x, y int)"), ["b/b.go:8"]),
    "go: a function was renamed": (*edit(GO, "a/a.go", "func F", "func FF"), ["b/b.go:6 b/b.go:9"]),
    "go: a method was renamed": (*edit(GO, "a/a.go", ") M(", ") MM("), ["b/b.go:8"]),
    "go: a constant was renamed": (*edit(GO, "a/a.go", "const K", "const KK"), ["b/b.go:8"]),
    "go: another number of results": (
        *edit(GO, "a/a.go", "(int, error) { return a, nil }", "int { return a }"),
        ["b/b.go:6"],
    ),
    "java: a parameter is gone": (*edit(JAVA, "x/A.java", "int a, String b", "int a"), ["x/Use.java:5 x/Use.java:6"]),
    "java: a parameter is new": (*edit(JAVA, "x/A.java", " s()", " s(int q)"), ["x/Use.java:4"]),
    "java: a constructor": (*edit(JAVA, "x/A.java", "A(int q)", "A()"), ["x/Use.java:5"]),
    "java: a method was renamed": (*edit(JAVA, "x/A.java", " m(", " mm("), ["x/Use.java:5 x/Use.java:6"]),
    "java: a constant was renamed": (*edit(JAVA, "x/A.java", " K =", " KK ="), ["x/Use.java:5"]),
    "java: a result is nothing": (*edit(JAVA, "x/A.java", "public int m", "public void m"), ["x/Use.java:6"]),
    "java: its class has a base from outside": (
        *edit(JAVA_OUTSIDE, "x/A.java", "void load(int a) {}", "void loaded(int a) {}"),
        ["x/A.java:5"],
    ),
    "java: a call that a base from outside has nothing for": (
        *edit(JAVA_OUTSIDE, "x/A.java", "    load(1)", "    load(1, null)"),
        ["x/A.java:7"],
    ),
    "java: its class has an interface from outside": (
        *edit(JAVA_OUTSIDE, "x/B.java", "void put(", "void seeded("),
        ["x/B.java:6"],
    ),
    "java: a constructor that takes as many": (
        *edit(JAVA_OUTSIDE, "x/C.java", "boolean is(int a", "boolean is(long q, int a"),
        ["x/C.java:6"],
    ),
    "ts: a function that is not exported was renamed": (
        *edit(TS_PRIVATE, "mod.ts", "function part", "function piece"),
        ["mod.ts:3"],
    ),
    "rust: a parameter is new": (*edit(RUST, "src/lib.rs", "f(a: i32)", "f(a: i32, b: i32)"), ["src/m.rs:3"]),
    "rust: a parameter is gone": (*edit(RUST, "src/lib.rs", "&self, x: i32", "&self"), ["src/m.rs:5"]),
    "rust: a function was renamed": (*edit(RUST, "src/lib.rs", "fn f", "fn g"), ["src/m.rs:1 src/m.rs:3"]),
    "rust: a constant was renamed": (*edit(RUST, "src/lib.rs", "const K", "const L"), ["src/m.rs:5"]),
}
SILENT = {
    "java: a base from outside may have what it overrode": edit(
        {**JAVA_OUTSIDE, "x/A.java": JAVA_OUTSIDE["x/A.java"].replace("load(1)", 'findResource("a")')},
        "x/A.java",
        "URL findResource(",
        "URL found(",
    ),
    "java: an interface from outside has it": edit(JAVA_OUTSIDE, "x/B.java", "void close()", "void shut()"),
    "java: it comes from the library now": (
        JAVA_OUTSIDE,
        {
            **JAVA_OUTSIDE,
            "x/A.java": JAVA_OUTSIDE["x/A.java"]
            .replace("import java.net.*;", "import java.net.*; import static java.lang.System.load;")
            .replace("  void load(int a) {}\n", ""),
        },
    ),
    "ts: the surroundings have a global of this name": (
        {**TS_PRIVATE, "mod.ts": TS_PRIVATE["mod.ts"].replace("part", "fetch")},
        {**TS_PRIVATE, "mod.ts": "export function f(a: number) {\n  return fetch(a);\n}\n"},
    ),
    "ts: a script gives it to all": (
        TS_PRIVATE,
        {
            **TS_PRIVATE,
            "mod.ts": "export function f(a: number) {\n  return part(a);\n}\n",
            "globals.d.ts": "declare function part(a: number): number;\n",
        },
    ),
    "ts: an optional parameter is new": edit(TS, "mod.ts", "b: string = ''", "b: string = '', c?: Date"),
    "ts: it comes from elsewhere": (
        TS,
        {
            **TS,
            "mod.ts": TS["mod.ts"].replace("export const K = 3;", "export { K } from './k';"),
            "k.ts": "export const K = 3;\n",
        },
    ),
    "ts: only the body changed": edit(TS, "mod.ts", "return a;", "return a + 1;"),
    "js: another number of parameters": edit(JS, "mod.js", "f(a, b)", "f(a, b, c)"),
    "js: fewer parameters": edit(JS, "mod.js", "m(a)", "m()"),
    "go: what it is given is unpacked": edit(GO, "a/a.go", "G() (int, string)", "G() (x int, y string)"),
    "go: it went to another file of its package": (
        GO,
        {**GO, "a/a.go": GO["a/a.go"].replace("const K = 3\n", ""), "a/k.go": "package a\n\nconst K = 3\n"},
    ),
    "go: any number is taken": (
        {**GO, "b/b.go": GO["b/b.go"].replace("\ta.F(a.G())\n", "")},
        {
            **GO,
            "a/a.go": GO["a/a.go"].replace("F(a int, b string)", "F(a int, b ...string)"),
            "b/b.go": GO["b/b.go"].replace("\ta.F(a.G())\n", ""),
        },
    ),
    "java: another overload takes it": edit(
        JAVA, "x/A.java", "  public int m(", "  public int m() { return 1; }\n  public int m("
    ),
    "java: it is inherited now": (
        JAVA,
        {
            **JAVA,
            "x/A.java": JAVA["x/A.java"].replace("  public static void s() {}\n", "").replace(" A {", " A extends Z {"),
            "x/Z.java": "package x;\nclass Z {\n  public static void s() {}\n}\n",
        },
    ),
    "java: an annotation has a bracket of its own": (
        JAVA,
        {
            **JAVA,
            "x/B.java": "package x;\nclass B {\n  @SuppressWarnings(\"deprecation\") // of what it extends\n"
            "  B() {}\n  static B of() { return new B(); }\n}\n",
        },
    ),
    "java: what the library calls back is not what is named": (
        JAVA_SORT,
        {**JAVA_SORT, "x/L.java": JAVA_SORT["x/L.java"].replace("delegate.sort(c);", "this.delegate.sort(c);")},
    ),
    "rust: a visibility has a bracket of its own": (
        RUST_VISIBLE,
        {**RUST_VISIBLE, "src/b.rs": RUST_VISIBLE["src/b.rs"].replace("s.flag()", "s.flag() + 1")},
    ),
    "rust: only the body changed": edit(RUST, "src/lib.rs", "{ a }\n", "{ a + 1 }\n"),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after", "expected"), TRUE.values(), ids=TRUE)
def test_places_that_break_are_named(told: Told, before: Files, after: Files, expected: list[str]) -> None:
    """Each place that a compiler or the run would refuse is named."""
    assert [one.partition(": ")[2] for one in told(before, after)] == expected


@pytest.mark.parametrize(("before", "after"), SILENT.values(), ids=SILENT)
def test_places_that_may_work_are_not(told: Told, before: Files, after: Files) -> None:
    """What still compiles, or may, is no finding."""
    assert told(before, after) == []


def test_a_call_of_java_that_no_method_takes_is_named(told: Told) -> None:
    """An edited call is held against the one method of its name that the line called before."""
    before, after = edit(JAVA, "x/Use.java", 'a.m(1, "q")', 'a.m(1, "q", null)')
    assert told(before, after) == ["wrong-arguments x.A.A.m: x/A.java:5"]
    before, after = edit(JAVA, "x/Use.java", 'a.m(1, "q")', 'a.m(2, "r")')
    assert told(before, after) == []
