"""The text of a page is what a person reads of it."""

from yantra_bot.web.text import read_html

PAGE = """<!doctype html><html><head><title>The
 title</title><script>evil()</script><style>p{}</style></head><body>
<nav><a href="/x">Up</a></nav><h1>Heading</h1><p>Some <b>bold</b> &amp; plain
text.</p><ul><li>one<li>two</ul><pre>def f():
    return 1
</pre><svg><text>drawn</text></svg><table><tr><td>a<td>b</tr></table><script>more()</script></body></html>"""


def test_headings_lists_and_code_stay_and_scripts_go() -> None:
    """The title comes first; code keeps its indentation."""
    text = read_html(PAGE)
    assert text.startswith("The title\n\n")
    for part in ("# Heading", "Some bold & plain text.", "- one", "- two", "def f():\n    return 1", "\ta\tb"):
        assert part in text
    for part in ("evil", "p{}", "drawn", "more", "<"):
        assert part not in text


def test_broken_pages_are_read_as_far_as_they_go() -> None:
    """What is never closed, nested deeply, or no page at all ends nothing."""
    assert read_html("<p>a<div>b</p></pre></svg>c") == "a\nb\n\nc"
    assert read_html("<div>" * 50_000 + "x") == "x"
    assert read_html("") == ""
    assert read_html("<script>never closed") == ""
    assert read_html("<svg><svg></svg>x</svg>y") == "y"
