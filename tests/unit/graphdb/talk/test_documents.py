"""Pages become threads with a place for everything that was said; what is said is kept and asked."""

from dataclasses import replace
from pathlib import Path

from yantra_bot.domain.graph import Graph, NodeKind, Problem, Span, Symbol
from yantra_bot.domain.talk import Message, Reach, SourceKind, Talk, Thread
from yantra_bot.graphdb.kuzu_store import GraphStore
from yantra_bot.graphdb.readings import FORGE, NOT_ASKED, PAGES, PAST, find_readings
from yantra_bot.graphdb.surroundings import NO_PAGES, Surroundings
from yantra_bot.graphdb.talk.documents import MAX_BYTES, MAX_PAGES, split_paragraphs, threads_of_pages
from yantra_bot.graphdb.talk.privacy import mask_link
from yantra_bot.graphdb.talk.records import talk_records
from yantra_bot.graphdb.view import GraphView

PAGE = """# Shop

Alice wrote `take_item` for the Redis cache.

```python
take_item(1)

take_item(2)
```
After it.

- See `shop/stock.py:1`.
"""
SYMBOL = Symbol(
    "shop/stock.py::take_item",
    NodeKind.FUNCTION,
    "take_item",
    "shop.stock.take_item",
    "shop/stock.py",
    Span(1, 0, 3, 0),
)
VIEW = GraphView.of(Graph([SYMBOL], files={"shop/stock.py": "1"}))
ISSUE = Thread(
    SourceKind.ISSUE,
    "7",
    "take_item is slow",
    (
        Message("It takes a minute, says `take_item`.", "ann", link="https://x/7"),
        Message("Redis would help.", "bob", link="https://x/7#issuecomment-3"),
    ),
    "o/r",
    Reach.PRIVATE,
)


def test_a_page_is_split_where_its_paragraphs_begin() -> None:
    """A fenced block is never cut, however many empty lines it has."""
    found = list(split_paragraphs(PAGE))
    assert [line for line, _ in found] == [1, 3, 5, 12]
    assert found[2][1].endswith("After it.")
    assert list(split_paragraphs("")) == []
    assert [line for line, _ in split_paragraphs("a\n```\n\nb")] == [1]


def test_the_nearest_pages_are_read_first_and_what_is_left_out_is_told() -> None:
    """By number, and by bytes of all together."""
    problems: list[Problem] = []
    pages = {f"docs/{number}.md": "words" for number in range(MAX_PAGES)} | {"README.md": "# Title\n\nText"}
    threads = list(threads_of_pages(pages, problems))
    assert (threads[0].name, threads[0].title, len(threads)) == ("README.md", "Title", MAX_PAGES)
    assert problems[0].detail.startswith("1 pages are left out")
    problems.clear()
    threads = list(threads_of_pages({"a.md": "x", "b.md": "y" * MAX_BYTES}, problems))
    assert [thread.name for thread in threads] == ["a.md"]
    assert problems


def test_what_is_said_is_asked_in_cypher(tmp_path: Path) -> None:
    """Entities that mention symbols and each other, with the place where that is said and who may read it."""
    store = GraphStore.open(tmp_path)
    store.save(VIEW, Surroundings(None, {"README.md": PAGE}, [ISSUE], repository="o/r").refresh(VIEW, []))
    mentions = "MATCH (e:Entity)-[m:MENTIONS {kind: 'mentions'}]->(s:Symbol) RETURN e.name, m.reach, m.evidence"
    rows = {row[0]: row[1:] for row in store.query(mentions).rows}
    assert rows["README.md"] == ["public", ["README.md:3", "README.md:12"]]
    assert rows["o/r#7"] == ["private", ["https://x/7"]]
    related = "MATCH (a:Entity)-[r:RELATES {kind: 'creates'}]->(b:Entity) RETURN a.name, b.name"
    assert ["@ann", "o/r#7"] in store.query(related).rows
    technologies = "MATCH (e:Entity {kind: 'technology'}) RETURN e.name, e.evidence"
    assert store.query(technologies).rows[0] == ["Redis", ["README.md:3", "https://x/7#issuecomment-3"]]
    assert store.query("MATCH (e:Entity {kind: 'symbol'}) RETURN e").rows == []


def test_an_absence_is_told_in_the_words_of_whoever_asked() -> None:
    """Another reason, and another reach of the pages, are news; issues are counted by their kind."""
    refused, large = "no issues: refused", "no git history: too large"
    around = Surroundings(None, {"README.md": PAGE}, no_threads=refused, no_past=large)
    records = around.refresh(VIEW, [])
    readings = find_readings(records)
    assert (readings[FORGE].absence, readings[PAST].absence) == (refused, large)
    assert around.refresh(VIEW, records) == []
    later = replace(around, no_threads="no issues: switched off").refresh(VIEW, records)
    assert find_readings(later)[FORGE].absence == "no issues: switched off"
    shared = replace(around, reach=Reach.SHARED).refresh(VIEW, records)
    (entities,) = [one.rows.to_pylist() for one in shared if one.table.name == "Entity"]
    assert {one["reach"] for one in entities} == {"shared"}
    pull = replace(ISSUE, kind=SourceKind.PULL_REQUEST, name="8")
    counts = find_readings(replace(around, threads=[ISSUE, pull, pull]).refresh(VIEW, records))[FORGE].counts
    assert counts == {"issues": 1, "pull requests": 2, "messages": 6}


def test_links_keep_their_host_and_lose_their_secrets() -> None:
    """A forge may stand at a network address."""
    assert mask_link("https://10.0.0.1:8443/o/r/issues/7") == "https://10.0.0.1:8443/o/r/issues/7"
    assert mask_link("https://ann:hunter22@x/o/r?to=ann@example.com") == "https://[secret]@x/o/r?to=[mail]"


def test_what_was_read_is_kept_until_something_is_new() -> None:
    """Pages, symbols and threads that are the same are not read again; absences have a reason."""
    around = Surroundings(None, {"README.md": PAGE})
    records = around.refresh(VIEW, [])
    readings = find_readings(records)
    assert readings[FORGE].absence == NOT_ASKED
    assert readings[PAST].absence.startswith("no git history")
    assert readings[PAGES].counts["documents"] == 1
    assert around.refresh(VIEW, records) == []
    assert Surroundings(None, {"README.md": PAGE + "\nMore.\n"}).refresh(VIEW, records)
    assert Surroundings(None, {"README.md": PAGE}, []).refresh(VIEW, records)
    assert around.refresh(GraphView.of(Graph()), records)
    assert find_readings(Surroundings(None, {}).refresh(VIEW, records))[PAGES].absence == NO_PAGES


def test_nothing_said_is_three_empty_tables() -> None:
    """So that a query finds the tables all the same."""
    assert [len(one.rows) for one in talk_records(Talk())] == [0, 0, 0]
