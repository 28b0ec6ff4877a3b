"""Who in a chat is who on the forge: tied by a code that is shown in the one and said in the other.

Responsible for a tie being made by both accounts and kept by numbers, since names can be changed and taken over. A code
is kept as its digest, counts once and for ten minutes. It must never tie anybody by a name or an address of mail.
"""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Final

from yantra_bot.domain.chat import ChatPlace
from yantra_bot.domain.repository import Actor
from yantra_bot.runs.codec import decode, encode
from yantra_bot.runs.schema import Database

CODE_SECONDS: Final = 600.0
CODE_BYTES: Final = 10
MOST_CODES: Final = 5
"""Codes that one person may have open."""


@dataclass(frozen=True, slots=True)
class ChatPerson:
    """A person in a chat, by its own ids: the workspace that the account belongs to, and the account."""

    team: str
    user: str


@dataclass(frozen=True, slots=True)
class Link:
    """A tie. `login` is what the account was called when it was made."""

    person: ChatPerson
    account_id: int
    login: str
    linked_at: float


@dataclass(frozen=True, slots=True)
class Claimed:
    """A code that was redeemed: who asked for it, and where in the chat."""

    person: ChatPerson
    place: ChatPlace


class Links:
    """Part of `records.Records`."""

    _database: Database

    def new_code(self, person: ChatPerson, place: ChatPlace, *, at: float) -> str:
        """Return a code that ties this person to whoever says it on the forge within ten minutes.

        Older ones of the same person beyond a few count no more.
        """
        code = secrets.token_hex(CODE_BYTES)
        with self._database.write() as connection:
            connection.execute(self._database.statement("forget codes"), (at,))
            values = (_digest(code), person.team, person.user, encode(place, ChatPlace), at + CODE_SECONDS)
            connection.execute(self._database.statement("new code"), values)
            connection.execute(self._database.statement("too many codes"), (person.team, person.user, MOST_CODES))
        return code

    def redeem(self, code: str, actor: Actor, *, by: str, at: float) -> Claimed | None:
        """Tie whoever asked for the code to `actor`; None where it is unknown, used or too old.

        `by` names the delivery that said it: the same one again finds what it did, and does nothing more.
        """
        with self._database.write() as connection:
            values = (_digest(code.strip().lower()), by, at)
            row = connection.execute(self._database.statement("take code"), values).fetchone()
            if row is None:
                return None
            claimed = Claimed(ChatPerson(row["team"], row["user"]), decode(row["place"], ChatPlace))
            tie = (row["team"], row["user"], actor.id, actor.login, at)
            connection.execute(self._database.statement("link"), tie)
        return claimed

    def link_of(self, person: ChatPerson) -> Link | None:
        """Return whom a person is tied to, None where that is nobody."""
        row = self._database.row("link of", (person.team, person.user))
        return None if row is None else Link(person, row["account_id"], row["login"], row["linked_at"])

    def unlink(self, person: ChatPerson) -> bool:
        """Undo a person's tie and codes; return whether there was one."""
        with self._database.write() as connection:
            connection.execute(self._database.statement("drop codes"), (person.team, person.user))
            return connection.execute(self._database.statement("unlink"), (person.team, person.user)).rowcount > 0

    def unlink_account(self, account_id: int) -> int:
        """Undo every tie of an account of the forge; return how many there were."""
        return self._database.run("unlink account", (account_id,))


def _digest(code: str) -> str:
    return hashlib.sha256(f"yantra-link:{code}".encode()).hexdigest()
