"""What looks at pages inside a sandbox, run here beside pages of our own: what it says, line by line."""

import json
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from runners.browser import main as browsing
from runners.browser.forms import TEXT, choose_value
from yantra_bot.validation.browser.program import Browser

pytestmark = pytest.mark.timeout(600)

Facts = list[dict[str, Any]]
Look = Callable[..., Any]
FORM = """<title>Form</title><form action="/thanks.html">
<input name=a required><input name=b type=email required><input type=number min=4><input type=date min=2026-02-01>
<input type=checkbox required><input type=radio name=r><input type=file><input type=range><input type=hidden name=h>
<input name=off disabled><textarea required minlength=20></textarea>
<select required><option value="">-</option><option value=x disabled>x</option><option value=y>y</option></select>
<button>Go</button></form>
<form id=quiet onsubmit="document.title = 'sent'; return false"><input name=q></form>"""


@pytest.fixture
def look(
    found_browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Look:
    """Return what serves files and looks at them; it gives the printed facts."""
    monkeypatch.syspath_prepend(str(found_browser.packages))
    pictures = tmp_path / "pictures"
    pictures.mkdir()

    async def look(files: Mapping[str, str], **changed: Any) -> Facts:
        for name, text in files.items():
            (tmp_path / name).write_text(text)
        order = {
            "program": str(found_browser.program),
            "serve": [],
            "folder": str(tmp_path),
            "environment": {},
            "url": f"http://127.0.0.1:{free_port()}/",
            "pages": ["/"],
            "flows": [],
            "explores": True,
            "max_pages": 6,
            "seconds": 60,
            "pictures": str(pictures),
            "log": str(tmp_path / "site.log"),
            **changed,
        }
        await browsing.look(order)
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return look


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def of(facts: Facts, kind: str) -> Facts:
    return [fact for fact in facts if kind in fact]


async def test_pages_forms_and_links(look: Look, tmp_path: Path) -> None:
    """Links of the same site are followed once, others and files are not; forms are tried on fresh pages."""
    links = "<a href='/'>a</a><a href='#x'>b</a><a href='thanks.html'>c</a><a href='https://example.com/'>d</a>"
    files = {"index.html": FORM + links + "<a href='x.pdf'>e</a>", "thanks.html": "<title>Thanks</title>"}
    facts = await look(files)
    assert [(one["page"], one["title"]) for one in of(facts, "page")] == [("/", "Form"), ("/thanks.html", "Thanks")]
    first, second = of(facts, "form")
    assert (first["refused"], first["unfilled"]) == (5, 0), first
    assert first["ended"].startswith("/thanks.html?a=Example+text&b=person")
    assert second["ended"] == "/"
    assert facts[-1] == {"done": True}
    assert sorted(path.name for path in (tmp_path / "pictures").iterdir()) == ["0.png", "1.png"]


async def test_troubles_are_told_with_their_kind(look: Look) -> None:
    """Exceptions, the console, answers, requests that break, dialogs; what is over and over is told once."""
    page = (
        "<script>console.error('bad'); console.error('bad'); console.log('fine');</script><script src=gone.js></script>"
        "<img src='http://127.0.0.1:9/x.png'><script>setTimeout(() => { for (;;) confirm('?') }, 300); oops();</script>"
    )
    facts = await look({"index.html": page})
    kinds = [one["trouble"] for one in of(facts, "trouble")]
    assert sorted(kinds) == ["answer", "console", "dialogs", "exception", "outside"]


async def test_flows_say_where_they_end(look: Look) -> None:
    """A step that cannot be done is named; one that can is not."""
    page = "<input id=m><button onclick=\"said.textContent = 'Hello ' + m.value\">Go</button><p id=said></p>"
    steps = [{"do": "fill", "target": "#m", "value": "Ann"}, {"do": "click", "target": "button"}]
    good = [*steps, {"do": "expect", "target": "Hello Ann"}, {"do": "open", "target": "/index.html"}]
    bad = [*steps, {"do": "click", "target": "#nowhere"}]
    flows = [{"name": "greet", "start": "/", "steps": good}, {"name": "lost", "start": "/", "steps": bad}]
    facts = await look({"index.html": page}, flows=flows, explores=False)
    assert [one["problem"][:29] for one in of(facts, "flow")] == ["", "step 3, click #nowhere: Locat"]
    assert [one["trouble"] for one in of(facts, "trouble")] == ["flow"]


async def test_a_page_that_never_ends_is_left(look: Look) -> None:
    """The browser that hangs on it is ended, and the next page has another one."""
    files = {"index.html": "<script>while (true) {}</script>", "b.html": "<title>b</title>"}
    facts = await look(files, pages=["/", "/b.html"], limits={"load_ms": 3_000})
    assert [(one["trouble"], one["path"]) for one in of(facts, "trouble")] == [("hang", "/")]
    assert [one["page"] for one in of(facts, "page")] == ["/b.html"]
    facts = await look(files, limits={"page_seconds": 3.0})
    assert [one["text"] for one in of(facts, "trouble")] == ["it was not done within 3 s"]


async def test_the_time_ends_a_tour(look: Look) -> None:
    """What was not looked at is said."""
    facts = await look({"index.html": "<p>a</p>"}, seconds=-1)
    assert of(facts, "note") == [{"note": "the time was used up before all was looked at"}]


async def test_a_picture_that_is_too_large_is_left_out(look: Look, tmp_path: Path) -> None:
    """Where even its smaller kind is; a tall page is cut."""
    page = "<body style='margin:0'><canvas id=c width=1280 height=3000></canvas><script>const p = c.getContext('2d');"
    page += "for (let y = 0; y < 3000; y += 4) for (let x = 0; x < 1280; x += 4) {"
    page += "p.fillStyle = `hsl(${(x * 7 + y * 13) % 360} 90% 50%)`; p.fillRect(x, y, 4, 4); }</script>"
    facts = await look({"index.html": page}, limits={"picture_bytes": 1_000})
    assert of(facts, "page")[0]["picture"] is None
    facts = await look({"index.html": page}, limits={"picture_bytes": 10_000_000})
    data = (tmp_path / "pictures" / of(facts, "page")[0]["picture"]).read_bytes()
    assert int.from_bytes(data[20:24]) == browsing.MAX_HEIGHT


async def test_a_site_that_does_not_start_is_told(look: Look) -> None:
    """Its command ended, or nothing answers in time."""
    facts = await look({}, serve=[sys.executable, "-c", "raise SystemExit('no database')"])
    assert of(facts, "trouble")[0]["text"] == "its command ended with 1: no database"
    facts = await look({}, serve=[sys.executable, "-c", "import time; time.sleep(60)"], patience=0.3)
    assert of(facts, "trouble")[0]["text"].endswith("in 0.3 s: it printed nothing")


@pytest.mark.parametrize(
    ("facts", "value"),
    [
        ({"type": "text"}, TEXT),
        ({"type": "text", "most": 4}, "Exam"),
        ({"type": "textarea", "least": 15}, "Example text Ex"),
        ({"type": "number"}, "1"),
        ({"type": "number", "min": "7"}, "7"),
        ({"type": "number", "max": "-3"}, "-3"),
        ({"type": "date", "max": "2020-01-01"}, "2020-01-01"),
        ({"type": "time"}, "12:30"),
        ({"type": "email", "most": 3}, "person@example.com"),
    ],
)
def test_a_field_gets_what_its_type_and_limits_allow(facts: dict[str, Any], value: str) -> None:
    """Guessed, the same every time."""
    assert choose_value({"min": "", "max": "", "least": -1, "most": -1, **facts}) == value
