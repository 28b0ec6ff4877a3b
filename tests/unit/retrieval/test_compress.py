"""Compressed source says the same to a parser, keeps every string, and cannot be mistaken for a file's text."""

import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.fakes.syntax_trees import tree_of
from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.languages import language_of
from yantra_bot.retrieval.compress import NOTE, SCANS, compress
from yantra_bot.retrieval.compression.grammar_scan import scan_by_grammar
from yantra_bot.retrieval.compression.spans import NotSure

ROOT = Path(__file__).parents[3]
SUFFIXES = {
    Language.PYTHON: ".py",
    Language.JAVASCRIPT: ".js",
    Language.TYPESCRIPT: ".ts",
    Language.GO: ".go",
    Language.RUST: ".rs",
    Language.JAVA: ".java",
}


def sources() -> list[Path]:
    """The programs that graphs are tried on, and every fourth of this repository's own files."""
    own = [path for place in ("yantra_bot", "benchmarks", "tests/unit") for path in files_of(ROOT / place)]
    return [*files_of(ROOT / "tests" / "graph_programs"), *own[::4]]


def files_of(place: Path) -> list[Path]:
    found = (path for path in sorted(place.rglob("*")) if language_of(path.name) is not None)
    return [path for path in found if path.suffix != ".pyi"]


@pytest.mark.parametrize("language", list(Language))
def test_real_files_keep_their_trees(language: Language) -> None:
    """Every file that parses says the same afterwards, and none grows."""
    seen = 0
    for path in sources():
        text = path.read_bytes().decode("utf-8", "replace")
        if language_of(path.name) is not language or (tree := tree_of(text, path.name)) is None:
            continue
        seen += 1
        short = compress(text, path.name)
        assert tree_of(short.shown, path.name) == tree, path
        assert len(short.shown) <= len(text), path
        assert compress(short.shown, path.name).shown == short.shown, path
    assert seen >= 20


@pytest.mark.parametrize("language", list(Language))
def test_a_scan_finds_what_the_grammar_finds(language: Language) -> None:
    """Where a scan is sure, its comments are the grammar's."""
    sure = 0
    for path in sources():
        if language_of(path.name) is not language or path.suffix in (".jsx", ".tsx"):
            continue
        text = path.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")
        try:
            scanned, parsed = SCANS[language](text), scan_by_grammar(text, path.name, language)
        except NotSure:
            continue
        sure += 1
        assert scanned.comments == parsed.comments, path
    assert sure >= 20


PYTHON_PIECES = (
    *(
        "x = 1",
        "# note",
        "  # note",
        "    ",
        "\n",
        "\n",
        "\n",
        "if x:",
        "    y = 2",
        "        z = 3",
        "'a # b'",
        "\r\n",
    ),
    *(
        '"""doc\n  # in\n"""',
        "r'\\'",
        "f'{x!r:#x}'",
        'f"{y}"',
        "(",
        ")",
        "[1,\n     2]",
        "\\\n",
        "\t",
        "\f",
        "pass",
        "é漢",
    ),
    *(
        "def f():",
        "return",
        "# type: int",
        "'",
        '"',
        '"""',
        "b'''x\n#'''",
        "lambda: 0",
        ";",
        "class A:",
        "   three = 3",
    ),
    *(":", "#!/x", "else:"),
)
BRACE_PIECES = (
    *("x = 1;", "// note", "/* a */", "/* a\n b */", "\n", "\n", "    ", "{", "}", "(", ")", '"a // b"', "'c'", "'\"'"),
    *(
        '"\\""',
        "`raw\n // x`",
        "a / b",
        '/re[/]"/g',
        "return",
        "/",
        "*/",
        "/*",
        "//",
        "x++",
        "${",
        "`",
        "`t${a + `u`}v`",
    ),
    *(
        "'",
        '"',
        "/** doc */",
        "/// doc",
        "//! in",
        'r#"x"y"#',
        "'a",
        "b'x'",
        '"""\n t " \n"""',
        "\\",
        "\t",
        "fn f() {}",
        "é漢",
    ),
    *(
        "func f() {}",
        "let y = 2",
        "=>",
        "<a>",
        "</a>",
        "//go:build x\n",
        "if (x) ",
        ";",
        "\u2028",
        "/* /* */ */",
        "package p",
    ),
    'import "C"',
)


@example("x = 1# type: int    ")
@settings(max_examples=250, deadline=None)
@given(st.lists(st.sampled_from(PYTHON_PIECES), max_size=25).map("".join))
def test_any_python_that_parses_keeps_its_tree(text: str) -> None:
    """Strings, continued lines, tabs, form feeds, any indent; a text that does not parse does no harm."""
    short = compress(text, "x.py")
    tree = tree_of(text, "x.py")
    if tree is not None:
        assert tree_of(short.shown, "x.py") == tree


@pytest.mark.parametrize("language", [one for one in Language if one is not Language.PYTHON])
@example(start="#!x 'y\n", body="/x = 1;// note")
@settings(max_examples=250, deadline=None)
@given(start=st.sampled_from(["", "#!x 'y\n"]), body=st.lists(st.sampled_from(BRACE_PIECES), max_size=20).map("".join))
def test_any_text_with_braces_keeps_its_tree(language: Language, start: str, body: str) -> None:
    """Whatever parses in one of the five says the same afterwards."""
    path, text = f"x{SUFFIXES[language]}", start + body
    tree = tree_of(text, path)
    short = compress(text, path)
    if tree is not None and "\u2028" not in text:
        assert tree_of(short.shown, path) == tree


@settings(max_examples=200, deadline=None)
@given(text=st.text(), suffix=st.sampled_from([".py", ".js", ".tsx", ".go", ".rs", ".java", ".md", ""]))
def test_no_text_makes_it_fail(text: str, suffix: str) -> None:
    """Rubbish, lone surrogates and control signs come back, as they are where nothing is sure."""
    short = compress(text, f"x{suffix}")
    assert short.is_compressed or short.shown == text


def samples() -> list[tuple[str, str, str]]:
    """Return name, text and what is shown of each sample."""
    blocks = Path(__file__).with_name("compress_samples.txt").read_text("utf-8").split("===== ")[1:]
    return [(block.partition("\n")[0], *block.partition("\n")[2].split("----- shown\n")) for block in blocks]


@pytest.mark.parametrize(("path", "text", "shown"), samples())
def test_known_texts(path: str, text: str, shown: str) -> None:
    """What goes and what stays."""
    short = compress(text, path)
    assert short.shown == shown
    assert (short.note == NOTE) == short.is_compressed == (shown != text)


@pytest.mark.parametrize(
    ("path", "text", "why"),
    [
        ("a.py", "x = 1\n", "nothing to shorten"),
        ("a.py", "x = 1\r\n# stays\ny = 2\n", "line ends are mixed"),
        ("a.py", "x = 1\r# stays\ry = 2", "line ends are mixed"),
        ("a.py", "def f(:\n  # x\n  '\n", "does not parse"),
        ("a.js", "let a = (`${b\n// x\n", "does not parse"),
        ("a.rs", "/* a /* b */\n", "does not parse"),
        ("a.go", 'package a\n\n// #include <x.h>\nimport "C"\n', "a program in C|is a program"),
        ("a.java", "class A { char c = '\\u0022'; } // stays\n", "written as escapes"),
        ("a.md", "# Title\n", "no language"),
        ("a.py", "'" * 2 + "\0\1\2\3 # x\n", "every sign"),
        ("a.py", "'\n# x" + "\n" * 1_100_000, "too large"),
    ],
)
def test_what_is_not_sure_is_left_as_it_is(path: str, text: str, why: str) -> None:
    """And told."""
    short = compress(text, path)
    assert short.shown == text
    assert not short.is_compressed
    assert re.search(why, short.note)


def test_windows_line_ends_stay() -> None:
    """Every line ends as it did."""
    assert compress("if x:\r\n    # gone\r\n    y = 1\r\n", "a.py").shown == "if x:\r\n y = 1\r\n"


def test_templates_that_are_nested_too_deeply_are_the_grammars() -> None:
    """No depth of nesting ends the scan with an error of the interpreter."""
    text = "`${" * 200 + "a" + "}`" * 200 + " // gone\n"
    assert compress(text, "a.js").shown == text.replace(" // gone", "")
    assert compress("`${" * 100_000, "a.js").shown == "`${" * 100_000


def test_it_is_no_text_of_a_file() -> None:
    """Who puts it where text is edited gets an error that says the cure."""
    short = compress("x = 1  # one\n", "a.py")
    with pytest.raises(TypeError, match=r"\.shown"):
        str(short)
    with pytest.raises(TypeError, match=r"\.shown"):
        f"{short}"
    assert not isinstance(short, str)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.js", ")/[" * 100_000),
        ("a.js", "/**/" * 100_000 + "/"),
        ("a.js", ")/a" * 100_000),
        ("a.js", "`${`" * 100_000),
        ("a.rs", "/*" * 200_000),
        ("a.rs", "r#" * 100_000 + '"'),
        ("a.py", '"""\n' * 99_999),
        ("a.py", "'\\\n" * 100_000),
        ("a.go", "'" * 200_000),
        ("a.java", '"' * 200_001),
    ],
    ids=lambda one: one[:6],
)
def test_hostile_text_is_done_with_soon(path: str, text: str) -> None:
    """No text makes the patterns go over it again and again; the test's own time limit is the bound."""
    assert compress(text, path).note
