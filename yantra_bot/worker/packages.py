"""Declares a missing package, installs it and tries its import; and keeps what nobody vouches for from being installed.

The child's side. Which names may be taken is decided by `validation.packages`, from the base commit: what the run
itself wrote into a lock file vouches for nothing.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from yantra_bot.errors import UserError
from yantra_bot.sandbox.bubblewrap import Sandbox
from yantra_bot.sandbox.checkout import Checkout
from yantra_bot.sandbox.environment import Environment
from yantra_bot.sandbox.limits import SNIPPET
from yantra_bot.sandbox.mirror import Mirror
from yantra_bot.sandbox.removal import remove_folder
from yantra_bot.validation.packages.declare import choose_file, declare
from yantra_bot.validation.packages.policy import (
    NobodyVouches,
    find_candidates,
    find_unvouched,
    known_names,
    names_dependencies,
    same_name,
)

MAX_FILES: Final = 100
MAX_BYTES: Final = 5_000_000
_TAIL: Final = 1_500


@dataclass(frozen=True, slots=True)
class Means:
    """What installs and tries."""

    mirror: Mirror
    commit: str
    sandbox: Callable[[], Sandbox]
    prepare: Callable[[], Environment]
    """Installs what the tree declares now."""
    say: Callable[[str], None]
    allowed: Sequence[str] = ()
    """The operator's list."""


class Packages:
    """The packages of one tree. `question` is what a person has to be asked; empty while nobody has to."""

    def __init__(self, checkout: Checkout, means: Means) -> None:
        self._checkout, self._means = checkout, means
        self._base: dict[str, bytes] | None = None
        self.question = ""

    def require(self, module: str, package: str) -> str:
        """Declare and install what brings a module; say what was done. UserError where it could not be."""
        locked = known_names(self._read_base())
        try:
            candidates = find_candidates(module, package, locked=locked, allowed=self._means.allowed)
        except NobodyVouches as question:
            self.question = str(question)
            raise UserError(f"Nothing was installed. A person is asked: {question}.") from None
        problems = []
        for name in candidates:
            problem = self._try(module, name)
            if not problem:
                return (
                    f"Installed {name}, declared it in {self._file()}, and {module} can be imported. Say so in finish."
                )
            problems.append(f"{name}: {problem}")
        raise UserError("It could not be installed, and nothing was declared.\n" + "\n".join(problems))

    def unvouched(self) -> tuple[str, ...]:
        """Return the packages that the change declares and nobody vouches for."""
        changed = {
            path: after
            for path, (_, after) in self._checkout.versions().items()
            if after is not None and names_dependencies(path)
        }
        return find_unvouched(self._read_base(), changed, self._means.allowed) if changed else ()

    def _try(self, module: str, name: str) -> str:
        """Return why a distribution does not bring the module, nothing where it does; then it stays declared."""
        path, tree = self._file(), self._checkout.tree
        before = tree.read_bytes(path) if tree.kind(path) else None
        declared = same_name(name) in known_names({path: before or b""})
        if not declared:
            tree.write_bytes(path, declare(path, before, name))
        self._means.say(f"Installing {name} for {module}.")
        environment = self._means.prepare()
        problem = environment.report.problem or self._try_import(environment, module)
        if problem and not declared:
            if before is None:
                tree.delete(path)
            else:
                tree.write_bytes(path, before)
            self._means.prepare()
        tail = environment.report.output_tail[-_TAIL:] if environment.report.problem else ""
        return f"{problem}\n{tail}".strip() if problem else ""

    def _try_import(self, environment: Environment, module: str) -> str:
        code = f"import importlib; importlib.import_module({module!r})"
        job = environment.make_job(
            (environment.python or "python3", "-c", code), workspace=self._checkout.tree.root, limits=SNIPPET
        )
        self._checkout.expect_anything()
        finished = self._means.sandbox().run(job, on_line=self._means.say)
        return "" if finished.exit_code == 0 else f"{module} still cannot be imported: {finished.output[-_TAIL:]}"

    def _file(self) -> str:
        tree = self._checkout.tree
        names = ("pyproject.toml", "setup.cfg", "requirements.txt")
        return choose_file({name: tree.read_bytes(name) for name in names if tree.kind(name)})

    def _read_base(self) -> dict[str, bytes]:
        """Return the manifests and lock files of the base commit."""
        if self._base is None:
            self._base = {}
            files = self._checkout.layout.files
            paths = sorted((path for path in files if names_dependencies(path)), key=lambda path: path.count("/"))
            for path in paths[:MAX_FILES]:
                if files[path].size <= MAX_BYTES:
                    with suppress(UserError):
                        self._base[path] = self._means.mirror.read_blob(self._means.commit, files[path].object_id)
        return self._base


def prepare_base(
    folder: Path, lay: Callable[[Path], None], install: Callable[[Path], Environment], strange: Sequence[str]
) -> Environment:
    """Return the environment of the base commit, laid out in a folder of its own, and why it is not the change's."""
    folder.mkdir(mode=0o755)
    try:
        lay(folder)
        environment = install(folder)
    finally:
        remove_folder(folder)
    told = f"declared by the change, and not installed since nobody vouches for it: {', '.join(strange)}"
    problem = f"{environment.report.problem}; {told}" if environment.report.problem else told
    return replace(environment, report=replace(environment.report, problem=problem))
