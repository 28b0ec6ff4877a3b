"""Files that do not parse."""

import pytest

from tests.unit.review.names.conftest import Names

TRUE = {
    "an open bracket": ("a.py", "x = 1\n", "x = 1\ny = (1,\nz = 2\n"),
    "a missing colon": ("a.py", "def f():\n    pass\n", "def f()\n    pass\n"),
    "an indentation": ("a.py", "x = 1\n", "x = 1\n    y = 2\n"),
    "a return outside": ("a.py", "x = 1\n", "x = 1\nreturn x\n"),
    "a parameter twice": ("a.py", "def f(a): pass\n", "def f(a, a): pass\n"),
    "a default before a parameter": ("a.py", "def f(a): pass\n", "def f(a=1, b): pass\n"),
    "a conflict": ("a.py", "x = 1\n", "<<<<<<< ours\nx = 1\n=======\nx = 2\n>>>>>>> theirs\n"),
    "a conflict in JavaScript": ("a.js", "a();\n", "<<<<<<< ours\na();\n=======\nb();\n>>>>>>> theirs\n"),
    "JavaScript": ("a.js", "function f() { return 1; }\n", "function f() { return 1; \n"),
    "TypeScript": ("a.ts", "const a: number = 1;\n", "const a: number = = 1;\n"),
    "Go": ("a.go", "package a\n\nfunc f() {}\n", "package a\n\nfunc f( {}\n"),
    "Java": ("A.java", "class A { void f() {} }\n", "class A { void f( {} }\n"),
    "Rust": ("a.rs", "fn f() {}\n", "fn f( {}\n"),
    "a new file": ("a.py", None, "def f(:\n    pass\n"),
}
SILENT = {
    "Python 2": ("a.py", "print('a')\n", "print 'a'\n"),
    "Python 2's handler": ("a.py", None, "try:\n    x\nexcept ValueError, e:\n    print e\n"),
    "newer Python": ("a.py", "x = 1\n", "type A = int\ndef f[T](x: T) -> T:\n    return x\nclass B[T]: pass\n"),
    "newer f-strings": ("a.py", None, "a = {}\nprint(f'{a['b']}')\n"),
    "a template": ("a.py", None, "{% if x %}\nx = 1\n{% endif %}\n"),
    "broken before": ("a.py", "def f(:\n", "def f(:\n    pass\n"),
    "Flow": ("a.js", None, "// @flow\nimport typeof X from './x';\nconst f = (x: ?number): %checks => true;\n"),
    "JSX": ("a.jsx", None, "export const A = () => <div a={1}>{'x'}</div>;\n"),
    "types": ("a.ts", None, "type A<T> = T extends infer U ? U : never;\nenum B { C = 1 }\n"),
    "an empty file": ("a.py", None, ""),
    "null bytes": ("a.py", None, "x = 1\0\n"),
    "a byte order mark": ("a.py", None, "\ufeffx = 1\n"),
}


@pytest.mark.parametrize("case", TRUE)
def test_a_file_that_does_not_parse_is_found(names: Names, case: str) -> None:
    """One finding names the line."""
    path, before, after = TRUE[case]
    found = names({} if before is None else {path: before}, {path: after})
    assert [one.rule for one in found] == ["names/parse-error"]
    assert found[0].line > 0


@pytest.mark.parametrize("case", SILENT)
def test_what_another_version_may_read_is_not_found(names: Names, case: str) -> None:
    """Older and newer syntax, templates, and what was broken before are not reported."""
    path, before, after = SILENT[case]
    found = names({} if before is None else {path: before}, {path: after})
    assert [one for one in found if one.rule == "names/parse-error"] == []
