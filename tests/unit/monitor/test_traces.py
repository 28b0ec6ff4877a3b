"""Traces as programs really print them, out of alerts and logs, and their files found again in a repository."""

import json

import pytest

from yantra_bot.domain.faults import Frame
from yantra_bot.monitor.traces import MOST_FAULTS, Places, find_traces

_PYTHON = """2026-11-29T01:02:03.123456Z stderr F ERROR in app: Exception on /checkout [POST]
2026-11-29T01:02:03.123457Z stderr F Traceback (most recent call last):
2026-11-29T01:02:03.123458Z stderr F   File "/app/shop/stock.py", line 3, in load
2026-11-29T01:02:03.123459Z stderr F     return ROWS[name]
2026-11-29T01:02:03.123460Z stderr F KeyError: 'tea'
2026-11-29T01:02:03.123461Z stderr F
2026-11-29T01:02:03.123462Z stderr F The above exception was the direct cause of the following exception:
2026-11-29T01:02:03.123463Z stderr F
2026-11-29T01:02:03.123464Z stderr F Traceback (most recent call last):
2026-11-29T01:02:03.123465Z stderr F   File "/usr/lib/python3.11/site-packages/flask/app.py", line 1498, in __call__
2026-11-29T01:02:03.123466Z stderr F     return self.wsgi_app(environ, start_response)
2026-11-29T01:02:03.123467Z stderr F   File "/app/shop/api.py", line 9, in checkout
2026-11-29T01:02:03.123468Z stderr F     load(name)
2026-11-29T01:02:03.123469Z stderr F shop.errors.NotHere: nothing of that name
2026-11-29T01:02:03.123470Z stdout F 10.0.0.1 - - "POST /checkout HTTP/1.1" 500
"""
_NODE = """Error: cannot price
    at Object.<anonymous> (/srv/src/cart.js:3:40)
    at Module._compile (node:internal/modules/cjs/loader:1521:14)
    ... 3 lines matching cause stack trace ...
    at node:internal/main/run_main_module:28:49 {
  [cause]: TypeError: Cannot read properties of undefined (reading 'amount')
      at price (/srv/src/cart.js:1:42)
      at /srv/src/cart.js:2:51
      at Array.map (<anonymous>)
      at total (/srv/src/cart.js:2:38)
      at Object.<anonymous> (/srv/src/cart.js:3:7)
}
"""
_JAVA = """Exception in thread "main" java.lang.IllegalStateException: cannot price
	at com.acme.Cart.total(Cart.java:5)
	at com.acme.Cart.main(Cart.java:6)
Caused by: java.lang.NullPointerException: the return value of "java.util.Map.get(Object)" is null
	at com.acme.Cart.price(Cart.java:4)
	at com.acme.Cart.lambda$total$0(Cart.java:5)
	at java.base/java.util.stream.IntPipeline.sum(IntPipeline.java:473)
	... 2 more
"""
_RUST = """thread 'main' panicked at src/cart.rs:1:59:
index out of bounds: the len is 1 but the index is 7
stack backtrace:
   0: core::panicking::panic_bounds_check
             at /rustc/59807616/library/core/src/panicking.rs:271:5
   1: shop::cart::price
             at ./src/cart.rs:1:59
   2: shop::main
             at ./src/main.rs:3:28
note: Some details are omitted
"""
_GO = """2026/11/29 01:02:03 http: panic serving 10.0.0.7:51514: runtime error: index out of range [7] with length 1
goroutine 19 [running]:
net/http.(*conn).serve.func1()
	/usr/local/go/src/net/http/server.go:1868 +0xb9
panic({0x64c3a0?, 0xc0000ac018?})
	/usr/local/go/src/runtime/panic.go:914 +0x21f
example.com/shop/cart.Price({0xc000012345, 0x1, 0x1}, 0x7)
	/build/cart/price.go:12 +0x1d
main.checkout(0xc00019e000)
	/build/main.go:30 +0x45
"""


def _own(text: str, *paths: str) -> list[tuple[str, int, str]]:
    (fault, *_) = find_traces(text)
    return [(frame.path, frame.line, frame.function) for frame in Places(paths).own(fault.frames)]


def test_python_out_of_a_log_the_cause_first() -> None:
    first, second = find_traces(_PYTHON)
    assert (first.error, first.message) == ("KeyError", "'tea'")
    assert (second.error, second.message) == ("NotHere", "nothing of that name")
    assert _own(_PYTHON, "shop/stock.py", "shop/api.py") == [("shop/stock.py", 3, "load")]
    assert [frame.path for frame in Places(["shop/api.py"]).own(second.frames)] == ["shop/api.py"]


@pytest.mark.parametrize("shape", ["json", "escaped"])
def test_a_trace_inside_of_json_or_escaped(shape: str) -> None:
    trace = "Traceback (most recent call last):\n" + '  File "/app/a.py", line 2, in go\n' + "KeyError: 'x'"
    text = json.dumps({"level": "error", "exc": {"info": trace}}) if shape == "json" else trace.replace("\n", "\\n")
    assert [fault.error for fault in find_traces(f"started\n{text}")] == ["KeyError"]
    assert _own(text, "a.py") == [("a.py", 2, "go")]


def test_javascript_with_its_cause() -> None:
    assert _own(_NODE, "src/cart.js", "cart.js") == [
        ("src/cart.js", 3, "Object.<anonymous>"),
        ("src/cart.js", 2, "total"),
        ("src/cart.js", 2, ""),
        ("src/cart.js", 1, "price"),
    ]


def test_java_with_the_frames_that_its_cause_shares() -> None:
    place = "src/main/java/com/acme/Cart.java"
    assert _own(_JAVA, place) == [(place, 6, "main"), (place, 5, "total"), (place, 5, "total"), (place, 4, "price")]


def test_rust_with_a_backtrace_and_without() -> None:
    paths = ("src/cart.rs", "src/main.rs")
    assert _own(_RUST, *paths) == [("src/main.rs", 3, "shop::main"), ("src/cart.rs", 1, "shop::cart::price")]
    assert _own(_RUST.partition("stack")[0], *paths) == [("src/cart.rs", 1, "")]


def test_go_as_its_server_says_it() -> None:
    assert _own(_GO, "main.go", "cart/price.go") == [
        ("main.go", 30, "main.checkout"),
        ("cart/price.go", 12, "example.com/shop/cart.Price"),
    ]


def test_which_file_is_meant() -> None:
    places = Places(["shop/cart.py", "admin/cart.py", "lib/only.py", "setup.py"])
    assert places.find("/app/shop/cart.py") == "shop/cart.py"
    assert places.find("/usr/lib/python3.11/site-packages/shop/cart.py") == "shop/cart.py"
    assert places.find("cart.py") == ""  # both could be meant
    assert places.find("/app/node_modules/x/cart.py") == ""
    assert places.find("/opt/other/only.py") == ""  # a library may have such a file as well
    assert places.find("/usr/lib/python3.11/json/decoder.py") == ""
    assert places.own([Frame("/app/shop/cart.py", 0)]) == ()


def test_a_storm_of_traces_is_cut_and_each_told_once() -> None:
    one = 'Traceback (most recent call last):\n  File "/app/a{}.py", line 2, in go\nKeyError: 7\n'
    assert len(find_traces("".join(one.format(chr(97 + at % 20)) for at in range(500)))) == MOST_FAULTS
    assert len(find_traces(one.format(1) * 500)) == 1
    assert find_traces("{" * 5_000 + "[" * 100_000) == ()
    assert find_traces("nothing\nwrong") == ()
