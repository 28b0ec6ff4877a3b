"""A change to a web page, looked at by a real browser before and after, from the comment to the pull request."""

import re

import aiohttp
import pytest

from tests.fakes.github import git_repository
from tests.stories.library import FINISH, HEAD, call, turn
from tests.stories.scene import Scene
from tests.stories.test_kill import assert_done_once, kill_and_go_on
from tests.stories.test_replay import CODE
from tests.stories.test_terminal import yantra
from yantra_bot.domain.pictures import read_facts
from yantra_bot.domain.run import Phase
from yantra_bot.validation.browser.program import Browser

pytestmark = pytest.mark.timeout(600)  # each opens several browsers

PAGE = """<!doctype html><title>Shop</title><link rel="stylesheet" href="style.css">
<h1>Shop</h1>
<form id="order"><label>Mail <input name="mail" type="email" required></label> <button>Order</button></form>
<p id="said"></p><script src="shop.js"></script>
"""
SCRIPT = """order.addEventListener("submit", event => { event.preventDefault(); said.textContent = "Thanks"; });
legacy();
"""
SITE = {
    "site/index.html": PAGE,
    "site/style.css": "body { font-family: sans-serif; margin: 2rem }\n",
    "site/shop.js": SCRIPT,
    "test.sh": "test -f site/index.html\n",
    ".github/yantra.yml": "tests:\n  command: [sh, test.sh]\n",
}
"""A site with a script that throws ever since."""


def edit(path: str, search: str, replace: str) -> str:
    return call("edit_file", f"{{path = '{path}', search = '''{search}''', replace = '''{replace}'''}}")


HEADING = edit("site/index.html", "<h1>Shop</h1>", "<h1>Our shop is open</h1>")
BREAK = edit("site/shop.js", '"Thanks"', "thank(said)")
THROW = edit("site/shop.js", "legacy();", "renamed();")
MEND = edit("site/shop.js", "thank(said)", '"Thank you"')


@pytest.fixture
def shop(scene: Scene, found_browser: Browser) -> Scene:
    """A scene with the site; skipped where there is no browser."""
    scene.work_in(SITE)
    return scene


async def fetch(url: str) -> tuple[int, str, bytes]:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, answer.content_type, await answer.read()


async def test_a_changed_page_is_shown_before_and_after(shop: Scene) -> None:
    """The pull request tells what was looked at, how long it took, and shows both pictures; so does the run's page."""
    shop.play(HEAD + turn("edit", HEADING) + turn("end", FINISH))
    async with shop.server():
        await shop.comment("@yantra implement")
        ending = await shop.ending()
        assert ending.phase is Phase.COMPLETE, ending.reason
        run = shop.runs()[0]
        status, _, page = await fetch(f"http://127.0.0.1:{shop.port}/runs/{run.order.run_id}")
        shown = re.findall(r'<img [^>]*src="([^"]+)"', page.decode())
        pictures = [await fetch(f"http://127.0.0.1:{shop.port}/runs/{one}") for one in shown]
        stranger = await fetch(f"http://127.0.0.1:{shop.port}/runs/{run.order.run_id}/pictures/{'0' * 64}")
    assert status == 200
    assert [(code, kind) for code, kind, _ in pictures] == [(200, "image/png")] * 2
    assert pictures[0][2] != pictures[1][2]
    assert stranger[0] == 404
    assert Phase.BROWSER_VALIDATION in [one.phase for one in run.phases]
    (opened,) = shop.pull_requests()
    assert not opened.pull.is_draft, opened.body
    assert "| browser | passed |" in opened.body
    assert "what went wrong before still does" in opened.body
    assert re.search(r"/: loaded in \d+ ms \(before \d+ ms\), first paint after \d+ ms, 3 requests", opened.body)
    assert "form 1 of /: 1 of 1 fields refuse to be empty" in opened.body
    links = re.findall(r'src="(\S+/octo/other/blob/([0-9a-f]{40})/(\S+)\?raw=true)"', opened.body)
    assert [name for _, _, name in links] == ["page-1-before.png", "page-1-after.png"]
    folder = shop.repository.git_dir
    names = [git_repository.run_git(folder, "rev-parse", f"{commit}:{name}").strip() for _, commit, name in links]
    kept = [git_repository.read_blob(folder, name) for name in names]
    assert [(found.media, found.width) for data in kept if (found := read_facts(data))] == [("image/png", 1280)] * 2
    assert kept == [data for _, _, data in pictures]
    assert shop.branches() == [opened.pull.head_ref], "pictures are on no branch"
    told = await yantra(shop, "runs", "replay", run.order.run_id, PYTHONPATH=str(CODE))
    assert told.out.startswith("Identical: "), told


async def test_a_page_that_breaks_goes_back_to_the_model(shop: Scene) -> None:
    """It is told the exception and where; what it mends is delivered."""
    shop.play(
        HEAD
        + turn("break", BREAK)
        + turn("sure", FINISH)
        + turn("mend", MEND, when='{last = ["thank is not defined", "/shop.js:1"]}')
        + turn("end", FINISH)
    )
    async with shop.server():
        await shop.comment("@yantra implement")
        ending = await shop.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    (opened,) = shop.pull_requests()
    assert "2 attempts" in opened.body
    assert "| browser | passed |" in opened.body


async def test_a_page_that_stays_broken_is_not_delivered(shop: Scene) -> None:
    """After three attempts a person gets the branch and the exception; there is no pull request."""
    shop.work_in(
        {**SITE, ".github/yantra.yml": f"{SITE['.github/yantra.yml']}browser: {{explore: false}}\n"}, name="octo/quiet"
    )
    shop.play(HEAD + turn("break", THROW) + turn("a", FINISH) + turn("b", FINISH) + turn("c", FINISH))
    async with shop.server():
        await shop.comment("@yantra implement")
        ending = await shop.ending()
    assert ending.phase is Phase.ESCALATED
    assert "The check `browser` failed" in ending.reason
    assert "renamed is not defined" in ending.reason
    assert shop.pull_requests() == []
    assert len(shop.branches()) == 1


async def test_without_a_browser_the_check_is_left_out(scene: Scene) -> None:
    """A machine without Chromium delivers all the same, and the pull request says why nothing was looked at."""
    scene.work_in(SITE, script=HEAD + turn("edit", HEADING) + turn("end", FINISH))
    async with scene.server(chromium=scene.folder / "no-chromium"):
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    (opened,) = scene.pull_requests()
    assert "| browser | not made |" in opened.body
    assert "sudo apt-get install chromium" in opened.body
    assert "<img" not in opened.body


@pytest.mark.case("L01")
@pytest.mark.parametrize("step", ["check change#2", "show pictures#1"])
async def test_a_kill_while_pages_are_looked_at_or_shown_ends_once(shop: Scene, step: str) -> None:
    """The browser dies with the server; afterwards there is one pull request, and one set of pictures."""
    shop.work_in(
        {**SITE, ".github/yantra.yml": f"{SITE['.github/yantra.yml']}browser: {{explore: false}}\n"},
        name="octo/killed",
        script=HEAD + turn("edit", HEADING) + turn("end", FINISH),
    )
    await kill_and_go_on(shop, lambda: [one for one in shop.steps() if one.name == step])
    assert_done_once(shop, model_calls=2)
    albums = [name for name in git_repository.refs(shop.repository.git_dir) if name.startswith("refs/yantra/")]
    assert albums == [f"refs/yantra/pictures/{shop.runs()[0].order.run_id}"]
    (opened,) = shop.pull_requests()
    assert opened.body.count("<img ") == 2
