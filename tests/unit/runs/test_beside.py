"""What stands beside the code of a graph is asked for, bounded, and its absence has a reason."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from yantra_bot.domain.beside import Beside
from yantra_bot.domain.repository import Repository, RepositoryFacts
from yantra_bot.domain.talk import Reach, SourceKind, Thread
from yantra_bot.errors import Permanent, Transient
from yantra_bot.runs.beside import gather_beside

CALC = Repository(1, "octo", "calc")


@dataclass
class Place:
    """A forge and a remote, as far as they are asked here."""

    no_threads: Exception | None = None
    no_past: Exception | None = None

    async def list_threads(self, *, limit: int, reach: Reach) -> tuple[Thread, ...]:
        if self.no_threads is not None:
            raise self.no_threads
        return (Thread(SourceKind.ISSUE, "1", f"of {limit}", (), CALC.full_name, reach),)

    async def past(self, commit: str, *, depth: int) -> Path:
        if self.no_past is not None:
            raise self.no_past
        return Path(f"/{commit}-{depth}")


async def gather(place: Place, *, is_private: bool = False) -> tuple[Path | None, Beside]:
    facts = RepositoryFacts(CALC, "main", 1, is_private, is_archived=False, head="c")
    return await gather_beside(place, place, facts, "c")  # type: ignore[arg-type]  # as much as is used


@pytest.mark.parametrize(("is_private", "reach"), [(False, Reach.PUBLIC), (True, Reach.SHARED)])
async def test_it_is_bounded_and_says_for_whom_it_is(is_private: bool, reach: Reach) -> None:
    """What is said in a private repository is for those who share it."""
    past, beside = await gather(Place(), is_private=is_private)
    assert past == Path("/c-5000")
    assert beside == Beside((Thread(SourceKind.ISSUE, "1", "of 200", (), "octo/calc", reach),), reach=reach)


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (Permanent("The App\nmay not."), "The App may not"),
        (Transient("Not now.", retry_after=99), "Not now"),
        (TimeoutError(), "the forge did not tell them within 120 s"),
        (Permanent("x" * 9_999), "x" * 400),
    ],
)
async def test_no_issues_have_a_reason(problem: Exception, reason: str) -> None:
    """In one line, with an end; the past is there all the same."""
    past, beside = await gather(Place(no_threads=problem))
    assert past is not None
    assert beside == Beside(None, f"no issues: {reason}")


async def test_no_past_has_a_reason() -> None:
    """The issues are there all the same."""
    past, beside = await gather(Place(no_past=Permanent("It is too large.")))
    assert (past, beside.no_past) == (None, "no git history: It is too large")
    assert beside.threads is not None
