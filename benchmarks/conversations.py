"""Made-up long conversations with facts planted in them, to see what is left of these when they are made short.

The words around the facts are real files of this repository, read in pieces, and talk about them. The facts are of many
kinds and were written down without regard to how lines are chosen; a fact counts as kept when one line of the result
has all of its keys.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from yantra_bot.domain.conversation import Block, Message, Role, Text, ToolCall, ToolResult

ROOT = Path(__file__).resolve().parent.parent
USER, ASSISTANT, OUTPUT, FILE = "user", "assistant", "output", "file"


@dataclass(frozen=True, slots=True)
class Fact:
    """Who says it, the words, and what of them has to be found again in one line."""

    where: str
    words: str
    keys: tuple[str, ...]


def fact(where: str, words: str, *keys: str) -> Fact:
    return Fact(where, words, keys or (words,))


FACTS: tuple[Fact, ...] = (
    fact(
        USER,
        "Leave the signature of open_ledger alone, partners call it from their own scripts.",
        "open_ledger",
        "partners",
    ),
    fact(USER, "We ship on Thursday, so the migration has to be reversible.", "Thursday", "reversible"),
    fact(USER, "By the way, the staging box runs Debian with glibc 2.31.", "staging", "glibc 2.31"),
    fact(USER, "Marta owns the billing folder; ask before touching anything in it.", "Marta", "billing"),
    fact(USER, "I would rather have a slower query than a second cache.", "slower query", "second cache"),
    fact(USER, "The customer in Oslo sees it every morning around 06:40 local time.", "Oslo", "06:40"),
    fact(USER, "Please write the changelog entry in the past tense.", "changelog", "past tense"),
    fact(USER, "Nobody uses the XML export any more, you can drop it.", "XML export", "drop"),
    fact(USER, "Tests under tests/slow take half an hour here, skip those.", "tests/slow", "skip"),
    fact(USER, "The old behaviour with trailing slashes was intentional.", "trailing slashes", "intentional"),
    fact(
        ASSISTANT,
        "The culprit is the comparison in pick_slot: it mixes naive and aware datetimes.",
        "pick_slot",
        "naive",
    ),
    fact(
        ASSISTANT,
        "I settled on a write-ahead copy rather than a lock file, because the share is on NFS.",
        "write-ahead copy",
        "NFS",
    ),
    fact(
        ASSISTANT,
        "Renaming happens after fsync, otherwise a power cut leaves an empty file behind.",
        "fsync",
        "power cut",
    ),
    fact(ASSISTANT, "So the parser accepts tabs only inside quoted fields.", "tabs", "quoted fields"),
    fact(ASSISTANT, "The retry loop multiplies the delay by 1.7 and gives up after 9 rounds.", "1.7", "9 rounds"),
    fact(
        ASSISTANT,
        "Both callers of normalise_key already lower-case their input, which makes the inner call redundant.",
        "normalise_key",
        "redundant",
    ),
    fact(
        ASSISTANT,
        "My first patch to session.py was reverted since it changed the order of the headers.",
        "session.py",
        "order of the headers",
    ),
    fact(ASSISTANT, "Commit 4be1c07 introduced the off-by-one in the pager.", "4be1c07", "pager"),
    fact(
        ASSISTANT,
        "Plan: add a column first, backfill in batches of 5000, then swap the readers over.",
        "backfill",
        "5000",
    ),
    fact(ASSISTANT, "There is no test at all for the path with an empty inventory.", "no test", "empty inventory"),
    fact(
        ASSISTANT,
        "The documentation promises milliseconds while the code hands over seconds.",
        "promises milliseconds",
        "hands over seconds",
    ),
    fact(
        ASSISTANT,
        "The fixture tmp_ledger is shared by the whole module, hence the leftovers between tests.",
        "tmp_ledger",
        "leftovers",
    ),
    fact(ASSISTANT, "Windows paths arrive with backslashes from the upload form.", "backslashes", "upload form"),
    fact(
        ASSISTANT,
        "Locale de_AT uses a no-break space as thousands separator, and that is what splits the amount.",
        "de_AT",
        "no-break space",
    ),
    fact(
        ASSISTANT, "An empty tuple and None are told apart by the serializer on purpose.", "empty tuple", "on purpose"
    ),
    fact(OUTPUT, "E       AssertionError: assert Decimal('19.98') == Decimal('19.99')", "19.98", "19.99"),
    fact(
        OUTPUT,
        "FAILED tests/unit/test_rounding.py::test_half_even[EUR] - decimal.InvalidOperation",
        "test_half_even[EUR]",
        "InvalidOperation",
    ),
    fact(OUTPUT, "kernel: Out of memory: Killed process 8841 (indexer) total-vm:3145728kB", "8841", "indexer"),
    fact(
        OUTPUT,
        "psycopg.errors.LockNotAvailable: canceling statement due to lock timeout on relation orders",
        "LockNotAvailable",
        "orders",
    ),
    fact(
        OUTPUT,
        'src/rates/feed.py:212: error: Incompatible return value type (got "str", expected "Rate")',
        "feed.py:212",
        "Rate",
    ),
    fact(OUTPUT, "3 failed, 418 passed, 7 skipped in 91.44s", "3 failed", "418 passed"),
    fact(OUTPUT, "WARN  [pool-7] connection leaked by ReportJob.run, held for 304 s", "ReportJob.run", "304 s"),
    fact(OUTPUT, "ModuleNotFoundError: No module named 'zoneinfo_backport'", "zoneinfo_backport"),
    fact(OUTPUT, "HTTP/1.1 429 Too Many Requests (retry-after: 37)", "429", "37"),
    fact(FILE, "# Do not reorder: the vendor's gateway reads the fields by position.", "Do not reorder", "by position"),
    fact(FILE, "max_upload_mb = 48", "max_upload_mb", "48"),
    fact(FILE, "Requires-Python: >=3.10,<3.13", ">=3.10,<3.13"),
    fact(
        OUTPUT,
        "thread 'worker' panicked at src/queue.rs:77:14: called `Option::unwrap()` on a `None` value",
        "queue.rs:77:14",
    ),
    fact(OUTPUT, "fatal: refusing to merge unrelated histories", "refusing to merge unrelated histories"),
    fact(OUTPUT, "Benchmark parse_big: 412 ms before, 128 ms after", "412 ms", "128 ms"),
    fact(OUTPUT, "The certificate of mirror.internal ran out on 2026-03-02.", "mirror.internal", "2026-03-02"),
    fact(OUTPUT, "Segmentation fault (core dumped) while loading libproj.so.25", "libproj.so.25"),
    fact(OUTPUT, "Coverage of accounts/transfer.py fell from 94 % to 71 %", "accounts/transfer.py", "71 %"),
    fact(FILE, "NOTE(ines): the second lookup is needed on replicas that lag behind.", "replicas", "lag behind"),
    fact(OUTPUT, "TypeError: unsupported operand type(s) for +: 'Money' and 'NoneType'", "'Money' and 'NoneType'"),
    fact(USER, "The numbers on the dashboard come from the replica, not from the primary.", "replica", "primary"),
    fact(USER, "Finance closes the books on the 5th.", "Finance", "5th"),
    fact(USER, "Could you use the existing helper in money.py for that?", "money.py"),
    fact(USER, "Our linter complains about nested ternaries.", "nested ternaries"),
    fact(USER, "I tried a larger page size last year and it made things worse.", "page size", "worse"),
    fact(USER, "Invoices older than 2019 were imported by hand.", "2019", "by hand"),
    fact(USER, "Spanish customers get two decimals, Japanese ones none.", "Spanish", "Japanese"),
    fact(USER, "The function name is public, the module is not.", "public", "module is not"),
    fact(USER, "Merge with squash please.", "squash"),
    fact(USER, "Kwame reviewed the first attempt and liked the approach with the queue.", "Kwame", "queue"),
    fact(
        ASSISTANT, "The totals are summed before rounding here and after rounding in the PDF.", "before rounding", "PDF"
    ),
    fact(ASSISTANT, "Line items with a negative quantity are credits.", "negative quantity", "credits"),
    fact(
        ASSISTANT,
        "quantize uses ROUND_HALF_UP in one place and the context's default in the other.",
        "ROUND_HALF_UP",
        "default",
    ),
    fact(ASSISTANT, "After the edit both branches share apply_tax.", "apply_tax", "both branches"),
    fact(
        ASSISTANT,
        "The flag strict_mode is read once at import and later changes have no effect.",
        "strict_mode",
        "at import",
    ),
    fact(ASSISTANT, "Gift cards skip the whole calculation.", "Gift cards", "skip"),
    fact(
        ASSISTANT,
        "Exchange rates are cached for a day under the key of the base currency.",
        "Exchange rates",
        "base currency",
    ),
    fact(ASSISTANT, "I left the deprecated alias in place for one release.", "alias", "one release"),
    fact(ASSISTANT, "The queue consumer acknowledges before it writes.", "acknowledges", "before it writes"),
    fact(
        ASSISTANT, "Sorting by name breaks ties in the export, the importer depends on that order.", "ties", "importer"
    ),
    fact(ASSISTANT, "Hypothesis found the counterexample [0.005, 0.005].", "0.005"),
    fact(ASSISTANT, "The helper belongs to the package shared with the mobile app.", "helper", "mobile app"),
    fact(OUTPUT, "ValueError: could not convert string to float: '1.234,50'", "1.234,50"),
    fact(OUTPUT, "tests/unit/test_totals.py:88: in test_mixed_rates", "test_totals.py:88", "test_mixed_rates"),
    fact(OUTPUT, "E         - 107.99", "107.99"),
    fact(OUTPUT, "= 1 failed, 96 passed, 2 warnings in 12.07s =", "1 failed", "96 passed"),
    fact(OUTPUT, 'npm ERR! peer react@"^17" from react-grid@4.2.0', "react-grid@4.2.0"),
    fact(OUTPUT, "java.lang.IllegalStateException: basket already closed", "basket already closed"),
    fact(OUTPUT, "disk usage of /var/lib/ledger is at 97%", "/var/lib/ledger", "97%"),
    fact(OUTPUT, "error[E0382]: borrow of moved value: `invoice`", "E0382", "invoice"),
    fact(OUTPUT, "bisect found 9d2f77a as the first one that shows the symptom", "9d2f77a"),
    fact(OUTPUT, "The following tests were quarantined: test_refund_twice", "quarantined", "test_refund_twice"),
    fact(OUTPUT, "replaying 14 of 15 messages, the last has an unknown schema", "14 of 15", "unknown schema"),
    fact(FILE, "# Rates below this are treated as rounding noise by the tax office.", "rounding noise", "tax office"),
    fact(FILE, "    timeout_seconds: 45", "timeout_seconds", "45"),
    fact(FILE, "// The legacy client sends the VAT id in lower case.", "legacy client", "lower case"),
    fact(FILE, "# Kept for the nightly import, see the runbook.", "nightly import", "runbook"),
    fact(FILE, 'DEFAULT_CURRENCY = "SEK"', "DEFAULT_CURRENCY", "SEK"),
)

# Written after the choice of lines was settled, and never used to settle it.
HELD_OUT: tuple[Fact, ...] = (
    fact(USER, "Our support team reads the log of every failed import on Mondays.", "support team", "Mondays"),
    fact(USER, "Feel free to delete the shim in compat.py.", "compat.py"),
    fact(USER, "Yusuf wants to see a graph of it in the pull request.", "Yusuf", "graph"),
    fact(USER, "It worked with 3.11 on my laptop.", "3.11", "laptop"),
    fact(USER, "The shop in Graz has two tills with one account.", "Graz", "two tills"),
    fact(USER, "Prefer plain asserts over unittest style.", "plain asserts"),
    fact(ASSISTANT, "Refunds go through a different ledger table, journal_out.", "Refunds", "journal_out"),
    fact(ASSISTANT, "The discount is applied per line and the voucher per basket.", "per line", "per basket"),
    fact(ASSISTANT, "collect_lines silently drops entries whose article was deleted.", "collect_lines", "deleted"),
    fact(
        ASSISTANT,
        "I picked banker's rounding to match the statement of the payment provider.",
        "banker's rounding",
        "payment provider",
    ),
    fact(
        ASSISTANT,
        "The e-mail template calls total_gross while the page calls total_net plus tax.",
        "total_gross",
        "total_net",
    ),
    fact(ASSISTANT, "Half of the call sites pass a string.", "Half", "a string"),
    fact(ASSISTANT, "Order 20417 reproduces it with two articles at 0.335 each.", "20417", "0.335"),
    fact(ASSISTANT, "What remains to be done is the import of the old vouchers.", "remains", "old vouchers"),
    fact(
        ASSISTANT,
        "The view caches its result on the instance, thus a second request in one worker shows stale sums.",
        "instance",
        "stale sums",
    ),
    fact(
        ASSISTANT, "I have renamed the parameter to places in rounding.py and in both tests.", "places", "rounding.py"
    ),
    fact(OUTPUT, "AssertionError: 3 != 2 : basket has a leftover line", "leftover line"),
    fact(OUTPUT, "sqlite3.IntegrityError: UNIQUE constraint failed: voucher.code", "voucher.code"),
    fact(OUTPUT, "src/ledger/totals.py   212     19    91%   88-93, 140", "88-93"),
    fact(OUTPUT, "--- a/src/ledger/rounding.py", "a/src/ledger/rounding.py"),
    fact(OUTPUT, "Traceback (most recent call last) in worker eu-3", "eu-3"),
    fact(OUTPUT, "listening on 127.0.0.1:5433 with 4 slots", "5433", "4 slots"),
    fact(OUTPUT, 'mypy: rounding.py:31 has type "Decimal | None"', "rounding.py:31", "Decimal | None"),
    fact(OUTPUT, "seed for the failing order: 918273", "918273"),
    fact(OUTPUT, "go: module ledger/v2 found, but does not contain package ledger/v2/fx", "ledger/v2/fx"),
    fact(OUTPUT, "rows before: 10412, rows after: 10398", "10412", "10398"),
    fact(FILE, "# Half a cent goes to the customer, by contract.", "Half a cent", "contract"),
    fact(FILE, "retention_days = 400", "retention_days", "400"),
    fact(FILE, "/* Amounts arrive in minor units from the terminal. */", "minor units", "terminal"),
    fact(FILE, "# The order of these two lines matters on Postgres 12.", "order of these", "Postgres 12"),
)

TALK = (
    "Let me look at {path} next.",
    "Now I will read the rest of {path}.",
    "This module defines {name} and a few functions around it.",
    "{name} is called from several places, let me search for them.",
    "The function {name} takes its arguments, checks them and returns the result.",
    "I see how {name} works. It goes through the items one after the other.",
    "That matches what I thought about {name}.",
    "Nothing unusual in {path}.",
    "The imports at the top of {path} show what it depends on.",
    "Okay, {name} looks fine as it is.",
    "Next I want to see who uses {name}.",
    "I should also check the tests of {path}.",
    "The class keeps its state in a few fields and {name} reads them.",
    "Good, this is the part that I was looking for.",
    "Here {name} only hands its argument on to the next layer.",
    "The names in {path} are a little confusing at first, but the flow is simple.",
    "Before I change anything I want a full picture of {path}.",
    "{name} has a docstring that explains it well.",
    "So the caller builds a list, sorts it and gives it to {name}.",
    "It is not in {path} either, so I keep looking.",
    "The search shows a handful of uses of {name}, most of them in the same folder.",
    "I had a look at {path} earlier, this is the other half of it.",
    "This part of {path} is about formatting and has nothing to do with amounts.",
    "{name} is a thin wrapper, the work is done further down.",
    "There are two ways into {name}, and both go through the same check.",
    "The tests ran through, let me go on with {path}.",
    "I want to be sure about {name}, so I read it once more.",
    "The dataclass in {path} is frozen and has slots, like the others here.",
)
NOISE = (
    "Collecting {name}",
    "  Using cached {name}-{a}.{b}.{c}-py3-none-any.whl ({a} kB)",
    "Installing collected packages: {name}",
    "copying src/{name}.py -> build/lib/{name}.py",
    "INFO  [main] {name} started in {a} ms",
    "INFO  [main] request {a} served in {b} ms",
    "DEBUG [pool-{a}] checked out connection {b}",
    "{a}{b}{c}f Merge branch '{name}' into main",
    "{b}a{c}e Tidy up {name} and its tests",
    "{c}0{a}b Rename {name} to say what it does",
    "-rw-r--r-- 1 dev dev {a}{b} Mar {c} {name}.py",
    "  {a}/{c} [=====>    ] {name}",
    "ok  {name}  0.{a}s",
)
ASIDES = (
    "Thanks, go on.",
    "Looks good so far.",
    "Yes, please continue with that.",
    "Fine with me.",
)


def make_conversation(
    seed: int, tokens: int, count: Callable[[str], int], facts: Sequence[Fact] = FACTS, files: Sequence[Path] = ()
) -> tuple[list[Message], list[Fact]]:
    """Return a conversation of about so many tokens, and the facts planted between its first and last turns."""
    draw = random.Random(seed)
    sources = list(files) or sorted((ROOT / "yantra_bot").rglob("*.py"))
    messages = [Message(Role.USER, (Text("Fix issue 318: amounts on invoices are off by a cent. Tests must pass."),))]
    size, turns = 0, []
    while size < tokens:
        turns.append(make_turn(draw, sources, len(turns)))
        size += sum(count(block_text(block)) for message in turns[-1] for block in message.blocks)
    planted = draw.sample(list(facts), min(len(facts), 30))
    for one in planted:
        place = draw.randrange(2, len(turns) - 8)
        turns[place] = plant(draw, turns[place], one)
    return messages + [message for turn in turns for message in turn], planted


def make_turn(draw: random.Random, sources: Sequence[Path], number: int) -> list[Message]:
    """Return an answer with one to three calls, and their results."""
    calls: list[Block] = []
    results: list[Block] = []
    path = draw.choice(sources)
    for part in range(draw.choice((1, 1, 1, 2, 3))):
        identity = f"call_{number}_{part}"
        name, arguments, content = draw.choice(
            (read_a_piece, read_a_piece, search_names, run_the_tests, run_a_command)
        )(draw, sources)
        path = Path(str(arguments.get("path", path)))
        calls.append(ToolCall(identity, name, arguments))
        results.append(ToolResult(identity, content))
    says = [
        line.format(path=path.name, name=draw.choice(names_in(content)))
        for line in draw.sample(TALK, draw.randint(1, 4))
    ]
    if draw.random() < 0.08:
        results.append(Text(draw.choice(ASIDES)))
    return [Message(Role.ASSISTANT, (Text(" ".join(says)), *calls)), Message(Role.USER, tuple(results))]


def read_a_piece(draw: random.Random, sources: Sequence[Path]) -> tuple[str, dict[str, str], str]:
    path = draw.choice(sources)
    lines = path.read_text("utf-8", "replace").splitlines() or [""]
    start = draw.randrange(max(1, len(lines) - 40))
    shown = lines[start : start + draw.randint(30, 160)]
    text = "\n".join(f"{number:>6}\t{line}" for number, line in enumerate(shown, start + 1))
    return "read_file", {"path": name_of(path), "first": str(start + 1)}, text


def search_names(draw: random.Random, sources: Sequence[Path]) -> tuple[str, dict[str, str], str]:
    wanted = draw.choice(names_in(draw.choice(sources).read_text("utf-8", "replace")))
    found = []
    for path in draw.sample(list(sources), min(60, len(sources))):
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
            if wanted in line:
                found.append(f"{name_of(path)}:{number}: {line.strip()}")
    return "search", {"pattern": wanted}, "\n".join(found[:60]) or "Nothing found."


def run_the_tests(draw: random.Random, sources: Sequence[Path]) -> tuple[str, dict[str, str], str]:
    paths = [f"tests/unit/{path.parent.name}/test_{path.stem}.py" for path in draw.sample(list(sources), 25)]
    lines = [f"{path} {'.' * draw.randint(1, 40)} [{100 * place // 25:>3}%]" for place, path in enumerate(paths, 1)]
    return "run_tests", {"path": "tests/unit"}, "\n".join(["collecting ... done", *lines, "all tests ran"])


def run_a_command(draw: random.Random, sources: Sequence[Path]) -> tuple[str, dict[str, str], str]:
    names = names_in(draw.choice(sources).read_text("utf-8", "replace"))
    lines = []
    for template in draw.sample(NOISE, 3):
        for _ in range(draw.randint(4, 30)):
            a, b, c = (draw.randint(1, 28) for _ in range(3))
            lines.append(template.format(name=draw.choice(names), a=a, b=b, c=c))
    return "run", {"command": "make check"}, "\n".join(lines)


def plant(draw: random.Random, turn: list[Message], one: Fact) -> list[Message]:
    """Return the turn with the fact somewhere in it."""
    answer, results = turn
    if one.where == USER:
        return [answer, Message(Role.USER, (*results.blocks, Text(one.words)))]
    if one.where == ASSISTANT:
        first = answer.blocks[0]
        assert isinstance(first, Text)
        sentences = first.text.split(". ")
        sentences.insert(draw.randint(0, len(sentences)), one.words.removesuffix("."))
        return [Message(Role.ASSISTANT, (Text(". ".join(sentences)), *answer.blocks[1:])), results]
    name, arguments, content = (read_a_piece if one.where == FILE else draw.choice((run_the_tests, run_a_command)))(
        draw, sorted((ROOT / "yantra_bot").rglob("*.py"))
    )
    lines = content.splitlines()
    place = draw.randint(0, len(lines))
    words = f"{int(arguments['first']) + place:>6}\t{one.words}" if one.where == FILE else one.words
    lines.insert(place, words)
    identity = f"planted_{draw.randrange(10**9)}"
    asked = Message(Role.ASSISTANT, (*answer.blocks, ToolCall(identity, name, arguments)))
    return [asked, Message(Role.USER, (ToolResult(identity, "\n".join(lines)), *results.blocks))]


def is_kept(one: Fact, messages: Sequence[Message]) -> bool:
    """Say whether one line of what was said has all the keys of a fact."""
    lines = [line for message in messages for block in message.blocks for line in block_text(block).splitlines()]
    return any(all(key in line for key in one.keys) for line in lines)


def block_text(block: Block) -> str:
    return block.text if isinstance(block, Text) else block.content if isinstance(block, ToolResult) else str(block)


def names_in(text: str) -> list[str]:
    found = sorted(
        {word for word in text.replace("(", " ").replace(".", " ").split() if word.isidentifier() and len(word) > 5}
    )
    return found or ["main"]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name
