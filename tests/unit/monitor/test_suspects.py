"""Signals to an order: what scales, what adds up, what breaks a tie."""

from yantra_bot.monitor.suspects import Change, Signals, Weights, functions_of, rank, score, squash


def _change(commit: str, function: str = "f", **signals: float) -> Change:
    return Change(commit, function, "a.py:1", Signals(**signals))


def test_tests_and_pages_count_next_to_nothing_and_what_served_well_less() -> None:
    signals = Signals(frame=1.0, blamed=1.0)
    assert score(Signals(frame=1.0, blamed=1.0, is_code=0.0)) < 0.05 * score(signals)
    assert score(Signals(frame=1.0, blamed=1.0, is_new=0.0)) < 0.5 * score(signals)


def test_commits_are_ordered_by_their_likeliest_function() -> None:
    changes = [
        _change("a", "x", near=0.2),
        _change("b", "y", frame=1.0),
        _change("b", "z"),
        _change("c", "w", near=0.2),
    ]
    ranked = rank(changes)
    assert [one.commit for one in ranked] == ["b", "a", "c"]  # the first of equal ones stays first
    assert [change.function for change, _ in ranked[0].changes] == ["y", "z"]
    assert [change.function for change in functions_of(ranked)][:1] == ["y"]


def test_a_weight_of_nothing_silences_a_signal() -> None:
    assert rank([_change("a", frame=1.0), _change("b", near=0.5)], Weights(frame=0.0))[0].commit == "b"


def test_a_score_becomes_a_number_below_one() -> None:
    assert squash(-1) == 0.0
    assert 0 < squash(0.5) < squash(5) < 1
