"""A small repository with its graph, and finds in it as a search would give them: what contexts are assembled from."""

from collections.abc import Iterable
from pathlib import Path

from yantra_bot import artefacts
from yantra_bot.domain.paths import is_test
from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.view import GraphView
from yantra_bot.retrieval.chunking import cut_file
from yantra_bot.retrieval.chunks import Chunk, ChunkKind
from yantra_bot.retrieval.context.assemble import Material, assemble
from yantra_bot.retrieval.context.conventions import NO_INSTRUCTIONS, Instructions
from yantra_bot.retrieval.context.parts import Context, Level
from yantra_bot.retrieval.hits import Found, Hit, Reason, ReasonKind
from yantra_bot.retrieval.tokens import Tokenizer

BANK = {
    "bank/account.py": '''"""Accounts."""

from bank.money import round_money

LIMIT = 1_000


class Account:
    """Has money."""

    def __init__(self, owner):
        self.owner = owner
        self.balance = 0

    def pay(self, amount):
        """Take money out."""
        if amount > LIMIT:
            raise ValueError(amount)
        self.balance -= round_money(amount)
        return self.balance

    def close(self):
        return self.pay(self.balance)
''',
    "bank/money.py": '''"""Money."""


def round_money(amount: float) -> float:
    """Round to cents."""
    return to_cents(amount) / 100


def to_cents(amount: float) -> int:
    return int(amount * 100)
''',
    "bank/desk.py": """from bank.account import Account


def serve(amount):
    return Account("Ann").pay(amount)


def greet(name):
    return f"Hello {name}"
""",
    "tests/test_account.py": """from bank.account import Account
from bank.desk import serve


def test_money_is_paid():
    assert Account("Ann").pay(3) == -3


def test_a_desk_serves():
    assert serve(3) == -3
""",
    "README.md": "# Bank\n\nIt keeps money.\n",
}


class ContextWorld:
    """A folder of files, read as a tree."""

    def __init__(self, folder: Path, files: dict[str, str | bytes]) -> None:
        self.files = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
        self.folder = folder
        for path, data in self.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        self.tokenizer = Tokenizer(artefacts.path("token-ranks"))

    def read(self, path: str) -> bytes | None:
        """Return a file of the tree."""
        return self.files.get(path)

    def view(self) -> GraphView:
        """Return the graph of the folder."""
        return GraphView.of(Indexer(self.folder, processes=1).build())

    def chunks(self) -> list[Chunk]:
        """Return the chunks of all files."""
        return [chunk for path, data in sorted(self.files.items()) for chunk in cut_file(path, data)]

    def chunk(self, key: str) -> Chunk:
        """Return the chunk of a key."""
        return next(chunk for chunk in self.chunks() if chunk.key == key)

    def found(self, *keys: str, notes: tuple[str, ...] = ()) -> Found:
        """Return finds of keys, best first, sorted as a search does."""
        hits = [
            Hit(self.chunk(key), 2 - place * 0.75, (Reason(ReasonKind.WORDS, f"word {place}", 1.0),))
            for place, key in enumerate(keys)
        ]
        functions = tuple(hit for hit in hits if _is_code(hit.chunk) and not is_test(hit.chunk.path))
        tests = tuple(hit for hit in hits if _is_code(hit.chunk) and is_test(hit.chunk.path))
        others = tuple(hit for hit in hits if not _is_code(hit.chunk))
        return Found(functions, (), tests, others, notes)

    def assemble(
        self,
        found: Found,
        *,
        budget: int = 8_000,
        view: GraphView | None = None,
        instructions: Instructions = NO_INSTRUCTIONS,
        task: str = "money is lost",
        chunks: Iterable[Chunk] = (),
    ) -> Context:
        """Return the context of a task."""
        return assemble(Material(task, found, self.read, view, instructions, chunks), self.tokenizer, budget)


def _is_code(chunk: Chunk) -> bool:
    return chunk.kind is ChunkKind.FUNCTION


def titles(context: Context, *levels: Level) -> list[str]:
    """Return the titles of the parts of levels, of all where none is named."""
    return [part.title for part in (context.of(*levels) if levels else context.parts)]
