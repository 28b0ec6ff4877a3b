"""Looking versions up in the index of an export, and keeping that index."""

import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.errors import UserError
from yantra_bot.validation.security.dependencies.advisories import Advisories, Pinned, find_advisories
from yantra_bot.validation.security.dependencies.advisory_index import _read_record
from yantra_bot.validation.security.dependencies.declared import Ecosystem

JINJA = Pinned(Ecosystem.PYPI, "Jinja_2", "3.0.0")


def record(number: str = "GHSA-1", name: str = "jinja-2", **fields: Any) -> bytes:
    affected = {
        "package": {"name": name, "ecosystem": "PyPI"},
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "3.1.0"}]}],
    }
    return json.dumps({"id": number, "summary": "It breaks.", "affected": [affected], **fields}).encode()


class Export:
    """A folder with an export, and the index of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "export"
        self.folder.mkdir()
        self.known = Advisories(folder / "cache" / "index.sqlite", self.folder)

    def ids(self, pinned: Pinned = JINJA) -> list[str]:
        return [one.id for one in find_advisories(self.known, [pinned])]

    def change_unseen(self, name: str, data: bytes) -> None:
        """Write as many other bytes, with the time of change as it was."""
        path = self.folder / name
        facts = path.stat()
        assert len(data) == facts.st_size
        path.write_bytes(data)
        os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))


@pytest.fixture
def export(tmp_path: Path) -> Export:
    return Export(tmp_path)


def test_names_are_compared_as_their_ecosystem_does(export: Export) -> None:
    """`Jinja_2` is `jinja-2` to PyPI, and another package elsewhere."""
    (export.folder / "a.json").write_bytes(record())
    assert export.ids() == ["GHSA-1"]
    assert export.ids(Pinned(Ecosystem.NPM, "Jinja_2", "3.0.0")) == []
    assert export.ids(Pinned(Ecosystem.PYPI, "Jinja_2", "3.1.0")) == []


def test_only_what_has_changed_is_read_anew(export: Export) -> None:
    """By size and time of change: new and changed files are, those gone are forgotten, others are not opened."""
    for name in ("a.json", "b.json", "c.json"):
        (export.folder / name).write_bytes(record(name))
    (export.folder / "deep").mkdir()
    assert export.ids() == ["a.json", "b.json", "c.json"]
    export.change_unseen("a.json", record("A.json"))
    assert export.ids() == ["a.json", "b.json", "c.json"]
    (export.folder / "b.json").write_bytes(record("another"))
    (export.folder / "c.json").unlink()
    (export.folder / "deep" / "d.json").write_bytes(record("d.json"))
    assert export.ids() == ["a.json", "another", "d.json"]


def test_an_index_that_cannot_be_read_is_made_anew(export: Export) -> None:
    """Of another format, or none at all."""
    (export.folder / "a.json").write_bytes(record())
    for damage in (b"", b"no database", b"SQLite format 3\0" + b"x" * 4_096):
        export.known.index.parent.mkdir(exist_ok=True)
        export.known.index.write_bytes(damage)
        assert export.ids() == ["GHSA-1"]


def test_without_an_export_nothing_old_is_told(export: Export) -> None:
    """The cure is named, and the index is gone."""
    (export.folder / "a.json").write_bytes(record())
    assert export.ids() == ["GHSA-1"]
    (export.folder / "a.json").unlink()
    export.folder.rmdir()
    with pytest.raises(UserError, match="YANTRA_ADVISORIES_FOLDER"):
        export.ids()
    with pytest.raises(UserError, match="YANTRA_ADVISORIES_FOLDER"):
        find_advisories(Advisories(export.known.index), [JINJA])


def test_who_only_reads_needs_no_export(export: Export) -> None:
    """A worker is handed the index alone, and sees what it was when it was made."""
    (export.folder / "a.json").write_bytes(record())
    export.ids()
    (export.folder / "a.json").write_bytes(record("GHSA-2"))
    assert [one.id for one in find_advisories(Advisories(export.known.index), [JINJA])] == ["GHSA-1"]
    assert export.known.index.stat().st_mode & 0o777 == 0o644
    assert [path.name for path in export.known.index.parent.iterdir()] == ["index.sqlite"]


ODD: dict[str, Callable[[Path], object]] = {
    "a link to nothing": lambda folder: (folder / "x.json").symlink_to("nothing"),
    "no JSON": lambda folder: (folder / "x.json").write_bytes(b"{"),
    "deep": lambda folder: (folder / "x.json").write_bytes(b"[" * 200_000),
    "too large": lambda folder: (folder / "x.json").write_bytes(record("x", details="x" * 4_000_000)),
    "half a letter": lambda folder: (folder / "x.json").write_bytes(record("x", name="\ud800")),
    "a name that is no text": lambda folder: Path(os.fsdecode(bytes(folder) + b"/\xff.json")).write_bytes(
        record("x", "y")
    ),
    "ranges that are none": lambda folder: (folder / "x.json").write_bytes(
        json.dumps(
            {
                "id": "x",
                "affected": [{"package": {"name": "jinja-2", "ecosystem": "PyPI"}, "ranges": 5, "versions": "3"}],
            }
        ).encode()
    ),
}


@pytest.mark.parametrize("kind", ODD)
def test_what_is_wrong_in_an_export_costs_only_itself(export: Export, kind: str) -> None:
    """The rest is read."""
    (export.folder / "a.json").write_bytes(record())
    ODD[kind](export.folder)
    assert export.ids() == ["GHSA-1"]


@given(st.recursive(st.none() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3)))
def test_no_value_of_a_record_stops_the_reading(value: object) -> None:
    """Whatever stands in any field."""
    for field in ("id", "summary", "aliases", "database_specific", "affected"):
        list(_read_record(record(**{field: value})))
    for field in ("package", "ranges", "versions"):
        list(
            _read_record(
                json.dumps({"affected": [{"package": {"name": "a", "ecosystem": "PyPI"}, field: value}]}).encode()
            )
        )


def write_zip(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> None:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_archives_are_read_in_both_usual_ways(export: Export, method: int) -> None:
    """Packed and unpacked; only members that are records."""
    members = {
        "a.json": record("a"),
        "b.txt": record("b"),
        "c/d.json": record("d"),
        "e.json": record("e", details="x" * 5_000_000),
    }
    write_zip(export.folder / "all.zip", members, method)
    assert export.ids() == ["a", "d"]


def test_an_archive_of_many_members_is_read(export: Export) -> None:
    """More than the first format of zip files can count."""
    write_zip(export.folder / "all.zip", {f"{number}.json": b"" for number in range(66_000)} | {"z.json": record("z")})
    assert export.ids() == ["z"]


def test_an_archive_written_as_a_stream_is_read(export: Export) -> None:
    """Its sizes stand behind each member, and in wide fields."""
    with zipfile.ZipFile(export.folder / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("a.json", "w", force_zip64=True) as member:
            member.write(record("a"))
        archive.comment = b"a comment"
    assert export.ids() == ["a"]


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut": _cut,
    "cut in the list": lambda data: data[:-30],
    "other content": lambda data: data[:60] + bytes(20) + data[80:],
    "a list elsewhere": lambda data: data[:-6] + b"\xf0\xff\xff\xff" + data[-2:],
    "packed in another way": lambda data: data.replace(
        b"PK\x01\x02\x14\x03\x14\0\0\0\x08", b"PK\x01\x02\x14\x03\x14\0\0\0\x63"
    ),
    "a password": lambda data: data.replace(b"PK\x01\x02\x14\x03\x14\0\0", b"PK\x01\x02\x14\x03\x14\0\x01"),
    "a size that lies": lambda data: data.replace(len(record()).to_bytes(4, "little"), (9).to_bytes(4, "little")),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_broken_archive_is_named(export: Export, damage: str) -> None:
    """With the cure: half an export would look like a clean bill."""
    write_zip(export.folder / "all.zip", {"a.json": record()})
    whole = (export.folder / "all.zip").read_bytes()
    broken = DAMAGES[damage](whole)
    assert broken != whole
    (export.folder / "all.zip").write_bytes(broken)
    with pytest.raises(UserError, match=r"all\.zip cannot be read: .*fetch the export"):
        export.ids()
    assert [path.name for path in export.known.index.parent.iterdir()] == []
