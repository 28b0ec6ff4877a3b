"""Which changes touch web pages, and how their site is served."""

import pytest

from yantra_bot.domain.browsing import BrowserRules
from yantra_bot.validation.browser.choose import Site, Unserved, choose_site

STATIC = ["index.html", "about/index.html", "about/team.html", "style.css", "js/app.js", "README.md"]
BELOW = ["site/index.html", "site/app.js", "src/tool.js", "tool.py"]
FLASK = ["app.py", "templates/home.html", "static/app.js"]


@pytest.mark.parametrize(
    ("changed", "paths", "folder"),
    [
        ("about/team.html", STATIC, ""),
        ("js/app.js", STATIC, ""),
        ("style.css", STATIC, ""),
        ("site/app.js", BELOW, "site"),
    ],
)
def test_files_below_an_index_page_are_served_as_they_are(changed: str, paths: list[str], folder: str) -> None:
    """The site begins at the outermost folder with an index page."""
    assert choose_site([changed], paths, BrowserRules()) == Site(folder)


@pytest.mark.parametrize(
    ("changed", "paths"),
    [
        ("README.md", STATIC),
        ("tool.py", BELOW),
        ("src/tool.js", BELOW),
        ("site/node_modules/x/index.js", BELOW),
        ("tests/page.html", [*STATIC, "tests/page.html"]),
        ("htmlcov/index.html", ["htmlcov/index.html"]),
    ],
)
def test_other_changes_touch_no_page(changed: str, paths: list[str]) -> None:
    """Scripts that no page shows, what is not ours, and what is no page at all start no browser."""
    assert choose_site([changed], paths, BrowserRules()) is None


def test_templates_need_a_server() -> None:
    """Nobody guesses how a server is started; what to write is said."""
    found = choose_site(["templates/home.html"], FLASK, BrowserRules())
    assert isinstance(found, Unserved)
    assert "browser: {serve: [...]}" in found.reason
    served = BrowserRules(serve=("flask", "run"))
    assert choose_site(["templates/home.html"], FLASK, served) == Site("", ("flask", "run"))
    assert choose_site(["static/app.js"], FLASK, served) == Site("", ("flask", "run"))
    assert choose_site(["app.py"], FLASK, served) is None


def test_what_has_to_be_built_needs_a_server() -> None:
    """A browser takes no TypeScript."""
    found = choose_site(["src/App.tsx"], ["index.html", "src/App.tsx"], BrowserRules())
    assert isinstance(found, Unserved)
    assert "src/App.tsx has to be built" in found.reason


def test_a_repository_can_name_its_root_and_switch_it_off() -> None:
    """Its rules win over what would be found out."""
    assert choose_site(["web/a.js"], ["web/a.js"], BrowserRules(root="web")) == Site("web")
    assert choose_site(["lib/a.js"], ["web/a.js"], BrowserRules(root="web")) is None
    assert choose_site(["index.html"], STATIC, BrowserRules(enabled=False)) is None
