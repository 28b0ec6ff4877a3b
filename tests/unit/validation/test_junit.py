"""JUnit reports: read whole, in order, and never trusted with more than names."""

from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.domain.proof import TestStatus
from yantra_bot.errors import UserError
from yantra_bot.validation import junit
from yantra_bot.validation.junit import parse_junit


def case(inner: str = "", **attributes: str) -> str:
    shown = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return f"<testcase{shown}>{inner}</testcase>"


def suite(*cases: str) -> bytes:
    return f'<?xml version="1.0"?><testsuites><testsuite>{"".join(cases)}</testsuite></testsuites>'.encode()


def test_statuses_and_messages_are_read() -> None:
    """Only what did not pass keeps its text."""
    outcomes = parse_junit(
        suite(
            case(name="a", classname="m", time="0.5"),
            case('<failure message="assert 1 == 2">trace\nE assert 1 == 2</failure>', name="b", classname="m"),
            case('<error message="boom">trace</error>', name="c", classname="m"),
            case('<skipped message="later"/>', name="d", classname="m"),
            case("<system-out>noise</system-out><failure/><error/>", name="e", classname="m"),
        )
    )
    assert [(outcome.name, outcome.status, outcome.message) for outcome in outcomes] == [
        ("m::a", TestStatus.PASSED, ""),
        ("m::b", TestStatus.FAILED, "trace\nE assert 1 == 2"),
        ("m::c", TestStatus.ERROR, "boom\ntrace"),
        ("m::d", TestStatus.SKIPPED, ""),
        ("m::e", TestStatus.FAILED, ""),
    ]
    assert outcomes[0].seconds == 0.5


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        ({"file": "tests/test_a.py", "classname": "tests.test_a", "name": "test_x"}, "tests/test_a.py::test_x"),
        (
            {"file": "tests/test_a.py", "classname": "tests.test_a.TestB.TestC", "name": "test_x[1]"},
            "tests/test_a.py::TestB::TestC::test_x[1]",
        ),
        ({"file": "tests/test_a.py", "classname": "other", "name": "test_x"}, "other::test_x"),
        ({"classname": "", "name": "alone"}, "alone"),
        ({}, "unnamed"),
        ({"name": "x" * 600}, "x" * 300),
    ],
)
def test_a_name_is_what_pytest_takes_back(attributes: dict[str, str], name: str) -> None:
    """A node id where the report tells the file, else class and name."""
    assert parse_junit(suite(case(**attributes)))[0].name == name


def test_a_file_that_cannot_be_collected_is_named_by_its_path() -> None:
    """So that it can be given back to pytest; other errors keep their names."""
    outcomes = parse_junit(
        suite(
            case('<error message="collection failure">x</error>', name="tests.test_a", classname=""),
            case('<error message="boom">x</error>', name="tests.test_b", classname=""),
            case('<error message="collection failure">x</error>', name="odd name", classname=""),
        )
    )
    assert [outcome.name for outcome in outcomes] == ["tests/test_a.py", "tests.test_b", "odd name"]


def test_names_are_unique_and_stable() -> None:
    """The same name again gets a number, in the order of the report."""
    outcomes = parse_junit(suite(*[case(name="a", classname="m")] * 3))
    assert [outcome.name for outcome in outcomes] == ["m::a", "m::a #2", "m::a #3"]


@pytest.mark.parametrize(("time", "seconds"), [("1.5", 1.5), ("x", 0), ("nan", 0), ("-1", 0), ("inf", 0), ("1e400", 0)])
def test_odd_times_are_zero(time: str, seconds: float) -> None:
    """A time is a finite number of seconds."""
    assert parse_junit(suite(case(name="a", time=time)))[0].seconds == seconds


def test_messages_are_bounded() -> None:
    """Each is cut at its start, and only so many are kept."""
    failed = case(f"<failure>{'x' * 10_000}end</failure>", name="a")
    outcomes = parse_junit(suite(*[failed] * (junit.MAX_MESSAGES + 5)))
    assert len(outcomes) == junit.MAX_MESSAGES + 5
    assert sum(bool(outcome.message) for outcome in outcomes) == junit.MAX_MESSAGES
    assert outcomes[0].message.endswith("end")
    assert len(outcomes[0].message) == junit.MAX_MESSAGE


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no XML"),
        (b"{}", "no XML"),
        (b"<testsuite>", "no XML"),
        (b"\xff\xfe", "no XML"),
        (b'<?xml version="1.0" encoding="nonsense"?><a/>', "no XML"),
        (b"<a>" * 100, "nested too deeply"),
        (b" " * (junit.MAX_BYTES + 1), "more than 32 MiB"),
        (b"<s>" + b"<testcase/>" * (junit.MAX_TESTS + 1) + b"</s>", "more than 50000 tests"),
    ],
)
def test_what_is_no_report_is_refused(data: bytes, message: str) -> None:
    """With the reason, whatever it is."""
    with pytest.raises(UserError, match=message):
        parse_junit(data)


def test_xml_without_tests_is_an_empty_report() -> None:
    """That nothing ran is for others to judge."""
    assert parse_junit(b"<a/>") == ()


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=12), st.text(max_size=30)), max_size=6))
def test_any_text_comes_through_or_is_refused(rows: list[tuple[str, str, str]]) -> None:
    """Names stay unique, and there are as many outcomes as tests."""
    data = suite(
        *[case(f"<failure>{escape(text)}</failure>", name=name, classname=owner) for name, owner, text in rows]
    )
    try:
        outcomes = parse_junit(data)
    except UserError:
        return
    assert len(outcomes) == len(rows) == len({outcome.name for outcome in outcomes})


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """Nothing else comes out than outcomes or a reason."""
    try:
        parse_junit(data)
    except UserError:
        return
