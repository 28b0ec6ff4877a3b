"""Where an installation keeps its files: one folder, whose parts say who may read them.

The folder itself can be passed through but not listed; databases, keys and mirrors are the owner's alone (a worker is
handed its mirror open); what workers have to reach by name lies where their accounts can get to.
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from yantra_bot.errors import SettingsError
from yantra_bot.worker.slots import choose_work_folder

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Home:
    """The state folder, laid out."""

    folder: Path

    @property
    def inbox(self) -> Path:
        """The door's database: accepted deliveries."""
        return self.folder / "door" / "inbox.sqlite"

    @property
    def listening(self) -> Path:
        """The port that the door listens on, while it does."""
        return self.folder / "door" / "port"

    @property
    def records(self) -> Path:
        """Our own tables of runs, with the blobs beside them."""
        return self.folder / "control" / "records.sqlite"

    @property
    def engine(self) -> Path:
        """The durable engine's database."""
        return self.folder / "control" / "engine.sqlite"

    @property
    def answers(self) -> Path:
        """Kept answers of models: a cache."""
        return self.folder / "control" / "answers.sqlite"

    @property
    def questions(self) -> Path:
        """Kept answers to questions that may be asked in other words: a cache."""
        return self.folder / "control" / "questions.sqlite"

    @property
    def memory(self) -> Path:
        """The memory of mistakes; made when there is something to remember."""
        return self.folder / "control" / "memory"

    @property
    def collective(self) -> Path:
        """What waits to be shared, and what came of it; or the service's patterns."""
        return self.folder / "control" / "collective"

    @property
    def learned(self) -> Path:
        """What the learned score learns from in use, and the versions that came of it."""
        return self.folder / "control" / "learned"

    @property
    def generator(self) -> Path:
        """The trained generator, where the settings name no other file."""
        return self.folder / "generator.safetensors"

    @property
    def pairs(self) -> Path:
        """What the generator may be trained by: what models wrote and tests confirmed."""
        return self.folder / "control" / "pairs.jsonl"

    @property
    def generator_outcomes(self) -> Path:
        """How the generator's own changes fared, where it goes first."""
        return self.folder / "control" / "generator.json"

    @property
    def services(self) -> Path:
        """What was measured of the services that are watched, as JSON."""
        return self.folder / "control" / "services.json"

    @property
    def heartbeat(self) -> Path:
        """Touched by control while it works."""
        return self.folder / "control" / "alive"

    @property
    def metrics(self) -> Path:
        """Where both processes leave their numbers for the metrics page."""
        return self.folder / "metrics"

    @property
    def mirrors(self) -> Path:
        """Bare repositories; private ones are among them."""
        return self.folder / "mirrors"

    @property
    def graphs(self) -> Path:
        """Code graphs of folders that were asked about in a terminal, one folder each."""
        return self.folder / "graphs"

    @property
    def vectors(self) -> Path:
        """Kept embeddings of chunks and of the examples that models are chosen by, one file a model."""
        return self.folder / "vectors"

    @property
    def pasts(self) -> Path:
        """What was read of the past of repositories that were searched in a terminal, one file each."""
        return self.folder / "pasts"

    @property
    def branch_graphs(self) -> Path:
        """Code graphs of repositories' default branches, one folder each, by the repository's number."""
        return self.folder / "control" / "graphs"

    @property
    def shared(self) -> Path:
        """What workers have to reach: in the state folder, or beside it when that lies in somebody's closed home."""
        return choose_work_folder(self.folder).parent

    @property
    def workers(self) -> Path:
        return self.shared / "work"

    @property
    def environments(self) -> Path:
        return self.shared / "environments"

    @property
    def egress(self) -> Path:
        """Holds the folder of the proxy's socket, which sandboxed installations are given."""
        return self.shared / "egress"

    def lay_out(self) -> "Home":
        """Make what is missing; raise SettingsError when the folder cannot be used."""
        private = (self.inbox.parent, self.records.parent, self.metrics, self.mirrors)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.folder.chmod(0o711)
            shared = (self.environments, self.egress)
            for folder, mode in [*((item, 0o700) for item in private), *((item, 0o755) for item in shared)]:
                folder.mkdir(exist_ok=True)
                folder.chmod(mode)
        except OSError as error:
            raise SettingsError(
                f"YANTRA_STATE_FOLDER {self.folder} cannot be used: {error.strerror}. Cure: name a folder that "
                "this user may write to."
            ) from error
        return self

    def run_key(self) -> bytes:
        """Return the key that makes run ids unguessable, made at the first call."""
        path = self.folder / "control" / "run.key"
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            key = path.read_bytes()
            if len(key) == KEY_BYTES:
                return key
            path.unlink()  # a kill fell between making and filling it: nothing was ever named with it
            return self.run_key()
        with os.fdopen(descriptor, "wb") as file:
            key = secrets.token_bytes(KEY_BYTES)
            file.write(key)
        return key
