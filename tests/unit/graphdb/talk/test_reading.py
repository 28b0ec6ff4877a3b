"""Entities and relations of a conversation, as a person reads them; merging, reach, privacy, limits."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yantra_bot.domain.graph import NodeKind, Span, Symbol
from yantra_bot.domain.talk import (
    EntityKind,
    Message,
    Reach,
    RelationKind,
    SourceKind,
    Talk,
    Thread,
)
from yantra_bot.graphdb.talk import reading
from yantra_bot.graphdb.talk.importance import weigh_entities
from yantra_bot.graphdb.talk.reading import find_entity, hide, read_talk
from yantra_bot.graphdb.talk.spotted import Spotted
from yantra_bot.graphdb.talk.symbols import SymbolIndex

E, R = EntityKind, RelationKind


def symbol(path: str, name: str, kind: NodeKind, first: int, last: int) -> Symbol:
    return Symbol(f"{path}::{name}", kind, name.rsplit(".", 1)[-1], name, path, Span(first, 0, last, 0))


SYMBOLS = [
    Symbol("src/app.py", NodeKind.MODULE, "app", "app", "src/app.py", Span(1, 0, 60, 0)),
    symbol("src/app.py", "app.load_config", NodeKind.FUNCTION, 10, 20),
    symbol("src/app.py", "app.Server", NodeKind.CLASS, 25, 55),
    symbol("src/app.py", "app.Server.start", NodeKind.METHOD, 30, 50),
    symbol("src/jobs.py", "jobs.Worker.start", NodeKind.METHOD, 3, 9),
]


def say(*texts: str, kind: SourceKind = SourceKind.ISSUE, reach: Reach = Reach.PUBLIC) -> Talk:
    """Read an issue in which Ada, Bob and Carol speak in turn."""
    people = [("ada", "Ada Lovelace"), ("bob-b", "Bob Builder"), ("carol", "Carol Shaw")]
    messages = tuple(
        Message(text, *(people[place % 3][0], 1e9 + place, f"https://x.example/12#{place}", people[place % 3][1]))
        for place, text in enumerate(texts)
    )
    return read_talk([Thread(kind, "12", "Something", messages, "me/mine", reach)], SYMBOLS)


def relations(talk: Talk) -> set[tuple[str, str, str]]:
    """Return what is surer than a guess, without what every thread has."""
    names = {entity.key: entity.name for entity in talk.entities}
    thread, project = "issue:me/mine#12", "project:me/mine"
    return {
        (names[one.source], one.kind.value, names[one.target])
        for one in talk.relations
        if one.confidence > 0.24 and one.target not in {thread, project}
        if one.kind is not R.MENTIONS or one.source != thread
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Django uses Redis and Kafka.", {("Django", "uses", "Redis"), ("Django", "uses", "Kafka")}),
        ("PostgreSQL is used by Django.", {("Django", "uses", "PostgreSQL")}),
        ("We use k8s.", {("me/mine", "uses", "Kubernetes")}),
        ("Flask uses Redis and depends on Python.", {("Flask", "uses", "Redis"), ("Flask", "depends on", "Python")}),
        ("FastAPI is great. It is written in Python.", {("FastAPI", "uses", "Python")}),
        ("I joined Acme Labs in Rome", {("Ada Lovelace", "part of", "Acme Labs"), ("Acme Labs", "located at", "Rome")}),
        ("Grace Hopper works with Alan Turing.", {("Alan Turing", "works with", "Grace Hopper")}),
        ("Grace Hopper is here. She knows Rust.", {("Grace Hopper", "knows", "Rust")}),
        ("Guido van Rossum created Python.", {("Guido van Rossum", "creates", "Python")}),
        ("Python was created by Guido van Rossum.", {("Guido van Rossum", "creates", "Python")}),
        ("Depends on #9.", {("me/mine#12", "depends on", "me/mine#9")}),
        ("- blocked by other/repo#4", {("me/mine#12", "depends on", "other/repo#4")}),
        ("`load_config` calls `Server.start`.", {(SYMBOLS[1].key, "uses", SYMBOLS[3].key)}),
        ("The README mentions RFC 7231.", {("README", "mentions", "RFC 7231")}),
        ("PyCon US 2024 was held in Paris.", {("PyCon US 2024", "located at", "Paris")}),
        ("Django does not use MongoDB.", set()),
        ("Django never used MongoDB", set()),
        ("> Django uses MongoDB", set()),
        ("`Django uses MongoDB`", set()),
    ],
)  # fmt: skip
def test_sentences_say_what_a_person_reads_in_them(text: str, expected: set[tuple[str, str, str]]) -> None:
    """Active and passive, lists, pronouns and missing subjects are read; what is denied or quoted is not."""
    assert relations(say(text)) == expected


def test_questions_and_plans_are_less_sure() -> None:
    """Who asks or plans does not state."""
    sure = {
        text: max(one.confidence for one in say(text).relations if one.kind is R.USES)
        for text in ("Django uses Redis.", "Django might use Redis.", "Does Django use Redis?")
    }
    assert sure["Django uses Redis."] > sure["Django might use Redis."] > sure["Does Django use Redis?"]


def test_spellings_handles_and_abbreviations_are_one() -> None:
    """Postgres is PostgreSQL, MVC what it was explained as, and @bob-b, Bob and Bob Builder one person."""
    talk = say(
        "postgres, Postgres and PostgreSQL. Model View Controller (MVC). Node.js",
        "MVC it is, says @ada. NodeJS",
        "Thanks Bob! @bob-b, cc Bob Builder",
    )
    postgres = find_entity(talk, E.TECHNOLOGY, "PostgreSQL")
    assert postgres is not None
    assert postgres.mentions == 3
    assert find_entity(talk, E.CONCEPT, "model view controller") is not None
    people = {entity.name for entity in talk.entities if entity.kind is E.PERSON}
    assert people == {"Ada Lovelace", "Bob Builder", "Carol Shaw"}


def test_entities_know_when_where_and_by_whom_they_were_named() -> None:
    """First and last mention, links and confidence are kept; more mentions make it surer."""
    talk = say("Redis.", "Kafka.", "Redis again.")
    redis = find_entity(talk, E.TECHNOLOGY, "Redis")
    assert redis is not None
    assert (redis.first, redis.last, redis.mentions) == (1e9, 1e9 + 2, 2)
    assert redis.seen[0].links == ("https://x.example/12#0", "https://x.example/12#2")
    assert (R.WORKS_WITH, "person:ada lovelace") in {(one.kind, one.source) for one in talk.relations}


def test_a_pull_request_fixes_what_its_keywords_close() -> None:
    """In an issue the same words mention only; a number that is a pull request is one everywhere."""
    pull = Thread(
        SourceKind.PULL_REQUEST, "13", "Fix it", (Message("Fixes #12", "ada"),), "me/mine", touches=(SYMBOLS[1].key,)
    )
    issue = Thread(SourceKind.ISSUE, "12", "Broken", (Message("Fixed by #13? Fixes #13", "bob-b"),), "me/mine")
    talk = read_talk([pull, issue], SYMBOLS)
    found = {(one.source, one.kind, one.target) for one in talk.relations}
    assert ("pull request:me/mine#13", R.FIXES, "issue:me/mine#12") in found
    assert ("pull request:me/mine#13", R.TOUCHES, f"symbol:{SYMBOLS[1].key}") in found
    assert ("issue:me/mine#12", R.MENTIONS, "pull request:me/mine#13") in found
    assert "issue:me/mine#13" not in {entity.key for entity in talk.entities}


def test_code_is_tied_to_the_symbols_it_names() -> None:
    """Backticks, places and stack traces name symbols; what several could be is less sure, what none is stays out."""
    trace = 'Traceback:\n```\n  File "/srv/x/src/app.py", line 33, in start\n```\n'
    talk = say(f"`load_config()` `start` `no_such_thing` src/app.py:12 {trace}")
    sure = {entity.name: entity.confidence for entity in talk.entities if entity.kind is E.SYMBOL}
    assert set(sure) == {
        "src/app.py::app.load_config",
        "src/app.py::app.Server.start",
        "src/jobs.py::jobs.Worker.start",
    }
    assert sure["src/jobs.py::jobs.Worker.start"] < 0.3 < sure["src/app.py::app.Server.start"]


def test_the_index_resolves_names_paths_and_lines() -> None:
    """A longer name is surer; a path is found by its end; a line belongs to the innermost symbol."""
    index = SymbolIndex(SYMBOLS)
    assert index.resolve("Server.start") == [("src/app.py::app.Server.start", 0.95)]
    assert index.resolve("Server::start()") == index.resolve("app.Server#start")
    assert index.resolve("app.py") == [("src/app.py", 0.95)]
    assert index.resolve("not code!") == index.resolve("unknown_name") == []
    assert index.at_line("/home/x/src/app.py", 27) == [("src/app.py::app.Server", 0.9)]
    assert index.at_line("src/app.py", 58) == [("src/app.py", 0.9)]
    assert index.at_line("src/app.py", 1, "Server.start") == [("src/app.py::app.Server.start", 0.9)]
    assert index.at_line("elsewhere.py", 5, "load_config") == [("src/app.py::app.load_config", 0.85)]
    assert index.at_line("elsewhere.py", 5) == []


def test_personal_data_is_nowhere_in_the_result() -> None:
    """Neither in names nor in aliases, links or titles."""
    talk = say(
        "Mail ada@example.org, call +44 20 7946 0958, token=ghp_0123456789abcdefghij, https://u:hunter22@x.example/a",
        "I live at 12 Baker Street. `ghp_0123456789abcdefghij`",
    )
    for secret in ("ada@example", "0958", "ghp_", "hunter22", "Baker"):
        assert secret not in repr(talk)


def test_what_was_said_in_private_is_hidden_from_others() -> None:
    """A reader of public threads sees no entity, relation, time or link of another."""
    public = Thread(SourceKind.ISSUE, "1", "A", (Message("We use Redis.", "ada", 5.0, "pub"),), "me/mine")
    private = Thread(
        SourceKind.THREAD,
        "talk",
        "B",
        (Message("We use Redis and Kafka.", "eve", 9.0, "priv"),),
        "me/mine",
        Reach.PRIVATE,
    )
    talk = read_talk([public, private])
    redis = find_entity(talk, E.TECHNOLOGY, "Redis")
    assert redis is not None
    assert ([one.reach for one in redis.seen], redis.reach, redis.mentions) == (
        [Reach.PUBLIC, Reach.PRIVATE],
        Reach.PUBLIC,
        2,
    )
    seen = hide(talk, [Reach.PUBLIC])
    assert "priv" not in repr(seen)
    assert find_entity(seen, E.TECHNOLOGY, "Kafka") is None
    assert {relation.target for relation in seen.relations if relation.kind is R.USES} == {"technology:redis"}
    assert hide(talk, Reach) == talk


def test_no_threads_are_an_absence_with_a_reason() -> None:
    """Nothing to read is no failure."""
    assert read_talk([]).absence
    assert read_talk([Thread(SourceKind.PAGE, "README.md", "", ())]).absence
    assert weigh_entities(Talk()) == {}


def test_limits_are_told() -> None:
    """A long message is cut, and too many are left out, with a problem each."""
    long = Thread(SourceKind.PAGE, "long.md", "", (Message("word " * 50_000),))
    assert [problem.kind for problem in read_talk([long]).problems] == ["too long"]
    many = Thread(SourceKind.PAGE, "many.md", "", (Message("x"),) * (reading.MAX_MESSAGES + 1))
    assert [problem.kind for problem in read_talk([replace(long, messages=(Message("a"),)), many]).problems] == [
        "talk cut"
    ]


def test_a_model_may_add_what_rules_do_not_see() -> None:
    """Whoever has an extractor passes it; what it finds counts like the rest."""

    class Finder:
        def spot(self, text: str) -> list[Spotted]:
            place = text.find("frobnicator")
            return [Spotted(E.CONCEPT, "frobnicator", place, place + 11, 0.6)] if place >= 0 else []

    thread = Thread(SourceKind.ISSUE, "1", "A", (Message("Django uses the frobnicator."),), "me/mine")
    talk = read_talk([thread], extractor=Finder())
    assert ("technology:django", R.USES, "concept:frobnicator") in {
        (one.source, one.kind, one.target) for one in talk.relations
    }


def test_important_entities_are_central_and_recent() -> None:
    """Importance is between 0 and 1; what stands together is one community."""
    threads = [
        Thread(
            SourceKind.THREAD, f"t{number}", "", (Message("Django uses Redis. Django uses Kafka.", "", 1e9 + number),)
        )
        for number in range(5)
    ]
    threads.append(Thread(SourceKind.THREAD, "old", "", (Message("Emacs.", "", 1e8),)))
    weighed = weigh_entities(read_talk(threads))
    assert all(0 <= one.importance <= 1 for one in weighed.values())
    assert weighed["technology:django"].importance > weighed["tool:emacs"].importance
    assert weighed["technology:django"].community == weighed["technology:redis"].community
    assert (
        weigh_entities(read_talk(threads), now=2e9)["technology:django"].importance
        < weighed["technology:django"].importance
    )


@given(st.text(max_size=200), st.sampled_from(SourceKind))
@settings(max_examples=100, deadline=None)
def test_no_text_makes_it_fail(text: str, kind: SourceKind) -> None:
    """Whatever somebody writes, reading ends, every end of a relation is an entity, every confidence a chance."""
    talk = say(text, text, kind=kind)
    keys = {entity.key for entity in talk.entities}
    assert all(relation.source in keys and relation.target in keys for relation in talk.relations)
    assert all(0 < one.confidence < 1 for one in (*talk.entities, *talk.relations))
