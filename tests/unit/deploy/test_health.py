"""Judging samples: rows of good and bad ones, starts, silence, many pods."""

from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.deploy.health import KUBERNETES, Health, judge, lose, names_of_checks, note
from yantra_bot.domain.environment import HealthRule, HttpCheck, MetricCheck, UrlCheck
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.rollout import Judgement, Sample

RULE = HealthRule(http=(HttpCheck(),))
NAMES = ("http /health",)
GOOD, BAD, NONE = Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE


def after(*rounds: Verdict | tuple[Verdict, ...], young: str = "", is_whole: bool = True) -> Judgement | None:
    """Return what is said after rounds, each of one pod or of several."""
    health = Health()
    for number, one in enumerate(rounds):
        verdicts = one if isinstance(one, tuple) else (one,)
        samples = [
            Sample(NAMES[0], verdict, f"round {number}", 0.0, pod=f"p{pod}") for pod, verdict in enumerate(verdicts)
        ]
        health = note(health, samples, NAMES, now=float(number), is_whole=is_whole, young=frozenset((young,)))
    return judge(health, RULE, NAMES)


def verdict_after(*rounds: Verdict | tuple[Verdict, ...], young: str = "", is_whole: bool = True) -> Verdict | None:
    found = after(*rounds, young=young, is_whole=is_whole)
    return None if found is None else found.verdict


def test_as_many_good_ones_in_a_row_as_the_rule_asks_for() -> None:
    """Fewer say nothing yet."""
    assert verdict_after(GOOD, GOOD) is None
    assert verdict_after(GOOD, GOOD, GOOD) is GOOD
    assert verdict_after(GOOD, GOOD, BAD, GOOD, GOOD) is None
    assert verdict_after(GOOD, BAD, GOOD, GOOD, GOOD) is GOOD


def test_after_two_bad_ones_twice_as_many_are_wanted() -> None:
    """What comes and goes has to show more."""
    assert verdict_after(BAD, GOOD, BAD, *[GOOD] * 5) is None
    assert verdict_after(BAD, GOOD, BAD, *[GOOD] * 6) is GOOD
    assert verdict_after(*[GOOD, BAD] * 5, GOOD) is None
    assert verdict_after(*[GOOD, BAD] * 6) is BAD


def test_as_many_bad_ones_in_a_row_condemn() -> None:
    """The last one is quoted."""
    assert verdict_after(BAD, BAD) is None
    found = after(BAD, BAD, BAD)
    assert found is not None
    assert (found.verdict, found.reason) == (BAD, "http /health of p0 failed 3 times in a row.")
    assert found.evidence == ("http /health (p0): round 2",)


def test_what_says_nothing_neither_passes_nor_breaks_a_row() -> None:
    """A gap is waited out; a long one asks."""
    assert verdict_after(GOOD, NONE, GOOD, NONE) is None
    assert verdict_after(GOOD, NONE, GOOD, GOOD) is GOOD
    assert verdict_after(NONE, NONE, NONE) is NONE
    assert verdict_after(NONE, NONE, NONE, is_whole=False) is None
    assert verdict_after(Verdict.ERROR, NONE, Verdict.ERROR) is NONE


def test_a_check_that_gives_no_sample_is_silent() -> None:
    """It is never taken for good."""
    health = Health()
    for _ in range(3):
        health = note(health, [], NAMES, now=0.0, is_whole=True)
    found = judge(health, RULE, NAMES)
    assert found is not None
    assert found.verdict is NONE


def test_a_pod_that_begins_is_given_its_time() -> None:
    """Bad answers and none of it count as nothing; good ones do."""
    assert verdict_after(BAD, NONE, BAD, BAD, NONE, NONE, young="p0") is None
    assert verdict_after(GOOD, GOOD, GOOD, young="p0") is GOOD
    assert verdict_after((BAD, BAD), (BAD, BAD), (BAD, BAD), young="p0") is BAD


def test_good_ones_count_only_while_it_is_whole() -> None:
    """What is not all there yet proves nothing; bad ones count at once."""
    assert verdict_after(GOOD, GOOD, GOOD, GOOD, is_whole=False) is None
    assert verdict_after(BAD, BAD, BAD, is_whole=False) is BAD
    health = Health()
    for _ in range(3):
        health = note(health, [Sample(NAMES[0], GOOD, "", 0.0)], NAMES, now=0.0, is_whole=True)
    assert judge(lose(health), RULE, NAMES) is None


def test_each_pod_is_counted_for_itself() -> None:
    """Bad moments of different pods do not add up, and one bad pod is not hidden by others."""
    pods = 20
    rounds = [tuple(BAD if pod == number else GOOD for pod in range(pods)) for number in range(4)]
    assert verdict_after(*rounds) is None
    assert verdict_after(*rounds, (GOOD,) * pods) is GOOD
    assert verdict_after(*[(BAD, *[GOOD] * (pods - 1))] * 3) is BAD


def test_an_address_proves_nothing_while_two_versions_answer_it() -> None:
    """One that tells its version is asked for it when the new one is alone."""
    rule = HealthRule(
        http=(HttpCheck("/ready"),),
        urls=(UrlCheck("http://a"), UrlCheck("http://b", version_header="X-Version")),
        metrics=(MetricCheck("errors", "x", most=1),),
    )
    whole = (KUBERNETES, "http /ready", "url http://a", "url http://b", "errors")
    assert names_of_checks(rule) == whole
    assert names_of_checks(rule, is_shared=True) == tuple(one for one in whole if one != "url http://b")


def test_without_checks_it_is_said_that_nothing_else_was_looked_at() -> None:
    """Kubernetes' word alone."""
    health = Health()
    for _ in range(3):
        health = note(health, [Sample(KUBERNETES, GOOD, "", 0.0)], (KUBERNETES,), now=0.0, is_whole=True)
    found = judge(health, HealthRule(), (KUBERNETES,))
    assert found is not None
    assert found.reason.startswith("No check is configured")


@given(st.lists(st.lists(st.sampled_from(list(Verdict)), min_size=1, max_size=4), max_size=30))
def test_a_pass_always_rests_on_good_samples_alone(rounds: list[list[Verdict]]) -> None:
    """Whatever came before, the last samples of every pod were good, and as many as the rule asks for."""
    found = after(*(tuple(one) for one in rounds))
    if found is not None and found.verdict is GOOD:
        assert all(verdict is GOOD for verdict in rounds[-1])
        for pod in range(len(rounds[-1])):
            said = [one[pod] for one in rounds if len(one) > pod and one[pod] in (GOOD, BAD)]
            assert said[-RULE.healthy_samples :] == [GOOD] * RULE.healthy_samples


def test_being_well_begins_anew_after_a_bad_time_and_not_after_a_bad_moment() -> None:
    """The hold is of a version that is well, also where a start excuses it."""
    steady = after(GOOD, GOOD, BAD, GOOD, GOOD, GOOD)
    assert steady is not None
    assert steady.since == 0.0
    shaken = after(GOOD, BAD, BAD, *[GOOD] * 6)
    assert shaken is not None
    assert shaken.since == 3.0
    warming = after(BAD, BAD, BAD, GOOD, GOOD, GOOD, young="p0")
    assert warming is not None
    assert warming.since == 3.0
    assert verdict_after(GOOD, BAD, BAD, BAD, GOOD, GOOD, GOOD, GOOD, GOOD, GOOD, young="p0") is None
