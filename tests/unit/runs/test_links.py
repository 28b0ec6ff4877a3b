"""Who in a chat is who on the forge."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from yantra_bot.domain.chat import ChatPlace
from yantra_bot.domain.repository import Actor
from yantra_bot.runs.links import MOST_CODES, ChatPerson
from yantra_bot.runs.records import Records

ANN, BEN = ChatPerson("T0HOME", "U0ANN"), ChatPerson("T0HOME", "U0BEN")
PLACE = ChatPlace("T0HOME", "C0DEV", "U0ANN")
ALICE, EVE = Actor(7, "alice", is_bot=False), Actor(8, "eve", is_bot=False)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    opened = Records.open(tmp_path / "records.sqlite")
    yield opened
    opened.close()


def test_a_code_ties_two_accounts_once(records: Records) -> None:
    """The same delivery handled twice changes nothing; another one finds the code used."""
    code = records.new_code(ANN, PLACE, at=0.0)
    assert records.link_of(ANN) is None
    claimed = records.redeem(f" {code.upper()} ", ALICE, by="delivery 1", at=10.0)
    assert claimed is not None
    assert (claimed.person, claimed.place) == (ANN, PLACE)
    assert records.redeem(code, ALICE, by="delivery 1", at=20.0) == claimed
    assert records.redeem(code, EVE, by="delivery 2", at=20.0) is None
    link = records.link_of(ANN)
    assert link is not None
    assert (link.account_id, link.login) == (7, "alice")
    assert records.link_of(BEN) is None


def test_a_code_lasts_ten_minutes(records: Records) -> None:
    """After that it ties nobody."""
    code = records.new_code(ANN, PLACE, at=0.0)
    assert records.redeem(code, ALICE, by="delivery", at=601.0) is None
    assert records.redeem("", ALICE, by="delivery", at=1.0) is None
    assert records.link_of(ANN) is None


def test_codes_are_kept_as_digests(records: Records, tmp_path: Path) -> None:
    """Who reads the file cannot tie an account with what stands there."""
    code = records.new_code(ANN, PLACE, at=0.0)
    connection = sqlite3.connect(tmp_path / "records.sqlite")
    stored = str(connection.execute("SELECT * FROM chat_codes").fetchall())
    connection.close()
    assert "U0ANN" in stored
    assert code not in stored


def test_a_person_has_few_codes_open(records: Records) -> None:
    """The newest count."""
    codes = [records.new_code(ANN, PLACE, at=float(number)) for number in range(MOST_CODES + 2)]
    assert records.redeem(codes[0], ALICE, by="a", at=9.0) is None
    assert records.redeem(codes[-1], ALICE, by="b", at=9.0) is not None


def test_a_tie_is_undone_from_either_side(records: Records) -> None:
    """Codes that are open go with it."""
    records.redeem(records.new_code(ANN, PLACE, at=0.0), ALICE, by="a", at=1.0)
    records.redeem(records.new_code(BEN, PLACE, at=0.0), ALICE, by="b", at=1.0)
    open_code = records.new_code(ANN, PLACE, at=0.0)
    assert records.unlink(ANN)
    assert not records.unlink(ANN)
    assert records.redeem(open_code, ALICE, by="c", at=1.0) is None
    assert records.unlink_account(ALICE.id) == 1
    assert records.link_of(BEN) is None
