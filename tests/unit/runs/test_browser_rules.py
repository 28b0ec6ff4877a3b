"""How a repository says what its site is; a wrong file is named with the line."""

import pytest

from yantra_bot.domain.browsing import BrowserRules, Flow, FlowStep
from yantra_bot.errors import UserError
from yantra_bot.runs.rules import parse_rules

WHOLE = b"""\
browser:
  serve: [flask, --app, shop, run, -p, "5000"]
  url: http://127.0.0.1:5000
  root: web
  pages: [/, /cart]
  explore: false
  pictures: false
  flows:
    - name: order
      start: /cart
      steps:
        - fill: {selector: "#mail", value: a@example.com}
        - click: "#order"
        - expect: Thanks
        - open: /cart?empty=1
"""


def test_everything_can_be_said() -> None:
    """Command, address, folder, pages, flows, switches."""
    steps = (
        FlowStep("fill", "#mail", "a@example.com"),
        FlowStep("click", "#order"),
        FlowStep("expect", "Thanks"),
        FlowStep("open", "/cart?empty=1"),
    )
    assert parse_rules(WHOLE).browser == BrowserRules(
        serve=("flask", "--app", "shop", "run", "-p", "5000"),
        url="http://127.0.0.1:5000/",
        root="web",
        pages=("/", "/cart"),
        flows=(Flow("order", "/cart", steps),),
        explores=False,
        pictures=False,
    )


def test_nothing_has_to_be_said() -> None:
    """A site of files needs no rules."""
    assert parse_rules(b"enabled: true\n").browser == BrowserRules()


@pytest.mark.case("N04")
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("3", ", line 1: browser has to hold"),
        ("{server: [x]}", "browser.server is not known"),
        ("{enabled: 1}", "browser.enabled has to be true or false"),
        ("{serve: flask run}", "browser.serve has to be a list of words"),
        ("{serve: ['']}", "browser.serve has to be a list of words"),
        ("{url: 'http://example.com:8000/'}", "browser.url has to be an address such as"),
        ("{url: 'http://127.0.0.1:80/'}", "above 1023"),
        ("{url: 'http://127.0.0.1:99999/'}", "browser.url"),
        ("{url: 'http://a@127.0.0.1:8000/'}", "browser.url"),
        ("{url: 'file:///etc/passwd'}", "browser.url"),
        ("{url: 'http://[::1'}", "browser.url"),
        ("{url: 7}", "browser.url"),
        ("{root: ../up}", "browser.root has to be a folder"),
        ("{pages: []}", "browser.pages has to be a list"),
        ("{pages: [about]}", "browser.pages"),
        ("{pages: [//evil.example.com/]}", "browser.pages"),
        ("{pages: [/1, /2, /3, /4, /5, /6, /7]}", "one to 6 paths"),
        ("{flows: {a: b}}", "browser.flows has to be a list"),
        ("{flows: [{steps: [{click: a}]}]}", "has to hold flows with `name`"),
        ("{flows: [{name: a, steps: []}]}", "one to 30 steps"),
        ("{flows: [{name: a, start: x, steps: [{click: b}]}]}", "`start` that is no path"),
        ("{flows: [{name: a, steps: [{run: 'rm -rf /'}]}]}", "not one of open, fill, click, expect"),
        ("{flows: [{name: a, steps: [{open: 'http://x/'}]}]}", "not one of"),
        ("{flows: [{name: a, steps: [{fill: '#a'}]}]}", "not one of"),
        ("{flows: [{name: a, steps: [{fill: {selector: '#a', value: 3}}]}]}", "not one of"),
        ("{flows: [{name: a, steps: [{click: a, open: /}]}]}", "not one of"),
        ("{flows: [{name: a, steps: [click]}]}", "not one of"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_place(text: str, words: str) -> None:
    """Nothing is guessed, and no address outside of the sandbox can be named."""
    with pytest.raises(UserError) as refused:
        parse_rules(f"browser: {text}\n".encode())
    assert words in str(refused.value)
    assert ".github/yantra.yml, line 1" in str(refused.value)


def test_a_folder_may_be_the_repository_itself() -> None:
    """A dot is no path, and is meant."""
    assert parse_rules(b"browser: {root: .}\n").browser.root == "."
    assert parse_rules(b"browser: {root: web/}\n").browser.root == "web"
