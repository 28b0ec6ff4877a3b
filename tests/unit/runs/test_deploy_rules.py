"""Where a repository is deployed to: everything can be said, and what is odd is refused with its line and its cure."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yantra_bot.domain.environment import (
    ApprovalRule,
    DeployRules,
    Environment,
    FreezeWindow,
    HealthRule,
    HttpCheck,
    MetricCheck,
    Strategy,
    StrategyKind,
    UrlCheck,
)
from yantra_bot.errors import UserError
from yantra_bot.runs.deploy_rules import ENVIRONMENT_KEYS, KEYS
from yantra_bot.runs.health_rules import COUNTS, SECONDS, problem_of_url
from yantra_bot.runs.rules import parse_rules

EVERYTHING = """\
deploy:
  service: shop
  image: registry.example.com:5000/acme/shop
  tag: "main-{short}"
  environments:
    staging: {cluster: main, namespace: shop-staging, pull_requests: true, zero_first: true, takes_over: true}
    production:
      cluster: main
      namespace: shop
      chart: deploy/chart/
      values: deploy/production.yaml
      after: staging
      approval: {count: 1, people: [alice, Bob, bob], requester: true}
      strategy: {kind: canary, steps: [10, 50], hold_seconds: 60, pause: true}
      freeze:
        - {from: "Fri 16:00", to: "Monday 08:00", zone: Europe/Berlin, reason: weekend}
        - {from: "2026-12-23 12:00", to: "2027-01-04 08:00"}
      port: 9000
      replicas: 5
      variables: {LOG_LEVEL: info}
      health:
        http:
          - {path: /health, port: http, status: 204, body: ok, scheme: https}
          - {version_header: X-Version, timeout_seconds: 1}
        urls: [{url: "https://shop.example.com/health?deep=1", body: ok}]
        metrics:
          - {name: error rate, query: 'sum(errors{pods=~"{pods}"})', most: 0.05, most_ratio: 2, least_before: 0.01}
        interval_seconds: 5
        healthy_samples: 4
        failing_samples: 2
        start_seconds: 10
        deadline_seconds: 200
        silence_samples: 5
"""


def parse(environment: str = "", top: str = "") -> DeployRules:
    """Return the rules of a file with one environment, to which lines are added."""
    lines = "".join(f"      {line}\n" for line in environment.splitlines())
    return parse_rules(
        f"deploy:\n  image: ghcr.io/acme/shop\n{top}  environments:\n    staging:\n      cluster: main\n"
        f"      namespace: shop\n{lines}".encode()
    ).deploy


def test_everything_can_be_said() -> None:
    """Also twice the same person in two spellings, who counts once."""
    found = parse_rules(EVERYTHING.encode()).deploy
    assert (found.service, found.image, found.tag) == ("shop", "registry.example.com:5000/acme/shop", "main-{short}")
    assert list(found.environments) == ["staging", "production"]
    assert found.environments["staging"] == Environment(
        "staging", "main", "shop-staging", takes_pull_requests=True, zeroes_first=True, takes_over=True
    )
    assert found.environments["production"] == Environment(
        name="production",
        cluster="main",
        namespace="shop",
        chart="deploy/chart",
        values="deploy/production.yaml",
        after="staging",
        approval=ApprovalRule(1, ("alice", "bob"), excludes_requester=False),
        strategy=Strategy(StrategyKind.CANARY, (10, 50), 60, is_paused_between=True),
        freezes=(
            FreezeWindow("Fri 16:00", "Monday 08:00", "Europe/Berlin", "weekend"),
            FreezeWindow("2026-12-23 12:00", "2027-01-04 08:00"),
        ),
        port=9000,
        replicas=5,
        variables={"LOG_LEVEL": "info"},
        health=HealthRule(
            (
                HttpCheck("/health", "http", 204, "ok", "https"),
                HttpCheck(version_header="X-Version", timeout_seconds=1),
            ),
            (UrlCheck("https://shop.example.com/health?deep=1", body="ok"),),
            (MetricCheck("error rate", 'sum(errors{pods=~"{pods}"})', 0.05, 2, 0.01),),
            *(5, 4, 2, 10, 200, 5),
        ),
    )


def test_nothing_said_deploys_nothing() -> None:
    """An empty section too; and a named approval without a number asks one person."""
    assert parse_rules(None).deploy == parse_rules(b"deploy:\n").deploy == DeployRules()
    assert parse("approval: {people: [alice]}").environments["staging"].approval == ApprovalRule(1, ("alice",))


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("clutser: main", "line 7: deploy.environments.staging.clutser is not known. Known are: after, "),
        ("cluster: https://10.0.0.1", "line 7: cluster is there twice"),
        ("manifests: ../other", "line 7: deploy.environments.staging.manifests has to be a file or a folder"),
        ("manifests: a\nchart: b", "line 8: .*chart stands beside `manifests`"),
        ("values: a", "values belongs to a `chart`"),
        ("after: production", "after leads to production, which is no environment here"),
        ("after: staging", "after goes in a circle: staging after staging"),
        ("approval: 2", "approval has to hold keys and values, such as `count: 1`"),
        ("approval:\n  count: true", "line 8: .*approval.count has to be a whole number from 0 to 10"),
        ("approval: {count: 3, people: [a, A]}", "approval.count is 3, and `people` are 1"),
        ("approval: {people: ['@acme/team']}", "people has to be a list of logins"),
        ("strategy: {kind: big bang}", "kind has to be one of rolling, canary, blue-green"),
        ("strategy: {steps: [10]}", "steps belongs to the kind canary"),
        ("strategy: {kind: canary, steps: [50, 10]}", "steps has to be rising"),
        ("strategy: {kind: canary, steps: [true]}", "steps has to be rising"),
        ("strategy: {kind: canary, steps: [100]}", "steps has to be rising"),
        ("strategy: {hold_seconds: .nan}", "hold_seconds has to be a number from 0 to 3600"),
        ("freeze:\n- {from: 'Fri 16:00'}", "line 8: deploy.environments.staging.freeze.0 has no `to`"),
        ("freeze: [{from: 'Fri 16:00', to: '2026-01-01 08:00'}]", "freeze.0 has to go"),
        ("freeze: [{from: 2026-01-01, to: 'x'}]", "from has to be one line of text"),
        ("freeze: [{from: 'Fri 16:00', to: 'Mon 8:00', zone: Mars/Base}]", "zone 'Mars/Base', which is not known"),
        ("pull_requests: 1", "pull_requests has to be true or false"),
        ("port: 0", "port has to be a whole number from 1 to 65535"),
        ("variables: {DEBUG: 1}", "variables.DEBUG has to be text. Cure: write it in quotes"),
        ("variables: {'A B': x}", "variables.A B is no name of a variable"),
        ("variables: {TOKEN: ghp_" + "a1B2" * 9 + "}", "variables.TOKEN looks like a secret"),
        ("health: {deadline_seconds: 10, interval_seconds: 5}", "deadline_seconds is shorter than 3 samples 5 s apart"),
        ("health: {interval_seconds: 0}", "interval_seconds has to be a number from 1 to 300"),
        ("health: {http: {path: /}}", "http has to be a list of at most 10"),
        ("health: {http: [null]}", "http.0 has to hold keys and values"),
        ("health: {http: [{path: //evil.example}]}", "path has to be a path such as /health"),
        ("health: {http: [{port: 'no port'}]}", "port has to be the number of a port"),
        ("health: {http: [{scheme: gopher}]}", "scheme has to be http or https"),
        ('health: {http: [{version_header: "X\\nY"}]}', "version_header has to be the name of a header"),
        ("health: {urls: [{}]}", "urls.0 has to hold keys and values"),
        ("health: {urls: [{status: 200}]}", "urls.0 has no `url`"),
        ("health: {metrics: [{name: a, query: up}]}", "has neither `most` nor `most_ratio`"),
        ("health: {metrics: [{name: a, query: up, most_ratio: 2}]}", "it would compare a version with itself"),
        ("health: {metrics: [{name: a, query: ' ', most: 2}]}", "query is empty"),
        ("health: {metrics: [{name: a, query: u, most: 1}, {name: a, query: u, most: 1}]}", "name is 'a' twice"),
    ],
)
def test_a_wrong_word_of_an_environment_is_refused(lines: str, said: str) -> None:
    """By its place, with what would be right."""
    with pytest.raises(UserError, match=re.escape("yantra.yml") + f".*{said}"):
        parse(lines)


@pytest.mark.case("H04")
@pytest.mark.parametrize(
    "image",
    [
        "evil/web:latest",
        "evil/web",
        "ghcr.io/acme/shop:latest",
        "good.example/web@sha256:" + "0" * 64,
        "good@sha256:" + "0" * 64 + ":evil",
        "https://ghcr.io/acme/shop",
        "ghcr.io/acme/../evil",
        "user@ghcr.io/acme/shop",
        "ghcr.io/acme/shop?x",
        "GHCR.io/acme/shop",
        "ghcr.io/",
        "ghcr.io:0/acme/shop",
        "ghcr.io//shop",
    ],
)
def test_an_image_is_a_place_and_names_no_version(image: str) -> None:
    """Its host is written out, so that it can be held against the registries that the operator allows."""
    with pytest.raises(UserError, match=r"line 2: deploy\.image has to be host and path of an image"):
        parse_rules(f"deploy:\n  image: {image!r}\n".encode())


@pytest.mark.parametrize(
    ("top", "said"),
    [
        ("  tag: latest\n", "tag has to be a tag with `{commit}`"),
        ("  tag: '{commit'\n", "tag has to be a tag with `{commit}`"),
        ("  tag: '{short}/x'\n", "tag has to be a tag with `{commit}`"),
        ("  service: Shop!\n", "service has to be small letters, digits and dashes"),
        ("  servcie: shop\n", "line 3: deploy.servcie is not known. Known are: environments, image, service, tag"),
    ],
)
def test_a_wrong_word_of_the_whole_is_refused(top: str, said: str) -> None:
    """A tag that is always the same would not say which commit it is of."""
    with pytest.raises(UserError, match=re.escape(said)):
        parse(top=top)


def test_environments_stand_in_an_order_and_in_places_of_their_own() -> None:
    """A circle has no beginning, and two in one namespace would overwrite each other."""

    def environments(*lines: str) -> bytes:
        return ("deploy:\n  image: ghcr.io/a/b\n  environments:\n" + "".join(f"    {one}\n" for one in lines)).encode()

    circle = [f"{one}: {{cluster: m, namespace: {one}, after: {two}}}" for one, two in ("ab", "bc", "ca")]
    with pytest.raises(UserError, match=r"line 4: deploy.environments.a.after goes in a circle: a after b after c"):
        parse_rules(environments(*circle))
    with pytest.raises(UserError, match=r"line 5: deploy.environments.two.namespace is that of one, too"):
        parse_rules(environments("one: {cluster: m, namespace: n}", "two: {cluster: m, namespace: n}"))
    with pytest.raises(UserError, match=r"line 4: deploy.environments.Prod is no name of an environment"):
        parse_rules(environments("Prod: {cluster: m, namespace: n}"))
    with pytest.raises(UserError, match="has environments and no `image`"):
        parse_rules(b"deploy: {environments: {a: {cluster: m, namespace: n}}}")
    with pytest.raises(UserError, match=r"deploy.environments.a has no `namespace`"):
        parse_rules(environments("a: {cluster: m}"))


@pytest.mark.case("F04")
@pytest.mark.parametrize(
    "url",
    [
        *(
            "https://github.com@evil.example/",
            "https://user:word@good.example/",
            "https://good.example\\@evil.example/",
        ),
        *("https://good.example\t.evil.example/", "https://good.example/\nHost: x", "https://gооd.example/"),
        *("file:///etc/passwd", "gopher://good.example/", "//good.example/", "https:good.example", "", "https:///x"),
        *("http://2130706433/", "http://0/", "http://127.1/", "http://0x7f000001/", "http://0177.0.0.1/"),
        *("http://good.example:99999/", "http://good.example:0/", "http://good.example/#part", "http://[::1"),
        *("http://-bad.example/", "http://a..b/", "http://[::ffff:7f00:1%25lo]/"),
    ],
)
def test_an_address_of_a_check_is_read_strictly(url: str) -> None:
    """What two programs would read in two ways is refused before anybody asks for it."""
    assert problem_of_url(url) != ""


@pytest.mark.parametrize("url", ["https://shop.example.com/health?a=1", "http://10.0.0.1:8080/", "http://[fd00::1]/x"])
def test_a_plain_address_is_taken(url: str) -> None:
    """Whether it may be reached is judged when it is asked."""
    assert problem_of_url(url) == ""


NAMES = (*KEYS, *ENVIRONMENT_KEYS, *COUNTS, *SECONDS, "http", "urls", "metrics", "count", "people", "requester", "kind")
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 70_000),
    st.floats(),
    st.text(max_size=12),
    st.dates(),
    st.binary(max_size=3),
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=20,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(ENVIRONMENT_KEYS), ANYTHING, max_size=8), ANYTHING)
def test_whatever_is_written_is_read_or_refused(environment: dict[str, Any], more: Any) -> None:
    """With a sentence that names the file; nothing else ever comes out of it."""
    whole = {"cluster": "main", "namespace": "shop", **environment}
    for deploy in (more, {"image": "ghcr.io/a/b", "environments": {"staging": whole, "two": more}}):
        text = yaml.safe_dump({"deploy": deploy}, allow_unicode=True)
        try:
            parse_rules(text.encode())
        except UserError as refused:
            assert str(refused).startswith(".github/yantra.yml")  # noqa: PT017 (it may as well be read)


def test_the_samples_of_the_documents_are_read() -> None:
    """The page names every key, and its first sample is a whole file."""
    page = (Path(__file__).parents[3] / "docs" / "environments.md").read_text()
    samples = re.findall(r"```yaml\n(deploy:.*?)```", page, re.DOTALL)
    assert len(samples) >= 2
    for sample in samples:
        assert parse_rules(sample.encode()).deploy.environments
    for key in (*KEYS, *ENVIRONMENT_KEYS, *COUNTS, *SECONDS):
        assert f"`{key}`" in page
