"""Manifests are read strictly: what is ambiguous, or small text for much data, is refused with its line."""

import json

import pytest

from yantra_bot.deploy.manifests.kinds import SOURCE
from yantra_bot.deploy.manifests.reading import read_file
from yantra_bot.errors import UserError

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n"


def read(text: str, place: str = "deploy/app.yaml") -> list[dict[str, object]]:
    return read_file(place, text.encode())


def test_each_document_is_an_object_with_its_place() -> None:
    """Empty documents are none; the place is file and line."""
    first, second = read(f"# settings\n---\n{MAP}---\n---\n{MAP.replace('settings', 'other')}")
    assert first["metadata"] == {"name": "settings", "annotations": {SOURCE: "deploy/app.yaml:3"}}
    assert second["metadata"] == {"name": "other", "annotations": {SOURCE: "deploy/app.yaml:9"}}


def test_a_list_is_its_items() -> None:
    """`kind: List`, as `kubectl get -o yaml` writes."""
    listed = {
        "apiVersion": "v1",
        "kind": "List",
        "items": [{"apiVersion": "v1", "kind": "A", "metadata": {"name": "a"}}],
    }
    (found,) = read(json.dumps(listed), "all.json")
    assert found["kind"] == "A"


@pytest.mark.case("H03")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        (MAP + "data:\n  a: 1\n  a: 2\n", "deploy/app.yaml:7: it has 'a' twice"),
        (MAP + "data: !!python/object/apply:os.system [id]\n", "deploy/app.yaml:5: it has the tag"),
        (MAP + "data: !mine x\n", "deploy/app.yaml:5: it has the tag '!mine'"),
        (MAP + "data:\n\ta: 1\n", "deploy/app.yaml:6: "),
        (MAP + "base: &b {a: 1}\ndata:\n  <<: *b\n  a: 2\n", "deploy/app.yaml:7: it has a merge key"),
        (MAP + "data:\n  on: 1\n", "deploy/app.yaml:6: it has 'on' as a name, which is no text"),
        (MAP + "data:\n  1: a\n", "deploy/app.yaml:6: it has '1' as a name"),
        (MAP + "data: {a: .nan}\n", "deploy/app.yaml:5: it has a number that is none"),
        (MAP + "data: &a\n  b: *a\n", "deploy/app.yaml"),
        (MAP + "data: \x01\n", "deploy/app.yaml: it holds signs"),
        (MAP + "metadata:\n  name: again\n", "deploy/app.yaml:5: it has 'metadata' twice"),
        ("kind: ConfigMap\n", "deploy/app.yaml:1: it is no object"),
        ("- a\n", "deploy/app.yaml:1: it is no object"),
        ("apiVersion: v1\nkind: ConfigMap\n", "deploy/app.yaml:1: the ConfigMap has no `metadata.name`"),
        (MAP + "  annotations: {yantra.dev/run: x}\n", "are the bot's own"),
        ("a: " + "[" * 2000, "deploy/app.yaml"),
    ],
)
def test_what_is_not_plain_is_refused_with_its_line(text: str, said: str) -> None:
    """Every refusal says where."""
    with pytest.raises(UserError) as refused:
        read(text)
    assert said in str(refused.value)


@pytest.mark.case("H03")
def test_a_few_lines_do_not_become_much_data() -> None:
    """A billion laughs are refused, by how often anchors are used and by what they come to."""
    laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9)
    )
    with pytest.raises(UserError, match="anchors are used more than 50 times"):
        read(laughs)
    few = "a0: &a0 [x, x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 25))
    with pytest.raises(UserError, match="more than 50000 values"):
        read(few)


@pytest.mark.case("H03")
def test_words_that_one_reader_takes_for_something_else_stay_text() -> None:
    """Dates and numbers to the base 60 are text; a separator inside of a text separates nothing; yes is a boolean."""
    (found,) = read(
        MAP + "data:\n  at: 2026-01-02\n  time: 1:30\n  note: |\n    a\n    ---\n    b\n  is: yes\n  mode: 0644\n"
    )
    assert found["data"] == {"at": "2026-01-02", "time": "1:30", "note": "a\n---\nb\n", "is": True, "mode": 420}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"kind": "A", "kind": "B"}', "all.json:1: it has 'kind' twice"),
        ('{\n"kind": }', "all.json:2: "),
        ('{"kind": NaN}', "all.json:1: it has NaN"),
        ("[" * 100_000, "all.json"),
    ],
)
def test_json_is_read_as_strictly(text: str, said: str) -> None:
    """The same rules."""
    with pytest.raises(UserError) as refused:
        read(text, "all.json")
    assert said in str(refused.value)


def test_sizes_and_signs_are_bounded() -> None:
    """Too much, or no text at all."""
    with pytest.raises(UserError, match="larger than 512 kB"):
        read_file("a.yaml", b"a" * 600_000)
    with pytest.raises(UserError, match="no text in UTF-8"):
        read_file("a.yaml", b"\xff\xfe")
