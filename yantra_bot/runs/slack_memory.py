"""What is kept of what is said in a chat: posts by their marks, and messages that are still to be said.

Responsible for a message being posted once and said in the end, whatever fell in between. It must never wait.
"""

from dataclasses import dataclass

from yantra_bot.domain.chat import ChatMessage, ChatPlace
from yantra_bot.runs.codec import decode, encode
from yantra_bot.runs.schema import Database


@dataclass(frozen=True, slots=True)
class Post:
    """A message that was begun under a mark. `place` is None until it is known where it stands."""

    begun_at: float
    place: ChatPlace | None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Something that is to be said: a message that may be edited, or an answer."""

    number: int
    mark: str
    place: ChatPlace
    message: ChatMessage | None
    """None for an answer."""
    text: str
    version: int
    tries: int
    since: float


class SlackMemory:
    """Part of `records.Records`."""

    _database: Database

    def begin_post(self, mark: str, *, at: float) -> Post:
        """Note that a message is about to be posted under a mark; return what is known of it from before."""
        with self._database.write() as connection:
            connection.execute(self._database.statement("begin post"), (mark, at))
            row = connection.execute(self._database.statement("get post"), (mark,)).fetchone()
        return Post(row["begun_at"], None if row["place"] is None else decode(row["place"], ChatPlace))

    def find_post(self, mark: str) -> Post | None:
        """Return what is known of a mark, None where nothing was begun under it."""
        row = self._database.row("get post", (mark,))
        return None if row is None else Post(row["begun_at"], row["place"] and decode(row["place"], ChatPlace))

    def keep_post(self, mark: str, place: ChatPlace) -> None:
        """Keep where the message of a mark stands."""
        self._database.run("keep post", (mark, encode(place.lasting, ChatPlace)))

    def say_in_chat(self, mark: str, place: ChatPlace, said: ChatMessage | str, *, at: float) -> None:
        """Keep what is to be said under a mark; a later wording of the same message takes the place of this one."""
        message = encode(said, ChatMessage) if isinstance(said, ChatMessage) else None
        text = said if isinstance(said, str) else ""
        self._database.run("say in chat", (mark, encode(place, ChatPlace), message, text, at))

    def unsaid_in_chat(self, *, now: float, limit: int) -> tuple[Outgoing, ...]:
        """Return what is to be said and due, oldest first."""
        return tuple(
            Outgoing(
                row["number"],
                row["mark"],
                decode(row["place"], ChatPlace),
                None if row["message"] is None else decode(row["message"], ChatMessage),
                row["text"],
                row["version"],
                row["tries"],
                row["since"],
            )
            for row in self._database.rows("unsaid in chat", (now, limit))
        )

    def said_in_chat(self, one: Outgoing) -> None:
        """Forget what was said, unless there is a later wording of it."""
        self._database.run("said in chat", (one.number, one.version))

    def put_off_in_chat(self, one: Outgoing, *, until: float) -> None:
        """Keep when it is tried again."""
        self._database.run("put off in chat", (one.number, until))

    def runs_in_chat(self) -> tuple[tuple[str, str], ...]:
        """Return the runs that were ordered in a chat and whose end was not told there, with what was told last."""
        return tuple((row["run_id"], row["shown"]) for row in self._database.rows("runs in chat"))

    def shown_in_chat(self, run_id: str, shown: str, *, is_over: bool) -> None:
        """Keep what was told of a run in its chat, and whether that was its end."""
        self._database.run("shown in chat", (run_id, shown, is_over))
