"""A real Chromium in a real sandbox: what it sees, and what the sandbox still refuses while it runs."""

import pytest

from tests.fakes.browser_world import BrowserWorld
from tests.fakes.sandbox_world import find_processes, make_marker
from yantra_bot.domain.browsing import BrowserRules, Flow, FlowStep, TroubleKind
from yantra_bot.domain.pictures import read_facts

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(600)]

SHOP = """<title>Shop</title><h1>Shop</h1><a href="about.html">About</a>
<form id="order"><input name="mail" type="email" required><input name="count" type="number" min="3" required>
<button>Order</button></form><p id="said"></p>
<script>order.addEventListener("submit", event => { event.preventDefault(); said.textContent = "Thanks"; });</script>"""
FILES = {"site/index.html": SHOP, "site/about.html": "<title>About</title><h1>About us</h1>"}


def test_chromium_looks_at_a_site_inside_the_sandbox(web: BrowserWorld) -> None:
    """Pages are found by their links, timed and pictured; a form refuses to be empty and is filled by its types."""
    seen = web.look(FILES, folder="site")
    assert seen.problem == ""
    assert [(page.path, page.title, page.status) for page in seen.pages] == [
        ("/", "Shop", 200),
        ("/about.html", "About", 200),
    ]
    assert all(page.times.load and page.times.first_byte and page.picture for page in seen.pages)
    assert [(form.fields, form.refused, form.unfilled) for form in seen.forms] == [(2, 2, 0)]
    assert seen.troubles == ()
    pictures = [read_facts(data) for data in web.kept.values()]
    assert [(one.media, one.width, one.height) for one in pictures if one] == [("image/png", 1280, 800)] * 2
    assert web.said == ["looked at /", "looked at /about.html"]


def test_what_goes_wrong_in_a_page_is_told(web: BrowserWorld) -> None:
    """Uncaught exceptions with their place, errors in the console, requests that fail or are answered with an error."""
    page = (
        "<h1>Hi</h1><script src='gone.js'></script><img src='https://pictures.example.com/a.png'>\n"
        "<script>console.error('not good');\nmissingThing();</script>"
    )
    seen = web.look({"index.html": page})
    told = {(one.kind, one.text, one.where) for one in seen.troubles}
    assert (TroubleKind.EXCEPTION, "ReferenceError: missingThing is not defined", "/:3:1") in told
    assert (TroubleKind.CONSOLE, "not good", "/:2") in told
    assert (TroubleKind.ANSWER, "GET /gone.js: 404", "") in told
    outside = [one.text for one in seen.troubles if one.kind is TroubleKind.OUTSIDE]
    assert len(outside) == 1
    assert outside[0].startswith("GET https://pictures.example.com/a.png: net::ERR_")


def test_pages_that_mean_harm_come_to_an_end(web: BrowserWorld) -> None:
    """One that loops, one that opens dialogs, one that floods the console, one that downloads: the rest is seen."""
    links = "".join(f"<a href='{name}.html'>{name}</a>" for name in ("loop", "dialogs", "flood", "load"))
    seen = web.look(
        {
            "index.html": links,
            "loop.html": "<script>while (true) {}</script>",
            "dialogs.html": "<script>setTimeout(() => { while (true) alert('again'); })</script>",
            "flood.html": "<script>for (let n = 0; n < 300000; n++) { console.log(n); console.error(n) }</script>",
            "load.html": "<a id='a' download href='index.html'>x</a><script>a.click(); window.open('/');</script>",
        }
    )
    kinds = {one.path: one.kind for one in seen.troubles}
    assert kinds == {
        "/loop.html": TroubleKind.HANG,
        "/dialogs.html": TroubleKind.DIALOGS,
        "/flood.html": TroubleKind.CONSOLE,
    }
    assert len(seen.troubles) == 12, "ten of what floods"
    assert {"/", "/flood.html", "/load.html"} <= {page.path for page in seen.pages}
    assert seen.problem == ""


def test_a_described_flow_is_gone_through(web: BrowserWorld) -> None:
    """Each step is done as a person does it; one that fails is named with what the page says instead."""
    fill = (FlowStep("fill", "[name=mail]", "a@example.com"), FlowStep("fill", "[name=count]", "4"))
    steps = (*fill, FlowStep("click", "button"), FlowStep("expect", "Thanks"))
    good, bad = Flow("order", "/", steps), Flow("order twice", "/", (*steps, FlowStep("expect", "See you")))
    seen = web.look(FILES, BrowserRules(flows=(good, bad), explores=False), folder="site")
    assert seen.flows[0] == ("order", "")
    assert seen.flows[1][1].startswith(
        "step 5, expect See you: the words are not shown within 5 s; the page says: Shop"
    )
    assert [(one.kind, one.path) for one in seen.troubles] == [(TroubleKind.FLOW, "/")]
    assert [page.path for page in seen.pages] == ["/"], "nothing is explored"


def test_a_site_of_a_command_is_served(web: BrowserWorld) -> None:
    """The command gets the port, and its pages are looked at; nothing outside of the sandbox can reach them."""
    server = (
        "import http.server, os\n"
        "class Site(http.server.BaseHTTPRequestHandler):\n"
        "    def do_GET(self):\n"
        "        self.send_response(500 if self.path == '/bad' else 200)\n"
        "        self.end_headers()\n"
        "        self.wfile.write(b'<title>made</title><a href=/bad>bad</a>')\n"
        "http.server.HTTPServer(('127.0.0.1', int(os.environ['PORT'])), Site).serve_forever()\n"
    )
    seen = web.look({"serve.py": server}, BrowserRules(serve=("python3", "serve.py"), url="http://127.0.0.1:5001/"))
    assert [(page.path, page.title, page.status) for page in seen.pages] == [("/", "made", 200), ("/bad", "made", 500)]
    assert [(one.kind, one.text) for one in seen.troubles] == [(TroubleKind.ANSWER, "GET /bad: 500")]


def test_a_site_that_does_not_start_says_why(web: BrowserWorld) -> None:
    """The end of what its command printed is the reason."""
    seen = web.look({"serve.py": "raise SystemExit('no database')"}, BrowserRules(serve=("python3", "serve.py")))
    assert [(one.kind, one.text) for one in seen.troubles] == [
        (TroubleKind.SERVE, "its command ended with 1: no database")
    ]
    assert seen.pages == ()


REFUSED = """
import ctypes, os, socket, subprocess
libc = ctypes.CDLL(None, use_errno=True)
def told(name, code): print(name, code if code == 0 else os.strerror(ctypes.get_errno()))
told("user namespace", libc.unshare(0x10000000))
told("trace", libc.ptrace(16, 1, 0, 0))
told("memory file", -1 if libc.memfd_create(b"x", 0) < 0 else 0)
try: socket.create_connection(("192.0.2.1", 80), 2); print("network open")
except OSError as problem: print("network", problem.strerror or problem)
print("chroot", subprocess.run(["/usr/sbin/chroot", "/", "true"], capture_output=True).returncode)
try: open("/usr/lib/chromium/mine", "w"); print("root writable")
except OSError as problem: print("root", problem.strerror)
print("capabilities", [line.split()[1] for line in open("/proc/self/status") if line.startswith("CapEff")])
"""


def test_the_profile_of_a_browser_gives_nothing_away(web: BrowserWorld) -> None:
    """Under the limits that a browser runs with, the filter and the namespaces refuse what they refuse to everybody."""
    done = web.run(REFUSED)
    assert done.output.splitlines() == [
        "user namespace Operation not permitted",
        "trace Operation not permitted",
        "memory file Function not implemented",
        "network Network is unreachable",
        "chroot 125",
        "root Read-only file system",
        "capabilities ['0000000000000000']",
    ]


def test_a_browser_leaves_nothing_behind(web: BrowserWorld) -> None:
    """When a look is over, no process of it lives, though the site would go on for ever."""
    marker = make_marker()
    server = f"import sys, subprocess; subprocess.Popen(['sleep', '1000', '{marker}'], start_new_session=True)\n"
    web.look(
        {"serve.py": server + "import time; time.sleep(5); sys.exit('done')"},
        BrowserRules(serve=("python3", "serve.py")),
    )
    assert find_processes(marker) == []
