"""What a sandbox says of pages is data that may be hostile."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.unit.domain.test_pictures import PNG
from yantra_bot.domain.browsing import Look, TroubleKind
from yantra_bot.validation.browser.look import MAX_PICTURE_BYTES, PictureReader, read_look

DONE: dict[str, Any] = {"done": True}


def read(folder: Path, *facts: Any, problem: str = "") -> Look:
    output = "\n".join(one if isinstance(one, str) else json.dumps(one) for one in facts)
    return read_look(output, PictureReader(folder, lambda data: f"kept {len(data)}"), problem)


def test_facts_become_values(tmp_path: Path) -> None:
    """Pages with times and picture, troubles, forms, flows, notes."""
    (tmp_path / "0.png").write_bytes(PNG)
    page = {
        "page": "/",
        "title": "T",
        "status": 200,
        "times": {"load": 12.5, "bytes": 7},
        "requests": 3,
        "picture": "0.png",
    }
    seen = read(
        tmp_path,
        page,
        {"trouble": "hang", "path": "/x", "text": "late", "where": ""},
        {"form": 0, "path": "/", "fields": 2, "refused": 1, "unfilled": 0, "ended": "/thanks"},
        {"flow": "buy", "problem": "step 1"},
        {"note": "a note"},
        DONE,
    )
    assert (seen.pages[0].times.load, seen.pages[0].bytes, seen.pages[0].requests) == (12.5, 7, 3)
    assert seen.pages[0].picture is not None
    assert (seen.pages[0].picture.media, seen.pages[0].picture.width) == ("image/png", 640)
    assert seen.troubles[0].kind is TroubleKind.HANG
    assert (seen.forms[0].fields, seen.flows, seen.notes, seen.problem) == (2, (("buy", "step 1"),), ("a note",), "")


def test_what_has_no_shape_is_left_out(tmp_path: Path) -> None:
    """Odd types, unknown kinds, numbers out of bounds, control characters, nesting without end."""
    seen = read(
        tmp_path,
        "[" * 100_000,
        "[1]",
        {"trouble": "unheard of", "text": "x"},
        {"page": 7, "title": None, "status": True, "times": [1], "requests": -4, "picture": ["0.png"]},
        {
            "page": "/",
            "status": 9000,
            "times": {"load": "1", "ready": True, "paint": -1, "bytes": 1e99},
            "requests": "3",
        },
        {"form": True, "fields": 10**40, "refused": None},
        {"trouble": "console", "path": "/", "text": "a\x1b[31m\nb" + "x" * 9_000},
        DONE,
    )
    assert [page.path for page in seen.pages] == ["7", "/"]
    assert {(page.status, page.requests, page.bytes, page.picture) for page in seen.pages} <= {(None, 0, 0, None)}
    assert seen.forms[0].fields == 10**9
    assert len(seen.troubles) == 1
    assert seen.troubles[0].text.isprintable()
    assert len(seen.troubles[0].text) == 500


def test_more_than_anybody_reads_is_cut(tmp_path: Path) -> None:
    """A flood of facts costs nobody anything."""
    seen = read(tmp_path, *({"page": f"/{n}"} for n in range(99)), *({"note": str(n)} for n in range(99)), DONE)
    assert (len(seen.pages), len(seen.notes)) == (6, 30)


def test_an_end_that_came_early_is_told(tmp_path: Path) -> None:
    """By a limit, or by whatever it said last."""
    assert read(tmp_path, "Traceback", "OSError: no").problem == "it ended early: Traceback OSError: no"
    assert read(tmp_path, problem="it met its limit of memory").problem == "it met its limit of memory"


@pytest.mark.parametrize(
    "name", ["../0.png", "/etc/passwd", "0.svg", "999.png", "0.png\n", "link.png", "1.png", "2.png", "3.png", "4.png"]
)
def test_only_pictures_in_plain_files_are_taken(tmp_path: Path, name: str) -> None:
    """No link, no pipe, no folder, nothing too large, nothing that is no picture, nothing elsewhere."""
    secret = tmp_path / "secret.png"
    secret.write_bytes(PNG)
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "1.png").symlink_to(secret)
    os.mkfifo(folder / "2.png")
    (folder / "3.png").write_bytes(PNG + b"x" * MAX_PICTURE_BYTES)
    (folder / "4.png").write_text("<html>")
    seen = read(folder, {"page": "/", "picture": name}, DONE)
    assert seen.pages[0].picture is None


def test_pictures_have_a_limit_together(tmp_path: Path) -> None:
    """What is above it is not kept."""
    for number in range(6):
        (tmp_path / f"{number}.png").write_bytes(PNG + b"x" * 900_000)
    seen = read(tmp_path, *({"page": f"/{n}", "picture": f"{n}.png"} for n in range(6)), DONE)
    assert [page.picture is not None for page in seen.pages] == [True] * 4 + [False] * 2
