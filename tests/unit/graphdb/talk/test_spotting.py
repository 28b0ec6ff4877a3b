"""Which entities a text speaks of: by a list, by their form, by the words beside them."""

import pytest

from yantra_bot.domain.talk import EntityKind
from yantra_bot.graphdb.talk.gazetteer import load_gazetteer
from yantra_bot.graphdb.talk.spotting import Spotter

E = EntityKind


def spot(text: str) -> list[tuple[EntityKind, str]]:
    spotter = Spotter(load_gazetteer())
    spotter.learn(text)
    return [(one.kind, one.name) for one in spotter.spot(text, "me/mine")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("python, Golang and C++ on k8s", ["Python", "Go", "C++", "Kubernetes"]),
        ("Let us go and express it as a flask of rust; we make a spring.", []),
        ("We go with Go, Rust and Spring Boot", ["Go", "Rust", "Spring"]),
        ("it is in the us, py and JS", ["Python", "JavaScript"]),
    ],
)
def test_known_names_are_found_in_the_spelling_that_counts(text: str, expected: list[str]) -> None:
    """Names that are also words count in one spelling alone."""
    technologies = {E.TECHNOLOGY, E.TOOL, E.LOCATION}
    assert [name for kind, name in spot(text) if kind in technologies] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Grace Hopper said so", ["Grace Hopper"]),
        ("Thanks Ada! Ada Lovelace's idea", ["Ada", "Ada Lovelace"]),
        ("Guido van Rossum and Dr. Katalin Farkas", ["Guido van Rossum", "Katalin Farkas"]),
        ("cc Katalin Farkas", ["Katalin Farkas"]),
        ("with Tom", ["Tom"]),
        ("Mark this as done. Max length. Frank talk.", []),
        ("ping @octo-cat and @renovate[bot] and @ci-bot", ["@octo-cat", "@renovate"]),
    ],
)
def test_people_have_a_first_name_or_an_introduction(text: str, expected: list[str]) -> None:
    """A capital letter alone makes nobody a person."""
    assert [name for kind, name in spot(text) if kind is E.PERSON] == expected


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("The Acme Toy Foundation, University of Bonn", E.ORGANISATION, ["Acme Toy Foundation", "University of Bonn"]),
        ("Foo GmbH and Acme, Inc", E.ORGANISATION, ["Foo GmbH", "Acme, Inc"]),
        ("She works at Initech and joined Globex", E.ORGANISATION, ["Initech", "Globex"]),
        ("cc @acme/core", E.ORGANISATION, ["@acme/core"]),
        ("They are based in Springfield", E.LOCATION, ["Springfield"]),
        ("the httpx2 library, the big project, the tree-sitter2 package", E.PROJECT, ["httpx2", "tree-sitter2"]),
        ("See docs/a.md, the README, RFC 7231, PEP-8", E.DOCUMENT, ["docs/a.md", "README", "RFC 7231", "PEP 8"]),
        ("https://x.example/a/b?q=1#c", E.DOCUMENT, ["x.example/a/b"]),
        ("![x](https://x.example/a.png) https://img.shields.io/x", E.DOCUMENT, []),
        ("released v2.1.0, the incident on 2026-01-02", E.EVENT, ["release 2.1.0", "incident 2026-01-02"]),
        ("PyCon 2024, sprint 12", E.EVENT, ["PyCon 2024", "sprint 12"]),
        ("Model View Controller (MVC); MVC", E.CONCEPT, ["model view controller"] * 2),
        ("a race condition", E.CONCEPT, ["race condition"]),
        ("abc1234 fixes it, a/b@abcdef1234567", E.COMMIT, ["abc1234", "a/b@abcdef1234567"]),
        ("https://github.com/a/b/pull/3", E.PULL_REQUEST, ["a/b#3"]),
        ("`Docker` and `nonsense`", E.TOOL, ["Docker"]),
    ],
)  # fmt: skip
def test_other_names_are_found_by_their_form(text: str, kind: EntityKind, expected: list[str]) -> None:
    """Endings, prefixes, file names, numbers and explained abbreviations say what something is."""
    assert [name for found, name in spot(text) if found is kind] == expected


def test_what_is_commented_out_or_quoted_says_nothing() -> None:
    """A hidden comment, a quote and a block of code are not what somebody says here."""
    assert spot("<!-- Redis -->\n> Kafka\n```\nDjango\n```\n") == []
