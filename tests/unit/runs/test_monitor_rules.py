"""How a repository says it is watched: all of it can be said, and what is odd is refused with line and cure."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from yantra_bot.domain.alerts import Severity
from yantra_bot.domain.environment import HttpCheck, UrlCheck
from yantra_bot.domain.incidents import HealingKind, Policy
from yantra_bot.domain.monitoring import LogRule, MetricName, MonitorRules, Watch, WatchRule
from yantra_bot.errors import UserError
from yantra_bot.monitor.standard_rules import STANDARD_RULES
from yantra_bot.runs.monitor_rules import RULE_KEYS, WATCH_KEYS
from yantra_bot.runs.rules import parse_rules

PAGE = Path(__file__).parents[3] / "docs" / "healing.md"
DEPLOY = "deploy:\n  image: ghcr.io/acme/shop\n  environments:\n    production: {cluster: main, namespace: shop}\n"


def parse(lines: str) -> Watch:
    """Return how production is watched by these lines below its name."""
    below = "".join(f"    {line}\n" for line in lines.splitlines())
    return parse_rules(f"{DEPLOY}monitor:\n  production:\n{below}".encode()).monitor.of("production")


def test_everything_can_be_said() -> None:
    """The sample of the documents says all of it."""
    sample = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)[1]
    watch = parse_rules(sample.encode()).monitor.of("production")
    query = 'sum(rate(errors{namespace="{namespace}"}[5m])) / sum(rate(requests{namespace="{namespace}"}[5m]))'
    slow, *others = STANDARD_RULES
    assert watch == Watch(
        environment="production",
        owners=("alice", "@acme/shop"),
        scale=Policy.AUTOMATIC,
        restart=Policy.APPROVE,
        roll_back=Policy.APPROVE,
        hot_fix=Policy.SUGGEST,
        rules=(
            WatchRule(
                *(slow.name, MetricName.P95, 500, None),
                action=HealingKind.SCALE_UP,
                for_seconds=120,
                alerts=slow.alerts,
            ),
            *(one for one in others if one.name != "HighCpu"),
            WatchRule(
                *("QuietShop", MetricName.THROUGHPUT, None, 0.1, Severity.ERROR, HealingKind.RESTART, 300),
                alerts=("ShopIsQuiet*",),
            ),
        ),
        queries={MetricName.ERROR_RATE: query},
        probes=(HttpCheck(port="http"),),
        urls=(UrlCheck("https://shop.example.com/health"),),
        logs=LogRule(loki='{namespace="shop"}'),
    )


def test_an_environment_of_which_nothing_is_said_is_watched_and_touched_by_nobody() -> None:
    """By the standard rules and the checks of its health; and a repository without environments is not watched."""
    health = DEPLOY.replace("shop}", "shop, health: {http: [{path: /up}]}}")
    (watch,) = parse_rules(health.encode()).monitor.watches.values()
    assert watch == Watch("production", rules=STANDARD_RULES, probes=(HttpCheck("/up"),))
    assert {watch.policy(one) for one in (None, *HealingKind)} == {Policy.SUGGEST}
    assert parse_rules(None).monitor == MonitorRules()
    assert parse_rules(b"monitor:\n").monitor == MonitorRules()


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("restrat: approve", "line 7: monitor.production.restrat is not known. Known are: actions_an_hour, "),
        ("restart: true", "line 7: monitor.production.restart has to be one of suggest, approve, automatic"),
        ("owners: ['a b']", "owners has to be a list of logins and teams"),
        ("actions_an_hour: 61", "actions_an_hour has to be a whole number from 0 to 60"),
        ("watch_minutes: 0", "watch_minutes has to be a number from 0.05 to 1440"),
        ("most_memory: 2GB", "most_memory has to be a size such as 512Mi or 2Gi"),
        ("rules: [{metric: cpu}]", "rules.0 has no `name`"),
        ("rules: [{name: Odd, metric: cpu}]", "rules.0 needs either `above` or `below`"),
        ("rules: [{name: Odd, above: 1}]", "rules.0 has no `metric`"),
        ("rules: [{name: Odd, metric: cpu, above: 1, below: 1}]", "rules.0 needs either `above` or `below`"),
        ("rules: [{name: HighCpu, metric: heat}]", "rules.0.metric has to be one of p50_ms, "),
        ("rules: [{name: HighCpu, action: pray}]", "rules.0.action has to be one of scale up, scale out, restart"),
        ("rules: [{name: HighCpu, severity: awful}]", "rules.0.severity has to be one of info, warning"),
        ("rules: [{name: HighCpu, alerts: ['*']}]", "rules.0.alerts has to be a list of alerts' names"),
        ("rules: [{name: HighCpu}, {name: HighCpu}]", "rules.1.name is 'HighCpu' twice"),
        (
            "rules: [{name: HighCup, enabled: false}]",
            "there is no standard rule of this name. There are: SlowResponses",
        ),
        ("queries: {heat: up}", "queries.heat is not known"),
        ("queries: {cpu: ' '}", "queries.cpu is empty"),
        ("probes: [{path: //evil.example}]", "probes.0.path has to be a path such as /health"),
        ("urls: [{url: 'file:///etc/passwd'}]", "urls.0.url has to begin with https:// or http://"),
        ("logs: {threshold: 0}", "logs.threshold has to be a whole number from 1"),
        ("logs: {loki: 'shop'}", "logs.loki has to be a selector of Loki"),
    ],
)
def test_a_wrong_word_is_refused(lines: str, said: str) -> None:
    """By its place, with what would be right: what is guessed at would act on a cluster."""
    with pytest.raises(UserError, match=re.escape("yantra.yml") + ".*" + re.escape(said)):
        parse(lines)


def test_what_is_watched_is_an_environment_of_the_deployments() -> None:
    """A name that is misspelt would be watched by nobody."""
    with pytest.raises(UserError, match=r"line 6: monitor.prodcution is no environment of `deploy:`. There are: prod"):
        parse_rules(f"{DEPLOY}monitor:\n  prodcution: {{}}\n".encode())
    with pytest.raises(UserError, match=r"line 1: monitor has to hold names of environments"):
        parse_rules(b"monitor: true\n")


SCALARS = st.none() | st.booleans() | st.integers(-2, 70_000) | st.floats() | st.text(max_size=12) | st.dates()
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(RULE_KEYS) | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=20,
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(WATCH_KEYS), ANYTHING, max_size=8) | ANYTHING)
def test_whatever_is_written_is_read_or_refused(below: Any) -> None:
    """With a sentence that names the file; nothing else ever comes out of it."""
    text = DEPLOY + yaml.safe_dump({"monitor": {"production": below}}, allow_unicode=True)
    try:
        assert parse_rules(text.encode()).monitor.of("production").environment == "production"
    except UserError as refused:
        assert str(refused).startswith(".github/yantra.yml")  # noqa: PT017 (it may as well be read)


def test_the_page_names_every_key_and_every_standard_rule() -> None:
    """With what helps, so that nobody is surprised."""
    page = PAGE.read_text()
    for key in (*WATCH_KEYS, *RULE_KEYS):
        assert f"`{key}`" in page or f"{key}:" in page, key
    for rule in STANDARD_RULES:
        (row,) = [line for line in page.splitlines() if line.startswith(f"| `{rule.name}` |")]
        bound = f"above {rule.above:g}" if rule.above is not None else f"below {rule.below:g}"
        assert all(word in row for word in (f"`{rule.metric}`", bound, str(rule.severity), str(rule.action))), row
