"""What a text names is read out of it, in time that grows with its length alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yantra_bot.retrieval.cues import MAX_CUES, MAX_TEXT, Place, find_cues

PYTHON = """Traceback (most recent call last):
  File "/srv/app/shop/cart.py", line 12, in add
    self.check(item)
  File "C:\\\\shop\\\\stock.py", line 40, in check
    raise Gone(item)
shop.errors.Gone: it
"""
SCRIPT = """TypeError: undefined is not a function
    at Cart.add [as put] (/srv/app/src/cart.js:10:15)
    at async Promise.all (index 0)
    at new Shop (webpack:///./src/shop.ts:4:2)
    at /srv/app/src/main.js:1:1
"""
JAVA = """java.lang.IllegalStateException: empty
\tat com.shop.Cart$Line.add(Cart.java:31)
\tat java.base/java.util.ArrayList.forEach(ArrayList.java:1511)
\tat com.shop.Main.<init>(Main.java:7)
"""


def test_frames_of_python_stand_innermost_last() -> None:
    """With file, line and function."""
    assert find_cues(PYTHON).frames == (
        Place("/srv/app/shop/cart.py", 12, "add"),
        Place("C:\\\\shop\\\\stock.py", 40, "check"),
    )


def test_frames_of_javascript_are_turned_round() -> None:
    """Node prints the innermost first; native frames have no place."""
    assert find_cues(SCRIPT).frames == (
        Place("/srv/app/src/main.js", 1, ""),
        Place("webpack:///./src/shop.ts", 4, "Shop"),
        Place("/srv/app/src/cart.js", 10, "Cart.add [as put]"),
    )


def test_frames_of_java_have_the_folder_of_their_package() -> None:
    """A module's name before a slash is no part of it."""
    assert find_cues(JAVA).frames == (
        Place("com/shop/Main.java", 7, "<init>"),
        Place("java/util/ArrayList.java", 1511, "forEach"),
        Place("com/shop/Cart.java", 31, "add"),
    )


@pytest.mark.parametrize("text", [PYTHON, SCRIPT, JAVA])
def test_frames_are_read_however_a_forge_hands_them_on(text: str) -> None:
    """With the line ends of a browser, and quoted as in an e-mail."""
    frames = find_cues(text).frames
    assert find_cues(text.replace("\n", "\r\n")).frames == frames
    assert find_cues("".join(f"> {line}\n" for line in text.splitlines())).frames == frames


def test_paths_are_named_with_their_lines() -> None:
    """A colon or a link's fragment gives the line; a web page is no file of the tree."""
    text = "See src/app/cart.py:12, lib/shop.js#L40, (`docs/index.md`), ./setup.cfg and a.b.c."
    assert find_cues(text).places == (
        Place("src/app/cart.py", 12),
        Place("lib/shop.js", 40),
        Place("docs/index.md"),
        Place("./setup.cfg"),
    )


def test_names_that_are_written_like_code_are_identifiers() -> None:
    """Quoted, called, or of several parts; plain words are words alone."""
    cues = find_cues("The `cart` breaks when add_item() or getTotal is called on Session.request after login.")
    assert cues.identifiers == {"cart", "add_item", "getTotal", "Session", "request"}
    assert {"login", "breaks", "called"} <= cues.words
    assert cues.pairs == {("Session", "request")}


def test_pairs_are_owner_and_name() -> None:
    """In the ways of writing of each language."""
    cues = find_cues("`shop::Cart::add`, Shop#find, a.Cart.drop(x) end")
    assert {("Cart", "add"), ("Shop", "find"), ("Cart", "drop")} <= cues.pairs


HOSTILE = {
    "one long word": "a",
    "backticks": "`",
    "parentheses": "(",
    "dots": ".",
    "slashes": "/",
    "line ends": "\n",
    "blank lines": " \n",
    "hyphens": "a-",
    "dotted": "a.",
    "folders": "a/",
    "calls": "a(",
    "suffixes": ".py",
    "quoted words": "`a ",
    "long quotes": "`" + "a" * 199,
    "script frames": "at " + "a " * 150 + "\n",
    "script frames with places": "at " + "a" * 150 + " (" + "b" * 300 + "\n",
    "places": "at " + ":1" * 400 + "\n",
    "java frames": " at " + "a." * 250 + "\n",
    "long java frames": "at " + "a" * 300 + "." + "b" * 200 + "\n",
    "modules": "at " + "a/" * 100,
    "python frames": 'File "' + "a" * 399,
    "underscores": "_",
    "accents": "é",
}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("part", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_read_in_linear_time(part: str) -> None:
    """60,000 characters that make a careless pattern begin again at each of them: minutes, once."""
    cues = find_cues(part * (MAX_TEXT // len(part) + 1))
    assert len(cues.frames) <= MAX_CUES
    assert len(cues.places) <= MAX_CUES


def test_what_is_read_of_a_text_is_bounded() -> None:
    """A long text is cut, and of many names the first are taken."""
    assert find_cues("x" * MAX_TEXT + " late_name").identifiers == frozenset()
    assert len(find_cues(" ".join(f"name_{number}" for number in range(5_000))).identifiers) == MAX_CUES


@settings(deadline=None)
@given(st.text(max_size=500))
def test_any_text_can_be_read(text: str) -> None:
    """Nothing is raised, and what is found stands in the text."""
    cues = find_cues(text)
    assert all(name in text for name in cues.identifiers | cues.words)
