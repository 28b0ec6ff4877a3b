"""How packages find files."""

from yantra_bot.graphdb.languages import java

FILES = {
    "src/main/java/com/x/A.java": b"// com\npackage com.x;\nclass A {}",
    "src/test/java/com/x/ATest.java": b"package com . x ;",
    "src/main/java/com/y/B.java": b"@Deprecated package com.y;",
    "Main.java": b"class Main {}",
    "Other.java": b"class Other {}",
    "sub/Third.java": b"class Third {}",
}


def linker():
    return java.make_linker(tuple(FILES), lambda path: FILES.get(path))


def test_a_package_is_all_files_that_declare_it() -> None:
    """Wherever they lie: tests are beside the code."""
    found = linker().locate("Main.java", "com.x")
    assert found == ("src/main/java/com/x/A.java", "src/test/java/com/x/ATest.java")
    assert linker().locate("Main.java", "java.util") is None
    assert linker().external("Main.java", "java.util") == "java.util"


def test_a_class_is_the_file_of_its_name() -> None:
    """A class that no file is named after may be in any file of its package."""
    assert linker().locate("Main.java", "com.y.B") == ("src/main/java/com/y/B.java",)
    assert linker().locate("Main.java", "com.y.Hidden") == ("src/main/java/com/y/B.java",)
    assert linker().external("Main.java", "java.util.List") == "java.util"
    assert linker().submodule(("Main.java",), "x") is None


def test_files_of_a_package_see_each_other() -> None:
    """Files without a package see those of their own folder."""
    assert linker().siblings("src/main/java/com/x/A.java") == ("src/test/java/com/x/ATest.java",)
    assert linker().siblings("Main.java") == ("Other.java",)
    assert linker().siblings("missing.java") == ()


def test_a_file_that_vanished_has_no_package() -> None:
    """It is no reason to stop."""
    gone = java.make_linker(("a/A.java",), lambda _path: None)
    assert gone.locate("a/A.java", "a") is None
