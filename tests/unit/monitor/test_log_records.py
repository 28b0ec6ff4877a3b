"""Lines to records: traces of five languages stay whole, and what is no error is none."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.monitor.log_groups import shape_of
from yantra_bot.monitor.log_records import MOST_LINES, read_records
from yantra_bot.monitor_ports import LogLine

PYTHON = """ERROR:shop.web:failed request 17
Traceback (most recent call last):
  File "/app/shop/web.py", line 12, in handle
    total(cart)
  File "/app/shop/cart.py", line 40, in total
    return prices[sku]
KeyError: 'A-17'"""
GO = """panic: runtime error: index out of range [3] with length 3

goroutine 1 [running]:
main.pick(0xc0000)
\t/app/main.go:12 +0x1d
main.main()
\t/app/main.go:20 +0x2
exit status 2"""
NODE = """TypeError: Cannot read properties of undefined (reading 'x')
    at total (/app/cart.js:3:9)
    at handle (/app/web.js:9:2)"""
JAVA = """Exception in thread "main" java.lang.IllegalStateException: no cart
\tat shop.Cart.total(Cart.java:12)
\t... 5 more
Caused by: java.lang.NullPointerException
\tat shop.Price.of(Price.java:3)"""
RUST = """thread 'main' panicked at src/main.rs:4:5:
index out of bounds: the len is 3
note: run with `RUST_BACKTRACE=1`"""
TRACES = {"KeyError": PYTHON, "panic": GO, "TypeError": NODE, "IllegalStateException": JAVA}


def lines_of(text: str, pod: str = "shop-1") -> list[LogLine]:
    return [LogLine(1.0, pod, line) for line in text.split("\n")]


@pytest.mark.parametrize(("name", "trace"), [*TRACES.items(), ("panic", RUST)])
def test_a_trace_is_one_record(name: str, trace: str) -> None:
    """Whatever is logged around it."""
    records = read_records(lines_of(f"INFO one\n{trace}\nINFO two"))
    assert [record.text for record in records] == ["INFO one", trace, "INFO two"]
    assert [record.is_error for record in records] == [False, True, False]
    assert shape_of(records[1])[0] == name


def test_pods_that_write_at_once_are_told_apart() -> None:
    """Line by line, two traces."""
    one, other = lines_of(PYTHON, "a"), lines_of(NODE, "b")
    mixed = [line for pair in zip(one, other, strict=False) for line in pair] + one[len(other) :]
    assert {record.text for record in read_records(mixed)} == {PYTHON, NODE}


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-29T10:00:00Z ERROR no price",
        'level=error msg="db gone" id=17',
        "error: cannot open file",
        "E1129 10:00:00.1 1 x.go:3] boom",
        '{"level":"error","msg":"db gone"}',
        '{"level":50,"err":{"message":"boom","stack":"Error: boom\\n    at f (/a.js:1:2)"}}',
        "ValueError: x",
        "[CRITICAL] worker died",
    ],
)
def test_errors_say_that_they_are(line: str) -> None:
    """By a level in any of the usual ways, else by a name."""
    assert read_records(lines_of(line))[0].is_error


@pytest.mark.parametrize(
    "line",
    [
        "INFO no ERROR here",
        "2026-11-29T10:00:00Z INFO 0 errors",
        '{"level":"info","msg":"ERROR is a word"}',
        "error_count=0",
        "GET /errors 200",
        "WARN slow: 3 s",
        "{",
        "[1]",
    ],
)
def test_what_names_errors_is_none(line: str) -> None:
    """A level that is milder decides."""
    assert not read_records(lines_of(line))[0].is_error


def test_a_trace_within_json_comes_out() -> None:
    """As it would have been printed."""
    trace = 'Traceback (most recent call last):\n  File "a.py", line 3, in f\nValueError: x'
    (record,) = read_records(lines_of(json.dumps({"severity": "ERROR", "message": "bad", "exception": trace})))
    assert record.text == f"ERROR bad\n{trace}"


@pytest.mark.parametrize("trace", [*TRACES.values(), RUST, PYTHON.partition("\n")[2]])
def test_traces_that_follow_each_other_are_several(trace: str) -> None:
    """Also where nothing is logged between them."""
    assert [record.text for record in read_records(lines_of(f"{trace}\n{trace}"))] == [trace, trace]


def test_the_cause_of_an_error_belongs_to_it() -> None:
    """As Python prints it, with empty lines between."""
    bare = PYTHON.partition("\n")[2]
    whole = f"{bare}\n\nDuring handling of the above exception, another exception occurred:\n\n{bare}"
    assert [record.text for record in read_records(lines_of(whole))] == [whole]


def test_an_endless_trace_keeps_its_ends() -> None:
    """A recursion of ten thousand frames is a record of bounded size."""
    frames = "\n".join(f'  File "/app/a.py", line {n}, in f' for n in range(10_000))
    (record,) = read_records(lines_of(f"Traceback (most recent call last):\n{frames}\nRecursionError: too deep"))
    assert len(record.lines) == MOST_LINES
    assert (record.lines[0][:9], record.lines[-1]) == ("Traceback", "RecursionError: too deep")


@given(st.lists(st.tuples(st.sampled_from("ab"), st.text(max_size=80)), max_size=30))
def test_any_log_can_be_read(lines: list[tuple[str, str]]) -> None:
    """Nothing raises, and no record is empty."""
    for record in read_records([LogLine(1.0, pod, text) for pod, text in lines]):
        assert record.lines[0].strip()
        assert shape_of(record)[0]
        assert record.is_error in (True, False)
