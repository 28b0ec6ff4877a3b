"""What a project's people say, as values: threads that come in, entities and relations that come out. Pure.

Personal data is left out: no value here holds a mail address, a phone number, a postal address or a secret.
"""

from dataclasses import dataclass
from enum import StrEnum

from yantra_bot.domain.graph import Problem


class EntityKind(StrEnum):
    """What is talked about."""

    PERSON = "person"
    ORGANISATION = "organisation"
    LOCATION = "location"
    TECHNOLOGY = "technology"
    CONCEPT = "concept"
    TOOL = "tool"
    PROJECT = "project"
    DOCUMENT = "document"
    EVENT = "event"
    ISSUE = "issue"
    PULL_REQUEST = "pull request"
    COMMIT = "commit"
    SYMBOL = "symbol"


class RelationKind(StrEnum):
    """How two entities hang together; read it from source to target."""

    WORKS_WITH = "works with"
    PART_OF = "part of"
    USES = "uses"
    CREATES = "creates"
    KNOWS = "knows"
    LOCATED_AT = "located at"
    DEPENDS_ON = "depends on"
    RELATES_TO = "relates to"
    MENTIONS = "mentions"
    FIXES = "fixes"
    TOUCHES = "touches"


class Reach(StrEnum):
    """Who may read it: everybody, one person, or those who share the place it was said in. From wide to narrow."""

    PUBLIC = "public"
    SHARED = "shared"
    PRIVATE = "private"


class SourceKind(StrEnum):
    """Where something was said."""

    ISSUE = "issue"
    PULL_REQUEST = "pull request"
    THREAD = "thread"
    PAGE = "page"
    COMMIT = "commit"


@dataclass(frozen=True, slots=True)
class Message:
    """One thing that was said. `author` is a handle or a name; `time` is in seconds since 1970; `link` leads to it."""

    text: str
    author: str = ""
    time: float = 0.0
    link: str = ""
    author_name: str = ""
    """What the author is called besides the handle, where that is known."""


@dataclass(frozen=True, slots=True)
class Thread:
    """An issue, a pull request, a conversation, a page or the message of a commit, with what was said in it in order.

    `name` is the number of an issue or pull request, the path of a page, the hash of a commit, or a thread's own name.
    """

    kind: SourceKind
    name: str
    title: str
    messages: tuple[Message, ...]
    repository: str = ""
    """owner/name; what `#12` and "this project" mean here."""
    reach: Reach = Reach.PUBLIC
    touches: tuple[str, ...] = ()
    """Keys of the symbols that a commit or a pull request is known to touch."""


@dataclass(frozen=True, slots=True)
class Seen:
    """How often something was said within one reach, first and last when, and where, by at most five links."""

    reach: Reach
    mentions: int
    first: float
    last: float
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entity:
    """Somebody or something. The key is `kind:name` in lower case; a symbol's is `symbol:` and its key in the graph."""

    key: str
    kind: EntityKind
    name: str
    confidence: float
    seen: tuple[Seen, ...]
    """One for each reach it was spoken of in, widest first."""
    aliases: tuple[str, ...] = ()

    @property
    def mentions(self) -> int:
        return sum(one.mentions for one in self.seen)

    @property
    def first(self) -> float:
        return min(one.first for one in self.seen)

    @property
    def last(self) -> float:
        return max(one.last for one in self.seen)

    @property
    def reach(self) -> Reach:
        return self.seen[0].reach


@dataclass(frozen=True, slots=True)
class Relation:
    """That two entities, named by their keys, hang together."""

    source: str
    target: str
    kind: RelationKind
    confidence: float
    seen: tuple[Seen, ...]

    @property
    def mentions(self) -> int:
        return sum(one.mentions for one in self.seen)

    @property
    def reach(self) -> Reach:
        return self.seen[0].reach


@dataclass(frozen=True, slots=True)
class Talk:
    """Everything that was read out of threads. `absence` says why there is nothing; empty where there is something."""

    entities: tuple[Entity, ...] = ()
    relations: tuple[Relation, ...] = ()
    problems: tuple[Problem, ...] = ()
    absence: str = ""
